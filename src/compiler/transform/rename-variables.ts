/** Copies code with other memory variables in it. */
import type { Expr, Stmt } from '../ir/ir.ts';
import { mapDirectExprs, mapLeaves, mapLists } from './rewrite.ts';

type Rename = (variable: number) => number;

export function renameAddresses(expr: Expr, rename: Rename): Expr {
  return mapLeaves(expr, (leaf) => (leaf.kind === 'address' ? { ...leaf, variable: rename(leaf.variable) } : leaf));
}

export function renameVariables(list: readonly Stmt[], rename: Rename): readonly Stmt[] {
  return list.map((statement) =>
    mapLists(
      mapDirectExprs(statement, (expr) => renameAddresses(expr, rename)),
      (inner) => renameVariables(inner, rename),
    ),
  );
}

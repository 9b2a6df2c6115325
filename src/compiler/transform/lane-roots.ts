/** Follows the addresses of interleaved variables through locals to the loads and stores that use them. */
import type { Expr, Stmt } from '../ir/ir.ts';
import { partsOfStmt, walkStmts } from '../ir/walk.ts';
import type { LaneLayout } from './lane-layout.ts';

export interface Roots {
  /** The interleaved variable that an address reaches into; null: none. */
  readonly of: (address: Expr) => number | null;
  /** False: some address could mean several variables, or is used as a plain number. */
  readonly isClear: boolean;
}

/** Of code that names no interleaved variable. */
export const noRoots: Roots = { of: () => null, isClear: true };

export function findRoots(body: readonly Stmt[], layout: LaneLayout): Roots {
  const ofLocal = new Map<number, number>();
  let isClear = true;
  const join = (a: number | null, b: number | null): number | null => {
    if (a !== null && b !== null && a !== b) isClear = false;
    return a ?? b;
  };
  const of = (expr: Expr): number | null => {
    switch (expr.kind) {
      case 'address':
        return layout.isInterleaved(expr.variable) ? expr.variable : null;
      case 'local':
        return ofLocal.get(expr.local) ?? null;
      case 'op':
        return expr.args.reduce<number | null>((root, arg) => join(root, of(arg)), null);
      case 'choose':
        return join(of(expr.yes), of(expr.no));
      default:
        return null;
    }
  };
  const visit = (list: readonly Stmt[]): boolean => {
    let changed = false;
    for (const statement of list) {
      if (statement.kind === 'set') {
        const root = of(statement.value);
        const before = ofLocal.get(statement.local);
        if (root !== null && before === undefined) {
          ofLocal.set(statement.local, root);
          changed = true;
        } else if (root !== null && root !== before) isClear = false;
      }
      for (const inner of partsOfStmt(statement).lists) changed = visit(inner) || changed;
    }
    return changed;
  };
  while (visit(body));
  checkUses(body, of, () => {
    isClear = false;
  });
  return { of, isClear };
}

/** An address may only be kept, added to and accessed. */
function checkUses(body: readonly Stmt[], of: (expr: Expr) => number | null, spoil: () => void): void {
  const plain = (exprs: readonly Expr[]): void => {
    if (exprs.some((expr) => of(expr) !== null)) spoil();
  };
  walkStmts(
    body,
    (statement) => {
      if (statement.kind === 'set') {
        const kept: Expr = { kind: 'local', type: 'i32', local: statement.local };
        if (of(statement.value) !== of(kept)) spoil();
      } else if (statement.kind === 'store') plain([statement.value]);
      else if (statement.kind === 'atomic') plain(statement.operands);
      else if (statement.kind === 'call') plain(statement.args);
      else if (statement.kind === 'if') plain([statement.condition]);
      else if (statement.kind === 'switch') plain([statement.selector]);
    },
    (expr) => {
      if (expr.kind === 'call') plain(expr.args);
    },
  );
}

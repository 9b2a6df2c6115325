/**
 * Where the memory variables of a kernel stand to the invocations that run side by side.
 *
 * A `shared` variable exists once. An `interleaved` one exists for each invocation, and the same 32-bit element of four neighbours lies together, so that an
 * index that is the same for all four is one access: element e of lane l is at 16 * e + 4 * l behind the group's start. In code for four lanes the address
 * of an interleaved variable stands for 0, so that an address is the number of bytes into one invocation's own copy.
 */
import type { Expr, IrModule, Stmt } from '../ir/ir.ts';
import { walkStmts } from '../ir/walk.ts';

export interface LaneLayout {
  readonly workgroupSize: readonly [number, number, number];
  readonly isInterleaved: (variable: number) => boolean;
  /** Is it seen by another region too, or by this one when it runs again? */
  readonly livesOn: (variable: number) => boolean;
  /** Is the result the same for four invocations that give the same arguments, and does a call change nothing? */
  readonly isPure: (callee: number) => boolean;
}

/** Variables that exist for each invocation. */
export function isPerInvocation(module: IrModule, variable: number): boolean {
  const space = module.variables[variable]?.space;
  return space === 'private' || space === 'function';
}

/** The variables that functions other than the entry name. */
export function variablesOfFunctions(module: IrModule): ReadonlySet<number> {
  const found = new Set<number>();
  for (const each of module.functions)
    walkStmts(
      each.body,
      () => undefined,
      (expr) => {
        if (expr.kind === 'address') found.add(expr.variable);
      },
    );
  return found;
}

/** Functions that write nothing but their own variables and see none that differ between invocations. */
export function findPureFunctions(module: IrModule): (callee: number) => boolean {
  const known = new Map<number, boolean>();
  const isOwn = (address: Expr): boolean => {
    if (address.kind === 'address') return module.variables[address.variable]?.space === 'function';
    return address.kind === 'op' && address.args.some(isOwn);
  };
  const isPure = (callee: number): boolean => {
    const cached = known.get(callee);
    if (cached !== undefined) return cached;
    known.set(callee, false);
    let pure = true;
    const onStmt = (statement: Stmt): void => {
      if (statement.kind === 'call') pure &&= isPure(statement.callee);
      // Work is an effect too: run once for four invocations, it would be counted once.
      else if (statement.kind === 'atomic' || statement.kind === 'meter') pure = false;
      else if (statement.kind === 'store' || statement.kind === 'fill') pure &&= isOwn(statement.address);
      else if (statement.kind === 'copy') pure &&= isOwn(statement.to);
    };
    const onExpr = (expr: Expr): void => {
      if (expr.kind === 'call') pure &&= isPure(expr.callee);
      if (expr.kind === 'address') pure &&= module.variables[expr.variable]?.space !== 'private';
    };
    walkStmts(module.functions[callee]?.body ?? [], onStmt, onExpr);
    known.set(callee, pure);
    return pure;
  };
  return isPure;
}

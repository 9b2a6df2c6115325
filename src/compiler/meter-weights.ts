/**
 * What each operation of the intermediate form counts, in work units. One unit is one plain 32-bit operation: an addition, a comparison, a choice.
 *
 * The weights say what an operation takes beside an addition on the processors of today, rounded to whole numbers so that sums are exact: the price of
 * a job must be the same on every machine, so they are a convention and not a measurement. They change only with a release.
 */
import type { Expr, Stmt } from './ir/ir.ts';

/** Instructions that are not one unit, by the name behind the type. Divisions and roots hold their unit for several cycles, and integer ones longest. */
const slowOps: Readonly<Record<string, number>> = { div: 4, sqrt: 5, div_s: 8, div_u: 8, rem_s: 8, rem_u: 8 };

/** A bit pattern read as another type is no work at all. */
const freeOps = /reinterpret|wrap_i64|extend_i32/;

/** Memory: an access in the nearest cache, its address not counted. */
export const LOAD_WEIGHT = 2;
export const STORE_WEIGHT = 2;
/** Reading, changing and writing one place. */
export const ATOMIC_WEIGHT = 5;
/** Saving and restoring around a call; what the function does is counted in it. */
export const CALL_WEIGHT = 4;
/** A branch, a turn of a loop, a way out of a switch. */
export const BRANCH_WEIGHT = 1;
/** What lives across a barrier is put down and taken up again. */
export const BARRIER_WEIGHT = 4;
/** Beginning to copy or clear a piece of memory, and each 16 bytes of it. */
export const BULK_WEIGHT = 2;
export const BULK_BYTES_A_UNIT = 16;

export function weighOp(name: string): number {
  if (freeOps.test(name)) return 0;
  const weight = slowOps[name.slice(name.indexOf('.') + 1)] ?? 1;
  // A saturating conversion looks at both ends of the range.
  if (name.includes('trunc_sat')) return 3;
  // Twice the bits, about twice the work where it is slow.
  return name[1] === '6' && weight > 1 ? weight * 2 : weight;
}

/** The work of one expression; `calleeCost` is what a call of a function without effect does. Of two sides the dearer one counts. */
export function weighExpr(expr: Expr, calleeCost: (callee: number) => number): number {
  const all = (args: readonly Expr[]): number => args.reduce((sum, arg) => sum + weighExpr(arg, calleeCost), 0);
  switch (expr.kind) {
    case 'const':
    case 'local':
    case 'builtin':
    case 'address':
    case 'binding-base':
    case 'binding-bytes':
      return 0;
    case 'op':
      return weighOp(expr.op) + all(expr.args);
    case 'choose':
      return (
        BRANCH_WEIGHT + weighExpr(expr.condition, calleeCost) + Math.max(weighExpr(expr.yes, calleeCost), weighExpr(expr.no, calleeCost))
      );
    case 'load':
      return LOAD_WEIGHT + weighExpr(expr.address, calleeCost);
    case 'call':
      return CALL_WEIGHT + calleeCost(expr.callee) + all(expr.args);
  }
}

/** The work of a statement by itself, without the statements in it. */
export function weighStmt(statement: Stmt): number {
  switch (statement.kind) {
    case 'store':
      return STORE_WEIGHT;
    case 'atomic':
      return ATOMIC_WEIGHT;
    case 'fill':
    case 'copy':
      return BULK_WEIGHT + Math.ceil(statement.bytes / BULK_BYTES_A_UNIT);
    case 'call':
      return CALL_WEIGHT;
    case 'if':
    case 'switch':
    case 'loop':
      return BRANCH_WEIGHT;
    case 'barrier':
      return BARRIER_WEIGHT;
    case 'set':
    case 'block':
    case 'break':
    case 'continue':
    case 'return':
    case 'meter':
      return 0;
  }
}

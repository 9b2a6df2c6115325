/**
 * Finds regions in which only the first few invocations do anything: all of it stands under `if (local_invocation_index < n)`, or under `== 0`, with an n that
 * is the same for the workgroup. Only those invocations then run. The condition stays, because the last four of them may not all be below n.
 */
import { i32 } from '../ir/build.ts';
import type { Expr, Stmt } from '../ir/ir.ts';
import { localsSetBy, walkExpr, walkStmts } from '../ir/walk.ts';
import type { Piece } from './split-regions.ts';

export function limitRegions(pieces: readonly Piece[], workgroupSize: readonly [number, number, number]): readonly Piece[] {
  const [, y, z] = workgroupSize;
  if (y !== 1 || z !== 1) return pieces;
  return pieces.map((piece): Piece => {
    const inner = (list: readonly Piece[]): readonly Piece[] => limitRegions(list, workgroupSize);
    switch (piece.kind) {
      case 'region': {
        const limit = limitOf(piece.body);
        return limit === null ? piece : { ...piece, limit };
      }
      case 'if':
        return { ...piece, yes: inner(piece.yes), no: inner(piece.no) };
      case 'block':
        return { ...piece, body: inner(piece.body) };
      case 'loop':
        return { ...piece, body: inner(piece.body), continuing: inner(piece.continuing) };
      case 'switch':
        return { ...piece, cases: piece.cases.map((each) => ({ ...each, body: inner(each.body) })) };
      case 'uniform-set':
      case 'jump':
        return piece;
    }
  });
}

function limitOf(statements: readonly Stmt[]): Expr | null {
  const body = statements.filter((statement) => statement.kind !== 'meter');
  const last = body.at(-1);
  if (last?.kind !== 'if' || last.no.length > 0) return null;
  const before = body.slice(0, -1);
  if (!before.every((statement) => statement.kind === 'set')) return null;
  const set = new Set<number>();
  walkStmts(
    body,
    (statement) => {
      for (const local of localsSetBy(statement)) set.add(local);
    },
    () => undefined,
  );
  const isIndex = (expr: Expr): boolean => {
    if (expr.kind === 'builtin') return expr.name === 'local-index' || expr.name === 'local-x';
    if (expr.kind !== 'local') return false;
    const sets = before.filter((statement) => statement.kind === 'set' && statement.local === expr.local);
    return sets.length > 0 && sets.every((statement) => statement.kind === 'set' && isIndex(statement.value));
  };
  return bound(last.condition, isIndex, (expr) => isSame(expr, set));
}

function bound(condition: Expr, isIndex: (expr: Expr) => boolean, isUniform: (expr: Expr) => boolean): Expr | null {
  if (condition.kind !== 'op') return null;
  const [a, b] = condition.args;
  if (a === undefined) return null;
  if (condition.op === 'i32.eqz') return isIndex(a) ? i32(1) : null;
  if (b === undefined) return null;
  if (condition.op === 'i32.eq') return isIndex(a) && b.kind === 'const' && b.value === 0 ? i32(1) : null;
  if (/^i32\.lt_[su]$/.test(condition.op)) return isIndex(a) && isUniform(b) ? b : null;
  return /^i32\.gt_[su]$/.test(condition.op) && isIndex(b) && isUniform(a) ? a : null;
}

/** Does an expression read nothing that differs between invocations or changes in the region? */
function isSame(expr: Expr, set: ReadonlySet<number>): boolean {
  let same = true;
  walkExpr(expr, (each) => {
    if (each.kind === 'load' || each.kind === 'call' || each.kind === 'address') same = false;
    if (each.kind === 'builtin' && each.name.startsWith('local-')) same = false;
    if (each.kind === 'local' && set.has(each.local)) same = false;
  });
  return same;
}

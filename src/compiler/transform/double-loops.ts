/**
 * Takes two turns of a short counted loop at once, where several groups run through it together: the counter and the jump then cost half. Not more than
 * two: V8 loads everything that a straight piece of code needs first, and has sixteen registers to keep it in.
 */
import { i32, op } from '../ir/build.ts';
import type { Expr, Stmt } from '../ir/ir.ts';
import { contains, localsSetBy, partsOfStmt, walkExpr } from '../ir/walk.ts';

type Loop = Extract<Stmt, { kind: 'loop' }>;

/** v128 loads of one turn, above which two turns would not stay in registers. */
const maxLoads = 6;

export function doubleLoops(list: readonly Stmt[]): readonly Stmt[] {
  return list.map((statement, index): Stmt => {
    switch (statement.kind) {
      case 'loop': {
        const doubled = double(statement, list.slice(0, index));
        return doubled ?? { ...statement, body: doubleLoops(statement.body), continuing: doubleLoops(statement.continuing) };
      }
      case 'if':
        return { ...statement, yes: doubleLoops(statement.yes), no: doubleLoops(statement.no) };
      case 'block':
        return { ...statement, body: doubleLoops(statement.body) };
      default:
        return statement;
    }
  });
}

interface Count {
  readonly counter: number;
  readonly end: number;
  readonly step: number;
}

function double(loop: Loop, before: readonly Stmt[]): Stmt | null {
  const count = countOf(loop);
  const [test, ...turn] = loop.body;
  if (count === null || test === undefined || !turn.every(isPlain)) return null;
  if (turn.some((statement) => localsSetBy(statement).includes(count.counter))) return null;
  const start = before.findLast((statement) => contains(statement, (each) => localsSetBy(each).includes(count.counter)));
  if (start?.kind !== 'set' || start.value.kind !== 'const') return null;
  const turns = (count.end - Number(start.value.value)) / count.step;
  if (!Number.isInteger(turns) || turns < 2 || turns % 2 !== 0 || countLoads(turn) > maxLoads) return null;
  const second = turn.map((statement) => shifted(statement, count.counter, count.step));
  const next: Expr = { kind: 'local', type: 'i32', local: count.counter };
  const meters = loop.continuing.filter((statement) => statement.kind === 'meter');
  const counted: Stmt = { kind: 'set', local: count.counter, value: op('i32.add', next, i32(2 * count.step)) };
  return { ...loop, body: [test, ...turn, ...second], continuing: [counted, ...meters, ...meters] };
}

/** `if (counter >= end) break` first, and `counter += step` last. */
function countOf(loop: Loop): Count | null {
  const [test] = loop.body;
  const [add, ...others] = loop.continuing;
  if (test?.kind !== 'if' || test.no.length > 0 || test.condition.kind !== 'op' || !/^i32\.ge_[su]$/.test(test.condition.op)) return null;
  const [jump] = test.yes;
  if (test.yes.length !== 1 || jump?.kind !== 'break' || jump.label !== loop.label) return null;
  const [counter, end] = test.condition.args;
  if (counter?.kind !== 'local' || end?.kind !== 'const' || Number(end.value) < 0) return null;
  if (add?.kind !== 'set' || add.local !== counter.local || !others.every((statement) => statement.kind === 'meter')) return null;
  if (add.value.kind !== 'op' || add.value.op !== 'i32.add') return null;
  const [base, step] = add.value.args;
  if (base?.kind !== 'local' || base.local !== counter.local || step?.kind !== 'const' || Number(step.value) <= 0) return null;
  return { counter: counter.local, end: Number(end.value), step: Number(step.value) };
}

function isPlain(statement: Stmt): boolean {
  return statement.kind === 'set' || statement.kind === 'store' || statement.kind === 'meter';
}

function countLoads(list: readonly Stmt[]): number {
  let loads = 0;
  for (const statement of list)
    for (const expr of partsOfStmt(statement).exprs)
      walkExpr(expr, (each) => {
        if (each.kind === 'load') loads++;
      });
  return loads;
}

function shifted(statement: Stmt, counter: number, by: number): Stmt {
  const expr = (each: Expr): Expr => shiftExpr(each, (leaf) => (leaf.kind === 'local' && leaf.local === counter ? by : 0));
  switch (statement.kind) {
    case 'set':
      return { ...statement, value: expr(statement.value) };
    case 'store':
      return { ...statement, address: expr(statement.address), value: expr(statement.value) };
    default:
      return statement;
  }
}

/**
 * The expression with some locals and builtins larger by a constant (0: as they are). The constant moves outwards, so that it can become the offset of an
 * access; out of a product only where the other summand is not negative: the address without the offset must not fall below zero.
 */
export function shiftExpr(expr: Expr, by: (leaf: Expr) => number): Expr {
  const inner = (each: Expr): Expr => shiftExpr(each, by);
  switch (expr.kind) {
    case 'local':
    case 'builtin': {
      const step = by(expr);
      return step === 0 ? expr : op('i32.add', expr, i32(step));
    }
    case 'op': {
      const args = expr.args.map(inner);
      if (args.every((arg, i) => arg === expr.args[i])) return expr;
      return distributed(expr.op, args, (leaf) => by(leaf) > 0) ?? { ...expr, args };
    }
    case 'choose':
      return { ...expr, condition: inner(expr.condition), yes: inner(expr.yes), no: inner(expr.no) };
    case 'load':
      return { ...expr, address: inner(expr.address) };
    case 'call':
      return { ...expr, args: expr.args.map(inner) };
    default:
      return expr;
  }
}

/** (x + c) * k as x * k + c * k, and sums with their constant last: the same number, whatever overflows. */
function distributed(name: string, args: readonly Expr[], counts: (leaf: Expr) => boolean): Expr | null {
  const [a, b] = args;
  if (a === undefined || b === undefined) return null;
  const [x, c] = a.kind === 'op' && a.op === 'i32.add' ? a.args : [];
  const isOffset = x !== undefined && c?.kind === 'const';
  if (isOffset && b.kind === 'const' && (name === 'i32.mul' || name === 'i32.shl')) {
    if (!isNotNegative(x, counts)) return null;
    return op('i32.add', op(name, x, b), op(name, c, b));
  }
  if (name !== 'i32.add') return null;
  if (isOffset) return op('i32.add', op('i32.add', x, b), c);
  const [y, d] = b.kind === 'op' && b.op === 'i32.add' ? b.args : [];
  return y !== undefined && d?.kind === 'const' ? op('i32.add', op('i32.add', a, y), d) : null;
}

function isNotNegative(expr: Expr, counts: (leaf: Expr) => boolean): boolean {
  if (expr.kind === 'const') return Number(expr.value) >= 0;
  if (expr.kind === 'builtin') return true;
  if (expr.kind === 'local') return counts(expr);
  return expr.kind === 'op' && /^i32\.(add|mul|shl)$/.test(expr.op) && expr.args.every((arg) => isNotNegative(arg, counts));
}

/**
 * What is known of integers at one point of a program: the range of an expression, read without sign, and which expressions are below which.
 *
 * Knowledge is kept under a key of the expression. A local that is set many times has a version in its key, so that a new value starts with nothing known.
 */
import { opposites } from '../ir/build.ts';
import type { Expr, OpExpr } from '../ir/ir.ts';
import { isComparison, opTest } from '../ir/ops.ts';

export interface Range {
  readonly low: number;
  readonly high: number;
}

const top = 4294967295;
const firstNegative = 2147483648;
export const anything: Range = { low: 0, high: top };
const truth: Range = { low: 0, high: 1 };

export interface Bound {
  readonly key: string;
  readonly expr: Expr;
}

export interface Known {
  /** Counts the values a local has had. */
  readonly versions: Int32Array;
  readonly ranges: Map<string, Range>;
  /** By the key of an expression: what it is below, without sign. */
  readonly below: Map<string, readonly Bound[]>;
  /** Some key above is that of an operation: most often none is, and looking is dear. */
  notesOps: boolean;
}

export function copyKnown(known: Known): Known {
  return { versions: known.versions.slice(), ranges: new Map(known.ranges), below: new Map(known.below), notesOps: known.notesOps };
}

function isNonNegative(range: Range): boolean {
  return range.high < firstNegative;
}

export function union(a: Range, b: Range): Range {
  return { low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) };
}

function within(low: number, high: number): Range {
  if (high <= top) return { low, high };
  // The sum wraps for all values or it is not known for which.
  return low > top && high - 4294967296 <= top ? { low: low - 4294967296, high: high - 4294967296 } : anything;
}

const countsBits = opTest(/^i32\.(clz|ctz|popcnt)$/);

/** Of the result of an operation, from its operands' ranges. */
function rangeOfOp(name: string, a: Range, b: Range | null): Range {
  if (b === null) return isComparison(name) ? truth : countsBits(name) ? { low: 0, high: 32 } : anything;
  const isSmall = isNonNegative(a) && isNonNegative(b);
  const isExact = b.low === b.high;
  switch (name) {
    case 'i32.add':
      return within(a.low + b.low, a.high + b.high);
    case 'i32.sub':
      return a.low >= b.high ? { low: a.low - b.high, high: a.high - b.low } : anything;
    case 'i32.mul':
      return a.high * b.high <= top ? { low: a.low * b.low, high: a.high * b.high } : anything;
    case 'i32.and':
      return { low: 0, high: Math.min(a.high, b.high) };
    case 'i32.or':
    case 'i32.xor':
      return { low: name === 'i32.or' ? Math.max(a.low, b.low) : 0, high: fullOnes(Math.max(a.high, b.high)) };
    case 'i32.rem_s':
      return isSmall && b.low > 0 ? { low: 0, high: Math.min(a.high, b.high - 1) } : anything;
    case 'i32.rem_u':
      return b.low > 0 ? { low: 0, high: Math.min(a.high, b.high - 1) } : anything;
    case 'i32.div_s':
      return isSmall && b.low > 0 ? quotient(a, b) : anything;
    case 'i32.div_u':
      return b.low > 0 ? quotient(a, b) : anything;
    case 'i32.shr_s':
      return isNonNegative(a) ? shifted(a, b, isExact) : anything;
    case 'i32.shr_u':
      return shifted(a, b, isExact);
    case 'i32.shl':
      return isExact && a.high * 2 ** (b.low & 31) <= top ? { low: a.low * 2 ** (b.low & 31), high: a.high * 2 ** (b.low & 31) } : anything;
    default:
      return isComparison(name) ? truth : anything;
  }
}

function fullOnes(high: number): number {
  return high >= firstNegative ? top : 2 ** Math.ceil(Math.log2(high + 1)) - 1;
}

function quotient(a: Range, b: Range): Range {
  return { low: Math.floor(a.low / b.high), high: Math.floor(a.high / b.low) };
}

function shifted(a: Range, by: Range, isExact: boolean): Range {
  if (!isExact) return { low: 0, high: a.high };
  return { low: Math.floor(a.low / 2 ** (by.low & 31)), high: Math.floor(a.high / 2 ** (by.low & 31)) };
}

/** What is the same wherever it is asked. */
export interface RangeFacts {
  /** Set once, so that its key needs no version. */
  readonly isSetOnce: (local: number) => boolean;
  /** Of locals that are set once, found where they were set. */
  readonly setRanges: ReadonlyMap<number, Range>;
  /** What a local that is set once was set to, with the key it had there; null: not known. */
  readonly conditionIn: (local: number) => Bound | null;
  readonly rangeOfBuiltin: (name: string) => Range;
}

export function keyOf(expr: Expr, known: Known, facts: RangeFacts, depth = 3): string | null {
  switch (expr.kind) {
    case 'const':
      return String(expr.value);
    case 'local':
      return facts.isSetOnce(expr.local) ? `$${expr.local}` : `$${expr.local}.${known.versions[expr.local] ?? 0}`;
    case 'builtin':
      return expr.name;
    case 'op': {
      if (depth === 0) return null;
      const args = expr.args.map((arg) => keyOf(arg, known, facts, depth - 1));
      return args.includes(null) ? null : `${expr.op}(${args.join()})`;
    }
    default:
      return null;
  }
}

export function rangeOf(expr: Expr, known: Known, facts: RangeFacts): Range {
  if (expr.type !== 'i32') return anything;
  const plain = plainRange(expr, known, facts);
  if (expr.kind === 'const' || plain.low === plain.high || (expr.kind === 'op' && !known.notesOps)) return plain;
  const key = keyOf(expr, known, facts);
  const noted = key === null ? undefined : known.ranges.get(key);
  if (noted === undefined) return plain;
  const [low, high] = [Math.max(plain.low, noted.low), Math.min(plain.high, noted.high)];
  return low <= high ? { low, high } : noted;
}

function plainRange(expr: Expr, known: Known, facts: RangeFacts): Range {
  switch (expr.kind) {
    case 'const': {
      const value = Number(expr.value) >>> 0;
      return { low: value, high: value };
    }
    case 'local':
      return facts.setRanges.get(expr.local) ?? anything;
    case 'builtin':
      return facts.rangeOfBuiltin(expr.name);
    case 'choose':
      return union(rangeOf(expr.yes, known, facts), rangeOf(expr.no, known, facts));
    case 'op':
      return expr.op === 'select' ? rangeOfSelect(expr, known, facts) : rangeOfPlainOp(expr, known, facts);
    default:
      return anything;
  }
}

function rangeOfPlainOp(expr: OpExpr, known: Known, facts: RangeFacts): Range {
  const [a, b] = expr.args;
  if (a?.type !== 'i32') return isComparison(expr.op) ? truth : anything;
  return rangeOfOp(expr.op, rangeOf(a, known, facts), b === undefined ? null : rangeOf(b, known, facts));
}

/** Each side is only taken when the condition says so. */
function rangeOfSelect(expr: OpExpr, known: Known, facts: RangeFacts): Range {
  const [yes, no, condition] = expr.args;
  if (yes === undefined || no === undefined || condition === undefined) return anything;
  const side = (value: Expr, holds: boolean): Range => {
    const then: Known = { ...known, ranges: new Map(known.ranges), below: new Map(known.below) };
    assume(condition, holds, then, facts);
    return rangeOf(value, then, facts);
  };
  return union(side(yes, true), side(no, false));
}

function note(expr: Expr, low: number, high: number, known: Known, facts: RangeFacts): void {
  const key = expr.kind === 'const' ? null : keyOf(expr, known, facts);
  if (key === null) return;
  const now = rangeOf(expr, known, facts);
  const next = { low: Math.max(now.low, low), high: Math.min(now.high, high) };
  if (next.low > next.high) return;
  known.ranges.set(key, next);
  known.notesOps ||= expr.kind === 'op';
}

function noteBelow(a: Expr, b: Expr, known: Known, facts: RangeFacts): void {
  const [from, to] = [keyOf(a, known, facts), keyOf(b, known, facts)];
  if (from === null || to === null || a.kind === 'const') return;
  known.notesOps ||= a.kind === 'op';
  known.below.set(from, [...(known.below.get(from) ?? []), { key: to, expr: b }]);
}

/** Adds what follows from a condition that came out so. */
export function assume(condition: Expr, holds: boolean, known: Known, facts: RangeFacts): void {
  if (condition.kind === 'choose') {
    const { yes, no } = condition;
    const isAnd = no.kind === 'const' && no.value === 0;
    const isOr = yes.kind === 'const' && yes.value === 1;
    if (holds ? !isAnd : !isOr) return;
    assume(condition.condition, holds, known, facts);
    return assume(isAnd ? yes : no, holds, known, facts);
  }
  if (condition.kind === 'local') {
    // Still what it was computed from, if nothing in there changed.
    const source = facts.conditionIn(condition.local);
    if (source !== null && keyOf(source.expr, known, facts) === source.key) assume(source.expr, holds, known, facts);
    return;
  }
  if (condition.kind !== 'op') return;
  const [a, b] = condition.args;
  if (a === undefined || a.type !== 'i32') return;
  if (b === undefined) return condition.op === 'i32.eqz' ? assumeTruth(a, !holds, known, facts) : undefined;
  if (condition.op === 'i32.and' || condition.op === 'i32.or') {
    // Of two truths.
    if ((condition.op === 'i32.and') !== holds) return;
    assume(a, holds, known, facts);
    return assume(b, holds, known, facts);
  }
  const name = holds ? condition.op : opposites[condition.op];
  if (name !== undefined && b.type === 'i32') assumeCompared(name, a, b, known, facts);
}

function assumeTruth(expr: Expr, holds: boolean, known: Known, facts: RangeFacts): void {
  assume(expr, holds, known, facts);
  if (holds) note(expr, 1, top, known, facts);
  else note(expr, 0, 0, known, facts);
}

function assumeCompared(name: string, a: Expr, b: Expr, known: Known, facts: RangeFacts): void {
  const [left, right] = [rangeOf(a, known, facts), rangeOf(b, known, facts)];
  switch (name) {
    case 'i32.gt_u':
      return assumeCompared('i32.lt_u', b, a, known, facts);
    case 'i32.le_u':
      note(a, 0, right.high, known, facts);
      return note(b, left.low, top, known, facts);
    case 'i32.ge_u':
      return assumeCompared('i32.le_u', b, a, known, facts);
    case 'i32.lt_u':
      note(a, 0, right.high - 1, known, facts);
      note(b, left.low + 1, top, known, facts);
      return noteBelow(a, b, known, facts);
    case 'i32.gt_s':
      return assumeCompared('i32.lt_s', b, a, known, facts);
    case 'i32.le_s':
      return assumeCompared('i32.ge_s', b, a, known, facts);
    case 'i32.lt_s':
      // From a >= 0 follows b > 0, and both compare as they do without sign.
      if (!isNonNegative(left)) return;
      note(b, left.low + 1, firstNegative - 1, known, facts);
      note(a, 0, Math.min(right.high, firstNegative - 1) - 1, known, facts);
      return noteBelow(a, b, known, facts);
    case 'i32.ge_s':
      if (!isNonNegative(right)) return;
      note(a, right.low, firstNegative - 1, known, facts);
      return note(b, 0, Math.min(left.high, firstNegative - 1), known, facts);
    case 'i32.eq':
      note(a, right.low, right.high, known, facts);
      return note(b, left.low, left.high, known, facts);
    case 'i32.ne':
      if (right.low === right.high && left.low === right.low) note(a, left.low + 1, top, known, facts);
      return;
    default:
      return;
  }
}

function isBelow(a: Expr, b: Expr, known: Known, facts: RangeFacts): boolean {
  const [from, to] = [keyOf(a, known, facts), keyOf(b, known, facts)];
  if (from === null || to === null) return false;
  return (known.below.get(from) ?? []).some((each) => each.key === to);
}

/** Whether a comparison of integers surely holds, surely fails; null: not known. */
export function decide(expr: OpExpr, known: Known, facts: RangeFacts): boolean | null {
  const [a, b] = expr.args;
  if (a === undefined || a.type !== 'i32') return null;
  const left = rangeOf(a, known, facts);
  if (b === undefined) return expr.op !== 'i32.eqz' || (left.low === 0 && left.high > 0) ? null : left.high === 0;
  const right = rangeOf(b, known, facts);
  const isSmall = isNonNegative(left) && isNonNegative(right);
  switch (expr.op) {
    case 'i32.eq':
    case 'i32.ne':
      return left.high < right.low || right.high < left.low ? expr.op === 'i32.ne' : null;
    case 'i32.lt_s':
    case 'i32.lt_u':
      return expr.op === 'i32.lt_s' && !isSmall ? null : decideLess(a, b, left, right, known, facts);
    case 'i32.gt_s':
    case 'i32.gt_u':
      return expr.op === 'i32.gt_s' && !isSmall ? null : decideLess(b, a, right, left, known, facts);
    case 'i32.ge_s':
    case 'i32.ge_u':
      return expr.op === 'i32.ge_s' && !isSmall ? null : opposite(decideLess(a, b, left, right, known, facts));
    case 'i32.le_s':
    case 'i32.le_u':
      return expr.op === 'i32.le_s' && !isSmall ? null : opposite(decideLess(b, a, right, left, known, facts));
    default:
      return null;
  }
}

function opposite(value: boolean | null): boolean | null {
  return value === null ? null : !value;
}

function decideLess(a: Expr, b: Expr, left: Range, right: Range, known: Known, facts: RangeFacts): boolean | null {
  if (left.high < right.low || isBelow(a, b, known, facts)) return true;
  return left.low >= right.high || isBelow(b, a, known, facts) ? false : null;
}

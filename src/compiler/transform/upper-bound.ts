/**
 * Finds for an index a bound that is the same for the whole workgroup: an expression over doubles that the prologue can compute. Doubles hold sums and
 * products of 32-bit numbers without wrapping, so an index whose bound is below a count never wrapped either.
 */
import { f64, op } from '../ir/build.ts';
import type { BuiltinName, Expr } from '../ir/ir.ts';
import { weightOf } from './expr-facts.ts';
import { type Known, keyOf, type RangeFacts, rangeOf } from './ranges.ts';

/** `terms` plus a constant; null terms: only the constant. */
export interface UpperBound {
  readonly terms: Expr | null;
  readonly constant: number;
}

const maxWeight = 24;
/** A range beyond this says little about an index. */
const maxUseful = 1 << 24;

export interface BoundFacts extends RangeFacts {
  /** Computed in the prologue. */
  readonly isUniform: (local: number) => boolean;
  /** Of locals that are set once, found where they were set. */
  readonly setBounds: ReadonlyMap<number, UpperBound>;
  readonly largest: (name: BuiltinName) => number | null;
}

const plus = (a: Expr | null, b: Expr | null): Expr | null => (a === null ? b : b === null ? a : op('f64.add', a, b));

export function whole(bound: UpperBound): Expr {
  if (bound.terms === null) return f64(bound.constant);
  return bound.constant === 0 ? bound.terms : op('f64.add', bound.terms, f64(bound.constant));
}

const ofExpr = (terms: Expr): UpperBound =>
  terms.kind === 'const' ? { terms: null, constant: Number(terms.value) } : { terms, constant: 0 };

function smaller(a: UpperBound | null, b: UpperBound | null): UpperBound | null {
  if (a === null || b === null) return a ?? b;
  if (a.terms === null && b.terms === null) return a.constant <= b.constant ? a : b;
  return ofExpr(op('f64.min', whole(a), whole(b)));
}

function larger(a: UpperBound | null, b: UpperBound | null): UpperBound | null {
  if (a === null || b === null) return null;
  if (a.terms === null && b.terms === null) return a.constant >= b.constant ? a : b;
  return ofExpr(op('f64.max', whole(a), whole(b)));
}

function isUniformExpr(expr: Expr, facts: BoundFacts): boolean {
  switch (expr.kind) {
    case 'const':
      return true;
    case 'local':
      return facts.isUniform(expr.local);
    case 'builtin':
      return facts.largest(expr.name) === null;
    case 'op':
      return weightOf(expr) <= 8 && expr.args.every((arg) => isUniformExpr(arg, facts));
    default:
      return false;
  }
}

export function upperBound(expr: Expr, known: Known, facts: BoundFacts): UpperBound | null {
  const bound = findBound(expr, known, facts);
  return bound !== null && bound.terms !== null && weightOf(bound.terms) > maxWeight ? null : bound;
}

function findBound(expr: Expr, known: Known, facts: BoundFacts): UpperBound | null {
  if (expr.type !== 'i32') return null;
  if (isUniformExpr(expr, facts)) return ofExpr(op('f64.convert_i32_u', expr));
  let bound = structural(expr, known, facts);
  const key = expr.kind === 'op' && !known.notesOps ? null : keyOf(expr, known, facts);
  for (const below of (key === null ? undefined : known.below.get(key)) ?? []) {
    if (isUniformExpr(below.expr, facts)) bound = smaller(bound, { terms: op('f64.convert_i32_u', below.expr), constant: -1 });
  }
  if (bound !== null) return bound;
  const { high } = rangeOf(expr, known, facts);
  return high <= maxUseful ? { terms: null, constant: high } : null;
}

function structural(expr: Expr, known: Known, facts: BoundFacts): UpperBound | null {
  switch (expr.kind) {
    case 'local':
      return facts.setBounds.get(expr.local) ?? null;
    case 'builtin': {
      const largest = facts.largest(expr.name);
      return largest === null ? null : { terms: null, constant: largest };
    }
    case 'op':
      return ofOp(expr.op, expr.args, known, facts);
    default:
      return null;
  }
}

function ofOp(name: string, args: readonly Expr[], known: Known, facts: BoundFacts): UpperBound | null {
  const [first, second] = args;
  if (first === undefined || second === undefined) return null;
  const find = (expr: Expr): UpperBound | null => findBound(expr, known, facts);
  switch (name) {
    case 'i32.add':
      return ofSum(first, second, known, facts);
    case 'i32.mul': {
      const [a, b] = [find(first), find(second)];
      if (a === null || b === null) return null;
      if (b.terms === null && b.constant >= 0) return scaled(a, b.constant);
      if (a.terms === null && a.constant >= 0) return scaled(b, a.constant);
      return ofExpr(op('f64.mul', whole(a), whole(b)));
    }
    case 'i32.shl': {
      const a = find(first);
      return a === null || second.kind !== 'const' ? null : scaled(a, 2 ** (Number(second.value) & 31));
    }
    case 'i32.shr_u': {
      const a = find(first);
      return a === null || second.kind !== 'const' ? null : scaled(a, 2 ** -(Number(second.value) & 31));
    }
    case 'i32.and':
      return smaller(find(first), find(second));
    case 'i32.rem_u': {
      const b = find(second);
      return smaller(find(first), b === null ? null : { ...b, constant: b.constant - 1 });
    }
    case 'select':
      return ofSelect(args, known, facts);
    default:
      return null;
  }
}

function scaled(a: UpperBound, by: number): UpperBound {
  return { terms: a.terms === null ? null : by === 1 ? a.terms : op('f64.mul', a.terms, f64(by)), constant: a.constant * by };
}

/** Beside adding, this is how constants are taken away; that must not go below zero. */
function ofSum(first: Expr, second: Expr, known: Known, facts: BoundFacts): UpperBound | null {
  const a = findBound(first, known, facts);
  if (a === null) return null;
  if (second.kind === 'const' && Number(second.value) < 0) {
    const less = -Number(second.value);
    return rangeOf(first, known, facts).low >= less ? { ...a, constant: a.constant - less } : null;
  }
  const b = findBound(second, known, facts);
  return b === null ? null : { terms: plus(a.terms, b.terms), constant: a.constant + b.constant };
}

/** The lesser of two is no more than either; of other choices, the larger bound holds. */
function ofSelect(args: readonly Expr[], known: Known, facts: BoundFacts): UpperBound | null {
  const [yes, no, condition] = args;
  if (yes === undefined || no === undefined || condition === undefined) return null;
  const [a, b] = [findBound(yes, known, facts), findBound(no, known, facts)];
  const isLesser =
    condition.kind === 'op' &&
    condition.op === 'i32.lt_u' &&
    same(condition.args[0], yes, known, facts) &&
    same(condition.args[1], no, known, facts);
  return isLesser ? smaller(a, b) : larger(a, b);
}

function same(a: Expr | undefined, b: Expr, known: Known, facts: BoundFacts): boolean {
  const key = a === undefined ? null : keyOf(a, known, facts);
  return key !== null && key === keyOf(b, known, facts);
}

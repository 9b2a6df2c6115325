/**
 * Transcendental functions over doubles, made of operations that every machine rounds alike. With constants for arguments they fold to a constant, so
 * constant expressions and running shaders agree to the bit. Errors are below 1e-11 (relative), far inside half a float's last place.
 */
import { f64, i32, i64, op, select } from '../../ir/build.ts';
import type { Expr } from '../../ir/ir.ts';

/** Fixes a value that is used more than once. */
export type Keep = (expr: Expr) => Expr;

const add = (a: Expr, b: Expr): Expr => op('f64.add', a, b);
const sub = (a: Expr, b: Expr): Expr => op('f64.sub', a, b);
const mul = (a: Expr, b: Expr): Expr => op('f64.mul', a, b);
const div = (a: Expr, b: Expr): Expr => op('f64.div', a, b);
const neg = (a: Expr): Expr => op('f64.neg', a);
const abs = (a: Expr): Expr => op('f64.abs', a);
const sqrt = (a: Expr): Expr => op('f64.sqrt', a);
const lt = (a: Expr, b: Expr): Expr => op('f64.lt', a, b);
const clamp = (a: Expr, low: number, high: number): Expr => op('f64.max', op('f64.min', a, f64(high)), f64(low));

const ln2 = Math.LN2;
const log2e = Math.LOG2E;
const halfPi = Math.PI / 2;
const pi = Math.PI;
/** The first 33 bits of pi/2, and the rest: n times the first is exact. */
const halfPiHigh = 1.5707963267341256;
const halfPiLow = 6.077100506506192e-11;

/** c[0] + c[1] x + c[2] x^2 ..., in pairs (Estrin's scheme): half as long a chain of operations that wait for each other as Horner's rule has. */
function polynomial(keep: Keep, x: Expr, coefficients: readonly number[]): Expr {
  const pairs = (terms: readonly Expr[], power: Expr): Expr => {
    const [first = f64(0), ...others] = Array.from({ length: Math.ceil(terms.length / 2) }, (_, i): Expr => {
      const [low = f64(0), high] = terms.slice(2 * i, 2 * i + 2);
      return high === undefined ? low : add(mul(high, power), low);
    });
    return others.length === 0 ? first : pairs([first, ...others], keep(mul(power, power)));
  };
  return pairs(
    coefficients.map((each) => f64(each)),
    x,
  );
}

/**
 * The polynomials with the least largest relative error where they are used, their first coefficient held, so that f(0) is exact; found with 30 digits by
 * reweighted least squares, and cut to the digits that count. Behind each its largest error.
 */
// e^x, |x| <= ln(2) / 2: 8.6e-13
const expSeries = [1, 0.999999999983, 0.500000000046, 0.166666668734, 0.041666664536, 0.00833326875, 0.0013889155, 0.0001991468, 2.4733e-5];
// sin(x) / x of x^2, |x| <= pi / 4: 6.2e-15
const sinSeries = [1, -0.1666666666663, 0.00833333332507, -0.00019841263725, 2.75553388e-6, -2.476039e-8];
// cos(x) of x^2, |x| <= pi / 4: 8.2e-14
const cosSeries = [1, -0.4999999999949, 0.04166666655333, -0.0013888880654, 2.47989596e-5, -2.717471e-7];
// 2 atanh(x) / x of x^2, |x| <= 0.1716: 3.4e-14
const atanhSeries = [2, 0.666666666758, 0.39999995627, 0.285721087, 0.22176206, 0.1958394];
// atan(x) / x of x^2, |x| <= sqrt(2) - 1: 8.1e-13
const atanSeries = [1, -0.333333332957, 0.199999943225, -0.14285423471, 0.1110400115, -0.089968152, 0.06991105, -0.03792233];
/** Taylor's, for x^2 <= 0.25. */
const sinhSeries = [1, 1 / 6, 1 / 120, 1 / 5040, 1 / 362880, 1 / 39916800, 1 / 6227020800];

/** 2^n for a whole n within +-1022. */
function scale(n: Expr): Expr {
  const exponent = op('i64.extend_i32_s', op('i32.trunc_sat_f64_s', n));
  return op('f64.reinterpret_i64', op('i64.shl', op('i64.add', exponent, i64(1023n)), i64(52n)));
}

export function exp2(keep: Keep, x: Expr): Expr {
  const bounded = keep(clamp(x, -1000, 1000));
  const whole = keep(op('f64.nearest', bounded));
  return mul(polynomial(keep, keep(mul(sub(bounded, whole), f64(ln2))), expSeries), scale(whole));
}

export function exp(keep: Keep, x: Expr): Expr {
  const bounded = keep(clamp(x, -700, 700));
  const whole = keep(op('f64.nearest', mul(bounded, f64(log2e))));
  return mul(polynomial(keep, keep(sub(bounded, mul(whole, f64(ln2)))), expSeries), scale(whole));
}

/** ln((1+s)/(1-s)) for |s| below 0.172. */
function logOfRatio(keep: Keep, s: Expr): Expr {
  const kept = keep(s);
  return mul(kept, polynomial(keep, keep(mul(kept, kept)), atanhSeries));
}

/** Gives exponent + fraction's logarithm, as two summands. */
function splitLog(keep: Keep, x: Expr): readonly [exponent: Expr, logOfFraction: Expr] {
  const bits = keep(op('i64.reinterpret_f64', x));
  const fraction = keep(op('f64.reinterpret_i64', op('i64.or', op('i64.and', bits, i64(0xfffffffffffffn)), i64(0x3ff0000000000000n))));
  const isHigh = keep(op('f64.gt', fraction, f64(Math.SQRT2)));
  const m = keep(select(isHigh, mul(fraction, f64(0.5)), fraction));
  const raw = op('i32.sub', op('i32.wrap_i64', op('i64.and', op('i64.shr_u', bits, i64(52n)), i64(2047n))), i32(1023));
  const exponent = op('f64.convert_i32_s', op('i32.add', raw, isHigh));
  return [exponent, logOfRatio(keep, div(sub(m, f64(1)), add(m, f64(1))))];
}

function withLogEdges(x: Expr, result: Expr): Expr {
  const atEdge = select(op('f64.eq', x, f64(0)), f64(Number.NEGATIVE_INFINITY), f64(Number.NaN));
  return select(op('f64.gt', x, f64(0)), select(lt(x, f64(Number.POSITIVE_INFINITY)), result, x), atEdge);
}

export function log2(keep: Keep, x: Expr): Expr {
  const kept = keep(x);
  const [exponent, rest] = splitLog(keep, kept);
  return withLogEdges(kept, add(exponent, mul(rest, f64(log2e))));
}

export function log(keep: Keep, x: Expr): Expr {
  const kept = keep(x);
  const [exponent, rest] = splitLog(keep, kept);
  return withLogEdges(kept, add(mul(exponent, f64(ln2)), rest));
}

/** ln(1 + t) for t >= 0, also where 1 + t would lose t. */
function log1p(keep: Keep, t: Expr): Expr {
  const kept = keep(t);
  const near = logOfRatio(keep, div(kept, add(kept, f64(2))));
  const isNear = op('i32.and', lt(kept, f64(0.4)), op('f64.ge', kept, f64(0)));
  return select(isNear, near, log(keep, add(kept, f64(1))));
}

export function pow(keep: Keep, x: Expr, y: Expr): Expr {
  const [base, exponent] = [keep(x), keep(y)];
  const result = exp2(keep, mul(exponent, keep(log2(keep, base))));
  return select(op('f64.eq', exponent, f64(0)), f64(1), result);
}

interface Turned {
  readonly sin: Expr;
  readonly cos: Expr;
  /** 0 to 3 quarter turns to add. */
  readonly quarter: Expr;
}

function turn(keep: Keep, x: Expr): Turned {
  const kept = keep(x);
  const n = keep(op('f64.nearest', mul(kept, f64(2 / pi))));
  const r = keep(sub(sub(kept, mul(n, f64(halfPiHigh))), mul(n, f64(halfPiLow))));
  const square = keep(mul(r, r));
  const quarter = keep(op('i32.trunc_sat_f64_s', sub(n, mul(f64(4), op('f64.floor', mul(n, f64(0.25)))))));
  return { sin: keep(mul(r, polynomial(keep, square, sinSeries))), cos: keep(polynomial(keep, square, cosSeries)), quarter };
}

/** Far outside the range WGSL asks accuracy for, the reduction runs out of bits; the result stays a sine. */
function signed(value: Expr, isNegative: Expr): Expr {
  return clamp(select(isNegative, neg(value), value), -1, 1);
}

export function sin(keep: Keep, x: Expr): Expr {
  const t = turn(keep, x);
  const value = keep(select(op('i32.and', t.quarter, i32(1)), t.cos, t.sin));
  return signed(value, op('i32.and', t.quarter, i32(2)));
}

export function cos(keep: Keep, x: Expr): Expr {
  const t = turn(keep, x);
  const value = keep(select(op('i32.and', t.quarter, i32(1)), t.sin, t.cos));
  return signed(value, op('i32.and', op('i32.add', t.quarter, i32(1)), i32(2)));
}

export function tan(keep: Keep, x: Expr): Expr {
  const t = turn(keep, x);
  const isOdd = keep(op('i32.and', t.quarter, i32(1)));
  return select(isOdd, neg(div(t.cos, t.sin)), div(t.sin, t.cos));
}

/** For 0 <= x <= 1. */
function atanOfUnit(keep: Keep, x: Expr): Expr {
  const isHigh = keep(op('f64.gt', x, f64(Math.SQRT2 - 1)));
  const t = keep(select(isHigh, div(sub(x, f64(1)), add(x, f64(1))), x));
  const value = mul(t, polynomial(keep, keep(mul(t, t)), atanSeries));
  return add(select(isHigh, f64(pi / 4), f64(0)), value);
}

export function atan(keep: Keep, x: Expr): Expr {
  return atan2(keep, x, f64(1));
}

export function atan2(keep: Keep, y: Expr, x: Expr): Expr {
  const [up, along] = [keep(y), keep(x)];
  const [ay, ax] = [keep(abs(up)), keep(abs(along))];
  const high = keep(op('f64.max', ay, ax));
  const isInfinite = op('f64.eq', ay, ax);
  const ratio = select(op('f64.eq', high, f64(0)), f64(0), select(isInfinite, f64(1), div(op('f64.min', ay, ax), high)));
  const acute = keep(atanOfUnit(keep, keep(ratio)));
  const first = keep(select(op('f64.gt', ay, ax), sub(f64(halfPi), acute), acute));
  const isLeft = op('i32.or', lt(along, f64(0)), op('i64.lt_s', op('i64.reinterpret_f64', along), i64(0n)));
  return op('f64.copysign', select(isLeft, sub(f64(pi), first), first), up);
}

/** sqrt(1 - x^2), without losing bits near 1. */
function otherSide(x: Expr): Expr {
  return sqrt(mul(sub(f64(1), x), add(f64(1), x)));
}

export function asin(keep: Keep, x: Expr): Expr {
  const kept = keep(x);
  return atan2(keep, kept, keep(otherSide(kept)));
}

export function acos(keep: Keep, x: Expr): Expr {
  const kept = keep(x);
  return atan2(keep, keep(otherSide(kept)), kept);
}

export function sinh(keep: Keep, x: Expr): Expr {
  const kept = keep(x);
  const e = keep(exp(keep, kept));
  const near = mul(kept, polynomial(keep, keep(mul(kept, kept)), sinhSeries));
  return select(lt(abs(kept), f64(0.5)), near, mul(f64(0.5), sub(e, div(f64(1), e))));
}

export function cosh(keep: Keep, x: Expr): Expr {
  const e = keep(exp(keep, x));
  return mul(f64(0.5), add(e, div(f64(1), e)));
}

export function tanh(keep: Keep, x: Expr): Expr {
  const kept = keep(clamp(x, -20, 20));
  return div(keep(sinh(keep, kept)), keep(cosh(keep, kept)));
}

export function asinh(keep: Keep, x: Expr): Expr {
  const kept = keep(x);
  const size = keep(abs(kept));
  const square = keep(mul(size, size));
  const t = add(size, div(square, add(f64(1), sqrt(add(square, f64(1))))));
  // Of infinity the quotient is no number, though the sum is.
  const result = select(op('f64.eq', size, f64(Number.POSITIVE_INFINITY)), size, keep(log1p(keep, t)));
  return op('f64.copysign', keep(result), kept);
}

export function acosh(keep: Keep, x: Expr): Expr {
  const kept = keep(x);
  const less = keep(sub(kept, f64(1)));
  return log1p(keep, keep(add(less, sqrt(mul(less, add(kept, f64(1)))))));
}

export function atanh(keep: Keep, x: Expr): Expr {
  const kept = keep(x);
  const size = keep(abs(kept));
  const t = div(mul(f64(2), size), sub(f64(1), size));
  return op('f64.copysign', keep(mul(f64(0.5), log1p(keep, t))), kept);
}

export const library = {
  exp,
  exp2,
  log,
  log2,
  pow,
  sin,
  cos,
  tan,
  asin,
  acos,
  atan,
  atan2,
  sinh,
  cosh,
  tanh,
  asinh,
  acosh,
  atanh,
} as const;
export type MathName = keyof typeof library;

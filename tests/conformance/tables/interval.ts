// What a float result may be: an interval of numbers of one format, made by WGSL's accuracy rules over doubles.

/** The two formats of a shader. Numbers below `minNormal` are spaced as at it. */
export interface Format {
  readonly name: 'f32' | 'f16';
  readonly max: number;
  readonly minNormal: number;
  readonly fractionBits: number;
  /** To the nearest number of the format, ties to even. */
  readonly round: (x: number) => number;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
  /** True where WGSL promises nothing: also what is no number will do. */
  readonly isAny: boolean;
}

function roundHalf(x: number): number {
  if (x === 0 || !Number.isFinite(x)) return x;
  const size = Math.abs(x);
  const step = 2 ** (Math.max(Math.floor(Math.log2(size)), -14) - 10);
  const whole = Math.floor(size / step);
  const rest = size / step - whole;
  const near = (rest > 0.5 || (rest === 0.5 && whole % 2 === 1) ? whole + 1 : whole) * step;
  return Math.sign(x) * (near > 65504 ? Number.POSITIVE_INFINITY : near);
}

export const f32: Format = { name: 'f32', max: 3.4028234663852886e38, minNormal: 2 ** -126, fractionBits: 23, round: Math.fround };
export const f16: Format = { name: 'f16', max: 65504, minNormal: 2 ** -14, fractionBits: 10, round: roundHalf };

export const any: Interval = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY, isAny: true };

/** The distance of the numbers of the format around x. */
export function ulpOf(format: Format, x: number): number {
  const size = Math.max(Math.min(Math.abs(x), format.max), format.minNormal);
  let exponent = Math.floor(Math.log2(size));
  if (2 ** exponent > size) exponent--;
  if (2 ** (exponent + 1) <= size) exponent++;
  return 2 ** (exponent - format.fractionBits);
}

function outward(format: Format, low: number, high: number): Interval {
  if (Number.isNaN(low) || Number.isNaN(high)) return any;
  const [down, up] = [ulpOf(format, low), ulpOf(format, high)];
  return { low: limit(format, Math.floor(low / down) * down), high: limit(format, Math.ceil(high / up) * up), isAny: false };
}

/** What leaves the format may be the largest number or infinity. */
function limit(format: Format, x: number): number {
  if (Math.abs(x) <= format.max) return x;
  return x > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
}

/** Exactly the number nearest to x. */
export function nearest(format: Format, x: number): Interval {
  if (Number.isNaN(x)) return any;
  const rounded = format.round(x);
  const isOver = Math.abs(rounded) > format.max && Number.isFinite(x);
  const [low, high] = isOver ? [Math.sign(x) * format.max, rounded] : [rounded, rounded];
  return { low: Math.min(low, high), high: Math.max(low, high), isAny: false };
}

export function exactly(x: number): Interval {
  return { low: x, high: x, isAny: false };
}

/** Within so many units in the last place of x. */
export function ulps(format: Format, x: number, count: number): Interval {
  if (Number.isNaN(x)) return any;
  if (!Number.isFinite(x)) return exactly(x);
  const room = count * ulpOf(format, x);
  const around = outward(format, x - room, x + room);
  if (Math.abs(x) <= format.max) return around;
  // Rounding may stop at the largest number.
  return x > 0 ? { ...around, low: Math.min(around.low, format.max) } : { ...around, high: Math.max(around.high, -format.max) };
}

export function contains(interval: Interval, x: number): boolean {
  return interval.isAny || (x >= interval.low && x <= interval.high);
}

/** Arithmetic on intervals: every result that operands within theirs and one correct rounding can give. */
export class Arithmetic {
  readonly format: Format;

  constructor(format: Format) {
    this.format = format;
  }

  private over(corners: readonly number[], extraUlps = 0): Interval {
    if (corners.some((each) => Number.isNaN(each))) return any;
    const [low, high] = [Math.min(...corners), Math.max(...corners)];
    const wide = outward(this.format, low - extraUlps * ulpOf(this.format, low), high + extraUlps * ulpOf(this.format, high));
    return Number.isFinite(wide.low) && Number.isFinite(wide.high) ? wide : any;
  }

  private pairs(a: Interval, b: Interval, apply: (x: number, y: number) => number, extraUlps = 0): Interval {
    if (a.isAny || b.isAny) return any;
    const corners = [a.low, a.high].flatMap((x) => [b.low, b.high].map((y) => apply(x, y)));
    return this.over(corners, extraUlps);
  }

  add(a: Interval, b: Interval): Interval {
    return this.pairs(a, b, (x, y) => x + y);
  }

  sub(a: Interval, b: Interval): Interval {
    return this.pairs(a, b, (x, y) => x - y);
  }

  mul(a: Interval, b: Interval): Interval {
    return this.pairs(a, b, (x, y) => x * y);
  }

  /** 2.5 units in the last place. */
  div(a: Interval, b: Interval): Interval {
    if (b.low <= 0 && b.high >= 0) return any;
    return this.pairs(a, b, (x, y) => x / y, 2.5);
  }

  /** Inherited from 1 / inverseSqrt(x). */
  sqrt(a: Interval): Interval {
    if (a.isAny || a.low < 0) return any;
    return this.over([Math.sqrt(a.low), Math.sqrt(a.high)], 5);
  }

  min(a: Interval, b: Interval): Interval {
    return a.isAny || b.isAny ? any : { low: Math.min(a.low, b.low), high: Math.min(a.high, b.high), isAny: false };
  }

  max(a: Interval, b: Interval): Interval {
    return a.isAny || b.isAny ? any : { low: Math.max(a.low, b.low), high: Math.max(a.high, b.high), isAny: false };
  }

  neg(a: Interval): Interval {
    return { ...a, low: -a.high, high: -a.low };
  }

  dot(as: readonly Interval[], bs: readonly Interval[]): Interval {
    return as.map((a, i) => this.mul(a, bs[i] ?? any)).reduce((sum, product) => this.add(sum, product));
  }

  /** The square root of the dot product with itself; of one number its size. */
  length(as: readonly Interval[]): Interval {
    const [only] = as;
    if (as.length === 1 && only !== undefined) return this.max(only, this.neg(only));
    return this.sqrt(this.dot(as, as));
  }
}

// Float builtins that work component by component, for f32 and f16.
import { Arithmetic, any, exactly, type Format, f32, type Interval, nearest, ulps } from './interval.ts';
import { componentwise, product, type Row, type ScalarRow, widths } from './row.ts';
import { fewFloats, fewHalves, floats, halves, someFloats, someHalves } from './values.ts';

/**
 * The transcendental functions, by their truth. WGSL grants far more (sin 2^-11, atan 4096 units, exp 3 + 2|x| units); we promise one unit in the last
 * place and hold ourselves to it, wherever the truth is a number.
 */
const transcendental: readonly [name: string, truth: (x: number) => number][] = [
  ['acos', Math.acos],
  ['acosh', Math.acosh],
  ['asin', Math.asin],
  ['asinh', Math.asinh],
  ['atan', Math.atan],
  ['atanh', Math.atanh],
  ['cosh', Math.cosh],
  ['exp', Math.exp],
  ['exp2', (x) => 2 ** x],
  ['log', Math.log],
  ['log2', Math.log2],
  ['sinh', Math.sinh],
  ['tanh', Math.tanh],
];

/** Where a reduction in doubles still has bits left. */
const maxTurn = 1e9;

const periodic: readonly [name: string, truth: (x: number) => number][] = [
  ['sin', Math.sin],
  ['cos', Math.cos],
  ['tan', Math.tan],
];

/** Correctly rounded ones: exactly one result. */
const exact: readonly [name: string, truth: (x: number) => number][] = [
  ['abs', Math.abs],
  ['ceil', Math.ceil],
  ['floor', Math.floor],
  ['trunc', Math.trunc],
  ['round', roundEven],
  ['sign', Math.sign],
  ['saturate', (x) => Math.min(Math.max(x, 0), 1)],
  ['fract', (x) => x - Math.floor(x)],
  ['sqrt', Math.sqrt],
];

function roundEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return rest > 0.5 ? floor + 1 : floor;
  return floor % 2 === 0 ? floor : floor + 1;
}

type MakeRow = (
  name: string,
  cases: readonly (readonly number[])[],
  expect: ScalarRow['expect'],
  isConstant?: ScalarRow['isConstant'],
) => Row[];

/** A builtin whose arguments and result are all of the format. */
function rowMaker(format: Format): MakeRow {
  const kind = format.name;
  return (name, cases, expect, isConstant = () => true) =>
    componentwise(
      {
        category: `${kind} builtin`,
        name,
        args: new Array(cases[0]?.length ?? 1).fill(kind),
        result: kind,
        text: (...args) => `${name}(${args.join(', ')})`,
        cases,
        expect,
        isConstant,
      },
      format === f32 ? widths : [1, 3],
    );
}

export function floatRows(format: Format): Row[] {
  const [all, some, few] = format === f32 ? [floats, someFloats, fewFloats] : [halves, someHalves, fewHalves];
  const single = all.map((x) => [x]);
  const row = rowMaker(format);
  return [
    ...rowsOfOne(format, single, row),
    ...rowsOfTwo(format, product(some, some), row),
    ...rowsOfThree(format, product(few, few, few), row),
    ...splitRows(format, single, some),
  ];
}

function rowsOfOne(format: Format, single: readonly (readonly number[])[], row: MakeRow): Row[] {
  const one = (list: typeof exact, expect: (truth: number, x: number) => Interval): Row[] =>
    list.flatMap(([name, truth]) =>
      row(
        name,
        single,
        (x) => expect(truth(x), x),
        (x) => Number.isFinite(format.round(truth(x))),
      ),
    );
  const far = single.filter(([x = 0]) => Math.abs(x) >= maxTurn);
  return [
    ...one(transcendental, (truth) => ulps(format, truth, 1)),
    ...one(periodic, (truth, x) => (Math.abs(x) < maxTurn ? ulps(format, truth, 1) : any)),
    ...one(exact, (truth) => nearest(format, truth)),
    ...(far.length > 0 ? ['sin', 'cos'] : []).flatMap((name) => row(name, far, () => ({ low: -1, high: 1, isAny: false }))),
    ...row('degrees', single, (x) => ulps(format, (x * 180) / Math.PI, 1.5)),
    ...row('radians', single, (x) => ulps(format, (x * Math.PI) / 180, 1.5)),
    ...row(
      'inverseSqrt',
      single,
      (x) => (x > 0 ? ulps(format, 1 / Math.sqrt(x), 2) : any),
      (x) => x > 0,
    ),
    ...(format === f32 ? row('quantizeToF16', single, quantized) : []),
  ];
}

function rowsOfTwo(format: Format, pairs: readonly (readonly number[])[], row: MakeRow): Row[] {
  const hasPower = (x: number, y: number): boolean => (x > 0 || (x === 0 && y > 0)) && Math.abs(format.round(x ** y)) <= format.max;
  return [
    ...row('atan2', pairs, (y, x) => ulps(format, Math.atan2(y, x), 1)),
    ...row('pow', pairs, (x, y) => (x < 0 || Object.is(x, -0) ? any : ulps(format, x ** y, 1)), hasPower),
    ...row('min', pairs, (x, y) => exactly(Math.min(x, y))),
    ...row('max', pairs, (x, y) => exactly(Math.max(x, y))),
    ...row('step', pairs, (edge, x) => exactly(edge <= x ? 1 : 0)),
  ];
}

function rowsOfThree(format: Format, triples: readonly (readonly number[])[], row: MakeRow): Row[] {
  const math = new Arithmetic(format);
  const fits = (x: number, y: number, z: number): boolean => Math.abs(x * y) < format.max && Math.abs(x * y + z) < format.max;
  return [
    ...row(
      'clamp',
      triples,
      (x, low, high) => exactly(Math.min(Math.max(x, low), high)),
      (_, low, high) => low <= high,
    ),
    ...row('fma', triples, (x, y, z) => math.add(math.mul(exactly(x), exactly(y)), exactly(z)), fits),
    ...row('mix', triples, (x, y, t) => mix(math, x, y, t)),
    ...row(
      'smoothstep',
      triples,
      (low, high, x) => smoothstep(math, low, high, x),
      (low, high) => low < high,
    ),
  ];
}

function quantized(x: number): Interval {
  return Math.abs(x) > 65504 ? any : nearest({ ...f32, round: quantize }, x);
}

/** Half of the distance of two halves is added and taken away again. */
function quantize(x: number): number {
  const size = Math.abs(x);
  const exponent = Math.max(-14, size === 0 ? -14 : Math.floor(Math.log2(size)));
  const step = 2 ** (exponent - 10);
  return Math.sign(x) * roundEven(size / step) * step;
}

function mix(math: Arithmetic, x: number, y: number, t: number): Interval {
  const share = exactly(t);
  return math.add(math.mul(exactly(x), math.sub(exactly(1), share)), math.mul(exactly(y), share));
}

function smoothstep(math: Arithmetic, low: number, high: number, x: number): Interval {
  if (low === high) return any;
  const ratio = math.div(math.sub(exactly(x), exactly(low)), math.sub(exactly(high), exactly(low)));
  if (ratio.isAny) return any;
  const t = math.min(math.max(ratio, exactly(0)), exactly(1));
  return math.mul(math.mul(t, t), math.sub(exactly(3), math.mul(exactly(2), t)));
}

/** modf, frexp and ldexp. */
function splitRows(format: Format, single: readonly (readonly number[])[], some: readonly number[]): Row[] {
  const kind = format.name;
  const exponents = [0, 1, -1, 5, -10, 20, 100, -100, 127, -126, -149, 200, -400, 1000, 2147483647, -2147483648];
  const row = (name: string, member: string, result: ScalarRow['result'], truth: (x: number) => number): Row[] =>
    componentwise({
      category: `${kind} builtin`,
      name,
      args: [kind],
      result,
      text: (x) => `${name}(${x}).${member}`,
      cases: single,
      expect: (x) => exactly(truth(x)),
    });
  const ldexp = componentwise({
    category: `${kind} builtin`,
    name: 'ldexp',
    args: [kind, 'i32'],
    result: kind,
    text: (x, e) => `ldexp(${x}, ${e})`,
    cases: product(some, exponents),
    expect: (x, e) => nearest(format, timesPower(x, e)),
    isConstant: (x, e) => e <= (format === f32 ? 128 : 16) && Math.abs(timesPower(x, e)) <= format.max,
  });
  return [
    ...row('modf', 'fract', kind, (x) => x - Math.trunc(x)),
    ...row('modf', 'whole', kind, Math.trunc),
    ...row('frexp', 'fract', kind, (x) => splitPower(x)[0]),
    ...row('frexp', 'exp', 'i32', (x) => splitPower(x)[1]),
    ...ldexp,
  ];
}

function timesPower(x: number, exponent: number): number {
  const bounded = Math.max(-600, Math.min(600, exponent));
  return x * 2 ** bounded;
}

function splitPower(x: number): readonly [fraction: number, exponent: number] {
  if (x === 0) return [x, 0];
  let [fraction, exponent] = [x, 0];
  while (Math.abs(fraction) >= 1) [fraction, exponent] = [fraction / 2, exponent + 1];
  while (Math.abs(fraction) < 0.5) [fraction, exponent] = [fraction * 2, exponent - 1];
  return [fraction, exponent];
}

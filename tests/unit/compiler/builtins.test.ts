// Every float builtin against double arithmetic, within the bound WGSL gives it.
import { describe, expect, it } from 'vitest';
import { runWgsl } from './run-wgsl.ts';

/** Distance in representable floats. */
function ulps(a: number, b: number): number {
  if (Object.is(a, b) || a === b) return 0;
  if (Number.isNaN(a) && Number.isNaN(b)) return 0;
  const key = (x: number): number => {
    const bits = new Int32Array(Float32Array.of(x).buffer)[0] ?? 0;
    return bits < 0 ? -(bits & 0x7fffffff) : bits;
  };
  return Math.abs(key(a) - key(Math.fround(b)));
}

function run1(expression: string, xs: readonly number[], ys: readonly number[] = xs): Float32Array {
  const wgsl = `
    @group(0) @binding(0) var<storage, read> xs: array<f32>;
    @group(0) @binding(1) var<storage, read> ys: array<f32>;
    @group(0) @binding(2) var<storage, read_write> out: array<f32>;
    @compute @workgroup_size(1) fn main(@builtin(global_invocation_id) id: vec3u) { let x = xs[id.x]; let y = ys[id.x]; out[id.x] = ${expression}; }`;
  return runWgsl(
    wgsl,
    { xs: Float32Array.from(xs), ys: Float32Array.from(ys), out: new Float32Array(xs.length) },
    { groups: [xs.length, 1, 1] },
  ).f32('out');
}

function spread(low: number, high: number, count = 400): number[] {
  return Array.from({ length: count }, (_, i) => Math.fround(low + ((high - low) * i) / (count - 1)));
}
const signs = (xs: readonly number[]): number[] => xs.flatMap((x) => [x, -x]);
const scales = signs(Array.from({ length: 200 }, (_, i) => Math.fround(1.37 ** (i - 100) * 1e-2)));

const unary: readonly [name: string, truth: (x: number) => number, inputs: readonly number[]][] = [
  ['exp', Math.exp, [...spread(-104, 88.7), 0, -0]],
  ['exp2', (x) => 2 ** x, [...spread(-149, 127.9), 1, -1, 3]],
  ['log', Math.log, [...scales.filter((x) => x > 0), 1, 0, -1, Math.fround(1.0000001), Math.fround(1e-40)]],
  ['log2', Math.log2, [...scales.filter((x) => x > 0), 1, 2, 1024, 0, -1, Math.fround(1e-40)]],
  ['sin', Math.sin, [...spread(-7, 7), ...scales.filter((x) => Math.abs(x) < 1e5)]],
  ['cos', Math.cos, [...spread(-7, 7), ...scales.filter((x) => Math.abs(x) < 1e5)]],
  ['tan', Math.tan, spread(-1.57, 1.57)],
  ['asin', Math.asin, [...spread(-1, 1), 1.5]],
  ['acos', Math.acos, [...spread(-1, 1), -1.5]],
  ['atan', Math.atan, [...scales, Number.POSITIVE_INFINITY]],
  ['sinh', Math.sinh, [...spread(-80, 80), ...spread(-0.6, 0.6)]],
  ['cosh', Math.cosh, spread(-80, 80)],
  ['tanh', Math.tanh, [...spread(-30, 30), ...spread(-0.6, 0.6)]],
  ['asinh', Math.asinh, [...scales.filter((x) => Math.abs(x) < 1e15), ...spread(-1, 1)]],
  ['acosh', Math.acosh, [...spread(1, 3), ...spread(1, 1e6)]],
  ['atanh', Math.atanh, spread(-0.999, 0.999)],
];

describe('transcendental builtins', () => {
  it.each(unary)('%s is within one float of the truth', (name, truth, inputs) => {
    const got = run1(`${name}(x)`, inputs);
    inputs.forEach((x, i) => {
      expect(ulps(got[i] ?? 0, truth(x)), `${name}(${x}) = ${got[i]}, not ${truth(x)}`).toBeLessThanOrEqual(1);
    });
  });

  it('pow and atan2 are within one float, and whole powers are exact', () => {
    const xs = spread(0.01, 40);
    const ys = spread(-9, 9).reverse();
    run1('pow(x, y)', xs, ys).forEach((got, i) => {
      expect(ulps(got, (xs[i] ?? 0) ** (ys[i] ?? 0))).toBeLessThanOrEqual(1);
    });
    expect([...run1('pow(x, y)', [2, 3, 10, 0, 0], [10, 4, 3, 2, 0])]).toEqual([1024, 81, 1000, 0, 1]);
    const all = signs(spread(0, 5, 40));
    const up = all.flatMap((y) => all.map(() => y));
    const along = all.flatMap(() => all);
    run1('atan2(y, x)', along, up).forEach((got, i) => {
      expect(ulps(got, Math.atan2(up[i] ?? 0, along[i] ?? 0)), `atan2(${up[i]}, ${along[i]})`).toBeLessThanOrEqual(1);
    });
  });

  it('gives the same bits for a constant as at run time', () => {
    for (const name of ['sin', 'exp', 'log2', 'tanh', 'asin', 'sqrt', 'degrees', 'inverseSqrt', 'fract', 'quantizeToF16']) {
      const constant = run1(`x * 0 + ${name}(f32(0.7))`, [1]);
      expect([...constant], name).toEqual([...run1(`${name}(x)`, [0.7])]);
    }
  });

  it('keeps sines within -1 and 1 for any argument', () => {
    for (const got of run1('sin(x) + 2 * cos(x) * 0', [1e10, 3e30, 3.4e38, -1e20])) expect(Math.abs(got)).toBeLessThanOrEqual(1);
  });
});

const geometric: readonly [expression: string, truth: (x: number, y: number) => number, bound: number][] = [
  ['length(vec3f(x, y, 2.0))', (x, y) => Math.hypot(x, y, 2), 4],
  ['distance(vec2f(x, 1.0), vec2f(1.0, y))', (x, y) => Math.hypot(x - 1, y - 1), 4],
  ['normalize(vec3f(x, y, 2.0)).y', (x, y) => y / Math.hypot(x, y, 2), 6],
  ['mix(x, y, 0.25)', (x, y) => x * 0.75 + y * 0.25, 4],
  [
    'smoothstep(0.0, 10.0, x)',
    (x) => {
      const t = Math.min(1, Math.max(0, x / 10));
      return t * t * (3 - 2 * t);
    },
    4,
  ],
  ['reflect(vec2f(x, y), vec2f(0.0, 1.0)).y', (_, y) => -y, 1],
  ['refract(vec2f(0.6, -0.8), vec2f(0.0, 1.0), x / 10.0).x', (x) => (1 - (x / 10) ** 2 * 0.36 < 0 ? 0 : (x / 10) * 0.6), 8],
  ['inverseSqrt(x)', (x) => 1 / Math.sqrt(x), 2],
  ['x % y', (x, y) => x % y, 4],
  ['degrees(x)', (x) => (x * 180) / Math.PI, 1],
  ['radians(x)', (x) => (x * Math.PI) / 180, 1],
  ['vec3f(1.0).x * dot(vec4f(x), vec4f(y))', (x, y) => 4 * x * y, 3],
];

describe('geometric builtins', () => {
  const xs = spread(0.5, 9, 60);
  const ys = spread(0.7, 8.5, 60).reverse();
  it.each(geometric)('%s', (expression, truth, bound) => {
    run1(expression, xs, ys).forEach((got, i) => {
      const want = truth(xs[i] ?? 0, ys[i] ?? 0);
      expect(Math.abs(got - want), `${expression} at ${xs[i]}, ${ys[i]}`).toBeLessThanOrEqual(bound * 1.2e-7 * Math.max(Math.abs(want), 1));
    });
  });
});

describe('what leaves a shader', () => {
  it('has one NaN only', () => {
    const bits = new Uint32Array(run1('x / y', [0, -0, Number.POSITIVE_INFINITY], [0, 0, Number.POSITIVE_INFINITY]).buffer);
    expect([...bits]).toEqual([0x7fc00000, 0x7fc00000, 0x7fc00000]);
    const cast = run1('f32(bitcast<u32>(x / y) == 0x7fc00000u)', [0, 0], [0, -0]);
    expect([...cast]).toEqual([1, 1]);
  });

  it('converts out-of-range floats to the largest integer that is a float', () => {
    expect([...run1('f32(u32(x) >> 8u)', [5e9, -4, 16777215])]).toEqual([16777215, 0, 65535]);
    expect([...run1('f32(i32(x) >> 7u)', [5e9, -5e9])]).toEqual([16777215, -16777216]);
  });

  it('packs halves as IEEE does', () => {
    const inputs = [1, 65504, 65520, 1e-8, 6e-8, 5.96e-8, 0.333, -2.5, 1e30, Number.POSITIVE_INFINITY];
    const got = run1('unpack2x16float(pack2x16float(vec2f(0.0, x))).y', inputs);
    const want = [
      1,
      65504,
      Number.POSITIVE_INFINITY,
      0,
      2 ** -24,
      2 ** -24,
      0.3330078125,
      -2.5,
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ];
    expect([...got]).toEqual(want);
  });
});

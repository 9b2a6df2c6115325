// min, max and clamp of floats: what WGSL's words say of zeros and NaN too, the same bits in lanes, alone, at compile time and without the optimizer.
import { describe, expect, it } from 'vitest';
import { type RunOptions, runWgsl } from './run-wgsl.ts';

const values = [0, -0, 1, -1.5, 3e38, -3e38, 1e-45, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];
const pairs = values.flatMap((a) => values.map((b) => [a, b] as const));
const count = pairs.length;

const shader = `
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<u32>;
@compute @workgroup_size(${count}) fn main(@builtin(local_invocation_index) i: u32) {
  out[i * 4u] = bitcast<u32>(min(a[i], b[i]));
  out[i * 4u + 1u] = bitcast<u32>(max(a[i], b[i]));
  out[i * 4u + 2u] = bitcast<u32>(clamp(a[i], -1.0, b[i]));
  out[i * 4u + 3u] = bitcast<u32>(saturate(a[i]));
}`;

const bits = new DataView(new ArrayBuffer(4));
function bitsOf(value: number): number {
  bits.setFloat32(0, value);
  return bits.getUint32(0);
}

const lesser = (a: number, b: number): number => [a, b][Number(b < a)]!;
const greater = (a: number, b: number): number => [a, b][Number(a < b)]!;

describe('min, max, clamp and saturate', () => {
  const [a, b] = [0, 1].map((side) => Float32Array.from(pairs, (pair) => pair[side]!)) as [Float32Array, Float32Array];
  const expected = [...a].flatMap((x, i) => {
    const y = b[i]!;
    return [lesser(x, y), greater(x, y), lesser(greater(x, -1), y), lesser(greater(x, 0), 1)].map(bitsOf);
  });
  const builds: readonly RunOptions[] = [{}, { lanes: 1 }, { lanes: 'always' }, { lanes: 1, optimize: false }, { optimize: false }];

  it.each(builds)('take the second where it is less or greater, else the first: %o', (options) => {
    const read = runWgsl(shader, { a, b, out: new Uint32Array(count * 4) }, options);
    expect([...read.u32('out')]).toEqual(expected);
  });

  it('are the same at compile time', () => {
    const finite = pairs.filter((pair) => pair.every((value) => Math.abs(value) < 1e38));
    const literal = (value: number): string =>
      Object.is(value, -0) ? '-0.0f' : `${value < 0 ? '-' : ''}${Math.abs(value).toExponential()}f`;
    const lines = finite.map(([x, y], i) => `out[${i}] = bitcast<u32>(min(${literal(x)}, ${literal(y)}));`);
    const text = `@group(0) @binding(0) var<storage, read_write> out: array<u32>; @compute @workgroup_size(1) fn main() { ${lines.join('\n')} }`;
    const read = runWgsl(text, { out: new Uint32Array(finite.length) });
    const wanted = finite.map(([x, y]) => bitsOf(lesser(Math.fround(x), Math.fround(y))));
    expect([...read.u32('out')]).toEqual(wanted);
  });
});

// What the default build chooses: lanes only where they gain something, and then nothing is built twice or grows for nothing.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compile } from '../../../src/compiler/compile.ts';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

describe('the default build', () => {
  it.each(['bunny', 'fractal'])('stays scalar where calls are most of the work: %s', (name) => {
    const wgsl = read(`shaders/${name}/${name}.wgsl`);
    const { module } = compile(wgsl);
    expect(module).toEqual(compile(wgsl, { lanes: 1 }).module);
    expect(module.length).toBeLessThan(compile(wgsl, { lanes: 'always' }).module.length);
  });

  it.each(['mandelbrot', 'matmul', 'nbody', 'reduction', 'sha256'])('runs in lanes what gains: %s', (name) => {
    const wgsl = read(`tests/bench/kernels/${name}.wgsl`);
    expect(compile(wgsl).module).not.toEqual(compile(wgsl, { lanes: 1 }).module);
  });

  it('keeps the modules of the templates below 10,000 bytes', () => {
    for (const name of ['bunny', 'collatz', 'fractal'])
      expect(compile(read(`shaders/${name}/${name}.wgsl`)).module.length, name).toBeLessThanOrEqual(10_000);
  });

  it('optimizes anew for one lane where what was made for four would differ', () => {
    // Too few invocations for lanes; the loop is written out for one lane only.
    const wgsl = `@group(0) @binding(0) var<storage, read_write> out: array<u32>;
      @compute @workgroup_size(1) fn main() { var sum = 1u; for (var i = 0u; i < 12u; i++) { sum = sum * 3u + i; } out[0] = sum * out[1]; }`;
    expect(compile(wgsl).module).toEqual(compile(wgsl, { lanes: 1 }).module);
  });
});

// Four invocations side by side give the bytes that each gives alone: every construct, uniform and divergent, in workgroups of every shape.
import { describe, expect, it } from 'vitest';
import { type CompileOptions, compile } from '../../../src/compiler/compile.ts';
import { readModuleInfo } from '../../../src/compiler/module-info.ts';
import { createModuleInstance } from '../../../src/engine/cpu/module-instance.ts';
import { laneShaders } from './lane-shaders.ts';

const sizes = ['16', '16, 4', '4, 3', '2, 2, 3', '7'];

function shaderOf(before: string, body: string, size: string): string {
  return `
${before}
@group(0) @binding(0) var<storage, read_write> out: array<u32, 1024>;
@group(0) @binding(1) var<storage, read_write> sums: array<atomic<u32>, 16>;
@group(0) @binding(2) var<storage, read> data: array<u32>;
@group(0) @binding(3) var<storage, read> floats: array<f32>;
@compute @workgroup_size(${size})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_id) local: vec3u,
        @builtin(local_invocation_index) index: u32, @builtin(workgroup_id) group: vec3u) {
  let me = group.x * 64u + index;
  let x = data[me % 251u];
${body}
}`;
}

function run(wgsl: string, options: CompileOptions): { readonly words: readonly number[]; readonly size: number } {
  const { module } = compile(wgsl, options);
  const instance = createModuleInstance(new WebAssembly.Module(module as BufferSource), readModuleInfo(module));
  const data = Uint32Array.from({ length: 256 }, (_, i) => Math.imul(i + 1, 2654435761) ^ Math.imul(i * i + 7, 40503));
  const floats = Float32Array.from({ length: 256 }, (_, i) => ((i * 37) % 101) - 50 + i / 64);
  instance.fill(
    new Map([
      ['out', { bytes: new Uint8Array(4096) }],
      ['sums', { bytes: new Uint8Array(64) }],
      ['data', { bytes: new Uint8Array(data.buffer) }],
      ['floats', { bytes: new Uint8Array(floats.buffer) }],
    ]),
  );
  instance.setGrid([3, 1, 1]);
  if (options.fuel === true) instance.setFuel(1_000_000n);
  instance.run([0, 0, 0], [3, 1, 1]);
  return { words: ['out', 'sums'].flatMap((name) => [...new Uint32Array(instance.read(name).buffer)]), size: module.length };
}

describe('four lanes give the bytes of one', () => {
  it.each(Object.entries(laneShaders))('%s', (_, { before = '', body }) => {
    for (const size of sizes) {
      // Every binding is used, so that all of them are there.
      const wgsl = shaderOf(
        before,
        `${body}\n  if (id.x == 4000000000u) { atomicAdd(&sums[0], bitcast<u32>(floats[1])); out[0] = 1u; }`,
        size,
      );
      const alone = run(wgsl, { lanes: 1, optimize: false });
      for (const optimize of [false, true]) {
        const together = run(wgsl, { lanes: 'always', optimize, fuel: optimize });
        expect(together.words, `size ${size}, optimize ${optimize}`).toEqual(alone.words);
        // The same size would mean that nothing was vectorized.
        if (!optimize) expect(together.size).not.toBe(alone.size);
      }
    }
  });
});

// The optimizer keeps every byte: each shader at hand, built with and without it, at the edge of its buffers too.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type CompileOptions, compile } from '../../../../src/compiler/compile.ts';
import { readModuleInfo } from '../../../../src/compiler/module-info.ts';
import { createModuleInstance } from '../../../../src/engine/cpu/module-instance.ts';

const folders = ['golden/compiler', 'bench/kernels', '../shaders/bunny', '../shaders/collatz', '../shaders/fractal'];
const shaders = folders.flatMap((folder) => {
  const url = new URL(`../../../${folder}/`, import.meta.url);
  return readdirSync(url)
    .filter((name) => name.endsWith('.wgsl'))
    .map((name): readonly [string, string] => [`${folder}/${name}`, readFileSync(new URL(name, url), 'utf8')]);
});

const groups = [3, 2, 1] as const;
/** Enough for every shader that ends. */
const fuel = 400_000n;

/** Words of no pattern, small ones, or floats. */
function makeWords(count: number, kind: number): Uint32Array {
  const words = Uint32Array.from({ length: count }, (_, i) => Math.imul(i + 1, 2654435761) ^ Math.imul(i * i + 7, 40503));
  if (kind === 0) return words;
  if (kind === 1) return words.map((word) => (word >>> 20) % 61);
  return new Uint32Array(Float32Array.from(words, (word) => ((word >>> 8) % 4001) / 1000 - 2).buffer);
}

interface Ran {
  readonly outcome: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly work: bigint;
}

type Run = (bytes: number, kind: number) => Ran;

/** Compiles once, to be run over several buffers. */
function prepare(wgsl: string, options: CompileOptions): Run {
  const { module, reflection } = compile(wgsl, { fuel: true, ...options });
  const compiled = new WebAssembly.Module(module as BufferSource);
  const ours = reflection.bindings.filter((binding) => binding.name !== 'shard');
  return (bytes, kind) => {
    const instance = createModuleInstance(compiled, readModuleInfo(module));
    const fill = ours.map(
      ({ name, minBytes }) => [name, { bytes: new Uint8Array(makeWords(Math.max(minBytes, bytes) / 4, kind).buffer) }] as const,
    );
    instance.fill(new Map(fill));
    if (ours.length < reflection.bindings.length) instance.writeShard([0, 0, 0], { grid: groups, base: 0, count: 6 });
    instance.setGrid(groups);
    instance.setFuel(fuel);
    let outcome = 'done';
    try {
      instance.run([0, 0, 0], groups);
    } catch (error) {
      outcome = String(error);
    }
    const outputs = Object.fromEntries(ours.map(({ name }) => [name, Buffer.from(instance.read(name)).toString('base64')]));
    return { outcome, outputs, work: instance.workDone() };
  };
}

describe('the same bytes with and without the optimizer', () => {
  it('has shaders', () => expect(shaders.length).toBeGreaterThan(15));
  it.each(shaders)('%s', (_, wgsl) => {
    const plain = prepare(wgsl, { optimize: false, lanes: 1, metered: true });
    const scalar = prepare(wgsl, { lanes: 1, metered: true });
    const lanes = prepare(wgsl, { lanes: 4 });
    for (const bytes of [64, 4096]) {
      for (const kind of [0, 1, 2]) {
        const expected = plain(bytes, kind);
        if (expected.outcome !== 'done') continue;
        expect(scalar(bytes, kind)).toEqual(expected);
        expect(lanes(bytes, kind).outputs).toEqual(expected.outputs);
      }
    }
  });
});

describe('the optimizer', () => {
  it('writes a small loop out, and keeps no memory for an array it can see through', () => {
    const wgsl = `
@group(0) @binding(0) var<storage, read_write> out: array<u32>;
@compute @workgroup_size(1) fn main() {
  var a: array<u32, 8>;
  for (var i = 0u; i < 8u; i++) { a[i] = i * i; }
  out[0] = a[3] + a[7];
}`;
    expect(compile(wgsl, { lanes: 1 }).module.length).toBeLessThan(compile(wgsl, { optimize: false, lanes: 1 }).module.length);
    expect(prepare(wgsl, { lanes: 1 })(64, 0).outputs).toEqual(prepare(wgsl, { optimize: false, lanes: 1 })(64, 0).outputs);
  });
});

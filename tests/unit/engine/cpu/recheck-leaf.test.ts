// A leaf computed alone is the leaf of the whole shard, byte for byte, and only its workgroups run for it.
import { describe, expect, it } from 'vitest';
import { TEMPLATES } from '../../../../shaders/templates.ts';
import { compile } from '../../../../src/compiler/compile.ts';
import type { BufferInit } from '../../../../src/engine/backend.ts';
import { countLeaves, type LeafProgram, recheckLeaf } from '../../../../src/engine/cpu/recheck-leaf.ts';
import { runSample } from '../../../../src/engine/cpu/run-sample.ts';
import { countBoxWorkgroups, sliceShard } from '../../../../src/engine/slice-shard.ts';
import { leafBytes, leafHash, merkleRoot, outputRoot } from '../../../../src/protocol/merkle.ts';
import { toHex } from '../../../../src/protocol/sha256.ts';
import { outputBytes } from '../../../../src/protocol/shard.ts';
import { makeTemplateRun } from '../../../support/make-template-run.ts';

const HEAD = `struct Shard { first: vec3u, base: u32, count: u32, grid: vec3u }
@group(0) @binding(0) var<uniform> shard: Shard;
@group(0) @binding(1) var<storage, read_write> out: array<u32>;
@group(0) @binding(2) var<storage, read> data: array<u32>;
@group(0) @binding(3) var<storage, read_write> sums: array<atomic<u32>>;
`;
const text = `${HEAD}
@compute @workgroup_size(4) fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) i: u32) {
  let w = shard.first + id;
  let linear = w.x + shard.grid.x * (w.y + shard.grid.y * w.z);
  let at = linear - shard.base;
  out[at * 4u + i] = data[at] * 1000u + arrayLength(&out) * 100u + linear * 10u + i + shard.count;
  atomicAdd(&sums[i], linear);
}`;

const shard = { base: 5, count: 23 };
const data = new Uint8Array(Uint32Array.from({ length: 60 }, (_, i) => i * i).buffer);
const programOf = (wgsl: string, workgroupsPerLeaf: number): LeafProgram => ({
  program: { wgsl },
  grid: [4, 5, 3],
  inputs: [{ name: 'data', bytesPerWorkgroup: 4 }],
  outputs: [
    { name: 'out', layout: { kind: 'byWorkgroup', bytesPerWorkgroup: 16 }, workgroupsPerLeaf },
    { name: 'sums', layout: { kind: 'whole', bytes: 16 }, workgroupsPerLeaf },
  ],
});

/** The whole shard, as a contributor runs it. */
function runWhole(program: LeafProgram, buffers: readonly (readonly [string, BufferInit])[], of = shard): ReadonlyMap<string, Uint8Array> {
  const uniform = { ...of, grid: program.grid };
  const boxes = [];
  for (let done = 0; done < of.count; done += countBoxWorkgroups(boxes.at(-1)!)) boxes.push(sliceShard(uniform, done, 7)!);
  const outputs = program.outputs.map(({ name, layout }) => [name, { zeroBytes: outputBytes(layout, of.count) }] as const);
  const outcome = runSample({
    program: program.program,
    buffers: new Map([...buffers, ...outputs]),
    shard: uniform,
    boxes,
    fuel: null,
  });
  if (outcome.kind !== 'done') throw new Error('out of fuel');
  return outcome.outputs;
}

describe('recheckLeaf', () => {
  const whole = runWhole(programOf(text, 1), [['data', { bytes: data.subarray(20, 20 + 23 * 4) }]]);

  it.each([1, 2, 5, 23, 100])('gives every leaf of %i workgroups as the whole run has it', (workgroupsPerLeaf) => {
    const program = programOf(text, workgroupsPerLeaf);
    for (const output of program.outputs) {
      const hashes: Uint8Array[] = [];
      for (let index = 0; index < countLeaves(output, shard.count); index++) {
        const outcome = recheckLeaf(program, new Map([['data', data]]), shard, { output: output.name, index });
        if (outcome.kind !== 'done') throw new Error('out of fuel');
        const size = leafBytes(output);
        expect(outcome.bytes).toEqual(whole.get(output.name)!.slice(index * size, (index + 1) * size));
        expect(outcome.hash).toEqual(leafHash(outcome.bytes));
        hashes.push(outcome.hash);
      }
      expect(toHex(merkleRoot(hashes))).toBe(outputRoot(output, whole.get(output.name)!));
    }
  });

  it('runs only the workgroups of the leaf', () => {
    const program = programOf(text, 5);
    const workgroups = (output: string, index: number) => {
      const outcome = recheckLeaf(program, new Map([['data', data]]), shard, { output, index });
      return outcome.kind === 'done' ? outcome.workgroups : -1;
    };
    expect([workgroups('out', 0), workgroups('out', 4), workgroups('sums', 0)]).toEqual([5, 3, 23]);
    // What costs no fuel did not run: the whole shard takes one unit a workgroup.
    const bounded = (fuel: bigint) => recheckLeaf(program, new Map([['data', data]]), shard, { output: 'out', index: 1 }, { fuel }).kind;
    expect([bounded(5n), bounded(4n)]).toEqual(['done', 'out-of-fuel']);
  });

  it('ends an endless loop', () => {
    const endless = programOf(text.replace('atomicAdd', 'loop { if (shard.count == 0u) { break; } } atomicAdd'), 1);
    const leaf = { output: 'out', index: 0 };
    expect(recheckLeaf(endless, new Map([['data', data]]), shard, leaf, { fuel: 100_000n })).toEqual({ kind: 'out-of-fuel' });
  });

  it('takes a module as well, and refuses to bound one without fuel', () => {
    const leaf = { output: 'out', index: 3 };
    const [plain, fuelled] = [false, true].map((fuel) => ({ ...programOf(text, 2), program: { module: compile(text, { fuel }).module } }));
    const bytes = whole.get('out')!.slice(96, 128);
    expect(recheckLeaf(plain!, new Map([['data', data]]), shard, leaf)).toMatchObject({ kind: 'done', bytes });
    expect(recheckLeaf(fuelled!, new Map([['data', data]]), shard, leaf, { fuel: 10n })).toMatchObject({ kind: 'done', bytes });
    expect(() => recheckLeaf(plain!, new Map([['data', data]]), shard, leaf, { fuel: 10n })).toThrow(/cannot be bounded/);
  });

  it('refuses a leaf that is not there, and an input that was not given', () => {
    const program = programOf(text, 5);
    const ask = (output: string, index: number, given = new Map([['data', data]])) => recheckLeaf(program, given, shard, { output, index });
    for (const [output, index] of [
      ['out', 5],
      ['out', -1],
      ['out', 0.5],
      ['sums', 1],
      ['data', 0],
    ] as const)
      expect(() => ask(output, index)).toThrow(/no leaf/);
    expect(() => ask('out', 0, new Map())).toThrow(/"data" were not given/);
  });

  it.each(TEMPLATES.map((template) => [template.id, template] as const))('gives the leaves of %s', async (_id, template) => {
    const of = { base: 41, count: 6 };
    const run = await makeTemplateRun(template, of);
    const [stage] = template.stages;
    const inputs = run.buffers.flatMap(([name, init]) => ('bytes' in init ? [[name, init.bytes] as const] : []));
    const program: LeafProgram = {
      program: { wgsl: run.wgsl },
      grid: stage.grid,
      inputs: inputs.map(([name]) => ({ name, bytesPerWorkgroup: null })),
      outputs: Object.entries(stage.outputs).map(([name, { layout }]) => ({ name, layout, workgroupsPerLeaf: 2 })),
    };
    const all = runWhole(
      program,
      inputs.map(([name, bytes]) => [name, { bytes }] as const),
      of,
    ).get(run.output)!;
    for (let index = 0; index < 3; index++) {
      const outcome = recheckLeaf(program, new Map(inputs), of, { output: run.output, index });
      expect(outcome).toMatchObject({ kind: 'done', bytes: all.slice((index * all.length) / 3, ((index + 1) * all.length) / 3) });
    }
  });
});

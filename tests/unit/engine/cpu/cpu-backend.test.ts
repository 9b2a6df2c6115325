// The CPU backend: buffers in, boxes of workgroups, bytes out; slices, resets, refusals, fuel.
import { describe, expect, it } from 'vitest';
import { compile } from '../../../../src/compiler/compile.ts';
import type { BufferInit, DispatchBox, ProgramSource, ShardUniform } from '../../../../src/engine/backend.ts';
import { createCpuBackend } from '../../../../src/engine/cpu/create-cpu-backend.ts';
import { runSample } from '../../../../src/engine/cpu/run-sample.ts';
import { sliceShard } from '../../../../src/engine/slice-shard.ts';

const wgsl = `
struct Shard { first: vec3u, base: u32, count: u32, grid: vec3u }
struct P { scale: u32 }
@group(0) @binding(0) var<uniform> shard: Shard;
@group(0) @binding(1) var<uniform> p: P;
@group(0) @binding(2) var<storage, read_write> out: array<u32>;
@compute @workgroup_size(4) fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) i: u32) {
  let w = shard.first + id;
  let linear = w.x + shard.grid.x * (w.y + shard.grid.y * w.z);
  out[(linear - shard.base) * 4u + i] += linear * 10u * p.scale + i;
}`;

const source = (text: string, shipsModule = false): ProgramSource => {
  const { module, reflection } = compile(text);
  return { wgsl: text, module: shipsModule ? module : null, reflection };
};
const words = (...values: number[]): BufferInit => ({ bytes: new Uint8Array(Uint32Array.from(values).buffer) });
const asWords = (bytes: Uint8Array): number[] => [...new Uint32Array(bytes.buffer)];
const shard: ShardUniform = { base: 5, count: 23, grid: [4, 3, 3] };
const expected = Array.from({ length: 92 }, (_, i) => (5 + Math.floor(i / 4)) * 20 + (i % 4));

describe('createCpuBackend', () => {
  it.each([1, 2, 7, 12, 1000])('gives the same bytes in boxes of at most %i workgroups', async (maxWorkgroups) => {
    const program = await createCpuBackend().prepare(source(wgsl));
    const bound = await program.bind(
      new Map([
        ['p', words(2)],
        ['out', { zeroBytes: 92 * 4 }],
      ]),
    );
    for (let done = 0; ; ) {
      const box = sliceShard(shard, done, maxWorkgroups);
      if (box === null) break;
      await bound.dispatch(box, shard);
      done += box.size[0] * box.size[1] * box.size[2];
    }
    expect(asWords(await bound.read('out'))).toEqual(expected);
  });

  it('makes many short calls out of a long dispatch, and lets events in between', async () => {
    let ms = 0;
    const backend = createCpuBackend({ nowMs: () => (ms += 50) });
    const bound = await (await backend.prepare(source(wgsl, true))).bind(
      new Map([
        ['p', words(2)],
        ['out', { zeroBytes: 36 * 16 }],
      ]),
    );
    let turns = 0;
    const count = (): void => {
      turns++;
      if (turns < 1000) setImmediate(count);
    };
    setImmediate(count);
    await bound.dispatch({ first: [0, 0, 0], size: [4, 3, 3] }, { base: 0, count: 36, grid: [4, 3, 3] });
    expect(turns).toBeGreaterThan(20);
    turns = 1000;
  });

  it('starts anew with reset buffers, also larger ones, and keeps the others', async () => {
    const bound = await (await createCpuBackend().prepare(source(wgsl, true))).bind(
      new Map([
        ['p', words(2)],
        ['out', { zeroBytes: 16 }],
      ]),
    );
    const box: DispatchBox = { first: [0, 0, 0], size: [1, 1, 1] };
    const one: ShardUniform = { base: 0, count: 1, grid: [1, 1, 1] };
    await bound.dispatch(box, one);
    await bound.dispatch(box, one);
    expect(asWords(await bound.read('out'))).toEqual([0, 2, 4, 6]);
    await bound.reset(new Map([['out', words(...new Array(100_000).fill(7))]]));
    await bound.dispatch(box, one);
    expect(asWords(await bound.read('out')).slice(0, 5)).toEqual([7, 8, 9, 10, 7]);
    await bound.reset(new Map([['out', { zeroBytes: 16 }]]));
    await bound.dispatch({ first: [1, 0, 0], size: [1, 1, 1] }, { base: 1, count: 1, grid: [2, 1, 1] });
    expect(asWords(await bound.read('out'))).toEqual([20, 21, 22, 23]);
    expect(asWords(await bound.read('p'))).toEqual([2]);
    bound.destroy();
    await expect(bound.read('out')).rejects.toMatchObject({ code: 'destroyed' });
  });

  it('refuses missing, unknown and short buffers and damaged modules', async () => {
    const program = await createCpuBackend().prepare(source(wgsl));
    await expect(program.bind(new Map([['p', words(2)]]))).rejects.toMatchObject({ code: 'missing-buffer' });
    await expect(
      program.bind(
        new Map([
          ['p', words(2)],
          ['out', { zeroBytes: 4 }],
          ['x', words(1)],
        ]),
      ),
    ).rejects.toMatchObject({ code: 'unknown-buffer' });
    await expect(
      program.bind(
        new Map([
          ['p', words(2)],
          ['out', { zeroBytes: 0 }],
        ]),
      ),
    ).rejects.toMatchObject({ code: 'buffer-too-small' });
    await expect(
      program.bind(
        new Map([
          ['p', words(2)],
          ['out', { zeroBytes: 2 ** 33 }],
        ]),
      ),
    ).rejects.toMatchObject({ code: 'out-of-memory' });
    await expect(createCpuBackend().prepare({ ...source(wgsl), module: Uint8Array.of(1, 2, 3) })).rejects.toMatchObject({ code: 'module' });
  });
});

describe('the Shard uniform', () => {
  it('is refused when it has another layout', async () => {
    const other = wgsl.replace('base: u32, count: u32', 'count: u32, base: u32');
    const program = await createCpuBackend().prepare(source(other));
    await expect(program.bind(new Map())).rejects.toMatchObject({ code: 'program' });
  });
});

describe('runSample', () => {
  const buffers = new Map([['out', words(0, 0, 0, 0)]]);
  const one: ShardUniform = { base: 0, count: 1, grid: [1, 1, 1] };
  const boxes: DispatchBox[] = [{ first: [0, 0, 0], size: [1, 1, 1] }];
  const loop = (turns: string): string => `@group(0) @binding(0) var<storage, read_write> out: array<u32>;
    fn f(x: u32) -> u32 { return x + 1u; }
    @compute @workgroup_size(1) fn main() { var i = 0u; while (i < ${turns}) { i = f(i); } out[0] = i; }`;

  it('ends an endless loop and says which box', () => {
    const outcome = runSample({
      program: {
        wgsl: `@group(0) @binding(0) var<storage, read_write> out: array<u32>; @compute @workgroup_size(1) fn main() { loop { out[0] += 1u; if (out[1] == 1u) { break; } } }`,
      },
      buffers,
      shard: one,
      boxes,
      fuel: 100_000n,
    });
    expect(outcome).toEqual({ kind: 'out-of-fuel', box: boxes[0] });
  });

  it('has a bound that is met on one side and not on the other', () => {
    const request = { program: { wgsl: loop('1000u') }, buffers, shard: one, boxes };
    const free = runSample({ ...request, fuel: null });
    if (free.kind !== 'done') throw new Error('ran out without a bound');
    expect(free.fuelUsed).toBeGreaterThanOrEqual(1000n);
    expect(asWords(free.outputs.get('out') ?? new Uint8Array())[0]).toBe(1000);
    expect(runSample({ ...request, fuel: free.fuelUsed }).kind).toBe('done');
    expect(runSample({ ...request, fuel: free.fuelUsed - 1n }).kind).toBe('out-of-fuel');
  });

  it('runs workgroups of a shard alone, from a module too', () => {
    const given = new Map<string, BufferInit>([
      ['p', words(2)],
      ['out', { zeroBytes: 92 * 4 }],
    ]);
    const outcome = runSample({
      program: { module: compile(wgsl).module },
      buffers: given,
      shard,
      boxes: [{ first: [2, 2, 0], size: [1, 1, 1] }],
      fuel: null,
    });
    if (outcome.kind !== 'done') throw new Error('out of fuel');
    const linear = 10;
    expect(asWords(outcome.outputs.get('out') ?? new Uint8Array())).toEqual(
      expected.map((value, i) => (Math.floor(i / 4) === linear - 5 ? value : 0)),
    );
    expect(() => runSample({ program: { module: compile(wgsl).module }, buffers: given, shard, boxes, fuel: 5n })).toThrow(/without fuel/);
  });
});

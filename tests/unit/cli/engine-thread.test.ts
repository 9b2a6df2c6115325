// Real Node threads with the CPU engine behind the pool: a program computes, a runaway one is killed, a broken one is refused.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { spawnEngineThread } from '../../../src/cli/spawn-engine-thread.ts';
import { compile } from '../../../src/compiler/compile.ts';
import { systemClock } from '../../../src/contributor/clock.ts';
import { createEnginePool } from '../../../src/contributor/create-engine-pool.ts';
import type { EnginePool, PoolRequest } from '../../../src/contributor/engine-pool.ts';
import type { Digest } from '../../../src/protocol/ids.ts';

const SQUARES = `
struct Shard { first: vec3u, base: u32, count: u32, grid: vec3u }
@group(0) @binding(0) var<uniform> shard: Shard;
@group(0) @binding(1) var<storage, read> table: array<u32>;
@group(0) @binding(2) var<storage, read> rows: array<u32>;
@group(0) @binding(3) var<storage, read_write> squares: array<u32>;
@compute @workgroup_size(1)
fn main(@builtin(workgroup_id) id: vec3u) {
  let at = shard.first.x + id.x;
  squares[at - shard.base] += at * at + table[0] + rows[at - shard.base];
}`;

const ENDLESS = `
struct Shard { first: vec3u, base: u32, count: u32, grid: vec3u }
@group(0) @binding(0) var<uniform> shard: Shard;
@group(0) @binding(1) var<storage, read_write> squares: array<u32>;
@compute @workgroup_size(1)
fn main() {
  var i = 0u;
  loop { i += 1u; squares[0] = i; if (i == 0u && shard.count == 99u) { break; } }
}`;

let pool: EnginePool;
beforeAll(() => {
  pool = createEnginePool({ spawn: spawnEngineThread, clock: systemClock });
  pool.setLoad('cpu', { workers: 1, rhythm: { targetMs: 16, duty: 1 } });
});
afterAll(() => pool.destroy());

const words = (...values: number[]): Uint8Array => new Uint8Array(new Uint32Array(values).buffer);

function makeRequest(wgsl: string, base: number, over: Partial<PoolRequest> = {}): PoolRequest {
  const { module, reflection } = compile(wgsl, {});
  return {
    kind: 'cpu',
    program: { key: `${wgsl.length}` as Digest, source: { wgsl, module, reflection }, inputs: [{ name: 'table', bytes: words(1_000) }] },
    shard: { base, count: 3, grid: [16, 1, 1] },
    slices: [{ name: 'rows', bytes: words(1, 2, 3) }],
    outputs: [{ name: 'squares', bytes: 12 }],
    timeoutMs: 20_000,
    onProgress: () => {},
    ...over,
  };
}

test('computes shard after shard, with outputs that begin at zero each time', async () => {
  await pool.open({ gpu: true, cpu: true });
  expect(pool.engines).toMatchObject({ gpu: null, cpu: { kind: 'cpu', reason: 'headless', isFallback: false } });
  expect(pool.missing.gpu).toMatchObject({ reason: 'no-webgpu' });
  for (const base of [0, 4, 4]) {
    const report = await pool.run(makeRequest(SQUARES, base)).report;
    const expected = words(...[0, 1, 2].map((i) => (base + i) ** 2 + 1_000 + i + 1));
    expect(report).toMatchObject({ kind: 'done', outputs: [{ name: 'squares', bytes: expected }] });
  }
});

test('a program that never ends is killed with its thread, and the next one computes', async () => {
  const request = { ...makeRequest(ENDLESS, 0, { timeoutMs: 1_500, slices: [] }) };
  const report = await pool.run({ ...request, program: { ...request.program, inputs: [] } }).report;
  expect(report).toMatchObject({ kind: 'failed', code: 'timed-out' });
  expect(await pool.run(makeRequest(SQUARES, 0)).report).toMatchObject({ kind: 'done' });
});

test('a damaged module and a missing input are refused, not computed', async () => {
  const { program, ...rest } = makeRequest(SQUARES, 0);
  const broken = { ...program, key: 'broken' as Digest, source: { ...program.source, module: new Uint8Array([1, 2, 3]) } };
  expect(await pool.run({ ...rest, program: broken }).report).toMatchObject({ kind: 'failed', code: 'compile-failed' });
  const hungry = { ...program, key: 'hungry' as Digest, inputs: [] };
  expect(await pool.run({ ...rest, program: hungry }).report).toMatchObject({ kind: 'failed', code: 'program-trap' });
});

test('a thread that cannot be started says so', async () => {
  const crashed = await new Promise<string>((resolve) => {
    const handle = spawnEngineThread();
    handle.onCrash = resolve;
    handle.terminate();
  });
  expect(crashed).toContain('ended with code');
});

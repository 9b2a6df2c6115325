// Leaves of a stored result computed again on the command line: right ones hold, wrong ones are named, and a seed draws the same ones.
import { describe, expect, test } from 'vitest';
import { createRandom, recheckLeaves } from '../../../src/cli/recheck-leaves.ts';
import { runSample } from '../../../src/engine/cpu/run-sample.ts';
import type { JobReceipt, ShardView } from '../../../src/protocol/api.ts';
import { canonicalBytes } from '../../../src/protocol/canonical.ts';
import type { Comparison } from '../../../src/protocol/job.ts';
import { digestOf } from '../../../src/protocol/sha256.ts';
import { createClient } from '../../../src/requester/create-client.ts';

const wgsl = `struct Shard { first: vec3u, base: u32, count: u32, grid: vec3u }
@group(0) @binding(0) var<uniform> shard: Shard;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;
@group(0) @binding(2) var<storage, read> data: array<f32>;
@compute @workgroup_size(4) fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) i: u32) {
  let at = shard.first.x + id.x - shard.base;
  out[at * 4u + i] = data[at] + f32(shard.first.x + id.x) + f32(i) * 0.25;
}`;
const data = new Uint8Array(new Float32Array(Array.from({ length: 10 }, (_, i) => i * 100)).buffer);

/** A job of three shards of four, four and two workgroups; `spoil` changes what is stored of a shard. */
function storeJob(comparison: Comparison, spoil: (shard: number, values: Float32Array) => void, text = wgsl) {
  const blobs = new Map<string, Uint8Array>();
  const put = (bytes: Uint8Array) => {
    const digest = digestOf(bytes);
    blobs.set(`/api/blobs/${digest}`, bytes);
    return digest;
  };
  const shards = [0, 1, 2].map((index): ShardView => {
    const [base, count] = [index * 4, index === 2 ? 2 : 4];
    const outcome = runSample({
      program: { wgsl },
      buffers: new Map([
        ['data', { bytes: data.subarray(base * 4, (base + count) * 4) }],
        ['out', { zeroBytes: count * 16 }],
      ]),
      shard: { base, count, grid: [10, 1, 1] },
      boxes: [{ first: [base, 0, 0], size: [count, 1, 1] }],
      fuel: null,
    });
    if (outcome.kind !== 'done') throw new Error('out of fuel');
    const values = new Float32Array(outcome.outputs.get('out')!.slice().buffer);
    spoil(index, values);
    const bytes = new Uint8Array(values.buffer);
    blobs.set(`/api/jobs/7/outputs/out?shard=${index}`, bytes);
    return { index, verdict: 'final', outputs: [{ name: 'out', blob: digestOf(bytes) }] } as unknown as ShardView;
  });
  const manifest = put(
    canonicalBytes({
      wgsl: put(new TextEncoder().encode(text)),
      reflection: { entryPoint: 'main' },
      grid: [10, 1, 1],
      workgroupsPerShard: 4,
      inputs: [{ name: 'data', digest: put(data), bytes: 40, bytesPerWorkgroup: 4 }],
      outputs: [{ name: 'out', layout: { kind: 'byWorkgroup', bytesPerWorkgroup: 16 }, element: 'f32', comparison, workgroupsPerLeaf: 2 }],
    }),
  );
  const client = createClient({
    baseUrl: 'http://coordinator.test',
    fetch: async (url) => {
      const { pathname, search } = new URL(url);
      const blob = blobs.get(pathname + search);
      return blob
        ? new Response(new Uint8Array(blob))
        : Response.json({ code: 'not-found', sentence: 'There is no such blob.' }, { status: 404 });
    },
  });
  return { client, receipt: { job: { id: 7 }, manifest, shards } as unknown as JobReceipt, blobs };
}

const exact: Comparison = { kind: 'exact' };
const leavesOf = async (job: ReturnType<typeof storeJob>, seed = 1, count = 60) => {
  const { leaves } = await recheckLeaves(job.client, job.receipt, count, seed);
  return [...new Map(leaves.map(({ shard, leaf, holds }) => [`${shard}.${leaf}`, holds]))].sort();
};
const ALL = ['0.0', '0.1', '1.0', '1.1', '2.0'];

describe('recheckLeaves', () => {
  test('every leaf of a right result holds, and all of them are drawn', async () => {
    expect(await leavesOf(storeJob(exact, () => {}))).toEqual(ALL.map((leaf) => [leaf, 'exactly']));
  });

  test('a wrong leaf is found and named, the others hold', async () => {
    const job = storeJob(exact, (shard, values) => {
      if (shard === 1) values[9] = 1;
    });
    expect((await leavesOf(job)).filter(([, holds]) => holds !== 'exactly')).toEqual([['1.1', 'no']]);
    const { leaves } = await recheckLeaves(job.client, job.receipt, 60, 1);
    expect(leaves.find(({ holds }) => holds === 'no')?.sentence).toBe(
      'Shard 1, out, leaf 1: other bytes were computed here than are stored.',
    );
  });

  test('a tolerance is the job’s, and outliers are as many as its shard may have', async () => {
    const job = (maxOutlierShare: number, by: number) =>
      storeJob({ kind: 'tolerance', abs: 0.5, rel: 0, maxOutlierShare }, (shard, values) => {
        if (shard === 0) values[3] = values[3]! + by;
      });
    const odd = async (...of: Parameters<typeof job>) => (await leavesOf(job(...of))).filter(([, holds]) => holds !== 'exactly');
    expect(await odd(0, 0.5)).toEqual([['0.0', 'within-tolerance']]);
    expect(await odd(0, 0.75)).toEqual([['0.0', 'no']]);
    expect(await odd(1 / 16, 0.75)).toEqual([['0.0', 'within-tolerance']]);
    expect(await odd(1 / 17, 0.75)).toEqual([['0.0', 'no']]);
  });

  test('bytes that are gone do not hold; a seed draws the same leaves again', async () => {
    const job = storeJob(exact, () => {});
    job.blobs.delete('/api/jobs/7/outputs/out?shard=2');
    expect((await leavesOf(job)).at(-1)).toEqual(['2.0', 'no']);
    const draw = async (seed: number) => (await recheckLeaves(job.client, job.receipt, 9, seed)).leaves.map(({ sentence }) => sentence);
    expect(await draw(7)).toEqual(await draw(7));
    expect(await draw(7)).not.toEqual(await draw(8));
    const random = createRandom(3);
    const drawn = Array.from({ length: 1_000 }, random);
    expect(drawn.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(drawn.reduce((sum, value) => sum + value, 0) / 1_000).toBeCloseTo(0.5, 1);
  });

  test('a program without a form for a CPU is said to have none', async () => {
    const job = storeJob(
      exact,
      () => {},
      `@group(0) @binding(5) var t: texture_2d<f32>;\n${wgsl.replace('data[at] +', 'textureLoad(t, vec2u(0), 0).x +')}`,
    );
    const { leaves, refusal } = await recheckLeaves(job.client, job.receipt, 4, 1);
    expect(leaves).toEqual([]);
    expect(refusal).toMatch(/no form for a CPU/);
  });
});

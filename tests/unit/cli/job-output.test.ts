// A job on the command line: its progress as text, its result as a file, its receipt against the stored bytes.
import pngjs from 'pngjs';
import { describe, expect, test } from 'vitest';
import { checkShards } from '../../../src/cli/check-shards.ts';
import { describeEnd, drawProgress } from '../../../src/cli/draw-progress.ts';
import { encodeOutput, pickFormat } from '../../../src/cli/encode-output.ts';
import { applyEvent } from '../../../src/cli/follow-job.ts';
import type { JobReceipt, JobView, ShardView } from '../../../src/protocol/api.ts';
import { canonicalBytes, resultDigest } from '../../../src/protocol/canonical.ts';
import type { Digest } from '../../../src/protocol/ids.ts';
import { outputRoot } from '../../../src/protocol/merkle.ts';
import { digestOf } from '../../../src/protocol/sha256.ts';
import { createClient } from '../../../src/requester/create-client.ts';
import { EXACT_OUTPUT } from '../../support/scripted-coordinator.ts';

describe('progress', () => {
  test.each([
    ['', '[..............................] 0 of 0 shards verified'],
    ['pppp', '[..............................] 0 of 4 shards verified'],
    ['fpvd', '[#######.......................] 1 of 4 shards verified, 1 agreed, 1 disputed'],
    ['fffx', '[##############################] 3 of 4 shards verified, 1 failed'],
  ])('%j', (letters, line) => expect(drawProgress(letters)).toBe(line));

  test('follows snapshots and changes', () => {
    const first = applyEvent([], { type: 'snapshot', job: {} as JobView, shards: 'ppp' });
    const second = applyEvent(first, {
      type: 'shards',
      changes: [
        { index: 1, verdict: 'final', copies: 2 },
        { index: 2, verdict: 'provisional', copies: 2 },
      ],
    });
    expect(second.join('')).toBe('pfv');
    expect(applyEvent(second, { type: 'job', job: {} as JobView })).toBe(second);
  });

  const ended = {
    id: 3,
    shards: 4,
    finalShards: 3,
    paid: '1500000',
    refunded: '500000',
    reason: { code: 'cancelled', sentence: 'Because.' },
  };
  test.each([
    ['done', 'Job 3 is done: 3 shards verified, 1.5 credits paid, 0.5 refunded.'],
    ['cancelled', 'Job 3 was cancelled: 3 of 4 shards verified, 1.5 credits paid, 0.5 refunded.'],
    ['failed', 'Job 3 failed: 3 of 4 shards verified, 1.5 credits paid, 0.5 refunded. Because.'],
    ['expired', 'Job 3 ran out of time: 3 of 4 shards verified, 1.5 credits paid, 0.5 refunded. Because.'],
    ['running', 'Job 3 runs.'],
  ] as const)('%s is said plainly', (state, sentence) => expect(describeEnd({ ...ended, state } as unknown as JobView)).toBe(sentence));
});

describe('files', () => {
  const picture = {
    id: 1,
    grid: [2, 1, 1],
    workgroupsPerShard: 1,
    view: { kind: 'picture', output: 'out', square: [1, 2], format: 'rgba8' },
    spec: { stages: [{ outputs: { out: { layout: { kind: 'byWorkgroup', bytesPerWorkgroup: 8 } } } }] },
  } as unknown as JobView;

  test('a picture is a PNG with its squares in their places', () => {
    const bytes = new Uint8Array([1, 1, 1, 255, 2, 2, 2, 255, 3, 3, 3, 255, 4, 4, 4, 255]);
    const png = pngjs.PNG.sync.read(Buffer.from(encodeOutput(picture, bytes, 'png')));
    expect({ width: png.width, height: png.height }).toEqual({ width: 2, height: 2 });
    expect([...png.data].filter((_, i) => i % 4 === 0)).toEqual([1, 3, 2, 4]);
    expect(encodeOutput(picture, bytes, 'bytes')).toBe(bytes);
    expect(() => encodeOutput(picture, bytes, 'csv')).toThrow('Job 1 shows its result as picture, which cannot be written as csv.');
  });

  test('a table is a CSV', () => {
    const view = {
      kind: 'table',
      output: 'out',
      columns: [
        { name: 'n, "odd"', type: 'u32' },
        { name: 'big', type: 'u64' },
      ],
    };
    const bytes = new Uint8Array(new Uint32Array([7, 1, 1]).buffer);
    const csv = encodeOutput({ ...picture, view } as unknown as JobView, bytes, 'csv');
    expect(new TextDecoder().decode(csv)).toBe('"n, ""odd""",big\n7,4294967297\n');
  });

  test('the format is the view’s, and bytes for every other output', () => {
    expect(pickFormat(picture, 'out')).toBe('png');
    expect(pickFormat(picture, 'other')).toBe('bytes');
  });
});

describe('checkShards', () => {
  const bytes = new Uint8Array([1, 2, 3, 4]);
  const root = outputRoot(EXACT_OUTPUT, bytes);
  const manifest = canonicalBytes({ outputs: [EXACT_OUTPUT] });
  const shard = {
    index: 0,
    verdict: 'final',
    digest: resultDigest([root]),
    outputs: [{ name: 'out', blob: digestOf(bytes), root, bytes: 4 }],
  } as unknown as ShardView;

  const check = (change: Partial<ShardView>, blobs: readonly Uint8Array[] = [bytes]) => {
    // Small outputs lie in their row and are no blobs, so a shard's bytes come from its own address.
    const stored = new Map([
      [`/api/blobs/${digestOf(manifest)}`, manifest],
      ...blobs.map((blob) => ['/api/jobs/7/outputs/out', blob] as const),
    ]);
    const client = createClient({
      baseUrl: 'http://coordinator.test',
      fetch: async (url) => {
        const blob = stored.get(new URL(url).pathname);
        return blob
          ? new Response(new Uint8Array(blob))
          : Response.json({ code: 'not-found', sentence: 'There is no such blob.' }, { status: 404 });
      },
    });
    return checkShards(client, {
      job: { id: 7 },
      manifest: digestOf(manifest),
      shards: [{ ...shard, ...change }],
    } as unknown as JobReceipt);
  };

  test('right bytes pass; shards without a result are passed over', async () => {
    expect(await check({})).toEqual({ checked: 1, faults: [] });
    expect(await check({ verdict: 'failed' })).toEqual({ checked: 0, faults: [] });
  });

  test('a digest, a root, a name or bytes that do not fit are each named', async () => {
    const other = new Uint8Array([9, 9, 9, 9]);
    const otherRoot = outputRoot(EXACT_OUTPUT, other);
    const [output] = shard.outputs;
    expect((await check({ digest: 'ff'.repeat(32) as Digest })).faults).toEqual(['Shard 0: its outputs are not those of its digest.']);
    expect((await check({ outputs: [{ ...output!, root: otherRoot }], digest: resultDigest([otherRoot]) })).faults).toEqual([
      'Shard 0: the stored bytes of out are others than voted for.',
    ]);
    expect((await check({ outputs: [{ ...output!, name: 'else' }] })).faults).toEqual([
      'Shard 0 has an output else that its manifest does not know.',
    ]);
    expect((await check({}, [])).faults).toEqual(['Shard 0: There is no such blob.']);
  });
});

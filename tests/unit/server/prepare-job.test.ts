// From a spec to a quote to a running job: what is kept, what is told, and each way a quote no longer holds.
import { describe, expect, it } from 'vitest';
import type { ProgramReport } from '../../../server/effects/program-report.ts';
import type { JobRecord } from '../../../server/jobs/job-record.ts';
import { createJobPreparer, QUOTE_MS } from '../../../server/prepare-job.ts';
import type { AccountId, Digest } from '../../../src/protocol/ids.ts';
import { parseJobSpec } from '../../../src/protocol/parse-job-spec.ts';
import { digestOf } from '../../../src/protocol/sha256.ts';
import { makeJobSpecJson, withField } from '../../support/make-job-spec.ts';

const ME = 100 as AccountId;
const REPORT: ProgramReport = {
  reflection: { entryPoint: 'main', workgroupSize: [1, 1, 1], bindings: [] },
  parameters: new Uint8Array(8),
  module: new Uint8Array([0, 0x61, 0x73, 0x6d]),
  gpuOnlyReason: null,
  sample: { workgroups: 6, workPerWorkgroup: 500_000_000 },
  lint: { outputs: [], workgroups: 6 },
};

function start(report: ProgramReport = REPORT) {
  const blobs = new Map<Digest, Uint8Array>();
  const opened: JobRecord[] = [];
  let nowMs = 1_000;
  let lastId = 0;
  const preparer = createJobPreparer({
    examiner: { examine: async () => report },
    blobs: {
      get: async (digest) => blobs.get(digest) ?? null,
      put: async (bytes) => {
        const digest = digestOf(bytes);
        blobs.set(digest, bytes);
        return digest;
      },
    },
    journal: { nextIds: async (count) => Array.from({ length: count }, () => ++lastId) },
    runner: {
      openJob: async (job) => void opened.push(job),
      counts: () => ({
        contributors: 0,
        devices: [],
        jobsRunning: 0,
        workgroupsPerSecond: 0,
        copiesOut: 0,
        shardsOpen: 0,
        otherCoordinators: 0,
      }),
    },
    nowMs: () => nowMs,
  });
  return {
    preparer,
    blobs,
    opened,
    wait: (ms: number) => {
      nowMs += ms;
    },
  };
}

describe('a quote', () => {
  it('says shards, price, notices and whether a CPU can do it', async () => {
    const quote = await start().preparer.quote(parseJobSpec(makeJobSpecJson()), ME);
    expect(quote).toMatchObject({
      shards: 4,
      pricePerCopy: '40000',
      total: '320000',
      estimateSeconds: null,
      cpu: { isPossible: true, reason: null },
    });
    expect(quote.notices[0]).toMatch(/Contributors can see/);
  });

  it('tells when only GPUs can do it, with the reason', async () => {
    const report = { ...REPORT, module: null, sample: null, gpuOnlyReason: 'line 4: f16 is not compiled for the CPU yet.' };
    const quote = await start(report).preparer.quote(parseJobSpec(makeJobSpecJson()), ME);
    expect(quote.cpu).toEqual({ isPossible: false, reason: report.gpuOnlyReason });
    expect(quote.notices.at(-1)).toContain(report.gpuOnlyReason);
  });

  it('is refused for inputs that are not here', async () => {
    const spec = parseJobSpec(withField('stages.0.inputs', { data: { digest: 'a'.repeat(64) } }));
    await expect(start().preparer.quote(spec, ME)).rejects.toMatchObject({ code: 'bad-spec', facts: { field: 'inputs.data' } });
  });
});

describe('a submission', () => {
  it('stores program, module, parameters and manifest, and opens blocks that hold every shard', async () => {
    const { preparer, blobs, opened } = start();
    const spec = parseJobSpec(withField('stages.0.grid', [65, 64, 1]));
    const quote = await preparer.quote(spec, ME);
    await preparer.submit(quote.id, spec, ME);
    const [job] = opened;
    expect(job!.blocks.map((block) => [block.lo, block.n])).toEqual(Array.from({ length: 16 }, (_, at) => [65 * at, 65]));
    expect(job!.escrowAmount).toBe(job!.pricePerCopy * 2n * 1_040n);
    expect(job!.manifest.inputs.map((input) => input.name)).toEqual(['parameters']);
    for (const digest of [job!.manifestDigest, job!.manifest.wgsl, job!.manifest.module!, job!.manifest.inputs[0]!.digest])
      expect(blobs.has(digest)).toBe(true);
  });

  it.each([
    [1, 16, 1, 1],
    [16, 16, 1, 16],
    [17, 16, 2, 1],
    [256, 16, 16, 16],
    [257, 17, 16, 2],
    [16_384, 1_024, 16, 1_024],
    [16_385, 1_024, 17, 1],
  ])('cuts %i shards into blocks of %i, %i of them, the last of %i', async (shards, blockShards, blocks, last) => {
    const { preparer, opened } = start();
    const spec = parseJobSpec(withField('stages.0.grid', [4, shards, 1]));
    const quote = await preparer.quote(spec, ME);
    expect(quote.shards).toBe(shards);
    await preparer.submit(quote.id, spec, ME);
    const [job] = opened;
    expect(job!.blockShards).toBe(blockShards);
    expect(job!.blocks.map(({ lo }) => lo)).toEqual(Array.from({ length: blocks }, (_, at) => at * blockShards));
    expect(job!.blocks.map(({ n }) => n)).toEqual([...Array<number>(blocks - 1).fill(blockShards), last]);
    expect(new Set(job!.blocks.map(({ id }) => id)).size).toBe(blocks);
  });

  it('holds a quote for five minutes, once, for its asker and its spec', async () => {
    const { preparer, wait } = start();
    const spec = parseJobSpec(makeJobSpecJson());
    const quote = await preparer.quote(spec, ME);
    const other = parseJobSpec(withField('title', 'another'));
    await expect(preparer.submit(quote.id, other, ME)).rejects.toMatchObject({ code: 'quote-expired' });
    await expect(preparer.submit(quote.id, spec, 101 as AccountId)).rejects.toMatchObject({ code: 'quote-expired' });
    wait(QUOTE_MS);
    await preparer.submit(quote.id, spec, ME);
    await expect(preparer.submit(quote.id, spec, ME)).rejects.toMatchObject({ code: 'quote-expired' });
    const late = await preparer.quote(spec, ME);
    wait(QUOTE_MS + 1);
    await expect(preparer.submit(late.id, spec, ME)).rejects.toMatchObject({ code: 'quote-expired' });
  });

  it('is refused above maxPrice and taken at it', async () => {
    const { preparer } = start();
    const submit = async (maxPrice: string) => {
      const spec = parseJobSpec(withField('maxPrice', maxPrice));
      return preparer.submit((await preparer.quote(spec, ME)).id, spec, ME);
    };
    await expect(submit('319999')).rejects.toMatchObject({ code: 'price-too-low' });
    await expect(submit('320000')).resolves.toBeGreaterThan(0);
  });
});

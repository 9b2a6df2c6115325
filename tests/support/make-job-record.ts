// A small running job for tests of the core: one stage, one output, any comparison.

import type { JobRecord } from '../../server/jobs/job-record.ts';
import type { AccountId, BlockId, Digest, JobId } from '../../src/protocol/ids.ts';
import { BLOCK_SHARDS } from '../../src/protocol/ids.ts';
import type { Comparison, JobSpec } from '../../src/protocol/job.ts';
import { countShards } from '../../src/protocol/shard.ts';

export const BYTES_PER_WORKGROUP = 8;

export interface JobOptions {
  readonly id?: number;
  readonly requester?: number;
  readonly workgroups?: number;
  readonly workgroupsPerShard?: number;
  readonly bytesPerWorkgroup?: number;
  readonly quorum?: number;
  readonly maxCopies?: number;
  readonly comparison?: Comparison;
  readonly hasModule?: boolean;
  readonly deadlineMs?: number | null;
}

export function makeJobRecord(options: JobOptions = {}): JobRecord {
  const { id = 7, workgroups = 4, workgroupsPerShard = 1, quorum = 2, maxCopies = 5, comparison = { kind: 'exact' } } = options;
  const { bytesPerWorkgroup = BYTES_PER_WORKGROUP } = options;
  const grid = [workgroups, 1, 1] as const;
  const shards = countShards(grid, workgroupsPerShard);
  const output = { layout: { kind: 'byWorkgroup', bytesPerWorkgroup }, element: 'u8', comparison } as const;
  const view = { kind: 'bytes', output: 'out' } as const;
  const spec: JobSpec = {
    title: 'test',
    description: '',
    template: null,
    rounds: 1,
    redundancy: { quorum, maxCopies },
    maxPrice: null,
    deadlineMs: options.deadlineMs ?? null,
    providers: { price: null, speed: null, reliability: null },
    visibility: 'public',
    tier: 'voted',
    view,
    stages: [{ name: 'main', wgsl: 'x', grid, workgroupsPerShard, parameters: {}, inputs: {}, outputs: { out: output } }],
  };
  return {
    id: id as JobId,
    requester: (options.requester ?? 100) as AccountId,
    escrow: (id + 1) as AccountId,
    spec,
    manifestDigest: 'a'.repeat(64) as Digest,
    manifest: {
      v: 1,
      job: id as JobId,
      stage: 0,
      title: 'test',
      wgsl: 'b'.repeat(64) as Digest,
      module: options.hasModule === false ? null : ('c'.repeat(64) as Digest),
      reflection: { entryPoint: 'main', workgroupSize: [1, 1, 1], bindings: [] },
      grid,
      workgroupsPerShard,
      inputs: [],
      outputs: [{ name: 'out', ...output, workgroupsPerLeaf: 1 }],
      view,
    },
    pricePerCopy: 1_000n,
    escrowAmount: 1_000n * BigInt(shards * quorum),
    shards,
    blockShards: BLOCK_SHARDS,
    blocks: Array.from({ length: Math.ceil(shards / BLOCK_SHARDS) }, (_, at) => ({
      id: (id * 10 + at) as BlockId,
      lo: at * BLOCK_SHARDS,
      n: Math.min(BLOCK_SHARDS, shards - at * BLOCK_SHARDS),
    })),
    createdAtMs: 0,
    state: 'running',
    reason: null,
    endedAtMs: null,
  };
}

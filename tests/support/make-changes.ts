// Changes as the core makes them, for tests of the journal: a job that opens, votes, verdicts and payments.
import type { Change, OutputBytes } from '../../server/coordinator/change.ts';
import type { JobRecord } from '../../server/jobs/job-record.ts';
import { type AccountId, type DeviceId, type Digest, makeShardId, type ShardId } from '../../src/protocol/ids.ts';

export const DIGEST = '1'.repeat(64) as Digest;

export function opening(job: JobRecord): readonly Change[] {
  const hold = { kind: 'hold', job: job.id, requester: job.requester, escrow: job.escrow, amount: job.escrowAmount } as const;
  return [
    { kind: 'job-created', job, owned: job.blocks.length },
    { kind: 'transfer', transfer: hold, atMs: 1 },
  ];
}

export const shardOf = (job: JobRecord, index: number): ShardId => makeShardId(job.blocks[0]!.id, index);

export function cast(
  shard: ShardId,
  who: { account: AccountId; device: DeviceId },
  copy: number,
  outputs: readonly OutputBytes[] | null = null,
): Change {
  return {
    kind: 'vote-cast',
    shard,
    copy,
    ...who,
    addressRange: '203.0.113.0/24',
    engine: 'cpu',
    digest: DIGEST,
    elapsedMs: 1.5,
    outputs,
    state: 'waiting',
    atMs: 2,
  };
}

export const settle = (shard: ShardId, copy: number, paid: bigint): Change => ({
  kind: 'vote-settled',
  shard,
  copy,
  state: 'agreed',
  paid,
});

export const pay = (job: JobRecord, shard: ShardId, contributor: AccountId, amount = job.pricePerCopy): Change => ({
  kind: 'transfer',
  transfer: { kind: 'pay', job: job.id, shard, escrow: job.escrow, contributor, amount },
  atMs: 3,
});

export const finalise = (job: JobRecord, shard: ShardId, bytes: Uint8Array): Change => ({
  kind: 'shard-judged',
  job: job.id,
  shard,
  verdict: 'final',
  digest: DIGEST,
  outputs: [{ name: 'out', root: DIGEST, bytes }],
  atMs: 3,
});

// What is remembered of results that were not accepted, so that their senders can be told why; and of those who found them out.
import type { RejectionReason } from '../../src/protocol/api-standing.ts';
import type { AccountId, Digest, JobId, ShardId } from '../../src/protocol/ids.ts';
import type { ManifestOutput } from '../../src/protocol/job.ts';
import type { Vote } from '../jobs/job-in-play.ts';
import { findDifference } from '../verification/find-difference.ts';
import type { OutputBytes, RejectedResult } from './change.ts';
import type { OutcomeBuilder } from './state.ts';

interface Shard {
  readonly id: ShardId;
  readonly job: JobId;
  /** Of the job's manifest. */
  readonly outputs: readonly ManifestOutput[];
}

interface Accepted {
  readonly digest: Digest;
  readonly outputs: readonly OutputBytes[];
}

/** Nothing happens where nothing was rejected: as good as always. */
export function tellRejected(
  out: OutcomeBuilder,
  shard: Shard,
  votes: readonly Vote[],
  why: {
    readonly reason: RejectionReason;
    readonly accepted: Accepted | null;
    readonly caughtBy: readonly AccountId[];
    readonly atMs: number;
  },
): void {
  if (votes.length === 0) return;
  const { reason, accepted, caughtBy, atMs } = why;
  const rejected = votes.map(({ account, device, engine, copy, digest, outputs }): RejectedResult => {
    const difference = accepted && outputs ? findDifference(outputs, accepted.outputs, shard.outputs) : null;
    return { account, device, engine, copy, digest, difference };
  });
  out.changes.push({
    kind: 'results-rejected',
    job: shard.job,
    shard: shard.id,
    reason,
    accepted: accepted?.digest ?? null,
    rejected,
    caughtBy,
    atMs,
  });
}

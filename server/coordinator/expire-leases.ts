// Woken by the clock: leases that ran out are handed out again, bytes are asked from the next holder, stranded shards and deadlines end.

import type { JobInPlay, ShardInPlay } from '../jobs/job-in-play.ts';
import { expireStranded } from './accept-failure.ts';
import { askForBytes } from './ask-for-bytes.ts';
import { endJob } from './end-job.ts';
import { dropLease, wantAgain } from './lease-shards.ts';
import { judgeShard, voidWithheld } from './settle-shard.ts';
import type { CoordinatorState, OutcomeBuilder } from './state.ts';

export function expireLeases(state: CoordinatorState, nowMs: number, out: OutcomeBuilder): void {
  for (const job of [...state.jobs.values()]) {
    const { deadlineMs } = job.record.spec;
    if (deadlineMs !== null && deadlineMs <= nowMs) {
      const sentence = 'The deadline passed before all shards were verified; what was not paid was refunded.';
      endJob(state, job, { state: 'expired', reason: { code: 'cancelled', sentence } }, nowMs, out);
      continue;
    }
    for (const shard of [...job.open.values()]) {
      if (isAtRest(job, shard, nowMs)) continue;
      expireShard(state, job, shard, nowMs, out);
      // the job may have ended with this shard
      if (!state.jobs.has(job.record.id)) break;
    }
  }
}

/** Nothing of it can be due: most shards at most times, so this is all that a tick costs them. */
function isAtRest(job: JobInPlay, shard: ShardInPlay, nowMs: number): boolean {
  if (shard.provisional || shard.failures.length > 0 || shard.votes.length >= job.record.spec.redundancy.quorum) return false;
  for (const lease of shard.leases) if (lease.expiresAtMs <= nowMs) return false;
  return true;
}

function expireShard(state: CoordinatorState, job: JobInPlay, shard: ShardInPlay, nowMs: number, out: OutcomeBuilder): void {
  for (const lease of shard.leases.filter((candidate) => candidate.expiresAtMs <= nowMs)) {
    dropLease(state, job, shard, lease.copy);
    if (state.sessions.has(lease.session)) {
      out.messages.push({ session: lease.session, message: { type: 'cancel', shards: [shard.id], reason: 'expired' }, afterCommit: false });
    }
    wantAgain(state, job, shard, 1);
    job.urgent.add(shard.index);
  }
  const { provisional } = shard;
  if (provisional && provisional.askAgainAtMs <= nowMs) {
    if (!askForBytes(state, shard, nowMs, out)) voidWithheld(state, job, shard, nowMs, out);
    return;
  }
  // votes found after a restart are judged once nothing else will wake the shard
  const hasEnough = shard.votes.length >= job.record.spec.redundancy.quorum;
  if (!provisional && hasEnough && shard.leases.length === 0 && shard.wanted === 0) judgeShard(state, job, shard, nowMs, out);
  else expireStranded(state, job, shard, nowMs, out);
}

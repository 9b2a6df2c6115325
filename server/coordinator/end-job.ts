// Ends a job in any way: takes back what is out, refunds what was not paid, says why.
import type { JobState } from '../../src/protocol/api.ts';
import type { FaultBody } from '../../src/protocol/fault.ts';
import type { JobInPlay } from '../jobs/job-in-play.ts';
import { dropLease } from './lease-shards.ts';
import { type CoordinatorState, type OutcomeBuilder, removeJob, sessionOfDevice, tellSettled } from './state.ts';

interface Ending {
  readonly state: Exclude<JobState, 'running'>;
  readonly reason: FaultBody | null;
}

export function endJob(state: CoordinatorState, job: JobInPlay, ending: Ending, nowMs: number, out: OutcomeBuilder): void {
  const { record } = job;
  closeShards(state, job, out);
  out.changes.push({ kind: 'job-ended', job: record.id, state: ending.state, reason: ending.reason, atMs: nowMs });
  out.changes.push({
    kind: 'transfer',
    transfer: { kind: 'refund', job: record.id, escrow: record.escrow, requester: record.requester },
    atMs: nowMs,
  });
  out.notices.push({ job: record.id, type: 'ended' });
  removeJob(state, job);
}

/** What is out comes back, and votes that are open come too late. */
export function closeShards(state: CoordinatorState, job: JobInPlay, out: OutcomeBuilder): void {
  for (const shard of job.open.values()) {
    for (const lease of [...shard.leases]) {
      dropLease(state, job, shard, lease.copy);
      if (state.sessions.has(lease.session)) {
        out.messages.push({
          session: lease.session,
          message: { type: 'cancel', shards: [shard.id], reason: 'job-ended' },
          afterCommit: true,
        });
      }
    }
    for (const vote of shard.votes) {
      out.changes.push({ kind: 'vote-settled', shard: shard.id, copy: vote.copy, state: 'late', paid: 0n });
      const session = sessionOfDevice(state, vote.device);
      if (session) tellSettled(out, session.session, shard.id, 'late', 0n);
    }
  }
}

// Ends a job in any way: takes back what is out, refunds what was not paid, says why.
import type { JobState } from '../../src/protocol/api.ts';
import type { FaultBody } from '../../src/protocol/fault.ts';
import type { JobInPlay } from '../jobs/job-in-play.ts';
import { dropLease } from './lease-shards.ts';
import { type CoordinatorState, type OutcomeBuilder, removeJob, sessionOfDevice } from './state.ts';

interface Ending {
  readonly state: Exclude<JobState, 'running'>;
  readonly reason: FaultBody | null;
}

export function endJob(state: CoordinatorState, job: JobInPlay, ending: Ending, nowMs: number, out: OutcomeBuilder): void {
  const { record } = job;
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
      if (session) {
        out.messages.push({
          session: session.session,
          message: { type: 'settled', shards: [{ shard: shard.id, vote: 'late' }] },
          afterCommit: true,
        });
      }
    }
  }
  out.changes.push({ kind: 'job-ended', job: record.id, state: ending.state, reason: ending.reason, atMs: nowMs });
  out.changes.push({
    kind: 'transfer',
    transfer: { kind: 'refund', job: record.id, escrow: record.escrow, requester: record.requester },
    atMs: nowMs,
  });
  out.notices.push({ job: record.id, type: 'ended' });
  removeJob(state, job);
}

// Woken by an agreement, the clock, wrong bytes, a holder that is back: asks one holder of an agreed shard for its bytes, then the next.
import type { AssignmentClaim } from '../../src/protocol/assignment.ts';
import type { DeviceId } from '../../src/protocol/ids.ts';
import type { ShardInPlay, Vote } from '../jobs/job-in-play.ts';
import { type CoordinatorState, type OutcomeBuilder, sessionOfDevice } from './state.ts';

/** How long a holder has to send the bytes it was asked for before the next one is asked. */
export const BYTES_TIMEOUT_MS = 10_000;
/** How long holders that are away are waited for: reconnecting, or a reload, takes some of them tens of seconds after a restart of ours. */
export const AWAY_PATIENCE_MS = 60_000;

/** Asks the next connected holder; false when every one had its chance and none has delivered. */
export function askForBytes(state: CoordinatorState, shard: ShardInPlay, nowMs: number, out: OutcomeBuilder): boolean {
  const { provisional } = shard;
  if (!provisional) return true;
  const untried = shard.votes.filter((vote) => provisional.agreed.includes(vote.copy) && !provisional.asked.has(vote.copy));
  const holder = untried.find((vote) => sessionOfDevice(state, vote.device) !== null);
  provisional.asking = holder?.copy ?? null;
  if (!holder) {
    provisional.askAgainAtMs = provisional.patientUntilMs;
    return untried.length > 0 && nowMs < provisional.patientUntilMs;
  }
  provisional.asked.add(holder.copy);
  provisional.askAgainAtMs = nowMs + BYTES_TIMEOUT_MS;
  out.messages.push({
    session: sessionOfDevice(state, holder.device)!.session,
    message: { type: 'bytes-wanted', claim: claimOf(state, shard, holder) },
    afterCommit: true,
  });
  return true;
}

/** A device is back: what it was asked for over a connection that ended is asked again, and what nobody else could give is asked now. */
export function askReturned(state: CoordinatorState, device: DeviceId, nowMs: number, out: OutcomeBuilder): void {
  for (const job of state.jobs.values()) {
    for (const shard of job.open.values()) {
      const { provisional } = shard;
      const vote =
        provisional && shard.votes.find((candidate) => candidate.device === device && provisional.agreed.includes(candidate.copy));
      if (!provisional || !vote) continue;
      if (nowMs < provisional.patientUntilMs) provisional.asked.delete(vote.copy);
      if (provisional.asking === null || provisional.asking === vote.copy) askForBytes(state, shard, nowMs, out);
    }
  }
}

function claimOf(state: CoordinatorState, shard: ShardInPlay, { copy, device }: Vote): AssignmentClaim {
  return { epoch: state.epoch, shard: shard.id, copy, device, expiresAtMs: 0 };
}

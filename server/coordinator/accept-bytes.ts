// Woken by bytes that a holder was asked for: right ones make the shard final, after wrong ones the next holder is asked.

import type { AssignmentClaim } from '../../src/protocol/assignment.ts';
import { digestRoots } from '../verification/digest-roots.ts';
import { askForBytes } from './ask-for-bytes.ts';
import type { OutputBytes } from './change.ts';
import type { SessionKey } from './event.ts';
import { finalise, recordDevice, voidWithheld } from './settle-shard.ts';
import { type CoordinatorState, findShard, type OutcomeBuilder } from './state.ts';

interface Arrival {
  readonly session: SessionKey;
  readonly claim: AssignmentClaim;
  readonly outputs: readonly OutputBytes[];
}

/** The claim needs no MAC here: bytes are taken only from the device that cast the vote, and only if they hash to it. */
export function acceptBytes(state: CoordinatorState, arrival: Arrival, nowMs: number, out: OutcomeBuilder): void {
  const session = state.sessions.get(arrival.session);
  const found = findShard(state, arrival.claim.shard);
  const shard = found?.job.open.get(found.index);
  const provisional = shard?.provisional;
  if (!session || !found || !shard || !provisional) return;
  const vote = shard.votes.find((candidate) => candidate.device === session.device && provisional.agreed.includes(candidate.copy));
  if (!vote) return;
  if (digestRoots(arrival.outputs.map((output) => output.root)) === provisional.digest) {
    finalise(state, found.job, shard, { ...provisional, outputs: arrival.outputs }, nowMs, out);
    return;
  }
  // only the one whose turn it is can end it: the next holder keeps its time
  if (provisional.asking !== vote.copy) return;
  recordDevice(state, session.device, 'failed', out);
  if (!askForBytes(state, shard, nowMs, out)) voidWithheld(state, found.job, shard, nowMs, out);
}

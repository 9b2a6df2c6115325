// Woken by results: checks that the assignment is ours and the device's, counts the vote once, and judges the shard.

import type { AssignmentClaim } from '../../src/protocol/assignment.ts';
import type { FaultBody } from '../../src/protocol/fault.ts';
import type { ResultReceipt } from '../../src/protocol/messages.ts';
import type { OutputResult, Result } from '../../src/protocol/result.ts';
import { outputBytes, rangeOfShard } from '../../src/protocol/shard.ts';
import { isDecided, type JobInPlay, openShard, type ShardInPlay, takeCopy, verdictOf } from '../jobs/job-in-play.ts';
import { isSameProof } from '../verification/assignment-mac.ts';
import { acceptFailure } from './accept-failure.ts';
import { castVote } from './cast-vote.ts';
import type { OutputBytes } from './change.ts';
import type { SessionKey } from './event.ts';
import { dropLease, wantAgain } from './lease-shards.ts';
import { recallSettled } from './remember-settled.ts';
import { type CoordinatorState, type DeviceSession, findShard, type OutcomeBuilder, tellSettled } from './state.ts';

/**
 * A result is taken this long after its lease ended, while its shard still wants votes: a laptop may sleep for days, and a device keeps what it
 * computed for as long (MAX_KEPT_MS in src/contributor/outbox.ts).
 */
export const MAX_LATE_MS = 7 * 86_400_000;

interface Arrival {
  readonly session: SessionKey;
  readonly results: readonly Result[];
  readonly outputs: readonly (readonly OutputBytes[] | null)[];
}

export function acceptResults(state: CoordinatorState, arrival: Arrival, nowMs: number, out: OutcomeBuilder): void {
  const session = state.sessions.get(arrival.session);
  if (!session) return;
  const receipts: ResultReceipt[] = [];
  arrival.results.forEach((result, at) => {
    const receipt = acceptResult(state, session, result, arrival.outputs[at] ?? null, nowMs, out);
    if (receipt) receipts.push(receipt);
  });
  session.unacknowledged += receipts.length;
  if (receipts.length > 0) out.messages.push({ session: session.session, message: { type: 'receipts', receipts }, afterCommit: true });
}

function acceptResult(
  state: CoordinatorState,
  session: DeviceSession,
  result: Result,
  bytes: readonly OutputBytes[] | null,
  nowMs: number,
  out: OutcomeBuilder,
): ResultReceipt | null {
  const { claim } = result;
  const found = findShard(state, claim.shard);
  const fault = checkClaim(state, session, result, found, nowMs);
  if (fault) return refuse(claim, fault);
  const again = result.outcome.kind === 'done' ? repeatNews(state, session, claim, out) : null;
  if (again) return again;
  // the job has ended, or the shard was decided without this copy
  if (!found) return { shard: claim.shard, copy: claim.copy, verdict: 'final', vote: 'late', refusal: null };
  const { job, index } = found;
  if (isDecided(job, index)) return { shard: claim.shard, copy: claim.copy, verdict: verdictOf(job, index), vote: 'late', refusal: null };
  const shard = openShard(job, index);
  if (isCopyOfAnother(shard, claim)) return refuse(claim, COPY_TAKEN);
  // After a restart a result may be the first that is heard of its shard: its copy number is taken, and the other copies must go out again.
  takeCopy(job, shard, claim.copy);
  const receipt = acceptOutcome(state, session, { job, shard, result, bytes }, nowMs, out);
  if (shard.wanted > 0 && !shard.isQueued) wantAgain(state, job, shard, 0);
  return receipt;
}

function refuse({ shard, copy }: AssignmentClaim, refusal: FaultBody): ResultReceipt {
  return { shard, copy, verdict: 'pending', vote: 'failed', refusal };
}

const COPY_TAKEN: FaultBody = {
  code: 'bad-assignment',
  sentence: 'This copy was handed out again before the coordinator was restarted; the result was dropped.',
};

/** One number, one device: else what is paid and who is outvoted would be mixed up. */
function isCopyOfAnother({ leases, votes }: ShardInPlay, { copy, device }: AssignmentClaim): boolean {
  return [leases, votes].some((copies) => copies.some((other) => other.copy === copy && other.device !== device));
}

/** The shard was decided with this copy and the news were lost with a connection: says them once more. */
function repeatNews(state: CoordinatorState, session: DeviceSession, claim: AssignmentClaim, out: OutcomeBuilder): ResultReceipt | null {
  const known = recallSettled(state.settled, claim);
  if (!known) return null;
  if (known.paid > 0n) tellSettled(out, session.session, claim.shard, known.vote, known.paid);
  return { shard: claim.shard, copy: claim.copy, verdict: known.verdict, vote: known.vote, refusal: null };
}

interface Judged {
  readonly job: JobInPlay;
  readonly shard: ShardInPlay;
  readonly result: Result;
  readonly bytes: readonly OutputBytes[] | null;
}

function acceptOutcome(
  state: CoordinatorState,
  session: DeviceSession,
  { job, shard, result, bytes }: Judged,
  nowMs: number,
  out: OutcomeBuilder,
): ResultReceipt | null {
  const { claim } = result;
  const { index } = shard;
  switch (result.outcome.kind) {
    case 'released':
      // who hands work back wants no more of it until it asks again
      session.pendingWant = 0;
      if (dropLease(state, job, shard, claim.copy)) wantAgain(state, job, shard, 1);
      return null;
    case 'failed':
      acceptFailure(state, session, job, shard, result, nowMs, out);
      return { shard: claim.shard, copy: claim.copy, verdict: verdictOf(job, index), vote: 'failed', refusal: null };
    case 'done': {
      const { outputs, engine, elapsedMs } = result.outcome;
      const wrong = checkOutputs(job, index, outputs, bytes);
      if (wrong) {
        if (dropLease(state, job, shard, claim.copy)) wantAgain(state, job, shard, 1);
        return refuse(claim, wrong);
      }
      if (engine === 'gpu') backFromCanary(state, job);
      const vote = castVote(state, session, job, shard, { copy: claim.copy, outputs, bytes, engine, elapsedMs }, nowMs, out);
      return { shard: claim.shard, copy: claim.copy, verdict: verdictOf(job, index), vote, refusal: null };
    }
  }
}

function checkClaim(
  state: CoordinatorState,
  session: DeviceSession,
  result: Result,
  found: ReturnType<typeof findShard>,
  nowMs: number,
): FaultBody | null {
  const { claim, mac } = result;
  const isOurs = (found && isRemembered(found, result)) || state.signer.isOurs(claim, mac);
  if (!isOurs) {
    return { code: 'bad-assignment', sentence: 'This assignment was not handed out here; the result was dropped.' };
  }
  if (claim.device !== session.device)
    return { code: 'bad-assignment', sentence: 'This assignment belongs to another device; the result was dropped.' };
  if (claim.expiresAtMs + MAX_LATE_MS < nowMs) {
    return {
      code: 'bad-assignment',
      sentence: `This assignment ended more than ${MAX_LATE_MS / 86_400_000} days ago; the result was dropped.`,
    };
  }
  return null;
}

/** The copy is out, and came back with the proof it was given. */
function isRemembered({ job, index }: NonNullable<ReturnType<typeof findShard>>, result: Result): boolean {
  const lease = job.open.get(index)?.leases.find(({ copy }) => copy === result.claim.copy);
  return lease !== undefined && isSameProof(lease.proof, result);
}

/** Names, sizes and roots must be what the manifest says; within a tolerance the bytes must have come along. */
function checkOutputs(
  job: JobInPlay,
  index: number,
  outputs: readonly OutputResult[],
  bytes: readonly OutputBytes[] | null,
): FaultBody | null {
  const { manifest } = job.record;
  const expected = manifest.outputs;
  const { count } = rangeOfShard(manifest.grid, manifest.workgroupsPerShard, index);
  const isRight =
    outputs.length === expected.length && expected.every((output, i) => outputs[i]!.bytes === outputBytes(output.layout, count));
  if (!isRight) return { code: 'bad-message', sentence: 'The outputs are not those of the manifest; send each one in its order and size.' };
  if (bytes && !bytes.every((output, i) => output.root === outputs[i]!.root)) {
    return { code: 'bad-message', sentence: 'The bytes do not have the root that was reported; the result was dropped.' };
  }
  if (!bytes && job.isTolerant) {
    return { code: 'bad-message', sentence: 'Copies of this job are compared within a tolerance; send the bytes with the result.' };
  }
  return null;
}

function backFromCanary(state: CoordinatorState, job: JobInPlay): void {
  if (job.canary.kind === 'back') return;
  job.canary = { kind: 'back' };
  state.hasNewWork = true;
}

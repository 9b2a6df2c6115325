// Woken by results: checks that the assignment is ours and the device's, counts the vote once, and judges the shard.

import { resultDigest } from '../../src/protocol/canonical.ts';
import type { FaultBody } from '../../src/protocol/fault.ts';
import type { ResultReceipt } from '../../src/protocol/messages.ts';
import type { OutputResult, Result } from '../../src/protocol/result.ts';
import { outputBytes } from '../../src/protocol/shard.ts';
import type { VoteState } from '../../src/protocol/verdict.ts';
import { isDecided, type JobInPlay, openShard, type ShardInPlay, type Vote, verdictOf } from '../jobs/job-in-play.ts';
import { isClaimOurs } from '../verification/assignment-mac.ts';
import type { OutputBytes } from './change.ts';
import { endJob } from './end-job.ts';
import type { SessionKey } from './event.ts';
import { dropLease, wantAgain } from './lease-shards.ts';
import { failShard, judgeShard, recordDevice } from './settle-shard.ts';
import { type CoordinatorState, type DeviceSession, findShard, type OutcomeBuilder } from './state.ts';

/** A result is taken this long after its lease ended, while its shard still wants votes. */
export const MAX_LATE_MS = 600_000;
/** GPUs lost on a job's program before the job is stopped. */
export const MAX_GPUS_LOST = 2;
/** Devices that may fail a shard before it is given up. */
export const MAX_SHARD_FAILURES = 3;

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
  const refuse = (fault: FaultBody): ResultReceipt => ({
    shard: claim.shard.id,
    copy: claim.copy,
    verdict: 'pending',
    vote: 'failed',
    refusal: fault,
  });
  const fault = checkClaim(state, session, result, nowMs);
  if (fault) return refuse(fault);
  const found = findShard(state, claim.shard.id);
  // the job has ended, or the shard was decided without this copy
  if (!found) return { shard: claim.shard.id, copy: claim.copy, verdict: 'final', vote: 'late', refusal: null };
  const { job, index } = found;
  if (isDecided(job, index))
    return { shard: claim.shard.id, copy: claim.copy, verdict: verdictOf(job, index), vote: 'late', refusal: null };
  const shard = openShard(job, index);
  // After a restart a result may be the first that is heard of its shard: its copy number is taken, and the other copies must go out again.
  shard.nextCopy = Math.max(shard.nextCopy, claim.copy + 1);
  const receipt = acceptOutcome(state, session, { job, shard, result, bytes, refuse }, nowMs, out);
  if (shard.wanted > 0 && !shard.isQueued) wantAgain(state, job, shard, 0);
  return receipt;
}

interface Judged {
  readonly job: JobInPlay;
  readonly shard: ShardInPlay;
  readonly result: Result;
  readonly bytes: readonly OutputBytes[] | null;
  readonly refuse: (fault: FaultBody) => ResultReceipt;
}

function acceptOutcome(
  state: CoordinatorState,
  session: DeviceSession,
  { job, shard, result, bytes, refuse }: Judged,
  nowMs: number,
  out: OutcomeBuilder,
): ResultReceipt | null {
  const { claim } = result;
  const { index } = shard;
  switch (result.outcome.kind) {
    case 'released':
      if (dropLease(state, shard, claim.copy)) wantAgain(state, job, shard, 1);
      releaseCanary(job, session);
      return null;
    case 'failed':
      acceptFailure(state, session, job, shard, result, nowMs, out);
      return { shard: claim.shard.id, copy: claim.copy, verdict: verdictOf(job, index), vote: 'failed', refusal: null };
    case 'done': {
      const { outputs, engine, elapsedMs } = result.outcome;
      const wrong = checkOutputs(job, claim.shard.count, outputs, bytes);
      if (wrong) {
        if (dropLease(state, shard, claim.copy)) wantAgain(state, job, shard, 1);
        return refuse(wrong);
      }
      if (engine === 'gpu') backFromCanary(state, job);
      const vote = castVote(state, session, job, shard, { copy: claim.copy, outputs, bytes, engine, elapsedMs }, nowMs, out);
      return { shard: claim.shard.id, copy: claim.copy, verdict: verdictOf(job, index), vote, refusal: null };
    }
  }
}

function checkClaim(state: CoordinatorState, session: DeviceSession, result: Result, nowMs: number): FaultBody | null {
  const { claim, mac } = result;
  if (!isClaimOurs(state.macSecret, claim, mac)) {
    return { code: 'bad-assignment', sentence: 'This assignment was not handed out here; the result was dropped.' };
  }
  if (claim.device !== session.device)
    return { code: 'bad-assignment', sentence: 'This assignment belongs to another device; the result was dropped.' };
  if (claim.expiresAtMs + MAX_LATE_MS < nowMs) {
    return {
      code: 'bad-assignment',
      sentence: `This assignment ended more than ${MAX_LATE_MS / 60_000} minutes ago; the result was dropped.`,
    };
  }
  return null;
}

/** Names, sizes and roots must be what the manifest says; within a tolerance the bytes must have come along. */
function checkOutputs(
  job: JobInPlay,
  count: number,
  outputs: readonly OutputResult[],
  bytes: readonly OutputBytes[] | null,
): FaultBody | null {
  const expected = job.record.manifest.outputs;
  const isRight =
    outputs.length === expected.length &&
    expected.every((output, i) => outputs[i]!.name === output.name && outputs[i]!.bytes === outputBytes(output.layout, count));
  if (!isRight) return { code: 'bad-message', sentence: 'The outputs are not those of the manifest; send each one in its order and size.' };
  if (bytes && !bytes.every((output, i) => output.root === outputs[i]!.root)) {
    return { code: 'bad-message', sentence: 'The bytes do not have the root that was reported; the result was dropped.' };
  }
  if (!bytes && expected.some((output) => output.comparison.kind === 'tolerance')) {
    return { code: 'bad-message', sentence: 'Copies of this job are compared within a tolerance; send the bytes with the result.' };
  }
  return null;
}

function acceptFailure(
  state: CoordinatorState,
  session: DeviceSession,
  job: JobInPlay,
  shard: ShardInPlay,
  result: Result,
  nowMs: number,
  out: OutcomeBuilder,
): void {
  if (result.outcome.kind !== 'failed') return;
  const { code, message } = result.outcome;
  const wasOut = dropLease(state, shard, result.claim.copy);
  shard.failedOn.add(session.device);
  releaseCanary(job, session);
  state.hasNewWork = true;
  if (code !== 'inputs-unavailable') recordDevice(state, session.device, { failed: 1 }, out);
  if (code === 'gpu-lost') job.gpuLostOn.add(session.device);
  if (job.gpuLostOn.size >= MAX_GPUS_LOST) {
    const sentence = `The program took the GPU away from ${MAX_GPUS_LOST} devices; make its workgroups do less and submit it again.`;
    endJob(state, job, { state: 'failed', reason: { code: 'program-runs-away', sentence } }, nowMs, out);
    return;
  }
  if (shard.failedOn.size >= MAX_SHARD_FAILURES) {
    failShard(
      state,
      job,
      shard,
      nowMs,
      out,
      `Shard ${shard.index} failed on ${shard.failedOn.size} devices; the last one said: ${message}`,
    );
    return;
  }
  if (wasOut) wantAgain(state, job, shard, 1);
}

interface Copy {
  readonly copy: number;
  readonly outputs: readonly OutputResult[];
  readonly bytes: readonly OutputBytes[] | null;
  readonly engine: 'gpu' | 'cpu';
  readonly elapsedMs: number;
}

function castVote(
  state: CoordinatorState,
  session: DeviceSession,
  job: JobInPlay,
  shard: ShardInPlay,
  copy: Copy,
  nowMs: number,
  out: OutcomeBuilder,
): VoteState {
  const wasOut = dropLease(state, shard, copy.copy);
  // an account votes once: the same result again, or a second copy after the first lease ended
  if (shard.votes.some((vote) => vote.account === session.account)) return 'waiting';
  if (!wasOut) {
    const twin = shard.leases.find((lease) => lease.account === session.account);
    if (twin) dropLease(state, shard, twin.copy);
    else if (shard.wanted > 0) shard.wanted--;
  }
  const digest = resultDigest(copy.outputs.map((output) => output.root));
  const vote: Vote = {
    copy: copy.copy,
    account: session.account,
    device: session.device,
    addressRange: session.addressRange,
    engine: copy.engine,
    digest,
    outputs: copy.bytes,
  };
  shard.votes.push(vote);
  const isTolerant = job.record.manifest.outputs.some((output) => output.comparison.kind === 'tolerance');
  out.changes.push({
    kind: 'vote-cast',
    shard: shard.id,
    copy: copy.copy,
    account: session.account,
    device: session.device,
    engine: copy.engine,
    digest,
    elapsedMs: copy.elapsedMs,
    outputs: isTolerant ? copy.bytes : null,
    state: 'waiting',
    atMs: nowMs,
  });
  const settled = judgeShard(state, job, shard, nowMs, out);
  return settled.get(copy.copy) ?? 'waiting';
}

function releaseCanary(job: JobInPlay, session: DeviceSession): void {
  if (job.canary.kind === 'out' && job.canary.session === session.session) job.canary = { kind: 'untried' };
}

function backFromCanary(state: CoordinatorState, job: JobInPlay): void {
  if (job.canary.kind === 'back') return;
  job.canary = { kind: 'back' };
  state.hasNewWork = true;
}

// Woken by a copy that failed: it goes to another device, until the shard or the job has failed often enough to say so.
import type { DeviceId } from '../../src/protocol/ids.ts';
import type { FailureCode, Result } from '../../src/protocol/result.ts';
import type { Failure, JobInPlay, ShardInPlay } from '../jobs/job-in-play.ts';
import { refuseHolder } from '../scheduling/pick-shard.ts';
import { countVoices } from '../verification/count-voices.ts';
import { isSuspended } from '../verification/device-record.ts';
import { endJob } from './end-job.ts';
import { canRun, dropLease, wantAgain } from './lease-shards.ts';
import { failShard } from './settle-shard.ts';
import type { CoordinatorState, DeviceSession, OutcomeBuilder } from './state.ts';

/** GPUs lost on a job's program before the job is stopped. */
export const MAX_GPUS_LOST = 2;
/** Accounts (of different address ranges) that may fail a shard before it is given up. */
export const MAX_SHARD_FAILURES = 3;
/** A shard that no connected device may take, because they failed it, is given up after this long: time for another device to join. */
export const STRANDED_MS = 120_000;

export function acceptFailure(
  state: CoordinatorState,
  session: DeviceSession,
  job: JobInPlay,
  shard: ShardInPlay,
  { claim, outcome }: Result,
  nowMs: number,
  out: OutcomeBuilder,
): void {
  if (outcome.kind !== 'failed') return;
  const wasOut = dropLease(state, job, shard, claim.copy);
  noteFailure(job, shard, session, outcome.code);
  state.hasNewWork = true;
  if (countVoices(job.gpuLosses) >= MAX_GPUS_LOST) {
    const sentence = `The program took the GPU away from ${MAX_GPUS_LOST} devices; make its workgroups do less and submit it again.`;
    endJob(state, job, { state: 'failed', reason: { code: 'program-runs-away', sentence } }, nowMs, out);
    return;
  }
  shard.lastMessage = outcome.message;
  if (countVoices(shard.failures) >= MAX_SHARD_FAILURES) {
    giveUp(state, job, shard, '', nowMs, out);
    return;
  }
  if (wasOut) wantAgain(state, job, shard, 1);
}

function noteFailure(job: JobInPlay, shard: ShardInPlay, session: DeviceSession, code: FailureCode): void {
  const { account, device, addressRange } = session;
  const failure: Failure = { account, device, addressRange, code };
  const isKnown = (failures: readonly Failure[], of: DeviceId) => failures.some((other) => other.device === of);
  if (!isKnown(shard.failures, device)) shard.failures.push(failure);
  if (code === 'gpu-lost' && session.hasGpu && !isKnown(job.gpuLosses, device)) job.gpuLosses.push(failure);
}

function giveUp(state: CoordinatorState, job: JobInPlay, shard: ShardInPlay, also: string, nowMs: number, out: OutcomeBuilder): void {
  const { length } = shard.failures;
  const sentence = `Shard ${shard.index} failed on ${length} ${length === 1 ? 'device' : 'devices'}${also}; the last one said: ${shard.lastMessage}`;
  failShard(state, job, shard, { code: 'bad-program', sentence }, nowMs, out);
}

/** Woken by the clock: gives a shard up when those connected failed it and no other has come. */
export function expireStranded(state: CoordinatorState, job: JobInPlay, shard: ShardInPlay, nowMs: number, out: OutcomeBuilder): void {
  if (!isStranded(state, job, shard)) {
    shard.strandedSinceMs = null;
    return;
  }
  shard.strandedSinceMs ??= nowMs;
  if (nowMs - shard.strandedSinceMs < STRANDED_MS) return;
  giveUp(state, job, shard, ' and no other that may take it is connected', nowMs, out);
}

/** Somebody connected failed it, and nobody connected may take it. Without any failure a shard just waits for devices to come. */
function isStranded(state: CoordinatorState, job: JobInPlay, shard: ShardInPlay): boolean {
  if (shard.failures.length === 0 || shard.leases.length > 0 || shard.provisional || state.isDraining || state.isHeld || state.isStorageLow)
    return false;
  let hasFailedHere = false;
  for (const session of state.sessions.values()) {
    if (shard.failures.some(({ device }) => device === session.device)) hasFailedHere = true;
    else if (canRun(job, session) && !isSuspended(session.record) && refuseHolder(shard, session) === null) return false;
  }
  return hasFailedHere;
}

// Woken by a result that came back well: one vote a voice, then the shard is judged; bytes that are asked for may come with it.
import type { OutputResult } from '../../src/protocol/result.ts';
import type { VoteState } from '../../src/protocol/verdict.ts';
import { type JobInPlay, type ShardInPlay, unqueueShard, type Vote } from '../jobs/job-in-play.ts';
import { isSameVoice } from '../verification/count-voices.ts';
import { digestRoots } from '../verification/digest-roots.ts';
import type { OutputBytes } from './change.ts';
import { dropLease, wantAgain } from './lease-shards.ts';
import { voteOf } from './remember-settled.ts';
import { finalise, judgeShard } from './settle-shard.ts';
import type { CoordinatorState, DeviceSession, OutcomeBuilder } from './state.ts';

export interface Copy {
  readonly copy: number;
  readonly outputs: readonly OutputResult[];
  readonly bytes: readonly OutputBytes[] | null;
  readonly engine: 'gpu' | 'cpu';
  readonly elapsedMs: number;
}

export function castVote(
  state: CoordinatorState,
  session: DeviceSession,
  job: JobInPlay,
  shard: ShardInPlay,
  copy: Copy,
  nowMs: number,
  out: OutcomeBuilder,
): VoteState {
  const wasOut = dropLease(state, job, shard, copy.copy);
  const known = shard.votes.find((vote) => vote.account === session.account);
  // the same result again, or a second copy after the first lease ended
  if (known) {
    // it held a copy although its account had voted: a result from before a restart came in between
    if (wasOut && !shard.provisional) wantAgain(state, job, shard, 1);
    return addBytes(state, job, shard, known, copy, nowMs, out);
  }
  if (shard.votes.some((vote) => isSameVoice(vote, session))) {
    if (wasOut) wantAgain(state, job, shard, 1);
    return 'late';
  }
  if (!wasOut) takePlace(state, job, shard, session);
  const vote = makeVote(session, copy);
  shard.votes.push(vote);
  out.changes.push({
    kind: 'vote-cast',
    shard: shard.id,
    copy: copy.copy,
    account: session.account,
    device: session.device,
    addressRange: vote.addressRange,
    engine: copy.engine,
    digest: vote.digest,
    elapsedMs: copy.elapsedMs,
    outputs: job.isTolerant ? copy.bytes : null,
    state: 'waiting',
    atMs: nowMs,
  });
  if (shard.provisional) return joinAgreement(state, job, shard, vote, nowMs, out);
  return voteOf(judgeShard(state, job, shard, nowMs, out), copy.copy) ?? 'waiting';
}

function makeVote(session: DeviceSession, copy: Copy): Vote {
  return {
    copy: copy.copy,
    account: session.account,
    device: session.device,
    addressRange: session.addressRange,
    engine: copy.engine,
    isPhone: session.capabilities.form === 'phone',
    digest: digestRoots(copy.outputs.map((output) => output.root)),
    outputs: copy.bytes,
  };
}

/** A late copy stands for the one that was handed out instead of it, or is to be. */
function takePlace(state: CoordinatorState, job: JobInPlay, shard: ShardInPlay, session: DeviceSession): void {
  const twin = shard.leases.find((lease) => isSameVoice(lease, session));
  if (twin) dropLease(state, job, shard, twin.copy);
  else if (shard.wanted > 1) shard.wanted--;
  else unqueueShard(job, shard);
}

/** What is agreed stays agreed: a later copy adds a holder of the bytes, or is outvoted. */
function joinAgreement(
  state: CoordinatorState,
  job: JobInPlay,
  shard: ShardInPlay,
  vote: Vote,
  nowMs: number,
  out: OutcomeBuilder,
): VoteState {
  const provisional = shard.provisional!;
  if (vote.digest !== provisional.digest) {
    provisional.outvoted.push(vote.copy);
    return 'waiting';
  }
  provisional.agreed.push(vote.copy);
  if (!vote.outputs) return 'waiting';
  return voteOf(finalise(state, job, shard, { ...provisional, outputs: vote.outputs }, nowMs, out), vote.copy) ?? 'waiting';
}

/** Bytes that come with a result sent again are as good as bytes that were asked for. */
function addBytes(
  state: CoordinatorState,
  job: JobInPlay,
  shard: ShardInPlay,
  known: Vote,
  { copy, outputs, bytes }: Copy,
  nowMs: number,
  out: OutcomeBuilder,
): VoteState {
  const { provisional } = shard;
  if (!bytes || known.outputs || digestRoots(outputs.map((output) => output.root)) !== known.digest) return 'waiting';
  shard.votes = shard.votes.map((vote) => (vote === known ? { ...vote, outputs: bytes } : vote));
  if (provisional?.digest !== known.digest) return 'waiting';
  const settled = finalise(state, job, shard, { ...provisional, outputs: bytes }, nowMs, out);
  return voteOf(settled, copy) ?? 'late';
}

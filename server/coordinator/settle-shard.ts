// What follows from a shard's votes: more copies, a request for bytes, or a final verdict with its payments and refusals.
import type { FaultBody } from '../../src/protocol/fault.ts';
import type { DeviceId, MicroCredits } from '../../src/protocol/ids.ts';
import type { VoteState } from '../../src/protocol/verdict.ts';
import { isComplete, type JobInPlay, type ShardInPlay, setVerdict, unqueueShard, type Vote, verdictOf } from '../jobs/job-in-play.ts';
import { type DeviceRecord, logOdds, NEW_DEVICE } from '../verification/device-record.ts';
import { type Judgement, judgeVotes } from '../verification/judge-votes.ts';
import { AWAY_PATIENCE_MS, askForBytes } from './ask-for-bytes.ts';
import type { OutputBytes } from './change.ts';
import { endJob } from './end-job.ts';
import { dropLease, wantAgain } from './lease-shards.ts';
import { rememberSettled, type SettledCopy } from './remember-settled.ts';
import { type CoordinatorState, type OutcomeBuilder, sessionOfDevice, tellSettled } from './state.ts';
import { tellRejected } from './tell-rejected.ts';

/** Votes, withheld ones counted, after which a shard is given up: this many times its `maxCopies`. */
const MAX_COPIES_FACTOR = 3;

const NOTHING_SETTLED: readonly SettledCopy[] = [];

/** Judges the shard by the votes it has; says what became of each copy that is now settled. */
export function judgeShard(
  state: CoordinatorState,
  job: JobInPlay,
  shard: ShardInPlay,
  nowMs: number,
  out: OutcomeBuilder,
): readonly SettledCopy[] {
  const { redundancy } = job.record.spec;
  const ballots = shard.votes.map((vote) => ({
    copy: vote.copy,
    digest: vote.digest,
    logOdds: logOdds(sessionOfDevice(state, vote.device)?.record ?? NEW_DEVICE),
    outputs: job.isTolerant ? (vote.outputs?.map((output) => output.bytes) ?? null) : null,
  }));
  const judgement = judgeVotes(ballots, job.record.manifest.outputs, redundancy);
  switch (judgement.kind) {
    case 'pending': {
      notify(job, shard, out);
      const missing = judgement.more - shard.leases.length - shard.wanted;
      if (missing <= 0) return NOTHING_SETTLED;
      if (shard.withheldCopies + shard.votes.length + missing > redundancy.maxCopies * MAX_COPIES_FACTOR)
        return failDisputed(state, job, shard, nowMs, out);
      wantAgain(state, job, shard, missing);
      return NOTHING_SETTLED;
    }
    case 'failed':
      return failDisputed(state, job, shard, nowMs, out);
    case 'agreed':
      return agree(state, job, shard, judgement, nowMs, out);
  }
}

function agree(
  state: CoordinatorState,
  job: JobInPlay,
  shard: ShardInPlay,
  judgement: Extract<Judgement, { kind: 'agreed' }>,
  nowMs: number,
  out: OutcomeBuilder,
): readonly SettledCopy[] {
  cancelLeases(state, job, shard, out);
  unqueueShard(job, shard);
  const { digest, agreed, outvoted } = judgement;
  const holder = shard.votes.find((vote) => vote.digest === digest && vote.outputs !== null);
  if (holder) return finalise(state, job, shard, { digest, agreed, outvoted, outputs: holder.outputs! }, nowMs, out);
  shard.provisional = {
    digest,
    agreed: [...agreed],
    outvoted: [...outvoted],
    asked: new Set(),
    asking: null,
    askAgainAtMs: nowMs,
    patientUntilMs: nowMs + AWAY_PATIENCE_MS,
  };
  setVerdict(job, shard.index, 'provisional');
  out.changes.push({
    kind: 'shard-judged',
    job: job.record.id,
    shard: shard.id,
    verdict: 'provisional',
    digest,
    outputs: null,
    atMs: nowMs,
  });
  notify(job, shard, out);
  askForBytes(state, shard, nowMs, out);
  return NOTHING_SETTLED;
}

/** All holders were asked and none delivered what it voted for: their votes are void and copies go out again. */
export function voidWithheld(state: CoordinatorState, job: JobInPlay, shard: ShardInPlay, nowMs: number, out: OutcomeBuilder): void {
  const { provisional } = shard;
  if (!provisional) return;
  const withheld = shard.votes.filter((candidate) => provisional.agreed.includes(candidate.copy));
  tellRejected(out, placeOf(job, shard), withheld, { reason: 'withheld', accepted: null, caughtBy: [], atMs: nowMs });
  for (const vote of withheld) {
    settleVote(state, shard, vote, 'withheld', 0n, out);
    shard.withheldCopies++;
  }
  shard.votes = shard.votes.filter((vote) => !provisional.agreed.includes(vote.copy));
  shard.provisional = null;
  setVerdict(job, shard.index, 'pending');
  out.changes.push({
    kind: 'shard-judged',
    job: job.record.id,
    shard: shard.id,
    verdict: 'pending',
    digest: null,
    outputs: null,
    atMs: nowMs,
  });
  judgeShard(state, job, shard, nowMs, out);
}

interface Agreement {
  readonly digest: NonNullable<ShardInPlay['provisional']>['digest'];
  readonly agreed: readonly number[];
  readonly outvoted: readonly number[];
  readonly outputs: readonly OutputBytes[];
}

/** Bytes are here and have the agreed digest: store, pay, tell. */
export function finalise(
  state: CoordinatorState,
  job: JobInPlay,
  shard: ShardInPlay,
  agreement: Agreement,
  nowMs: number,
  out: OutcomeBuilder,
): readonly SettledCopy[] {
  const { record } = job;
  setVerdict(job, shard.index, 'final');
  job.finalShards++;
  job.open.delete(shard.index);
  out.changes.push({
    kind: 'shard-judged',
    job: record.id,
    shard: shard.id,
    verdict: 'final',
    digest: agreement.digest,
    outputs: agreement.outputs,
    atMs: nowMs,
  });
  const copies: SettledCopy[] = [];
  let paid = 0;
  for (const vote of shard.votes) {
    const isAgreed = agreement.agreed.includes(vote.copy);
    const amount: MicroCredits = isAgreed && paid < record.spec.redundancy.quorum ? record.pricePerCopy : 0n;
    if (amount > 0n) {
      paid++;
      out.changes.push({
        kind: 'transfer',
        atMs: nowMs,
        transfer: {
          kind: 'pay',
          job: record.id,
          shard: shard.id,
          escrow: record.escrow,
          contributor: vote.account,
          amount,
          league: vote.isPhone ? 'phone' : vote.engine,
        },
      });
    }
    const voteState = isAgreed ? 'agreed' : 'outvoted';
    copies.push({ copy: vote.copy, device: vote.device, vote: voteState, paid: amount });
    settleVote(state, shard, vote, voteState, amount, out);
    recordDevice(state, vote.device, isAgreed ? 'verified' : job.isTolerant ? 'outvotedTolerance' : 'outvotedExact', out);
  }
  rememberSettled(state.settled, shard.id, 'final', copies);
  if (agreement.agreed.length < shard.votes.length) tellOutvoted(job, shard, agreement, nowMs, out);
  blameFailures(state, shard, out);
  notify(job, shard, out);
  if (isComplete(job)) completeJob(state, job, job.failedShards, nowMs, out);
  return copies;
}

function tellOutvoted(job: JobInPlay, shard: ShardInPlay, agreement: Agreement, nowMs: number, out: OutcomeBuilder): void {
  const { digest, outputs, agreed } = agreement;
  const caughtBy = shard.votes.filter(({ copy }) => agreed.includes(copy)).map(({ account }) => account);
  const outvoted = shard.votes.filter(({ copy }) => !agreed.includes(copy));
  tellRejected(out, placeOf(job, shard), outvoted, { reason: 'outvoted', accepted: { digest, outputs }, caughtBy, atMs: nowMs });
}

function placeOf(job: JobInPlay, shard: ShardInPlay) {
  return { id: shard.id, job: job.record.id, outputs: job.record.manifest.outputs };
}

/** A failure counts against a device only when others could compute the shard: a program that fails everywhere is nobody's fault but its own. */
function blameFailures(state: CoordinatorState, shard: ShardInPlay, out: OutcomeBuilder): void {
  for (const { device, code } of shard.failures) {
    const isOwnFault = code !== 'inputs-unavailable' && !shard.votes.some((vote) => vote.device === device);
    if (isOwnFault) recordDevice(state, device, 'failed', out);
  }
}

/** No group can win any more. */
function failDisputed(
  state: CoordinatorState,
  job: JobInPlay,
  shard: ShardInPlay,
  nowMs: number,
  out: OutcomeBuilder,
): readonly SettledCopy[] {
  const copies = shard.votes.map(({ copy, device }): SettledCopy => ({ copy, device, vote: 'failed', paid: 0n }));
  const sentence = `The ${copies.length} copies of shard ${shard.index} never agreed.`;
  failShard(state, job, shard, { code: 'program-not-deterministic', sentence }, nowMs, out);
  return copies;
}

export function failShard(
  state: CoordinatorState,
  job: JobInPlay,
  shard: ShardInPlay,
  why: FaultBody,
  nowMs: number,
  out: OutcomeBuilder,
): void {
  job.lastFailure = why;
  cancelLeases(state, job, shard, out);
  unqueueShard(job, shard);
  tellRejected(out, placeOf(job, shard), shard.votes, { reason: 'failed', accepted: null, caughtBy: [], atMs: nowMs });
  for (const vote of shard.votes) settleVote(state, shard, vote, 'failed', 0n, out);
  setVerdict(job, shard.index, 'failed');
  job.failedShards++;
  job.open.delete(shard.index);
  out.changes.push({
    kind: 'shard-judged',
    job: job.record.id,
    shard: shard.id,
    verdict: 'failed',
    digest: null,
    outputs: null,
    atMs: nowMs,
  });
  const copies = shard.votes.map(({ copy, device }): SettledCopy => ({ copy, device, vote: 'failed', paid: 0n }));
  rememberSettled(state.settled, shard.id, 'failed', copies);
  notify(job, shard, out);
  if (isComplete(job)) completeJob(state, job, job.failedShards, nowMs, out);
}

/** Every shard is decided, `failedShards` of them without a result. */
export function completeJob(state: CoordinatorState, job: JobInPlay, failedShards: number, nowMs: number, out: OutcomeBuilder): void {
  const { lastFailure } = job;
  if (failedShards === 0) {
    endJob(state, job, { state: 'done', reason: null }, nowMs, out);
    return;
  }
  const sentence =
    `${failedShards} of ${job.record.shards} shards have no result; the others can be downloaded, what was not paid was refunded. ${lastFailure?.sentence ?? ''}`.trim();
  endJob(state, job, { state: 'failed', reason: { code: lastFailure?.code ?? 'program-not-deterministic', sentence } }, nowMs, out);
}

function settleVote(
  state: CoordinatorState,
  shard: ShardInPlay,
  vote: Vote,
  voteState: VoteState,
  paid: MicroCredits,
  out: OutcomeBuilder,
): void {
  out.changes.push({ kind: 'vote-settled', shard: shard.id, copy: vote.copy, state: voteState, paid });
  const session = sessionOfDevice(state, vote.device);
  if (session) tellSettled(out, session.session, shard.id, voteState, paid);
}

function cancelLeases(state: CoordinatorState, job: JobInPlay, shard: ShardInPlay, out: OutcomeBuilder): void {
  for (const lease of [...shard.leases]) {
    dropLease(state, job, shard, lease.copy);
    if (state.sessions.has(lease.session)) {
      out.messages.push({ session: lease.session, message: { type: 'cancel', shards: [shard.id], reason: 'surplus' }, afterCommit: true });
    }
  }
}

/** One more in the device's record. */
export function recordDevice(state: CoordinatorState, device: DeviceId, what: keyof DeviceRecord, out: OutcomeBuilder): void {
  out.changes.push({ kind: 'device-judged', device, ...GAINS[what] });
  const session = sessionOfDevice(state, device);
  if (session) session.record = { ...session.record, [what]: session.record[what] + 1 };
}

const GAINS: Readonly<Record<keyof DeviceRecord, DeviceRecord>> = {
  verified: { ...NEW_DEVICE, verified: 1 },
  outvotedExact: { ...NEW_DEVICE, outvotedExact: 1 },
  outvotedTolerance: { ...NEW_DEVICE, outvotedTolerance: 1 },
  failed: { ...NEW_DEVICE, failed: 1 },
};

function notify(job: JobInPlay, shard: ShardInPlay, out: OutcomeBuilder): void {
  out.notices.push({
    job: job.record.id,
    type: 'shard',
    index: shard.index,
    verdict: verdictOf(job, shard.index),
    copies: shard.votes.length,
  });
}

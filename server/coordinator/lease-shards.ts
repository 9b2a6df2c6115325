// Woken by a device that wants work, and by anything that makes work: hands out assignments or says why not.
import type { Assignment, AssignmentClaim } from '../../src/protocol/assignment.ts';
import { type IdleReason, MAX_ASSIGNMENTS_IN_FLIGHT } from '../../src/protocol/messages.ts';
import {
  hasFresh,
  type JobInPlay,
  type Lease,
  openShard,
  queueShard,
  type ShardInPlay,
  shardAt,
  takeCopy,
  takeFresh,
} from '../jobs/job-in-play.ts';
import { HOUSE } from '../ledger/transfer.ts';
import { isToTaste, orderByTaste, type TastedJob } from '../scheduling/judge-taste.ts';
import { pickFromQueue } from '../scheduling/pick-shard.ts';
import { leaseMs, sizeGrant } from '../scheduling/size-grant.ts';
import { isDoubted, isSuspended } from '../verification/device-record.ts';
import type { SessionKey } from './event.ts';
import type { CoordinatorState, DeviceSession, OutcomeBuilder } from './state.ts';

/** Results of one device that wait for their commit, above which it gets nothing new: else who does not wait for receipts fills our memory. */
export const MAX_UNACKNOWLEDGED = 2 * MAX_ASSIGNMENTS_IN_FLIGHT;
/** When to ask again; work that appears earlier is pushed without being asked for. */
export const IDLE_RETRY_MS = 5_000;

interface Wish {
  readonly session: SessionKey;
  readonly count: number;
  readonly workgroupsPerSecond: number;
}

export function leaseShards(state: CoordinatorState, wish: Wish, nowMs: number, out: OutcomeBuilder): void {
  const session = state.sessions.get(wish.session);
  if (!session) return;
  session.workgroupsPerSecond = wish.workgroupsPerSecond;
  session.pendingWant = wish.count;
  const reason = serve(state, session, nowMs, out);
  if (reason === null) return;
  // the house contributor alone is no reason to make work
  if (session.accountKind !== 'house' && !hasFreshWork(state)) state.isStarved = true;
  out.messages.push({ session: session.session, message: { type: 'idle', reason, retryAfterMs: IDLE_RETRY_MS }, afterCommit: false });
}

function hasFreshWork(state: CoordinatorState): boolean {
  for (const job of state.jobs.values()) if (hasFresh(job)) return true;
  return false;
}

/** A result made room: the device that asked for more than it could hold gets the rest now. */
export function serveSession(state: CoordinatorState, key: SessionKey, nowMs: number, out: OutcomeBuilder): void {
  const session = state.sessions.get(key);
  if (session && session.pendingWant > 0) serve(state, session, nowMs, out);
}

/** Receipts have left: who was held back for the want of them goes on. */
export function acknowledge(state: CoordinatorState, receipts: ReadonlyMap<SessionKey, number>, nowMs: number, out: OutcomeBuilder): void {
  for (const [key, count] of receipts) {
    const session = state.sessions.get(key);
    if (!session) continue;
    const wasHeld = session.unacknowledged >= MAX_UNACKNOWLEDGED;
    session.unacknowledged -= count;
    if (wasHeld) serveSession(state, key, nowMs, out);
  }
}

/** Gives work to those who asked earlier and got too little. */
export function serveWaiting(state: CoordinatorState, nowMs: number, out: OutcomeBuilder): void {
  if (!state.hasNewWork) return;
  state.hasNewWork = false;
  for (const session of state.sessions.values()) if (session.pendingWant > 0) serve(state, session, nowMs, out);
}

/** The reason when nothing at all could be given. */
function serve(state: CoordinatorState, session: DeviceSession, nowMs: number, out: OutcomeBuilder): IdleReason | null {
  const blocked = refuseSession(state, session);
  if (blocked) return blocked;
  const assignments: Assignment[] = [];
  let reason: IdleReason = 'no-jobs';
  const { taste } = session;
  for (const job of taste ? orderByTaste(jobsInTurn(state), tasteJob, taste) : jobsInTurn(state)) {
    const unfit = refuseJob(job, session);
    if (unfit) {
      // any other reason may pass by itself, and says more
      if (unfit !== 'nothing-you-like' || reason === 'no-jobs') reason = unfit;
      continue;
    }
    const refusal = leaseFromJob(state, job, session, nowMs, assignments);
    if (session.pendingWant <= 0) break;
    if (refusal) reason = refusal;
  }
  if (assignments.length === 0) return reason;
  out.messages.push({ session: session.session, message: { type: 'assignments', assignments }, afterCommit: false });
  return null;
}

export function refuseSession(state: CoordinatorState, session: DeviceSession): IdleReason | null {
  if (state.isDraining || state.isHeld) return 'draining';
  if (state.isStorageLow) return 'storage-low';
  if (state.isOverloaded) return 'overloaded';
  if (isSuspended(session.record)) return 'failed-too-often';
  const hasTooMany = session.inFlight >= MAX_ASSIGNMENTS_IN_FLIGHT || session.unacknowledged >= MAX_UNACKNOWLEDGED;
  return hasTooMany ? 'too-many-in-flight' : null;
}

/** Oldest first, the house's own jobs last. */
function jobsInTurn(state: CoordinatorState): readonly JobInPlay[] {
  const jobs = [...state.jobs.values()];
  return [...jobs.filter((job) => job.record.requester !== HOUSE), ...jobs.filter((job) => job.record.requester === HOUSE)];
}

/** Has an engine for the program, and room for its buffers. */
export function canRun(job: JobInPlay, session: DeviceSession): boolean {
  return session.capabilities.engines.some(
    (engine) => (engine.kind === 'gpu' || job.record.manifest.module !== null) && engine.maxBufferBytes >= job.largestBufferBytes,
  );
}

function tasteJob({ record: { id, requester }, rate }: JobInPlay): TastedJob {
  return { id, requester, rate };
}

export function refuseJob(job: JobInPlay, session: DeviceSession): IdleReason | null {
  if (!canRun(job, session)) return 'nothing-for-this-engine';
  if (session.taste && !isToTaste(tasteJob(job), session.taste)) return 'nothing-you-like';
  const isHeld = session.hasGpu && job.canary.kind === 'out' && job.canary.session !== session.session;
  return isHeld ? 'all-handed-out' : null;
}

/** No GPU has brought a shard of the job back yet: one at a time. */
export function isCanaryTurn(job: JobInPlay, session: DeviceSession): boolean {
  return session.hasGpu && job.canary.kind !== 'back';
}

/** Shards it computes at once: one on its GPU, one a thread of its CPU engine; both may be open. */
function countWorkers({ hasGpu, capabilities }: DeviceSession): number {
  const hasCpu = capabilities.engines.some((engine) => engine.kind === 'cpu');
  return (hasGpu ? 1 : 0) + (hasCpu ? capabilities.threads : 0);
}

function leaseFromJob(
  state: CoordinatorState,
  job: JobInPlay,
  session: DeviceSession,
  nowMs: number,
  into: Assignment[],
): IdleReason | null {
  const { workgroupsPerShard } = job.record.manifest;
  const isCanary = isCanaryTurn(job, session);
  let grant = sizeGrant({
    wanted: isCanary ? 1 : session.pendingWant,
    inFlight: session.inFlight,
    workgroupsPerSecond: session.workgroupsPerSecond,
    workgroupsPerShard,
    workers: countWorkers(session),
    maxInFlight: isDoubted(session.record) ? 1 : MAX_ASSIGNMENTS_IN_FLIGHT,
  });
  if (isCanary && job.canary.kind === 'out') return 'all-handed-out';
  if (grant <= 0) return 'too-many-in-flight';
  const duration = leaseMs({ held: session.inFlight + grant, workgroupsPerSecond: session.workgroupsPerSecond, workgroupsPerShard });
  for (; grant > 0; grant--) {
    const picked = pick(state, job, session);
    if (typeof picked === 'string') return picked;
    if (isCanary) job.canary = { kind: 'out', session: session.session };
    into.push(assign(state, job, picked, session, nowMs, duration));
  }
  // enough in hand for now: the device asks again when it has computed some
  if (session.pendingWant > 0 && into.length > 0) session.pendingWant = 0;
  return null;
}

function pick(state: CoordinatorState, job: JobInPlay, session: DeviceSession): ShardInPlay | IdleReason {
  const at = pickFromQueue(job.again, (index) => openShard(job, index), session);
  if (typeof at === 'number') {
    const shard = openShard(job, job.again[at]!);
    job.again.splice(at, 1);
    job.urgent.delete(shard.index);
    shard.isQueued = false;
    return shard;
  }
  const index = takeFresh(job);
  if (index === null) return at;
  state.freshHandedOut++;
  return openShard(job, index);
}

/** The copy is the session's; the shard must have been taken from its queue. */
export function assign(
  state: CoordinatorState,
  job: JobInPlay,
  shard: ShardInPlay,
  session: DeviceSession,
  nowMs: number,
  duration: number,
): Assignment {
  const copy = shard.nextCopy;
  takeCopy(job, shard, copy);
  shard.wanted--;
  const expiresAtMs = nowMs + duration;
  const claim: AssignmentClaim = { epoch: state.epoch, shard: shard.id, copy, device: session.device, expiresAtMs };
  const mac = state.signer.sign(claim);
  const lease: Lease = {
    copy,
    session: session.session,
    account: session.account,
    device: session.device,
    addressRange: session.addressRange,
    proof: { claim, mac },
    expiresAtMs,
  };
  shard.leases.push(lease);
  session.held.add(lease);
  queueShard(job, shard);
  if (shard.wanted > 0) state.hasNewWork = true;
  if (session.pendingWant > 0) session.pendingWant--;
  return {
    claim,
    shard: shardAt(job, shard.index),
    manifest: job.record.manifestDigest,
    mac,
    leaseMs: duration,
    priceMicroCredits: job.record.pricePerCopy,
  };
}

/** A copy is no longer out: because it came back, failed, expired, became surplus, or its session ended for good. */
export function dropLease(state: CoordinatorState, job: JobInPlay, shard: ShardInPlay, copy: number): boolean {
  const at = shard.leases.findIndex((lease) => lease.copy === copy);
  if (at < 0) return false;
  const [lease] = shard.leases.splice(at, 1);
  state.sessions.get(lease!.session)?.held.delete(lease!);
  releaseCanary(state, job, lease!.session);
  return true;
}

/** The first GPU's copy is over and did not come back from a GPU: another may try. */
export function releaseCanary(state: CoordinatorState, job: JobInPlay, session: SessionKey): void {
  if (job.canary.kind !== 'out' || job.canary.session !== session) return;
  job.canary = { kind: 'untried' };
  state.hasNewWork = true;
}

/** Copies must be handed out (again). */
export function wantAgain(state: CoordinatorState, job: JobInPlay, shard: ShardInPlay, copies: number): void {
  shard.wanted += copies;
  state.hasNewWork = true;
  queueShard(job, shard);
}

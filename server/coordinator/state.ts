// What the core holds in memory: sessions, running jobs, and where each shard lives.
import type { BlockId, DeviceId, JobId, ShardId } from '../../src/protocol/ids.ts';
import { blockOfShard, offsetOfShard } from '../../src/protocol/ids.ts';
import { COPIES_AN_EPOCH, createJobInPlay, type JobInPlay, openShard, queueShard, setVerdict, takeCopy } from '../jobs/job-in-play.ts';
import type { JobRecord } from '../jobs/job-record.ts';
import { type DeviceRecord, NEW_DEVICE } from '../verification/device-record.ts';
import type { Change, LoadedState } from './change.ts';
import type { JobNotice, OutgoingMessage, SessionKey, SessionOpening } from './event.ts';
import type { SettledShard } from './remember-settled.ts';

export interface DeviceSession extends Omit<SessionOpening, 'record'> {
  inFlight: number;
  workgroupsPerSecond: number;
  /** Assignments asked for and not yet given: served as soon as there is work. */
  pendingWant: number;
  record: DeviceRecord;
  readonly hasGpu: boolean;
}

export interface CoordinatorState {
  readonly epoch: number;
  /** Number of the first copy of any shard that this state hands out. */
  readonly firstCopy: number;
  /** Above every copy number of jobs that have ended. */
  endedCopies: number;
  readonly macSecret: Uint8Array;
  readonly jobs: Map<JobId, JobInPlay>;
  readonly blocks: Map<BlockId, { readonly job: JobId; readonly lo: number }>;
  readonly sessions: Map<SessionKey, DeviceSession>;
  /** The newest session of each device. */
  readonly byDevice: Map<DeviceId, SessionKey>;
  /** What became of the copies of shards decided lately, for results that are sent again. */
  readonly settled: Map<ShardId, SettledShard>;
  isDraining: boolean;
  isStorageLow: boolean;
  /** Set when a device asked and no running job could give it anything. */
  isStarved: boolean;
  /** Set when a copy must be handed out (again): those who wait are served. */
  hasNewWork: boolean;
}

/** What an event adds up to; the steps push, the runner reads. */
export interface OutcomeBuilder {
  readonly messages: OutgoingMessage[];
  readonly changes: Change[];
  readonly notices: JobNotice[];
}

export function createOutcome(): OutcomeBuilder {
  return { messages: [], changes: [], notices: [] };
}

/** `previous`: the state that a failed commit made void; what the journal does not know lives on, and no number is given twice. */
export function createState(options: {
  readonly epoch: number;
  readonly macSecret: Uint8Array;
  readonly loaded: LoadedState;
  readonly previous?: CoordinatorState;
}): CoordinatorState {
  const { previous } = options;
  const firstCopy = Math.max(options.epoch * COPIES_AN_EPOCH, previous ? findCopyCeiling(previous) : 0);
  const state: CoordinatorState = {
    epoch: options.epoch,
    firstCopy,
    endedCopies: firstCopy,
    macSecret: options.macSecret,
    jobs: new Map(),
    blocks: new Map(),
    sessions: new Map(),
    byDevice: new Map(),
    settled: new Map(),
    isDraining: previous?.isDraining ?? false,
    isStorageLow: previous?.isStorageLow ?? false,
    isStarved: false,
    hasNewWork: false,
  };
  for (const record of options.loaded.jobs) addJob(state, record);
  restoreShards(state, options.loaded);
  return state;
}

/** Also over jobs that ended in a commit that failed: they go on. */
function findCopyCeiling(state: CoordinatorState): number {
  return Math.max(state.endedCopies, ...[...state.jobs.values()].map((job) => job.copyCeiling));
}

export function addJob(state: CoordinatorState, record: JobRecord): JobInPlay {
  const job = createJobInPlay(record, state.firstCopy);
  state.jobs.set(record.id, job);
  state.hasNewWork = true;
  for (const block of record.blocks) state.blocks.set(block.id, { job: record.id, lo: block.lo });
  return job;
}

export function removeJob(state: CoordinatorState, job: JobInPlay): void {
  state.jobs.delete(job.record.id);
  state.endedCopies = Math.max(state.endedCopies, job.copyCeiling);
  for (const block of job.record.blocks) state.blocks.delete(block.id);
}

/** Where a shard of a running job stands. */
export function findShard(state: CoordinatorState, shard: ShardId): { readonly job: JobInPlay; readonly index: number } | null {
  const block = state.blocks.get(blockOfShard(shard));
  const job = block && state.jobs.get(block.job);
  const index = block ? block.lo + offsetOfShard(shard) : -1;
  return job && index < job.record.shards ? { job, index } : null;
}

export function sessionOfDevice(state: CoordinatorState, device: DeviceId): DeviceSession | null {
  const key = state.byDevice.get(device);
  return key === undefined ? null : (state.sessions.get(key) ?? null);
}

export function openSession(state: CoordinatorState, opening: SessionOpening): DeviceSession {
  const session: DeviceSession = {
    ...opening,
    inFlight: 0,
    workgroupsPerSecond: 0,
    pendingWant: 0,
    record: opening.record ?? NEW_DEVICE,
    hasGpu: opening.capabilities.engines.some((engine) => engine.kind === 'gpu'),
  };
  state.sessions.set(opening.session, session);
  state.byDevice.set(opening.device, opening.session);
  return session;
}

/** Judged shards first, then the votes of the others; copies are handed out again for what is missing. */
function restoreShards(state: CoordinatorState, loaded: LoadedState): void {
  for (const { shard, verdict } of loaded.shards) {
    const found = findShard(state, shard);
    if (!found || (verdict !== 'final' && verdict !== 'failed')) continue;
    setVerdict(found.job, found.index, verdict);
    if (verdict === 'final') found.job.finalShards++;
    else found.job.failedShards++;
  }
  for (const vote of loaded.votes) {
    const found = findShard(state, vote.shard);
    if (!found || vote.state !== 'waiting') continue;
    const shard = openShard(found.job, found.index);
    takeCopy(found.job, shard, vote.copy);
    shard.votes.push(vote);
  }
  for (const job of state.jobs.values()) {
    for (const shard of job.open.values()) {
      shard.wanted = Math.max(0, job.record.spec.redundancy.quorum - shard.votes.length);
      queueShard(job, shard);
    }
  }
}

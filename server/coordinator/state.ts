// What the core holds in memory: sessions, running jobs, and where each shard lives.
import type { BlockId, DeviceId, JobId, MicroCredits, ShardId } from '../../src/protocol/ids.ts';
import { blockOfShard, offsetOfShard } from '../../src/protocol/ids.ts';
import type { VoteState } from '../../src/protocol/verdict.ts';
import {
  addBlock,
  COPIES_AN_EPOCH,
  createJobInPlay,
  type JobInPlay,
  type Lease,
  openShard,
  queueShard,
  type ShardInPlay,
  setVerdict,
  takeCopy,
} from '../jobs/job-in-play.ts';
import type { BlockRecord, JobRecord } from '../jobs/job-record.ts';
import type { Taste } from '../scheduling/judge-taste.ts';
import { type ClaimSigner, createClaimSigner } from '../verification/assignment-mac.ts';
import { type DeviceRecord, NEW_DEVICE } from '../verification/device-record.ts';
import type { Change, LoadedState } from './change.ts';
import type { JobNotice, Outcome, OutgoingMessage, SessionKey, SessionOpening } from './event.ts';
import { createSettledMemory, type SettledMemory } from './remember-settled.ts';

export interface DeviceSession extends Omit<SessionOpening, 'record'> {
  /** The copies it has. */
  readonly held: Set<Lease>;
  readonly inFlight: number;
  /** Results that came and whose receipts have not left. */
  unacknowledged: number;
  workgroupsPerSecond: number;
  /** Assignments asked for and not yet given: served as soon as there is work. */
  pendingWant: number;
  record: DeviceRecord;
  readonly hasGpu: boolean;
  /** Null for almost all: whatever there is. */
  taste: Taste | null;
}

export interface CoordinatorState {
  readonly epoch: number;
  /** Number of the first copy of any shard that this state hands out. */
  readonly firstCopy: number;
  /** Above every copy number of jobs that have ended. */
  endedCopies: number;
  readonly signer: ClaimSigner;
  readonly jobs: Map<JobId, JobInPlay>;
  readonly blocks: Map<BlockId, { readonly job: JobId; readonly lo: number }>;
  readonly sessions: Map<SessionKey, DeviceSession>;
  /** The newest session of each device. */
  readonly byDevice: Map<DeviceId, SessionKey>;
  /** What became of the copies of shards decided lately, for results that are sent again. */
  readonly settled: SettledMemory;
  isDraining: boolean;
  /** An operator has stopped hand-outs for a while. */
  isHeld: boolean;
  isStorageLow: boolean;
  /** More is decided than can be written: nothing is handed out until that is over. */
  isOverloaded: boolean;
  /** Set when a device asked and no running job could give it anything. */
  isStarved: boolean;
  /** Renewals of the share at which no blocks are taken yet. */
  restRenewals: number;
  /** Shards handed out for the first time since the share was renewed last, about a second ago. */
  freshHandedOut: number;
  /** Consecutive renewals of the share at which every session waited and none could be served. */
  stuckRenewals: number;
  /** Set when a copy must be handed out (again): those who wait are served. */
  hasNewWork: boolean;
}

/** What an event adds up to; the steps push, the runner reads. */
export interface OutcomeBuilder {
  readonly messages: OutgoingMessage[];
  readonly changes: Change[];
  readonly notices: JobNotice[];
  /** What sessions learn of their copies after the commit; one message each in the end. */
  readonly news: Map<SessionKey, SessionNews>;
}

interface SessionNews {
  readonly credited: { readonly shard: ShardId; readonly amount: MicroCredits }[];
  readonly settled: { readonly shard: ShardId; readonly vote: VoteState }[];
}

export function createOutcome(): OutcomeBuilder {
  return { messages: [], changes: [], notices: [], news: new Map() };
}

/** A copy is settled: paid, or not. */
export function tellSettled(out: OutcomeBuilder, session: SessionKey, shard: ShardId, vote: VoteState, paid: MicroCredits): void {
  let news = out.news.get(session);
  if (!news) {
    news = { credited: [], settled: [] };
    out.news.set(session, news);
  }
  if (paid > 0n) news.credited.push({ shard, amount: paid });
  else news.settled.push({ shard, vote });
}

/** The news become messages, after those that were pushed before. */
export function sealOutcome(out: OutcomeBuilder): Outcome {
  for (const [session, { credited, settled }] of out.news) {
    // the runner fills in the balance that the commit reports
    if (credited.length > 0)
      out.messages.push({ session, message: { type: 'credited', shards: credited, balance: 0n }, afterCommit: true });
    if (settled.length > 0) out.messages.push({ session, message: { type: 'settled', shards: settled }, afterCommit: true });
  }
  return out;
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
    signer: previous?.signer ?? createClaimSigner(options.macSecret),
    jobs: new Map(),
    blocks: new Map(),
    sessions: new Map(),
    byDevice: new Map(),
    settled: createSettledMemory(),
    isDraining: previous?.isDraining ?? false,
    isHeld: previous?.isHeld ?? false,
    isStorageLow: previous?.isStorageLow ?? false,
    isOverloaded: previous?.isOverloaded ?? false,
    isStarved: false,
    stuckRenewals: 0,
    freshHandedOut: 0,
    restRenewals: 0,
    hasNewWork: false,
  };
  addLoaded(state, options.loaded);
  return state;
}

/** Jobs and blocks that are new here, with what is known of their shards; what was here before stays as it is. */
export function addLoaded(state: CoordinatorState, loaded: LoadedState): void {
  const fresh = new Set<BlockId>();
  for (const record of loaded.jobs) {
    for (const block of record.blocks) if (!state.blocks.has(block.id)) fresh.add(block.id);
    const job = state.jobs.get(record.id);
    if (!job) addJob(state, record);
    else for (const block of record.blocks) if (fresh.has(block.id)) addBlockTo(state, job, block);
  }
  restoreShards(state, loaded, fresh);
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

function addBlockTo(state: CoordinatorState, job: JobInPlay, block: BlockRecord): void {
  addBlock(job, block);
  state.blocks.set(block.id, { job: job.record.id, lo: block.lo });
  state.hasNewWork = true;
}

export function removeJob(state: CoordinatorState, job: JobInPlay): void {
  state.jobs.delete(job.record.id);
  state.endedCopies = Math.max(state.endedCopies, job.copyCeiling);
  for (const block of job.blocks) state.blocks.delete(block.id);
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
  const held = new Set<Lease>();
  const session: DeviceSession = {
    ...opening,
    held,
    get inFlight() {
      return held.size;
    },
    unacknowledged: 0,
    workgroupsPerSecond: 0,
    pendingWant: 0,
    record: opening.record ?? NEW_DEVICE,
    hasGpu: opening.capabilities.engines.some((engine) => engine.kind === 'gpu'),
    taste: null,
  };
  state.sessions.set(opening.session, session);
  state.byDevice.set(opening.device, opening.session);
  return session;
}

/** More copies of one shard than are ever out beyond the last that came back. */
const RESTORED_GAP = 32;

/** Judged shards first, then the votes of the others; copies are handed out again for what is missing. */
function restoreShards(state: CoordinatorState, loaded: LoadedState, fresh: ReadonlySet<BlockId>): void {
  const touched: (readonly [JobInPlay, ShardInPlay])[] = [];
  for (const { shard, verdict } of loaded.shards) {
    const found = findShard(state, shard);
    if (!found || !fresh.has(blockOfShard(shard)) || (verdict !== 'final' && verdict !== 'failed')) continue;
    setVerdict(found.job, found.index, verdict);
    if (verdict === 'final') found.job.finalShards++;
    else found.job.failedShards++;
  }
  for (const vote of loaded.votes) {
    const found = findShard(state, vote.shard);
    if (!found || !fresh.has(blockOfShard(vote.shard)) || vote.state !== 'waiting') continue;
    const shard = openShard(found.job, found.index);
    if (shard.votes.length === 0) touched.push([found.job, shard]);
    // copies beyond it may be out that another coordinator gave: their numbers are left free
    takeCopy(found.job, shard, vote.copy + RESTORED_GAP);
    shard.votes.push(vote);
  }
  for (const [job, shard] of touched) {
    shard.wanted = Math.max(0, job.record.spec.redundancy.quorum - shard.votes.length);
    queueShard(job, shard);
  }
}

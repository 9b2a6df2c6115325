// A running job in memory: verdicts of all its shards in one typed array, objects only for shards that are in flight.
import type { AssignmentProof } from '../../src/protocol/assignment.ts';
import type { FaultBody } from '../../src/protocol/fault.ts';
import type { AccountId, BlockId, DeviceId, Digest, JobId, ShardId } from '../../src/protocol/ids.ts';
import { makeShardId } from '../../src/protocol/ids.ts';
import type { FailureCode } from '../../src/protocol/result.ts';
import { rangeOfShard, type Shard } from '../../src/protocol/shard.ts';
import { VERDICTS, type Verdict } from '../../src/protocol/verdict.ts';
import { ratePerSecond, workOfShard } from '../../src/protocol/work.ts';
import type { BlockRecord, JobRecord } from './job-record.ts';

/** One copy that is out. */
export interface Lease {
  readonly copy: number;
  readonly session: number;
  readonly account: AccountId;
  readonly device: DeviceId;
  readonly addressRange: string | null;
  /** As it was handed out: what comes back equal to it needs no proof. */
  readonly proof: AssignmentProof;
  expiresAtMs: number;
}

/** One copy that came back. */
export interface Vote {
  readonly copy: number;
  readonly account: AccountId;
  readonly device: DeviceId;
  readonly addressRange: string | null;
  readonly engine: 'gpu' | 'cpu';
  /** As the device said of itself; absent where it said nothing. */
  readonly isPhone?: boolean;
  readonly digest: Digest;
  /** Parallel to the manifest's outputs; null until bytes came. */
  readonly outputs: readonly { readonly name: string; readonly root: Digest; readonly bytes: Uint8Array }[] | null;
}

/** One device that could not compute it, and why. */
export interface Failure {
  readonly account: AccountId;
  readonly device: DeviceId;
  readonly addressRange: string | null;
  readonly code: FailureCode;
}

/** Agreed by digest, bytes not here yet: asked from one holder, then the next. */
export interface Provisional {
  readonly digest: Digest;
  readonly agreed: number[];
  readonly outvoted: number[];
  readonly asked: Set<number>;
  /** The copy whose holder was asked last and may still answer; null while every holder that could be asked is away. */
  asking: number | null;
  askAgainAtMs: number;
  /** Until then holders that are away are waited for. */
  readonly patientUntilMs: number;
}

export interface ShardInPlay {
  readonly id: ShardId;
  readonly index: number;
  nextCopy: number;
  /** Copies still to hand out. */
  wanted: number;
  isQueued: boolean;
  leases: Lease[];
  votes: Vote[];
  /** Copies that voted and then kept back their bytes. */
  withheldCopies: number;
  /** One a device that failed it: it never goes to them again. */
  readonly failures: Failure[];
  /** What the last device that failed it said. */
  lastMessage: string;
  /** Since when no connected device may take it, because of failures; null while one may. */
  strandedSinceMs: number | null;
  provisional: Provisional | null;
}

export interface JobInPlay {
  readonly record: JobRecord;
  /** Index into VERDICTS, one a shard. */
  readonly verdicts: Uint8Array;
  readonly open: Map<number, ShardInPlay>;
  /** Shards that need another copy, oldest first. */
  readonly again: number[];
  /** Of these, shards whose copy was lost: they go out before anything that was not. */
  readonly urgent: Set<number>;
  /** Those of this process. */
  readonly blocks: BlockRecord[];
  /** Their ids by position in the job, 0 where another process has the block. */
  readonly blockIds: Float64Array;
  /** Blocks with shards that were never handed out by this state, in order. */
  readonly freshBlocks: BlockRecord[];
  /** The next such shard is this far into the first of them. */
  freshOffset: number;
  /** Shards of the blocks of this process; all of the job's unless several processes share it. */
  ownedShards: number;
  finalShards: number;
  failedShards: number;
  /** Why the last shard was given up. */
  lastFailure: FaultBody | null;
  /** No second GPU gets the program before the first shard has come back from one. */
  canary: { readonly kind: 'untried' } | { readonly kind: 'out'; readonly session: number } | { readonly kind: 'back' };
  readonly gpuLosses: Failure[];
  readonly largestBufferBytes: number;
  /** Copies are compared by value, so their bytes are kept with the vote. */
  readonly isTolerant: boolean;
  /** Micro-credits for a second of reference work. */
  readonly rate: number;
  /** Number of the first copy of a shard that this state hands out. */
  readonly firstCopy: number;
  /** Above every copy number that was handed out or came back. */
  copyCeiling: number;
}

const PENDING = VERDICTS.indexOf('pending');
const FINAL = VERDICTS.indexOf('final');
const FAILED = VERDICTS.indexOf('failed');

/**
 * Copies of one shard are numbered from a multiple of this in each epoch, so that a result from before a restart never has the number of a
 * newer copy. Far more than a shard is handed out; the number of a copy stays within 31 bits for half a million restarts.
 */
export const COPIES_AN_EPOCH = 4_096;

export function createJobInPlay(record: JobRecord, firstCopy: number): JobInPlay {
  const perShard = record.manifest.outputs.map((output) =>
    output.layout.kind === 'byWorkgroup' ? output.layout.bytesPerWorkgroup * record.manifest.workgroupsPerShard : output.layout.bytes,
  );
  const job: JobInPlay = {
    record,
    firstCopy,
    copyCeiling: firstCopy,
    verdicts: new Uint8Array(record.shards).fill(PENDING),
    open: new Map(),
    again: [],
    urgent: new Set(),
    blocks: [],
    blockIds: new Float64Array(Math.ceil(record.shards / record.blockShards)),
    freshBlocks: [],
    freshOffset: 0,
    ownedShards: 0,
    finalShards: 0,
    failedShards: 0,
    lastFailure: null,
    canary: { kind: 'untried' },
    gpuLosses: [],
    largestBufferBytes: Math.max(0, ...perShard, ...record.manifest.inputs.map((input) => input.bytes)),
    isTolerant: record.manifest.outputs.some((output) => output.comparison.kind === 'tolerance'),
    rate: ratePerSecond(record.pricePerCopy, workOfShard(record.manifest)),
  };
  for (const block of record.blocks) addBlock(job, block);
  return job;
}

/** From now on this process hands out the block's shards; each block is added once. */
export function addBlock(job: JobInPlay, block: BlockRecord): void {
  job.blockIds[block.lo / job.record.blockShards] = block.id;
  job.blocks.push(block);
  job.freshBlocks.push(block);
  job.ownedShards += block.n;
}

/** The index of the next shard that was never handed out, or null; each is given once. */
export function takeFresh(job: JobInPlay): number | null {
  for (let block = job.freshBlocks[0]; block; block = job.freshBlocks[0]) {
    while (job.freshOffset < block.n) {
      const index = block.lo + job.freshOffset++;
      if (!isDecided(job, index) && !job.open.has(index)) return index;
    }
    job.freshBlocks.shift();
    job.freshOffset = 0;
  }
  return null;
}

/** The block is another process's, or will be: what is known of its shards is forgotten here. */
export function removeBlock(job: JobInPlay, block: BlockRecord): void {
  job.blockIds[block.lo / job.record.blockShards] = 0;
  job.blocks.splice(job.blocks.indexOf(block), 1);
  const at = job.freshBlocks.indexOf(block);
  if (at >= 0) job.freshBlocks.splice(at, 1);
  if (at === 0) job.freshOffset = 0;
  job.ownedShards -= block.n;
  for (let index = block.lo; index < block.lo + block.n; index++) {
    const shard = job.open.get(index);
    if (shard) unqueueShard(job, shard);
    job.open.delete(index);
    const verdict = verdictOf(job, index);
    if (verdict === 'final') job.finalShards--;
    if (verdict === 'failed') job.failedShards--;
    job.verdicts[index] = PENDING;
  }
}

export function countFresh(job: JobInPlay): number {
  return job.freshBlocks.reduce((sum, block) => sum + block.n, -job.freshOffset);
}

export function hasFresh(job: JobInPlay): boolean {
  return job.freshBlocks.length > 0;
}

export function verdictOf(job: JobInPlay, index: number): Verdict {
  return VERDICTS[job.verdicts[index]!]!;
}

export function setVerdict(job: JobInPlay, index: number, verdict: Verdict): void {
  job.verdicts[index] = VERDICTS.indexOf(verdict);
}

export function isDecided(job: JobInPlay, index: number): boolean {
  const verdict = job.verdicts[index];
  return verdict === FINAL || verdict === FAILED;
}

/** Known here only when all of it is here; of a shared job the commit says it. */
export function isComplete(job: JobInPlay): boolean {
  return job.ownedShards === job.record.shards && job.finalShards + job.failedShards === job.record.shards;
}

export function shardIdAt(job: JobInPlay, index: number): ShardId {
  const { blockShards } = job.record;
  return makeShardId(job.blockIds[Math.floor(index / blockShards)] as BlockId, index % blockShards);
}

export function shardAt(job: JobInPlay, index: number): Shard {
  const { manifest } = job.record;
  return {
    id: shardIdAt(job, index),
    job: job.record.id as JobId,
    stage: 0,
    index,
    ...rangeOfShard(manifest.grid, manifest.workgroupsPerShard, index),
  };
}

/** The shard's object, made when it is first in flight. */
export function openShard(job: JobInPlay, index: number): ShardInPlay {
  const known = job.open.get(index);
  if (known) return known;
  const shard: ShardInPlay = {
    id: shardIdAt(job, index),
    index,
    nextCopy: job.firstCopy,
    wanted: job.record.spec.redundancy.quorum,
    isQueued: false,
    leases: [],
    votes: [],
    withheldCopies: 0,
    failures: [],
    lastMessage: '',
    strandedSinceMs: null,
    provisional: null,
  };
  job.open.set(index, shard);
  return shard;
}

/** Puts a shard that wants copies back into the queue, once. */
export function queueShard(job: JobInPlay, shard: ShardInPlay): void {
  if (shard.isQueued || shard.wanted <= 0 || isDecided(job, shard.index)) return;
  shard.isQueued = true;
  job.again.push(shard.index);
}

/** One copy of it is about to be handed out. */
export function takeFromQueue(job: JobInPlay, shard: ShardInPlay): void {
  shard.isQueued = false;
  job.urgent.delete(shard.index);
  job.again.splice(job.again.indexOf(shard.index), 1);
}

/** No more copies are wanted: nothing may find it in the queue. */
export function unqueueShard(job: JobInPlay, shard: ShardInPlay): void {
  shard.wanted = 0;
  if (shard.isQueued) takeFromQueue(job, shard);
}

/** The number was handed out or came back: no other copy may have it. */
export function takeCopy(job: JobInPlay, shard: ShardInPlay, copy: number): void {
  shard.nextCopy = Math.max(shard.nextCopy, copy + 1);
  job.copyCeiling = Math.max(job.copyCeiling, shard.nextCopy);
}

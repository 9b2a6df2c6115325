// A running job in memory: verdicts of all its shards in one typed array, objects only for shards that are in flight.
import type { AccountId, DeviceId, Digest, JobId, ShardId } from '../../src/protocol/ids.ts';
import { makeShardId } from '../../src/protocol/ids.ts';
import { rangeOfShard, type Shard } from '../../src/protocol/shard.ts';
import { VERDICTS, type Verdict } from '../../src/protocol/verdict.ts';
import type { BlockRecord, JobRecord } from './job-record.ts';

/** One copy that is out. */
export interface Lease {
  readonly copy: number;
  readonly session: number;
  readonly account: AccountId;
  readonly device: DeviceId;
  readonly addressRange: string | null;
  expiresAtMs: number;
}

/** One copy that came back. */
export interface Vote {
  readonly copy: number;
  readonly account: AccountId;
  readonly device: DeviceId;
  readonly addressRange: string | null;
  readonly engine: 'gpu' | 'cpu';
  readonly digest: Digest;
  /** Parallel to the manifest's outputs; null until bytes came. */
  readonly outputs: readonly { readonly name: string; readonly root: Digest; readonly bytes: Uint8Array }[] | null;
}

/** Agreed by digest, bytes not here yet: asked from one holder, then the next. */
export interface Provisional {
  readonly digest: Digest;
  readonly agreed: readonly number[];
  readonly outvoted: readonly number[];
  readonly asked: Set<number>;
  askAgainAtMs: number;
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
  /** Devices that failed it: it never goes to them again. */
  readonly failedOn: Set<DeviceId>;
  provisional: Provisional | null;
}

export interface JobInPlay {
  readonly record: JobRecord;
  /** Index into VERDICTS, one a shard. */
  readonly verdicts: Uint8Array;
  readonly open: Map<number, ShardInPlay>;
  /** Shards that need another copy, oldest first. */
  readonly again: number[];
  nextFresh: number;
  finalShards: number;
  failedShards: number;
  /** Why the last shard was given up: one sentence. */
  lastFailure: string;
  /** No second GPU gets the program before the first shard has come back from one. */
  canary: { readonly kind: 'untried' } | { readonly kind: 'out'; readonly session: number } | { readonly kind: 'back' };
  readonly gpuLostOn: Set<DeviceId>;
  readonly largestBufferBytes: number;
  /** Of this epoch's copies of a shard, the first one's number. */
  readonly firstCopy: number;
}

const PENDING = VERDICTS.indexOf('pending');

/** Copies of one shard are numbered from here in each epoch, so that a result from before a restart never has the number of a newer copy. */
export const COPIES_AN_EPOCH = 32;

export function createJobInPlay(record: JobRecord, epoch: number): JobInPlay {
  const perShard = record.manifest.outputs.map((output) =>
    output.layout.kind === 'byWorkgroup' ? output.layout.bytesPerWorkgroup * record.manifest.workgroupsPerShard : output.layout.bytes,
  );
  return {
    record,
    firstCopy: epoch * COPIES_AN_EPOCH,
    verdicts: new Uint8Array(record.shards).fill(PENDING),
    open: new Map(),
    again: [],
    nextFresh: 0,
    finalShards: 0,
    failedShards: 0,
    lastFailure: '',
    canary: { kind: 'untried' },
    gpuLostOn: new Set(),
    largestBufferBytes: Math.max(0, ...perShard, ...record.manifest.inputs.map((input) => input.bytes)),
  };
}

export function verdictOf(job: JobInPlay, index: number): Verdict {
  return VERDICTS[job.verdicts[index]!]!;
}

export function setVerdict(job: JobInPlay, index: number, verdict: Verdict): void {
  job.verdicts[index] = VERDICTS.indexOf(verdict);
}

export function isDecided(job: JobInPlay, index: number): boolean {
  const verdict = verdictOf(job, index);
  return verdict === 'final' || verdict === 'failed';
}

export function isComplete(job: JobInPlay): boolean {
  return job.finalShards + job.failedShards === job.record.shards;
}

export function shardIdAt(job: JobInPlay, index: number): ShardId {
  const block = job.record.blocks.find((candidate) => index >= candidate.lo && index < candidate.lo + candidate.n) as BlockRecord;
  return makeShardId(block.id, index - block.lo);
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
    failedOn: new Set(),
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

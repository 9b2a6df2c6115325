// What the core tells the journal: every fact that must outlive the process, in the order it was decided.
import type { JobState } from '../../src/protocol/api.ts';
import type { Difference, RejectionReason } from '../../src/protocol/api-standing.ts';
import type { FaultBody } from '../../src/protocol/fault.ts';
import type { AccountId, BlockId, DeviceId, Digest, JobId, MicroCredits, ShardId } from '../../src/protocol/ids.ts';
import type { Verdict, VoteState } from '../../src/protocol/verdict.ts';
import type { JobRecord } from '../jobs/job-record.ts';
import type { Transfer } from '../ledger/transfer.ts';

/** One output's bytes with the Merkle root that the coordinator itself computed from them. */
export interface OutputBytes {
  readonly name: string;
  readonly root: Digest;
  readonly bytes: Uint8Array;
}

/** A copy whose result was not accepted. */
export interface RejectedResult {
  readonly account: AccountId;
  readonly device: DeviceId;
  readonly engine: 'gpu' | 'cpu';
  readonly copy: number;
  readonly digest: Digest;
  /** Null where not the bytes of both were here. */
  readonly difference: Difference | null;
}

export type Change =
  /** The first `owned` of its blocks belong to this process at once (all, where it is left out); the others to whoever claims them. */
  | { readonly kind: 'job-created'; readonly job: JobRecord; readonly owned?: number }
  | { readonly kind: 'job-ended'; readonly job: JobId; readonly state: JobState; readonly reason: FaultBody | null; readonly atMs: number }
  /** A vote counts once for (shard, account); `outputs` are kept with it when copies are compared within a tolerance. */
  | {
      readonly kind: 'vote-cast';
      readonly shard: ShardId;
      readonly copy: number;
      readonly account: AccountId;
      readonly device: DeviceId;
      readonly addressRange: string | null;
      readonly engine: 'gpu' | 'cpu';
      readonly digest: Digest;
      readonly elapsedMs: number;
      readonly outputs: readonly OutputBytes[] | null;
      readonly state: VoteState;
      readonly atMs: number;
    }
  | {
      readonly kind: 'vote-settled';
      readonly shard: ShardId;
      readonly copy: number;
      readonly state: VoteState;
      readonly paid: MicroCredits;
    }
  /** `final` carries the bytes that are stored with it; no other verdict does. */
  | {
      readonly kind: 'shard-judged';
      readonly job: JobId;
      readonly shard: ShardId;
      readonly verdict: Verdict;
      readonly digest: Digest | null;
      readonly outputs: readonly OutputBytes[] | null;
      readonly atMs: number;
    }
  /** Adds to a device's record. */
  | {
      readonly kind: 'device-judged';
      readonly device: DeviceId;
      readonly verified: number;
      readonly outvotedExact: number;
      readonly outvotedTolerance: number;
      readonly failed: number;
    }
  /** For their senders to read, never decided from; `caughtBy` voted for what was accepted instead. */
  | {
      readonly kind: 'results-rejected';
      readonly job: JobId;
      readonly shard: ShardId;
      readonly reason: RejectionReason;
      readonly accepted: Digest | null;
      readonly rejected: readonly RejectedResult[];
      readonly caughtBy: readonly AccountId[];
      readonly atMs: number;
    }
  | { readonly kind: 'transfer'; readonly transfer: Transfer; readonly atMs: number }
  /** Another process has ended the job: the blocks of this one are nobody's. */
  | { readonly kind: 'job-left'; readonly job: JobId }
  /** This process hands nothing of them out any more: another may. */
  | { readonly kind: 'blocks-released'; readonly blocks: readonly BlockId[] };

/** The changes of one event: all are written or none (a refused hold drops its unit and no other). */
export interface CommitUnit {
  readonly changes: readonly Change[];
}

export interface CommitReport {
  /** Units left out, by position, with the reason; only a unit with a hold or an attach can be refused. */
  readonly refused: ReadonlyMap<number, FaultBody>;
  /** Spendable credit (earned + granted) after the commit, of every account that a transfer touched. */
  readonly balances: ReadonlyMap<AccountId, MicroCredits>;
  /** Verified shards after the commit, of every account that was paid. */
  readonly verifiedShards: ReadonlyMap<AccountId, number>;
  /** Jobs still running of which every shard is now decided, in whatever process, with how many of those failed. */
  readonly completed: ReadonlyMap<JobId, number>;
}

/** A vote as it is found again after a restart. */
export interface LoadedVote {
  readonly shard: ShardId;
  readonly copy: number;
  readonly account: AccountId;
  readonly device: DeviceId;
  readonly addressRange: string | null;
  readonly engine: 'gpu' | 'cpu';
  readonly isPhone?: boolean;
  readonly digest: Digest;
  readonly state: VoteState;
  readonly elapsedMs: number;
  readonly outputs: readonly OutputBytes[] | null;
}

export interface LoadedShard {
  readonly shard: ShardId;
  readonly verdict: Verdict;
  readonly digest: Digest | null;
}

export interface LoadedDevice {
  readonly device: DeviceId;
  readonly verified: number;
  readonly outvotedExact: number;
  readonly outvotedTolerance: number;
  readonly failed: number;
}

/** Everything the core needs to go on: running jobs, their judged shards, the votes of shards not yet final. */
export interface LoadedState {
  readonly jobs: readonly JobRecord[];
  readonly shards: readonly LoadedShard[];
  readonly votes: readonly LoadedVote[];
  readonly devices: readonly LoadedDevice[];
}

/** The journal, as the core's runner sees it. */
export interface Journal {
  /** Running jobs with the blocks of this process, or with some of them. */
  load(blocks?: readonly BlockId[]): Promise<LoadedState>;
  /** One transaction for all units; throws when nothing was written. */
  commit(units: readonly CommitUnit[]): Promise<CommitReport>;
  /** A new epoch of this process, greater than every one before. */
  claimEpoch(): Promise<number>;
  /** Unique ids from the one sequence (jobs, accounts, blocks, transfers). */
  nextIds(count: number): Promise<readonly number[]>;
  /** Says that this process lives, and how the database is shared. */
  renew(): Promise<Sharing>;
  /** Takes blocks of running jobs that nobody owns, or whose owner is thought dead; oldest jobs first. */
  claimBlocks(limit: number): Promise<readonly BlockId[]>;
}

export interface Sharing {
  /** Other coordinators that live on this database. */
  readonly others: number;
  /** Jobs of which this process owns blocks and that have ended, told until they are left. */
  readonly ended: readonly JobId[];
  /** Blocks of running jobs that are this process's. */
  readonly blocks: number;
}

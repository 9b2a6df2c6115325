// A job as it is stored: what the requester asked for and what the coordinator fixed at submit.
import type { JobState } from '../../src/protocol/api.ts';
import type { FaultBody } from '../../src/protocol/fault.ts';
import type { AccountId, BlockId, Digest, JobId, MicroCredits } from '../../src/protocol/ids.ts';
import type { JobSpec, StageManifest } from '../../src/protocol/job.ts';

export interface BlockRecord {
  readonly id: BlockId;
  /** First shard index of the block. */
  readonly lo: number;
  /** Shards in the block, at most BLOCK_SHARDS. */
  readonly n: number;
}

export interface JobRecord {
  readonly id: JobId;
  readonly requester: AccountId;
  /** The job's own ledger account. */
  readonly escrow: AccountId;
  readonly spec: JobSpec;
  /** Digest of the stage's manifest, stored as a blob. */
  readonly manifestDigest: Digest;
  readonly manifest: StageManifest;
  readonly pricePerCopy: MicroCredits;
  /** What is held at submit: shards x quorum x pricePerCopy. */
  readonly escrowAmount: MicroCredits;
  readonly shards: number;
  /** Shards of each block but the last. */
  readonly blockShards: number;
  /** Those of this process; all of them unless several processes share the database. */
  readonly blocks: readonly BlockRecord[];
  readonly createdAtMs: number;
  readonly state: JobState;
  readonly reason: FaultBody | null;
  readonly endedAtMs: number | null;
}

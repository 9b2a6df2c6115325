// The tables as the queries see them; migrations/ makes them. Digests are 32 bytes in the database and 64 hexadecimal digits outside it.
import type { ColumnType, Generated } from 'kysely';
import type { AccountKind, JobState } from '../../src/protocol/api.ts';
import type { CreditKind, EntryReason } from '../../src/protocol/credit.ts';
import type { FaultBody } from '../../src/protocol/fault.ts';
import type { AccountId, BlockId, DeviceId, Digest, JobId, MicroCredits, ShardId } from '../../src/protocol/ids.ts';
import type { JobSpec, StageManifest } from '../../src/protocol/job.ts';
import type { Verdict, VoteState } from '../../src/protocol/verdict.ts';

/** bigint there, number here: ids, times in ms and sizes stay below 2^53 (checked when read). */
type Id<Name extends number> = ColumnType<Name, Name, Name>;
/** numeric(38) there, bigint here; written as decimal strings. */
type Credit = ColumnType<MicroCredits, MicroCredits, MicroCredits>;

/** Where one output of a shard, or of a copy of it, is stored. */
export interface StoredOutput {
  readonly name: string;
  readonly root: Digest;
  readonly blob: Digest;
  readonly bytes: number;
}

export interface AccountsTable {
  id: Id<AccountId>;
  kind: AccountKind;
  public_key: string | null;
  wallet: string | null;
  attached_to: AccountId | null;
  /** The account of the site through whose widget it last signed in. */
  site: Generated<AccountId | null>;
  earned: Credit;
  granted: Credit;
  verified_shards: Generated<number>;
  created_at: number;
}

export interface DevicesTable {
  id: Generated<DeviceId>;
  account: Id<AccountId>;
  public_key: string;
  verified: Generated<number>;
  outvoted_exact: Generated<number>;
  outvoted_tolerance: Generated<number>;
  failed: Generated<number>;
  created_at: number;
}

export interface SessionsTable {
  token_hash: string;
  account: Id<AccountId>;
  device: Id<DeviceId>;
  created_at: number;
  expires_at: number;
}

/** What a list of jobs shows of a spec without reading all of it. */
export type JobDigest = Pick<JobSpec, 'title' | 'template' | 'view'> & {
  readonly grid: StageManifest['grid'];
  readonly workPerShard?: number;
};

export interface JobsTable {
  id: Id<JobId>;
  requester: Id<AccountId>;
  escrow: Id<AccountId>;
  spec: JobSpec;
  manifest: StageManifest;
  summary: JobDigest;
  manifest_digest: Buffer;
  price_per_copy: Credit;
  escrow_amount: Credit;
  shards: number;
  block_shards: number;
  final_shards: Generated<number>;
  failed_shards: Generated<number>;
  paid: Credit;
  refunded: Credit;
  state: JobState;
  reason: FaultBody | null;
  created_at: number;
  ended_at: number | null;
}

export interface BlocksTable {
  id: Id<BlockId>;
  job: Id<JobId>;
  lo: number;
  n: number;
  /** Epoch of the coordinator that decides its shards. */
  owner: number | null;
}

/** Coordinators that share the database. */
export interface ProcessesTable {
  epoch: Id<number>;
  instance: string;
  /** Counted up after each commit whose end was not known. */
  generation: Generated<number>;
  seen_at: Generated<Date>;
}

/** A row appears with the shard's first verdict; a shard without a row is pending. */
export interface ShardsTable {
  id: Id<ShardId>;
  verdict: Verdict;
  digest: Buffer | null;
  /** Small outputs, packed (`packed-outputs.ts`); larger ones are blobs. */
  inline_outputs: Buffer | null;
  outputs: readonly StoredOutput[] | null;
  /** Copies whose votes wait in their rows and agreed, each paid `paid_each`: so their rows need no update. */
  agreed: readonly number[] | null;
  paid_each: number | null;
  judged_at: number;
}

export interface VotesTable {
  shard: Id<ShardId>;
  account: Id<AccountId>;
  copy: number;
  device: Id<DeviceId>;
  address_range: string | null;
  engine: 'gpu' | 'cpu';
  digest: Buffer;
  /** `waiting` beside a final shard: see `settled_votes`. */
  state: VoteState;
  paid: Generated<number>;
  elapsed_ms: number;
  at: number;
  inline_outputs: Buffer | null;
  outputs: readonly StoredOutput[] | null;
}

export interface EntriesTable {
  id: Generated<number>;
  transfer: number;
  account: Id<AccountId>;
  credit: CreditKind;
  amount: Credit;
  balance_after: Credit;
  reason: EntryReason;
  job: JobId | null;
  shards: number | null;
  at: number;
}

export interface BlobsTable {
  digest: Buffer;
  bytes: number;
  /** Null when the bytes are in a file. */
  inline: Buffer | null;
  /** Of the last put, so that what is put again is not collected. */
  put_at: number;
}

export interface BlobReferencesTable {
  digest: Buffer;
  job: Id<JobId>;
}

export interface UploadsTable {
  account: Id<AccountId>;
  digest: Buffer;
  bytes: number;
  at: number;
}

export interface GrantsTable {
  account: Id<AccountId>;
  day: number;
  amount: Credit;
}

export interface EpochsTable {
  name: 'coordinator';
  epoch: number;
}

/** How an account is shown; without a row it is listed under a generated name. */
export interface ProfilesTable {
  account: Id<AccountId>;
  pseudonym: string | null;
  name_key: string | null;
  is_listed: Generated<boolean>;
}

export interface Tables {
  profiles: ProfilesTable;
  accounts: AccountsTable;
  devices: DevicesTable;
  sessions: SessionsTable;
  jobs: JobsTable;
  blocks: BlocksTable;
  shards: ShardsTable;
  votes: VotesTable;
  entries: EntriesTable;
  blobs: BlobsTable;
  blob_references: BlobReferencesTable;
  uploads: UploadsTable;
  grants: GrantsTable;
  epochs: EpochsTable;
  processes: ProcessesTable;
}

// The first schema: accounts and their ledger, jobs and their shards and votes, blobs.
import { type Kysely, type Migration, sql } from 'kysely';

/**
 * `json`, not `jsonb`, for what people write: jsonb refuses U+0000 and lone surrogates, and one such title would fail a whole group commit.
 * Credit is numeric(38), which no sum overflows. Fill factors leave room for updates in place (HOT), measured with BLOCK_SHARDS = 1024.
 */
const STATEMENTS: readonly string[] = [
  'create sequence ids minvalue 1 start 100',
  `create table accounts (
    id bigint primary key,
    kind text not null check (kind in ('guest', 'wallet', 'headless', 'house', 'treasury', 'escrow')),
    public_key text unique,
    wallet text unique,
    attached_to bigint references accounts,
    earned numeric(38) not null default 0 check (earned >= 0),
    granted numeric(38) not null default 0 check (granted >= 0 or id = 1),
    verified_shards bigint not null default 0,
    created_at bigint not null
  ) with (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02)`,
  "insert into accounts (id, kind, created_at) values (1, 'treasury', 0), (2, 'house', 0)",
  'create index accounts_attached on accounts (attached_to) where attached_to is not null',
  `create table devices (
    id bigint generated always as identity primary key,
    account bigint not null references accounts,
    public_key text not null,
    verified bigint not null default 0,
    outvoted_exact bigint not null default 0,
    outvoted_tolerance bigint not null default 0,
    failed bigint not null default 0,
    created_at bigint not null,
    unique (account, public_key)
  ) with (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02)`,
  `create table sessions (
    token_hash text primary key,
    account bigint not null references accounts,
    device bigint not null references devices,
    created_at bigint not null,
    expires_at bigint not null
  )`,
  'create index sessions_account on sessions (account)',
  'create index sessions_expiry on sessions (expires_at)',
  `create table jobs (
    id bigint primary key,
    requester bigint not null references accounts,
    escrow bigint not null unique references accounts,
    spec json not null,
    manifest json not null,
    summary json not null,
    manifest_digest bytea not null,
    price_per_copy numeric(38) not null check (price_per_copy >= 0),
    escrow_amount numeric(38) not null check (escrow_amount >= 0),
    shards integer not null check (shards > 0),
    final_shards integer not null default 0,
    failed_shards integer not null default 0,
    paid numeric(38) not null default 0,
    refunded numeric(38) not null default 0,
    state text not null check (state in ('running', 'done', 'cancelled', 'failed', 'expired')),
    reason json,
    created_at bigint not null,
    ended_at bigint
  ) with (fillfactor = 70)`,
  "create index jobs_running on jobs (id) where state = 'running'",
  'create index jobs_requester on jobs (requester, id)',
  `create table blocks (
    id bigint primary key,
    job bigint not null references jobs,
    lo integer not null,
    n integer not null check (n between 1 and 1024),
    unique (job, lo)
  )`,
  `create table shards (
    id bigint primary key,
    verdict text not null check (verdict in ('pending', 'provisional', 'final', 'revoked', 'disputed', 'failed')),
    digest bytea,
    outputs json,
    judged_at bigint not null
  ) with (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02)`,
  `create table votes (
    shard bigint not null,
    account bigint not null,
    copy integer not null,
    device bigint not null,
    address_range text,
    engine text not null check (engine in ('gpu', 'cpu')),
    digest bytea not null,
    state text not null check (state in ('waiting', 'agreed', 'outvoted', 'late', 'withheld', 'failed')),
    paid numeric(38) not null default 0,
    elapsed_ms double precision not null,
    at bigint not null,
    outputs json,
    primary key (shard, account)
  ) with (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02)`,
  'create index votes_with_bytes on votes (shard) where outputs is not null',
  `create table entries (
    id bigint generated always as identity primary key,
    transfer bigint not null,
    account bigint not null references accounts,
    credit text not null check (credit in ('earned', 'granted')),
    amount numeric(38) not null,
    balance_after numeric(38) not null,
    reason text not null check (reason in ('grant', 'hold', 'pay', 'refund', 'attach', 'cap')),
    job bigint,
    shard bigint,
    at bigint not null
  )`,
  'create index entries_account on entries (account, id)',
  `create table blobs (
    digest bytea primary key check (length(digest) = 32),
    bytes bigint not null,
    inline bytea,
    put_at bigint not null
  )`,
  'create index blobs_put on blobs (put_at)',
  `create table blob_references (
    digest bytea not null,
    job bigint not null references jobs,
    primary key (digest, job)
  )`,
  `create table uploads (
    account bigint not null references accounts,
    digest bytea not null,
    bytes bigint not null,
    at bigint not null,
    primary key (account, digest)
  )`,
  'create index uploads_digest on uploads (digest)',
  'create index uploads_at on uploads (at)',
  `create table grants (
    account bigint primary key references accounts,
    day integer not null,
    amount numeric(38) not null check (amount > 0)
  )`,
  'create index grants_day on grants (day)',
  "create table epochs (name text primary key check (name = 'coordinator'), epoch bigint not null)",
  "insert into epochs values ('coordinator', 0)",
];

export const firstLight: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

// Small outputs lie with their shard, a shard names the copies that agreed on it, and pay is one line a contributor and commit.
import { type Kysely, type Migration, sql } from 'kysely';

/**
 * Rows that are there stay as they are: a vote that says what became of it is believed, outputs that are blobs stay blobs. Measured on two
 * cores with 64-byte outputs and 2,048 votes a commit: a vote cost 51–63 µs of PostgreSQL before this, and 8 since.
 */
const STATEMENTS: readonly string[] = [
  // External: no attempt to compress what is mostly noise.
  'alter table shards add column inline_outputs bytea, add column agreed integer[], add column paid_each bigint',
  'alter table shards alter column inline_outputs set storage external',
  'alter table votes add column inline_outputs bytea, alter column paid type bigint',
  'alter table votes alter column inline_outputs set storage external',
  // Rows that are hardly ever updated need no room for it.
  'alter table shards set (fillfactor = 100)',
  'alter table votes set (fillfactor = 100)',
  'drop index votes_with_bytes',
  'create index votes_with_bytes on votes (shard) where outputs is not null or inline_outputs is not null',
  /** What became of each vote: one that still waits beside a final shard is told by the shard's row. */
  `create view settled_votes as
    select v.shard, v.account, v.copy, v.device, v.engine, v.digest, v.at,
      case when v.state = 'waiting' and v.copy = any(s.agreed) then 'agreed' else v.state end as state,
      case when v.state = 'waiting' and v.copy = any(s.agreed) then s.paid_each else v.paid end as paid
    from votes v left join shards s on s.id = v.shard`,
  'alter table entries add column shards integer',
  'update entries set shards = 1 where shard is not null',
  'alter table entries drop column shard',
  // One index instead of two: lines are read by account.
  'drop index entries_account',
  'alter table entries drop constraint entries_pkey, add primary key (account, id)',
];

export const cheapCommits: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

// Several coordinators share one database: each has a row that says it lives, and owns blocks of jobs by its epoch.
import { type Kysely, type Migration, sql } from 'kysely';

const STATEMENTS: readonly string[] = [
  `create table processes (
    epoch bigint primary key,
    instance text not null unique,
    generation integer not null default 0,
    seen_at timestamptz not null default now()
  ) with (fillfactor = 50)`,
  'alter table blocks add column owner bigint',
  'create index blocks_owner on blocks (owner) where owner is not null',
  'alter table jobs add column block_shards integer not null default 1024 check (block_shards between 1 and 1024)',
];

export const ownedBlocks: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

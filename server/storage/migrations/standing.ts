// Standing: who did how much, by hour and day; names people choose, teams, and why results were rejected.
import { type Kysely, type Migration, sql } from 'kysely';

/** The columns of a sum: credit is what was paid of it, work what the program's meter counted. */
const SUMS = `
  shards bigint not null,
  work double precision not null,
  credit numeric(38) not null`;

const LEAGUE = "league text not null check (league in ('gpu', 'cpu', 'phone'))";

/** Rows here are updated every few seconds while somebody works: room to do it in place. */
const UPDATED_OFTEN = 'with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05)';

const STATEMENTS: readonly string[] = [
  'alter table devices add column is_phone boolean not null default false',
  /**
   * What commits paid for and nobody has added up yet: a line an account, job, league and commit. No key and no index, for it is read whole and
   * emptied every few seconds; it is vacuumed by count, not by share.
   */
  `create table work_lines (
    account bigint not null,
    job bigint not null,
    site bigint,
    ${LEAGUE},
    shards integer not null,
    credit numeric(38) not null,
    at bigint not null
  ) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 50000)`,
  `create table standing_hours (account bigint not null, hour integer not null, ${LEAGUE}, ${SUMS}, primary key (account, hour, league)) ${UPDATED_OFTEN}`,
  'create index standing_hours_hour on standing_hours (hour)',
  // the team is the one the account was in when it was added up: who leaves takes nothing along, who joins brings nothing; 0 is none
  `create table standing_days (account bigint not null, day integer not null, team bigint not null, ${LEAGUE}, ${SUMS},
    primary key (account, day, team, league)) ${UPDATED_OFTEN}`,
  'create index standing_days_day on standing_days (day)',
  `create table standing_totals (account bigint not null, team bigint not null, ${LEAGUE}, ${SUMS}, primary key (account, team, league)) ${UPDATED_OFTEN}`,
  `create table standing_requesters (requester bigint not null, day integer not null, ${LEAGUE}, ${SUMS},
    primary key (requester, day, league)) ${UPDATED_OFTEN}`,
  `create table standing_sites (site bigint not null, day integer not null, ${LEAGUE}, ${SUMS}, primary key (site, day, league)) ${UPDATED_OFTEN}`,
  `create table profiles (
    account bigint primary key references accounts,
    pseudonym text check (char_length(pseudonym) between 2 and 24),
    -- what names are compared by: two that look alike are the same
    name_key text unique,
    is_listed boolean not null default true,
    check ((pseudonym is null) = (name_key is null))
  )`,
  `create table teams (
    id bigint generated always as identity primary key,
    name text not null check (char_length(name) between 2 and 32),
    name_key text not null unique,
    founder bigint not null references accounts,
    created_at bigint not null
  )`,
  'create index teams_founder on teams (founder, created_at)',
  `create table team_members (
    account bigint primary key references accounts,
    team bigint not null references teams,
    joined_at bigint not null
  )`,
  'create index team_members_team on team_members (team)',
  `create table rejections (
    id bigint generated always as identity,
    account bigint not null,
    job bigint not null,
    shard bigint not null,
    copy integer not null,
    device bigint not null,
    engine text not null check (engine in ('gpu', 'cpu')),
    reason text not null check (reason in ('outvoted', 'withheld', 'failed')),
    digest bytea not null,
    accepted bytea,
    difference json,
    at bigint not null,
    primary key (account, id)
  )`,
  'create index rejections_at on rejections (at)',
  // who voted with the others when a bad result was found
  'create table catches (account bigint primary key, shards bigint not null) with (fillfactor = 70)',
  // what was verified before there were lines counts as well; whether it was a phone nobody knows
  `insert into work_lines (account, job, league, shards, credit, at)
    select v.account, k.job, v.engine, count(*), sum(v.paid), (v.at / 3600000) * 3600000
    from settled_votes v join blocks k on k.id = v.shard / 1024 where v.paid > 0
    group by v.account, k.job, v.engine, v.at / 3600000`,
];

export const standing: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

// Sites that embed the widget: each has an account that holds its share, the proof of its domain, and figures without any visitor in them.
import { type Kysely, type Migration, sql } from 'kysely';

const STATEMENTS: readonly string[] = [
  'alter table accounts drop constraint accounts_kind_check',
  `alter table accounts add constraint accounts_kind_check
    check (kind in ('guest', 'wallet', 'headless', 'house', 'treasury', 'escrow', 'site'))`,
  'alter table entries drop constraint entries_reason_check',
  `alter table entries add constraint entries_reason_check
    check (reason in ('grant', 'hold', 'pay', 'refund', 'attach', 'cap', 'share', 'release'))`,
  // The site a visitor came through, by the account that holds its share: read with the lock that every payment takes anyway.
  'alter table accounts add column site bigint references accounts',
  `create table sites (
    account bigint primary key references accounts,
    owner bigint not null references accounts,
    domain text not null,
    code text not null unique,
    created_at bigint not null,
    proof text check (proof in ('dns', 'file')),
    proved_at bigint,
    checked_at bigint,
    refusal text,
    released numeric(38) not null default 0,
    viewed_at bigint,
    agreed_at bigint,
    active_at bigint,
    removed_at bigint,
    check ((proof is null) = (proved_at is null))
  )`,
  'create unique index sites_owner on sites (owner, domain) where removed_at is null',
  'create index sites_proved on sites (checked_at) where proof is not null',
  `create table site_days (
    site bigint not null references sites,
    day integer not null,
    views bigint not null default 0,
    agreed bigint not null default 0,
    declined bigint not null default 0,
    blocked bigint not null default 0,
    minutes bigint not null default 0,
    primary key (site, day)
  )`,
];

export const sites: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

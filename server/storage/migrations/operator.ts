// What operators do and see: the audit log (append-only), banned devices, samples of the network's figures, and which sessions a wallet signed.
import { type Kysely, type Migration, sql } from 'kysely';

const STATEMENTS: readonly string[] = [
  // a guest's key signs in as the wallet it is attached to: an operator must have signed with the wallet itself
  "alter table sessions add column signed_by text not null default 'key' check (signed_by in ('key', 'wallet'))",
  `create table audit (
    id bigint generated always as identity primary key,
    at bigint not null,
    account bigint not null references accounts,
    wallet text not null,
    act text not null,
    device bigint,
    job bigint,
    epoch bigint not null,
    reason text not null check (char_length(reason) between 3 and 300)
  )`,
  `create function refuse_audit_change() returns trigger language plpgsql as $$
    begin
      raise exception 'The audit log is append-only.';
    end
  $$`,
  'create trigger audit_append_only before update or delete on audit for each row execute function refuse_audit_change()',
  // the key counts, not the row: the same browser may sign in as several accounts
  `create table bans (
    device bigint primary key references devices,
    public_key text not null,
    reason text not null,
    at bigint not null,
    audit bigint not null references audit
  )`,
  "create index bans_key on bans (public_key) where public_key <> ''",
  'create index bans_at on bans (at)',
  "create index devices_key on devices (public_key) where public_key <> ''",
  `create table samples (
    step text not null check (step in ('minute', 'hour')),
    at bigint not null,
    epoch bigint not null,
    contributors double precision not null,
    gpus double precision not null,
    cpus double precision not null,
    jobs double precision not null,
    copies_out double precision not null,
    shards_final double precision not null,
    shards_failed double precision not null,
    votes_agreed double precision not null,
    votes_outvoted double precision not null,
    primary key (at, step, epoch)
  )`,
];

export const operator: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

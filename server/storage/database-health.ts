// What the operator must know of the database: that it answers, that it may be written, that it keeps what it acknowledges, that the ledger is sound.
import type { AccountId, MicroCredits } from '../../src/protocol/ids.ts';
import type { Database } from './database.ts';
import type { TrialBalance } from './ledger-queries.ts';
import { createLedgerQueries } from './ledger-queries.ts';

export interface DatabaseHealth {
  /** Asks over a fresh or idle connection. Throws what the driver says when it does not answer. */
  ask(): Promise<DatabaseAnswer>;
  checkLedger(): Promise<LedgerReport>;
  readPool(): PoolFigures;
  /** Bytes of the whole database, and of the blobs whose bytes lie in files. Reads a row of every blob. */
  readSize(): Promise<{ readonly database: number; readonly blobs: number }>;
  /** The server's version, and the newest migration that has run. */
  readVersions(): Promise<{ readonly postgres: string; readonly schema: string }>;
}

export interface DatabaseAnswer {
  /** A standby, or set to read only. */
  readonly isReadOnly: boolean;
  /** Settings under which a power cut loses what was acknowledged. */
  readonly unsafe: readonly string[];
}

export interface LedgerReport extends TrialBalance {
  /** Null: every line was read. Else so many accounts were, and of each the newest lines. */
  readonly accounts: number | null;
}

export interface PoolFigures {
  readonly connections: number;
  readonly idle: number;
  /** Queries that wait for a connection. */
  readonly waiting: number;
}

/** Up to here every line is read (some 300,000, a third of a second); above, it is done in slices. */
export const WHOLE_LEDGER_BYTES = 32 * 1024 * 1024;
export const SLICE_ACCOUNTS = 2_000;
export const SLICE_LINES = 64;
/** A check gives up before it becomes a burden. */
const CHECK_TIMEOUT_MS = 5_000;

const ASK = `
  select pg_is_in_recovery() or current_setting('default_transaction_read_only') = 'on' as "isReadOnly",
    array_remove(array[
      case when current_setting('fsync') = 'off' then 'fsync' end,
      case when current_setting('full_page_writes') = 'off' then 'full_page_writes' end,
      case when current_setting('synchronous_commit') = 'off' then 'synchronous_commit' end
    ], null) as unsafe`;

const TOTALS = `
  select coalesce(sum(earned + granted), 0) as "sumBalances",
    json_agg(id) filter (where earned < 0 or (granted < 0 and id <> 1)) as negative from accounts`;

/**
 * Every line says the balance after it, so a balance is proved by the account's newest line, and each line by the one before it: no sum over
 * all lines is needed. Found through the primary key (account, id).
 */
const SLICE = `
  with slice as (select id, earned + granted as balance from accounts where id > $1 order by id limit $2),
  lines as (
    select s.id as account, s.balance, l.amount, l.balance_after, row_number() over newest as nth, count(*) over (partition by s.id) as n,
      lead(l.balance_after) over newest as before
    from slice s cross join lateral (
      select id, amount, balance_after from entries where account = s.id order by id desc limit $3
    ) l
    window newest as (partition by s.id order by l.id desc)
  ),
  wrong as (
    select account from lines
    where (nth = 1 and balance_after <> balance) or coalesce(before, case when n < $3 then 0 end) + amount <> balance_after
    union
    select id from slice s where balance <> 0 and not exists (select from lines l where l.account = s.id)
  )
  select (select count(*) from slice)::int as accounts, (select max(id) from slice) as last, (select json_agg(account) from wrong) as drifted`;

export function createDatabaseHealth({ pool, kysely }: Pick<Database, 'pool' | 'kysely'>, wholeBytes = WHOLE_LEDGER_BYTES): DatabaseHealth {
  /** Accounts up to here were looked at; the next slice begins after it. */
  let after: AccountId | 0 = 0;
  return {
    async ask() {
      const { rows } = await pool.query<DatabaseAnswer>(ASK);
      return rows[0]!;
    },
    async readVersions() {
      const { rows } = await pool.query<{ readonly postgres: string; readonly schema: string }>(
        `select current_setting('server_version') as postgres, (select max(name) from kysely_migration) as schema`,
      );
      return rows[0]!;
    },
    readPool: () => ({ connections: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    async readSize() {
      const { rows } = await pool.query<{ readonly database: number; readonly blobs: number }>(
        `select pg_database_size(current_database()) as database,
          (select coalesce(sum(bytes), 0)::bigint from blobs where inline is null) as blobs`,
      );
      return rows[0]!;
    },
    async checkLedger() {
      const { rows } = await pool.query<{ readonly bytes: number }>("select pg_table_size('entries') as bytes");
      if (rows[0]!.bytes <= wholeBytes) return { ...(await createLedgerQueries(kysely).trialBalance()), accounts: null };
      return readSlice();
    },
  };

  async function readSlice(): Promise<LedgerReport> {
    const client = await pool.connect();
    let isClean = false;
    try {
      await client.query('begin isolation level repeatable read read only');
      await client.query(`set local statement_timeout = ${CHECK_TIMEOUT_MS}`);
      const totals = await client.query<{ readonly sumBalances: MicroCredits; readonly negative: AccountId[] | null }>(TOTALS);
      const slice = await client.query<SliceRow>(SLICE, [after, SLICE_ACCOUNTS, SLICE_LINES]);
      await client.query('commit');
      isClean = true;
      const { accounts, last, drifted } = slice.rows[0]!;
      after = accounts < SLICE_ACCOUNTS || last === null ? 0 : last;
      const { sumBalances, negative } = totals.rows[0]!;
      return { sumEntries: 0n, sumBalances, negative: negative ?? [], drifted: drifted ?? [], accounts };
    } finally {
      client.release(!isClean);
    }
  }
}

interface SliceRow {
  readonly accounts: number;
  readonly last: AccountId | null;
  readonly drifted: AccountId[] | null;
}

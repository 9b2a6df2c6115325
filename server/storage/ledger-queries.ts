// The ledger as an account's holder reads it, and the trial balance that proves it sound.
import { type Kysely, sql } from 'kysely';
import type { LedgerPage } from '../../src/protocol/api.ts';
import type { AccountId, JobId, MicroCredits } from '../../src/protocol/ids.ts';
import type { Tables } from './schema.ts';

export interface TrialBalance {
  /** Both are zero in a sound ledger. */
  readonly sumEntries: MicroCredits;
  readonly sumBalances: MicroCredits;
  /** Accounts below zero where they may not be. */
  readonly negative: readonly AccountId[];
  /** Accounts whose balance is not the sum of their lines. */
  readonly drifted: readonly AccountId[];
}

export interface LedgerQueries {
  /** Newest first; `next` is the `before` of the page that follows. */
  ledgerPage(page: { readonly account: AccountId; readonly before: number | null; readonly limit: number }): Promise<LedgerPage>;
  /** Reads every line: for health checks now and then, and for tests. */
  trialBalance(): Promise<TrialBalance>;
  /** Jobs whose lines of pay are not the sum of what their votes were paid: none in a sound ledger. Reads every vote. */
  listUnproven(): Promise<readonly JobId[]>;
}

export function createLedgerQueries(db: Kysely<Tables>): LedgerQueries {
  return {
    async ledgerPage({ account, before, limit }) {
      let query = db
        .selectFrom('entries')
        .select(['id', 'at', 'reason', 'credit', 'amount', 'balance_after', 'job', 'shards'])
        .where('account', '=', account)
        .orderBy('id', 'desc')
        .limit(limit + 1);
      if (before !== null) query = query.where('id', '<', before);
      const rows = await query.execute();
      const lines = rows.slice(0, limit).map((row) => ({
        id: row.id,
        atMs: row.at,
        reason: row.reason,
        credit: row.credit,
        amount: row.amount.toString(),
        balance: row.balance_after.toString(),
        job: row.job,
        shards: row.shards,
      }));
      return { lines, next: rows.length > limit ? (lines.at(-1)?.id ?? null) : null };
    },
    async listUnproven() {
      const { rows } = await sql<{ readonly id: JobId }>`
        with lines as (
          select job, -sum(amount) as paid from entries where reason = 'pay' and amount < 0 group by job
        ), proofs as (
          select k.job, sum(v.paid) as paid from settled_votes v join blocks k on k.id = v.shard / 1024 group by k.job
        )
        select coalesce(l.job, p.job) as id from lines l full join proofs p on p.job = l.job
        where coalesce(l.paid, 0) <> coalesce(p.paid, 0) order by 1`.execute(db);
      return rows.map((row) => row.id);
    },
    async trialBalance() {
      const { rows } = await sql<{
        sumEntries: MicroCredits;
        sumBalances: MicroCredits;
        negative: number[] | null;
        drifted: number[] | null;
      }>`
        with summed as (
          select account, coalesce(sum(amount) filter (where credit = 'earned'), 0) as earned,
            coalesce(sum(amount) filter (where credit = 'granted'), 0) as granted
          from entries group by account
        )
        select
          (select coalesce(sum(amount), 0) from entries) as "sumEntries",
          (select coalesce(sum(earned + granted), 0) from accounts) as "sumBalances",
          (select json_agg(id) from accounts where earned < 0 or (granted < 0 and id <> 1)) as negative,
          (select json_agg(a.id) from accounts a left join summed s on s.account = a.id
            where a.earned <> coalesce(s.earned, 0) or a.granted <> coalesce(s.granted, 0)) as drifted`.execute(db);
      const [row] = rows;
      return {
        sumEntries: row?.sumEntries ?? 0n,
        sumBalances: row?.sumBalances ?? 0n,
        negative: (row?.negative ?? []) as AccountId[],
        drifted: (row?.drifted ?? []) as AccountId[],
      };
    },
  };
}

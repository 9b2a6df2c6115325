// The last word: the tables themselves, when everything has stopped. Sums, ends, double votes and pay, and every promise once more.

import { type Database, openDatabase } from '../../server/storage/database.ts';
import { startEmbedded } from '../../server/storage/embedded/start-embedded.ts';
import { createPageQueries } from '../../server/storage/page-queries.ts';
import type { ShardView } from '../../src/protocol/api.ts';
import type { AccountId, JobId, ShardId } from '../../src/protocol/ids.ts';
import { SILENT } from '../support/start-database.ts';
import { judgeTold, type Violation } from './judge-told.ts';
import type { ToldRecord } from './told-record.ts';

/** Shards of one job; the largest job here has fewer. */
const PAGE = 1_024;

/** Starts the database alone, reads, and stops it again. `accepted`: jobs that the coordinator said it had accepted. */
export async function judgeBooks(dataDir: string, told: ToldRecord, accepted: readonly JobId[]): Promise<readonly Violation[]> {
  const embedded = await startEmbedded({ dataDir, log: SILENT });
  const database = await openDatabase({ connection: embedded.connection });
  try {
    return [
      ...(await judgeDurability(database)),
      ...(await judgeLedger(database)),
      ...(await judgeJobs(database, accepted)),
      ...(await judgePayments(database)),
      ...(await judgeBalances(database, told.balances)),
      ...judgeTold([...told.votes.values()], await readAllShards(database)),
    ];
  } finally {
    await database.close();
    await embedded.stop();
  }
}

/** Without these the kills would prove nothing. */
async function judgeDurability({ pool }: Database): Promise<readonly Violation[]> {
  const { rows } = await pool.query<{ readonly name: string; readonly setting: string }>(
    "select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes')",
  );
  return rows
    .filter(({ setting }) => setting !== 'on')
    .map(({ name, setting }) => ({ kind: 'wrong', sentence: `${name} was expected to be on; it is ${setting}.` }));
}

async function judgeLedger(database: Database): Promise<readonly Violation[]> {
  const pages = createPageQueries(database);
  const { sumEntries, sumBalances, negative, drifted } = await pages.trialBalance();
  const violations: Violation[] = [];
  if (sumEntries !== 0n || sumBalances !== 0n)
    violations.push({
      kind: 'wrong',
      sentence: `Entries and balances were expected to sum to 0; they sum to ${sumEntries} and ${sumBalances}.`,
    });
  for (const account of negative) violations.push({ kind: 'wrong', sentence: `Account ${account} is below zero.` });
  for (const account of drifted)
    violations.push({ kind: 'wrong', sentence: `The balance of account ${account} is not the sum of its lines.` });
  for (const job of await pages.listUnproven())
    violations.push({ kind: 'doubled', sentence: `The lines of pay of job ${job} are not the sum of what its votes were paid.` });
  return violations;
}

interface JobRow {
  readonly id: JobId;
  readonly state: string;
  readonly escrow_amount: bigint;
  readonly paid: bigint;
  readonly refunded: bigint;
  readonly shards: number;
  readonly final_shards: number;
}

async function judgeJobs({ pool }: Database, accepted: readonly JobId[]): Promise<readonly Violation[]> {
  const { rows } = await pool.query<JobRow>('select id, state, escrow_amount, paid, refunded, shards, final_shards from jobs');
  const known = new Set(rows.map(({ id }) => id));
  const missing = accepted.filter((id) => !known.has(id));
  return [
    ...missing.map((id): Violation => ({ kind: 'lost', sentence: `Job ${id} was accepted; it is not in the database.` })),
    ...rows.flatMap((job): readonly Violation[] => {
      if (job.state === 'running') return [{ kind: 'stuck', sentence: `Job ${job.id} was expected to have ended; it runs.` }];
      const sum = job.paid + job.refunded;
      if (sum === job.escrow_amount) return [];
      const sentence = `Job ${job.id} held ${job.escrow_amount}; it paid ${job.paid} and refunded ${job.refunded}, ${sum} in all.`;
      return [{ kind: sum > job.escrow_amount ? 'doubled' : 'lost', sentence }];
    }),
  ];
}

interface PaidShardRow {
  readonly job: JobId;
  readonly shard: ShardId;
  readonly verdict: string | null;
  readonly votes: number;
  readonly voters: number;
  readonly payments: number;
  readonly paid: bigint;
  readonly owed: bigint;
}

/** A final shard pays its quorum's copies once each, any other shard nobody; no account votes or is paid twice. */
async function judgePayments({ pool }: Database): Promise<readonly Violation[]> {
  const { rows } = await pool.query<PaidShardRow>(`
    select k.job, v.shard, s.verdict, count(*)::int as votes, count(distinct v.account)::int as voters,
      count(*) filter (where v.paid > 0)::int as payments, sum(v.paid)::numeric as paid,
      case when s.verdict = 'final' then j.price_per_copy * (j.spec->'redundancy'->>'quorum')::int else 0 end as owed
    from settled_votes v join blocks k on k.id = v.shard / 1024 join jobs j on j.id = k.job left join shards s on s.id = v.shard
    group by k.job, v.shard, s.verdict, j.price_per_copy, j.spec->'redundancy'->>'quorum'
    having count(*) <> count(distinct v.account)
      or sum(v.paid) <> case when s.verdict = 'final' then j.price_per_copy * (j.spec->'redundancy'->>'quorum')::int else 0 end`);
  const wrong = rows.map(
    (row): Violation => ({
      kind: row.paid < row.owed ? 'lost' : 'doubled',
      sentence: `Shard ${row.shard} of job ${row.job} (${row.verdict}) owes ${row.owed}; ${row.payments} of ${row.votes} votes by ${row.voters} accounts were paid ${row.paid}.`,
    }),
  );
  const { rows: lines } = await pool.query<{ readonly account: AccountId; readonly lines: bigint; readonly votes: bigint }>(`
    with lines as (select account, sum(amount) as sum from entries where reason = 'pay' and amount > 0 group by account),
      votes as (select account, sum(paid) as sum from settled_votes where paid > 0 group by account)
    select coalesce(l.account, v.account) as account, coalesce(l.sum, 0)::numeric as lines, coalesce(v.sum, 0)::numeric as votes
    from lines l full join votes v on v.account = l.account where coalesce(l.sum, 0) <> coalesce(v.sum, 0)`);
  return [
    ...wrong,
    ...lines.map(
      ({ account, lines: inLines, votes }): Violation => ({
        kind: inLines > votes ? 'doubled' : 'lost',
        sentence: `Account ${account} is owed ${votes} for its votes; its lines of pay come to ${inLines}.`,
      }),
    ),
  ];
}

/** Contributors spend nothing here, so no balance is ever below one that was told. */
async function judgeBalances({ pool }: Database, told: ReadonlyMap<AccountId, bigint>): Promise<readonly Violation[]> {
  const { rows } = await pool.query<{ readonly id: AccountId; readonly balance: bigint }>(
    'select id, earned + granted as balance from accounts',
  );
  const found = new Map(rows.map(({ id, balance }) => [id, balance]));
  return [...told].flatMap(([account, balance]): readonly Violation[] => {
    const has = found.get(account);
    if (has !== undefined && has >= balance) return [];
    return [{ kind: 'lost', sentence: `Account ${account} was told of a balance of ${balance}; it has ${has ?? 'no row'}.` }];
  });
}

async function readAllShards(database: Database): Promise<ReadonlyMap<ShardId, ShardView>> {
  const pages = createPageQueries(database);
  const { rows } = await database.pool.query<{ readonly id: JobId; readonly shards: number }>('select id, shards from jobs');
  const found = new Map<ShardId, ShardView>();
  for (const { id, shards } of rows)
    for (let from = 0; from < shards; from += PAGE)
      for (const shard of await pages.readShards(id, { from, limit: PAGE })) found.set(shard.shard, shard);
  return found;
}

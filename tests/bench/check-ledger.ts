// After a run: reads in the database itself that every shard is final, every copy was paid once, and the ledger sums to zero.
import pg from 'pg';
import { columnTypes } from '../../server/storage/column-types.ts';
import type { JobId } from '../../src/protocol/ids.ts';
import type { MeasuredCoordinator } from './start-our-coordinator.ts';

export interface LedgerCheck {
  readonly job: JobId;
  readonly shards: number;
  readonly quorum: number;
}

type Place = Pick<MeasuredCoordinator, 'connection'>;

/** A connection of its own, beside the coordinator's; nothing is migrated or changed by it. */
async function withClient<Answer>({ connection }: Place, use: (client: pg.Client) => Promise<Answer>): Promise<Answer> {
  const client = new pg.Client({ ...connection, types: columnTypes });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/** Throws one sentence that names what is wrong. */
export async function checkLedger(place: Place, checks: readonly LedgerCheck[]): Promise<void> {
  await withClient(place, async (client) => {
    for (const check of checks) await checkJob(client, check);
    await checkSums(client);
  });
}

interface Counted {
  readonly state: string;
  readonly final_shards: number;
  readonly price_per_copy: bigint;
  readonly job_paid: bigint;
  readonly finals: number;
  readonly agreed: number;
  readonly votes_paid: bigint;
  readonly lines_paid: bigint;
}

/** A shard's id begins with its block's: `block * 1024 + offset`. A payment is a line that takes from the job's escrow. */
async function checkJob(client: pg.Client, { job, shards, quorum }: LedgerCheck): Promise<void> {
  const { rows } = await client.query<Counted>(
    `with spans as (select id * 1024 as first, id * 1024 + n - 1 as last from blocks where job = $1)
     select j.state, j.final_shards, j.price_per_copy, j.paid as job_paid,
       (select count(*) from shards s join spans on s.id between first and last where s.verdict = 'final') as finals,
       (select count(*) from settled_votes v join spans on v.shard between first and last where v.state = 'agreed') as agreed,
       (select coalesce(sum(v.paid), 0) from settled_votes v join spans on v.shard between first and last) as votes_paid,
       (select coalesce(-sum(amount), 0) from entries where account = j.escrow and reason = 'pay') as lines_paid
     from jobs j where j.id = $1`,
    [job],
  );
  const [found] = rows;
  if (!found) throw new Error(`Job ${job} is not in the database.`);
  const owed = BigInt(found.price_per_copy) * BigInt(shards * quorum);
  const compare = (what: string, stored: number | bigint | string, wanted: number | bigint | string): void => {
    if (String(stored) !== String(wanted)) throw new Error(`Job ${job}: ${what} is ${stored} and should be ${wanted}.`);
  };
  compare('its state', found.state, 'done');
  compare('its own count of final shards', found.final_shards, shards);
  compare('the count of shards stored as final', found.finals, shards);
  compare('the count of copies that agreed', found.agreed, shards * quorum);
  compare('what the job says it paid', found.job_paid, owed);
  compare('the sum of what its copies were paid', found.votes_paid, owed);
  compare('the sum of its payments in the ledger', found.lines_paid, owed);
}

async function checkSums(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ readonly entries: bigint; readonly balances: bigint; readonly wrong: number }>(
    `with summed as (select account, sum(amount) as amount from entries group by account)
     select (select coalesce(sum(amount), 0) from entries) as entries,
       (select coalesce(sum(earned + granted), 0) from accounts) as balances,
       (select count(*) from accounts a left join summed s on s.account = a.id
         where a.earned + a.granted <> coalesce(s.amount, 0) or a.earned < 0 or (a.granted < 0 and a.id <> 1)) as wrong`,
  );
  const [{ entries, balances, wrong } = { entries: 0n, balances: 0n, wrong: 1 }] = rows;
  if (String(entries) !== '0' || String(balances) !== '0')
    throw new Error(`The ledger sums to ${entries}, the balances to ${balances}, not to 0.`);
  if (Number(wrong) > 0) throw new Error(`${wrong} accounts are below zero, or have a balance that is not the sum of their lines.`);
}

/** Transactions of the server so far; a few of them are not ours to count. */
export async function countCommits(place: Place): Promise<number> {
  return withClient(place, async (client) => {
    const { rows } = await client.query<{ readonly commits: number }>(
      'select xact_commit as commits from pg_stat_database where datname = current_database()',
    );
    return Number(rows[0]?.commits ?? 0);
  });
}

// Badges: earned by verified work only, and the same for everyone.
import type pg from 'pg';
import type { Badge } from '../../src/protocol/api-standing.ts';
import type { AccountId } from '../../src/protocol/ids.ts';

export interface BadgeFacts {
  readonly shards: number;
  readonly bestDays: number;
  /** Bad results that were found out with its vote. */
  readonly caught: number;
}

export const WEEK_STREAK_DAYS = 7;
export const THOUSAND_SHARDS = 1_000;

/** PURE. */
export function awardBadges({ shards, bestDays, caught }: BadgeFacts): readonly Badge[] {
  const badges: Badge[] = [];
  if (shards >= 1) badges.push('first-shard');
  if (bestDays >= WEEK_STREAK_DAYS) badges.push('week-streak');
  if (shards >= THOUSAND_SHARDS) badges.push('thousand-shards');
  if (caught >= 1) badges.push('caught-one');
  return badges;
}

/** Accounts with the guests that are attached to them. */
const OWNERS =
  'select id, coalesce(attached_to, id) as owner from accounts where id = any($1::bigint[]) or attached_to = any($1::bigint[])';

const CATCHES = `
  with own as (${OWNERS}) select own.owner as id, sum(c.shards)::bigint as caught from own join catches c on c.account = own.id group by own.owner`;

export async function readCatches(pool: pg.Pool, accounts: readonly AccountId[]): Promise<ReadonlyMap<AccountId, number>> {
  const { rows } = await pool.query<{ readonly id: AccountId; readonly caught: number }>(CATCHES, [accounts]);
  return new Map(rows.map((row) => [row.id, row.caught]));
}

/** The longest run of days of each: days less their place in order are the same within a run. */
const FACTS = `
  with own as (${OWNERS}),
  shards as (
    select own.owner, sum(t.shards)::bigint as shards from own join standing_totals t on t.account = own.id group by own.owner
  ),
  worked as (
    select distinct own.owner, d.day from own join standing_days d on d.account = own.id
  ),
  runs as (
    select owner, count(*)::int as days from (select owner, day - row_number() over (partition by owner order by day) as run from worked) r
    group by owner, run
  )
  select s.owner as id, s.shards, coalesce((select max(days) from runs r where r.owner = s.owner), 0) as "bestDays" from shards s`;

/** Of those who have none there is no entry. */
export async function readBadges(pool: pg.Pool, accounts: readonly AccountId[]): Promise<ReadonlyMap<AccountId, readonly Badge[]>> {
  if (accounts.length === 0) return new Map();
  const [facts, catches] = await Promise.all([
    pool.query<{ readonly id: AccountId; readonly shards: number; readonly bestDays: number }>(FACTS, [accounts]),
    readCatches(pool, accounts),
  ]);
  return new Map(
    facts.rows.map(({ id, shards, bestDays }) => [id, awardBadges({ shards, bestDays, caught: catches.get(id) ?? 0 })] as const),
  );
}

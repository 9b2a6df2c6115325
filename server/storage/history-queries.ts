// What one account did: by day and hour, in all, by device; a wallet's is also that of the guests attached to it.
import type pg from 'pg';
import {
  type Badge,
  type HistoryDevice,
  type HistoryPoint,
  type HistoryView,
  type League,
  STANDING_LIMITS,
  type StandingSums,
} from '../../src/protocol/api-standing.ts';
import type { AccountId, DeviceId, MicroCredits } from '../../src/protocol/ids.ts';
import { countStreak, DAY_MS, dayOf, HOUR_MS, hourOf } from '../../src/protocol/standing-time.ts';
import { awardBadges, readCatches } from './read-badges.ts';

export interface HistoryQueries {
  readHistory(request: {
    readonly account: AccountId;
    readonly device: DeviceId;
    readonly days: number;
    readonly nowMs: number;
  }): Promise<HistoryView>;
}

interface SumRow {
  readonly at: number;
  readonly league: League;
  readonly shards: number;
  readonly work: number;
  readonly credit: MicroCredits;
}

/** More than ten years: longer streaks are not told. */
const MAX_STREAK_DAYS = 4_000;
/** An account's devices, the newest first. */
const MAX_DEVICES = 50;

const OWN = 'select id from accounts where id = $1 or attached_to = $1';
const SUMS = 'sum(shards)::bigint as shards, sum(work) as work, sum(credit) as credit';

const DAYS = `select day as at, league, ${SUMS} from standing_days where account in (${OWN}) and day >= $2 group by day, league`;
const HOURS = `select hour as at, league, ${SUMS} from standing_hours where account in (${OWN}) and hour >= $2 group by hour, league`;
const TOTALS = `select 0 as at, league, ${SUMS} from standing_totals where account in (${OWN}) group by league`;
const WORKED = `select distinct day from standing_days where account in (${OWN}) order by day desc limit ${MAX_STREAK_DAYS}`;
const DEVICES = `
  select id as device, is_phone as "isPhone", id = $2 as "isThis", verified, outvoted_exact + outvoted_tolerance as outvoted, failed,
    created_at as "createdAtMs"
  from devices where account in (${OWN}) order by id desc limit ${MAX_DEVICES}`;

export function createHistoryQueries(pool: pg.Pool): HistoryQueries {
  const sums = async (query: string, values: readonly unknown[]): Promise<readonly SumRow[]> =>
    (await pool.query<SumRow>(query, [...values])).rows;

  return {
    async readHistory({ account, device, days, nowMs }) {
      const [today, hour] = [dayOf(nowMs), hourOf(nowMs)];
      const firstDay = today - days + 1;
      const firstHour = hour - STANDING_LIMITS.historyHours + 1;
      const [byDay, byHour, totals, worked, devices, caught] = await Promise.all([
        sums(DAYS, [account, firstDay]),
        sums(HOURS, [account, firstHour]),
        sums(TOTALS, [account]),
        pool.query<{ readonly day: number }>(WORKED, [account]),
        pool.query<HistoryDevice>(DEVICES, [account, device]),
        readCatches(pool, [account]),
      ]);
      const streak = countStreak(
        worked.rows.map((row) => row.day),
        today,
      );
      const all = addUp(totals);
      const badges: readonly Badge[] = awardBadges({
        shards: all.verifiedShards,
        bestDays: streak.bestDays,
        caught: caught.get(account) ?? 0,
      });
      return {
        asOfMs: nowMs,
        days: fill(byDay, firstDay, today, DAY_MS),
        hours: fill(byHour, firstHour, hour, HOUR_MS),
        streak,
        totals: all,
        devices: devices.rows,
        badges,
      };
    },
  };
}

/** Every step from `first` to `last`, also where nothing was done. */
function fill(rows: readonly SumRow[], first: number, last: number, stepMs: number): readonly HistoryPoint[] {
  const byStep = new Map<number, SumRow[]>();
  for (const row of rows) byStep.set(row.at, [...(byStep.get(row.at) ?? []), row]);
  return Array.from({ length: last - first + 1 }, (_, at) => ({ atMs: (first + at) * stepMs, ...addUp(byStep.get(first + at) ?? []) }));
}

function addUp(rows: readonly SumRow[]): StandingSums {
  const shardsOf = (league: League): number => rows.reduce((sum, row) => sum + (row.league === league ? row.shards : 0), 0);
  return {
    verifiedShards: rows.reduce((sum, row) => sum + row.shards, 0),
    work: rows.reduce((sum, row) => sum + row.work, 0),
    creditMicro: rows.reduce((sum, row) => sum + row.credit, 0n).toString(),
    gpuShards: shardsOf('gpu'),
    cpuShards: shardsOf('cpu'),
    phoneShards: shardsOf('phone'),
  };
}

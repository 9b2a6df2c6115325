// Adds up what commits paid for: each line once, whoever does it, by taking it out of its table in the transaction that counts it.
import type pg from 'pg';
import { ASSUMED_WORK_PER_WORKGROUP } from '../../src/protocol/work.ts';

/** Lines a turn; 20,000, each of another account, took 0.4 s on one busy core. */
export const LINES_A_TURN = 20_000;
export const HOURS_KEPT = 8 * 24;
export const REJECTIONS_KEPT_MS = 90 * 86_400_000;
const HOUR_MS = 3_600_000;
/** One coordinator at a time: two would wait for each other's rows. Any number that nothing else locks by. */
const ROLL_UP_LOCK = 7_401_966;

const ADD = 'do update set shards = s.shards + excluded.shards, work = s.work + excluded.work, credit = s.credit + excluded.credit';

/** `$1`: how many lines. In one order, so that the rows of two turns are locked alike. */
const ROLL_UP = `
  with taken as materialized (
    delete from work_lines where ctid = any(array(select ctid from work_lines limit $1))
    returning account, job, site, league, shards, credit, at
  ),
  works as materialized (
    select id, requester, (manifest->>'workgroupsPerShard')::float8 * coalesce((manifest->>'workPerWorkgroup')::float8, ${ASSUMED_WORK_PER_WORKGROUP}) as work
    from jobs where id in (select job from taken)
  ),
  lines as materialized (
    select t.account, t.site, t.league, t.shards, t.credit, coalesce(w.work, 0) * t.shards as work, w.requester,
      (t.at / ${HOUR_MS})::int as hour, (t.at / ${24 * HOUR_MS})::int as day, coalesce(m.team, 0) as team
    from taken t left join works w on w.id = t.job left join team_members m on m.account = t.account
  ),
  hours as (
    insert into standing_hours as s (account, hour, league, shards, work, credit)
    select account, hour, league, sum(shards), sum(work), sum(credit) from lines group by account, hour, league order by account, hour, league
    on conflict (account, hour, league) ${ADD}
  ),
  days as (
    insert into standing_days as s (account, day, team, league, shards, work, credit)
    select account, day, team, league, sum(shards), sum(work), sum(credit) from lines group by account, day, team, league
    order by account, day, team, league
    on conflict (account, day, team, league) ${ADD}
  ),
  totals as (
    insert into standing_totals as s (account, team, league, shards, work, credit)
    select account, team, league, sum(shards), sum(work), sum(credit) from lines group by account, team, league order by account, team, league
    on conflict (account, team, league) ${ADD}
  ),
  requesters as (
    insert into standing_requesters as s (requester, day, league, shards, work, credit)
    select requester, day, league, sum(shards), sum(work), sum(credit) from lines where requester is not null
    group by requester, day, league order by requester, day, league
    on conflict (requester, day, league) ${ADD}
  ),
  sites as (
    insert into standing_sites as s (site, day, league, shards, work, credit)
    select site, day, league, sum(shards), sum(work), sum(credit) from lines where site is not null group by site, day, league order by site, day, league
    on conflict (site, day, league) ${ADD}
  )
  select count(*)::int as taken from taken`;

export interface WorkRollUp {
  /** Lines added up; 0 also while another coordinator does it. At most LINES_A_TURN. */
  rollUp(): Promise<number>;
  /** Forgets hours and rejections that are shown no more. */
  prune(nowMs: number): Promise<void>;
}

export function createWorkRollUp(pool: pg.Pool): WorkRollUp {
  return {
    async rollUp() {
      const client = await pool.connect();
      try {
        await client.query('begin');
        const { rows } = await client.query<{ readonly has: boolean }>(`select pg_try_advisory_xact_lock(${ROLL_UP_LOCK}) as has`);
        const taken = rows[0]!.has ? (await client.query<{ readonly taken: number }>(ROLL_UP, [LINES_A_TURN])).rows[0]!.taken : 0;
        await client.query('commit');
        client.release();
        return taken;
      } catch (cause) {
        // whatever state the connection is in, nothing was counted
        client.release(true);
        throw cause;
      }
    },
    async prune(nowMs) {
      await pool.query('delete from standing_hours where hour < $1', [Math.floor(nowMs / HOUR_MS) - HOURS_KEPT]);
      await pool.query('delete from rejections where at < $1', [nowMs - REJECTIONS_KEPT_MS]);
    },
  };
}

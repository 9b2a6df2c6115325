// Leaderboards: the whole order is read rarely and kept as numbers for a moment; names, teams and badges only of the rows that are shown.
import type pg from 'pg';
import {
  type Badge,
  type Board,
  type LeaderboardRow,
  type LeaderboardView,
  type LeagueChoice,
  type Period,
  STANDING_LIMITS,
} from '../../src/protocol/api-standing.ts';
import type { AccountId } from '../../src/protocol/ids.ts';
import { DAY_MS, firstDayOf } from '../../src/protocol/standing-time.ts';
import { type PublicName, showName } from './public-name.ts';
import { readBadges } from './read-badges.ts';

export interface BoardRequest {
  readonly by: Board;
  readonly period: Period;
  readonly league: LeagueChoice;
  /** Null: nobody is signed in. */
  readonly account: AccountId | null;
  readonly nowMs: number;
}

export interface BoardQueries {
  readBoard(request: BoardRequest): Promise<LeaderboardView>;
  /** Somebody chose another name or none: what is kept may say the wrong thing. */
  forgetBoards(): void;
}

/** An order is read again after this; with 100,000 people it takes half a second on one busy core. */
export const BOARD_KEPT_MS = 10_000;
/** Below are no ranks. */
export const MAX_RANKED = 100_000;
/** Orders kept at once: all that can be asked for. */
const MAX_KEPT = 48;

interface Place {
  readonly id: number;
  readonly shards: number;
  readonly work: number;
}

interface Kept {
  readonly atMs: number;
  readonly day: number | null;
  readonly places: Promise<readonly Place[]>;
}

const LISTED = "o.kind in ('guest', 'wallet', 'headless') and coalesce(p.is_listed, true)";
const OF_OWNERS = `join accounts o on o.id = coalesce(a.attached_to, a.id) left join profiles p on p.account = o.id`;
const SUMS = 'sum(s.shards)::bigint as shards, sum(s.work) as work';

/** `$1`: the league or null; `$2`: the first day or null. People's and teams' whole time is kept summed up. */
function sourceOf(by: Board, period: Period): string {
  const days = '($2::int is null or s.day >= $2)';
  switch (by) {
    case 'people': {
      const table = period === 'all' ? 'standing_totals' : 'standing_days';
      return `select o.id, ${SUMS} from ${table} s join accounts a on a.id = s.account ${OF_OWNERS}
        where ${LISTED} and ${period === 'all' ? '$2::int is null' : days} and ($1::text is null or s.league = $1) group by o.id`;
    }
    case 'teams': {
      const table = period === 'all' ? 'standing_totals' : 'standing_days';
      return `select s.team as id, ${SUMS} from ${table} s join teams t on t.id = s.team
        where ${period === 'all' ? '$2::int is null' : days} and ($1::text is null or s.league = $1) group by s.team`;
    }
    case 'requesters':
      return `select o.id, ${SUMS} from standing_requesters s join accounts a on a.id = s.requester ${OF_OWNERS}
        where ${LISTED} and ${days} and ($1::text is null or s.league = $1) group by o.id`;
    case 'sites':
      return `select s.site as id, ${SUMS} from standing_sites s join sites w on w.account = s.site
        where w.removed_at is null and w.proof is not null and ${days} and ($1::text is null or s.league = $1) group by s.site`;
  }
}

export function createBoardQueries(pool: pg.Pool): BoardQueries {
  const kept = new Map<string, Kept>();

  return {
    forgetBoards: () => kept.clear(),
    async readBoard(request) {
      const { by, period, league, account, nowMs } = request;
      const day = firstDayOf(period, nowMs);
      const { places, atMs } = readPlaces(request, day);
      const all = await places;
      const mine = account === null ? null : await findMine(by, account, all);
      const at = mine === null ? -1 : all.findIndex(({ id }) => id === mine);
      const top = all.slice(0, STANDING_LIMITS.boardRows);
      const from = Math.max(0, at - STANDING_LIMITS.boardNeighbours);
      const near = at < 0 ? [] : all.slice(from, at + STANDING_LIMITS.boardNeighbours + 1);
      const details = await readDetails(
        by,
        [...top, ...near].map(({ id }) => id),
      );
      const makeRow = ({ id, shards, work }: Place, rank: number): LeaderboardRow => ({
        rank,
        id,
        name: details.get(id)?.name ?? '–',
        isMe: id === mine,
        verifiedShards: shards,
        work,
        badges: details.get(id)?.badges ?? [],
        members: details.get(id)?.members ?? null,
      });
      return {
        by,
        period,
        league,
        sinceMs: day === null ? null : day * DAY_MS,
        asOfMs: atMs,
        rows: top.map((place, index) => makeRow(place, index + 1)),
        total: all.length,
        me: at < 0 ? null : near.map((place, index) => makeRow(place, from + index + 1)),
      };
    },
  };

  /** One read at a time of each order, however many ask. */
  function readPlaces({ by, period, league, nowMs }: BoardRequest, day: number | null): Kept {
    const key = `${by} ${period} ${league}`;
    const known = kept.get(key);
    if (known && known.day === day && nowMs >= known.atMs && nowMs - known.atMs < BOARD_KEPT_MS) return known;
    const query = `select * from (${sourceOf(by, period)}) sums where shards > 0 order by work desc, shards desc, id limit ${MAX_RANKED}`;
    const places = pool.query<Place>(query, [league === 'all' ? null : league, day]).then(({ rows }) => rows);
    const fresh: Kept = { atMs: nowMs, day, places };
    // what failed is asked for again
    places.catch(() => kept.get(key) === fresh && kept.delete(key));
    kept.set(key, fresh);
    if (kept.size > MAX_KEPT) kept.delete(kept.keys().next().value!);
    return fresh;
  }

  /** Who I am on this board: of several sites, the one that ranks highest. */
  async function findMine(by: Board, account: AccountId, all: readonly Place[]): Promise<number | null> {
    switch (by) {
      case 'people':
      case 'requesters':
        return account;
      case 'teams': {
        const { rows } = await pool.query<{ readonly team: number }>('select team from team_members where account = $1', [account]);
        return rows[0]?.team ?? null;
      }
      case 'sites': {
        const { rows } = await pool.query<{ readonly account: number }>('select account from sites where owner = $1', [account]);
        const own = new Set(rows.map((row) => row.account));
        return all.find(({ id }) => own.has(id))?.id ?? null;
      }
    }
  }

  async function readDetails(by: Board, shown: readonly number[]): Promise<ReadonlyMap<number, Detail>> {
    const ids = [...new Set(shown)];
    if (ids.length === 0) return new Map();
    switch (by) {
      case 'people':
      case 'requesters': {
        const [names, badges] = await Promise.all([readNames(ids), by === 'people' ? readBadges(pool, ids as AccountId[]) : NO_BADGES]);
        return new Map(ids.map((id) => [id, { name: names.get(id)!, badges: badges.get(id as AccountId) ?? [], members: null }]));
      }
      case 'teams': {
        const { rows } = await pool.query<{ readonly id: number; readonly name: string; readonly members: number }>(
          'select t.id, t.name, (select count(*)::int from team_members m where m.team = t.id) as members from teams t where t.id = any($1::bigint[])',
          [ids],
        );
        return new Map(rows.map(({ id, name, members }) => [id, { name, members, badges: [] }]));
      }
      case 'sites': {
        const query = 'select account as id, domain as name from sites where account = any($1::bigint[])';
        const { rows } = await pool.query<{ readonly id: number; readonly name: string }>(query, [ids]);
        return new Map(rows.map(({ id, name }) => [id, { name, members: null, badges: [] }]));
      }
    }
  }

  async function readNames(ids: readonly number[]): Promise<ReadonlyMap<number, string>> {
    const { rows } = await pool.query<PublicName>(
      `select a.id, a.kind, p.pseudonym, p.is_listed from accounts a left join profiles p on p.account = a.id where a.id = any($1::bigint[])`,
      [ids],
    );
    return new Map(rows.map((row) => [row.id, showName(row)]));
  }
}

interface Detail {
  readonly name: string;
  readonly badges: readonly Badge[];
  readonly members: number | null;
}

const NO_BADGES: ReadonlyMap<AccountId, readonly Badge[]> = new Map();

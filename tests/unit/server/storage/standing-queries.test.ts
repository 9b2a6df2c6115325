// History, leaderboards and badges, read from what was verified at chosen moments.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobRecord } from '../../../../server/jobs/job-record.ts';
import { BOARD_KEPT_MS } from '../../../../server/storage/board-queries.ts';
import { UNLISTED_NAME } from '../../../../server/storage/public-name.ts';
import { awardBadges } from '../../../../server/storage/read-badges.ts';
import { type LeaderboardView, type LeagueChoice, type Period, STANDING_LIMITS } from '../../../../src/protocol/api-standing.ts';
import { generateName } from '../../../../src/protocol/display-name.ts';
import { DAY_MS, dayOf, HOUR_MS } from '../../../../src/protocol/standing-time.ts';
import { type Person, PRICE, type StandingScene, startStandingScene, WORK_A_SHARD } from '../../../support/standing-scene.ts';

/** A Wednesday. */
const NOON = Date.UTC(2030, 0, 2, 12);
let scene: StandingScene;
let job: JobRecord;
let asking: Person;
let now = NOON;

beforeAll(async () => {
  scene = await startStandingScene();
  asking = await scene.wallet('0xAsks');
  job = await scene.openJob(asking, 2_000);
});
afterAll(() => scene.stop());

const board = (request: {
  by?: 'people' | 'teams' | 'requesters' | 'sites';
  period?: Period;
  league?: LeagueChoice;
  account?: Person | null;
}) => {
  const { by = 'people', period = 'day', league = 'all', account = null } = request;
  // each a little later, so that what is kept does not answer
  now += BOARD_KEPT_MS;
  return scene.standing.readBoard({ by, period, league, account: account?.account ?? null, nowMs: now });
};
const ranks = ({ rows }: Pick<LeaderboardView, 'rows'>) => rows.map(({ rank, id, verifiedShards }) => [rank, id, verifiedShards]);

describe('history', () => {
  it('tells every day and hour, also those without work, and what computed it', async () => {
    const who = await scene.guest('historian');
    await scene.verify(job, 2, [{ ...who, league: 'gpu' }], NOON);
    await scene.verify(job, 1, [{ ...who, league: 'phone' }], NOON - 47 * HOUR_MS);
    await scene.verify(job, 1, [{ ...who, league: 'cpu' }], NOON - 24 * HOUR_MS);
    await scene.verify(job, 4, [{ ...who, league: 'cpu' }], NOON - 48 * HOUR_MS);
    await scene.verify(job, 8, [{ ...who, league: 'cpu' }], NOON - 30 * DAY_MS);
    await scene.rollUp();
    const history = await scene.standing.readHistory({ ...who, days: 30, nowMs: NOON });
    expect(history.days).toHaveLength(30);
    expect(history.hours).toHaveLength(STANDING_LIMITS.historyHours);
    expect(history.days.at(-1)).toEqual({
      atMs: Date.UTC(2030, 0, 2),
      verifiedShards: 2,
      work: 2 * WORK_A_SHARD,
      creditMicro: String(2n * PRICE),
      gpuShards: 2,
      cpuShards: 0,
      phoneShards: 0,
    });
    expect(history.days.filter(({ verifiedShards }) => verifiedShards > 0).map(({ atMs }) => (NOON - atMs) / DAY_MS)).toEqual([
      2.5, 1.5, 0.5,
    ]);
    expect(history.hours.map(({ verifiedShards }) => verifiedShards).filter((count) => count > 0)).toEqual([1, 1, 2]);
    expect(history.hours[0]).toMatchObject({ atMs: NOON - 47 * HOUR_MS, phoneShards: 1 });
    expect(history.totals).toMatchObject({
      verifiedShards: 16,
      gpuShards: 2,
      cpuShards: 13,
      phoneShards: 1,
      creditMicro: String(16n * PRICE),
    });
    expect(history.streak).toEqual({ days: 3, bestDays: 3, isTodayDone: true });
    expect(history.badges).toEqual(['first-shard']);
    expect(history.devices).toMatchObject([{ device: who.device, isThis: true, isPhone: false, failed: 0 }]);
    const most = await scene.standing.readHistory({ ...who, days: STANDING_LIMITS.historyDays.max, nowMs: NOON });
    expect(most.days).toHaveLength(366);
    expect(most.days.reduce((sum, day) => sum + day.verifiedShards, 0)).toBe(16);
  });

  it('of a wallet is also that of the guests attached to it', async () => {
    const guest = await scene.guest('to-be-attached');
    await scene.verify(job, 3, [guest], NOON);
    await scene.rollUp();
    const account = await scene.accounts.attachWallet({ guest: guest.account, wallet: '0xOwns', nowMs: NOON });
    await scene.verify(job, 1, [guest], NOON);
    await scene.rollUp();
    const history = await scene.standing.readHistory({ account, device: guest.device, days: 1, nowMs: NOON });
    expect(history.totals.verifiedShards).toBe(4);
    expect(history.devices).toHaveLength(1);
    const { rows } = await board({});
    expect(rows.find(({ id }) => id === account)?.verifiedShards).toBe(4);
    expect(rows.some(({ id }) => id === guest.account)).toBe(false);
  });

  it('knows a device that said it is a phone', async () => {
    const who = await scene.guest('on-the-go');
    await scene.accounts.deviceRecord(who.device, 'phone');
    const phone = await scene.standing.readHistory({ ...who, days: 1, nowMs: NOON });
    expect(phone.devices[0]?.isPhone).toBe(true);
    await scene.accounts.deviceRecord(who.device, 'computer');
    expect((await scene.standing.readHistory({ ...who, days: 1, nowMs: NOON })).devices[0]?.isPhone).toBe(false);
  });
});

describe('leaderboards', () => {
  it('count the day, the week from Monday, or all, and one league or all', async () => {
    const [early, late] = [await scene.guest('early'), await scene.guest('late')];
    // far enough from the other tests' days
    now = Date.UTC(2031, 0, 8, 12);
    const monday = Date.UTC(2031, 0, 6);
    await scene.verify(job, 5, [{ ...early, league: 'cpu' }], monday - 1);
    await scene.verify(job, 2, [{ ...early, league: 'cpu' }], monday);
    await scene.verify(job, 3, [{ ...late, league: 'gpu' }], now);
    await scene.rollUp();
    expect(ranks(await board({ period: 'day' }))).toEqual([[1, late.account, 3]]);
    expect(ranks(await board({ period: 'week' }))).toEqual([
      [1, late.account, 3],
      [2, early.account, 2],
    ]);
    expect(ranks(await board({ period: 'week', league: 'cpu' }))).toEqual([[1, early.account, 2]]);
    expect((await board({ period: 'week', league: 'phone' })).rows).toEqual([]);
    const all = await board({ period: 'all' });
    expect(all.sinceMs).toBeNull();
    expect(all.rows.find(({ id }) => id === early.account)?.verifiedShards).toBe(7);
    expect((await board({ period: 'week' })).sinceMs).toBe(monday);
    expect(dayOf(monday)).toBe(monday / DAY_MS);
  });

  it('show my row with three above and three below, also far down, and at most fifty rows', async () => {
    now = Date.UTC(2032, 5, 2, 12);
    const crowd: Person[] = [];
    for (let at = 0; at < 60; at++) crowd.push(await scene.guest(`crowd-${at}`));
    for (const [at, who] of crowd.entries()) {
      await scene.db.database.pool.query("insert into standing_days values ($1, $2, 0, 'cpu', $3, $4, 1)", [
        who.account,
        dayOf(now),
        1,
        1_000 - at,
      ]);
    }
    const of = async (at: number) => (await board({ account: crowd[at]! })).me?.map(({ rank, isMe }) => (isMe ? -rank : rank));
    expect(await of(57)).toEqual([55, 56, 57, -58, 59, 60]);
    expect(await of(0)).toEqual([-1, 2, 3, 4]);
    expect(await of(56)).toEqual([54, 55, 56, -57, 58, 59, 60]);
    const view = await board({ account: crowd[3]! });
    expect(view.rows).toHaveLength(STANDING_LIMITS.boardRows);
    expect(view.total).toBe(60);
    expect(view.rows.filter(({ isMe }) => isMe).map(({ rank }) => rank)).toEqual([4]);
    expect((await board({ account: asking })).me).toBeNull();
    expect((await board({})).me).toBeNull();
  });

  it('show nobody’s key or wallet, the pseudonym once there is one, and nothing of who opted out', async () => {
    now = Date.UTC(2033, 5, 1, 12);
    const [named, unnamed, hidden] = [await scene.wallet('0xNamed'), await scene.guest('unnamed'), await scene.wallet('0xHidden')];
    await scene.verify(job, 1, [named, unnamed, hidden], now);
    await scene.rollUp();
    await scene.standing.changeProfile(named.account, { pseudonym: 'Ada' });
    await scene.standing.changeProfile(hidden.account, { pseudonym: 'Nobody Else', isListed: false });
    const view = await board({ account: hidden });
    expect(new Map(view.rows.map(({ id, name }) => [id, name]))).toEqual(
      new Map([
        [named.account, 'Ada'],
        [unnamed.account, generateName(unnamed.account)],
      ]),
    );
    expect(view.me).toBeNull();
    expect(JSON.stringify(view)).not.toMatch(/0x|unnamed|Nobody/);
    await scene.standing.changeProfile(hidden.account, { isListed: true });
    expect((await board({ account: hidden })).me).toHaveLength(3);
    expect(UNLISTED_NAME).not.toContain('Nobody');
  });

  it('rank requesters by what was computed for them, under their own names', async () => {
    now = Date.UTC(2034, 5, 1, 12);
    const who = await scene.guest('works-for-all');
    await scene.verify(job, 2, [who], now);
    await scene.rollUp();
    const view = await board({ by: 'requesters', account: asking });
    expect(view.rows).toMatchObject([
      { id: asking.account, isMe: true, verifiedShards: 2, work: 2 * WORK_A_SHARD, badges: [], members: null },
    ]);
    expect(view.rows[0]?.name).toBe(generateName(asking.account));
  });

  it('rank proved sites only, and my own among them', async () => {
    now = Date.UTC(2035, 5, 1, 12);
    const { pool } = scene.db.database;
    const site = async (domain: string, proof: string | null) => {
      const { rows } = await pool.query("insert into accounts (id, kind, created_at) values (nextval('ids'), 'site', 1) returning id");
      const { id } = rows[0] as { readonly id: number };
      await pool.query(
        'insert into sites (account, owner, domain, code, created_at, proof, proved_at) values ($1, $2, $3, $3, 1, $4, $5)',
        [id, asking.account, domain, proof, proof && 1],
      );
      await pool.query("insert into standing_sites values ($1, $2, 'cpu', 5, 50, 1)", [id, dayOf(now)]);
      return id;
    };
    await site('unproved.example', null);
    const proved = await site('proved.example', 'dns');
    const view = await board({ by: 'sites', account: asking });
    expect(view.rows).toMatchObject([{ rank: 1, id: proved, name: 'proved.example', isMe: true, verifiedShards: 5 }]);
    expect(view.me).toHaveLength(1);
  });

  it('are read once for all who ask within a moment, and anew after it or when names change', async () => {
    now = Date.UTC(2036, 5, 1, 12);
    const who = await scene.guest('kept');
    const ask = (nowMs: number) => scene.standing.readBoard({ by: 'people', period: 'day', league: 'all', account: null, nowMs });
    expect((await ask(now)).rows).toEqual([]);
    await scene.verify(job, 1, [who], now);
    await scene.rollUp();
    expect((await ask(now + BOARD_KEPT_MS - 1)).rows).toEqual([]);
    expect((await ask(now + BOARD_KEPT_MS)).rows).toHaveLength(1);
    await scene.standing.changeProfile(who.account, { isListed: false });
    scene.standing.forgetBoards();
    expect((await ask(now + BOARD_KEPT_MS + 1)).rows).toEqual([]);
  });
});

describe('badges', () => {
  it('come at their numbers and not one before', () => {
    const facts = { shards: 0, bestDays: 0, caught: 0 };
    expect(awardBadges(facts)).toEqual([]);
    expect(awardBadges({ ...facts, shards: 1 })).toEqual(['first-shard']);
    expect(awardBadges({ shards: 999, bestDays: 6, caught: 0 })).toEqual(['first-shard']);
    expect(awardBadges({ shards: 1_000, bestDays: 7, caught: 1 })).toEqual(['first-shard', 'week-streak', 'thousand-shards', 'caught-one']);
  });

  it('stand beside the names, counted over all devices and days', async () => {
    now = Date.UTC(2037, 5, 10, 12);
    const who = await scene.guest('decorated');
    for (let day = 0; day < 7; day++) await scene.verify(job, 1, [who], now - day * DAY_MS);
    await scene.rollUp();
    await scene.db.database.pool.query('insert into catches values ($1, 2)', [who.account]);
    expect((await board({})).rows[0]?.badges).toEqual(['first-shard', 'week-streak', 'caught-one']);
    expect((await scene.standing.readHistory({ ...who, days: 7, nowMs: now })).badges).toEqual([
      'first-shard',
      'week-streak',
      'caught-one',
    ]);
  });
});

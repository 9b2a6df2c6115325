// The resources about people, over the real database: who may ask for what, every limit, and one walk from a pseudonym to a team.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postTransfers } from '../../../../server/ledger/post-transfers.ts';
import { createAccountStore } from '../../../../server/storage/account-store.ts';
import { createStandingStore } from '../../../../server/storage/standing-store.ts';
import type { Api } from '../../../../src/account/create-api.ts';
import { readSession } from '../../../../src/account/session.ts';
import { STANDING_LIMITS } from '../../../../src/protocol/api-standing.ts';
import { changeProfile, readProfile } from '../../../../src/requester/profile.ts';
import { readHistory } from '../../../../src/requester/read-history.ts';
import { readLeaderboard } from '../../../../src/requester/read-leaderboard.ts';
import { readRejections } from '../../../../src/requester/read-rejections.ts';
import { foundTeam, joinTeam, leaveTeam, readTeam, searchTeams } from '../../../../src/requester/teams.ts';
import { startDatabase, type TestDatabase } from '../../../support/start-database.ts';
import { createTestApi, faultOf, type StartedApp, signInHeadless, startApp } from './start-app.ts';

const CAP = 10n ** 12n;
let db: TestDatabase;
let started: StartedApp;
let anyone: Api;
let ada: Api;
let ben: Api;

beforeAll(async () => {
  db = await startDatabase();
  const accounts = createAccountStore(db.database, { postTransfers, guestCap: CAP, startGrant: 1n, dailyGrantCap: CAP });
  started = startApp({ dependencies: { accounts, standing: createStandingStore(db.database) } });
  anyone = createTestApi(started);
  [ada, ben] = [await signInHeadless(started), await signInHeadless(started)];
});
afterAll(() => db.stop());

const codeOf = async (call: Promise<unknown>) => (await faultOf(call)).code;

describe('who is not signed in', () => {
  it('sees leaderboards and teams, and nothing of anybody’s own', async () => {
    const view = await readLeaderboard(anyone, { by: 'people', period: 'week', league: 'all' });
    expect(view).toMatchObject({ by: 'people', rows: [], total: 0, me: null });
    expect((await searchTeams(anyone, '')).teams).toEqual([]);
    for (const call of [
      readHistory(anyone, 30),
      readRejections(anyone),
      readProfile(anyone),
      changeProfile(anyone, { isListed: false }),
      foundTeam(anyone, 'Nobody’s'),
      joinTeam(anyone, 1),
      leaveTeam(anyone, 1),
    ]) {
      expect(await codeOf(call)).toBe('not-signed-in');
    }
  });
});

describe('queries', () => {
  it('hold days to their limits on both sides', async () => {
    const { min, max, fallback } = STANDING_LIMITS.historyDays;
    expect((await readHistory(ada, min)).days).toHaveLength(min);
    expect((await readHistory(ada, max)).days).toHaveLength(max);
    expect(await codeOf(readHistory(ada, min - 1))).toBe('bad-request');
    expect(await codeOf(readHistory(ada, max + 1))).toBe('bad-request');
    expect((await ada.readJson<{ readonly days: readonly unknown[] }>('/api/history')).days).toHaveLength(fallback);
  });

  it('know their choices, and week, people and all leagues where nothing is said', async () => {
    expect(await anyone.readJson('/api/leaderboard')).toMatchObject({ by: 'people', period: 'week', league: 'all' });
    for (const query of ['by=nobody', 'period=year', 'league=gold', 'by='])
      expect(await codeOf(anyone.readJson(`/api/leaderboard?${query}`))).toBe('bad-request');
    expect(await codeOf(ada.readJson('/api/rejections?before=-1'))).toBe('bad-request');
    const longest = 'x'.repeat(STANDING_LIMITS.teamNameLetters.max);
    expect((await searchTeams(anyone, longest)).teams).toEqual([]);
    expect(await codeOf(searchTeams(anyone, `${longest}x`))).toBe('bad-request');
    for (const team of ['x', '1e3', '99999', '-1']) expect(await codeOf(anyone.readJson(`/api/teams/${team}`))).toBe('not-found');
  });
});

describe('a person', () => {
  it('chooses a name, founds a team that another joins, and leaves it', async () => {
    const session = await readSession(ada);
    const before = await readProfile(ada);
    expect(before).toMatchObject({ account: session?.account.id, pseudonym: null, isListed: true, team: null });
    expect(await changeProfile(ada, { pseudonym: 'Ada' })).toMatchObject({ name: 'Ada' });
    expect(await faultOf(changeProfile(ben, { pseudonym: 'ADA' }))).toMatchObject({ code: 'conflict', facts: { field: 'pseudonym' } });
    expect(await codeOf(changeProfile(ben, { pseudonym: 'x' }))).toBe('bad-request');
    expect(await codeOf(ben.readJson('/api/profile', { method: 'PATCH', json: { isListed: 'no' } }))).toBe('bad-request');
    expect(await codeOf(ben.readJson('/api/profile', { method: 'PATCH', json: { team: 4 } }))).toBe('bad-request');
    const team = await foundTeam(ada, 'Slow Loris');
    expect(team).toMatchObject({ name: 'Slow Loris', members: 1, isMine: true });
    expect(await joinTeam(ben, team.id)).toMatchObject({ team: { id: team.id, members: 2 } });
    expect((await searchTeams(anyone, 'loris')).teams).toEqual([{ id: team.id, name: 'Slow Loris', members: 2 }]);
    expect((await readTeam(anyone, team.id)).listed.map(({ name }) => name)).toContain('Ada');
    expect(await leaveTeam(ben, team.id)).toMatchObject({ team: null });
    expect(await codeOf(leaveTeam(ben, team.id))).toBe('conflict');
    expect(await changeProfile(ada, { pseudonym: null })).toMatchObject({ name: before.generatedName });
  });

  it('has no rejections when none were', async () => {
    expect(await readRejections(ada)).toEqual({ rejections: [], next: null });
  });

  it('is not written for by a page of another site', async () => {
    const foreign = await started.request('/api/profile', {
      method: 'PATCH',
      headers: { Origin: 'https://elsewhere.example', 'Content-Type': 'application/json' },
      body: '{}',
    });
    expect(foreign.status).toBe(403);
  });
});

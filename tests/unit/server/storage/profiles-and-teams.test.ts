// Profiles and teams in the database: names are one's own, teams hold what was done for them, limits hold on both sides, and rejected results are told.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Change } from '../../../../server/coordinator/change.ts';
import { createPageQueries } from '../../../../server/storage/page-queries.ts';
import { UNLISTED_NAME } from '../../../../server/storage/public-name.ts';
import { MAX_REJECTED_A_SHARD } from '../../../../server/storage/write-rejections.ts';
import { STANDING_LIMITS } from '../../../../src/protocol/api-standing.ts';
import { generateName } from '../../../../src/protocol/display-name.ts';
import type { AccountId, Digest } from '../../../../src/protocol/ids.ts';
import { type StandingScene, shardOf, startStandingScene, WORK_A_SHARD } from '../../../support/standing-scene.ts';

const NOW = Date.UTC(2030, 0, 2, 12);
const DAY_MS = 86_400_000;
const refusal = (call: Promise<unknown>) =>
  call.then(
    () => 'none',
    (fault: { readonly code?: string }) => fault.code,
  );

let scene: StandingScene;
beforeAll(async () => {
  scene = await startStandingScene();
});
afterAll(() => scene.stop());

describe('a profile', () => {
  it('is listed under a generated name until something else is chosen, and goes back to it', async () => {
    const { account } = await scene.wallet('0xPlain');
    const plain = {
      account,
      name: generateName(account),
      pseudonym: null,
      generatedName: generateName(account),
      isListed: true,
      team: null,
    };
    expect(await scene.standing.readProfile(account)).toEqual(plain);
    expect(await scene.standing.changeProfile(account, { pseudonym: ' Grace  Hopper ' })).toMatchObject({
      name: 'Grace Hopper',
      pseudonym: 'Grace Hopper',
      isListed: true,
    });
    expect(await scene.standing.changeProfile(account, { isListed: false })).toMatchObject({ pseudonym: 'Grace Hopper', isListed: false });
    expect(await scene.standing.changeProfile(account, {})).toMatchObject({ pseudonym: 'Grace Hopper', isListed: false });
    expect(await scene.standing.changeProfile(account, { pseudonym: null, isListed: true })).toEqual(plain);
  });

  it('has a name that nobody else has, nor one that looks like it; once given up it is free', async () => {
    const [one, two] = [await scene.guest('name-one'), await scene.guest('name-two')];
    await scene.standing.changeProfile(one.account, { pseudonym: 'Zoë' });
    await scene.standing.changeProfile(one.account, { pseudonym: 'Zoe' });
    expect(await refusal(scene.standing.changeProfile(two.account, { pseudonym: 'z.o.e' }))).toBe('conflict');
    expect(await refusal(scene.standing.changeProfile(two.account, { pseudonym: '<>' }))).toBe('bad-request');
    await scene.standing.changeProfile(one.account, { pseudonym: null });
    expect((await scene.standing.changeProfile(two.account, { pseudonym: 'Zoë' })).name).toBe('Zoë');
  });

  it('of a guest becomes its wallet’s, where the wallet has none of its own', async () => {
    const [bare, taken] = [await scene.guest('brings-name'), await scene.guest('brings-another')];
    await scene.standing.changeProfile(bare.account, { pseudonym: 'Bringer', isListed: false });
    await scene.standing.changeProfile(taken.account, { pseudonym: 'Other' });
    const team = await scene.standing.foundTeam({ name: 'Bringers', founder: bare.account, nowMs: NOW });
    const wallet = await scene.accounts.attachWallet({ guest: bare.account, wallet: '0xTakes', nowMs: NOW });
    expect(await scene.standing.readProfile(wallet)).toMatchObject({ name: 'Bringer', isListed: false, team: { id: team, members: 1 } });
    await scene.accounts.attachWallet({ guest: taken.account, wallet: '0xTakes', nowMs: NOW });
    expect(await scene.standing.readProfile(wallet)).toMatchObject({ name: 'Bringer', team: { members: 1 } });
  });

  it('is what pages show of requesters and voters: a pseudonym, a generated name, or that somebody is unlisted; never a key or wallet', async () => {
    const asking = await scene.wallet('0xAsksOpenly');
    const [one, two] = [await scene.guest('votes-one'), await scene.guest('votes-two')];
    const job = await scene.openJob(asking);
    await scene.verify(job, 1, [one, two], NOW);
    await scene.standing.changeProfile(one.account, { pseudonym: 'Voter One' });
    await scene.standing.changeProfile(two.account, { isListed: false });
    const pages = createPageQueries(scene.db.database);
    expect((await pages.readJob(job.id))?.requester).toEqual({ account: asking.account, name: generateName(asking.account) });
    const shard = await pages.readShard(job.id, 0);
    expect(shard?.votes.map(({ accountName }) => accountName)).toEqual(['Voter One', UNLISTED_NAME]);
    expect((await pages.readPayments(job.id)).map(({ name }) => name)).toEqual(['Voter One', UNLISTED_NAME]);
    expect((await pages.listJobs({ limit: 1 }))[0]?.workPerShard).toBe(WORK_A_SHARD);
    const said = JSON.stringify([await pages.listJobs({ limit: 100 }), shard, await pages.readPayments(job.id)]);
    expect(said).not.toMatch(/0xAsks|votes-/);
  });
});

describe('a team', () => {
  it('has its founder as first member, and a name that no other team has', async () => {
    const { account } = await scene.guest('founder');
    const team = await scene.standing.foundTeam({ name: 'Night Owls', founder: account, nowMs: NOW });
    expect(await scene.standing.readTeam(team, account)).toMatchObject({
      name: 'Night Owls',
      members: 1,
      isMine: true,
      listed: [{ isMe: true }],
    });
    expect(await scene.standing.readTeam(team, null)).toMatchObject({ isMine: false });
    expect(await scene.standing.readTeam(999_999, null)).toBeNull();
    const other = await scene.guest('second-founder');
    expect(await refusal(scene.standing.foundTeam({ name: 'night-owls', founder: other.account, nowMs: NOW }))).toBe('conflict');
    expect((await scene.standing.readProfile(other.account)).team).toBeNull();
  });

  it('is founded three times a day by one account, and again a day later', async () => {
    const { account } = await scene.guest('keen');
    const found = (name: string, nowMs: number) => scene.standing.foundTeam({ name, founder: account, nowMs });
    for (let at = 0; at < STANDING_LIMITS.teamsADay; at++) await found(`Keen ${'abc'[at]}`, NOW);
    expect(await refusal(found('Keen d', NOW + DAY_MS - 1))).toBe('quota-exceeded');
    expect(await refusal(found('Keen d', NOW + DAY_MS))).toBe('none');
  });

  it('is joined by up to its limit, also when two come at once, and the team before is left', async () => {
    const founder = await scene.guest('small-founder');
    const team = await scene.standing.foundTeam({ name: 'Crowded', founder: founder.account, nowMs: NOW });
    await scene.db.database.pool.query(
      `with made as (insert into accounts (id, kind, created_at) select nextval('ids'), 'guest', 1 from generate_series(1, $2) returning id)
       insert into team_members select id, $1, 1 from made`,
      [team, STANDING_LIMITS.teamMembers - 2],
    );
    const [one, two] = [await scene.guest('last-one'), await scene.guest('last-two')];
    const first = await scene.standing.foundTeam({ name: 'Before', founder: one.account, nowMs: NOW });
    const ends = await Promise.all([one, two].map(({ account }) => refusal(scene.standing.joinTeam(team, account, NOW))));
    expect([...ends].sort()).toEqual(['conflict', 'none']);
    expect((await scene.standing.readTeam(team, null))?.members).toBe(STANDING_LIMITS.teamMembers);
    const isIn = ends[0] === 'none';
    expect((await scene.standing.readTeam(first, null))?.members).toBe(isIn ? 0 : 1);
    // who is in may say so again
    expect(await refusal(scene.standing.joinTeam(team, (isIn ? one : two).account, NOW))).toBe('none');
    expect(await refusal(scene.standing.joinTeam(999_999, one.account, NOW))).toBe('not-found');
  });

  it('keeps what was done for it when a member leaves, and gets nothing of before; empty and without work it goes', async () => {
    const [stays, moves] = [await scene.guest('stays'), await scene.guest('moves')];
    const job = await scene.openJob(await scene.wallet('0xTeamJob'));
    await scene.verify(job, 1, [moves], NOW);
    await scene.rollUp();
    const team = await scene.standing.foundTeam({ name: 'Keepers', founder: stays.account, nowMs: NOW });
    await scene.standing.joinTeam(team, moves.account, NOW);
    await scene.verify(job, 2, [stays, moves], NOW);
    await scene.rollUp();
    expect(await scene.standing.readTeam(team, stays.account)).toMatchObject({
      members: 2,
      verifiedShards: 4,
      work: 4 * WORK_A_SHARD,
      listed: [{ verifiedShards: 2 }, { verifiedShards: 2 }],
    });
    await scene.standing.leaveTeam(team, moves.account);
    expect(await refusal(scene.standing.leaveTeam(team, moves.account))).toBe('conflict');
    await scene.verify(job, 1, [moves], NOW);
    await scene.rollUp();
    expect(await scene.standing.readTeam(team, null)).toMatchObject({
      members: 1,
      verifiedShards: 4,
      listed: [{ account: stays.account }],
    });
    const board = await scene.standing.readBoard({ by: 'teams', period: 'all', league: 'all', account: stays.account, nowMs: NOW });
    expect(board.rows).toMatchObject([{ rank: 1, id: team, name: 'Keepers', isMe: true, verifiedShards: 4, members: 1 }]);
    await scene.standing.leaveTeam(team, stays.account);
    expect(await scene.standing.readTeam(team, null)).toMatchObject({ members: 0 });
    const empty = await scene.standing.foundTeam({ name: 'Nothing Done', founder: stays.account, nowMs: NOW });
    await scene.standing.leaveTeam(empty, stays.account);
    expect(await scene.standing.readTeam(empty, null)).toBeNull();
  });

  it('is found by any part of its name, the exact one first, at most so many', async () => {
    const { pool } = scene.db.database;
    const { account } = await scene.guest('many-teams');
    await pool.query(
      "insert into teams (name, name_key, founder, created_at) select 'Finders ' || n, 'finders' || n, $1, 1 from generate_series(1, 25) n",
      [account],
    );
    const found = await scene.standing.searchTeams('finders');
    expect(found).toHaveLength(STANDING_LIMITS.teamsAPage);
    expect((await scene.standing.searchTeams('Finders 2'))[0]?.name).toBe('Finders 2');
    expect(await scene.standing.searchTeams('no such team')).toEqual([]);
    // what patterns mean elsewhere means nothing here
    expect(await scene.standing.searchTeams('%')).toHaveLength(STANDING_LIMITS.teamsAPage);
  });

  it('does not name members who opted out, but to themselves', async () => {
    const [seen, unseen] = [await scene.guest('seen'), await scene.guest('unseen')];
    const team = await scene.standing.foundTeam({ name: 'Half Seen', founder: seen.account, nowMs: NOW });
    await scene.standing.joinTeam(team, unseen.account, NOW);
    await scene.standing.changeProfile(unseen.account, { isListed: false });
    const listed = async (account: AccountId) => (await scene.standing.readTeam(team, account))?.listed.map((member) => member.account);
    expect(await listed(seen.account)).toEqual([seen.account]);
    expect(await listed(unseen.account)).toEqual([seen.account, unseen.account]);
  });
});

describe('rejected results', () => {
  const rejected = (shards: readonly Change[]) => scene.journal.commit([{ changes: shards }]);

  it('are told newest first, a page at a time, with why and the difference, to their sender and its wallet only', async () => {
    const [liar, honest] = [await scene.guest('told-why'), await scene.guest('found-out')];
    const job = await scene.openJob(await scene.wallet('0xRejects'));
    const difference = { output: 'out', byte: 4, mineHex: '00', acceptedHex: '01', element: null };
    const many = STANDING_LIMITS.rejectionsAPage + 3;
    for (let index = 0; index < many; index++) {
      await rejected([
        {
          kind: 'results-rejected',
          job: job.id,
          shard: shardOf(job, index),
          reason: 'outvoted',
          accepted: 'a'.repeat(64) as Digest,
          rejected: [{ ...liar, engine: 'cpu', copy: 1, digest: 'b'.repeat(64) as Digest, difference }],
          caughtBy: [honest.account],
          atMs: NOW + index,
        },
      ]);
    }
    const first = await scene.standing.readRejections({ account: liar.account, before: null });
    expect(first.rejections).toHaveLength(STANDING_LIMITS.rejectionsAPage);
    expect(first.rejections[0]).toEqual({
      job: job.id,
      title: 'test',
      shard: shardOf(job, many - 1),
      index: many - 1,
      atMs: NOW + many - 1,
      device: liar.device,
      engine: 'cpu',
      reason: 'outvoted',
      sentence: expect.stringMatching(/\.$/),
      digest: 'b'.repeat(64),
      acceptedDigest: 'a'.repeat(64),
      difference,
    });
    const rest = await scene.standing.readRejections({ account: liar.account, before: first.next });
    expect(rest.rejections.map(({ index }) => index)).toEqual([2, 1, 0]);
    expect(rest.next).toBeNull();
    expect((await scene.standing.readRejections({ account: honest.account, before: null })).rejections).toEqual([]);
    const wallet = await scene.accounts.attachWallet({ guest: liar.account, wallet: '0xLiar', nowMs: NOW });
    expect((await scene.standing.readRejections({ account: wallet, before: null })).rejections).toHaveLength(
      STANDING_LIMITS.rejectionsAPage,
    );
    expect((await scene.standing.readHistory({ ...honest, days: 1, nowMs: NOW })).badges).toEqual(['caught-one']);
  });

  it('of one shard are kept up to a limit, without a difference where there is none', async () => {
    const job = await scene.openJob(await scene.wallet('0xFails'));
    const who = await scene.guest('fails-often');
    const result = (copy: number) => ({ ...who, engine: 'gpu', copy, digest: 'c'.repeat(64) as Digest, difference: null }) as const;
    const copies = Array.from({ length: MAX_REJECTED_A_SHARD + 1 }, (_, copy) => result(copy));
    const shard = shardOf(job, 0);
    await rejected([
      { kind: 'results-rejected', job: job.id, shard, reason: 'failed', accepted: null, rejected: copies, caughtBy: [], atMs: 1 },
    ]);
    const kept = await scene.db.database.pool.query('select count(*)::int as count from rejections where account = $1', [who.account]);
    expect(kept.rows).toEqual([{ count: MAX_REJECTED_A_SHARD }]);
    const { rejections } = await scene.standing.readRejections({ account: who.account, before: null });
    expect(rejections[0]).toMatchObject({ reason: 'failed', acceptedDigest: null, difference: null });
  });
});

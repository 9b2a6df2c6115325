// Two coordinators on one PostgreSQL and real contributors, one a liar, one who blocked the job: what each did is told alike by both, once, and why not.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStandingStore, type StandingStore } from '../../server/storage/standing-store.ts';
import { signInWithKey } from '../../src/account/sign-in.ts';
import type { SigningKey } from '../../src/account/signing-key.ts';
import type { EnginePool } from '../../src/contributor/engine-pool.ts';
import type { JobView } from '../../src/protocol/api.ts';
import { secondsOfWork } from '../../src/protocol/work.ts';
import { type Client, createClient } from '../../src/requester/create-client.ts';
import { changeProfile } from '../../src/requester/profile.ts';
import { readHistory } from '../../src/requester/read-history.ts';
import { readLeaderboard } from '../../src/requester/read-leaderboard.ts';
import { readRejections } from '../../src/requester/read-rejections.ts';
import { readShards } from '../../src/requester/read-shards.ts';
import { foundTeam } from '../../src/requester/teams.ts';
import { watchJob } from '../../src/requester/watch-job.ts';
import { makeFreshKey, type RunningContributor, runContributor } from '../support/run-contributor.ts';
import { signInHeadless } from '../support/sign-in-headless.ts';
import { type RunningCoordinator, startCoordinator } from '../support/start-coordinator.ts';
import { startDatabase, type TestDatabase } from '../support/start-database.ts';
import { submitTemplate } from '../support/submit-template.ts';

const ALL = { by: 'people', period: 'day', league: 'all' } as const;
let database: TestDatabase;
let standing: StandingStore;
let coordinators: readonly RunningCoordinator[] = [];
let contributors: RunningContributor[] = [];
let blobs: string;
let keys: readonly SigningKey[];
let job: JobView;

/** Every byte it hands over is another. */
function spoil(pool: EnginePool): EnginePool {
  const run = pool.run.bind(pool);
  pool.run = (request) => {
    const { report, stop } = run(request);
    const lie = (bytes: Uint8Array) => bytes.map((byte) => byte ^ 0x5a);
    const spoilt = report.then((told) =>
      told.kind === 'done' ? { ...told, outputs: told.outputs.map(({ name, bytes }) => ({ name, bytes: lie(bytes) })) } : told,
    );
    return { report: spoilt, stop };
  };
  return pool;
}

async function signIn(key: SigningKey, url: string): Promise<Client> {
  const client = createClient({ baseUrl: url });
  return client.withToken((await signInWithKey(client, key, 'headless')).token);
}

/** Until no line waits and nobody is at it: whoever adds up holds the lock until its commit. */
async function rollUpAll(): Promise<void> {
  for (;;) {
    await standing.rollUp();
    const { rows } = await database.database.pool.query(
      'select count(*)::int as waiting from work_lines, (select pg_advisory_xact_lock(7401966)) held',
    );
    if ((rows[0] as { readonly waiting: number }).waiting === 0) return;
  }
}

beforeAll(async () => {
  database = await startDatabase();
  standing = createStandingStore(database.database);
  blobs = mkdtempSync(join(tmpdir(), 'ostraka-blobs-'));
  const { host, port, user } = database.embedded.connection;
  const env = {
    DATABASE_URL: `postgresql:///postgres?host=${encodeURIComponent(String(host))}&port=${port}&user=${user}`,
    BLOBS_DIR: blobs,
    SESSION_SECRET: 'the same in every process of this test',
    START_GRANT: '1000',
  };
  coordinators = await Promise.all([startCoordinator({ env }), startCoordinator({ env })]);
  const [first, second] = coordinators as readonly [RunningCoordinator, RunningCoordinator];
  // two honest ones where the liar is: a vote that another coordinator reads again has lost its bytes
  keys = await Promise.all([0, 1, 2, 3, 4].map(() => makeFreshKey()));
  const requester = await signInHeadless(first.url);
  job = await submitTemplate(requester, 'collatz', { grid: [256, 1, 1], parameters: { numbersPerInvocation: 64 } });
  const blocking = await runContributor({ url: first.url, key: keys[3]!, settings: { likes: { blockedJobs: [job.id] } } });
  contributors = [blocking];
  await blocking.until(({ state }) => state.kind === 'idle' && state.reason === 'nothing-you-like');
  contributors.push(await runContributor({ url: first.url, key: keys[2]!, wrapPool: spoil }));
  // the liar votes before the honest come
  await contributors[1]!.until(({ counts }) => counts.computed >= 1);
  for (const [at, url] of [
    [0, first.url],
    [4, first.url],
    [1, second.url],
  ] as const)
    contributors.push(await runContributor({ url, key: keys[at]! }));
  await watchJob(requester, job.id, { onEvent: () => {} });
  await rollUpAll();
});
afterAll(async () => {
  await Promise.all(contributors.map((contributor) => contributor.stop()));
  await Promise.all(coordinators.map((coordinator) => coordinator.destroy()));
  await database?.stop();
  if (blobs) rmSync(blobs, { recursive: true, force: true });
});

describe('what people did', () => {
  it('adds up to every paid copy of the job, and is told alike by both coordinators', async () => {
    const told = await Promise.all(
      coordinators.map(async ({ url }) => {
        const histories = await Promise.all(keys.map(async (key) => readHistory(await signIn(key, url), 1)));
        return histories.map(({ totals, days, hours }) => ({ totals, day: days.at(-1), hours: hours.length }));
      }),
    );
    expect(told[0]).toEqual(told[1]);
    const [ada, ben, liar, blocking, eve] = told[0]!.map(({ totals }) => totals);
    expect(ada!.verifiedShards + ben!.verifiedShards + eve!.verifiedShards).toBe(job.shards * 2);
    expect(BigInt(ada!.creditMicro)).toBe(BigInt(ada!.verifiedShards) * BigInt(job.pricePerCopy));
    expect(secondsOfWork(ada!.work)).toBeCloseTo(secondsOfWork(ada!.verifiedShards * job.workPerShard!), 6);
    expect(ada!.cpuShards).toBe(ada!.verifiedShards);
    expect([liar!.verifiedShards, blocking!.verifiedShards]).toEqual([0, 0]);
  });

  it('ranks those who worked, by made names, on both coordinators, and not the liar', async () => {
    const boards = await Promise.all(coordinators.map(async ({ url }) => readLeaderboard(await signIn(keys[0]!, url), ALL)));
    for (const { rows, me, total } of boards) {
      expect(total).toBe(rows.length);
      for (const { name, verifiedShards } of rows) {
        expect(name).toMatch(/^\w+ \w+ \d+$/);
        expect(verifiedShards).toBeGreaterThan(0);
      }
      expect(rows.flatMap(({ badges }) => badges)).toContain('caught-one');
      expect(me?.filter(({ isMe }) => isMe)).toHaveLength(1);
    }
    const { rows } = await readLeaderboard(await signIn(keys[0]!, coordinators[0]!.url), { ...ALL, by: 'requesters' });
    expect(rows).toMatchObject([{ verifiedShards: job.shards * 2 }]);
  });

  it('takes who opts out off the board at once, and off the names that voters have', async () => {
    const [{ url }] = coordinators as readonly [RunningCoordinator];
    const ada = await signIn(keys[0]!, url);
    const before = (await readLeaderboard(ada, ALL)).rows.length;
    await changeProfile(ada, { isListed: false });
    expect((await readLeaderboard(ada, ALL)).rows).toHaveLength(before - 1);
    const shards = await readShards(ada, job.id, 0, job.shards);
    expect(shards.shards.flatMap(({ votes }) => votes.map(({ accountName }) => accountName))).toContain('Unlisted');
    await changeProfile(ada, { isListed: true, pseudonym: 'Ada' });
    expect((await readLeaderboard(ada, ALL)).rows.map(({ name }) => name)).toContain('Ada');
    expect((await foundTeam(ada, 'First Team')).members).toBe(1);
  });
});

describe('a liar', () => {
  it('is told which of its results were outvoted, and the byte from which they differ', async () => {
    const { rejections } = await readRejections(await signIn(keys[2]!, coordinators[1]!.url));
    expect(rejections.length).toBeGreaterThan(0);
    for (const { job: id, reason, digest, acceptedDigest, difference, sentence } of rejections) {
      expect({ id, reason }).toEqual({ id: job.id, reason: 'outvoted' });
      expect(digest).not.toBe(acceptedDigest);
      if (difference) expect(difference.mineHex).not.toBe(difference.acceptedHex);
      expect(sentence).toMatch(/\.$/);
    }
    // where its vote was not read again by the other coordinator
    expect(rejections.some(({ difference }) => difference?.byte === 0)).toBe(true);
    expect((await readRejections(await signIn(keys[0]!, coordinators[1]!.url))).rejections).toEqual([]);
  });
});

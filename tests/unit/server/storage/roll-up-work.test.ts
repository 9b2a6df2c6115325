// Every verified shard is added up once: whatever runs at the same time, whatever is killed in between, proved against a count of all votes.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobRecord } from '../../../../server/jobs/job-record.ts';
import { postTransfers } from '../../../../server/ledger/post-transfers.ts';
import { openDatabase } from '../../../../server/storage/database.ts';
import { createJournal } from '../../../../server/storage/journal.ts';
import { createWorkRollUp, HOURS_KEPT, LINES_A_TURN, REJECTIONS_KEPT_MS } from '../../../../server/storage/roll-up-work.ts';
import { LEAGUES } from '../../../../src/protocol/api-standing.ts';
import { createRandom } from '../../../support/random-crowd.ts';
import { type Person, PRICE, type StandingScene, startStandingScene, WORK_A_SHARD } from '../../../support/standing-scene.ts';

const HOUR_MS = 3_600_000;
const NOON = Date.UTC(2030, 0, 2, 12);

let scene: StandingScene;
let people: readonly Person[];
let requesters: readonly Person[];
let jobs: readonly JobRecord[];

beforeAll(async () => {
  scene = await startStandingScene();
  people = await Promise.all([0, 1, 2, 3, 4, 5].map((at) => scene.guest(`person-${at}`)));
  requesters = [await scene.guest('asks-one'), await scene.guest('asks-two')];
  jobs = [await scene.openJob(requesters[0]!), await scene.openJob(requesters[1]!), await scene.openJob(requesters[1]!)];
});
afterAll(() => scene.stop());

const read = async (query: string): Promise<readonly Record<string, unknown>[]> => (await scene.db.database.pool.query(query)).rows;

/** The same sums from the votes themselves. */
const recount = (): Promise<readonly Record<string, unknown>[]> =>
  read(`select v.account, v.at / 3600000 as hour, v.engine, count(*) as shards, sum(v.paid) as credit
    from settled_votes v where v.paid > 0 group by 1, 2, 3 order by 1, 2, 3`);
const rolledUp = (): Promise<readonly Record<string, unknown>[]> =>
  read(`select account, hour, case league when 'gpu' then 'gpu' else 'cpu' end as engine, sum(shards)::bigint as shards, sum(credit) as credit
    from standing_hours group by 1, 2, 3 order by 1, 2, 3`);

/** Every table says the same in its own way. */
async function checkSums(): Promise<void> {
  expect((await rolledUp()).map((row) => ({ ...row, hour: Number(row.hour) }))).toEqual(
    (await recount()).map((row) => ({ ...row, hour: Number(row.hour) })),
  );
  const [totals] = await read(`
    select (select count(*) from settled_votes where paid > 0) as votes,
      (select sum(verified_shards)::bigint from accounts) as verified,
      (select sum(shards)::bigint from standing_totals) as totals, (select sum(shards)::bigint from standing_days) as days,
      (select sum(shards)::bigint from standing_requesters) as requesters,
      (select sum(work) from standing_totals) as work, (select sum(credit) from standing_days) as credit,
      (select count(*) from work_lines) as waiting`);
  const { votes } = totals as { readonly votes: number };
  expect(totals).toEqual({
    votes,
    verified: votes,
    totals: votes,
    days: votes,
    requesters: votes,
    work: votes * WORK_A_SHARD,
    credit: BigInt(votes) * PRICE,
    waiting: 0,
  });
}

describe('the roll-up', () => {
  it('agrees with a recount of all votes, with commits and two coordinators adding up at the same time', async () => {
    const random = createRandom(7);
    const below = (count: number) => Math.floor(random() * count);
    const other = await openDatabase({ connection: scene.db.embedded.connection });
    const turns = [scene.standing, createWorkRollUp(other.pool)];
    for (let round = 0; round < 25; round++) {
      const commits = jobs.map((job) => {
        const voters = people
          .filter(() => random() < 0.5)
          .slice(0, 2)
          .map((person) => ({ ...person, league: LEAGUES[below(3)]! }));
        return scene.verify(job, below(4), voters, NOON + below(80) * HOUR_MS);
      });
      await Promise.all([...commits, ...turns.map((turn) => turn.rollUp())]);
    }
    await scene.rollUp();
    await checkSums();
    await other.close();
  });

  it('counts nothing of a turn that was cut off, and all of it in the next', async () => {
    const before = await rolledUp();
    await scene.verify(jobs[0]!, 3, people.slice(0, 2), NOON);
    // its answer does not come back: the connection is cut while it runs
    const client = await scene.db.database.pool.connect();
    const pool = {
      connect: async () => ({
        query: async (text: string, values?: readonly unknown[]) => {
          if (text === 'commit') {
            const ended = client.query('rollback');
            await ended;
            throw new Error('the line broke');
          }
          return client.query(text, values as unknown[]);
        },
        release: () => undefined,
      }),
    };
    await expect(createWorkRollUp(pool as never).rollUp()).rejects.toThrow('the line broke');
    client.release();
    expect(await rolledUp()).toEqual(before);
    await scene.rollUp();
    await checkSums();
  });

  it('leaves the work to the coordinator that is at it', async () => {
    await scene.verify(jobs[0]!, 1, people.slice(0, 1), NOON);
    const client = await scene.db.database.pool.connect();
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock(7401966)');
    expect(await scene.standing.rollUp()).toBe(0);
    await client.query('rollback');
    client.release();
    expect(await scene.standing.rollUp()).toBe(1);
    await checkSums();
  });

  it('takes at most so many lines a turn', async () => {
    const pool = scene.db.database.pool;
    await pool.query("insert into work_lines select $1, $2, null, 'cpu', 1, 0, 0 from generate_series(1, $3)", [
      people[0]!.account,
      jobs[0]!.id,
      LINES_A_TURN + 1,
    ]);
    expect(await scene.standing.rollUp()).toBe(LINES_A_TURN);
    expect(await scene.standing.rollUp()).toBe(1);
    expect(await scene.standing.rollUp()).toBe(0);
    for (const table of ['standing_hours', 'standing_days', 'standing_totals', 'standing_requesters'])
      await pool.query(`delete from ${table}`);
  });

  it('forgets hours and rejections that are shown no more, and nothing newer', async () => {
    const pool = scene.db.database.pool;
    const hour = NOON / HOUR_MS;
    const { account } = people[0]!;
    for (const at of [hour - HOURS_KEPT, hour - HOURS_KEPT - 1])
      await pool.query("insert into standing_hours values ($1, $2, 'cpu', 1, 1, 1)", [account, at]);
    for (const at of [NOON - REJECTIONS_KEPT_MS, NOON - REJECTIONS_KEPT_MS - 1]) {
      await pool.query(
        "insert into rejections (account, job, shard, copy, device, engine, reason, digest, at) values ($1, 1, 1, 0, 1, 'cpu', 'failed', '', $2)",
        [account, at],
      );
    }
    await scene.standing.prune(NOON);
    expect(await read('select hour from standing_hours')).toEqual([{ hour: hour - HOURS_KEPT }]);
    expect(await read('select at from rejections')).toEqual([{ at: NOON - REJECTIONS_KEPT_MS }]);
  });
});

describe('a guest at its cap', () => {
  it('has its verified shards counted although nothing is credited for them', async () => {
    const who = await scene.guest('capped');
    const capped = createJournal({ database: scene.db.database, blobs: scene.db.blobs, postTransfers, guestCap: 0n });
    await scene.verify(jobs[0]!, 2, [who], NOON, capped);
    await scene.rollUp();
    const { totals } = await scene.standing.readHistory({ ...who, days: 1, nowMs: NOON });
    expect(totals).toMatchObject({ verifiedShards: 2, creditMicro: '0', work: 2 * WORK_A_SHARD });
  });
});

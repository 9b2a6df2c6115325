// Several coordinators on one PostgreSQL, as their journals meet in it: who owns which block, and what a late one may not write.
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Journal } from '../../../../server/coordinator/change.ts';
import type { JobRecord } from '../../../../server/jobs/job-record.ts';
import { postTransfers } from '../../../../server/ledger/post-transfers.ts';
import { type AccountStore, createAccountStore } from '../../../../server/storage/account-store.ts';
import { createJournal } from '../../../../server/storage/journal.ts';
import { createPageQueries, type PageQueries } from '../../../../server/storage/page-queries.ts';
import type { AccountId, BlockId, DeviceId, JobId } from '../../../../src/protocol/ids.ts';
import { cast, finalise, pay, settle, shardOf } from '../../../support/make-changes.ts';
import { makeJobRecord } from '../../../support/make-job-record.ts';
import { startDatabase, type TestDatabase } from '../../../support/start-database.ts';

const CAP = 10n ** 15n;
const ALL = 1_000;

let db: TestDatabase;
let accounts: AccountStore;
let pages: PageQueries;
let requester: AccountId;
let person: { readonly account: AccountId; readonly device: DeviceId };
let names = 0;

beforeAll(async () => {
  db = await startDatabase();
  accounts = createAccountStore(db.database, { postTransfers, guestCap: CAP, startGrant: 10n ** 12n, dailyGrantCap: CAP });
  pages = createPageQueries(db.database);
  requester = (await accounts.signInKey({ kind: 'headless', publicKey: 'requester', nowMs: 1 })).account;
  person = await accounts.signInKey({ kind: 'headless', publicKey: 'person', nowMs: 1 });
  await accounts.grantStart(requester, 1);
});
afterAll(async () => {
  const trial = await pages.trialBalance();
  const unproven = await pages.listUnproven();
  await db.stop();
  expect(trial).toEqual({ sumEntries: 0n, sumBalances: 0n, negative: [], drifted: [] });
  expect(unproven).toEqual([]);
});

// what an earlier test left is nobody's to claim
beforeEach(async () => void (await db.database.pool.query("update jobs set state = 'cancelled' where state = 'running'")));

interface Process {
  readonly journal: Journal;
  readonly epoch: number;
  readonly instance: string;
}

async function start(instance = `process-${names++}`): Promise<Process> {
  const journal = createJournal({ database: db.database, blobs: db.blobs, postTransfers, guestCap: CAP, instance });
  return { journal, instance, epoch: await journal.claimEpoch() };
}

/** As if it was paused and has not been seen for longer than a lease. */
async function pause({ epoch }: Process): Promise<void> {
  await db.database.pool.query("update processes set seen_at = now() - interval '11 seconds' where epoch = $1", [epoch]);
}

async function stop({ epoch }: Process): Promise<void> {
  await db.database.pool.query('delete from processes where epoch = $1', [epoch]);
}

/** Three blocks of two shards; the first `owned` are the opener's. */
async function openJob({ journal }: Process, owned: number): Promise<JobRecord> {
  const draft = makeJobRecord({ workgroups: 6, quorum: 1 });
  const [id, escrow, ...blocks] = await journal.nextIds(5);
  const job: JobRecord = {
    ...draft,
    id: id as JobId,
    requester,
    escrow: escrow as AccountId,
    escrowAmount: 6_000n,
    blockShards: 2,
    blocks: blocks.map((block, at) => ({ id: block as BlockId, lo: at * 2, n: 2 })),
  };
  const hold = { kind: 'hold', job: job.id, requester, escrow: job.escrow, amount: job.escrowAmount } as const;
  await journal.commit([
    {
      changes: [
        { kind: 'job-created', job, owned },
        { kind: 'transfer', transfer: hold, atMs: 1 },
      ],
    },
  ]);
  return job;
}

/** One copy of the shard at a place of a block, cast, agreed, paid and final in one commit. */
function decide(job: JobRecord, block: number, offset: number) {
  const shard = shardOf({ ...job, blocks: [job.blocks[block]!] }, offset);
  return {
    changes: [cast(shard, person, 0), settle(shard, 0, 1_000n), finalise(job, shard, new Uint8Array([1])), pay(job, shard, person.account)],
  };
}

const ownBlocks = async ({ journal }: Process, job: JobRecord): Promise<readonly BlockId[]> =>
  (await journal.load()).jobs.find(({ id }) => id === job.id)?.blocks.map(({ id }) => id) ?? [];

describe('blocks', () => {
  test('belong to the opener as far as it asks, and the rest to whoever claims first', async () => {
    const [a, b] = [await start(), await start()];
    const job = await openJob(a, 1);
    expect(await ownBlocks(a, job)).toEqual([job.blocks[0]!.id]);
    expect(await b.journal.claimBlocks(1)).toEqual([job.blocks[1]!.id]);
    const [more, others] = await Promise.all([a.journal.claimBlocks(ALL), b.journal.claimBlocks(ALL)]);
    expect([...more, ...others]).toEqual([job.blocks[2]!.id]);
    expect((await ownBlocks(a, job)).length + (await ownBlocks(b, job)).length).toBe(3);
    expect((await b.journal.load([job.blocks[1]!.id])).jobs[0]?.blocks).toEqual([job.blocks[1]]);
    await Promise.all([stop(a), stop(b)]);
  });

  test('of a process that lives are nobody else’s; of one not seen for ten seconds they are', async () => {
    const [a, b] = [await start(), await start()];
    const job = await openJob(a, 3);
    expect(await b.journal.claimBlocks(ALL)).not.toContain(job.blocks[0]!.id);
    expect((await b.journal.renew()).others).toBe(1);
    await pause(a);
    expect((await b.journal.renew()).others).toBe(0);
    expect(await b.journal.claimBlocks(ALL)).toEqual(expect.arrayContaining(job.blocks.map(({ id }) => id)));
    await Promise.all([stop(a), stop(b)]);
  });

  test('that are released may be claimed at once', async () => {
    const [a, b] = [await start(), await start()];
    const job = await openJob(a, 3);
    await a.journal.commit([{ changes: [{ kind: 'blocks-released', blocks: [job.blocks[2]!.id] }] }]);
    await b.journal.claimBlocks(ALL);
    expect(await ownBlocks(b, job)).toEqual([job.blocks[2]!.id]);
    expect(await ownBlocks(a, job)).toEqual([job.blocks[0]!.id, job.blocks[1]!.id]);
    await Promise.all([stop(a), stop(b)]);
  });
});

describe('a process that wakes late', () => {
  test('writes nothing to blocks that were taken, and goes on with those it has', async () => {
    const [a, b] = [await start(), await start()];
    const job = await openJob(a, 3);
    await pause(a);
    const taken = await b.journal.claimBlocks(1);
    expect(taken).toEqual([job.blocks[0]!.id]);
    await b.journal.commit([decide(job, 0, 0)]);
    const before = await pages.readJob(job.id);
    await expect(a.journal.commit([decide(job, 1, 0), decide(job, 0, 1)])).rejects.toMatchObject({ facts: { isStale: true } });
    expect(await pages.readJob(job.id)).toEqual(before);
    await a.journal.commit([decide(job, 1, 0)]);
    expect((await pages.readJob(job.id))?.finalShards).toBe(2);
    await Promise.all([stop(a), stop(b)]);
  });

  test('writes nothing at all when another has taken its own place', async () => {
    const a = await start();
    const job = await openJob(a, 3);
    const again = await start(a.instance);
    expect(again.epoch).toBeGreaterThan(a.epoch);
    await expect(a.journal.commit([decide(job, 0, 0)])).rejects.toMatchObject({ facts: { isFenced: true } });
    await expect(
      a.journal.commit([
        { changes: [{ kind: 'device-judged', device: person.device, verified: 1, outvotedExact: 0, outvotedTolerance: 0, failed: 0 }] },
      ]),
    ).rejects.toMatchObject({
      facts: { isFenced: true },
    });
    await expect(a.journal.renew()).rejects.toMatchObject({ facts: { isFenced: true } });
    // a restart waits for nobody
    expect(await again.journal.claimBlocks(ALL)).toEqual(expect.arrayContaining(job.blocks.map(({ id }) => id)));
    await again.journal.commit([decide(job, 0, 0)]);
    await stop(again);
  });
});

describe('a commit whose line broke while it was under way', () => {
  test('is written before the state is read again, or never', async () => {
    const a = await start();
    const job = await openJob(a, 3);
    const { pool } = db.database;
    const other = await pool.connect();
    await other.query('begin');
    await other.query('select id from jobs where id = $1 for update', [job.id]);
    const used: pg.PoolClient[] = [];
    const note = (client: pg.PoolClient): void => void used.push(client);
    pool.on('acquire', note);
    const lost = a.journal.commit([decide(job, 0, 0)]).catch((cause: unknown) => cause);
    // all of it has been sent, its end as well, when it waits for the job's row
    await waitForLock(other);
    pool.off('acquire', note);
    (used[0] as unknown as { readonly connection: { readonly stream: { destroy(): void } } }).connection.stream.destroy();
    expect(await lost).toBeInstanceOf(Error);
    const loading = a.journal.load();
    await waitForLock(other, 2);
    await other.query('rollback');
    other.release();
    const { shards } = await loading;
    const stored = await db.database.pool.query('select id from shards where id = $1', [shardOf(job, 0)]);
    expect(stored.rowCount).toBe(1);
    expect(shards.map(({ shard }) => shard)).toContain(shardOf(job, 0));
    // and it goes on
    await a.journal.commit([decide(job, 1, 0)]);
    expect((await pages.readJob(job.id))?.finalShards).toBe(2);
    await stop(a);
  });

  test('is not begun any more when that was', async () => {
    const a = await start();
    const job = await openJob(a, 3);
    await db.database.pool.query('update processes set generation = generation + 1 where epoch = $1', [a.epoch]);
    await expect(a.journal.commit([decide(job, 0, 0)])).rejects.toMatchObject({ facts: { isFenced: true } });
    expect((await pages.readJob(job.id))?.finalShards).toBe(0);
    await stop(a);
  });
});

/** Until so many statements of the database wait for another's lock. */
async function waitForLock(client: pg.PoolClient, count = 1): Promise<void> {
  for (;;) {
    // what is waited for may be another's lock or another's transaction
    const { rows } = await client.query("select count(*) as n from pg_locks where not granted and locktype <> 'virtualxid'");
    if (rows[0].n >= count) return;
  }
}

describe('a job on two processes', () => {
  test('is complete for the one that commits its last shard', async () => {
    const [a, b] = [await start(), await start()];
    const job = await openJob(a, 2);
    await b.journal.claimBlocks(ALL);
    const first = await a.journal.commit([decide(job, 0, 0), decide(job, 0, 1), decide(job, 1, 0), decide(job, 1, 1)]);
    expect(first.completed.size).toBe(0);
    const last = await b.journal.commit([decide(job, 2, 0), decide(job, 2, 1)]);
    expect(last.completed).toEqual(new Map([[job.id, 0]]));
    await Promise.all([stop(a), stop(b)]);
  });

  test('that the one ends is over for the other, which hears of it until it has left, and pays nothing more', async () => {
    const [a, b] = [await start(), await start()];
    const job = await openJob(a, 2);
    await b.journal.claimBlocks(ALL);
    await b.journal.commit([decide(job, 2, 0), { changes: [cast(shardOf({ ...job, blocks: [job.blocks[2]!] }, 1), person, 0)] }]);
    expect((await pages.readShard(job.id, 5))?.votes).toMatchObject([{ state: 'waiting' }]);
    const refund = { kind: 'refund', job: job.id, escrow: job.escrow, requester } as const;
    await a.journal.commit([
      {
        changes: [
          { kind: 'job-ended', job: job.id, state: 'cancelled', reason: null, atMs: 2 },
          { kind: 'transfer', transfer: refund, atMs: 2 },
        ],
      },
    ]);
    await expect(b.journal.commit([decide(job, 2, 1)])).rejects.toMatchObject({ facts: { isStale: true } });
    expect((await a.journal.renew()).ended).toEqual([]);
    for (let times = 0; times < 2; times++) expect((await b.journal.renew()).ended).toEqual([job.id]);
    await b.journal.commit([{ changes: [{ kind: 'job-left', job: job.id }] }]);
    expect((await b.journal.renew()).ended).toEqual([]);
    expect(await pages.readJob(job.id)).toMatchObject({ state: 'cancelled', paid: '1000', refunded: '5000', finalShards: 1 });
    expect((await pages.readShard(job.id, 5))?.votes).toMatchObject([{ state: 'late' }]);
    expect((await pages.readShard(job.id, 4))?.votes).toMatchObject([{ state: 'agreed' }]);
    await Promise.all([stop(a), stop(b)]);
  });

  test('is counted and paid right when both commit at once, many times', async () => {
    const [a, b] = [await start(), await start()];
    for (let round = 0; round < 20; round++) {
      const job = await openJob(a, 2);
      await b.journal.claimBlocks(ALL);
      const reports = await Promise.all([
        a.journal.commit([decide(job, 0, 0), decide(job, 0, 1), decide(job, 1, 0), decide(job, 1, 1)]),
        b.journal.commit([decide(job, 2, 0), decide(job, 2, 1)]),
      ]);
      expect(reports.map(({ completed }) => completed.get(job.id)).filter((failed) => failed !== undefined)).toEqual([0]);
      expect(await pages.readJob(job.id)).toMatchObject({ finalShards: 6, paid: '6000' });
    }
    await Promise.all([stop(a), stop(b)]);
  });
});

// What pages read, from a database that a journal wrote.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Change, Journal } from '../../../../server/coordinator/change.ts';
import type { JobRecord } from '../../../../server/jobs/job-record.ts';
import { postTransfers } from '../../../../server/ledger/post-transfers.ts';
import { type AccountStore, createAccountStore } from '../../../../server/storage/account-store.ts';
import { MIGRATIONS, openDatabase } from '../../../../server/storage/database.ts';
import { createJournal } from '../../../../server/storage/journal.ts';
import { createNetworkQueries } from '../../../../server/storage/network-queries.ts';
import { createPageQueries, type PageQueries } from '../../../../server/storage/page-queries.ts';
import { generateName } from '../../../../src/protocol/display-name.ts';
import {
  type AccountId,
  type BlockId,
  type DeviceId,
  type Digest,
  type JobId,
  makeShardId,
  type ShardId,
} from '../../../../src/protocol/ids.ts';
import { ASSUMED_WORK_PER_WORKGROUP } from '../../../../src/protocol/work.ts';
import { makeJobRecord } from '../../../support/make-job-record.ts';
import { startDatabase, type TestDatabase } from '../../../support/start-database.ts';

const GOOD = 'a'.repeat(64) as Digest;
const BAD = 'b'.repeat(64) as Digest;

type Person = { readonly account: AccountId; readonly device: DeviceId };

let db: TestDatabase;
let journal: Journal;
let accounts: AccountStore;
let pages: PageQueries;
let requester: Person;
let honest: readonly [Person, Person];
let liar: Person;
const jobs: JobRecord[] = [];

beforeAll(async () => {
  db = await startDatabase();
  journal = createJournal({ database: db.database, blobs: db.blobs, postTransfers, guestCap: 10n ** 12n });
  accounts = createAccountStore(db.database, { postTransfers, guestCap: 10n ** 12n, startGrant: 10n ** 9n, dailyGrantCap: 10n ** 12n });
  pages = createPageQueries(db.database);
  const signIn = (publicKey: string) => accounts.signInKey({ kind: 'guest', publicKey, nowMs: 1 });
  requester = await signIn('00requester');
  honest = [await signIn('00honest-one'), await signIn('00honest-two')];
  liar = await signIn('00liarliarxx');
  await accounts.grantStart(requester.account, 1);
  for (const workgroups of [4, 4, 2050]) jobs.push(await openJob(workgroups));
  await journal.commit([{ changes: judgeAll(jobs[0]!, 2) }, { changes: [endJob(jobs[1]!)] }]);
});
afterAll(async () => {
  const trial = await pages.trialBalance();
  await db.stop();
  expect(trial).toEqual({ sumEntries: 0n, sumBalances: 0n, negative: [], drifted: [] });
});

async function openJob(workgroups: number): Promise<JobRecord> {
  const draft = makeJobRecord({ workgroups });
  const [id, escrow, ...blocks] = await journal.nextIds(2 + draft.blocks.length);
  const job: JobRecord = {
    ...draft,
    id: id as JobId,
    escrow: escrow as AccountId,
    requester: requester.account,
    createdAtMs: Number(id),
    spec: { ...draft.spec, title: `job of ${workgroups}`, description: 'what it is', maxPrice: 5n },
    blocks: draft.blocks.map((block, at) => ({ ...block, id: blocks[at] as BlockId })),
  };
  const hold = { kind: 'hold', job: job.id, requester: requester.account, escrow: job.escrow, amount: job.escrowAmount } as const;
  const report = await journal.commit([
    {
      changes: [
        { kind: 'job-created', job },
        { kind: 'transfer', transfer: hold, atMs: 1 },
      ],
    },
  ]);
  expect(report.refused.size).toBe(0);
  return job;
}

const shardAt = (job: JobRecord, index: number): ShardId => {
  const block = job.blocks.find((each) => index >= each.lo && index < each.lo + each.n)!;
  return makeShardId(block.id, index - block.lo);
};

/** The first `count` shards: two honest copies and one that lies. */
function judgeAll(job: JobRecord, count: number): readonly Change[] {
  return Array.from({ length: count }, (_, index) => index).flatMap((index): Change[] => {
    const shard = shardAt(job, index);
    const votes = [honest[0], liar, honest[1]].map(
      (who, copy): Change => ({
        kind: 'vote-cast',
        addressRange: null,
        shard,
        copy,
        ...who,
        engine: copy === 2 ? 'gpu' : 'cpu',
        digest: who === liar ? BAD : GOOD,
        elapsedMs: 1,
        outputs: null,
        state: 'waiting',
        atMs: 10 + copy,
      }),
    );
    const settled = [honest[0], liar, honest[1]].map(
      (who, copy): Change => ({
        kind: 'vote-settled',
        shard,
        copy,
        state: who === liar ? 'outvoted' : 'agreed',
        paid: who === liar ? 0n : 1_000n,
      }),
    );
    const payments = honest.map(
      (who): Change => ({
        kind: 'transfer',
        atMs: 20,
        transfer: { kind: 'pay', job: job.id, shard, escrow: job.escrow, contributor: who.account, amount: 1_000n },
      }),
    );
    const final: Change = {
      kind: 'shard-judged',
      job: job.id,
      shard,
      verdict: 'final',
      digest: GOOD,
      outputs: [{ name: 'out', root: GOOD, bytes: new Uint8Array([index]) }],
      atMs: 20,
    };
    return [...votes, final, ...settled, ...payments];
  });
}

const endJob = (job: JobRecord): Change => ({
  kind: 'job-ended',
  job: job.id,
  state: 'cancelled',
  reason: { code: 'cancelled', sentence: 'Stopped.' },
  atMs: 30,
});

test('the network’s page is told of shards by what became of them, and finds them by their digest', async () => {
  const network = createNetworkQueries(db.database);
  const [{ id: job }] = jobs as [JobRecord];
  const told = { job, title: 'job of 4', verdict: 'final', copies: 3, outvoted: 1, engines: ['cpu', 'gpu'], computeMs: 1, atMs: 20 };
  // a shard without a verdict is not told of
  const places = [0, 1, 3].map((index) => ({ job, index }));
  const shards = await network.describeShards(places);
  expect([...shards].sort((a, b) => a.index - b.index)).toEqual([
    { ...told, index: 0 },
    { ...told, index: 1 },
  ]);
  const byIndex = <Found extends { readonly index: number }>(found: readonly Found[]) => [...found].sort((a, b) => a.index - b.index);
  expect(byIndex(await network.findRecent(9))).toEqual([
    { job, index: 0 },
    { job, index: 1 },
  ]);
  expect(await network.findRecent(1)).toHaveLength(1);
  expect(await network.findDigest(GOOD, 5)).toHaveLength(2);
  expect(await network.findDigest(GOOD, 1)).toMatchObject([{ kind: 'shard', job, title: 'job of 4', verdict: 'final', digest: GOOD }]);
  // what lost the vote is no shard's digest
  expect(await network.findDigest(BAD, 5)).toEqual([]);
  expect(await network.findJob(job)).toEqual({ kind: 'job', job, title: 'job of 4', state: 'running' });
  expect(await network.countRunning()).toBe(2);
  const last = shardAt(jobs[2]!, 2049);
  expect(await network.placeShards([last])).toEqual(new Map([[last, { job: jobs[2]!.id, index: 2049 }]]));
});

test('jobs are listed newest first, by requester, by state, a page at a time', async () => {
  const ids = (list: readonly { readonly id: JobId }[]) => list.map((job) => job.id);
  const [first, second, third] = jobs.map((job) => job.id) as [JobId, JobId, JobId];
  expect(ids(await pages.listJobs({ limit: 10 }))).toEqual([third, second, first]);
  expect(ids(await pages.listJobs({ limit: 2 }))).toEqual([third, second]);
  expect(ids(await pages.listJobs({ limit: 2, before: second }))).toEqual([first]);
  expect(ids(await pages.listJobs({ limit: 10, state: 'cancelled' }))).toEqual([second]);
  expect(ids(await pages.listJobs({ limit: 10, requester: liar.account }))).toEqual([]);
  expect((await pages.listJobs({ limit: 10, requester: requester.account })).at(-1)).toEqual({
    id: first,
    title: 'job of 4',
    template: null,
    requester: { account: requester.account, name: generateName(requester.account) },
    state: 'running',
    shards: 4,
    finalShards: 2,
    failedShards: 0,
    pricePerCopy: '1000',
    createdAtMs: first,
    endedAtMs: null,
    view: { kind: 'bytes', output: 'out' },
    grid: [4, 1, 1],
    workPerShard: ASSUMED_WORK_PER_WORKGROUP,
  });
  expect(await pages.countJobs(requester.account)).toBe(3);
  expect(await pages.countJobs(liar.account)).toBe(0);
});

test('a job shows its spec without what only its requester said, and what became of its escrow', async () => {
  const job = await pages.readJob(jobs[0]!.id);
  expect(job).toMatchObject({
    description: 'what it is',
    escrow: '8000',
    paid: '4000',
    refunded: '0',
    workgroupsPerShard: 1,
    reason: null,
  });
  expect(job?.spec).not.toHaveProperty('maxPrice');
  expect(job?.spec).not.toHaveProperty('providers');
  expect(JSON.stringify(job)).toContain('"wgsl":"x"');
  expect(await pages.readJob(jobs[1]!.id)).toMatchObject({ state: 'cancelled', endedAtMs: 30, reason: { code: 'cancelled' } });
  expect(await pages.readJob(9_999_999 as JobId)).toBeNull();
  expect(await pages.readManifestDigest(jobs[0]!.id)).toBe(GOOD);
  expect(await pages.readManifestDigest(9_999_999 as JobId)).toBeNull();
});

test('a shard shows who voted what', async () => {
  const shard = await pages.readShard(jobs[0]!.id, 1);
  expect(shard).toMatchObject({
    shard: shardAt(jobs[0]!, 1),
    index: 1,
    base: 1,
    count: 1,
    verdict: 'final',
    digest: GOOD,
    outputs: [{ name: 'out', root: GOOD, bytes: 1 }],
  });
  expect(shard?.votes.map((vote) => [vote.account, vote.accountName, vote.engine, vote.digest, vote.state, vote.paid, vote.atMs])).toEqual([
    [honest[0].account, generateName(honest[0].account), 'cpu', GOOD, 'agreed', '1000', 10],
    [liar.account, generateName(liar.account), 'cpu', BAD, 'outvoted', '0', 11],
    [honest[1].account, generateName(honest[1].account), 'gpu', GOOD, 'agreed', '1000', 12],
  ]);
  expect(await pages.readShard(jobs[0]!.id, 3)).toMatchObject({ verdict: 'pending', digest: null, outputs: [], votes: [] });
  for (const index of [4, -1, 0.5, Number.NaN]) expect(await pages.readShard(jobs[0]!.id, index)).toBeNull();
  expect(await pages.readShard(9_999_999 as JobId, 0)).toBeNull();
});

test('shards are read across the edges of blocks', async () => {
  const job = jobs[2]!;
  const shards = await pages.readShards(job.id, { from: 1_022, limit: 4 });
  expect(shards.map((shard) => [shard.index, shard.base, shard.shard])).toEqual(
    [1_022, 1_023, 1_024, 1_025].map((index) => [index, index, shardAt(job, index)]),
  );
  expect((await pages.readShards(job.id, { from: 2_040, limit: 100 })).map((shard) => shard.index)).toEqual(
    Array.from({ length: 10 }, (_, at) => 2_040 + at),
  );
  expect(await pages.readShards(job.id, { from: 2_050, limit: 1 })).toEqual([]);
});

test('a letter a shard, also of a job of many blocks', async () => {
  expect(await pages.shardLetters(jobs[0]!.id)).toBe('ffpp');
  const shard = shardAt(jobs[2]!, 2_049);
  await journal.commit([
    { changes: [{ kind: 'shard-judged', job: jobs[2]!.id, shard, verdict: 'provisional', digest: GOOD, outputs: null, atMs: 1 }] },
  ]);
  expect(await pages.shardLetters(jobs[2]!.id)).toBe(`${'p'.repeat(2_049)}v`);
  expect(await pages.shardLetters(9_999_999 as JobId)).toBe('');
});

test('payments and the outvoted are by account', async () => {
  const paid = await pages.readPayments(jobs[0]!.id);
  expect(paid.map((row) => [row.account, row.shards, row.amount])).toEqual(honest.map((who) => [who.account, 2, '2000']));
  expect(await pages.readOutvoted(jobs[0]!.id)).toEqual([{ account: liar.account, name: generateName(liar.account), shards: 2 }]);
  expect(await pages.readPayments(jobs[1]!.id)).toEqual([]);
});

test('pay is one line a commit and job; the ledger is read newest first, page by page, to its end', async () => {
  const { account } = honest[0];
  const more = shardAt(jobs[0]!, 3);
  await journal.commit([
    {
      changes: [
        {
          kind: 'transfer',
          atMs: 25,
          transfer: { kind: 'pay', job: jobs[0]!.id, shard: more, escrow: jobs[0]!.escrow, contributor: account, amount: 1_000n },
        },
      ],
    },
  ]);
  const first = await pages.ledgerPage({ account, before: null, limit: 1 });
  expect(first.lines).toMatchObject([
    { reason: 'pay', credit: 'granted', amount: '1000', balance: '3000', job: jobs[0]!.id, shards: 1, atMs: 25 },
  ]);
  const second = await pages.ledgerPage({ account, before: first.next, limit: 1 });
  expect(second).toMatchObject({ lines: [{ amount: '2000', balance: '2000', shards: 2, atMs: 20 }], next: null });
  expect(await pages.ledgerPage({ account: liar.account, before: null, limit: 5 })).toEqual({ lines: [], next: null });
});

test('what was paid is proven by votes: a payment that no vote explains is found, and one that a vote explains is not', async () => {
  // the test before paid a shard for which nobody voted
  expect(await pages.listUnproven()).toEqual([jobs[0]!.id]);
  const shard = shardAt(jobs[0]!, 3);
  const cast: Change = {
    kind: 'vote-cast',
    addressRange: null,
    shard,
    copy: 0,
    ...honest[0],
    engine: 'cpu',
    digest: GOOD,
    elapsedMs: 1,
    outputs: null,
    state: 'waiting',
    atMs: 1,
  };
  await journal.commit([{ changes: [cast, { kind: 'vote-settled', shard, copy: 0, state: 'agreed', paid: 1_000n }] }]);
  expect(await pages.listUnproven()).toEqual([]);
});

test('a guest’s jobs are its wallet’s once it is attached', async () => {
  const wallet = await accounts.attachWallet({ guest: requester.account, wallet: '0xRequester', nowMs: 40 });
  expect((await pages.listJobs({ limit: 10, requester: wallet })).map((job) => job.requester)).toEqual(
    jobs.map(() => ({ account: wallet, name: generateName(wallet) })),
  );
  expect(await pages.listJobs({ limit: 10, requester: requester.account })).toEqual([]);
  expect((await journal.load()).jobs.map((job) => job.requester)).toEqual([wallet, wallet]);
  expect(await pages.countJobs(wallet)).toBe(3);
});

test('totals count final shards of all jobs', async () => expect(await pages.totals()).toEqual({ shardsFinal: 2 }));

test('the trial balance finds a balance that no line explains', async () => {
  await db.database.pool.query('update accounts set earned = earned + 5 where id = $1', [liar.account]);
  expect(await pages.trialBalance()).toEqual({ sumEntries: 0n, sumBalances: 5n, negative: [], drifted: [liar.account] });
  await db.database.pool.query('update accounts set earned = earned - 5 where id = $1', [liar.account]);
});

test('the database itself refuses a negative balance, and an entry of nobody', async () => {
  const { pool } = db.database;
  await expect(pool.query('update accounts set granted = -1 where id = $1', [liar.account])).rejects.toMatchObject({ code: '23514' });
  await expect(
    pool.query(
      "insert into entries (transfer, account, credit, amount, balance_after, reason, at) values (1, 999999, 'earned', 1, 1, 'pay', 1)",
    ),
  ).rejects.toMatchObject({ code: '23503' });
});

test('several processes may bring the schema up to date at once, and again', async () => {
  const opened = await Promise.all(Array.from({ length: 3 }, () => openDatabase({ connection: db.embedded.connection })));
  const { rows } = await opened[0]!.pool.query('select count(*) as n from kysely_migration');
  expect(rows[0].n).toBe(Object.keys(MIGRATIONS).length);
  await Promise.all(opened.map((database) => database.close()));
});

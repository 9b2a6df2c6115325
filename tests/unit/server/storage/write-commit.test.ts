// How a commit lies in the tables: small outputs in their rows, votes that need no update, rows that were there before, plans that use indexes.
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Change, Journal } from '../../../../server/coordinator/change.ts';
import type { JobRecord } from '../../../../server/jobs/job-record.ts';
import { postTransfers } from '../../../../server/ledger/post-transfers.ts';
import { type AccountStore, createAccountStore } from '../../../../server/storage/account-store.ts';
import { createBlobRows } from '../../../../server/storage/blob-queries.ts';
import { makeFence } from '../../../../server/storage/fence.ts';
import { gatherRows } from '../../../../server/storage/gather-rows.ts';
import { createJournal } from '../../../../server/storage/journal.ts';
import { createPageQueries, type PageQueries } from '../../../../server/storage/page-queries.ts';
import { runPipeline, type Statement } from '../../../../server/storage/pipeline.ts';
import { decideCredit, lockAccounts, writeCredit } from '../../../../server/storage/post-credit.ts';
import { BEGIN } from '../../../../server/storage/write-commit.ts';
import { countJobs } from '../../../../server/storage/write-jobs.ts';
import { addToDevices, clearShards, clearVotes, settleVotes } from '../../../../server/storage/write-rows.ts';
import {
  type AccountId,
  type BlockId,
  blockOfShard,
  type DeviceId,
  type Digest,
  type JobId,
  makeShardId,
} from '../../../../src/protocol/ids.ts';
import { digestOf } from '../../../../src/protocol/sha256.ts';
import type { Verdict } from '../../../../src/protocol/verdict.ts';
import { cast, DIGEST, finalise, opening, pay, settle, shardOf } from '../../../support/make-changes.ts';
import { makeJobRecord } from '../../../support/make-job-record.ts';
import { startDatabase, type TestDatabase } from '../../../support/start-database.ts';

const CAP = 10n ** 15n;
const TOLERANCE = { kind: 'tolerance', abs: 1, rel: 0, maxOutlierShare: 0 } as const;

type Person = { readonly account: AccountId; readonly device: DeviceId };

let db: TestDatabase;
let journal: Journal;
let accounts: AccountStore;
let pages: PageQueries;
let requester: AccountId;
let people: readonly [Person, Person, Person];

beforeAll(async () => {
  db = await startDatabase();
  journal = createJournal({ database: db.database, blobs: db.blobs, postTransfers, guestCap: CAP });
  accounts = createAccountStore(db.database, { postTransfers, guestCap: CAP, startGrant: 10n ** 12n, dailyGrantCap: CAP });
  pages = createPageQueries(db.database);
  const signIn = (publicKey: string) => accounts.signInKey({ kind: 'headless', publicKey, nowMs: 1 });
  requester = (await signIn('commit-requester')).account;
  people = [await signIn('commit-one'), await signIn('commit-two'), await signIn('commit-three')];
  await accounts.grantStart(requester, 1);
});
afterAll(async () => {
  const trial = await pages.trialBalance();
  const unproven = await pages.listUnproven();
  await db.stop();
  expect(trial).toEqual({ sumEntries: 0n, sumBalances: 0n, negative: [], drifted: [] });
  expect(unproven).toEqual([]);
});

async function openJob(options: Parameters<typeof makeJobRecord>[0] = {}): Promise<JobRecord> {
  const draft = makeJobRecord(options);
  const [id, escrow, ...blocks] = await journal.nextIds(2 + draft.blocks.length);
  const job: JobRecord = {
    ...draft,
    id: id as JobId,
    escrow: escrow as AccountId,
    requester,
    blocks: draft.blocks.map((block, at) => ({ ...block, id: blocks[at] as BlockId })),
  };
  expect((await journal.commit([{ changes: opening(job) }])).refused.size).toBe(0);
  return job;
}

const count = async (table: string, where = 'true', values: readonly unknown[] = []): Promise<number> =>
  (await db.database.pool.query(`select count(*) as n from ${table} where ${where}`, [...values])).rows[0].n;

describe('an output', () => {
  test.each([
    [0, 0],
    [4_096, 0],
    [4_097, 1],
  ])('of %i bytes makes %i blobs, and is read back', async (bytes, blobs) => {
    const job = await openJob();
    const before = await count('blobs');
    const part = Uint8Array.from({ length: bytes }, (_, at) => (at * 7 + bytes) % 256);
    await journal.commit([{ changes: [finalise(job, shardOf(job, 0), part)] }]);
    expect((await count('blobs')) - before).toBe(blobs);
    expect(await count('blob_references', 'job = $1 and digest = decode($2, $3)', [job.id, digestOf(part), 'hex'])).toBe(blobs);
    const [stored, ...others] = await pages.readOutputs(job.id, { output: 'out', from: 0, limit: 4 });
    expect(others).toEqual([]);
    expect(stored).toEqual({ index: 0, stored: blobs ? { blob: digestOf(part) } : Buffer.from(part) });
    expect((await pages.readShard(job.id, 0))?.outputs).toEqual([{ name: 'out', blob: digestOf(part), root: DIGEST, bytes }]);
    expect(await pages.readOutputs(job.id, { output: 'other', from: 0, limit: 4 })).toEqual([]);
  });

  test('beside a large one is a blob with it, each under its name', async () => {
    const job = await openJob();
    const shard = shardOf(job, 0);
    const parts = [new Uint8Array([1]), new Uint8Array(5_000)];
    const outputs = parts.map((bytes, at) => ({ name: ['out', 'more'][at]!, root: DIGEST, bytes }));
    await journal.commit([{ changes: [{ ...finalise(job, shard, parts[0]!), outputs } as Change] }]);
    expect((await pages.readShard(job.id, 0))?.outputs.map((output) => [output.name, output.blob])).toEqual([
      ['out', digestOf(parts[0]!)],
      ['more', digestOf(parts[1]!)],
    ]);
    expect(await pages.readOutputs(job.id, { output: 'more', from: 0, limit: 1 })).toEqual([
      { index: 0, stored: { blob: digestOf(parts[1]!) } },
    ]);
  });

  test('kept with a vote lies in its row while it waits, and goes when its shard is decided', async () => {
    const job = await openJob({ comparison: TOLERANCE });
    const shard = shardOf(job, 0);
    const outputs = [{ name: 'out', root: DIGEST, bytes: new Uint8Array([5]) }];
    await journal.commit([{ changes: [cast(shard, people[0], 0, outputs)] }]);
    const waiting = (await journal.load()).votes.find((vote) => vote.shard === shard);
    expect(waiting?.outputs).toEqual([{ name: 'out', root: DIGEST, bytes: Buffer.from([5]) }]);
    await journal.commit([{ changes: [finalise(job, shard, new Uint8Array([5])), settle(shard, 0, 0n)] }]);
    expect((await journal.load()).votes.some((vote) => vote.shard === shard)).toBe(false);
    await createBlobRows(db.database).listCollectable(0, 1);
    expect(await count('votes', 'shard = $1 and inline_outputs is not null', [shard])).toBe(0);
  });
});

describe('a vote of an earlier commit', () => {
  test('that agreed is told by its shard’s row; the others are told by their own', async () => {
    const job = await openJob();
    const shard = shardOf(job, 0);
    const [a, b, liar] = people;
    await journal.commit([{ changes: [cast(shard, a, 0), cast(shard, liar, 1)] }]);
    const report = await journal.commit([
      {
        changes: [
          cast(shard, b, 2),
          finalise(job, shard, new Uint8Array([1])),
          pay(job, shard, a.account),
          settle(shard, 0, 1_000n),
          { kind: 'vote-settled', shard, copy: 1, state: 'outvoted', paid: 0n },
          pay(job, shard, b.account),
          settle(shard, 2, 1_000n),
        ],
      },
    ]);
    expect(report.verifiedShards.get(a.account)).toBeGreaterThan(0);
    expect(await count('votes', "shard = $1 and state = 'waiting'", [shard])).toBe(1);
    expect((await pages.readShard(job.id, 0))?.votes.map((vote) => [vote.account, vote.state, vote.paid])).toEqual([
      [a.account, 'agreed', '1000'],
      [liar.account, 'outvoted', '0'],
      [b.account, 'agreed', '1000'],
    ]);
    expect((await pages.readPayments(job.id)).map((row) => [row.account, row.shards, row.amount])).toEqual([
      [a.account, 1, '1000'],
      [b.account, 1, '1000'],
    ]);
    expect((await pages.readOutvoted(job.id)).map((row) => row.account)).toEqual([liar.account]);
    expect(await pages.readJob(job.id)).toMatchObject({ finalShards: 1, paid: '2000' });
  });

  test('that agreed and was not paid says so', async () => {
    const job = await openJob();
    const shard = shardOf(job, 0);
    await journal.commit([{ changes: [cast(shard, people[0], 0), cast(shard, people[1], 1)] }]);
    await journal.commit([
      {
        changes: [
          finalise(job, shard, new Uint8Array([1])),
          pay(job, shard, people[0].account),
          settle(shard, 0, 1_000n),
          settle(shard, 1, 0n),
        ],
      },
    ]);
    expect((await pages.readShard(job.id, 0))?.votes.map((vote) => [vote.state, vote.paid])).toEqual([
      ['agreed', '1000'],
      ['agreed', '0'],
    ]);
  });
});

describe('a row that is there already', () => {
  test('of a final shard stays, with its votes, and is not counted again', async () => {
    const job = await openJob();
    const shard = shardOf(job, 0);
    await journal.commit([{ changes: [cast(shard, people[0], 0)] }]);
    await journal.commit([
      { changes: [finalise(job, shard, new Uint8Array([1])), pay(job, shard, people[0].account), settle(shard, 0, 1_000n)] },
    ]);
    const other = { ...finalise(job, shard, new Uint8Array([2])), digest: 'f'.repeat(64) as Digest } as Change;
    await journal.commit([{ changes: [other, finalise(job, shardOf(job, 1), new Uint8Array([3]))] }]);
    expect(await pages.readShard(job.id, 0)).toMatchObject({ digest: DIGEST, votes: [{ state: 'agreed', paid: '1000' }] });
    expect(await pages.readJob(job.id)).toMatchObject({ finalShards: 2 });
  });

  test.each(['provisional', 'pending', 'failed'] as const)(
    'and says %s gives way, also to a journal that never saw it',
    async (verdict) => {
      const job = await openJob();
      const [a, b] = [shardOf(job, 0), shardOf(job, 1)];
      const judged = (shard: typeof a): Change => ({
        kind: 'shard-judged',
        job: job.id,
        shard,
        verdict,
        digest: null,
        outputs: null,
        atMs: 1,
      });
      await journal.commit([{ changes: [judged(a), judged(b)] }]);
      await journal.commit([{ changes: [finalise(job, a, new Uint8Array([1]))] }]);
      const fresh = createJournal({ database: db.database, blobs: db.blobs, postTransfers, guestCap: CAP });
      await fresh.commit([{ changes: [finalise(job, b, new Uint8Array([1]))] }]);
      expect(await pages.shardLetters(job.id)).toBe('ffpp');
      expect(await pages.readJob(job.id)).toMatchObject({ finalShards: 2, failedShards: 0 });
    },
  );

  test('of an account’s vote stays, and the rest of the batch is written', async () => {
    const job = await openJob();
    const [a, b] = [shardOf(job, 0), shardOf(job, 1)];
    await journal.commit([{ changes: [cast(a, people[0], 0)] }]);
    await journal.commit([{ changes: [cast(a, people[0], 7), cast(a, people[1], 1)] }, { changes: [cast(b, people[0], 0)] }]);
    expect((await pages.readShard(job.id, 0))?.votes.map((vote) => [vote.account, vote.copy])).toEqual([
      [people[0].account, 0],
      [people[1].account, 1],
    ]);
    expect((await pages.readShard(job.id, 1))?.votes).toHaveLength(1);
  });
});

test('a commit tells which running jobs have no shard left to decide, and how many of those failed', async () => {
  const job = await openJob({ workgroups: 3 });
  const fail = (index: number): Change => ({
    kind: 'shard-judged',
    job: job.id,
    shard: shardOf(job, index),
    verdict: 'failed',
    digest: null,
    outputs: null,
    atMs: 1,
  });
  const byte = new Uint8Array([1]);
  const two = await journal.commit([{ changes: [finalise(job, shardOf(job, 0), byte), fail(1)] }]);
  expect(two.completed).toEqual(new Map());
  const three = await journal.commit([{ changes: [finalise(job, shardOf(job, 2), byte)] }]);
  expect(three.completed).toEqual(new Map([[job.id, 1]]));
  const single = await openJob({ workgroups: 1 });
  const ended: Change = { kind: 'job-ended', job: single.id, state: 'done', reason: null, atMs: 2 };
  expect((await journal.commit([{ changes: [finalise(single, shardOf(single, 0), byte), ended] }])).completed).toEqual(new Map());
});

test('a restart finds every verdict, and votes only where a shard is still open', async () => {
  const job = await openJob({ workgroups: 1_026 });
  const at = (index: number) => makeShardId(job.blocks[Math.floor(index / 1_024)]!.id, index % 1_024);
  const judged = (index: number, verdict: Verdict): Change => ({
    kind: 'shard-judged',
    job: job.id,
    shard: at(index),
    verdict,
    digest: null,
    outputs: null,
    atMs: 1,
  });
  const verdicts = [
    [0, 'final'],
    [3, 'provisional'],
    [1_023, 'failed'],
    [1_024, 'final'],
    [1_025, 'final'],
  ] as const;
  await journal.commit([
    {
      changes: [
        ...verdicts.map(([index, verdict]) => judged(index, verdict)),
        ...[0, 3, 7, 1_024].map((index) => cast(at(index), people[0], 0)),
      ],
    },
  ]);
  const loaded = await journal.load();
  const blocks = new Set(job.blocks.map((block) => block.id));
  const ours = loaded.shards.filter(({ shard }) => blocks.has(blockOfShard(shard)));
  expect(ours.map(({ shard, verdict }) => [shard, verdict])).toEqual(verdicts.map(([index, verdict]) => [at(index), verdict]));
  expect(loaded.votes.filter(({ shard }) => blocks.has(blockOfShard(shard))).map((vote) => vote.shard)).toEqual([at(3), at(7)]);
});

test('what breaks in the midst of a commit undoes all of it, and the connection serves the next', async () => {
  const job = await openJob();
  const shard = shardOf(job, 0);
  const broken = { ...cast(shard, people[0], 0), engine: 'abacus' } as unknown as Change;
  await expect(journal.commit([{ changes: [finalise(job, shard, new Uint8Array([1])), broken] }])).rejects.toMatchObject({ code: '23514' });
  expect(await pages.readShard(job.id, 0)).toMatchObject({ verdict: 'pending', votes: [] });
  await journal.commit([{ changes: [cast(shard, people[0], 0)] }]);
  expect((await pages.readShard(job.id, 0))?.votes).toHaveLength(1);
});

test('every statement of a commit uses indexes, also when it was planned while its tables were empty and nobody analysed them since', async () => {
  const fresh = await startDatabase();
  const client = await fresh.database.pool.connect();
  try {
    const statements = listStatements();
    await runPipeline(client, [...BEGIN, ...statements]);
    // the sixth plan is the one that stays
    for (let at = 0; at < 6; at++) await runPipeline(client, statements);
    await client.query('rollback');
    const far = createJournal({ database: fresh.database, blobs: fresh.blobs, postTransfers, guestCap: CAP });
    await fresh.database.pool.query('update accounts set earned = 1000000000000 where id = 1');
    const draft = makeJobRecord({ workgroups: 100_000 });
    const [id, escrow, ...blocks] = await far.nextIds(2 + draft.blocks.length);
    const job: JobRecord = {
      ...draft,
      id: id as JobId,
      escrow: escrow as AccountId,
      requester: 1 as AccountId,
      blocks: draft.blocks.map((block, at) => ({ ...block, id: blocks[at] as BlockId })),
    };
    expect((await far.commit([{ changes: opening(job) }])).refused.size).toBe(0);
    const who = { account: 2 as AccountId, device: 1 as DeviceId };
    const units = Array.from({ length: 1_000 }, (_, at) => ({
      changes: [cast(shardOf(job, at), who, 0), finalise(job, shardOf(job, at), new Uint8Array([1]))],
    }));
    await far.commit(units);
    await client.query('begin');
    for (const statement of statements) expect([statement.name, ...(await listScans(client, statement))]).toEqual([statement.name]);
    await client.query('rollback');
  } finally {
    client.release();
    await fresh.stop();
  }
});

/** Every statement of a commit that reads a table. */
function listStatements(): readonly Statement[] {
  const job = makeJobRecord();
  const shard = shardOf(job, 0);
  const who = { account: 2 as AccountId, device: 1 as DeviceId };
  const rows = gatherRows([{ changes: [cast(shard, who, 0), finalise(job, shard, new Uint8Array([1]))] }]);
  const batch = {
    units: [[{ transfer: { kind: 'refund', job: job.id, escrow: 2, requester: 1 } as never, atMs: 1 }]],
    nextId: () => 1,
    newEscrows: [],
  };
  const locked = [
    ['1', 'treasury', null, '0', '0'],
    ['2', 'house', null, '5', '0'],
  ];
  const credit = decideCredit(batch, locked, { postTransfers, guestCap: CAP });
  const fence = makeFence({ rows, epoch: 1, generation: 0 });
  return [
    ...fence.before,
    lockAccounts(batch),
    ...fence.after,
    settleVotes([{ shard, copy: 0, state: 'agreed', paid: 1n }]),
    clearVotes(rows.votes),
    clearShards(rows.shards),
    addToDevices([{ device: 1 as DeviceId, verified: 1, outvotedExact: 0, outvotedTolerance: 0, failed: 0 }]),
    ...writeCredit(credit).filter((statement) => statement.name === 'write-balances'),
    countJobs(new Map([[job.id, { final: 1, failed: 0, paid: 0n, refunded: 0n }]])),
  ];
}

/** Tables that the prepared statement reads from end to end. */
async function listScans(client: pg.PoolClient, { name, values = [] }: Statement): Promise<readonly string[]> {
  const given = values.map((value) => `'${String(value)}'`).join(', ');
  const { rows } = await client.query(`explain (format json) execute "${name}"(${given})`);
  const scans: string[] = [];
  const walk = (node: { readonly 'Node Type': string; readonly 'Relation Name'?: string; readonly Plans?: readonly never[] }): void => {
    if (node['Node Type'] === 'Seq Scan') scans.push(node['Relation Name'] ?? '');
    for (const child of node.Plans ?? []) walk(child);
  };
  walk(rows[0]['QUERY PLAN'][0].Plan);
  return scans;
}

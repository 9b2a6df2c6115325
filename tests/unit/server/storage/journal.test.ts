// The journal on a real PostgreSQL: what a commit wrote, what it refused, and what is found again.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Change, Journal } from '../../../../server/coordinator/change.ts';
import type { JobRecord } from '../../../../server/jobs/job-record.ts';
import { postTransfers } from '../../../../server/ledger/post-transfers.ts';
import { type AccountStore, createAccountStore } from '../../../../server/storage/account-store.ts';
import { createJournal } from '../../../../server/storage/journal.ts';
import { createPageQueries, type PageQueries } from '../../../../server/storage/page-queries.ts';
import type { AccountId, BlockId, DeviceId, JobId, ShardId } from '../../../../src/protocol/ids.ts';
import { cast, DIGEST, finalise, opening, pay, settle, shardOf } from '../../../support/make-changes.ts';
import { makeJobRecord } from '../../../support/make-job-record.ts';
import { startDatabase, type TestDatabase } from '../../../support/start-database.ts';

const GUEST_CAP = 5_000_000n;
const POLICY = { postTransfers, guestCap: GUEST_CAP, startGrant: 1_000_000n, dailyGrantCap: 10n ** 12n };
const TOLERANCE = { kind: 'tolerance', abs: 1, rel: 0, maxOutlierShare: 0 } as const;

let db: TestDatabase;
let journal: Journal;
let accounts: AccountStore;
let pages: PageQueries;
let keys = 0;

beforeAll(async () => {
  db = await startDatabase();
  journal = createJournal({ database: db.database, blobs: db.blobs, postTransfers, guestCap: GUEST_CAP });
  accounts = createAccountStore(db.database, POLICY);
  pages = createPageQueries(db.database);
});
afterAll(async () => {
  // Whatever the tests did, the books must be right.
  const trial = await pages.trialBalance();
  await db.stop();
  expect(trial).toEqual({ sumEntries: 0n, sumBalances: 0n, negative: [], drifted: [] });
});

async function signIn(kind: 'guest' | 'headless' = 'guest'): Promise<{ account: AccountId; device: DeviceId }> {
  return accounts.signInKey({ kind, publicKey: `journal-key-${keys++}`, nowMs: 1 });
}

async function signInFunded(): Promise<AccountId> {
  const { account } = await signIn('headless');
  await accounts.grantStart(account, 1);
  return account;
}

type JobOptions = Parameters<typeof makeJobRecord>[0];

async function makeJob(requester: AccountId, options: JobOptions = {}): Promise<JobRecord> {
  const draft = makeJobRecord(options);
  const [id, escrow, ...blocks] = await journal.nextIds(2 + draft.blocks.length);
  return {
    ...draft,
    id: id as JobId,
    requester,
    escrow: escrow as AccountId,
    blocks: draft.blocks.map((block, at) => ({ ...block, id: blocks[at] as BlockId })),
  };
}

async function openJob(requester: AccountId, options: JobOptions = {}): Promise<JobRecord> {
  const job = await makeJob(requester, options);
  const report = await journal.commit([{ changes: opening(job) }]);
  expect(report.refused.size).toBe(0);
  return job;
}

const balance = async (account: AccountId): Promise<bigint> => {
  const view = await accounts.accountView(account);
  return BigInt(view!.earned) + BigInt(view!.granted);
};

describe('a job', () => {
  test('is found again as it was submitted, with amounts as bigints and text that JSONB would refuse', async () => {
    const requester = await signInFunded();
    const draft = await makeJob(requester, { workgroups: 1030 });
    const job = {
      ...draft,
      escrowAmount: 10n,
      spec: {
        ...draft.spec,
        title: 'a\u0000b\ud800',
        maxPrice: 12_345_678_901_234_567n,
        providers: { ...draft.spec.providers, price: 5n },
      },
    };
    await journal.commit([{ changes: opening(job) }]);
    const loaded = (await journal.load()).jobs.find((candidate) => candidate.id === job.id);
    expect(loaded).toEqual(job);
    expect(job.blocks.map((block) => block.n)).toEqual([1024, 6]);
    expect((await pages.readJob(job.id))?.title).toBe('a\u0000b\ud800');
  });

  test('with a hold that the account cannot pay is refused whole, and every other unit of the batch is written', async () => {
    const poor = await signIn();
    const rich = await signInFunded();
    const refused = await makeJob(poor.account);
    const written = await makeJob(rich);
    const report = await journal.commit([{ changes: opening(refused) }, { changes: opening(written) }]);
    expect([...report.refused.keys()]).toEqual([0]);
    expect(report.refused.get(0)).toMatchObject({ code: 'insufficient-credit', facts: { needed: '0.008', available: '0' } });
    expect(await pages.readJob(refused.id)).toBeNull();
    expect(await pages.readJob(written.id)).not.toBeNull();
    expect(report.balances.get(rich)).toBe(1_000_000n - written.escrowAmount);
  });

  test('takes exactly what is there and one micro-credit more not', async () => {
    const requester = await signInFunded();
    const over = { ...(await makeJob(requester)), escrowAmount: 1_000_001n };
    expect((await journal.commit([{ changes: opening(over) }])).refused.size).toBe(1);
    const exact = { ...(await makeJob(requester)), escrowAmount: 1_000_000n };
    const report = await journal.commit([{ changes: opening(exact) }]);
    expect(report.refused.size).toBe(0);
    expect(report.balances.get(requester)).toBe(0n);
  });

  test('that ended is refunded, is not loaded, and does not end twice', async () => {
    const requester = await signInFunded();
    const job = await openJob(requester);
    const reason = { code: 'cancelled', sentence: 'It was cancelled.' } as const;
    const refund: Change = { kind: 'transfer', transfer: { kind: 'refund', job: job.id, escrow: job.escrow, requester }, atMs: 5 };
    const report = await journal.commit([{ changes: [{ kind: 'job-ended', job: job.id, state: 'cancelled', reason, atMs: 5 }, refund] }]);
    expect(report.balances.get(requester)).toBe(1_000_000n);
    await journal.commit([{ changes: [{ kind: 'job-ended', job: job.id, state: 'done', reason: null, atMs: 6 }, refund] }]);
    const read = await pages.readJob(job.id);
    expect(read).toMatchObject({ state: 'cancelled', endedAtMs: 5, refunded: '8000', paid: '0', escrow: '8000', reason });
    expect((await journal.load()).jobs.some((candidate) => candidate.id === job.id)).toBe(false);
  });
});

describe('a shard', () => {
  test('that is final is stored, paid and counted once, whether its votes come in one commit or in several', async () => {
    const [first, second] = [await signIn(), await signIn()];
    const job = await openJob(await signInFunded());
    const [a, b] = [shardOf(job, 0), shardOf(job, 1)];
    const big = new Uint8Array(5_000).fill(7);
    const together = await journal.commit([
      { changes: [cast(a, first, 0)] },
      {
        changes: [
          cast(a, second, 1),
          finalise(job, a, big),
          settle(a, 0, 1_000n),
          settle(a, 1, 1_000n),
          pay(job, a, first.account),
          pay(job, a, second.account),
          { kind: 'device-judged', device: first.device, verified: 1, outvotedExact: 0, outvotedTolerance: 0, failed: 0 },
        ],
      },
    ]);
    expect(together.balances.get(first.account)).toBe(1_000n);
    expect(together.verifiedShards.get(second.account)).toBe(1);

    await journal.commit([{ changes: [cast(b, first, 0)] }]);
    await journal.commit([{ changes: [{ ...finalise(job, b, big), verdict: 'provisional', outputs: null } as Change] }]);
    const apart = await journal.commit([
      { changes: [finalise(job, b, new Uint8Array([1])), settle(b, 0, 1_000n), pay(job, b, first.account)] },
    ]);
    expect(apart.balances.get(first.account)).toBe(2_000n);
    expect(apart.verifiedShards.get(first.account)).toBe(2);

    // The same verdict again changes no counter.
    await journal.commit([{ changes: [finalise(job, b, new Uint8Array([1]))] }]);
    expect(await pages.readJob(job.id)).toMatchObject({ finalShards: 2, failedShards: 0, paid: '3000' });
    const shard = await pages.readShard(job.id, 0);
    expect(shard).toMatchObject({ verdict: 'final', digest: DIGEST, outputs: [{ name: 'out', bytes: 5_000 }], base: 0, count: 1 });
    expect(shard?.votes.map((vote) => [vote.account, vote.state, vote.paid])).toEqual([
      [first.account, 'agreed', '1000'],
      [second.account, 'agreed', '1000'],
    ]);
    expect(await db.blobs.get(shard!.outputs[0]!.blob)).toEqual(Buffer.from(big));
    expect(await accounts.deviceRecord(first.device)).toMatchObject({ verified: 1 });
  });

  test('counts one vote an account; only one that was withheld may be cast anew', async () => {
    const who = await signIn();
    const job = await openJob(await signInFunded());
    const shard = shardOf(job, 0);
    await journal.commit([{ changes: [cast(shard, who, 0), cast(shard, who, 1)] }]);
    await journal.commit([{ changes: [cast(shard, who, 2)] }]);
    expect((await pages.readShard(job.id, 0))?.votes.map((vote) => vote.copy)).toEqual([0]);
    await journal.commit([{ changes: [{ kind: 'vote-settled', shard, copy: 0, state: 'withheld', paid: 0n }] }]);
    await journal.commit([{ changes: [cast(shard, who, 3)] }]);
    expect((await pages.readShard(job.id, 0))?.votes.map((vote) => [vote.copy, vote.state])).toEqual([[3, 'waiting']]);
    await journal.commit([{ changes: [{ kind: 'vote-settled', shard, copy: 3, state: 'withheld', paid: 0n }, cast(shard, who, 4)] }]);
    expect((await pages.readShard(job.id, 0))?.votes.map((vote) => [vote.copy, vote.state])).toEqual([[4, 'waiting']]);
  });

  test('that failed is counted as failed, and as final again when it turns out well', async () => {
    const job = await openJob(await signInFunded());
    const shard = shardOf(job, 3);
    await journal.commit([
      { changes: [{ kind: 'shard-judged', job: job.id, shard, verdict: 'failed', digest: null, outputs: null, atMs: 1 }] },
    ]);
    expect(await pages.readJob(job.id)).toMatchObject({ finalShards: 0, failedShards: 1 });
    expect(await pages.shardLetters(job.id)).toBe('pppx');
    await journal.commit([{ changes: [finalise(job, shard, new Uint8Array([1]))] }]);
    expect(await pages.readJob(job.id)).toMatchObject({ finalShards: 1, failedShards: 0 });
  });
});

describe('after a restart', () => {
  test('waiting votes come back with their bytes, small and large, until the shard is decided', async () => {
    const [first, second] = [await signIn(), await signIn()];
    const job = await openJob(await signInFunded(), { comparison: TOLERANCE });
    const [open, decided] = [shardOf(job, 0), shardOf(job, 1)];
    const small = { name: 'out', root: DIGEST, bytes: new Uint8Array(4_096).fill(1) };
    const large = { name: 'out', root: DIGEST, bytes: new Uint8Array(4_097).fill(2) };
    await journal.commit([{ changes: [cast(open, first, 0, [small]), cast(open, second, 1, [large]), cast(decided, first, 0, [large])] }]);
    await journal.commit([{ changes: [finalise(job, decided, large.bytes), settle(decided, 0, 0n)] }]);

    const loaded = await journal.load();
    const votes = loaded.votes.filter((vote) => vote.shard === open || vote.shard === decided);
    expect(votes).toEqual([
      {
        shard: open,
        copy: 0,
        ...first,
        addressRange: '203.0.113.0/24',
        engine: 'cpu',
        digest: DIGEST,
        state: 'waiting',
        elapsedMs: 1.5,
        outputs: [{ ...small, bytes: Buffer.from(small.bytes) }],
      },
      {
        shard: open,
        copy: 1,
        ...second,
        addressRange: '203.0.113.0/24',
        engine: 'cpu',
        digest: DIGEST,
        state: 'waiting',
        elapsedMs: 1.5,
        outputs: [{ ...large, bytes: Buffer.from(large.bytes) }],
      },
    ]);
    expect(loaded.shards.filter((shard) => shard.shard === decided)).toMatchObject([{ shard: decided, verdict: 'final' }]);
    expect(await pages.readShard(job.id, 1)).toMatchObject({ verdict: 'final', digest: DIGEST });
    expect(loaded.devices.map((device) => device.device)).toContain(second.device);
  });

  test('an epoch is greater than every one before, and the process that holds an older one writes nothing more', async () => {
    const older = createJournal({ database: db.database, blobs: db.blobs, postTransfers, guestCap: GUEST_CAP });
    const epoch = await older.claimEpoch();
    const requester = await signInFunded();
    await older.commit([{ changes: [] }]);
    const newer = createJournal({ database: db.database, blobs: db.blobs, postTransfers, guestCap: GUEST_CAP });
    expect(await newer.claimEpoch()).toBe(epoch + 1);
    const job = await makeJob(requester);
    await expect(older.commit([{ changes: opening(job) }])).rejects.toMatchObject({ code: 'storage-failed' });
    expect(await pages.readJob(job.id)).toBeNull();
    await newer.commit([{ changes: opening(job) }]);
    expect(await pages.readJob(job.id)).not.toBeNull();
  });
});

describe('credit', () => {
  test('a commit that would pay more than the escrow holds is thrown away whole', async () => {
    const who = await signIn();
    const job = await openJob(await signInFunded());
    const shard = shardOf(job, 0);
    const changes = [cast(shard, who, 0), pay(job, shard, who.account, job.escrowAmount + 1n)];
    await expect(journal.commit([{ changes }])).rejects.toMatchObject({ code: 'internal' });
    expect((await pages.readShard(job.id, 0))?.votes).toEqual([]);
    expect(await balance(who.account)).toBe(0n);
  });

  test('past the cap a guest is paid up to it and the rest goes to the treasury', async () => {
    const who = await signIn();
    const requester = await signInFunded();
    const capped = createJournal({ database: db.database, blobs: db.blobs, postTransfers, guestCap: 1_500n });
    const job = await makeJob(requester);
    await capped.commit([{ changes: opening(job) }]);
    const [a, b] = [shardOf(job, 0), shardOf(job, 1)];
    const report = await capped.commit([{ changes: [pay(job, a, who.account), pay(job, b, who.account)] }]);
    expect(report.balances.get(who.account)).toBe(1_500n);
    expect(report.verifiedShards.get(who.account)).toBe(2);
    const treasury = await pages.ledgerPage({ account: 1 as AccountId, before: null, limit: 1 });
    expect(treasury.lines[0]).toMatchObject({ reason: 'cap', amount: '500', job: job.id });
  });

  test('what is paid to a guest after it was attached is its wallet’s, told under both names', async () => {
    const who = await signIn();
    const job = await openJob(await signInFunded());
    const wallet = await accounts.attachWallet({ guest: who.account, wallet: '0xAttachedMeanwhile', nowMs: 2 });
    const shard = shardOf(job, 0);
    await journal.commit([{ changes: [cast(shard, who, 0)] }]);
    expect((await journal.load()).votes.find((vote) => vote.shard === shard)?.account).toBe(wallet);
    const report = await journal.commit([{ changes: [pay(job, shard, who.account), settle(shard, 0, 1_000n)] }]);
    expect(await balance(wallet)).toBe(1_000n);
    expect(await balance(who.account)).toBe(0n);
    expect(report.balances.get(who.account)).toBe(1_000n);
    expect(report.verifiedShards.get(who.account)).toBe(1);
    expect((await pages.readPayments(job.id)).map((row) => [row.account, row.amount])).toEqual([[wallet, '1000']]);
  });

  test('commits, grants and attachments over the same accounts at once do not stop each other', async () => {
    const requester = await signInFunded();
    const people = await Promise.all(Array.from({ length: 6 }, () => signIn()));
    const jobs = await Promise.all(Array.from({ length: 4 }, () => openJob(requester, { workgroups: 40 })));
    const rounds = Array.from({ length: 10 }, (_, round) => round);
    const work = jobs.flatMap((job, at) =>
      rounds.map((round) => {
        const shard = shardOf(job, round);
        // Each job walks the people in another order.
        const order = people.map((_, i) => people[(at % 2 === 0 ? i + at : people.length * 2 - i - at) % people.length]!).slice(0, 2);
        return journal.commit([
          { changes: order.map((who, copy) => cast(shard, who, copy)) },
          { changes: [finalise(job, shard, new Uint8Array([round])), ...order.map((who) => pay(job, shard, who.account))] },
        ]);
      }),
    );
    const grants = people.map((who) => accounts.grantStart(who.account, 1));
    const attachments = people
      .slice(0, 3)
      .map((who, at) => accounts.attachWallet({ guest: who.account, wallet: `0xCrowd${at}`, nowMs: 2 }));
    await Promise.all([...work, ...grants, ...attachments]);
    const left = await Promise.all(people.map((who) => balance(who.account)));
    const moved = await Promise.all((await Promise.all(attachments)).map(balance));
    const total = [...left, ...moved].reduce((sum, value) => sum + value, 0n);
    expect(total).toBe(6n * 1_000_000n + 4n * 10n * 2n * 1_000n);
    expect(await pages.trialBalance()).toEqual({ sumEntries: 0n, sumBalances: 0n, negative: [], drifted: [] });
  });
});

test('kill -9 of the database in the midst of commits loses none that was answered, and the books stay right', async () => {
  const [one, two] = [await signIn(), await signIn()];
  const job = await openJob(await signInFunded(), { workgroups: 400 });
  const answered: ShardId[] = [];
  const { pid } = db.embedded;
  const work = async (from: number): Promise<void> => {
    for (let index = from; index < 400; index += 4) {
      const shard = shardOf(job, index);
      const changes = [
        cast(shard, one, 0),
        cast(shard, two, 1),
        finalise(job, shard, new Uint8Array([index % 256])),
        pay(job, shard, one.account),
      ];
      try {
        await journal.commit([{ changes }]);
      } catch {
        return;
      }
      if (answered.push(shard) === 60) process.kill(pid, 'SIGKILL');
    }
  };
  await Promise.all([0, 1, 2, 3].map(work));
  await expect.poll(() => db.embedded.pid, { timeout: 20_000, interval: 10 }).not.toBe(pid);
  expect(answered.length).toBeGreaterThanOrEqual(60);
  const final = new Set(
    (await pages.readShards(job.id, { from: 0, limit: 400 })).filter((shard) => shard.verdict === 'final').map((shard) => shard.shard),
  );
  expect(answered.filter((shard) => !final.has(shard))).toEqual([]);
  expect(await balance(one.account)).toBe(BigInt(final.size) * job.pricePerCopy);
  expect(await pages.readJob(job.id)).toMatchObject({ finalShards: final.size, paid: String(final.size * 1_000) });
});

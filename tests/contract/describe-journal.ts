// The one list of what every journal must do, run over the simulation's model in memory and over the real one on PostgreSQL.
import { expect, test } from 'vitest';
import type { Change, Journal } from '../../server/coordinator/change.ts';
import type { JobRecord } from '../../server/jobs/job-record.ts';
import type { AccountId, BlockId, DeviceId, JobId } from '../../src/protocol/ids.ts';
import { cast, finalise, opening, pay, settle, shardOf } from '../support/make-changes.ts';
import { makeJobRecord } from '../support/make-job-record.ts';

export interface Who {
  readonly account: AccountId;
  readonly device: DeviceId;
}

export interface JournalFixture {
  readonly journal: Journal;
  /** Another process over the same tables; one of a name takes the place of the one before. */
  createOther(instance: string): Journal;
  /** A new headless account with so much granted credit. */
  signIn(credit?: bigint): Promise<Who>;
  balanceOf(account: AccountId): Promise<bigint>;
}

const TOLERANCE = { kind: 'tolerance', abs: 1, rel: 0, maxOutlierShare: 0 } as const;
const CREDIT = 100_000n;
const BYTES = new Uint8Array(8).fill(3);

export async function makeContractJob(
  journal: Journal,
  requester: AccountId,
  options: Parameters<typeof makeJobRecord>[0] = {},
): Promise<JobRecord> {
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

export function describeJournal(open: () => JournalFixture): void {
  const commit = (...units: (readonly Change[])[]) => open().journal.commit(units.map((changes) => ({ changes })));
  const openJob = async (options: Parameters<typeof makeJobRecord>[0] = {}): Promise<JobRecord> => {
    const { account } = await open().signIn(CREDIT);
    const job = await makeContractJob(open().journal, account, options);
    expect((await commit(opening(job))).refused.size).toBe(0);
    return job;
  };
  const loadJob = async (job: JobRecord) => {
    const { jobs, shards, votes } = await open().journal.load();
    const ids = new Set(Array.from({ length: job.shards }, (_, index) => shardOf(job, index)));
    return {
      job: jobs.find(({ id }) => id === job.id) ?? null,
      shards: [...shards].filter(({ shard }) => ids.has(shard)),
      votes: votes.filter(({ shard }) => ids.has(shard)),
    };
  };

  test('finds a job again as it was opened, and what was held for it', async () => {
    const job = await openJob();
    expect((await loadJob(job)).job).toEqual(job);
    expect(await open().balanceOf(job.requester)).toBe(CREDIT - job.escrowAmount);
  });

  test('refuses a hold that cannot be paid with its unit, and writes the units around it', async () => {
    const [poor, rich] = [await open().signIn(1n), await open().signIn(CREDIT)];
    const refused = await makeContractJob(open().journal, poor.account);
    const written = await makeContractJob(open().journal, rich.account);
    const report = await commit(opening(refused), opening(written));
    expect([...report.refused].map(([at, { code }]) => [at, code])).toEqual([[0, 'insufficient-credit']]);
    expect((await loadJob(refused)).job).toBeNull();
    expect((await loadJob(written)).job).toEqual(written);
    expect(report.balances.get(rich.account)).toBe(CREDIT - written.escrowAmount);
  });

  test('writes nothing of a commit that fails in one of its units', async () => {
    const job = await openJob();
    const who = await open().signIn();
    const shard = shardOf(job, 0);
    await expect(commit([cast(shard, who, 1)], [pay(job, shard, who.account, job.escrowAmount + 1n)])).rejects.toThrow('below zero');
    expect((await loadJob(job)).votes).toEqual([]);
    expect(await open().balanceOf(who.account)).toBe(0n);
  });

  test('counts a vote once for a shard and account, within a commit and over two', async () => {
    const job = await openJob();
    const who = await open().signIn();
    const shard = shardOf(job, 0);
    await commit([cast(shard, who, 1), cast(shard, who, 2)]);
    await commit([cast(shard, who, 3)]);
    expect((await loadJob(job)).votes.map(({ copy, account }) => [copy, account])).toEqual([[1, who.account]]);
  });

  test('takes another vote of an account whose first was withheld', async () => {
    const job = await openJob();
    const who = await open().signIn();
    const shard = shardOf(job, 0);
    await commit([cast(shard, who, 1)]);
    await commit([{ kind: 'vote-settled', shard, copy: 1, state: 'withheld', paid: 0n }]);
    await commit([cast(shard, who, 2)]);
    expect((await loadJob(job)).votes.map(({ copy, state }) => [copy, state])).toEqual([[2, 'waiting']]);
  });

  test('keeps the bytes of votes that are compared by value, and gives votes back in order', async () => {
    const job = await openJob({ comparison: TOLERANCE });
    const [first, second] = [await open().signIn(), await open().signIn()];
    const shard = shardOf(job, 1);
    const outputs = [{ name: 'out', root: '2'.repeat(64) as never, bytes: BYTES }];
    await commit([cast(shard, second, 5, outputs)], [cast(shard, first, 4, outputs)]);
    const { votes } = await loadJob(job);
    expect(votes.map(({ copy }) => copy)).toEqual([4, 5]);
    expect(votes[0]?.outputs?.map(({ name, bytes }) => [name, [...bytes]])).toEqual([['out', [...BYTES]]]);
  });

  test('pays what is final, says the new balance, and no longer loads the votes of a decided shard', async () => {
    const job = await openJob();
    const [first, second] = [await open().signIn(), await open().signIn()];
    const shard = shardOf(job, 0);
    await commit([cast(shard, first, 1)]);
    const report = await commit([
      cast(shard, second, 2),
      finalise(job, shard, BYTES),
      pay(job, shard, first.account),
      settle(shard, 1, job.pricePerCopy),
      pay(job, shard, second.account),
      settle(shard, 2, job.pricePerCopy),
    ]);
    expect([report.balances.get(first.account), report.verifiedShards.get(second.account)]).toEqual([job.pricePerCopy, 1]);
    expect(await loadJob(job)).toMatchObject({ shards: [{ shard, verdict: 'final' }], votes: [] });
  });

  test('ends a job once, gives back what is left, and loads it no more', async () => {
    const job = await openJob();
    const end = (state: 'cancelled' | 'expired'): readonly Change[] => [
      { kind: 'job-ended', job: job.id, state, reason: null, atMs: 9 },
      { kind: 'transfer', transfer: { kind: 'refund', job: job.id, escrow: job.escrow, requester: job.requester }, atMs: 9 },
    ];
    await commit(end('cancelled'));
    await commit(end('expired'));
    expect((await loadJob(job)).job).toBeNull();
    expect(await open().balanceOf(job.requester)).toBe(CREDIT);
  });

  test('writes nothing for a process whose place another has taken', async () => {
    const job = await openJob();
    const who = await open().signIn();
    const [old, fresh] = [open().createOther('one'), open().createOther('one')];
    const before = await old.claimEpoch();
    expect(await fresh.claimEpoch()).toBeGreaterThan(before);
    await fresh.claimBlocks(1_000);
    const units = [{ changes: [cast(shardOf(job, 0), who, 1)] }];
    await expect(old.commit(units)).rejects.toMatchObject({ facts: { isFenced: true } });
    await expect(old.renew()).rejects.toMatchObject({ facts: { isFenced: true } });
    expect((await loadJob(job)).votes).toEqual([]);
    await fresh.commit(units);
    expect((await loadJob(job)).votes).toHaveLength(1);
  });

  test('gives a block to one living process, refuses what others decide about it, and takes it back', async () => {
    const job = await openJob();
    const who = await open().signIn();
    const [block] = job.blocks;
    const [first, second] = [open().createOther('first'), open().createOther('second')];
    await first.claimEpoch();
    await second.claimEpoch();
    expect(await first.claimBlocks(1_000)).toContain(block!.id);
    expect(await second.claimBlocks(1_000)).not.toContain(block!.id);
    expect((await second.renew()).others).toBeGreaterThanOrEqual(1);
    const units = [{ changes: [cast(shardOf(job, 0), who, 1)] }];
    await expect(second.commit(units)).rejects.toMatchObject({ facts: { isStale: true } });
    await first.commit(units);
    await first.commit([{ changes: [{ kind: 'blocks-released', blocks: [block!.id] }] }]);
    expect(await second.claimBlocks(1_000)).toContain(block!.id);
    const { jobs, votes } = await second.load([block!.id]);
    expect([jobs.map(({ id }) => id), votes.map(({ copy }) => copy)]).toEqual([[job.id], [1]]);
    await expect(first.commit([{ changes: [cast(shardOf(job, 1), who, 1)] }])).rejects.toMatchObject({ facts: { isStale: true } });
  });

  test('counts its blocks of running jobs, and tells of a job that ended until it is left', async () => {
    const job = await openJob();
    const [one, other] = [open().createOther('one of two'), open().createOther('other of two')];
    await one.claimEpoch();
    await other.claimEpoch();
    const taken = await one.claimBlocks(1_000);
    expect(taken).toContain(job.blocks[0]!.id);
    expect(await one.renew()).toMatchObject({ blocks: taken.length, ended: [] });
    await other.commit([{ changes: [{ kind: 'job-ended', job: job.id, state: 'cancelled', reason: null, atMs: 9 }] }]);
    for (let times = 0; times < 2; times++) {
      expect(await one.renew()).toMatchObject({ blocks: taken.length - job.blocks.length, ended: [job.id] });
      expect((await other.renew()).ended).toEqual([]);
    }
    await one.commit([{ changes: [{ kind: 'job-left', job: job.id }] }]);
    expect((await one.renew()).ended).toEqual([]);
  });

  test('leaves its own blocks of a job that it ends by itself', async () => {
    const job = await openJob();
    const own = open().createOther('one of two');
    await own.claimEpoch();
    expect(await own.claimBlocks(1_000)).toContain(job.blocks[0]!.id);
    await own.commit([{ changes: [{ kind: 'job-ended', job: job.id, state: 'cancelled', reason: null, atMs: 9 }] }]);
    expect((await own.renew()).ended).toEqual([]);
  });
}

// The runner around the core: group commits, promises after them, and what a failed commit undoes.
import { describe, expect, it } from 'vitest';
import type { CommitReport, CommitUnit, Journal, LoadedState, Sharing } from '../../../../server/coordinator/change.ts';
import { MAX_UNACKNOWLEDGED } from '../../../../server/coordinator/lease-shards.ts';
import { mergeMessages } from '../../../../server/coordinator/merge-messages.ts';
import { runCoordinator } from '../../../../server/coordinator/run-coordinator.ts';
import type { JobRecord } from '../../../../server/jobs/job-record.ts';
import { Fault } from '../../../../src/protocol/fault.ts';
import type { AccountId, BlockId, DeviceId, ShardId } from '../../../../src/protocol/ids.ts';
import { outputRoot } from '../../../../src/protocol/merkle.ts';
import type { ServerMessage } from '../../../../src/protocol/messages.ts';
import { makeJobRecord } from '../../../support/make-job-record.ts';

const NOTHING_WRITTEN: CommitReport = { refused: new Map(), balances: new Map(), verifiedShards: new Map(), completed: new Map() };

/** A journal whose commits the test lets through, refuses or breaks one by one. */
function createHeldJournal(onLoad: () => Partial<LoadedState> = () => ({}), more: Partial<Journal> = {}) {
  const commits: {
    readonly units: readonly CommitUnit[];
    readonly finish: (report?: Partial<CommitReport>) => void;
    readonly fail: () => void;
  }[] = [];
  const loaded: LoadedState = { jobs: [], shards: [], votes: [], devices: [] };
  let loads = 0;
  const journal: Journal = {
    load: async () => {
      loads++;
      return { ...loaded, ...onLoad() };
    },
    commit: (units) =>
      new Promise((resolve, reject) => {
        commits.push({
          units,
          finish: (report = {}) => resolve({ ...NOTHING_WRITTEN, ...report }),
          fail: () => reject(new Error('disk full')),
        });
      }),
    claimEpoch: async () => 1,
    nextIds: async (count) => Array.from({ length: count }, (_, at) => at + 1),
    renew: async () => ({ others: 0, ended: [], blocks: 0 }),
    claimBlocks: async () => [],
    ...more,
  };
  return { journal, commits, loads: () => loads };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

async function start(onLoad?: () => Partial<LoadedState>, more: Partial<Journal> = {}) {
  const held = createHeldJournal(onLoad, more);
  const faults: unknown[] = [];
  const sent: { session: number; message: ServerMessage }[] = [];
  const resumed: number[] = [];
  const runner = await runCoordinator({
    journal: held.journal,
    macSecret: new Uint8Array(32),
    nowMs: () => 1_000,
    wait: async () => {},
    onFailedCommit: (cause) => faults.push(cause),
  });
  runner.connect({ deliver: (session, message) => sent.push({ session, message }), resume: (session) => resumed.push(session) });
  const join = (session: number) =>
    runner.post({
      type: 'session-opened',
      session,
      account: session as AccountId,
      accountKind: 'guest',
      device: session as DeviceId,
      addressRange: null,
      record: null,
      capabilities: { engines: [{ kind: 'cpu', label: 'test', isFallback: false, maxBufferBytes: 1e9 }], threads: 1 },
    });
  return { ...held, runner, sent, resumed, faults, join };
}

describe('runCoordinator', () => {
  it('opens a job only after its commit', async () => {
    const { runner, commits, sent, join } = await start();
    join(1);
    runner.post({ type: 'shards-wanted', session: 1, count: 1, workgroupsPerSecond: 0 });
    const opened = runner.openJob(makeJobRecord());
    await settle();
    expect(runner.counts().jobsRunning).toBe(0);
    expect(commits[0]!.units[0]!.changes.map((change) => change.kind)).toEqual(['job-created', 'transfer']);
    commits[0]!.finish();
    await opened;
    expect(runner.counts().jobsRunning).toBe(1);
    expect(sent.some(({ message }) => message.type === 'assignments')).toBe(true);
  });

  it('says why a hold was refused and keeps no job', async () => {
    const { runner, commits } = await start();
    const opened = runner.openJob(makeJobRecord());
    await settle();
    commits[0]!.finish({ refused: new Map([[0, { code: 'insufficient-credit', sentence: 'Too little credit.' }]]) });
    await expect(opened).rejects.toMatchObject({ code: 'insufficient-credit' });
    expect(runner.counts().jobsRunning).toBe(0);
  });

  it('puts what arrives during a commit into the next one', async () => {
    const { runner, commits } = await start();
    const opened = [1, 2, 3].map((id) => runner.openJob(makeJobRecord({ id: id * 10 })));
    await settle();
    expect(commits).toHaveLength(1);
    commits[0]!.finish();
    await settle();
    expect(commits[1]!.units).toHaveLength(2);
    commits[1]!.finish();
    await Promise.all(opened);
  });

  it('drops every promise of a failed commit, reads the truth again and tells the devices to resume', async () => {
    const { runner, commits, resumed, join, loads } = await start();
    join(1);
    const opened = runner.openJob(makeJobRecord());
    await settle();
    commits[0]!.fail();
    await expect(opened).rejects.toMatchObject({ code: 'storage-failed' });
    expect(resumed).toEqual([1]);
    expect(loads()).toBe(2);
    expect(runner.counts().jobsRunning).toBe(0);
  });

  it('stays low on storage, and stays draining, when a failed commit made it read the truth again', async () => {
    const { runner, commits, sent, join } = await start();
    runner.post({ type: 'storage-low', isLow: true });
    const opened = runner.openJob(makeJobRecord());
    await settle();
    commits[0]!.fail();
    await expect(opened).rejects.toMatchObject({ code: 'storage-failed' });
    join(1);
    runner.post({ type: 'shards-wanted', session: 1, count: 1, workgroupsPerSecond: 0 });
    expect(sent.at(-1)?.message).toMatchObject({ type: 'idle', reason: 'storage-low' });
    const again = runner.openJob(makeJobRecord());
    await settle();
    const drained = runner.drain(0, 10_000);
    commits[1]!.fail();
    await expect(again).rejects.toMatchObject({ code: 'storage-failed' });
    await drained;
    await expect(runner.openJob(makeJobRecord())).rejects.toMatchObject({ code: 'draining' });
  });

  it('gives no copy number twice after a failed commit', async () => {
    const job = makeJobRecord({ workgroups: 1 });
    const { runner, commits, sent, join } = await start(() => ({ jobs: [job] }));
    const copyOf = (session: number): number => {
      join(session);
      runner.post({ type: 'shards-wanted', session, count: 1, workgroupsPerSecond: 0 });
      const message = sent.findLast((one) => one.session === session)?.message;
      return message?.type === 'assignments' ? message.assignments[0]!.claim.copy : -1;
    };
    const copies = [copyOf(1), copyOf(2)];
    // whatever was lost: a job that was to open, and the end of the job itself
    for (const [session, lose] of [
      [3, () => runner.openJob(makeJobRecord({ id: 70 }))],
      [5, () => runner.cancelJob(job)],
    ] as const) {
      const lost = lose();
      await settle();
      commits.at(-1)!.fail();
      await expect(lost).rejects.toMatchObject({ code: 'storage-failed' });
      copies.push(copyOf(session), copyOf(session + 1));
    }
    expect(copies).not.toContain(-1);
    expect(new Set(copies).size).toBe(6);
  });

  it('says that a job is open whose commit arrived although its answer did not', async () => {
    const jobs: JobRecord[] = [];
    const { runner, commits } = await start(() => ({ jobs }));
    const job = makeJobRecord();
    const opened = runner.openJob(job);
    await settle();
    jobs.push(job);
    commits[0]!.fail();
    await opened;
    expect(runner.counts().jobsRunning).toBe(1);
  });

  it('repeats a credit with the balance it had', async () => {
    const { runner, commits, sent, join } = await start(() => ({ jobs: [makeJobRecord({ workgroups: 2, quorum: 1 })] }));
    join(1);
    runner.post({ type: 'shards-wanted', session: 1, count: 1, workgroupsPerSecond: 0 });
    const handed = sent.at(-1)!.message as Extract<ServerMessage, { type: 'assignments' }>;
    const { claim, mac } = handed.assignments[0]!;
    const bytes = new Uint8Array(8);
    const root = outputRoot(makeJobRecord().manifest.outputs[0]!, bytes);
    const outcome = { kind: 'done', outputs: [{ root, bytes: 8, payloadOffset: 0 }], elapsedMs: 1, engine: 'cpu' } as const;
    const [results, outputs] = [[{ claim, mac, outcome }], [[{ name: 'out', root, bytes }]]];
    const say = () => runner.post({ type: 'results-arrived', session: 1, results, outputs, wanted: 0, workgroupsPerSecond: 0 });
    say();
    await settle();
    commits[0]!.finish({ balances: new Map([[1 as AccountId, 5_000n]]) });
    await settle();
    say();
    await settle();
    expect(commits).toHaveLength(1);
    const credits = sent.filter(({ message }) => message.type === 'credited');
    expect(credits.map(({ message }) => message)).toEqual(
      Array(2).fill({ type: 'credited', shards: [{ shard: claim.shard, amount: 1_000n }], balance: 5_000n }),
    );
  });

  it('reads the truth again when the core itself fails at an event', async () => {
    const { runner, commits, resumed, join, loads } = await start();
    join(1);
    const opened = runner.openJob(makeJobRecord());
    await settle();
    commits[0]!.finish();
    await opened;
    // an event no gate lets through: the core trips over it
    runner.post({ type: 'results-arrived', session: 1, results: [null] as never, outputs: [null], wanted: 0, workgroupsPerSecond: 0 });
    await settle();
    await settle();
    expect(resumed).toEqual([1]);
    expect(loads()).toBe(2);
  });

  it('tells the receipts that have left, and only when they have', async () => {
    const { runner, commits, sent, join } = await start(() => ({
      jobs: [makeJobRecord({ workgroups: 4 * MAX_UNACKNOWLEDGED, quorum: 1 })],
    }));
    join(1);
    const given = (): number =>
      sent.reduce((sum, { message }) => sum + (message.type === 'assignments' ? message.assignments.length : 0), 0);
    runner.post({ type: 'shards-wanted', session: 1, count: 64, workgroupsPerSecond: 1e6 });
    for (let at = 0; at < sent.length; at++) {
      const { message } = sent[at]!;
      if (message.type !== 'assignments') continue;
      const results = message.assignments.map(({ claim, mac }) => ({
        claim,
        mac,
        outcome: { kind: 'failed', code: 'program-trap', message: 'it broke' } as const,
      }));
      const outputs = results.map(() => null);
      runner.post({ type: 'results-arrived', session: 1, results, outputs, wanted: 64, workgroupsPerSecond: 1e6 });
    }
    const held = given();
    expect(held).toBeGreaterThanOrEqual(MAX_UNACKNOWLEDGED);
    expect(held).toBeLessThan(2 * MAX_UNACKNOWLEDGED);
    await settle();
    commits[0]?.finish();
    await settle();
    expect(given()).toBeGreaterThan(held);
  });

  it('reads blocks that it owns and does not know, at the second renewal that says so', async () => {
    const job = makeJobRecord({ workgroups: 1 });
    let sharing: Sharing = { others: 0, ended: [], blocks: 0 };
    const jobs: JobRecord[] = [];
    const { runner, loads, faults } = await start(() => ({ jobs }), { renew: async () => sharing });
    await runner.renewShare();
    expect([loads(), runner.counts().jobsRunning]).toEqual([1, 0]);
    sharing = { ...sharing, blocks: job.blocks.length };
    jobs.push(job);
    await runner.renewShare();
    expect([loads(), runner.counts().jobsRunning]).toEqual([1, 0]);
    await runner.renewShare();
    await settle();
    expect([loads(), runner.counts().jobsRunning, faults]).toEqual([2, 1, [expect.objectContaining({ facts: { isUnread: true } })]]);
    for (let times = 0; times < 3; times++) await runner.renewShare();
    await settle();
    expect(loads()).toBe(2);
  });

  it('does not take for unread what it has given up and not yet written', async () => {
    const job = makeJobRecord({ workgroups: 1 });
    const sharing: Sharing = { others: 0, ended: [], blocks: job.blocks.length };
    const { runner, loads, commits } = await start(() => ({ jobs: [job] }), { renew: async () => sharing });
    const cancelled = runner.cancelJob(job);
    for (let times = 0; times < 4; times++) await runner.renewShare();
    commits[0]!.finish();
    await cancelled;
    await settle();
    expect([loads(), runner.counts().jobsRunning]).toEqual([1, 0]);
  });

  it('does not take for unread what it is about to open, or is claiming', async () => {
    const job = makeJobRecord({ workgroups: 1 });
    let blocks = 0;
    let claim = (_taken: readonly BlockId[]): void => {};
    const { runner, loads, commits, join } = await start(undefined, {
      renew: async () => ({ others: 1, ended: [], blocks }),
      claimBlocks: () => (blocks > 0 ? new Promise((resolve) => (claim = resolve)) : Promise.resolve([])),
    });
    join(1);
    const opened = runner.openJob(job);
    await settle();
    blocks = 1;
    const renewals = [runner.renewShare(), runner.renewShare(), runner.renewShare()];
    await settle();
    commits[0]!.finish();
    await opened;
    blocks = 2;
    for (let times = 0; times < 3; times++) renewals.push(runner.renewShare());
    await settle();
    claim([]);
    await Promise.all(renewals);
    expect(loads()).toBe(1);
  });

  it('says that it was fenced when it is told so at a renewal, and nothing of other faults there', async () => {
    let fault = new Fault('storage-failed', 'away');
    let isBroken = false;
    const renew = async (): Promise<Sharing> => {
      if (isBroken) throw fault;
      return { others: 0, ended: [], blocks: 0 };
    };
    const { runner, faults } = await start(undefined, { renew });
    isBroken = true;
    await expect(runner.renewShare()).rejects.toThrow('away');
    expect(faults).toEqual([]);
    fault = new Fault('storage-failed', 'taken', { facts: { isFenced: true } });
    await expect(runner.renewShare()).rejects.toThrow('taken');
    expect(faults).toEqual([fault]);
  });

  it('tells who starves', async () => {
    const { runner, join } = await start();
    let starved = 0;
    runner.onStarved(() => starved++);
    join(1);
    runner.post({ type: 'shards-wanted', session: 1, count: 1, workgroupsPerSecond: 0 });
    expect(starved).toBe(1);
  });
});

describe('mergeMessages', () => {
  it('joins receipts of one session and keeps the order of the rest', () => {
    const receipt = (shard: number) => ({ shard: shard as ShardId, copy: 0, verdict: 'pending', vote: 'waiting', refusal: null }) as const;
    const merged = mergeMessages([
      { session: 1, afterCommit: true, message: { type: 'receipts', receipts: [receipt(1)] } },
      { session: 2, afterCommit: true, message: { type: 'receipts', receipts: [receipt(2)] } },
      { session: 1, afterCommit: true, message: { type: 'receipts', receipts: [receipt(3)] } },
    ]);
    expect(merged).toHaveLength(2);
    expect(merged[0]!.message).toMatchObject({ receipts: [{ shard: 1 }, { shard: 3 }] });
  });
});

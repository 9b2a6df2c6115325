// The runner around the core: group commits, promises after them, and what a failed commit undoes.
import { describe, expect, it } from 'vitest';
import type { CommitReport, CommitUnit, Journal, LoadedState } from '../../../../server/coordinator/change.ts';
import { mergeMessages, runCoordinator } from '../../../../server/coordinator/run-coordinator.ts';
import type { AccountId, DeviceId, ShardId } from '../../../../src/protocol/ids.ts';
import type { ServerMessage } from '../../../../src/protocol/messages.ts';
import { makeJobRecord } from '../../../support/make-job-record.ts';

/** A journal whose commits the test lets through, refuses or breaks one by one. */
function createHeldJournal() {
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
      return loaded;
    },
    commit: (units) =>
      new Promise((resolve, reject) => {
        commits.push({
          units,
          finish: (report = {}) => resolve({ refused: new Map(), balances: new Map(), verifiedShards: new Map(), ...report }),
          fail: () => reject(new Error('disk full')),
        });
      }),
    claimEpoch: async () => 1,
    nextIds: async (count) => Array.from({ length: count }, (_, at) => at + 1),
  };
  return { journal, commits, loads: () => loads };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

async function start() {
  const held = createHeldJournal();
  const sent: { session: number; message: ServerMessage }[] = [];
  const resumed: number[] = [];
  const runner = await runCoordinator({
    journal: held.journal,
    macSecret: new Uint8Array(32),
    nowMs: () => 1_000,
    wait: async () => {},
    onFailedCommit: () => {},
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
  return { ...held, runner, sent, resumed, join };
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

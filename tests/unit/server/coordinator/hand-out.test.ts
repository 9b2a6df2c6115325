// Who gets which shard, and the reason code of every empty answer.
import { describe, expect, it } from 'vitest';
import { MAX_LATE_MS } from '../../../../server/coordinator/accept-result.ts';
import { MAX_UNACKNOWLEDGED } from '../../../../server/coordinator/lease-shards.ts';
import type { AccountId, DeviceId } from '../../../../src/protocol/ids.ts';
import { CoreDriver } from '../../../support/core-driver.ts';
import { makeJobRecord } from '../../../support/make-job-record.ts';

describe('handing out', () => {
  it('gives a reason code for every empty answer', () => {
    const core = new CoreDriver();
    core.join(1);
    core.want(1);
    expect(core.last(1, 'idle')?.reason).toBe('no-jobs');
    core.post({ type: 'storage-low', isLow: true });
    core.want(1);
    expect(core.last(1, 'idle')?.reason).toBe('storage-low');
    core.post({ type: 'draining' });
    core.want(1);
    expect(core.last(1, 'idle')?.reason).toBe('draining');
  });

  it('never gives two copies of a shard to one account', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 1 })] });
    core.join(1, { account: 50 });
    core.join(2, { account: 50 });
    expect(core.want(1)).toHaveLength(1);
    expect(core.want(2)).toHaveLength(0);
    expect(core.last(2, 'idle')?.reason).toBe('one-copy-an-account');
  });

  it('never gives two copies to one address range, unless the range is exempt', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 1 })] });
    core.join(1, { range: '203.0.113.0/24' });
    core.join(2, { range: '203.0.113.0/24' });
    core.join(3, { range: null });
    expect(core.want(1)).toHaveLength(1);
    expect(core.want(2)).toHaveLength(0);
    expect(core.last(2, 'idle')?.reason).toBe('one-copy-an-address');
    expect(core.want(3)).toHaveLength(1);
  });

  it('never gives a shard again to a device that failed it', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 1 })] });
    core.join(1);
    core.fail(1, core.want(1)[0]!);
    expect(core.want(1)).toHaveLength(0);
    expect(core.last(1, 'idle')?.reason).toBe('failed-too-often');
  });

  it('pushes work to those who wait as soon as a job opens', () => {
    const core = new CoreDriver();
    core.join(1);
    core.want(1);
    core.post({ type: 'job-opened', job: makeJobRecord() });
    expect(core.assignments(1)).toHaveLength(1);
  });

  it('gives nothing new to a device whose results wait for their commit, from a limit on, and goes on when receipts leave', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: MAX_UNACKNOWLEDGED + 2, quorum: 1 })] });
    core.isDurable = false;
    core.join(1);
    const answer = (count: number): void => {
      for (let done = 0; done < count; ) {
        const given = core.want(1, Math.min(64, count - done), 1e6);
        for (const assignment of given) core.answer(1, assignment, 1);
        done += given.length || count;
      }
    };
    answer(MAX_UNACKNOWLEDGED - 1);
    const [last] = core.want(1);
    core.answer(1, last!, 1);
    expect(core.state.sessions.get(1)?.unacknowledged).toBe(MAX_UNACKNOWLEDGED);
    expect(core.want(1)).toEqual([]);
    expect(core.last(1, 'idle')?.reason).toBe('too-many-in-flight');
    const before = core.assignments(1).length;
    core.post({ type: 'acknowledged', receipts: new Map([[1, 1]]) });
    expect(core.assignments(1).length).toBe(before + 1);
    expect(core.state.sessions.get(1)?.unacknowledged).toBe(MAX_UNACKNOWLEDGED - 1);
  });

  it.each([
    [['cpu'], 3],
    [['gpu'], 1],
    [['gpu', 'cpu'], 4],
  ] as const)('gives a slow device with %j as many as it computes at once: %i', (kinds, count) => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 40, quorum: 1 })] });
    core.join(9, { kind: 'gpu' });
    core.answer(9, core.want(9)[0]!, 9, true, 'gpu');
    core.post({
      type: 'session-opened',
      session: 1,
      account: 1 as AccountId,
      accountKind: 'guest',
      device: 1 as DeviceId,
      addressRange: null,
      capabilities: { engines: kinds.map((kind) => ({ kind, label: 'x', isFallback: false, maxBufferBytes: 1e9 })), threads: 3 },
      record: null,
    });
    expect(core.want(1, 64, 0.001)).toHaveLength(count);
  });

  it('takes results and hands out what was asked for beside them, in one step', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 8, quorum: 1 })] });
    core.join(1);
    const [first] = core.want(1);
    const bytes = new Uint8Array(8).fill(9);
    core.inbox.clear();
    core.send(1, core.result(first!, bytes), bytes, 1);
    expect(core.lastReceipt(1)).toMatchObject({ shard: first!.shard.id, verdict: 'final', vote: 'agreed' });
    expect(core.assignments(1).map(({ shard }) => shard.index)).toEqual([1]);
    core.inbox.clear();
    const bad = core.result(first!, bytes);
    core.send(1, { ...bad, mac: new Uint8Array(16) }, bytes, 1);
    // a refused result does not take the wish with it
    expect(core.lastReceipt(1)?.refusal?.code).toBe('bad-assignment');
    expect(core.assignments(1).map(({ shard }) => shard.index)).toEqual([2]);
  });

  it('hands out nothing beside results that ask for nothing, and says why when there is nothing', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 2, quorum: 1 })] });
    core.join(1);
    const bytes = new Uint8Array(8).fill(9);
    const [first] = core.want(1);
    core.inbox.clear();
    core.send(1, core.result(first!, bytes), bytes);
    expect(core.take(1, 'idle')).toHaveLength(0);
    expect(core.assignments(1)).toHaveLength(0);
    const [second] = core.want(1);
    core.inbox.clear();
    core.send(1, core.result(second!, bytes), bytes, 1);
    expect(core.lastReceipt(1)).toMatchObject({ verdict: 'final', vote: 'agreed' });
    expect(core.last(1, 'idle')?.reason).toBe('no-jobs');
  });

  it('hands a copy out again when its lease ends, and tells the late device', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 1, quorum: 1 })] });
    core.join(1);
    core.join(2);
    const [assignment] = core.want(1);
    expect(core.want(2)).toHaveLength(0);
    core.tick(assignment!.leaseMs - 1);
    expect(core.assignments(2)).toHaveLength(0);
    core.tick(1);
    expect(core.last(1, 'cancel')?.reason).toBe('expired');
    expect(core.assignments(2)).toHaveLength(1);
  });

  it.each([
    [MAX_LATE_MS, 'agreed'],
    [MAX_LATE_MS + 1, 'failed'],
  ] as const)('takes a result of a shard that still wants votes %i ms after its lease: %s', (lateMs, vote) => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 1, quorum: 1 })] });
    core.join(1);
    const [assignment] = core.want(1);
    core.close(1);
    core.tick(assignment!.leaseMs + lateMs);
    core.join(11, { account: 1, device: 1 });
    core.answer(11, assignment!, 9);
    expect(core.lastReceipt(11)).toMatchObject({ vote });
    if (vote === 'failed') expect(core.lastReceipt(11)?.refusal?.sentence).toContain('7 days');
  });

  it('takes the work of a closed session back after five seconds', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 1, quorum: 1 })] });
    core.join(1);
    core.join(2);
    core.want(1);
    core.want(2);
    core.post({ type: 'session-closed', session: 1 });
    core.tick(4_999);
    expect(core.assignments(2)).toHaveLength(0);
    core.tick(1);
    expect(core.assignments(2)).toHaveLength(1);
  });

  it('takes released copies back at once', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 1, quorum: 1 })] });
    core.join(1);
    core.join(2);
    const [assignment] = core.want(1);
    core.want(2);
    core.send(1, { claim: assignment!.claim, mac: assignment!.mac, outcome: { kind: 'released' } }, null);
    expect(core.assignments(2)).toHaveLength(1);
  });

  it('keeps programs without a module from devices without a GPU', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ hasModule: false })] });
    core.join(1, { kind: 'cpu' });
    core.join(2, { kind: 'gpu' });
    expect(core.want(1)).toHaveLength(0);
    expect(core.last(1, 'idle')?.reason).toBe('nothing-for-this-engine');
    expect(core.want(2)).toHaveLength(1);
  });

  it('keeps a job from devices whose buffers are too small', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 4, workgroupsPerShard: 2 })] });
    core.join(1, { maxBufferBytes: 15 });
    core.join(2, { maxBufferBytes: 16 });
    expect(core.want(1)).toHaveLength(0);
    expect(core.want(2).length).toBeGreaterThan(0);
  });

  it('lets one GPU try a program before any other gets it', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 8 })] });
    core.join(1, { kind: 'gpu' });
    core.join(2, { kind: 'gpu' });
    const [canary] = core.want(1, 4);
    expect(core.assignments(1)).toHaveLength(1);
    expect(core.want(2, 4)).toHaveLength(0);
    const result = core.result(canary!, new Uint8Array(8));
    const onGpu = { ...result, outcome: { ...result.outcome, engine: 'gpu' as const } } as typeof result;
    core.send(1, onGpu, new Uint8Array(8));
    expect(core.assignments(2).length).toBeGreaterThan(0);
  });

  it('stops the job when two GPUs were lost on it', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 8 })] });
    for (const session of [1, 2]) {
      core.join(session, { kind: 'gpu' });
      core.fail(session, core.want(session)[0]!, 'gpu-lost');
    }
    expect(core.changesOf('job-ended')[0]).toMatchObject({ state: 'failed', reason: { code: 'program-runs-away' } });
  });

  it('ends a job at its deadline with a refund', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ deadlineMs: 5_000 })] });
    core.join(1);
    core.want(1);
    core.nowMs = 4_999;
    core.tick(0);
    expect(core.changesOf('job-ended')).toHaveLength(0);
    core.tick(1);
    expect(core.changesOf('job-ended')[0]?.state).toBe('expired');
    expect(core.last(1, 'cancel')?.reason).toBe('job-ended');
    expect(core.changesOf('transfer')[0]?.transfer.kind).toBe('refund');
  });

  it('gives no more work to a device that lost three exact votes', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 16 })] });
    for (const session of [1, 2, 3]) core.join(session);
    for (let shard = 0; shard < 3; shard++) {
      core.answer(1, core.want(1)[0]!, 66);
      core.answer(2, core.want(2)[0]!, 9);
      core.answer(3, core.want(3)[0]!, 9);
    }
    expect(core.want(1)).toHaveLength(0);
    expect(core.last(1, 'idle')?.reason).toBe('failed-too-often');
  });
});

describe('after a restart', () => {
  it('goes on with the votes it had', () => {
    const job = makeJobRecord({ workgroups: 1 });
    const before = new CoreDriver({ jobs: [job] });
    before.join(1);
    before.answer(1, before.want(1)[0]!, 9);
    const votes = before.changesOf('vote-cast').map(({ kind: _, atMs: __, ...vote }) => vote);
    const after = new CoreDriver({ loaded: { jobs: [job], votes } });
    after.join(2);
    after.answer(2, after.want(2)[0]!, 9);
    // the first vote came without bytes kept: they are asked from whoever is here
    after.tick(10_000);
    const verdict = after.changesOf('shard-judged').at(-1)?.verdict;
    expect(verdict).toBe('final');
    expect(after.changesOf('job-ended')[0]?.state).toBe('done');
  });

  it('asks again for the bytes of a shard that was agreed and not stored', () => {
    const job = makeJobRecord({ workgroups: 1 });
    const before = new CoreDriver({ jobs: [job] });
    for (const session of [1, 2]) {
      before.join(session);
      before.answer(session, before.want(session)[0]!, 9, false);
    }
    const votes = before.changesOf('vote-cast').map(({ kind: _, atMs: __, ...vote }) => vote);
    const { job: ___, kind: ____, ...judged } = before.changesOf('shard-judged').at(-1)!;
    const after = new CoreDriver({ loaded: { jobs: [job], votes, shards: [judged] } });
    after.join(2);
    after.tick(500);
    after.sendBytes(2, 9);
    expect(after.changesOf('job-ended')[0]?.state).toBe('done');
    expect(after.changesOf('transfer').filter((change) => change.transfer.kind === 'pay')).toHaveLength(2);
  });

  it('never mistakes an old copy for a new one', () => {
    const job = makeJobRecord({ workgroups: 1 });
    const before = new CoreDriver({ jobs: [job] });
    for (const session of [1, 2]) before.join(session);
    const old = [before.want(1)[0]!, before.want(2)[0]!];
    const after = new CoreDriver({ epoch: 2, loaded: { jobs: [job] } });
    for (const session of [1, 2]) after.join(session);
    const again = [after.want(2)[0]!, after.want(1)[0]!];
    after.answer(1, old[0]!, 9);
    after.answer(2, again[0]!, 9);
    const votes = after.changesOf('vote-cast');
    expect(new Set(votes.map((vote) => vote.copy)).size).toBe(2);
    expect(after.changesOf('vote-settled').map((change) => [change.copy, change.paid])).toEqual(votes.map((vote) => [vote.copy, 1_000n]));
  });

  it('takes a result whose assignment was handed out before it', () => {
    const job = makeJobRecord({ workgroups: 1, quorum: 1 });
    const before = new CoreDriver({ jobs: [job] });
    before.join(1);
    const [assignment] = before.want(1);
    const after = new CoreDriver({ loaded: { jobs: [job] } });
    after.join(1);
    after.answer(1, assignment!, 9);
    expect(after.changesOf('job-ended')[0]?.state).toBe('done');
  });
});

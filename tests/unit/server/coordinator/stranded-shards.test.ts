// Shards that fail, and queues that must hold what is wanted and nothing else: every shard ends, or says why it cannot.
import { describe, expect, it } from 'vitest';
import { MAX_FAILED } from '../../../../server/verification/device-record.ts';
import { CoreDriver } from '../../../support/core-driver.ts';
import { makeJobRecord } from '../../../support/make-job-record.ts';

describe('the queue', () => {
  it('hands out no shard that a late result has decided', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 2 })] });
    for (const session of [1, 2, 3]) core.join(session);
    const [one, two] = [core.want(1)[0]!, core.want(2)[0]!];
    core.tick(one.leaseMs);
    core.answer(1, one, 9);
    core.answer(2, two, 9);
    expect(core.changesOf('shard-judged').at(-1)?.verdict).toBe('final');
    expect(core.want(3).map(({ shard }) => shard.index)).toEqual([1]);
  });

  it('hands out no third copy when a late result was the one that was missing', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 1 })] });
    for (const session of [1, 2, 3]) core.join(session);
    const one = core.want(1)[0]!;
    core.tick(one.leaseMs - 1);
    core.want(2);
    core.tick(1);
    core.answer(1, one, 9);
    expect(core.want(3)).toHaveLength(0);
  });

  it('pushes no more work to a device that hands its own back', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 1 })] });
    core.join(1);
    const [assignment] = core.want(1, 5);
    core.release(1, assignment!);
    expect(core.assignments(1)).toHaveLength(1);
  });

  it('serves a wish that was too much as soon as a result makes room', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 8 })] });
    core.join(1);
    // one shard takes five seconds: one in hand is enough
    const [first] = core.want(1, 1, 0.2);
    expect(core.want(1, 1, 0.2)).toHaveLength(0);
    expect(core.last(1, 'idle')?.reason).toBe('too-many-in-flight');
    core.answer(1, first!, 9);
    expect(core.assignments(1)).toHaveLength(2);
  });

  it('gives each thread of a device a shard, however slow', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 8 })] });
    core.join(1, { threads: 4 });
    expect(core.want(1, 8)).toHaveLength(4);
    core.join(2, { threads: 4 });
    expect(core.want(2, 8, 0.1)).toHaveLength(4);
  });
});

describe('a shard that fails', () => {
  it('is given up when every connected device has failed it, two minutes later', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 1 })] });
    for (const session of [1, 2]) {
      core.join(session);
      core.fail(session, core.want(session)[0]!);
    }
    core.tick(500);
    core.tick(119_999);
    expect(core.changesOf('job-ended')).toHaveLength(0);
    core.tick(1);
    expect(core.changesOf('job-ended')[0]).toMatchObject({ state: 'failed', reason: { code: 'bad-program' } });
    expect(core.changesOf('job-ended')[0]?.reason?.sentence).toContain('it broke');
    expect(core.changesOf('transfer').map(({ transfer }) => transfer.kind)).toEqual(['refund']);
  });

  it('waits while nobody is connected, and goes to the one who joins in time', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 1, quorum: 1 })] });
    core.join(1);
    core.fail(1, core.want(1)[0]!);
    core.tick(500);
    core.close(1);
    core.tick(600_000);
    expect(core.changesOf('job-ended')).toHaveLength(0);
    core.join(2);
    core.answer(2, core.want(2)[0]!, 9);
    expect(core.changesOf('job-ended')[0]?.state).toBe('done');
  });

  it('counts the failures of one account, or of one address range, once', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 1 })] });
    core.join(1, { account: 50 });
    core.join(2, { account: 50 });
    core.join(3, { range: '203.0.113.0/24' });
    core.join(4, { range: '203.0.113.0/24' });
    core.join(5);
    for (const session of [1, 2, 3, 4]) core.fail(session, core.want(session)[0]!);
    expect(core.changesOf('shard-judged')).toHaveLength(0);
    core.fail(5, core.want(5)[0]!);
    expect(core.changesOf('shard-judged')).toMatchObject([{ verdict: 'failed' }]);
  });

  it('costs a device its record only when others could compute the shard', () => {
    const shards = MAX_FAILED + 2;
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: shards }), makeJobRecord({ id: 20, workgroups: 2 })] });
    core.join(1);
    for (let shard = 0; shard < shards; shard++) core.fail(1, core.want(1)[0]!);
    expect(core.changesOf('device-judged')).toHaveLength(0);
    // the broken program does not keep the device from other jobs
    expect(core.want(1)[0]?.shard.job).toBe(20);
    core.join(2);
    core.join(3);
    const two = core.want(2)[0]!;
    const three = core.want(3, 64, 1_000).find(({ shard }) => shard.id === two.shard.id)!;
    core.answer(2, two, 9);
    core.answer(3, three, 9);
    expect(core.changesOf('device-judged').filter(({ device }) => device === 1)).toMatchObject([{ failed: 1 }]);
  });

  it('of a lost GPU needs two accounts with a GPU to stop the job', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 4 })] });
    core.join(1, { account: 50, kind: 'gpu' });
    core.join(2, { account: 50, kind: 'gpu' });
    core.join(3, { kind: 'cpu' });
    for (const session of [1, 2, 3]) core.fail(session, core.want(session)[0]!, 'gpu-lost');
    expect(core.changesOf('job-ended')).toHaveLength(0);
  });
});

describe('copies that were handed back', () => {
  it('do not use up the copies a shard may have', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 1 })] });
    core.join(1);
    for (let i = 0; i < 40; i++) core.release(1, core.want(1)[0]!);
    for (const [session, fill] of [
      [2, 66],
      [3, 9],
      [4, 9],
    ] as const) {
      core.join(session);
      core.answer(session, core.want(session)[0]!, fill);
    }
    expect(core.changesOf('job-ended')[0]?.state).toBe('done');
  });
});

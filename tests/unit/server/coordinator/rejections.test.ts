// Results that are not accepted are told with their reason and, where the bytes are here, the place where they differ; who found them out is named.
import { describe, expect, it } from 'vitest';
import { CoreDriver } from '../../../support/core-driver.ts';
import { makeJobRecord } from '../../../support/make-job-record.ts';

describe('a rejected result', () => {
  it('that was outvoted is told with its difference and with those who agreed', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 1 })] });
    for (const session of [1, 2, 3]) core.join(session);
    core.answer(1, core.want(1)[0]!, 66);
    core.answer(2, core.want(2)[0]!, 9);
    expect(core.changesOf('results-rejected')).toEqual([]);
    core.answer(3, core.want(3)[0]!, 9);
    const [told, ...more] = core.changesOf('results-rejected');
    expect(more).toEqual([]);
    expect(told).toMatchObject({
      reason: 'outvoted',
      caughtBy: [2, 3],
      rejected: [{ account: 1, device: 1, engine: 'cpu', difference: { byte: 0, mineHex: '42'.repeat(8), acceptedHex: '09'.repeat(8) } }],
    });
    expect(told?.accepted).not.toBe(told?.rejected[0]?.digest);
  });

  it('whose bytes never came along has no difference', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 1 })] });
    for (const session of [1, 2, 3]) core.join(session);
    core.answer(1, core.want(1)[0]!, 66, false);
    core.answer(2, core.want(2)[0]!, 9);
    core.answer(3, core.want(3)[0]!, 9);
    expect(core.changesOf('results-rejected')[0]?.rejected[0]?.difference).toBeNull();
  });

  it('of a shard whose copies never agreed is told as failed, and nobody caught it', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 1, maxCopies: 2 })] });
    for (const session of [1, 2, 3]) core.join(session);
    [1, 2, 3].forEach((session) => {
      for (const assignment of core.want(session)) core.answer(session, assignment, 10 + session);
    });
    const told = core.changesOf('results-rejected').at(-1);
    expect(told).toMatchObject({ reason: 'failed', accepted: null, caughtBy: [] });
    expect(told?.rejected.map(({ account }) => account)).toEqual(core.changesOf('vote-cast').map(({ account }) => account));
  });

  it('is not told where all agree', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 2 })] });
    for (const session of [1, 2]) core.join(session);
    for (const session of [1, 2]) for (const assignment of core.want(session, 2)) core.answer(session, assignment, 9);
    expect(core.changesOf('shard-judged').filter(({ verdict }) => verdict === 'final')).toHaveLength(2);
    expect(core.changesOf('results-rejected')).toEqual([]);
  });

  it('pays by what computed it: the engine, or that it is a phone', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 1, quorum: 3 })] });
    core.join(1, { kind: 'gpu' });
    core.join(2);
    core.post({
      type: 'session-opened',
      session: 3,
      account: 3 as never,
      accountKind: 'guest',
      device: 3 as never,
      addressRange: null,
      capabilities: { engines: [{ kind: 'gpu', label: 'x', isFallback: false, maxBufferBytes: 1e9 }], threads: 1, form: 'phone' },
      record: null,
    });
    core.answer(1, core.want(1)[0]!, 9, true, 'gpu');
    core.answer(2, core.want(2)[0]!, 9);
    core.answer(3, core.want(3)[0]!, 9, true, 'gpu');
    const leagues = core
      .changesOf('transfer')
      .flatMap(({ transfer }) => (transfer.kind === 'pay' ? [[transfer.contributor, transfer.league]] : []));
    expect(leagues).toEqual([
      [1, 'gpu'],
      [2, 'cpu'],
      [3, 'phone'],
    ]);
  });
});

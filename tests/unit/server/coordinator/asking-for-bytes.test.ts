// Bytes of an agreed shard are asked from one holder after the other; nobody loses a vote because another holder lies or the line was cut.
import { describe, expect, it } from 'vitest';
import { CoreDriver } from '../../../support/core-driver.ts';
import { makeJobRecord } from '../../../support/make-job-record.ts';

/** Two devices agreed by digest; the first of them has been asked for its bytes. */
function startProvisional(workgroups = 1): CoreDriver {
  const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups })] });
  for (const session of [1, 2]) core.join(session);
  const copies = [core.want(1)[0]!, core.want(2)[0]!];
  core.answer(1, copies[0]!, 9, false);
  core.answer(2, copies[1]!, 9, false);
  return core;
}

/** The same, found again by a coordinator that was restarted. */
function restartProvisional(): CoreDriver {
  const before = startProvisional();
  const votes = before.changesOf('vote-cast').map(({ kind: _, atMs: __, ...vote }) => vote);
  const { job: ___, kind: ____, ...judged } = before.changesOf('shard-judged').at(-1)!;
  return new CoreDriver({ epoch: 2, loaded: { jobs: [makeJobRecord({ workgroups: 1 })], votes, shards: [judged] } });
}

describe('asking for bytes', () => {
  it('gives the second holder its time, however often the first sends wrong bytes', () => {
    const core = startProvisional();
    core.sendBytes(1, 8);
    expect(core.take(2, 'bytes-wanted')).toHaveLength(1);
    core.sendBytes(1, 8);
    core.tick(9_999);
    core.sendBytes(2, 9);
    expect(core.changesOf('vote-settled').map(({ state }) => state)).toEqual(['agreed', 'agreed']);
  });

  it('waits after a restart until the holders are back, and asks the first one at once', () => {
    const core = restartProvisional();
    core.tick(500);
    core.tick(20_000);
    core.join(2);
    expect(core.take(2, 'bytes-wanted')).toHaveLength(1);
    core.sendBytes(2, 9);
    expect(core.changesOf('vote-settled').map(({ state, paid }) => [state, paid])).toEqual([
      ['agreed', 1_000n],
      ['agreed', 1_000n],
    ]);
  });

  it('gives up on holders that stay away for a minute, and not before', () => {
    const core = restartProvisional();
    core.tick(500);
    core.tick(59_999);
    expect(core.changesOf('vote-settled')).toHaveLength(0);
    core.tick(1);
    expect(core.changesOf('vote-settled').map(({ state }) => state)).toEqual(['withheld', 'withheld']);
  });

  it('asks a holder again that was cut off while it was being asked', () => {
    const core = startProvisional();
    core.close(1);
    core.close(2);
    core.tick(10_000);
    core.join(11, { account: 1, device: 1 });
    expect(core.take(11, 'bytes-wanted')).toHaveLength(1);
    core.sendBytes(11, 9);
    expect(core.changesOf('job-ended')[0]?.state).toBe('done');
  });

  it('takes the bytes of a result that is sent again', () => {
    const core = startProvisional();
    const [assignment] = core.assignments(2);
    core.answer(2, assignment!, 9, true);
    expect(core.lastReceipt(2)).toMatchObject({ verdict: 'final', vote: 'agreed' });
    expect(core.pays()).toHaveLength(2);
  });

  it('takes the bytes of a later copy, and lets no later copy undo the agreement', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 1 })] });
    for (const session of [1, 2, 3, 4, 5]) core.join(session);
    const late = [core.want(3)[0]!, core.want(4)[0]!];
    core.tick(late[0]!.leaseMs);
    const copies = [core.want(1)[0]!, core.want(2)[0]!];
    core.answer(1, copies[0]!, 9, false);
    core.answer(2, copies[1]!, 9, false);
    // two others say something else, which would be a tie had it not been agreed before
    core.answer(3, late[0]!, 66);
    core.answer(4, late[1]!, 66);
    expect(core.changesOf('shard-judged').map(({ verdict }) => verdict)).toEqual(['provisional']);
    expect(core.want(5)).toHaveLength(0);
    core.sendBytes(1, 9);
    expect(core.pays().map(([account]) => account)).toEqual([1, 2]);
    expect(core.last(3, 'settled')?.shards[0]?.vote).toBe('outvoted');
  });
});

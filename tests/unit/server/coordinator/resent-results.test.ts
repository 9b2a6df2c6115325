// A result that is sent again because its receipt was lost is told what became of it.
import { describe, expect, it } from 'vitest';
import { MAX_REMEMBERED_SHARDS } from '../../../../server/coordinator/remember-settled.ts';
import { CoreDriver } from '../../../support/core-driver.ts';
import { makeJobRecord } from '../../../support/make-job-record.ts';

function decide(workgroups: number) {
  const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups })] });
  for (const session of [1, 2, 3]) core.join(session);
  const copies = [core.want(1)[0]!, core.want(2)[0]!];
  core.answer(1, copies[0]!, 66);
  core.answer(2, copies[1]!, 9);
  const third = core.want(3)[0]!;
  core.answer(3, third, 9);
  return { core, copies: [...copies, third] as const };
}

describe('a result that is sent again after its shard was decided', () => {
  it.each([2, 1])('hears what became of it, with %i shards in the job', (workgroups) => {
    const { core, copies } = decide(workgroups);
    const changes = core.changes.length;
    core.inbox.clear();
    core.answer(2, copies[1]!, 9);
    expect(core.lastReceipt(2)).toMatchObject({ verdict: 'final', vote: 'agreed', refusal: null });
    expect(core.last(2, 'credited')?.shards).toEqual([{ shard: copies[1]!.claim.shard, amount: 1_000n }]);
    core.answer(1, copies[0]!, 66);
    expect(core.lastReceipt(1)).toMatchObject({ verdict: 'final', vote: 'outvoted' });
    expect(core.take(1, 'credited')).toHaveLength(0);
    expect(core.changes).toHaveLength(changes);
  });

  it('hears "late" when its copy has the number of one that another device was given here', () => {
    const { core, copies } = decide(1);
    const elsewhere = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 1 })] });
    elsewhere.join(7);
    const [own] = elsewhere.want(7);
    expect(own!.claim.copy).toBe(copies[0].claim.copy);
    core.join(7);
    core.answer(7, own!, 9);
    expect(core.lastReceipt(7)).toMatchObject({ vote: 'late' });
    expect(core.take(7, 'credited')).toEqual([]);
  });

  it('hears "late" for a copy that never voted', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 1 })] });
    for (const session of [1, 2, 3]) core.join(session);
    const slow = core.want(1)[0]!;
    core.tick(slow.leaseMs);
    const copies = [core.want(2)[0]!, core.want(3)[0]!];
    core.answer(2, copies[0]!, 9);
    core.answer(3, copies[1]!, 9);
    core.answer(1, slow, 9);
    expect(core.lastReceipt(1)).toMatchObject({ verdict: 'final', vote: 'late' });
  });

  it('hears "failed" when its shard was given up', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 1, maxCopies: 2 })] });
    for (const session of [1, 2]) core.join(session);
    const copies = [core.want(1)[0]!, core.want(2)[0]!];
    core.answer(1, copies[0]!, 1);
    core.answer(2, copies[1]!, 2);
    core.answer(1, copies[0]!, 1);
    expect(core.lastReceipt(1)).toMatchObject({ verdict: 'failed', vote: 'failed' });
  });

  it('is forgotten when many shards were decided since', () => {
    const remembered = 2 * MAX_REMEMBERED_SHARDS - 1;
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: remembered + 2, quorum: 1 })] });
    core.join(1);
    const [first] = core.want(1);
    core.answer(1, first!, 9);
    let decided = 1;
    for (let turn = 0; decided < remembered && turn < remembered; turn++) {
      core.inbox.clear();
      const batch = core.want(1, Math.min(64, remembered - decided), 1_000);
      for (const assignment of batch) core.answer(1, assignment, 9);
      decided += batch.length;
    }
    expect(decided).toBe(remembered);
    core.answer(1, first!, 9);
    expect(core.lastReceipt(1)?.vote).toBe('agreed');
    core.answer(1, core.want(1)[0]!, 9);
    core.answer(1, first!, 9);
    expect(core.lastReceipt(1)?.vote).toBe('late');
  });
});

// A result that is sent again because its receipt was lost is told what became of it.
import { describe, expect, it } from 'vitest';
import { createSettledMemory, recallSettled, rememberSettled } from '../../../../server/coordinator/remember-settled.ts';
import type { DeviceId, ShardId } from '../../../../src/protocol/ids.ts';
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

  it('is forgotten when a later copy needs its place, and no sooner', () => {
    const places = 8;
    const memory = createSettledMemory(places);
    const remember = (shard: number): void =>
      rememberSettled(memory, shard as ShardId, 'final', [{ copy: 3, device: 5 as DeviceId, vote: 'agreed', paid: 7n }]);
    const recall = (shard: number, copy = 3, device = 5) =>
      recallSettled(memory, { epoch: 1, shard: shard as ShardId, copy, device: device as DeviceId, expiresAtMs: 0 });
    for (let shard = 100; shard < 100 + places; shard++) remember(shard);
    expect(recall(100)).toEqual({ copy: 3, device: 5, vote: 'agreed', paid: 7n, verdict: 'final' });
    remember(100 + places);
    expect(recall(100)).toBeNull();
    for (let shard = 101; shard <= 100 + places; shard++) expect(recall(shard)).toMatchObject({ vote: 'agreed' });
    expect([recall(101, 4), recall(101, 3, 6)]).toEqual([null, null]);
  });
});

// Results that come back after a coordinator was restarted, for shards it has not opened yet.
import { describe, expect, it } from 'vitest';
import { CoreDriver } from '../../../support/core-driver.ts';
import { makeJobRecord } from '../../../support/make-job-record.ts';

/** What session 1 was handed before the restart; the new core has seen nothing of it. */
function restart() {
  const jobs = [makeJobRecord({ workgroups: 4, workgroupsPerShard: 1 })];
  const before = new CoreDriver({ jobs });
  before.join(1);
  const assignments = before.want(1, 4, 1_000);
  const core = new CoreDriver({ jobs });
  core.join(1);
  core.join(2);
  return { core, assignment: assignments.at(-1)! };
}

/** Everything that device 2 can get. */
function drain(core: CoreDriver): readonly number[] {
  const shards: number[] = [];
  for (let i = 0; i < 8; i++) shards.push(...core.want(2, 4, 1_000).map(({ shard }) => shard.index));
  return shards.sort();
}

describe('a result that is the first its coordinator hears of a shard', () => {
  it('leaves the other copies to be handed out, under other numbers', () => {
    const { core, assignment } = restart();
    core.answer(1, assignment, 5);
    const { index } = assignment.shard;
    expect(drain(core)).toContain(index);
    const second = core.assignments(2).find(({ shard }) => shard.index === index)!;
    expect(second.claim.copy).toBeGreaterThan(assignment.claim.copy);
    core.answer(2, second, 5);
    expect(core.changesOf('shard-judged')).toMatchObject([{ verdict: 'final' }]);
    expect(core.changesOf('vote-settled').map(({ copy, state }) => [copy, state])).toEqual([
      [assignment.claim.copy, 'agreed'],
      [second.claim.copy, 'agreed'],
    ]);
  });

  it('strands nothing when the copy was released or failed', () => {
    for (const kind of ['released', 'failed'] as const) {
      const { core, assignment } = restart();
      const { claim, mac } = assignment;
      if (kind === 'failed') core.fail(1, assignment);
      else core.send(1, { claim, mac, outcome: { kind } }, null);
      expect(drain(core)).toEqual([0, 1, 2, 3]);
    }
  });
});

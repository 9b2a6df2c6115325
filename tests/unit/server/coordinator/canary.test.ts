// The first GPU that tries a program must never keep the others waiting once its copy is over, however it ended.
import { describe, expect, it } from 'vitest';
import { CoreDriver } from '../../../support/core-driver.ts';
import { makeJobRecord } from '../../../support/make-job-record.ts';

const TOLERANCE = { kind: 'tolerance', abs: 2, rel: 0, maxOutlierShare: 0 } as const;

describe('a canary that does not come back from a GPU', () => {
  it('gives way when its result was refused', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 4, comparison: TOLERANCE })] });
    core.join(1, { kind: 'gpu' });
    core.join(2, { kind: 'gpu' });
    core.answer(1, core.want(1)[0]!, 9, false, 'gpu');
    expect(core.lastReceipt(1)?.refusal?.code).toBe('bad-message');
    expect(core.want(2)).toHaveLength(1);
  });

  it('gives way when it fell back to its CPU', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 4 })] });
    core.join(1, { kind: 'gpu' });
    core.join(2, { kind: 'gpu' });
    core.answer(1, core.want(1)[0]!, 9, true, 'cpu');
    expect(core.want(2)).toHaveLength(1);
  });

  it('gives way at once when its copy became surplus, and those who wait are served', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 2, workgroupsPerShard: 1 })] });
    core.join(1);
    core.join(2);
    core.join(3, { kind: 'gpu' });
    core.join(4, { kind: 'gpu' });
    const [one, two] = [core.want(1)[0]!, core.want(2)[0]!];
    // the first copy's lease ends, the GPU gets it, and then the late result decides the shard without the GPU
    core.tick(one.leaseMs);
    core.join(5);
    const again = core.want(3);
    expect(again.map(({ shard }) => shard.index)).toEqual([0]);
    core.want(4);
    core.answer(1, one, 9);
    core.answer(2, two, 9);
    expect(core.last(3, 'cancel')?.reason).toBe('surplus');
    expect(core.assignments(4)).toHaveLength(1);
  });

  it('lets a waiting GPU try as soon as the connection of the first one ends', () => {
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 4 })] });
    core.join(1, { kind: 'gpu' });
    core.join(2, { kind: 'gpu' });
    core.want(1);
    core.want(2);
    core.close(1);
    expect(core.assignments(2)).toHaveLength(1);
  });
});

// What a contributor likes: pinned jobs first, blocked ones and those below its price floor never, and a reason when nothing is left.
import { describe, expect, it } from 'vitest';
import type { JobRecord } from '../../../../server/jobs/job-record.ts';
import { orderByTaste } from '../../../../server/scheduling/judge-taste.ts';
import type { AccountId, JobId } from '../../../../src/protocol/ids.ts';
import { type Likes, NO_LIKES } from '../../../../src/protocol/likes.ts';
import { ASSUMED_WORK_PER_WORKGROUP, REFERENCE_WORK_PER_SECOND } from '../../../../src/protocol/work.ts';
import { CoreDriver } from '../../../support/core-driver.ts';
import { makeJobRecord } from '../../../support/make-job-record.ts';

/** 1,000 micro-credits for a workgroup of a second: 1,000 a second. */
const withWork = (job: JobRecord, workPerWorkgroup: number | null): JobRecord => ({
  ...job,
  manifest: { ...job.manifest, workPerWorkgroup },
});
const job = (id: number, requester = 100, workgroups = 4): JobRecord =>
  withWork(makeJobRecord({ id, requester, workgroups }), REFERENCE_WORK_PER_SECOND);

function makeScene(jobs: readonly JobRecord[], likes: Partial<Likes>) {
  const core = new CoreDriver({ jobs });
  core.join(1);
  core.post({ type: 'likes-changed', session: 1, likes: { ...NO_LIKES, ...likes } });
  const given = (count = 64) => core.want(1, count, 1e6).map(({ shard }) => shard.job);
  return { core, given, reason: () => core.last(1, 'idle')?.reason };
}

const ids = (...numbers: readonly number[]) => numbers as readonly number[] as readonly JobId[];

describe('likes', () => {
  it('hand out pinned jobs first, then the others, oldest first', () => {
    const jobs = [job(10, 100, 1), job(30, 100, 1), job(50, 100, 1)];
    expect(makeScene(jobs, {}).given()).toEqual([10, 30, 50]);
    expect(makeScene(jobs, { pinnedJobs: ids(50) }).given()).toEqual([50, 10, 30]);
  });

  it('never hand out a blocked job or one of a blocked requester, pinned or not', () => {
    const jobs = [job(10), job(30, 200), job(50, 100, 1)];
    const likes = { blockedJobs: ids(10), blockedRequesters: [200 as AccountId], pinnedJobs: ids(10, 30) };
    expect(makeScene(jobs, likes).given()).toEqual([50]);
  });

  it('hold a job to the price floor on both sides, and a GPU-only program to the work that is assumed', () => {
    expect(makeScene([job(10, 100, 1)], { minRate: 1_000 }).given()).toEqual([10]);
    const { given, reason } = makeScene([job(10, 100, 1)], { minRate: 1_000.001 });
    expect(given()).toEqual([]);
    expect(reason()).toBe('nothing-you-like');
    const unknown = withWork(job(10, 100, 1), null);
    const rate = (1_000 * REFERENCE_WORK_PER_SECOND) / ASSUMED_WORK_PER_WORKGROUP;
    expect(makeScene([unknown], { minRate: rate }).given()).toEqual([10]);
    expect(makeScene([unknown], { minRate: rate + 1 }).given()).toEqual([]);
  });

  it('are the reason of an empty answer only where nothing else is', () => {
    const blocked = makeScene([job(10)], { blockedJobs: ids(10) });
    blocked.given();
    expect(blocked.reason()).toBe('nothing-you-like');
    const busy = makeScene([job(10, 100, 1), job(30)], { blockedJobs: ids(30) });
    busy.given();
    busy.given();
    expect(busy.reason()).toBe('one-copy-an-account');
    const none = makeScene([], { blockedJobs: ids(30) });
    none.given();
    expect(none.reason()).toBe('no-jobs');
  });

  it('give work at once when they change while the device waits, and are forgotten when they are empty', () => {
    const { core, given } = makeScene([job(10)], { blockedJobs: ids(10) });
    expect(given(1)).toEqual([]);
    core.post({ type: 'likes-changed', session: 1, likes: NO_LIKES });
    expect(core.assignments(1).map(({ shard }) => shard.job)).toEqual([10]);
    expect(core.state.sessions.get(1)?.taste).toBeNull();
  });

  it('hold for lost copies that are pushed unasked', () => {
    const core = new CoreDriver({ jobs: [job(10, 100, 1)] });
    for (const session of [1, 2, 3]) core.join(session);
    core.post({ type: 'likes-changed', session: 3, likes: { ...NO_LIKES, blockedJobs: ids(10) } });
    core.want(1, 1, 1e6);
    core.want(3, 1, 1e6);
    core.close(1);
    core.tick(70_000);
    expect(core.assignments(3)).toEqual([]);
    core.post({ type: 'likes-changed', session: 3, likes: NO_LIKES });
    core.tick(1_000);
    expect(core.assignments(3)).toHaveLength(1);
  });

  it('cost nothing where there are none: the list of jobs is not copied for pins', () => {
    const jobs = [{ id: 1 }];
    const taste = { pinnedJobs: new Set<JobId>(), blockedJobs: new Set<JobId>(), blockedRequesters: new Set<AccountId>(), minRate: 5 };
    expect(orderByTaste(jobs, () => ({ id: 1 as JobId, requester: 1 as AccountId, rate: 1 }), taste)).toBe(jobs);
  });
});

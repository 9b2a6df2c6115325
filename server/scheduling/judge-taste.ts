// PURE. What a contributor likes, ready to be asked for each job: pinned jobs first, blocked ones and those below its price floor never.
import type { AccountId, JobId } from '../../src/protocol/ids.ts';
import type { Likes } from '../../src/protocol/likes.ts';

export interface Taste {
  readonly pinnedJobs: ReadonlySet<JobId>;
  readonly blockedJobs: ReadonlySet<JobId>;
  readonly blockedRequesters: ReadonlySet<AccountId>;
  readonly minRate: number;
}

export interface TastedJob {
  readonly id: JobId;
  readonly requester: AccountId;
  /** Micro-credits for a second of reference work. */
  readonly rate: number;
}

/** Null when everything is liked alike, so that nothing is asked for it. */
export function makeTaste({ pinnedJobs, blockedJobs, blockedRequesters, minRate }: Likes): Taste | null {
  if (pinnedJobs.length + blockedJobs.length + blockedRequesters.length === 0 && minRate === 0) return null;
  return {
    pinnedJobs: new Set(pinnedJobs),
    blockedJobs: new Set(blockedJobs),
    blockedRequesters: new Set(blockedRequesters),
    minRate,
  };
}

/** What is blocked stays blocked when it is pinned too. */
export function isToTaste(job: TastedJob, taste: Taste): boolean {
  if (taste.blockedJobs.has(job.id) || taste.blockedRequesters.has(job.requester)) return false;
  return job.rate >= taste.minRate;
}

/** Pinned ones first; else as they were. */
export function orderByTaste<Job>(jobs: readonly Job[], tasted: (job: Job) => TastedJob, taste: Taste): readonly Job[] {
  if (taste.pinnedJobs.size === 0) return jobs;
  const isPinned = (job: Job): boolean => taste.pinnedJobs.has(tasted(job).id);
  return [...jobs.filter(isPinned), ...jobs.filter((job) => !isPinned(job))];
}

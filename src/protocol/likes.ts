// What a contributor would rather compute, and what never: told to the coordinator, which decides by it.
import type { AccountId, JobId } from './ids.ts';

export interface Likes {
  /** Handed out first. */
  readonly pinnedJobs: readonly JobId[];
  readonly blockedJobs: readonly JobId[];
  readonly blockedRequesters: readonly AccountId[];
  /** Micro-credits per second of reference work (work.ts); 0: any. */
  readonly minRate: number;
}

/** Of each list. */
export const MAX_LIKES = 100;
/** A thousand credits for a second of reference work: no job pays more, so a higher floor says nothing. */
export const MAX_MIN_RATE = 1_000_000_000;

export const NO_LIKES: Likes = { pinnedJobs: [], blockedJobs: [], blockedRequesters: [], minRate: 0 };

// How many blocks a coordinator has in hand when it shares the database with others: enough for some seconds of work, so that a job spreads.
import { BLOCK_SHARDS } from '../../src/protocol/ids.ts';

/** More than any database has. */
export const ALL_BLOCKS = 1_000_000;
/** Of a job that is opened while others live: the rest is for whoever wants it. */
export const FIRST_BLOCKS = 4;
/** Seconds of work to have in hand: the share is renewed once a second. */
const AHEAD_SECONDS = 3;
/** Shards to have in hand however slow the devices here were so far. */
const MIN_AHEAD = 2 * BLOCK_SHARDS;

export interface ClaimFacts {
  /** Other coordinators that live on this database. */
  readonly others: number;
  /** Devices connected here. */
  readonly sessions: number;
  /** Shards here that were never handed out. */
  readonly freshShards: number;
  /** Such shards handed out in the last second. */
  readonly freshPerSecond: number;
}

/** Blocks to take now. */
export function pickClaim({ others, sessions, freshShards, freshPerSecond }: ClaimFacts): number {
  if (others === 0) return ALL_BLOCKS;
  if (sessions === 0) return 0;
  const missing = MIN_AHEAD + AHEAD_SECONDS * freshPerSecond - freshShards;
  return Math.max(0, Math.ceil(missing / BLOCK_SHARDS));
}

/** Shards never handed out that may stay here; blocks beyond them are given to the others. */
export function pickKeep({ others, sessions, freshPerSecond }: Omit<ClaimFacts, 'freshShards'>): number {
  if (others === 0) return Number.POSITIVE_INFINITY;
  return sessions === 0 ? 0 : 2 * (MIN_AHEAD + AHEAD_SECONDS * freshPerSecond);
}

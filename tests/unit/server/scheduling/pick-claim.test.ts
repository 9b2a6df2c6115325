// How many blocks a coordinator takes, and keeps, beside others.
import { describe, expect, it } from 'vitest';
import { ALL_BLOCKS, pickClaim, pickKeep } from '../../../../server/scheduling/pick-claim.ts';

const alone = { others: 0, sessions: 3, freshShards: 0, freshPerSecond: 0 };
const shared = { ...alone, others: 1 };

describe('pickClaim', () => {
  it('takes everything while nobody else is there, and keeps it', () => {
    expect(pickClaim(alone)).toBe(ALL_BLOCKS);
    expect(pickClaim({ ...alone, sessions: 0 })).toBe(ALL_BLOCKS);
    expect(pickKeep(alone)).toBe(Number.POSITIVE_INFINITY);
  });

  it('takes nothing beside others while no device is connected, and keeps nothing', () => {
    expect(pickClaim({ ...shared, sessions: 0 })).toBe(0);
    expect(pickKeep({ ...shared, sessions: 0 })).toBe(0);
  });

  it('takes two blocks to begin with, and three seconds of work at its speed', () => {
    expect(pickClaim(shared)).toBe(2);
    expect(pickClaim({ ...shared, freshPerSecond: 10_240 })).toBe(32);
    expect(pickClaim({ ...shared, freshPerSecond: 10_240, freshShards: 31 * 1024 })).toBe(1);
    expect(pickClaim({ ...shared, freshPerSecond: 10_240, freshShards: 32 * 1024 })).toBe(0);
  });

  it('gives back nothing that it would take again', () => {
    for (const freshPerSecond of [0, 1, 1_000, 50_000]) {
      const keep = pickKeep({ ...shared, freshPerSecond });
      expect(pickClaim({ ...shared, freshPerSecond, freshShards: keep })).toBe(0);
    }
  });
});

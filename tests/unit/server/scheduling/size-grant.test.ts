// How many shards a device gets and for how long.
import { describe, expect, it } from 'vitest';
import { leaseMs, MAX_LEASE_MS, MIN_LEASE_MS, sizeGrant } from '../../../../server/scheduling/size-grant.ts';

const request = { wanted: 16, inFlight: 0, workgroupsPerSecond: 0, workgroupsPerShard: 10, workers: 1, maxInFlight: 64 };

describe('sizeGrant', () => {
  it('begins small, then gives four seconds of work', () => {
    expect(sizeGrant(request)).toBe(2);
    expect(sizeGrant({ ...request, workgroupsPerSecond: 10 })).toBe(4);
    expect(sizeGrant({ ...request, workgroupsPerSecond: 10, inFlight: 3 })).toBe(1);
    expect(sizeGrant({ ...request, workgroupsPerSecond: 10, inFlight: 4 })).toBe(0);
  });

  it('gives one shard to the slowest device, and never more than is wanted or allowed', () => {
    expect(sizeGrant({ ...request, workgroupsPerSecond: 0.001 })).toBe(1);
    expect(sizeGrant({ ...request, workgroupsPerSecond: 1e6 })).toBe(16);
    expect(sizeGrant({ ...request, workgroupsPerSecond: 1e6, wanted: 64, inFlight: 60 })).toBe(4);
    expect(sizeGrant({ ...request, workgroupsPerSecond: 1e6, inFlight: 64 })).toBe(0);
  });

  it('gives each worker one, however slow, and counts what it holds', () => {
    const slow = { ...request, workers: 8, workgroupsPerSecond: 0.001 };
    expect(sizeGrant(slow)).toBe(8);
    expect(sizeGrant({ ...slow, inFlight: 5 })).toBe(3);
    expect(sizeGrant({ ...slow, inFlight: 8 })).toBe(0);
    expect(sizeGrant({ ...slow, workers: 0 })).toBe(1);
  });
});

describe('leaseMs', () => {
  it('is five times the expected time of all that is held, within its bounds', () => {
    expect(leaseMs({ held: 4, workgroupsPerSecond: 1, workgroupsPerShard: 10 })).toBe(200_000);
    expect(leaseMs({ held: 1, workgroupsPerSecond: 1e9, workgroupsPerShard: 10 })).toBe(MIN_LEASE_MS);
    expect(leaseMs({ held: 64, workgroupsPerSecond: 0.1, workgroupsPerShard: 10 })).toBe(MAX_LEASE_MS);
  });
});

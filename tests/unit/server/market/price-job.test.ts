// What a job costs and how long it may take.
import { describe, expect, it } from 'vitest';
import { estimateSeconds, MIN_PRICE_PER_COPY, priceJob } from '../../../../server/market/price-job.ts';

describe('priceJob', () => {
  it('charges the work counted for each copy of the quorum', () => {
    const price = priceJob({ shards: 10, workgroupsPerShard: 100, workPerWorkgroup: 50_000_000, quorum: 2 });
    expect(price.pricePerCopy).toBe(100_000n);
    expect(price.total).toBe(2_000_000n);
    expect(price.lines.reduce((sum, line) => sum + BigInt(line.amount), 0n)).toBe(price.total);
  });

  it('has a floor, and a declared price for what only a GPU can run', () => {
    expect(priceJob({ shards: 1, workgroupsPerShard: 1, workPerWorkgroup: 500, quorum: 1 }).pricePerCopy).toBe(MIN_PRICE_PER_COPY);
    expect(priceJob({ shards: 1, workgroupsPerShard: 1_000, workPerWorkgroup: null, quorum: 1 }).pricePerCopy).toBe(100_000n);
  });
});

describe('estimateSeconds', () => {
  it('is unknown while no speed is', () => {
    expect(estimateSeconds({ workgroups: 10, quorum: 2, workgroupsPerSecond: 0 })).toBeNull();
    expect(estimateSeconds({ workgroups: 10, quorum: 2, workgroupsPerSecond: 5 })).toBe(4);
  });
});

// When the coordinator calls itself overloaded, and when it stops: both sides of every limit, and no flutter between.
import { describe, expect, it } from 'vitest';
import { createLoadGauge, LOAD_LIMITS, type LoadReading } from '../../../../server/observe/load-gauge.ts';

const LIMITS = {
  loopDelayMs: 100,
  oldestMs: 500,
  changes: 1_000,
  minChanges: 50,
  cpuShare: 0.7,
  riseMs: 300,
  fallMs: 1_000,
  calmShare: 0.5,
};
const CALM = { loopDelayMs: 0, oldestMs: 0, changes: 0, cpuShare: 1 };

function start() {
  const gauge = createLoadGauge(LIMITS);
  let atMs = 0;
  /** Readings a tenth of a second apart; those at which the judgement changed. */
  const read = (reading: Omit<LoadReading, 'atMs'>, times: number): readonly number[] => {
    const changedAt: number[] = [];
    for (let time = 0; time < times; time++) {
      if (gauge.read({ atMs, ...reading })) changedAt.push(atMs);
      atMs += 100;
    }
    return changedAt;
  };
  return { gauge, read };
}

describe('the gauge', () => {
  it.each([
    ['event-loop', { ...CALM, loopDelayMs: 100 }, { ...CALM, loopDelayMs: 99 }],
    ['backlog-age', { ...CALM, oldestMs: 500 }, { ...CALM, oldestMs: 499 }],
    ['backlog-size', { ...CALM, changes: 1_000 }, { ...CALM, changes: 999 }],
  ] as const)('says %s at the limit and nothing below it', (sign, over, below) => {
    const { gauge, read } = start();
    expect(read(below, 100)).toEqual([]);
    expect([gauge.isOverloaded, gauge.sign]).toEqual([false, null]);
    expect(read(over, 10)).toEqual([10_300]);
    expect([gauge.isOverloaded, gauge.sign]).toEqual([true, sign]);
  });

  it.each([
    ['little to write and little of a core used', { changes: 49, cpuShare: 0.69 }, false],
    ['enough to write', { changes: 50, cpuShare: 0 }, true],
    ['enough of a core used', { changes: 0, cpuShare: 0.7 }, true],
  ])('calls lateness with %s: ours is %o, overloaded %s', (_name, ours, isOverloaded) => {
    for (const late of [{ loopDelayMs: 9_000 }, { oldestMs: 9_000 }]) {
      const { gauge, read } = start();
      read({ ...CALM, ...ours, ...late }, 10);
      expect(gauge.isOverloaded).toBe(isOverloaded);
    }
  });

  it('forgives what is over its limit for less than the rise', () => {
    const { gauge, read } = start();
    for (let times = 0; times < 20; times++) {
      expect(read({ ...CALM, oldestMs: 9_000 }, 3)).toEqual([]);
      expect(read(CALM, 1)).toEqual([]);
    }
    expect(gauge.isOverloaded).toBe(false);
  });

  it('stays overloaded until everything is below half of its limit for a second', () => {
    const { gauge, read } = start();
    read({ ...CALM, oldestMs: 600 }, 4);
    expect(gauge.isOverloaded).toBe(true);
    // below the limit and above the calm: as it was
    expect(read({ ...CALM, oldestMs: 250 }, 50)).toEqual([]);
    expect(read(CALM, 10)).toEqual([]);
    expect(read({ ...CALM, loopDelayMs: 50 }, 1)).toEqual([]);
    expect(read({ loopDelayMs: 49, oldestMs: 249, changes: 499, cpuShare: 1 }, 10)).toEqual([]);
    expect(read(CALM, 1)).toHaveLength(1);
    expect([gauge.isOverloaded, gauge.sign]).toEqual([false, null]);
  });

  it('keeps, in the product, a receipt within its two seconds', () => {
    // what waits when it rises, the rise itself, and a second of what devices still hold
    expect(LOAD_LIMITS.oldestMs + LOAD_LIMITS.riseMs + LOAD_LIMITS.loopDelayMs + 1_000).toBeLessThanOrEqual(2_000);
  });
});

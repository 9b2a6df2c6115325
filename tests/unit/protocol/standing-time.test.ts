// Days, weeks and streaks in UTC.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countStreak, DAY_MS, dayOf, firstDayOf } from '../../../src/protocol/standing-time.ts';

describe('periods', () => {
  it('begin at midnight UTC, weeks on Monday', () => {
    const monday = dayOf(Date.UTC(2030, 0, 7));
    for (let ms = Date.UTC(2030, 0, 7); ms < Date.UTC(2030, 0, 14); ms += DAY_MS / 4) expect(firstDayOf('week', ms)).toBe(monday);
    expect(firstDayOf('week', Date.UTC(2030, 0, 7) - 1)).toBe(monday - 7);
    expect(firstDayOf('week', Date.UTC(2030, 0, 14))).toBe(monday + 7);
    expect(firstDayOf('day', Date.UTC(2030, 0, 7) - 1)).toBe(monday - 1);
    expect(firstDayOf('all', 0)).toBeNull();
  });
});

describe('a streak', () => {
  it('goes on while today is still to come, and ends after a day without work', () => {
    expect(countStreak([], 10)).toEqual({ days: 0, bestDays: 0, isTodayDone: false });
    expect(countStreak([10], 10)).toEqual({ days: 1, bestDays: 1, isTodayDone: true });
    expect(countStreak([8, 9], 10)).toEqual({ days: 2, bestDays: 2, isTodayDone: false });
    expect(countStreak([7, 8], 10)).toEqual({ days: 0, bestDays: 2, isTodayDone: false });
    expect(countStreak([1, 2, 3, 9, 10], 10)).toEqual({ days: 2, bestDays: 3, isTodayDone: true });
  });

  it('is what a slow count says, whatever the days and their order', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 30 })), (days) => {
        const has = new Set(days);
        const runTo = (day: number): number => (has.has(day) ? 1 + runTo(day - 1) : 0);
        const best = Math.max(0, ...days.map(runTo));
        const isTodayDone = has.has(30);
        expect(countStreak(days, 30)).toEqual({ days: runTo(isTodayDone ? 30 : 29), bestDays: best, isTodayDone });
      }),
    );
  });
});

// Hours of the week: over midnight, over the end of the week, and when they change, against a minute-by-minute search.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isWithinHours, type LocalTime, msToChange, toLocalTime } from '../../../src/contributor/hours.ts';
import type { HoursRange } from '../../../src/contributor/state.ts';

const at = (weekday: number, hour: number, minute = 0, ms = 0): LocalTime => ({
  dayNumber: 0,
  weekday,
  msOfDay: (hour * 60 + minute) * 60_000 + ms,
});
const range = (days: readonly number[], from: number, to: number): HoursRange => ({ days, fromMinute: from * 60, toMinute: to * 60 });

describe('isWithinHours', () => {
  const night = [range([5], 22, 7)];
  test.each([
    ['before', at(5, 21, 59, 59_999), false],
    ['at its first moment', at(5, 22), true],
    ['before midnight', at(5, 23, 59, 59_999), true],
    ['after midnight, on the next day', at(6, 0), true],
    ['at its last moment', at(6, 6, 59, 59_999), true],
    ['after', at(6, 7), false],
    ['on the same hours of another day', at(4, 23), false],
    ['in the morning of its own day', at(5, 3), false],
  ])('a Friday night: %s', (_, local, expected) => expect(isWithinHours(night, local)).toBe(expected));

  test('a Saturday night ends on Sunday, the same minute twice is a whole day, and no range is no hour', () => {
    expect(isWithinHours([range([6], 22, 7)], at(0, 6))).toBe(true);
    expect(isWithinHours([range([2], 9, 9)], at(2, 9))).toBe(true);
    expect(isWithinHours([range([2], 9, 9)], at(3, 8, 59))).toBe(true);
    expect(isWithinHours([range([2], 9, 9)], at(3, 9))).toBe(false);
    expect(isWithinHours([], at(1, 1))).toBe(false);
  });
});

test('a local day is the wall’s: 1 January 1970 was a Thursday', () => {
  expect(toLocalTime(0, 0)).toEqual({ dayNumber: 0, weekday: 4, msOfDay: 0 });
  expect(toLocalTime(0, -1)).toEqual({ dayNumber: -1, weekday: 3, msOfDay: 86_399_999 });
  expect(toLocalTime(Date.UTC(2026, 10, 22, 23, 30), 3_600_000)).toMatchObject({ weekday: 1, msOfDay: 30 * 60_000 });
});

describe('msToChange', () => {
  test('is exact, and null where nothing ever changes', () => {
    expect(msToChange([range([5], 22, 7)], at(5, 21, 59, 59_999))).toBe(1);
    expect(msToChange([range([5], 22, 7)], at(5, 22))).toBe(9 * 3_600_000);
    expect(msToChange([], at(1, 1))).toBeNull();
    expect(msToChange([range([0, 1, 2, 3, 4, 5, 6], 0, 0)], at(1, 1))).toBeNull();
    // Two ranges that touch are one.
    expect(msToChange([range([1], 8, 12), range([1], 12, 14)], at(1, 9))).toBe(5 * 3_600_000);
  });

  test('agrees with a search hour by hour', () => {
    const anyRange = fc.record({
      days: fc.uniqueArray(fc.nat(6), { minLength: 1, maxLength: 7 }),
      fromMinute: fc.nat(23).map((hour) => hour * 60),
      toMinute: fc.nat(23).map((hour) => hour * 60),
    });
    fc.assert(
      fc.property(fc.array(anyRange, { maxLength: 14 }), fc.nat(6), fc.nat(23), (ranges, weekday, hour) => {
        const isNow = isWithinHours(ranges, at(weekday, hour));
        const hours = Array.from({ length: 168 }, (_, i) => i + 1);
        const later = hours.find((after) => {
          const total = weekday * 24 + hour + after;
          return isWithinHours(ranges, at(Math.floor(total / 24) % 7, total % 24)) !== isNow;
        });
        return msToChange(ranges, at(weekday, hour)) === (later === undefined ? null : later * 3_600_000);
      }),
    );
  });
});

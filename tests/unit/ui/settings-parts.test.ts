// The small deciding parts of Settings: a minute of the day in a field, and bytes that two engines made.
import { describe, expect, it } from 'vitest';
import { countDifferences } from '../../../src/ui/pages/settings/self-test.ts';
import { parseMinute, showMinute } from '../../../src/ui/parts/power/minute-of-day.ts';

describe('a minute of the day', () => {
  it.each([
    [0, '00:00'],
    [7 * 60 + 5, '07:05'],
    [24 * 60 - 1, '23:59'],
  ])('%i is %s, there and back', (minute, text) => {
    expect(showMinute(minute)).toBe(text);
    expect(parseMinute(text)).toBe(minute);
  });
  it.each(['', '24:00', '12:60', '7:05', 'noon'])('%j is none', (text) => {
    expect(parseMinute(text)).toBeNull();
  });
  it('is read from a field that shows seconds too', () => {
    expect(parseMinute('06:30:15')).toBe(390);
  });
});

describe('the bytes of two engines', () => {
  const outputs = (bytes: Readonly<Record<string, readonly number[]>>) =>
    new Map(Object.entries(bytes).map(([name, values]) => [name, Uint8Array.from(values)]));
  it('are counted where they differ, in every output of either', () => {
    expect(countDifferences(outputs({ a: [1, 2, 3] }), outputs({ a: [1, 2, 3] }))).toBe(0);
    expect(countDifferences(outputs({ a: [1, 2, 3] }), outputs({ a: [1, 9, 9] }))).toBe(2);
    expect(countDifferences(outputs({ a: [1, 2] }), outputs({ a: [1, 2, 0] }))).toBe(1);
    expect(countDifferences(outputs({ a: [1] }), outputs({ a: [1], b: [5, 5] }))).toBe(2);
  });
});

// How the bench counts and shows: quantiles, spreads, numbers, and what its flags may be.
import { describe, expect, test } from 'vitest';
import { createLatencyHistogram } from '../../bench/latency-histogram.ts';
import { parseBenchOptions } from '../../bench/options.ts';
import { describeSpread, figure, spreadOf } from '../../bench/print-table.ts';

describe('latencies', () => {
  test('quantiles are upper edges of a tenth of a millisecond', () => {
    const histogram = createLatencyHistogram();
    for (let ms = 0; ms < 100; ms++) histogram.add(ms + 0.05);
    expect(histogram.quantile(0.5)).toBeCloseTo(49.1);
    expect(histogram.quantile(0.99)).toBeCloseTo(98.1);
  });

  test('none is 0, a clock that ran backwards is 0, and an hour is the last bucket', () => {
    const histogram = createLatencyHistogram();
    expect(histogram.quantile(0.5)).toBe(0);
    histogram.add(-5);
    expect(histogram.quantile(1)).toBeCloseTo(0.1);
    histogram.add(3_600_000);
    expect(histogram.quantile(1)).toBeCloseTo(60_000);
  });

  test('cleared, it begins anew', () => {
    const histogram = createLatencyHistogram();
    histogram.add(5, 10);
    histogram.clear();
    expect(histogram.quantile(0.5)).toBe(0);
  });
});

describe('figures', () => {
  test.each([
    [0, '0'],
    [0.01234, '0.0123'],
    [99.96, '100'],
    [1_234.5, '1,235'],
    [Number.NaN, '-'],
  ])('%d is shown as %s', (value, text) => expect(figure(value)).toBe(text));

  test('a spread has the middle, or the mean of the two middles', () => {
    expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
    expect(spreadOf([4, 1, 2, 3])).toEqual({ median: 2.5, min: 1, max: 4 });
    expect(describeSpread({ median: 2_000, min: 1_000, max: 3_000 })).toBe('2,000 [1,000..3,000]');
  });
});

describe('flags', () => {
  test('without any, every suite that is built', () => {
    const { only, rounds, shards, contributors, isProfiled } = parseBenchOptions([]);
    expect(only).toEqual(expect.arrayContaining(['oneCopy', 'graphile', 'live']));
    expect({ rounds, shards, contributors, isProfiled }).toEqual({ rounds: 3, shards: 100_000, contributors: 64, isProfiled: false });
  });

  test('each is read', () => {
    const argv = ['--only', 'oneCopy,core', '--rounds', '1', '--shards', '20000', '--contributors', '8', '--dir', 'somewhere', '--profile'];
    expect(parseBenchOptions(argv)).toEqual({
      only: ['oneCopy', 'core'],
      rounds: 1,
      shards: 20_000,
      contributors: 8,
      isProfiled: true,
      scratchDir: 'somewhere',
    });
  });

  test.each([
    [['--fast'], 'There is no flag --fast'],
    [['--rounds'], '--rounds wants a value'],
    [['--rounds', '0'], '--rounds must be a whole number from 1 to 20'],
    [['--rounds', '21'], '--rounds must be a whole number from 1 to 20'],
    [['--contributors', '2001'], '--contributors must be'],
    [['--shards', '1000001'], '--shards must be'],
    [['--shards', '1500'], '--shards above 1,000 must be a multiple'],
    [['--only', 'everything'], 'There is no suite everything'],
  ])('%j is refused', (argv, sentence) => expect(() => parseBenchOptions(argv)).toThrow(sentence));
});

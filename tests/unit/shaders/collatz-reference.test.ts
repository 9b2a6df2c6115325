// The reference itself against published records, so that the program is not tested against a mistake.
import { expect, test } from 'vitest';
import { countCollatzSteps, findCollatzRecord } from '../../../shaders/collatz/reference.ts';

test('counts the published run lengths', () => {
  expect([1n, 2n, 3n, 6n, 7n, 27n, 97n, 871n, 6171n, 77031n, 837799n].map(countCollatzSteps)).toEqual([
    0, 1, 7, 8, 16, 111, 118, 178, 261, 350, 524,
  ]);
});

test('finds the published record below 100,000', () => {
  expect(findCollatzRecord(1n, 99_999)).toEqual({ start: 77031n, steps: 350, unfinished: 0 });
});

test('gives up where 3n + 1 might leave 64 bits, on both sides of the limit', () => {
  // (2^k - 1) / 3 leads to 2^k at once: the largest numbers of that form below and above the limit.
  expect(countCollatzSteps((2n ** 62n - 1n) / 3n)).toBe(63);
  expect(countCollatzSteps((2n ** 64n - 1n) / 3n)).toBeNull();
  expect(findCollatzRecord((1n << 64n) - 2n, 4).unfinished).toBeGreaterThanOrEqual(2);
});

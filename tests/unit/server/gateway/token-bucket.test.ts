// The rate limit: bursts pass, the long run does not exceed the rate, and a clock that stands still gives nothing.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createTokenBucket } from '../../../../server/gateway/token-bucket.ts';

it('gives its burst at once, then its rate', () => {
  const bucket = createTokenBucket({ perSecond: 10, burst: 3 }, 0);
  expect([1, 1, 1, 1].map((tokens) => bucket.take(tokens, 0))).toEqual([true, true, true, false]);
  expect(bucket.take(1, 99)).toBe(false);
  expect(bucket.take(1, 100)).toBe(true);
  expect(bucket.take(4, 1_000_000)).toBe(false);
  expect(bucket.take(3, 1_000_000)).toBe(true);
});

it('never gives more than burst + rate × time, also when the clock steps back', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: -50, max: 500 }), fc.integer({ min: 1, max: 5 })), { maxLength: 200 }), (steps) => {
      const bucket = createTokenBucket({ perSecond: 7, burst: 20 }, 0);
      let [now, latest, taken] = [0, 0, 0];
      for (const [ms, tokens] of steps) {
        now += ms;
        latest = Math.max(latest, now);
        if (bucket.take(tokens, now)) taken += tokens;
      }
      expect(taken).toBeLessThanOrEqual(20 + (7 * latest) / 1000 + 1e-6);
    }),
  );
});

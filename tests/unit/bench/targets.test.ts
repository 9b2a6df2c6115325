// The bench's own arithmetic: what counts as met, on both sides of each limit.
import { describe, expect, test } from 'vitest';
import { judgeTargets, MAX_GAP_MS, ratiosOf, type Targets } from '../../bench/targets.ts';

const NOTHING: Targets = { rates: {}, accepted: [], live: null };
const verdicts = (measured: Partial<Targets>): readonly string[] => judgeTargets({ ...NOTHING, ...measured });

describe('targets', () => {
  test('nothing measured is judged as nothing', () => expect(verdicts({})).toEqual([]));

  test.each([
    ['oneCopy', 30_000],
    ['quorum2', 15_000],
    ['webrtc50', 10_000],
  ])('%s is met at %d shards a second and not below', (name, floor) => {
    expect(verdicts({ rates: { [name]: [floor] } })[0]).toMatch(/^met .*: 1x/);
    expect(verdicts({ rates: { [name]: [floor / 2] } })[0]).toMatch(/^not met .*: 0\.5x/);
  });

  test('the median round decides, and failed rounds are left out', () => {
    expect(verdicts({ rates: { oneCopy: [1, 60_000, 60_000] } })[0]).toMatch(/^met .*: 2x/);
    expect(verdicts({ rates: { oneCopy: [null, 15_000] } })[0]).toMatch(/^not met .*: 0\.5x/);
    expect(verdicts({ rates: { oneCopy: [null] } })).toEqual([]);
  });

  test.each([
    ['oneCopy', 'bullmqFsync', 3],
    ['oneCopy', 'graphile', 2.5],
    ['inFlight1', 'bullmqFsync1', 1],
  ])('%s is held to %s times %d, round by round', (name, other, least) => {
    const judged = (ratio: number) => verdicts({ rates: { [name]: [1_000 * ratio], [other]: [1_000] } }).at(-1);
    expect(judged(least)).toMatch(/^met /);
    expect(judged(least * 0.99)).toMatch(/^not met /);
  });

  test('ratios are of the same round only', () => {
    expect(ratiosOf([10, null, 30], [5, 5, 10])).toEqual([2, 3]);
    expect(ratiosOf([10], [])).toEqual([]);
  });

  test.each([
    [100_000, 1_000],
    [1_000_000, 5_000],
  ])('a job of %d shards has %d ms to be accepted', (shards, most) => {
    const judged = (acceptedMs: number, longestGapMs: number) => verdicts({ accepted: [{ shards, acceptedMs, longestGapMs }] });
    expect(judged(most, MAX_GAP_MS).every((line) => line.startsWith('met'))).toBe(true);
    expect(judged(most + 1, MAX_GAP_MS)[0]).toMatch(/^not met/);
    expect(judged(most, MAX_GAP_MS + 1)[1]).toMatch(/^not met/);
  });

  test('one live contributor without work is one too many', () => {
    expect(verdicts({ live: { served: 2_500, webSockets: 2_000, dataChannels: 500 } })[0]).toMatch(/^met/);
    expect(verdicts({ live: { served: 2_499, webSockets: 2_000, dataChannels: 500 } })[0]).toMatch(/^not met/);
  });
});

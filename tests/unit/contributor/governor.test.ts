// How much is asked for, and how the load slider becomes workers and rest.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_IN_HAND, PREFETCH_MS, pickLoad, pickWant, type Speed, speedAfter, UNKNOWN_SPEED } from '../../../src/contributor/governor.ts';
import { makeTestSettings } from '../../support/make-test-settings.ts';

const speedOf = (shardMs: number): Speed => ({ shardMs, workgroupsPerSecond: 1 });
const one = (workers: number, speed: Speed) => [{ workers, speed }];

describe('pickLoad', () => {
  test.each([
    [1, 4, 4, 1],
    [0.5, 4, 2, 1],
    [0.6, 4, 2, 1],
    [0.05, 4, 1, 0.2],
    [0.05, 1, 1, 0.05],
    [0.3, 1, 1, 0.3],
  ])('share %f of %i threads is %i workers at %f', (share, threads, workers, duty) => {
    expect(pickLoad(makeTestSettings({ cpu: { share, threads } }), 'cpu')).toEqual({ workers, duty: expect.closeTo(duty, 10) });
  });

  test('a GPU is one worker that rests', () => {
    expect(pickLoad(makeTestSettings({ gpu: { duty: 0.2 }, cpu: { threads: 8 } }), 'gpu')).toEqual({ workers: 1, duty: 0.2 });
  });
});

describe('pickWant', () => {
  test.each([
    // One a worker until the speed is known.
    [0, 1, UNKNOWN_SPEED, 1],
    [0, 3, UNKNOWN_SPEED, 3],
    [1, 1, UNKNOWN_SPEED, 0],
    // One that runs and about three seconds more.
    [0, 1, speedOf(1_000), 4],
    [3, 1, speedOf(1_000), 1],
    [4, 1, speedOf(1_000), 0],
    // Not one by one: a quarter must be gone.
    [0, 1, speedOf(200), 16],
    [12, 1, speedOf(200), 4],
    [13, 1, speedOf(200), 0],
    // Slow ones: one ahead.
    [1, 1, speedOf(PREFETCH_MS * 10), 1],
    [2, 1, speedOf(PREFETCH_MS * 10), 0],
    // Never more than the cap, but one a worker always.
    [0, 1, speedOf(1), MAX_IN_HAND],
    [0, 40, speedOf(1), 40],
  ])('%i in hand, %i workers, %o: %i', (inHand, workers, speed, want) => {
    expect(pickWant(inHand, one(workers, speed))).toBe(want);
  });

  test('two engines want as much together as each by itself, and no more than a device may hold', () => {
    const gpu = { workers: 1, speed: speedOf(1_000) };
    expect(pickWant(0, [gpu, { workers: 2, speed: speedOf(3_000) }])).toBe(4 + 4);
    expect(pickWant(0, [gpu, { workers: 64, speed: speedOf(3_000) }])).toBe(64);
    expect(pickWant(0, [])).toBe(0);
  });

  test('never asks for more than a message or a device may hold, nor for nothing while nothing is in hand', () => {
    fc.assert(
      fc.property(
        fc.nat(64),
        fc.integer({ min: 1, max: 64 }),
        fc.option(fc.double({ min: 1, max: 1e6, noNaN: true })),
        (inHand, workers, shardMs) => {
          const want = pickWant(inHand, one(workers, { shardMs, workgroupsPerSecond: 1 }));
          return want >= 0 && want + Math.min(inHand, 64) <= 64 && (inHand > 0 || want > 0);
        },
      ),
    );
  });
});

test('the speed is the first shard’s, then a mean that forgets', () => {
  const first = speedAfter(UNKNOWN_SPEED, { elapsedMs: 500, workgroups: 4 });
  expect(first).toEqual({ shardMs: 500, workgroupsPerSecond: 8 });
  expect(speedAfter(first, { elapsedMs: 1_000, workgroups: 4 })).toEqual({ shardMs: 625, workgroupsPerSecond: 7 });
  expect(speedAfter(UNKNOWN_SPEED, { elapsedMs: 0, workgroups: 4 })).toEqual({ shardMs: 1, workgroupsPerSecond: 4_000 });
});

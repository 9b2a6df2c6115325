// What the kill command plans, and how it measures when work went on.
import { describe, expect, test } from 'vitest';
import type { JobId, ShardId } from '../../../src/protocol/ids.ts';
import { countVictims, KILL_KINDS, type KillKind, makeKillPlan } from '../../kill/make-plan.ts';
import { indexHandOuts, judgeLease, makeLostLease, percentile } from '../../kill/measure-hand-outs.ts';
import { parseKillOptions } from '../../kill/options.ts';

describe('the plan', () => {
  const plan = (seed: number, rounds: number, only: KillKind | null = null) => makeKillPlan(seed, { rounds, processes: 6, only });
  test('is the same for the same seed, and another for another', () => {
    expect(plan(1, 20)).toEqual(plan(1, 20));
    expect(plan(1, 20)).not.toEqual(plan(2, 20));
    expect(plan(1, 20).slice(0, 6)).toEqual(plan(1, 6));
  });
  test('kills one kind only where that is asked', () =>
    expect(new Set(plan(1, 8, 'both').map(({ kind }) => kind))).toEqual(new Set(['both'])));
  test('kills every kind equally often, and a third of the contributors', () => {
    const all = plan(1, 100);
    for (const kind of KILL_KINDS) expect(all.filter((kill) => kill.kind === kind)).toHaveLength(25);
    for (const { victims } of all) expect(new Set(victims).size).toBe(2);
    expect([1, 2, 3, 4, 6, 12].map(countVictims)).toEqual([1, 1, 1, 1, 2, 4]);
  });
});

describe('a lease of the killed', () => {
  const SHARD = 4096 as ShardId;
  const held = { shard: SHARD, copy: 0, epoch: 1, expiresAtMs: 60_000 };
  const facts = { contributor: 'c0', job: 3 as JobId, killedAtMs: 10_000, patienceMs: 5_000 };
  const handOut = (atMs: number, shard = SHARD) => ({ atMs, contributor: 'c1', shard, copy: 1 });

  test('ends with the patience after the connection, or by itself before', () => {
    expect(makeLostLease(held, facts).endsAtMs).toBe(15_000);
    expect(makeLostLease({ ...held, expiresAtMs: 12_000 }, facts).endsAtMs).toBe(12_000);
  });
  test('is measured to the first time its shard goes out after its end; another copy before that is none', () => {
    const index = indexHandOuts([handOut(16_000), handOut(15_300), handOut(14_999), handOut(15_001, (SHARD + 1) as ShardId)]);
    expect(judgeLease(makeLostLease(held, facts), index, false)).toEqual({ kind: 'again', lateMs: 300, sinceKillMs: 5_300 });
  });
  test('that came back or was not needed is not measured', () => {
    expect(judgeLease(makeLostLease(held, facts), indexHandOuts([handOut(16_000)]), true)).toEqual({ kind: 'returned' });
    expect(judgeLease(makeLostLease(held, facts), indexHandOuts([]), false)).toEqual({ kind: 'not-needed' });
  });
});

test('percentiles are by the nearest rank', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
  expect([0.5, 0.95, 1].map((share) => percentile(hundred, share))).toEqual([50, 95, 100]);
  expect(percentile([7], 0.95)).toBe(7);
  expect(percentile([], 0.5)).toBeNull();
});

describe('the flags', () => {
  test('have defaults', () => expect(parseKillOptions([])).toEqual({ rounds: 100, seed: 1, minutes: 120, only: null, isKept: false }));
  test('are read', () =>
    expect(parseKillOptions(['--rounds', '3', '--seed', '0', '--minutes', '0.5', '--only', 'both', '--keep'])).toEqual({
      rounds: 3,
      seed: 0,
      minutes: 0.5,
      only: 'both',
      isKept: true,
    }));
  test.each([
    ['--rounds', '0'],
    ['--rounds', '1.5'],
    ['--seed', '-1'],
    ['--minutes', '0'],
    ['--speed', '1'],
  ])('refuse %s %s', (...argv) => expect(() => parseKillOptions(argv)).toThrow());
});

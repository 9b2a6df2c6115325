// Samples as charts want them, latency by percentiles, and the story of a liar.
import { describe, expect, test } from 'vitest';
import { createPercentiles } from '../../../../server/operator/percentiles.ts';
import { firstStepMs, pickStepMs, pruneBounds, spreadSamples } from '../../../../server/operator/spread-samples.ts';
import { createLieStory, LIES_TOLD } from '../../../../server/operator/tell-lies.ts';
import { NETWORK_LIMITS } from '../../../../src/protocol/api-network.ts';
import type { DeviceId, ShardId } from '../../../../src/protocol/ids.ts';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const NOW = Date.UTC(2030, 0, 2, 12, 0, 30);

describe('a chart', () => {
  const figures = {
    contributors: 1,
    gpus: 1,
    cpus: 0,
    jobs: 1,
    copiesOut: 2,
    shardsFinal: 3,
    shardsFailed: 0,
    votesAgreed: 6,
    votesOutvoted: 0,
  };

  test('never has more points than a screen shows', () => {
    for (const hours of [1, 2, 5, 24, 48, 167, 168, 169, 720, NETWORK_LIMITS.sampleHours.max]) {
      expect((hours * HOUR) / pickStepMs(hours)).toBeLessThanOrEqual(NETWORK_LIMITS.samplePoints);
    }
    expect([pickStepMs(1), pickStepMs(24), pickStepMs(168), pickStepMs(169)]).toEqual([MINUTE, 5 * MINUTE, HOUR, HOUR]);
  });

  test('shows each step since the first sample, and nothing where nobody measured', () => {
    const first = firstStepMs(1, NOW);
    const rows = [
      { at: first + 10 * MINUTE, ...figures },
      { at: first + 12 * MINUTE, ...figures, shardsFinal: 9 },
    ];
    const view = spreadSamples(rows, 1, NOW);
    expect(view.atMs[0]).toBe(first + 10 * MINUTE);
    expect(view.series.shardsFinal.slice(0, 4)).toEqual([3, null, 9, null]);
    expect(view.atMs.at(-1)! + view.stepMs).toBeLessThanOrEqual(NOW);
    expect(view.atMs.at(-1)! + 2 * view.stepMs).toBeGreaterThan(NOW);
    expect(spreadSamples([], 24, NOW)).toMatchObject({ atMs: [], series: { gpus: [] } });
  });

  test('keeps minutes for a week and hours for a year, at whole hours', () => {
    const { minutesFromMs, hoursFromMs } = pruneBounds(NOW);
    expect(minutesFromMs).toBe(Date.UTC(2029, 11, 26, 12));
    expect(hoursFromMs).toBe(Date.UTC(2030, 0, 2, 12) - NETWORK_LIMITS.hourSamplesMs);
  });
});

describe('percentiles', () => {
  test('are of the last ones only', () => {
    const times = createPercentiles(100);
    expect(times.read()).toBeNull();
    times.add(1_000);
    expect(times.read()).toEqual({ p50Ms: 1_000, p95Ms: 1_000, count: 1 });
    for (let ms = 1; ms <= 100; ms++) times.add(ms);
    expect(times.read()).toEqual({ p50Ms: 50, p95Ms: 95, count: 100 });
  });
});

describe('the story of a liar', () => {
  const liar = 5 as DeviceId;
  const vote = (shard: number, device = liar, state = 'waiting') =>
    ({ kind: 'vote-cast', shard: shard as ShardId, copy: 1, device, state, atMs: 10 }) as const;
  const outvoted = (shard: number, copy = 1) => ({ kind: 'vote-settled', shard: shard as ShardId, copy, state: 'outvoted' }) as const;
  const final = (shard: number) => ({ kind: 'shard-judged', shard: shard as ShardId, verdict: 'final', atMs: 50 }) as const;

  test('tells what it answered, what was outvoted, and when others settled it', () => {
    const story = createLieStory((device) => device === liar);
    for (const change of [vote(1), vote(1, 6 as DeviceId), vote(2), outvoted(1), outvoted(1), outvoted(2, 9), final(1), final(3)])
      story.hear(change);
    expect([story.answers, story.outvoted]).toEqual([2, 1]);
    expect(story.lies).toEqual([
      { shard: 2, copy: 1, toldAtMs: 10, isOutvoted: false, finalAtMs: null },
      { shard: 1, copy: 1, toldAtMs: 10, isOutvoted: true, finalAtMs: 50 },
    ]);
  });

  test('counts what came too late, and forgets all but the last', () => {
    const story = createLieStory((device) => device === liar);
    story.hear(vote(0, liar, 'late'));
    for (let shard = 1; shard <= LIES_TOLD + 1; shard++) story.hear(vote(shard));
    expect(story.answers).toBe(LIES_TOLD + 2);
    expect(story.lies.map(({ shard }) => Number(shard))).toEqual(Array.from({ length: LIES_TOLD }, (_, at) => LIES_TOLD + 1 - at));
  });
});

// Stepping back: the same work that takes half as long again, and not a single hiccup, an engine's own noise or a machine that warms up.
import { describe, expect, test } from 'vitest';
import {
  type Contention,
  isSteppingBack,
  judgeProbe,
  NO_CONTENTION,
  PROBE_EVERY_MS,
  PROBES,
  STEP_BACK_MS,
} from '../../../src/engine/judge-contention.ts';

const CALM = Array.from({ length: 20 }, () => 1);

/** One probe after another; says whether it steps back after the last. */
function follow(probes: readonly number[], noiseMs = 0, from: Contention = NO_CONTENTION, startMs = 0) {
  let state = from;
  let nowMs = startMs;
  for (const tookMs of probes) {
    nowMs += PROBE_EVERY_MS;
    state = judgeProbe(state, tookMs, noiseMs, nowMs);
  }
  return { state, nowMs, isBack: isSteppingBack(state, nowMs) };
}

describe('it steps back', () => {
  test('when the same work takes more than half as long again, and not at exactly that', () => {
    expect(follow([...CALM, ...Array.from({ length: PROBES }, () => 1.6)]).isBack).toBe(true);
    expect(follow([...CALM, ...Array.from({ length: PROBES }, () => 1.5)]).isBack).toBe(false);
  });

  test('for ten seconds, and longer only when it is seen again', () => {
    const { state, nowMs } = follow([...CALM, ...Array.from({ length: PROBES }, () => 2)]);
    expect(isSteppingBack(state, state.untilMs - 1)).toBe(true);
    expect(isSteppingBack(state, state.untilMs)).toBe(false);
    expect(state.untilMs - nowMs).toBeLessThanOrEqual(STEP_BACK_MS);
    const calm = follow(
      Array.from({ length: 100 }, () => 1),
      0,
      state,
      nowMs,
    );
    expect(calm.isBack).toBe(false);
    const again = follow(
      Array.from({ length: 40 }, () => 2),
      0,
      state,
      nowMs,
    );
    expect(again.state.untilMs).toBeGreaterThan(nowMs + 10_000);
  });
});

describe('it does not', () => {
  test('before it has seen enough, for one probe that lost the processor, nor for what is the engine’s own noise', () => {
    expect(follow([1, 9, 9, 9, 9, 9, 9]).isBack).toBe(false);
    expect(follow([...CALM, 4.9]).isBack).toBe(false);
    expect(follow([...CALM, 5.1]).isBack).toBe(true);
    expect(follow([...CALM, ...Array.from({ length: PROBES }, () => 4.9)], 4).isBack).toBe(false);
    expect(follow([...CALM, ...Array.from({ length: PROBES }, () => 5.1)], 4).isBack).toBe(true);
  });

  test('for ever on a device that has become slower for good', () => {
    const slower = follow([...CALM, ...Array.from({ length: 2_000 }, () => 3)]);
    expect(slower.state.calibratedMs).toBeGreaterThan(2);
    expect(slower.isBack).toBe(false);
  });
});

// Notices that something else wants the same processor: the same small piece of work, timed now and then, takes longer than it can. PURE.

/** A browser that draws, a game, a compiler: long enough for them to be done, short enough that nothing is lost. */
export const STEP_BACK_MS = 10_000;
/** What is left of the duty meanwhile. */
export const STEP_BACK_SHARE = 0.5;
/** Of its calibrated time; below it is noise. */
export const CONTENDED = 1.5;
/** Probes that are looked at together: one that lost the processor for a moment says nothing. */
export const PROBES = 8;
/** With eight of them two seconds; each costs about a millisecond. */
export const PROBE_EVERY_MS = 250;
/** A device that becomes slower for good (warm, on its battery) is calibrated anew within minutes. */
const FORGET = 1.002;

export interface Contention {
  /** The least that a probe takes here; null before the first. */
  readonly calibratedMs: number | null;
  /** Newest last. */
  readonly recentMs: readonly number[];
  readonly untilMs: number;
}

export const NO_CONTENTION: Contention = { calibratedMs: null, recentMs: [], untilMs: Number.NEGATIVE_INFINITY };

/** `noiseMs`: what a probe's time may swing by itself, on this kind of engine. */
export function judgeProbe(state: Contention, tookMs: number, noiseMs: number, nowMs: number): Contention {
  const calibratedMs = Math.min(tookMs, (state.calibratedMs ?? tookMs) * FORGET);
  const recentMs = [...state.recentMs, tookMs].slice(-PROBES);
  const meanMs = recentMs.reduce((sum, ms) => sum + ms, 0) / recentMs.length;
  const isContended = recentMs.length === PROBES && meanMs > Math.max(calibratedMs * CONTENDED, calibratedMs + noiseMs);
  // What was seen has been answered: the next judgement is of new probes.
  return isContended ? { calibratedMs, recentMs: [], untilMs: nowMs + STEP_BACK_MS } : { ...state, calibratedMs, recentMs };
}

export function isSteppingBack({ untilMs }: Contention, nowMs: number): boolean {
  return nowMs < untilMs;
}

// How long the rest of a job takes at the pace that was seen.

export interface PaceSample {
  readonly atMs: number;
  readonly final: number;
}

/** Slower than this says nothing about what comes next. */
const STALE_MS = 60_000;

/** The snapshot and what comes with it say nothing about the pace. */
const LEAST_MS = 3_000;

/** Null until some seconds show a pace, and when nothing has become final for a minute. */
export function estimateSeconds(samples: readonly PaceSample[], shards: number, nowMs: number): number | null {
  const first = samples[0];
  const last = samples[samples.length - 1];
  if (!first || !last || last.final <= first.final || last.atMs - first.atMs < LEAST_MS || nowMs - last.atMs > STALE_MS) return null;
  const perMs = (last.final - first.final) / (last.atMs - first.atMs);
  return (shards - last.final) / perMs / 1_000;
}

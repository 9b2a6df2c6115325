// The last thousand times something took, and what half and nearly all of them stayed under. PURE.
import type { LatencyView } from '../../src/protocol/api-operator.ts';

const KEPT = 1_000;

export interface Percentiles {
  add(tookMs: number): void;
  /** Null before the first. */
  read(): LatencyView | null;
}

export function createPercentiles(kept = KEPT): Percentiles {
  const times: number[] = [];
  let next = 0;
  return {
    add(tookMs) {
      times[next] = tookMs;
      next = (next + 1) % kept;
    },
    read() {
      if (times.length === 0) return null;
      const sorted = [...times].sort((a, b) => a - b);
      const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!;
      return { p50Ms: at(0.5), p95Ms: at(0.95), count: sorted.length };
    },
  };
}

// What this device earns in an hour, from what was verified in the last minutes: a range, because few payments say little.
import type { MicroCredits } from '../../protocol/ids.ts';

export interface EarningsSample {
  readonly atMs: number;
  readonly creditedMicro: MicroCredits;
  readonly verified: number;
}

export interface HourlyEstimate {
  readonly lowMicro: MicroCredits;
  readonly highMicro: MicroCredits;
}

/** Older payments tell of other jobs and other settings. */
export const WINDOW_MS = 600_000;
export const SAMPLE_EVERY_MS = 2_000;
/** Below these an hour would be guessed from a moment. */
export const MIN_SPAN_MS = 15_000;
export const MIN_VERIFIED = 3;
const HOUR_MS = 3_600_000;

/** One sample every two seconds is kept, and always the newest. */
export function addSample(samples: readonly EarningsSample[], sample: EarningsSample): readonly EarningsSample[] {
  const recent = samples.filter(({ atMs }) => sample.atMs - atMs <= WINDOW_MS);
  const before = recent.at(-2);
  return before && sample.atMs - before.atMs < SAMPLE_EVERY_MS ? [...recent.slice(0, -1), sample] : [...recent, sample];
}

/** Null until there is enough to say so. The range is one standard deviation of counting so many payments. */
export function estimateHourly(samples: readonly EarningsSample[]): HourlyEstimate | null {
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last) return null;
  const spanMs = last.atMs - first.atMs;
  const verified = last.verified - first.verified;
  if (spanMs < MIN_SPAN_MS || verified < MIN_VERIFIED) return null;
  const hourly = (Number(last.creditedMicro - first.creditedMicro) / spanMs) * HOUR_MS;
  const spread = hourly / Math.sqrt(verified);
  return { lowMicro: BigInt(Math.round(hourly - spread)), highMicro: BigInt(Math.round(hourly + spread)) };
}

// Which job's picture stays on the page when a device works on several: one at a time, and not a flicker between two.
import type { JobId } from '../../../protocol/ids.ts';

export interface ShownJob {
  readonly job: JobId;
  /** When this device last worked on it. */
  readonly workedAtMs: number;
}

/** A picture stays this long after the last work on it, so that its completion is seen. */
export const LINGER_MS = 12_000;

export function pickShownJob(shown: ShownJob | null, working: readonly JobId[], nowMs: number): ShownJob | null {
  const [first] = working;
  if (first === undefined) return shown;
  if (shown && working.includes(shown.job)) return { job: shown.job, workedAtMs: nowMs };
  if (shown && nowMs - shown.workedAtMs <= LINGER_MS) return shown;
  return { job: first, workedAtMs: nowMs };
}

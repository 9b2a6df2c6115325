// Notices that time went by in which nothing here ran: a machine that slept, a tab that was frozen. Woken by: its own ticks.
import type { Clock } from './clock.ts';

export interface GapWatchOptions {
  readonly clock: Clock;
  readonly everyMs: number;
  /** Ticks come late on a busy machine, and once a minute in a hidden page: only more than this is a gap. */
  readonly minGapMs: number;
  /** `fromMs`: when it last ran. */
  readonly onGap: (fromMs: number, toMs: number) => void;
  readonly onTick?: (nowMs: number) => void;
}

/** Returns the way to stop. */
export function watchGaps({ clock, everyMs, minGapMs, onGap, onTick }: GapWatchOptions): () => void {
  let ranAtMs = clock.nowMs();
  const tick = (): void => {
    const fromMs = ranAtMs;
    ranAtMs = clock.nowMs();
    stop = clock.after(everyMs, tick);
    if (ranAtMs - fromMs >= everyMs + minGapMs) onGap(fromMs, ranAtMs);
    onTick?.(ranAtMs);
  };
  let stop = clock.after(everyMs, tick);
  return () => stop();
}

// Days, weeks and streaks as standing counts them: in UTC, so that they are the same for everyone and on every coordinator.
import type { Period, Streak } from './api-standing.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

export function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS);
}

export function hourOf(ms: number): number {
  return Math.floor(ms / HOUR_MS);
}

/** First day of the period; null for all time. Day 0, 1 January 1970, was a Thursday; weeks begin on Monday. */
export function firstDayOf(period: Period, nowMs: number): number | null {
  const today = dayOf(nowMs);
  switch (period) {
    case 'day':
      return today;
    case 'week':
      return today - ((today + 3) % 7);
    case 'all':
      return null;
  }
}

/** `days`: those worked on, each once, in any order. */
export function countStreak(days: readonly number[], today: number): Streak {
  const sorted = [...days].sort((a, b) => a - b);
  let best = 0;
  let run = 0;
  let last: number | null = null;
  for (const day of sorted) {
    run = last === day - 1 ? run + 1 : 1;
    best = Math.max(best, run);
    last = day;
  }
  const isTodayDone = last === today;
  return { days: isTodayDone || last === today - 1 ? run : 0, bestDays: best, isTodayDone };
}

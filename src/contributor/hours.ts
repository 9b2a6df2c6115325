// Hours of the week in which a device may compute: whether now is one of them, and when that changes. PURE.
import type { HoursRange } from './state.ts';

const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
/** 1 January 1970 was a Thursday. */
const FIRST_WEEKDAY = 4;

export interface LocalTime {
  /** Days since 1970, by the clock on the wall. */
  readonly dayNumber: number;
  /** 0 = Sunday. */
  readonly weekday: number;
  readonly msOfDay: number;
}

/** `offsetMs`: what the wall clock is ahead of UTC now. */
export function toLocalTime(nowMs: number, offsetMs: number): LocalTime {
  const wallMs = nowMs + offsetMs;
  const dayNumber = Math.floor(wallMs / DAY_MS);
  return { dayNumber, weekday: (((dayNumber + FIRST_WEEKDAY) % 7) + 7) % 7, msOfDay: wallMs - dayNumber * DAY_MS };
}

export function isWithinHours(ranges: readonly HoursRange[], local: LocalTime): boolean {
  return isWithin(ranges, weekMs(local));
}

/** Milliseconds until `isWithinHours` says something else; null when it never will. */
export function msToChange(ranges: readonly HoursRange[], local: LocalTime): number | null {
  const nowMs = weekMs(local);
  const isNow = isWithin(ranges, nowMs);
  const edges = ranges
    .flatMap((range) => range.days.flatMap((day) => [startMs(range, day), startMs(range, day) + lengthMs(range)]))
    .map((edgeMs) => wrap(edgeMs - nowMs) || WEEK_MS)
    .sort((a, b) => a - b);
  return edges.find((afterMs) => isWithin(ranges, nowMs + afterMs) !== isNow) ?? null;
}

function isWithin(ranges: readonly HoursRange[], atMs: number): boolean {
  return ranges.some((range) => range.days.some((day) => wrap(atMs - startMs(range, day)) < lengthMs(range)));
}

function weekMs({ weekday, msOfDay }: LocalTime): number {
  return weekday * DAY_MS + msOfDay;
}

function startMs({ fromMinute }: HoursRange, day: number): number {
  return day * DAY_MS + fromMinute * MINUTE_MS;
}

/** The same minute twice is a whole day. */
function lengthMs({ fromMinute, toMinute }: HoursRange): number {
  const ms = (toMinute - fromMinute) * MINUTE_MS;
  return ms > 0 ? ms : ms + DAY_MS;
}

function wrap(ms: number): number {
  return ((ms % WEEK_MS) + WEEK_MS) % WEEK_MS;
}

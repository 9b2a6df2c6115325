// Hours and amounts of data as people write them on a command line.
import type { HoursRange } from '../contributor/state.ts';
import { refuse } from './parse-options.ts';

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const EVERY_DAY = [0, 1, 2, 3, 4, 5, 6] as const;
const HOURS_PATTERN = /^(?:([a-z,-]+)\s+)?(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$/;
const UNITS = { MB: 1_000_000, GB: 1_000_000_000 } as const;

/** "22:00-07:00", "mon-fri 22:00-07:00", "sat,sun 0:00-0:00"; an end at or before its begin is on the next day. */
export function parseHoursFlag(flag: string, text: string): HoursRange {
  const [, days, ...parts] = HOURS_PATTERN.exec(text.trim().toLowerCase()) ?? [];
  const [fromHour, fromMinute, toHour, toMinute] = parts.map(Number);
  const from = minuteOf(fromHour, fromMinute);
  const to = minuteOf(toHour, toMinute);
  const named = days === undefined ? EVERY_DAY : parseDays(days);
  if (from === null || to === null || named === null) {
    throw refuse(`--${flag} ${text} are no hours; write them like "mon-fri 22:00-07:00" or 22:00-07:00.`);
  }
  return { days: named, fromMinute: from, toMinute: to };
}

function minuteOf(hour: number | undefined, minute: number | undefined): number | null {
  if (hour === undefined || minute === undefined || hour > 23 || minute > 59) return null;
  return hour * 60 + minute;
}

/** Null when a word is no day. "fri-mon" goes over the end of the week. */
function parseDays(text: string): readonly number[] | null {
  const found = new Set<number>();
  for (const part of text.split(',')) {
    const ends = part.split('-').map((name) => (DAYS as readonly string[]).indexOf(name));
    const [first, last = first] = ends;
    if (ends.length > 2 || first === undefined || last === undefined || ends.includes(-1)) return null;
    for (let day = first; ; day = (day + 1) % 7) {
      found.add(day);
      if (day === last) break;
    }
  }
  return [...found].sort();
}

/** "500MB", "1.5 GB"; decimal units, as data plans have them. */
export function parseBytesFlag(flag: string, text: string, min: number, max: number): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)\s*(MB|GB)$/i.exec(text.trim()) ?? [];
  const bytes = unit === undefined ? Number.NaN : Number(amount) * UNITS[unit.toUpperCase() as keyof typeof UNITS];
  if (!(bytes >= min && bytes <= max)) throw refuse(`--${flag} ${text} is no amount from ${min / UNITS.MB}MB to ${max / UNITS.GB}GB.`);
  return Math.round(bytes);
}

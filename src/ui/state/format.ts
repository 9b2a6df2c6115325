// Numbers, amounts and moments as people of the chosen language read them; reactive, because the language is.
import { formatCredits } from '../../protocol/credit.ts';
import type { MicroCredits } from '../../protocol/ids.ts';
import { uiWords } from '../words.ts';
import { type Language, language } from './language.ts';

const LOCALES: Readonly<Record<Language, string>> = { en: 'en', de: 'de' };

function makeFormats(locale: string) {
  const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const date = { day: 'numeric', month: 'short' } as const;
  return {
    whole: new Intl.NumberFormat(locale),
    compact: new Intl.NumberFormat(locale, { notation: 'compact', maximumSignificantDigits: 3 }),
    point: new Intl.NumberFormat(locale).format(0.5)[1] ?? '.',
    clock: new Intl.DateTimeFormat(locale, time),
    day: new Intl.DateTimeFormat(locale, date),
    dayAndClock: new Intl.DateTimeFormat(locale, { ...date, ...time }),
    weekdays: Array.from({ length: 7 }, (_, day) =>
      new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' }).format(Date.UTC(2023, 0, 1 + day)),
    ),
  };
}

const made = new Map<Language, ReturnType<typeof makeFormats>>();

function formats(): ReturnType<typeof makeFormats> {
  const known = made.get(language());
  if (known) return known;
  const fresh = makeFormats(LOCALES[language()]);
  made.set(language(), fresh);
  return fresh;
}

export function formatCount(value: number): string {
  return formats().whole.format(value);
}

/** A value of a table, whole or not. */
export function formatCell(value: number | bigint): string {
  return value.toLocaleString(LOCALES[language()]);
}

/** Every digit that the number has. */
export function formatExact(value: number): string {
  return String(value).replace('.', formats().point);
}

/** Exactly so many decimals. */
export function formatDecimal(value: number, decimals: number): string {
  return value.toLocaleString(LOCALES[language()], { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

/** "1.75M", in German "1,75 Mio.". */
export function formatCompact(value: number): string {
  return formats().compact.format(value);
}

/** Three decimals, or three digits that count when there is less than one credit; cut and never rounded up: nobody is shown more than there is. */
export function formatAmount(micro: MicroCredits | string, decimals?: number): string {
  const [integer = '0', fraction = ''] = formatCredits(BigInt(micro)).split('.');
  const sign = integer.startsWith('-') ? '−' : '';
  const small = integer === '0' || integer === '-0' ? fraction.search(/[1-9]/) : 0;
  const kept = fraction.slice(0, decimals ?? small + 3).replace(/0+$/, '');
  const { whole, point } = formats();
  return `${sign}${whole.format(BigInt(integer.replace('-', '')))}${kept ? `${point}${kept}` : ''}`;
}

export function formatChange(micro: MicroCredits | string, decimals?: number): string {
  return BigInt(micro) > 0n ? `+${formatAmount(micro, decimals)}` : formatAmount(micro, decimals);
}

/** "14:02". */
export function formatClock(atMs: number): string {
  return formats().clock.format(atMs);
}

/** "21 Nov", as the language orders it. */
export function formatDay(atMs: number): string {
  return formats().day.format(atMs);
}

/** 0 = Sunday: "Sun", in German "So". */
export function formatWeekday(day: number): string {
  return formats().weekdays[day] ?? '';
}

/** The time of day, and the date when it is longer ago than that tells. */
export function formatMoment(atMs: number, nowMs: number): string {
  return nowMs - atMs < 18 * 3_600_000 ? formatClock(atMs) : formats().dayAndClock.format(atMs);
}

export function formatAgo(atMs: number, nowMs: number): string {
  const { format } = uiWords();
  const seconds = Math.max(0, Math.round((nowMs - atMs) / 1_000));
  if (seconds < 5) return format.justNow;
  if (seconds < 60) return format.secondsAgo(formatCount(seconds));
  if (seconds < 3_600) return format.minutesAgo(formatCount(Math.floor(seconds / 60)));
  if (seconds < 86_400) return format.hoursAgo(formatCount(Math.floor(seconds / 3_600)));
  return format.daysAgo(formatCount(Math.floor(seconds / 86_400)));
}

export function formatDuration(seconds: number): string {
  if (seconds < 1) return uiWords().format.underASecond;
  if (seconds < 90) return `${formatCount(Math.round(seconds))} s`;
  if (seconds < 5_400) return `${formatCount(Math.round(seconds / 60))} min`;
  return `${formatDecimal(seconds / 3_600, 1)} h`;
}

/** Work units: "1.75M units". */
export function formatWork(units: number): string {
  return uiWords().format.units(formatCompact(units));
}

export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${formatCount(bytes)} B`;
  if (bytes < 1_000_000) return `${formatDecimal(bytes / 1_000, 1)} kB`;
  if (bytes < 1_000_000_000) return `${formatDecimal(bytes / 1_000_000, 1)} MB`;
  return `${formatDecimal(bytes / 1_000_000_000, 1)} GB`;
}

/** Cut, never rounded up: 100 % is all. */
export function formatPercent(share: number): string {
  return `${share > 0 && share < 0.01 ? '<1' : formatCount(Math.floor(share * 100))} %`;
}

export function shortenDigest(digest: string): string {
  return `${digest.slice(0, 8)}…${digest.slice(-4)}`;
}

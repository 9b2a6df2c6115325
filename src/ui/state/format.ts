// Numbers, amounts and moments as people read them.
import { formatCredits } from '../../protocol/credit.ts';
import type { MicroCredits } from '../../protocol/ids.ts';

const whole = new Intl.NumberFormat('en');
const clock = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

export function formatCount(value: number): string {
  return whole.format(value);
}

/** Three decimals, or three digits that count when there is less than one credit; cut and never rounded up: nobody is shown more than there is. */
export function formatAmount(micro: MicroCredits | string, decimals?: number): string {
  const [integer = '0', fraction = ''] = formatCredits(BigInt(micro)).split('.');
  const sign = integer.startsWith('-') ? '−' : '';
  const small = integer === '0' || integer === '-0' ? fraction.search(/[1-9]/) : 0;
  const kept = fraction.slice(0, decimals ?? small + 3).replace(/0+$/, '');
  return `${sign}${whole.format(BigInt(integer.replace('-', '')))}${kept ? `.${kept}` : ''}`;
}

export function formatChange(micro: MicroCredits | string, decimals?: number): string {
  return BigInt(micro) > 0n ? `+${formatAmount(micro, decimals)}` : formatAmount(micro, decimals);
}

export function formatMoment(atMs: number, nowMs: number): string {
  return nowMs - atMs < 18 * 3_600_000 ? clock.format(atMs) : day.format(atMs);
}

export function formatAgo(atMs: number, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - atMs) / 1_000));
  if (seconds < 5) return 'just now';
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

export function formatDuration(seconds: number): string {
  if (seconds < 1) return 'under a second';
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3_600).toFixed(1)} h`;
}

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });

/** Work units: "1.75M units". */
export function formatWork(units: number): string {
  return `${compact.format(units)} units`;
}

export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

export function formatPercent(share: number): string {
  return `${share > 0 && share < 0.01 ? '<1' : Math.floor(share * 100)} %`;
}

export function shortenDigest(digest: string): string {
  return `${digest.slice(0, 8)}…${digest.slice(-4)}`;
}

// The gate of a contributor's settings: a change from a page, another tab or an earlier version comes in, only what makes sense stays. PURE.
import { type Likes, MAX_LIKES, MAX_MIN_RATE } from '../protocol/likes.ts';
import type { ContributorSettings, CpuSettings, GpuSettings, HoursRange, SettingsChange } from './state.ts';

export const MIN_SHARE = 0.05;
export const MAX_THREADS = 64;
export const MIN_IDLE_MINUTES = 1;
export const MAX_IDLE_MINUTES = 60;
/** Two a day of the week. */
export const MAX_RANGES = 14;
export const DAY_MINUTES = 24 * 60;
export const MIN_DATA_CAP = 1_000_000;
export const MAX_DATA_CAP = 100_000_000_000;

/** What is not of the right kind leaves things as they were; numbers beyond a bound become the bound. */
export function adjustSettings(settings: ContributorSettings, change: SettingsChange): ContributorSettings {
  const { onlyWhenIdle, hours, dataCap } = settings;
  return {
    gpu: adjustGpu(settings.gpu, change.gpu),
    cpu: adjustCpu(settings.cpu, change.cpu),
    onlyWhenIdle: {
      isOn: flag(change.onlyWhenIdle?.isOn, onlyWhenIdle.isOn),
      afterMinutes: Math.round(clamp(change.onlyWhenIdle?.afterMinutes, MIN_IDLE_MINUTES, MAX_IDLE_MINUTES, onlyWhenIdle.afterMinutes)),
    },
    pauseOnBattery: flag(change.pauseOnBattery, settings.pauseOnBattery),
    hours: { isOn: flag(change.hours?.isOn, hours.isOn), ranges: adjustRanges(hours.ranges, change.hours?.ranges) },
    dataCap: {
      isOn: flag(change.dataCap?.isOn, dataCap.isOn),
      bytesADay: Math.round(clamp(change.dataCap?.bytesADay, MIN_DATA_CAP, MAX_DATA_CAP, dataCap.bytesADay)),
    },
    likes: adjustLikes(settings.likes, change.likes),
  };
}

function adjustGpu(gpu: GpuSettings, change: Partial<GpuSettings> | undefined): GpuSettings {
  return { isOn: flag(change?.isOn, gpu.isOn), duty: clamp(change?.duty, MIN_SHARE, 1, gpu.duty) };
}

function adjustCpu(cpu: CpuSettings, change: Partial<CpuSettings> | undefined): CpuSettings {
  return {
    isOn: flag(change?.isOn, cpu.isOn),
    share: clamp(change?.share, MIN_SHARE, 1, cpu.share),
    threads: Math.round(clamp(change?.threads, 1, MAX_THREADS, cpu.threads)),
  };
}

function adjustRanges(ranges: readonly HoursRange[], change: unknown): readonly HoursRange[] {
  if (!Array.isArray(change)) return ranges;
  return change.filter(isRange).map(cleanRange).slice(0, MAX_RANGES);
}

function isRange(range: unknown): range is HoursRange {
  const { days, fromMinute, toMinute } = (range ?? {}) as Partial<HoursRange>;
  return Array.isArray(days) && days.some(isDay) && isMinute(fromMinute) && isMinute(toMinute);
}

function cleanRange({ days, fromMinute, toMinute }: HoursRange): HoursRange {
  return { days: [...new Set(days.filter(isDay))].sort(), fromMinute, toMinute };
}

function isDay(day: unknown): boolean {
  return Number.isInteger(day) && (day as number) >= 0 && (day as number) <= 6;
}

function isMinute(minute: unknown): boolean {
  return Number.isInteger(minute) && (minute as number) >= 0 && (minute as number) < DAY_MINUTES;
}

function adjustLikes(likes: Likes, change: Partial<Likes> | undefined): Likes {
  return {
    pinnedJobs: adjustIds(likes.pinnedJobs, change?.pinnedJobs),
    blockedJobs: adjustIds(likes.blockedJobs, change?.blockedJobs),
    blockedRequesters: adjustIds(likes.blockedRequesters, change?.blockedRequesters),
    minRate: Math.round(clamp(change?.minRate, 0, MAX_MIN_RATE, likes.minRate)),
  };
}

/** Each once; of too many the newest stay. */
function adjustIds<Id extends number>(ids: readonly Id[], change: unknown): readonly Id[] {
  if (!Array.isArray(change)) return ids;
  return [...new Set(change.filter((id): id is Id => Number.isSafeInteger(id) && id >= 0))].slice(-MAX_LIKES);
}

function flag(value: unknown, otherwise: boolean): boolean {
  return typeof value === 'boolean' ? value : otherwise;
}

function clamp(value: unknown, min: number, max: number, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? Math.min(max, Math.max(min, value)) : otherwise;
}

/** Neither engine may be lent more than this, whatever the settings say: where somebody else's page is the host. */
export function capSettings(settings: ContributorSettings, maxShare: number): ContributorSettings {
  const { gpu, cpu } = settings;
  if (gpu.duty <= maxShare && cpu.share <= maxShare) return settings;
  return { ...settings, gpu: { ...gpu, duty: Math.min(gpu.duty, maxShare) }, cpu: { ...cpu, share: Math.min(cpu.share, maxShare) } };
}

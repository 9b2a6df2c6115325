// How long this device was at work on each day, as time at full load: what the energy estimate is made of. PURE.

export interface BusyDay {
  /** "2026-11-21", by the clock of the device. */
  readonly day: string;
  /** Milliseconds at full load. */
  readonly loadMs: number;
}

/** Newest last. */
export type BusyLog = readonly BusyDay[];

export const MAX_BUSY_DAYS = 31;
/** A gap longer than this was sleep or a frozen tab, and nothing is counted for it. */
export const MAX_STEP_MS = 10_000;

/** The busier of the two engines, 0 to 1: they share one power supply, and adding them up would count its losses twice. */
export function loadOf(measured: { readonly gpuPercent: number | null; readonly cpuPercent: number | null }): number {
  return Math.min(100, Math.max(measured.gpuPercent ?? 0, measured.cpuPercent ?? 0)) / 100;
}

export function addBusy(log: BusyLog, day: string, stepMs: number, load: number): BusyLog {
  const loadMs = stepMs > 0 && stepMs <= MAX_STEP_MS ? stepMs * load : 0;
  const last = log.at(-1);
  if (last?.day === day) return [...log.slice(0, -1), { day, loadMs: last.loadMs + loadMs }];
  return [...log, { day, loadMs }].slice(-MAX_BUSY_DAYS);
}

export function busyOn(log: BusyLog, day: string): number {
  return log.find((each) => each.day === day)?.loadMs ?? 0;
}

export function sumBusy(log: BusyLog): number {
  return log.reduce((sum, { loadMs }) => sum + loadMs, 0);
}

/** By the clock of the device: a day of people. */
export function dayOf(atMs: number): string {
  const date = new Date(atMs);
  const pad = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

/** What was remembered; what is not a day of ours is left out. */
export function parseBusyLog(value: unknown): BusyLog | null {
  if (!Array.isArray(value)) return null;
  const isDay = ({ day, loadMs }: Record<string, unknown>): boolean =>
    typeof day === 'string' && /^\d{4}-\d\d-\d\d$/.test(day) && typeof loadMs === 'number' && loadMs >= 0 && loadMs <= 86_400_000;
  return value.filter((each) => typeof each === 'object' && each !== null && isDay(each)).slice(-MAX_BUSY_DAYS) as BusyLog;
}

// The time a contributor was away against its will (its tab frozen or discarded, its machine asleep), as one sentence. PURE.
import { formatCredits } from '../protocol/credit.ts';
import type { MicroCredits } from '../protocol/ids.ts';

/** `frozen` and `discarded` are the browser's doing, `asleep` the machine's. */
export const ABSENCE_KINDS = ['frozen', 'discarded', 'asleep'] as const;
export type AbsenceKind = (typeof ABSENCE_KINDS)[number];

export interface Absence {
  readonly kind: AbsenceKind;
  readonly fromMs: number;
  readonly toMs: number;
  /** As the coordinator last said before; null when it had not. */
  readonly balanceMicro: MicroCredits | null;
  readonly sentence: string;
}

/** What was left behind when it went away: when it was last known to run, and what it owned. */
export interface AliveMark {
  readonly atMs: number;
  readonly balanceMicro: MicroCredits | null;
}

/** Shorter absences change nothing that a person would notice. */
export const MIN_TOLD_MS = 60_000;

/** Null for what is not worth telling, and for a clock that was set back. */
export function makeAbsence(kind: AbsenceKind, { atMs, balanceMicro }: AliveMark, nowMs: number): Absence | null {
  const awayMs = nowMs - atMs;
  if (!(awayMs >= MIN_TOLD_MS)) return null;
  const what = kind === 'asleep' ? 'This device was asleep' : 'Your browser put this tab to sleep';
  const safe = balanceMicro === null ? 'what it had computed is safe' : `${showCredits(balanceMicro)} safe`;
  return { kind, fromMs: atMs, toMs: nowMs, balanceMicro, sentence: `${what} for ${showAway(awayMs)}; ${safe}.` };
}

/** Rounded down to hundredths: nobody is promised what is not there. */
function showCredits(balanceMicro: MicroCredits): string {
  const text = formatCredits(balanceMicro - (balanceMicro % 10_000n));
  return text === '1' ? '1 credit is' : `${text} credits are`;
}

const HOUR_MINUTES = 60;
const DAY_HOURS = 24;

/** In the largest unit that leaves at least two of it, so that "90 min" does not become "1 h". */
function showAway(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 2 * HOUR_MINUTES) return `${minutes} min`;
  const hours = Math.round(minutes / HOUR_MINUTES);
  return hours < 2 * DAY_HOURS ? `${hours} h` : `${Math.round(hours / DAY_HOURS)} days`;
}

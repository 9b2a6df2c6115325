// PURE. What a site might earn: small numbers said plainly, from three figures that its owner knows or guesses.
import { MICRO_CREDITS_PER_CREDIT } from '../../../protocol/ids.ts';

export interface SiteGuess {
  readonly visitsADay: number;
  /** Of a hundred visitors, those who say yes. */
  readonly yesPercent: number;
  readonly minutes: number;
}

export const DEFAULT_GUESS: SiteGuess = { visitsADay: 500, yesPercent: 2, minutes: 3 };

/** A second of one core of the reference machine pays a tenth of a credit. */
const MICRO_A_CORE_SECOND = Number(MICRO_CREDITS_PER_CREDIT) / 10;
/** A usual device at the widget's 20 %, resting while unseen: about half a core, and always with work to do, which is hopeful. */
const CORES_LENT = 0.5;

/** Micro-credits a day for the site, rounded down. */
export function estimateSite({ visitsADay, yesPercent, minutes }: SiteGuess, sharePercent: number): bigint {
  const seconds = visitsADay * (yesPercent / 100) * minutes * 60;
  const micro = seconds * CORES_LENT * MICRO_A_CORE_SECOND * (sharePercent / 100);
  return Number.isFinite(micro) ? BigInt(Math.floor(micro)) : 0n;
}

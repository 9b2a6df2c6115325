// PURE. What a site gets of a payment to a visitor's device: whole micro-credits, nothing lost, and what cannot be split stays the visitor's.
import type { MicroCredits } from '../../src/protocol/ids.ts';
import type { Balance } from './post-transfers.ts';

export interface SplitPay {
  readonly site: Balance;
  readonly visitor: Balance;
}

/**
 * The site's part of the whole, rounded down, is fixed first; of granted credit it takes its part rounded down, the rest of it is earned. So
 * both kinds are used up exactly, and neither part is ever below zero. `percent` is whole, 0 to 100.
 */
export function splitPay({ earned, granted }: Balance, percent: number): SplitPay {
  const part = (amount: MicroCredits): MicroCredits => (amount * BigInt(percent)) / 100n;
  const siteGranted = part(granted);
  const siteEarned = part(earned + granted) - siteGranted;
  return {
    site: { earned: siteEarned, granted: siteGranted },
    visitor: { earned: earned - siteEarned, granted: granted - siteGranted },
  };
}

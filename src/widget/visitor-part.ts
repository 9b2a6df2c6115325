// PURE. The visitor's part of what was earned, as the ledger splits it: the site's is rounded down, the rest is the visitor's.
import type { MicroCredits } from '../protocol/ids.ts';

export function visitorPart(amount: MicroCredits, sharePercent: number): MicroCredits {
  return amount - (amount * BigInt(sharePercent)) / 100n;
}

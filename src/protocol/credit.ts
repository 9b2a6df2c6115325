// Credit: integer micro-credits of two kinds, moved by double entry.
import type { AccountId, JobId, MicroCredits } from './ids.ts';

/** `granted` credit can be spent and never withdrawn, and stays granted when it pays others. */
export const CREDIT_KINDS = ['earned', 'granted'] as const;
export type CreditKind = (typeof CREDIT_KINDS)[number];

export const ENTRY_REASONS = ['grant', 'hold', 'pay', 'refund', 'attach', 'cap', 'share', 'release'] as const;
export type EntryReason = (typeof ENTRY_REASONS)[number];

/** One line of the ledger; the lines of one transfer sum to zero. */
export interface Entry {
  readonly transfer: number;
  readonly account: AccountId;
  readonly credit: CreditKind;
  readonly amount: MicroCredits;
  readonly reason: EntryReason;
  readonly job: JobId | null;
  /** Payments summed in this line; null where it is no payment. */
  readonly shards: number | null;
  readonly atMs: number;
}

/** "12.5" from 12_500_000n: at most six decimals, no trailing zeros. */
export function formatCredits(micro: MicroCredits): string {
  const sign = micro < 0n ? '-' : '';
  const absolute = micro < 0n ? -micro : micro;
  const fraction = (absolute % 1_000_000n).toString().padStart(6, '0').replace(/0+$/, '');
  return `${sign}${absolute / 1_000_000n}${fraction ? `.${fraction}` : ''}`;
}

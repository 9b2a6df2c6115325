// The movements of credit the core may ask for; storage decides them against locked balances by `postTransfers`.
import type { AccountKind } from '../../src/protocol/api.ts';
import type { CreditKind } from '../../src/protocol/credit.ts';
import type { AccountId, JobId, MicroCredits, ShardId } from '../../src/protocol/ids.ts';

export type Transfer =
  /** Reserve a job's price; refused as `insufficient-credit` when available credit is short. Spends granted credit first. */
  | { readonly kind: 'hold'; readonly job: JobId; readonly requester: AccountId; readonly escrow: AccountId; readonly amount: MicroCredits }
  /** One agreed copy. Granted credit in escrow is used up first and stays granted. */
  | {
      readonly kind: 'pay';
      readonly job: JobId;
      readonly shard: ShardId;
      readonly escrow: AccountId;
      readonly contributor: AccountId;
      readonly amount: MicroCredits;
    }
  /** All that is left in a job's escrow. */
  | { readonly kind: 'refund'; readonly job: JobId; readonly escrow: AccountId; readonly requester: AccountId }
  /** Start grant from the treasury, once an account. */
  | { readonly kind: 'grant'; readonly account: AccountId; readonly amount: MicroCredits }
  /** All credit of a guest moves to the wallet it is attached to. */
  | { readonly kind: 'attach'; readonly guest: AccountId; readonly wallet: AccountId };

/** The treasury issues grants: the one account whose granted balance may be negative. */
export const TREASURY = 1 as AccountId;
/** The house: requester of house jobs and account of the house contributor. */
export const HOUSE = 2 as AccountId;

export interface LockedAccount {
  readonly id: AccountId;
  readonly kind: AccountKind;
  readonly balance: Readonly<Record<CreditKind, MicroCredits>>;
}

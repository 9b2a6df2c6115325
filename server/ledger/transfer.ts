// The movements of credit the core may ask for; storage decides them against locked balances by `postTransfers`.
import type { AccountKind } from '../../src/protocol/api.ts';
import type { League } from '../../src/protocol/api-standing.ts';
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
      /** What computed it: for standing, not for money. */
      readonly league?: League;
      /** The contributor came through a site's widget; storage adds it from the account, the core knows nothing of sites. */
      readonly site?: SiteShare;
    }
  /** All that is left in a job's escrow. */
  | { readonly kind: 'refund'; readonly job: JobId; readonly escrow: AccountId; readonly requester: AccountId }
  /** Start grant from the treasury, once an account. */
  | { readonly kind: 'grant'; readonly account: AccountId; readonly amount: MicroCredits }
  /** All credit of a guest moves to the wallet it is attached to. */
  | { readonly kind: 'attach'; readonly guest: AccountId; readonly wallet: AccountId }
  /** What a site's proved domain has earned goes to its owner; what passes a guest's cap stays held. */
  | { readonly kind: 'release'; readonly site: AccountId; readonly owner: AccountId };

/** Of each payment to one of its visitors, `percent` (whole) goes to the site's own account. */
export interface SiteShare {
  readonly account: AccountId;
  readonly percent: number;
}

/** The treasury issues grants: the one account whose granted balance may be negative. */
export const TREASURY = 1 as AccountId;
/** The house: requester of house jobs and account of the house contributor. */
export const HOUSE = 2 as AccountId;

export interface LockedAccount {
  readonly id: AccountId;
  readonly kind: AccountKind;
  readonly balance: Readonly<Record<CreditKind, MicroCredits>>;
}

// Turns movements of credit into ledger entries against locked balances: the one place that decides who has what.
import type { CreditKind, Entry } from '../../src/protocol/credit.ts';
import { formatCredits } from '../../src/protocol/credit.ts';
import { Fault, type FaultBody } from '../../src/protocol/fault.ts';
import type { AccountId, MicroCredits } from '../../src/protocol/ids.ts';
import { createBook, type Payments } from './book.ts';
import { splitPay } from './split-pay.ts';
import { type LockedAccount, TREASURY, type Transfer } from './transfer.ts';

export interface TimedTransfer {
  readonly transfer: Transfer;
  readonly atMs: number;
}

export interface PostedEntry extends Entry {
  /** What the account can spend, earned and granted, after this line. */
  readonly balance: MicroCredits;
}

export type Balance = Readonly<Record<CreditKind, MicroCredits>>;

export interface PostingOptions {
  /** What a guest's balance may not pass; the rest of a payment goes to the treasury. */
  readonly guestCap: MicroCredits;
  /** A number that no transfer had; asked for at most once a transfer. */
  readonly nextId: () => number;
}

export interface Posting {
  readonly entries: readonly PostedEntry[];
  /** Units left out whole, by position. */
  readonly refused: ReadonlyMap<number, FaultBody>;
  /** Of every account that an entry touched. */
  readonly balances: ReadonlyMap<AccountId, Balance>;
  /** Agreed copies paid, by the account they were paid to. */
  readonly paidShards: ReadonlyMap<AccountId, number>;
}

export type PostTransfers = (
  accounts: ReadonlyMap<AccountId, LockedAccount>,
  units: readonly (readonly TimedTransfer[])[],
  options: PostingOptions,
) => Posting;

type Pay = Extract<Transfer, { kind: 'pay' }>;

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** Only these can be refused; a unit without them is written or is a bug. */
export function mayBeRefused({ kind }: Transfer): boolean {
  return kind === 'hold' || kind === 'attach';
}

/**
 * Every movement is decided by itself, in order. What is paid one after another is written as one transfer a job: a line for its escrow and
 * one for each contributor and kind of credit. Throws `internal` where a transfer could only come from a bug: an unknown account, a negative
 * amount, more pay than escrow.
 */
export const postTransfers: PostTransfers = (accounts, units, { guestCap, nextId }) => {
  const book = createBook(accounts);
  const refused = new Map<number, FaultBody>();
  const paidShards = new Map<AccountId, number>();

  units.forEach((unit, position) => {
    const undo = unit.some(({ transfer }) => mayBeRefused(transfer)) ? book.mark() : null;
    for (const { transfer, atMs } of unit) {
      const fault = post(transfer, atMs);
      if (!fault) continue;
      undo?.();
      refused.set(position, fault);
      return;
    }
    for (const { transfer } of unit) {
      if (transfer.kind === 'pay') paidShards.set(transfer.contributor, (paidShards.get(transfer.contributor) ?? 0) + 1);
    }
  });
  return { ...book.close(), refused, paidShards };

  function post(transfer: Transfer, atMs: number): FaultBody | null {
    if ('amount' in transfer && transfer.amount < 0n) throw new Fault('internal', `A ${transfer.kind} of ${transfer.amount} is no amount.`);
    switch (transfer.kind) {
      case 'hold':
        return hold(transfer, atMs);
      case 'pay':
        pay(transfer, atMs);
        return null;
      case 'refund': {
        const { job, escrow, requester } = transfer;
        // Was under the cap when it was held, so what comes back is not capped again.
        book.move(escrow, requester, book.balanceOf(escrow), { transfer: nextId(), reason: 'refund', job, atMs });
        return null;
      }
      case 'grant': {
        const { account, amount } = transfer;
        const granted = min(roomOf(account, amount), amount);
        book.move(TREASURY, account, { earned: 0n, granted }, { transfer: nextId(), reason: 'grant', job: null, atMs });
        return null;
      }
      case 'attach':
        return attach(transfer, atMs);
      case 'release':
        release(transfer, atMs);
        return null;
    }
  }

  /** What a guest may still be given; whatever is `asked` for everyone else. */
  function roomOf(id: AccountId, asked: MicroCredits): MicroCredits {
    if (book.kindOf(id) !== 'guest') return asked;
    const { earned, granted } = book.balanceOf(id);
    return max(0n, guestCap - earned - granted);
  }

  function hold({ job, requester, escrow, amount }: Extract<Transfer, { kind: 'hold' }>, atMs: number): FaultBody | null {
    const { earned, granted } = book.balanceOf(requester);
    const spendable = requester === TREASURY ? earned : earned + granted;
    if (spendable < amount) {
      const [needs, has] = [formatCredits(amount), formatCredits(max(0n, spendable))];
      const sentence = `The job needs ${needs} credits and the account has ${has}: earn more by contributing, or make the job smaller.`;
      return { code: 'insufficient-credit', sentence, facts: { needed: needs, available: has } };
    }
    const fromGranted = requester === TREASURY ? 0n : min(granted, amount);
    const held = { granted: fromGranted, earned: amount - fromGranted };
    book.move(requester, escrow, held, { transfer: nextId(), reason: 'hold', job, atMs });
    return null;
  }

  function pay({ job, escrow, contributor, amount, site }: Pay, atMs: number): void {
    const paidGranted = min(book.balanceOf(escrow).granted, amount);
    const paidEarned = amount - paidGranted;
    const sums = book.paymentsOf(job, atMs, nextId);
    sums.add(escrow, -paidEarned, -paidGranted, 'pay');
    if (site === undefined) return give(sums, contributor, { earned: paidEarned, granted: paidGranted });
    const split = splitPay({ earned: paidEarned, granted: paidGranted }, site.percent);
    // The site's part first: it has no cap, and its line stands beside the visitor's in the same transfer.
    sums.add(site.account, split.site.earned, split.site.granted, 'share');
    give(sums, contributor, split.visitor);
  }

  function give(sums: Payments, contributor: AccountId, paid: Balance): void {
    const amount = paid.earned + paid.granted;
    const room = roomOf(contributor, amount);
    // Under a cap a guest keeps what was earned before what was granted.
    const earned = min(room, paid.earned);
    const granted = min(room - earned, paid.granted);
    sums.add(contributor, earned, granted, 'pay');
    if (earned + granted < amount) sums.add(TREASURY, paid.earned - earned, paid.granted - granted, 'cap');
  }

  function release({ site, owner }: Extract<Transfer, { kind: 'release' }>, atMs: number): void {
    const held = book.balanceOf(site);
    const room = roomOf(owner, held.earned + held.granted);
    const earned = min(room, held.earned);
    const granted = min(room - earned, held.granted);
    if (earned + granted === 0n) return;
    book.move(site, owner, { earned, granted }, { transfer: nextId(), reason: 'release', job: null, atMs });
  }

  function attach({ guest, wallet }: Extract<Transfer, { kind: 'attach' }>, atMs: number): FaultBody | null {
    const from = book.kindOf(guest);
    if ((from !== 'guest' && from !== 'headless') || book.kindOf(wallet) !== 'wallet') {
      return { code: 'conflict', sentence: 'Only a guest or headless account can be attached, and only to a wallet.' };
    }
    book.move(guest, wallet, book.balanceOf(guest), { transfer: nextId(), reason: 'attach', job: null, atMs });
    return null;
  }
};

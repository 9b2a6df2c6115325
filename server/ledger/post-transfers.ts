// Turns movements of credit into ledger entries against locked balances: the one place that decides who has what.
import type { CreditKind, Entry, EntryReason } from '../../src/protocol/credit.ts';
import { formatCredits } from '../../src/protocol/credit.ts';
import { Fault, type FaultBody } from '../../src/protocol/fault.ts';
import type { AccountId, JobId, MicroCredits, ShardId } from '../../src/protocol/ids.ts';
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
  /** One number a transfer, in order over all units. */
  readonly ids: readonly number[];
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

/** What is being written; a refused unit's draft is thrown away. */
interface Draft {
  readonly balances: Map<AccountId, Balance>;
  readonly entries: PostedEntry[];
  readonly paidShards: Map<AccountId, number>;
}

interface Context {
  readonly transfer: number;
  readonly atMs: number;
  readonly job: JobId | null;
  readonly shard: ShardId | null;
}

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** Throws `internal` where a transfer could only come from a bug: an unknown account, a negative amount, more pay than escrow. */
export const postTransfers: PostTransfers = (accounts, units, { guestCap, ids }) => {
  const done: Draft = { balances: new Map(), entries: [], paidShards: new Map() };
  const refused = new Map<number, FaultBody>();
  let nextId = 0;

  units.forEach((unit, position) => {
    const draft: Draft = { balances: new Map(), entries: [], paidShards: new Map() };
    const firstId = nextId;
    nextId += unit.length;
    for (const [index, { transfer, atMs }] of unit.entries()) {
      const fault = post(draft, transfer, atMs, ids[firstId + index]!);
      if (!fault) continue;
      refused.set(position, fault);
      return;
    }
    for (const [account, balance] of draft.balances) done.balances.set(account, balance);
    for (const [account, count] of draft.paidShards) done.paidShards.set(account, (done.paidShards.get(account) ?? 0) + count);
    done.entries.push(...draft.entries);
  });
  return { ...done, refused };

  function find(id: AccountId): LockedAccount {
    const account = accounts.get(id);
    if (!account) throw new Fault('internal', `Account ${id} takes part in a transfer and does not exist.`);
    return account;
  }

  function balanceOf(draft: Draft, id: AccountId): Balance {
    return draft.balances.get(id) ?? done.balances.get(id) ?? find(id).balance;
  }

  function add(draft: Draft, id: AccountId, delta: Balance, reason: EntryReason, context: Context): void {
    let balance = balanceOf(draft, id);
    for (const credit of ['earned', 'granted'] as const) {
      if (delta[credit] === 0n) continue;
      balance = { ...balance, [credit]: balance[credit] + delta[credit] };
      const spendable = balance.earned + balance.granted;
      draft.entries.push({ ...context, account: id, credit, amount: delta[credit], reason, balance: spendable });
    }
    const mayOwe = id === TREASURY;
    if (balance.earned < 0n || (balance.granted < 0n && !mayOwe)) {
      throw new Fault('internal', `A ${reason} would leave account ${id} below zero.`);
    }
    draft.balances.set(id, balance);
  }

  function move(draft: Draft, from: AccountId, to: AccountId, amount: Balance, reason: EntryReason, context: Context): void {
    add(draft, from, { earned: -amount.earned, granted: -amount.granted }, reason, context);
    add(draft, to, amount, reason, context);
  }

  function roomOf(draft: Draft, id: AccountId): MicroCredits | null {
    if (find(id).kind !== 'guest') return null;
    const { earned, granted } = balanceOf(draft, id);
    return max(0n, guestCap - earned - granted);
  }

  function post(draft: Draft, transfer: Transfer, atMs: number, id: number): FaultBody | null {
    const context: Context = {
      transfer: id,
      atMs,
      job: 'job' in transfer ? transfer.job : null,
      shard: 'shard' in transfer ? transfer.shard : null,
    };
    if ('amount' in transfer && transfer.amount < 0n) throw new Fault('internal', `A ${transfer.kind} of ${transfer.amount} is no amount.`);
    switch (transfer.kind) {
      case 'hold':
        return hold(draft, transfer, context);
      case 'pay':
        return pay(draft, transfer, context);
      case 'refund':
        // Was under the cap when it was held, so what comes back is not capped again.
        move(draft, transfer.escrow, transfer.requester, balanceOf(draft, transfer.escrow), 'refund', context);
        return null;
      case 'grant':
        return grant(draft, transfer, context);
      case 'attach':
        return attach(draft, transfer, context);
    }
  }

  function hold(draft: Draft, { requester, escrow, amount }: Extract<Transfer, { kind: 'hold' }>, context: Context): FaultBody | null {
    const { earned, granted } = balanceOf(draft, requester);
    const spendable = requester === TREASURY ? earned : earned + granted;
    if (spendable < amount) {
      const [needs, has] = [formatCredits(amount), formatCredits(max(0n, spendable))];
      const sentence = `The job needs ${needs} credits and the account has ${has}: earn more by contributing, or make the job smaller.`;
      return { code: 'insufficient-credit', sentence, facts: { needed: needs, available: has } };
    }
    const fromGranted = requester === TREASURY ? 0n : min(granted, amount);
    move(draft, requester, escrow, { granted: fromGranted, earned: amount - fromGranted }, 'hold', context);
    return null;
  }

  function pay(draft: Draft, { escrow, contributor, amount }: Extract<Transfer, { kind: 'pay' }>, context: Context): null {
    const fromGranted = min(balanceOf(draft, escrow).granted, amount);
    const paid: Balance = { granted: fromGranted, earned: amount - fromGranted };
    const room = roomOf(draft, contributor);
    // Under a cap a guest keeps what was earned before what was granted.
    const earned = room === null ? paid.earned : min(room, paid.earned);
    const granted = room === null ? paid.granted : min(room - earned, paid.granted);
    add(draft, escrow, { earned: -paid.earned, granted: -paid.granted }, 'pay', context);
    add(draft, contributor, { earned, granted }, 'pay', context);
    const over: Balance = { earned: paid.earned - earned, granted: paid.granted - granted };
    if (over.earned + over.granted > 0n) add(draft, TREASURY, over, 'cap', context);
    draft.paidShards.set(contributor, (draft.paidShards.get(contributor) ?? 0) + 1);
    return null;
  }

  function grant(draft: Draft, { account, amount }: Extract<Transfer, { kind: 'grant' }>, context: Context): null {
    const room = roomOf(draft, account);
    move(draft, TREASURY, account, { earned: 0n, granted: room === null ? amount : min(room, amount) }, 'grant', context);
    return null;
  }

  function attach(draft: Draft, { guest, wallet }: Extract<Transfer, { kind: 'attach' }>, context: Context): FaultBody | null {
    const from = find(guest).kind;
    if ((from !== 'guest' && from !== 'headless') || find(wallet).kind !== 'wallet') {
      return { code: 'conflict', sentence: 'Only a guest or headless account can be attached, and only to a wallet.' };
    }
    move(draft, guest, wallet, balanceOf(draft, guest), 'attach', context);
    return null;
  }
};

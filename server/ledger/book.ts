// The open book of one posting: balances as they change, lines as they are written, payments of a job summed until something else happens.
import type { AccountKind } from '../../src/protocol/api.ts';
import type { EntryReason } from '../../src/protocol/credit.ts';
import { Fault } from '../../src/protocol/fault.ts';
import type { AccountId, JobId, MicroCredits } from '../../src/protocol/ids.ts';
import type { Balance, PostedEntry } from './post-transfers.ts';
import { type LockedAccount, TREASURY } from './transfer.ts';

interface OpenBalance {
  earned: MicroCredits;
  granted: MicroCredits;
}

interface Page {
  readonly kind: AccountKind;
  readonly balance: OpenBalance;
  /** Spendable after the account's last written line: behind `balance` while payments are being summed. */
  written: MicroCredits;
  isTouched: boolean;
}

interface Heading {
  readonly transfer: number;
  readonly reason: EntryReason;
  readonly job: JobId | null;
  readonly atMs: number;
}

type PaymentReason = Extract<EntryReason, 'pay' | 'cap' | 'share'>;

/** One account's share in a sum of payments. */
interface Share {
  readonly account: AccountId;
  readonly reason: PaymentReason;
  earned: MicroCredits;
  granted: MicroCredits;
  earnedShards: number;
  grantedShards: number;
}

export interface Payments {
  add(account: AccountId, earned: MicroCredits, granted: MicroCredits, reason: PaymentReason): void;
}

interface OpenPayments extends Payments {
  readonly job: JobId;
  write(): void;
}

export interface Book {
  kindOf(account: AccountId): AccountKind;
  balanceOf(account: AccountId): Balance;
  move(from: AccountId, to: AccountId, amount: Balance, heading: Heading): void;
  /** Of one job, until something else than a payment happens. */
  paymentsOf(job: JobId, atMs: number, nextId: () => number): Payments;
  /** What is written from here on can be undone, once. */
  mark(): () => void;
  close(): { readonly entries: readonly PostedEntry[]; readonly balances: ReadonlyMap<AccountId, Balance> };
}

export function createBook(accounts: ReadonlyMap<AccountId, LockedAccount>): Book {
  const pages = new Map<AccountId, Page>();
  const entries: PostedEntry[] = [];
  const payments = new Map<JobId, OpenPayments>();
  let last: OpenPayments | null = null;

  return {
    kindOf: (account) => pageOf(account).kind,
    balanceOf: (account) => pageOf(account).balance,
    move(from, to, { earned, granted }, heading) {
      writePayments();
      change(from, -earned, -granted, heading.reason);
      change(to, earned, granted, heading.reason);
      for (const [account, sign] of [
        [from, -1n],
        [to, 1n],
      ] as const) {
        write(account, 'earned', sign * earned, heading, null);
        write(account, 'granted', sign * granted, heading, null);
      }
    },
    paymentsOf(job, atMs, nextId) {
      if (last?.job === job) return last;
      last = payments.get(job) ?? openPayments(job, atMs, nextId());
      payments.set(job, last);
      return last;
    },
    mark() {
      writePayments();
      const count = entries.length;
      const before = new Map([...pages].map(([id, page]) => [id, { ...page, balance: { ...page.balance } }]));
      return () => {
        payments.clear();
        last = null;
        entries.length = count;
        pages.clear();
        for (const [id, page] of before) pages.set(id, page);
      };
    },
    close() {
      writePayments();
      const touched = [...pages].filter(([, page]) => page.isTouched);
      return { entries, balances: new Map(touched.map(([id, page]) => [id, page.balance])) };
    },
  };

  function pageOf(id: AccountId): Page {
    let page = pages.get(id);
    if (page) return page;
    const account = accounts.get(id);
    if (!account) throw new Fault('internal', `Account ${id} takes part in a transfer and does not exist.`);
    const { earned, granted } = account.balance;
    page = { kind: account.kind, balance: { earned, granted }, written: earned + granted, isTouched: false };
    pages.set(id, page);
    return page;
  }

  function change(id: AccountId, earned: MicroCredits, granted: MicroCredits, reason: EntryReason): void {
    const page = pageOf(id);
    const { balance } = page;
    if (earned !== 0n) balance.earned += earned;
    if (granted !== 0n) balance.granted += granted;
    page.isTouched = true;
    if (balance.earned < 0n || (balance.granted < 0n && id !== TREASURY)) {
      throw new Fault('internal', `A ${reason} would leave account ${id} below zero.`);
    }
  }

  function write(account: AccountId, credit: PostedEntry['credit'], amount: MicroCredits, heading: Heading, shards: number | null): void {
    if (amount === 0n) return;
    const page = pageOf(account);
    page.written += amount;
    const { transfer, reason, job, atMs } = heading;
    entries.push({ transfer, account, credit, amount, reason, job, shards, atMs, balance: page.written });
  }

  function openPayments(job: JobId, atMs: number, transfer: number): OpenPayments {
    const paid = new Map<AccountId, Share>();
    /** Kept apart: the treasury may also be paid. */
    const capped: Share = makeShare(TREASURY, 'cap');
    return {
      job,
      add(account, earned, granted, reason) {
        change(account, earned, granted, reason);
        let share = reason === 'cap' ? capped : paid.get(account);
        if (!share) {
          share = makeShare(account, reason);
          paid.set(account, share);
        }
        if (earned !== 0n) {
          share.earned += earned;
          share.earnedShards++;
        }
        if (granted !== 0n) {
          share.granted += granted;
          share.grantedShards++;
        }
      },
      write() {
        for (const share of [...paid.values(), capped]) {
          const heading = { transfer, reason: share.reason, job, atMs };
          write(share.account, 'earned', share.earned, heading, share.earnedShards);
          write(share.account, 'granted', share.granted, heading, share.grantedShards);
        }
      },
    };
  }

  /** The escrow's line comes first: what is paid out was held before, so no line stands below zero. */
  function writePayments(): void {
    for (const sum of payments.values()) sum.write();
    payments.clear();
    last = null;
  }
}

function makeShare(account: AccountId, reason: Share['reason']): Share {
  return { account, reason, earned: 0n, granted: 0n, earnedShards: 0, grantedShards: 0 };
}

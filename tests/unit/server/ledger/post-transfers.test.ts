// Every movement of credit against its rules, and the laws that hold for any sequence of them.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Balance, type PostingOptions, postTransfers, type TimedTransfer } from '../../../../server/ledger/post-transfers.ts';
import { type LockedAccount, TREASURY, type Transfer } from '../../../../server/ledger/transfer.ts';
import type { AccountKind } from '../../../../src/protocol/api.ts';
import { CREDIT_KINDS } from '../../../../src/protocol/credit.ts';
import type { AccountId, JobId, ShardId } from '../../../../src/protocol/ids.ts';

const CAP = 1_000n;
const JOB = 900 as JobId;
const SHARD = 901 as ShardId;
const [GUEST, HEADLESS, WALLET, ESCROW] = [10, 11, 12, 13].map((id) => id as AccountId) as [AccountId, AccountId, AccountId, AccountId];
const KINDS: readonly (readonly [AccountId, AccountKind])[] = [
  [TREASURY, 'treasury'],
  [GUEST, 'guest'],
  [HEADLESS, 'headless'],
  [WALLET, 'wallet'],
  [ESCROW, 'escrow'],
];

function makeAccounts(balances: ReadonlyMap<AccountId, Balance> = new Map()): ReadonlyMap<AccountId, LockedAccount> {
  return new Map(KINDS.map(([id, kind]) => [id, { id, kind, balance: balances.get(id) ?? { earned: 0n, granted: 0n } }]));
}

function makeOptions(firstId = 1): PostingOptions {
  let id = firstId;
  return { guestCap: CAP, nextId: () => id++ };
}

const hold = (requester: AccountId, amount: bigint): Transfer => ({ kind: 'hold', job: JOB, requester, escrow: ESCROW, amount });
const pay = (contributor: AccountId, amount: bigint): Transfer => ({
  kind: 'pay',
  job: JOB,
  shard: SHARD,
  escrow: ESCROW,
  contributor,
  amount,
});
const refund = (requester: AccountId): Transfer => ({ kind: 'refund', job: JOB, escrow: ESCROW, requester });
const grant = (account: AccountId, amount: bigint): Transfer => ({ kind: 'grant', account, amount });
const attach = (guest: AccountId, wallet: AccountId): Transfer => ({ kind: 'attach', guest, wallet });

function post(balances: readonly (readonly [AccountId, bigint, bigint])[], ...units: readonly (readonly Transfer[])[]) {
  const before = new Map(balances.map(([id, earned, granted]) => [id, { earned, granted }]));
  const timed = units.map((unit) => unit.map((transfer) => ({ transfer, atMs: 1 })));
  return postTransfers(makeAccounts(before), timed, makeOptions());
}

const balanceOf = (posting: ReturnType<typeof post>, id: AccountId): readonly bigint[] => {
  const balance = posting.balances.get(id);
  return balance ? [balance.earned, balance.granted] : [];
};

describe('hold', () => {
  test('spends granted credit first', () => {
    const posting = post([[WALLET, 100n, 30n]], [hold(WALLET, 50n)]);
    expect(balanceOf(posting, WALLET)).toEqual([80n, 0n]);
    expect(balanceOf(posting, ESCROW)).toEqual([20n, 30n]);
    expect(posting.entries.map((entry) => [entry.account, entry.credit, entry.amount, entry.balance])).toEqual([
      [WALLET, 'earned', -20n, 110n],
      [WALLET, 'granted', -30n, 80n],
      [ESCROW, 'earned', 20n, 20n],
      [ESCROW, 'granted', 30n, 50n],
    ]);
  });

  test.each([
    [130n, false],
    [131n, true],
  ])('of %s out of 130 is refused: %s', (amount, isRefused) => {
    expect(post([[WALLET, 100n, 30n]], [hold(WALLET, amount)]).refused.has(0)).toBe(isRefused);
  });

  test('that is refused undoes its own unit and no other', () => {
    const posting = post([[WALLET, 100n, 0n]], [hold(WALLET, 60n)], [hold(WALLET, 10n), hold(WALLET, 31n)], [hold(WALLET, 40n)]);
    expect([...posting.refused.keys()]).toEqual([1]);
    expect(balanceOf(posting, WALLET)).toEqual([0n, 0n]);
    expect(posting.entries.map((entry) => [entry.account, entry.amount])).toEqual([
      [WALLET, -60n],
      [ESCROW, 60n],
      [WALLET, -40n],
      [ESCROW, 40n],
    ]);
    expect(new Set(posting.entries.map((entry) => entry.transfer)).size).toBe(2);
  });

  test('takes nothing from the treasury but what it earned', () => {
    expect(post([[TREASURY, 5n, -100n]], [hold(TREASURY, 5n)]).refused.size).toBe(0);
    expect(post([[TREASURY, 5n, 100n]], [hold(TREASURY, 6n)]).refused.get(0)).toMatchObject({ code: 'insufficient-credit' });
  });
});

describe('pay', () => {
  test('uses up granted credit first, which stays granted', () => {
    const posting = post([[ESCROW, 50n, 30n]], [pay(WALLET, 40n)]);
    expect(balanceOf(posting, WALLET)).toEqual([10n, 30n]);
    expect(balanceOf(posting, ESCROW)).toEqual([40n, 0n]);
    expect(posting.paidShards).toEqual(new Map([[WALLET, 1]]));
  });

  test('beyond the escrow is a bug, and throws', () => {
    expect(() => post([[ESCROW, 10n, 10n]], [pay(WALLET, 20n)])).not.toThrow();
    expect(() => post([[ESCROW, 10n, 10n]], [pay(WALLET, 21n)])).toThrow('below zero');
  });

  test.each([
    [GUEST, 990n, 10n, 0n],
    [GUEST, 991n, 9n, 1n],
    [GUEST, 1_200n, 0n, 10n],
    [HEADLESS, 1_200n, 10n, 0n],
    [WALLET, 1_200n, 10n, 0n],
  ])('to %s with %s gives %s, and %s to the treasury', (account, has, gets, over) => {
    const posting = post(
      [
        [account, has, 0n],
        [ESCROW, 10n, 0n],
      ],
      [pay(account, 10n)],
    );
    expect(posting.balances.get(account)?.earned).toBe(has + gets);
    expect(posting.balances.get(TREASURY)?.earned ?? 0n).toBe(over);
    expect(posting.entries.filter((entry) => entry.reason === 'cap').map((entry) => entry.amount)).toEqual(over ? [over] : []);
  });

  test('under a cap leaves a guest what was earned', () => {
    const posting = post(
      [
        [GUEST, 994n, 0n],
        [ESCROW, 5n, 5n],
      ],
      [pay(GUEST, 10n)],
    );
    expect(balanceOf(posting, GUEST)).toEqual([999n, 1n]);
    expect(balanceOf(posting, TREASURY)).toEqual([0n, 4n]);
  });
});

test('refund returns what is left, kind by kind, and nothing the second time', () => {
  const posting = post([[ESCROW, 7n, 3n]], [refund(WALLET)], [refund(WALLET)]);
  expect(balanceOf(posting, WALLET)).toEqual([7n, 3n]);
  expect(posting.entries).toHaveLength(4);
});

test('refund is not capped: it was under the cap when it was held', () => {
  const before = [
    [GUEST, 900n, 0n],
    [ESCROW, 200n, 0n],
  ] as const;
  expect(balanceOf(post(before, [refund(GUEST)]), GUEST)).toEqual([1_100n, 0n]);
});

test('grant is owed by the treasury, and gives a guest no more than its cap', () => {
  const posting = post([[GUEST, 0n, 600n]], [grant(WALLET, 500n)], [grant(GUEST, 500n)]);
  expect(balanceOf(posting, WALLET)).toEqual([0n, 500n]);
  expect(balanceOf(posting, GUEST)).toEqual([0n, 1_000n]);
  expect(balanceOf(posting, TREASURY)).toEqual([0n, -900n]);
});

describe('attach', () => {
  test.each([GUEST, HEADLESS])('moves all credit of account %s', (from) => {
    const posting = post([[from, 5n, 7n]], [attach(from, WALLET)]);
    expect(balanceOf(posting, WALLET)).toEqual([5n, 7n]);
    expect(balanceOf(posting, from)).toEqual([0n, 0n]);
  });

  test.each([
    [WALLET, GUEST],
    [GUEST, HEADLESS],
    [ESCROW, WALLET],
    [TREASURY, WALLET],
  ])('of %s to %s is refused', (from, to) => {
    expect(post([[from, 1n, 1n]], [attach(from, to)]).refused.get(0)).toMatchObject({ code: 'conflict' });
  });
});

test('an unknown account and a negative amount are bugs, and throw', () => {
  expect(() => post([], [hold(99 as AccountId, 1n)])).toThrow('does not exist');
  expect(() => post([], [grant(WALLET, -1n)])).toThrow('no amount');
});

describe('payments that follow one another', () => {
  const other = (transfer: Transfer): Transfer => ({ ...transfer, job: 901 as JobId }) as Transfer;

  test('are one transfer a job: a line for the escrow, one for each contributor and kind of credit, with its shards', () => {
    const posting = post([[ESCROW, 50n, 15n]], [pay(WALLET, 10n)], [pay(HEADLESS, 10n), pay(WALLET, 10n)], [pay(WALLET, 10n)]);
    expect(posting.entries.map((entry) => [entry.account, entry.credit, entry.amount, entry.shards, entry.balance])).toEqual([
      [ESCROW, 'earned', -25n, 3, 40n],
      [ESCROW, 'granted', -15n, 2, 25n],
      [WALLET, 'earned', 20n, 2, 20n],
      [WALLET, 'granted', 10n, 1, 30n],
      [HEADLESS, 'earned', 5n, 1, 5n],
      [HEADLESS, 'granted', 5n, 1, 10n],
    ]);
    expect(new Set(posting.entries.map((entry) => entry.transfer))).toEqual(new Set([1]));
    expect(posting.paidShards).toEqual(
      new Map([
        [WALLET, 3],
        [HEADLESS, 1],
      ]),
    );
  });

  test('of two jobs are two transfers', () => {
    const posting = post([[ESCROW, 50n, 0n]], [pay(WALLET, 10n), other(pay(WALLET, 5n)), pay(WALLET, 10n)]);
    expect(posting.entries.map((entry) => [entry.job, entry.account, entry.amount])).toEqual([
      [JOB, ESCROW, -20n],
      [JOB, WALLET, 20n],
      [901, ESCROW, -5n],
      [901, WALLET, 5n],
    ]);
  });

  test('what a guest may not keep is one line of the treasury’s', () => {
    const posting = post(
      [
        [GUEST, 985n, 0n],
        [ESCROW, 40n, 0n],
      ],
      [pay(GUEST, 10n), pay(GUEST, 10n), pay(GUEST, 10n)],
    );
    expect(posting.entries.map((entry) => [entry.account, entry.reason, entry.amount, entry.shards])).toEqual([
      [ESCROW, 'pay', -30n, 3],
      [GUEST, 'pay', 15n, 2],
      [TREASURY, 'cap', 15n, 2],
    ]);
  });

  test('end where something else happens, so that every balance is the one that was there', () => {
    const posting = post([[ESCROW, 50n, 0n]], [pay(WALLET, 10n)], [hold(WALLET, 8n)], [pay(WALLET, 10n)]);
    expect(posting.entries.filter((entry) => entry.account === WALLET).map((entry) => [entry.reason, entry.amount, entry.balance])).toEqual(
      [
        ['pay', 10n, 10n],
        ['hold', -8n, 2n],
        ['pay', 10n, 12n],
      ],
    );
  });

  test('within a unit that is refused are not written', () => {
    const posting = post([[ESCROW, 50n, 0n]], [pay(WALLET, 10n)], [pay(WALLET, 10n), hold(WALLET, 100n)], [pay(WALLET, 10n)]);
    expect([...posting.refused.keys()]).toEqual([1]);
    expect(balanceOf(posting, WALLET)).toEqual([20n, 0n]);
    expect(balanceOf(posting, ESCROW)).toEqual([30n, 0n]);
    expect(posting.paidShards).toEqual(new Map([[WALLET, 2]]));
    expect(posting.entries.filter((entry) => entry.account === WALLET).map((entry) => entry.balance)).toEqual([10n, 20n]);
  });
});

type Lines = ReturnType<typeof post>['entries'];

function sumLines(lines: Lines): ReadonlyMap<string, readonly [bigint, number]> {
  const sums = new Map<string, readonly [bigint, number]>();
  for (const { account, credit, reason, job, amount, shards } of lines) {
    const key = [account, credit, reason, job].join();
    const [sum, count] = sums.get(key) ?? [0n, 0];
    sums.set(key, [sum + amount, count + (shards ?? 0)]);
  }
  return sums;
}

/** Each line's balance follows from the one before, and none but the treasury's is below zero. */
function expectChain(lines: Lines): void {
  let balance = 0n;
  for (const line of lines) {
    balance += line.amount;
    expect(line.balance).toBe(balance);
    if (line.account !== TREASURY) expect(balance >= 0n).toBe(true);
  }
}

describe('for any sequence of transfers', () => {
  const amount = fc.bigInt({ min: 0n, max: 2_000n });
  const owner = fc.constantFrom(GUEST, HEADLESS, WALLET);
  const transfer: fc.Arbitrary<Transfer> = fc.oneof(
    fc.tuple(owner, amount).map(([account, size]) => grant(account, size)),
    fc.tuple(owner, amount).map(([account, size]) => hold(account, size)),
    owner.map(refund),
    fc.constantFrom(GUEST, HEADLESS).map((from) => attach(from, WALLET)),
    // More than the escrow holds throws, so a payment is drawn as a share of what is there.
    fc.tuple(owner, fc.integer({ min: 0, max: 100 })).map(([account, share]) => pay(account, BigInt(share))),
  );
  const units = fc.array(fc.array(transfer, { maxLength: 3 }), { maxLength: 30 });

  /** Runs the units one by one, each payment cut to what the escrow has, and gives them as they were run. */
  function run(drawn: readonly (readonly Transfer[])[]) {
    let accounts = makeAccounts();
    const ran: (readonly TimedTransfer[])[] = [];
    const entries = [];
    const refused = new Set<number>();
    for (const [position, unit] of drawn.entries()) {
      const held = accounts.get(ESCROW)!.balance;
      let left = held.earned + held.granted;
      const cut = unit.map((each): TimedTransfer => {
        if (each.kind !== 'pay') {
          left = each.kind === 'refund' ? 0n : left;
          return { transfer: each, atMs: position };
        }
        const size = (left * each.amount) / 100n;
        left -= size;
        return { transfer: { ...each, amount: size }, atMs: position };
      });
      const posting = postTransfers(accounts, [cut], makeOptions(position * 10));
      if (posting.refused.size > 0) refused.add(position);
      ran.push(cut);
      entries.push(...posting.entries);
      accounts = new Map([...accounts].map(([id, account]) => [id, { ...account, balance: posting.balances.get(id) ?? account.balance }]));
    }
    return { ran, entries, refused, accounts };
  }

  test('lines of a transfer sum to zero for each kind of credit; no balance is negative but the treasury’s granted', () => {
    fc.assert(
      fc.property(units, (drawn) => {
        const { entries, accounts } = run(drawn);
        for (const id of new Set(entries.map((entry) => entry.transfer))) {
          for (const credit of CREDIT_KINDS) {
            const lines = entries.filter((entry) => entry.transfer === id && entry.credit === credit);
            expect(lines.reduce((sum, entry) => sum + entry.amount, 0n)).toBe(0n);
          }
        }
        for (const { id, balance } of accounts.values()) {
          expect(balance.earned >= 0n).toBe(true);
          expect(balance.granted >= 0n || id === TREASURY).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('one batch gives the balances, the refusals and the lines that unit after unit gave; the lines alone give the balances', () => {
    fc.assert(
      fc.property(units, (drawn) => {
        const { ran, entries, refused, accounts } = run(drawn);
        const batch = postTransfers(makeAccounts(), ran, makeOptions());
        expect(new Set(batch.refused.keys())).toEqual(refused);
        // payments are summed over units, and nothing else is
        expect(sumLines(batch.entries)).toEqual(sumLines(entries));
        expect(batch.entries.filter((entry) => entry.shards === null).map(({ transfer: _, ...entry }) => entry)).toEqual(
          entries.filter((entry) => entry.shards === null).map(({ transfer: _, ...entry }) => entry),
        );
        expect(batch.entries.length).toBeLessThanOrEqual(entries.length);
        for (const id of new Set(batch.entries.map((entry) => entry.transfer))) {
          const lines = batch.entries.filter((entry) => entry.transfer === id);
          expect(lines.reduce((sum, entry) => sum + entry.amount, 0n)).toBe(0n);
        }
        for (const { id } of accounts.values()) expectChain(batch.entries.filter((entry) => entry.account === id));
        for (const { id, balance } of accounts.values()) {
          expect(batch.balances.get(id) ?? { earned: 0n, granted: 0n }).toEqual(balance);
          for (const credit of CREDIT_KINDS) {
            const lines = entries.filter((entry) => entry.account === id && entry.credit === credit);
            expect(lines.reduce((sum, entry) => sum + entry.amount, 0n)).toBe(balance[credit]);
          }
          const last = entries.findLast((entry) => entry.account === id);
          if (last) expect(last.balance).toBe(balance.earned + balance.granted);
        }
      }),
      { numRuns: 300 },
    );
  });
});

// A site's part and a visitor's part: exact to the micro-credit, for every amount and every percent; and what the ledger makes of both.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { postTransfers } from '../../../../server/ledger/post-transfers.ts';
import { splitPay } from '../../../../server/ledger/split-pay.ts';
import { type LockedAccount, TREASURY, type Transfer } from '../../../../server/ledger/transfer.ts';
import type { AccountKind } from '../../../../src/protocol/api.ts';
import type { AccountId, JobId, ShardId } from '../../../../src/protocol/ids.ts';

const amount = fc.bigInt({ min: 0n, max: 10n ** 30n });
const percent = fc.integer({ min: 0, max: 100 });

describe('splitPay', () => {
  test.each([
    [{ earned: 100n, granted: 0n }, 70, 70n, 30n],
    [{ earned: 101n, granted: 0n }, 70, 70n, 31n],
    [{ earned: 1n, granted: 0n }, 99, 0n, 1n],
    [{ earned: 1n, granted: 1n }, 50, 1n, 1n],
    [{ earned: 0n, granted: 0n }, 70, 0n, 0n],
    [{ earned: 9n, granted: 0n }, 100, 9n, 0n],
    [{ earned: 9n, granted: 0n }, 0, 0n, 9n],
  ])('%o at %i %%', (paid, share, site, visitor) => {
    const split = splitPay(paid, share);
    expect(split.site.earned + split.site.granted).toBe(site);
    expect(split.visitor.earned + split.visitor.granted).toBe(visitor);
  });

  test('nothing is lost of either kind, nothing is below zero, and the site never has more than its percent', () => {
    fc.assert(
      fc.property(amount, amount, percent, (earned, granted, share) => {
        const { site, visitor } = splitPay({ earned, granted }, share);
        expect(site.earned + visitor.earned).toBe(earned);
        expect(site.granted + visitor.granted).toBe(granted);
        for (const part of [site.earned, site.granted, visitor.earned, visitor.granted]) expect(part >= 0n).toBe(true);
        expect(site.earned + site.granted).toBe(((earned + granted) * BigInt(share)) / 100n);
      }),
    );
  });
});

const [VISITOR, ESCROW, SITE, OWNER, GUEST_OWNER] = [10, 11, 12, 13, 14].map((id) => id as AccountId) as [
  AccountId,
  AccountId,
  AccountId,
  AccountId,
  AccountId,
];
const CAP = 1_000n;
const KINDS: readonly (readonly [AccountId, AccountKind])[] = [
  [TREASURY, 'treasury'],
  [VISITOR, 'guest'],
  [ESCROW, 'escrow'],
  [SITE, 'site'],
  [OWNER, 'wallet'],
  [GUEST_OWNER, 'guest'],
];

function post(balances: ReadonlyMap<AccountId, { readonly earned: bigint; readonly granted: bigint }>, transfers: readonly Transfer[]) {
  const accounts = new Map<AccountId, LockedAccount>(
    KINDS.map(([id, kind]) => [id, { id, kind, balance: balances.get(id) ?? { earned: 0n, granted: 0n } }]),
  );
  let id = 1;
  return postTransfers(accounts, [transfers.map((transfer) => ({ transfer, atMs: 1 }))], { guestCap: CAP, nextId: () => id++ });
}

const pay = (amount: bigint, percent: number): Transfer => ({
  kind: 'pay',
  job: 900 as JobId,
  shard: 901 as ShardId,
  escrow: ESCROW,
  contributor: VISITOR,
  amount,
  site: { account: SITE, percent },
});

describe('in the ledger', () => {
  test('a split payment is one transfer: the escrow’s line, the site’s, the visitor’s', () => {
    const posting = post(new Map([[ESCROW, { earned: 300n, granted: 0n }]]), [pay(101n, 70), pay(101n, 70)]);
    const lines = posting.entries.map(({ account, reason, amount, shards }) => [account, reason, amount, shards]);
    expect(lines).toEqual([
      [ESCROW, 'pay', -202n, 2],
      [SITE, 'share', 140n, 2],
      [VISITOR, 'pay', 62n, 2],
    ]);
    expect(new Set(posting.entries.map((entry) => entry.transfer)).size).toBe(1);
    expect(posting.paidShards).toEqual(new Map([[VISITOR, 2]]));
  });

  test('the cap of a guest bounds the visitor’s part and leaves the site’s alone', () => {
    const posting = post(
      new Map([
        [ESCROW, { earned: 2_000n, granted: 0n }],
        [VISITOR, { earned: CAP - 10n, granted: 0n }],
      ]),
      [pay(1_000n, 70)],
    );
    expect(posting.balances.get(SITE)).toEqual({ earned: 700n, granted: 0n });
    expect(posting.balances.get(VISITOR)).toEqual({ earned: CAP, granted: 0n });
    expect(posting.balances.get(TREASURY)).toEqual({ earned: 290n, granted: 0n });
  });

  test('a release moves all that is held to a wallet, and a second one nothing', () => {
    const release: Transfer = { kind: 'release', site: SITE, owner: OWNER };
    const posting = post(new Map([[SITE, { earned: 700n, granted: 5n }]]), [release, release]);
    expect(posting.balances.get(SITE)).toEqual({ earned: 0n, granted: 0n });
    expect(posting.balances.get(OWNER)).toEqual({ earned: 700n, granted: 5n });
    expect(posting.entries.filter((entry) => entry.account === OWNER).map((entry) => entry.reason)).toEqual(['release', 'release']);
    expect(posting.entries).toHaveLength(4);
  });

  test('to a guest no more is released than it may hold: the rest stays held', () => {
    const balances = new Map([
      [SITE, { earned: 700n, granted: 0n }],
      [GUEST_OWNER, { earned: 600n, granted: 0n }],
    ]);
    const posting = post(balances, [{ kind: 'release', site: SITE, owner: GUEST_OWNER }]);
    expect(posting.balances.get(GUEST_OWNER)).toEqual({ earned: CAP, granted: 0n });
    expect(posting.balances.get(SITE)).toEqual({ earned: 300n, granted: 0n });
  });

  test('lines of any run of split payments sum to zero, and to what was paid', () => {
    const payment = fc.record({ amount: fc.bigInt({ min: 0n, max: 500n }), percent });
    fc.assert(
      fc.property(fc.array(payment, { maxLength: 20 }), fc.bigInt({ min: 0n, max: 4_000n }), (payments, granted) => {
        const posting = post(
          new Map([[ESCROW, { earned: 10_000n, granted }]]),
          payments.map(({ amount, percent }) => pay(amount, percent)),
        );
        expect(posting.entries.reduce((sum, entry) => sum + entry.amount, 0n)).toBe(0n);
        const paid = payments.reduce((sum, { amount }) => sum + amount, 0n);
        const owed = payments.reduce((sum, { amount, percent }) => sum + (amount * BigInt(percent)) / 100n, 0n);
        const got = (account: AccountId) =>
          posting.entries.reduce((sum, entry) => (entry.account === account ? sum + entry.amount : sum), 0n);
        expect(got(ESCROW)).toBe(-paid);
        expect(got(SITE)).toBe(owed);
        expect(got(VISITOR) + got(TREASURY)).toBe(paid - owed);
      }),
    );
  });
});

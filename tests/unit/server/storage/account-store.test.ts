// Accounts, sessions, grants, attachment and quotas on a real PostgreSQL; every refusal and both sides of every limit.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { postTransfers } from '../../../../server/ledger/post-transfers.ts';
import { nameAccount } from '../../../../server/storage/account-name.ts';
import { type AccountStore, createAccountStore } from '../../../../server/storage/account-store.ts';
import { createPageQueries } from '../../../../server/storage/page-queries.ts';
import type { AccountId, DeviceId, Digest } from '../../../../src/protocol/ids.ts';
import { startDatabase, type TestDatabase } from '../../../support/start-database.ts';

const START = 1_000_000n;
const DAY_MS = 86_400_000;
let db: TestDatabase;
let store: AccountStore;
let keys = 0;

beforeAll(async () => {
  db = await startDatabase();
  store = createAccountStore(db.database, { postTransfers, guestCap: 3_000_000n, startGrant: START, dailyGrantCap: 10n ** 12n });
});
afterAll(async () => {
  const trial = await createPageQueries(db.database).trialBalance();
  await db.stop();
  expect(trial).toEqual({ sumEntries: 0n, sumBalances: 0n, negative: [], drifted: [] });
});

const newKey = (): string => `04KEY${keys++}-abcdefghijkl`;
const signIn = (publicKey = newKey(), kind: 'guest' | 'headless' = 'guest') => store.signInKey({ kind, publicKey, nowMs: 1 });
const spendable = async (account: AccountId): Promise<bigint> => {
  const view = await store.accountView(account);
  return BigInt(view!.earned) + BigInt(view!.granted);
};

describe('signing in', () => {
  test('makes an account and a device a key, once, however often and however many at once', async () => {
    const publicKey = newKey();
    const all = await Promise.all(Array.from({ length: 8 }, () => signIn(publicKey)));
    expect(new Set(all.map((each) => `${each.account}:${each.device}`)).size).toBe(1);
    expect(await signIn(publicKey)).toEqual(all[0]);
    expect((await signIn()).account).not.toBe(all[0]!.account);
    expect(await store.accountView(all[0]!.account)).toEqual({
      id: all[0]!.account,
      kind: 'guest',
      name: `guest ${publicKey.slice(2, 10)}`,
      wallet: null,
      earned: '0',
      granted: '0',
      verifiedShards: 0,
      cap: '3000000',
    });
  });

  test('the house contributor signs in as the house, with a device of its own', async () => {
    const house = await store.signInKey({ kind: 'house', publicKey: newKey(), nowMs: 1 });
    expect(house.account).toBe(2);
    expect(await store.accountView(house.account)).toMatchObject({ kind: 'house', name: 'House', cap: null });
    expect(await store.deviceRecord(house.device)).toEqual({
      device: house.device,
      verified: 0,
      outvotedExact: 0,
      outvotedTolerance: 0,
      failed: 0,
    });
  });

  test('a wallet has one account and a device for each key it came with', async () => {
    const wallet = '0xWalletOne';
    const bare = await store.signInWallet({ wallet, deviceKey: null, nowMs: 1 });
    const keyed = await store.signInWallet({ wallet, deviceKey: newKey(), nowMs: 1 });
    expect(keyed.account).toBe(bare.account);
    expect(keyed.device).not.toBe(bare.device);
    expect(await store.signInWallet({ wallet, deviceKey: null, nowMs: 2 })).toEqual(bare);
    expect(await store.accountView(bare.account)).toMatchObject({ kind: 'wallet', name: wallet, wallet, cap: null });
  });

  test('an unknown account or device is null', async () => {
    expect(await store.accountView(9_999_999 as AccountId)).toBeNull();
    expect(await store.deviceRecord(9_999_999 as DeviceId)).toBeNull();
  });
});

describe('sessions', () => {
  test('hold until they expire or end, and no longer', async () => {
    const who = await signIn();
    await store.createSession({ ...who, tokenHash: 'a', expiresAtMs: 100, nowMs: 1 });
    expect(await store.findSession('a', 99)).toEqual({ ...who, expiresAtMs: 100 });
    expect(await store.findSession('a', 100)).toBeNull();
    await store.touchSession('a', 200);
    expect(await store.findSession('a', 199)).toEqual({ ...who, expiresAtMs: 200 });
    await store.endSession('a');
    expect(await store.findSession('a', 1)).toBeNull();
    expect(await store.findSession('unknown', 1)).toBeNull();
  });

  test('of one account end all at once, those of others stay; expired ones are cleared away', async () => {
    const [mine, theirs] = [await signIn(), await signIn()];
    for (const tokenHash of ['b1', 'b2']) await store.createSession({ ...mine, tokenHash, expiresAtMs: 1_000, nowMs: 1 });
    await store.createSession({ ...theirs, tokenHash: 'b3', expiresAtMs: 1_000, nowMs: 1 });
    await store.endAllSessions(mine.account);
    expect(await store.findSession('b1', 1)).toBeNull();
    expect(await store.findSession('b2', 1)).toBeNull();
    expect(await store.findSession('b3', 1)).not.toBeNull();
    await store.createSession({ ...mine, tokenHash: 'b4', expiresAtMs: 9_000, nowMs: 5_000 });
    expect((await db.database.pool.query("select 1 from sessions where token_hash = 'b3'")).rowCount).toBe(0);
  });
});

describe('the start grant', () => {
  test('is given once an account, also when asked for many times at once, and is granted credit', async () => {
    const { account } = await signIn();
    const given = await Promise.all(Array.from({ length: 6 }, () => store.grantStart(account, 5)));
    expect(given.filter((amount) => amount > 0n)).toEqual([START]);
    expect(await store.accountView(account)).toMatchObject({ earned: '0', granted: START.toString() });
    const page = await createPageQueries(db.database).ledgerPage({ account, before: null, limit: 5 });
    expect(page.lines).toMatchObject([
      { reason: 'grant', credit: 'granted', amount: '1000000', balance: '1000000', atMs: 5, job: null, shards: null },
    ]);
  });

  test('stops at the day’s cap and goes on the next day', async () => {
    const day = 1_000 * DAY_MS;
    const capped = createAccountStore(db.database, { postTransfers, guestCap: 10n ** 9n, startGrant: START, dailyGrantCap: 2n * START });
    const people = await Promise.all(Array.from({ length: 3 }, () => signIn()));
    const given = await Promise.all(people.map((who) => capped.grantStart(who.account, day)));
    expect(given.filter((amount) => amount === START)).toHaveLength(2);
    const left = people[given.indexOf(0n)]!;
    expect(await capped.grantStart(left.account, day + DAY_MS - 1)).toBe(0n);
    expect(await capped.grantStart(left.account, day + DAY_MS)).toBe(START);
  });

  test('gives a guest no more than its cap, and an unknown account is refused', async () => {
    const small = createAccountStore(db.database, { postTransfers, guestCap: 300n, startGrant: START, dailyGrantCap: 10n ** 12n });
    expect(await small.grantStart((await signIn()).account, 5)).toBe(300n);
    expect(await small.grantStart((await signIn(newKey(), 'headless')).account, 5)).toBe(START);
    await expect(small.grantStart(9_999_999 as AccountId, 5)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('attaching a guest to a wallet', () => {
  test('moves all credit, devices and sessions, once; the guest’s key then opens the wallet', async () => {
    const publicKey = newKey();
    const guest = await signIn(publicKey);
    await store.grantStart(guest.account, 5);
    await store.createSession({ ...guest, tokenHash: 'c1', expiresAtMs: 1_000, nowMs: 1 });
    const wallet = await store.attachWallet({ guest: guest.account, wallet: '0xAttach1', nowMs: 6 });
    expect(await spendable(wallet)).toBe(START);
    expect(await spendable(guest.account)).toBe(0n);
    expect(await signIn(publicKey)).toEqual({ account: wallet, device: guest.device });
    expect(await store.findSession('c1', 2)).toMatchObject({ account: wallet, device: guest.device });
    expect((await store.signInWallet({ wallet: '0xAttach1', deviceKey: publicKey, nowMs: 7 })).device).toBe(guest.device);
    // The grant went along: neither of the two gets another.
    expect(await store.grantStart(wallet, 8)).toBe(0n);
    expect(await store.grantStart(guest.account, 8)).toBe(0n);
  });

  test('again to the same wallet changes nothing; to another one is refused', async () => {
    const guest = await signIn();
    await store.grantStart(guest.account, 5);
    const attach = () => store.attachWallet({ guest: guest.account, wallet: '0xAttach2', nowMs: 6 });
    const [first, ...more] = await Promise.all([attach(), attach(), attach()]);
    expect(more).toEqual([first, first]);
    expect(await spendable(first!)).toBe(START);
    await expect(store.attachWallet({ guest: guest.account, wallet: '0xOther', nowMs: 7 })).rejects.toMatchObject({
      code: 'already-attached',
    });
    expect(await spendable(first!)).toBe(START);
    // The refused attempt left no account behind.
    expect((await db.database.pool.query("select 1 from accounts where wallet = '0xOther'")).rowCount).toBe(0);
  });

  test('adds to what the wallet has, from several guests', async () => {
    const wallet = await store.signInWallet({ wallet: '0xAttach3', deviceKey: null, nowMs: 1 });
    await store.grantStart(wallet.account, 5);
    for (const guest of [await signIn(), await signIn()]) {
      await store.grantStart(guest.account, 5);
      expect(await store.attachWallet({ guest: guest.account, wallet: '0xAttach3', nowMs: 6 })).toBe(wallet.account);
    }
    expect(await spendable(wallet.account)).toBe(3n * START);
  });

  test('is for guests and headless accounts only', async () => {
    const wallet = await store.signInWallet({ wallet: '0xAttach4', deviceKey: null, nowMs: 1 });
    await expect(store.attachWallet({ guest: wallet.account, wallet: '0xAttach5', nowMs: 6 })).rejects.toMatchObject({ code: 'conflict' });
    await expect(store.attachWallet({ guest: 1 as AccountId, wallet: '0xAttach5', nowMs: 6 })).rejects.toMatchObject({ code: 'conflict' });
    await expect(store.attachWallet({ guest: 9_999_999 as AccountId, wallet: '0xAttach5', nowMs: 6 })).rejects.toMatchObject({
      code: 'not-found',
    });
    const headless = await signIn(newKey(), 'headless');
    expect(await store.attachWallet({ guest: headless.account, wallet: '0xAttach4', nowMs: 6 })).toBe(wallet.account);
  });
});

describe('the upload quota', () => {
  const digest = (letter: string): Digest => letter.repeat(64) as Digest;
  const upload = (account: AccountId, name: string, bytes: number, nowMs = 1) =>
    store.registerUpload({ account, digest: digest(name), bytes, quotaBytes: 100, nowMs });

  test('takes its last byte and not one more; the same bytes again cost nothing', async () => {
    const { account } = await signIn();
    await upload(account, 'a', 60);
    await upload(account, 'a', 60);
    await upload(account, 'b', 40);
    await expect(upload(account, 'c', 1)).rejects.toMatchObject({ code: 'quota-exceeded', facts: { usedBytes: 100, quotaBytes: 100 } });
    await upload((await signIn()).account, 'c', 100);
  });

  test('holds for uploads that come at once', async () => {
    const { account } = await signIn();
    const tries = await Promise.allSettled(['1', '2', '3', '4'].map((name) => upload(account, name, 40)));
    expect(tries.filter((each) => each.status === 'fulfilled')).toHaveLength(2);
  });
});

test.each([
  [{ kind: 'guest', wallet: null, public_key: 'BPabcdefghijk' }, 'guest abcdefgh'],
  [{ kind: 'guest', wallet: null, public_key: 'short' }, 'guest short'],
  [{ kind: 'wallet', wallet: '0xA', public_key: null }, '0xA'],
  [{ kind: 'treasury', wallet: null, public_key: null }, 'Treasury'],
  [{ kind: 'escrow', wallet: null, public_key: null }, 'Escrow'],
] as const)('%j is shown as %s', (account, name) => expect(nameAccount(account)).toBe(name));

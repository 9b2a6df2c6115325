// Sites on the real database: the split of each payment inside its own transaction, a release that happens once, figures, and the limits.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Change } from '../../../../server/coordinator/change.ts';
import type { JobRecord } from '../../../../server/jobs/job-record.ts';
import { postTransfers } from '../../../../server/ledger/post-transfers.ts';
import { type AccountStore, createAccountStore } from '../../../../server/storage/account-store.ts';
import { createJournal } from '../../../../server/storage/journal.ts';
import { createLedgerQueries } from '../../../../server/storage/ledger-queries.ts';
import { createSiteStore, type SiteStore } from '../../../../server/storage/site-store.ts';
import { MAX_SITES_AN_ACCOUNT, type SiteId } from '../../../../src/protocol/api-sites.ts';
import { type AccountId, type BlockId, type JobId, makeShardId } from '../../../../src/protocol/ids.ts';
import { makeJobRecord } from '../../../support/make-job-record.ts';
import { startDatabase, type TestDatabase } from '../../../support/start-database.ts';

const CAP = 10n ** 9n;
const GRANT = 10n ** 8n;
const DAY_MS = 86_400_000;
const NOW = 20_000 * DAY_MS + 5;
let db: TestDatabase;
let accounts: AccountStore;
let sites: SiteStore;
let keys = 0;

beforeAll(async () => {
  db = await startDatabase();
  accounts = createAccountStore(db.database, { postTransfers, guestCap: CAP, startGrant: GRANT, dailyGrantCap: 10n ** 15n });
  sites = createSiteStore(db.database, { postTransfers, guestCap: CAP });
});
afterAll(() => db.stop());
beforeEach(() => {
  keys += 1;
});

const signIn = async (name: string): Promise<AccountId> =>
  (await accounts.signInKey({ kind: 'guest', publicKey: `${name}-${keys}`, nowMs: 1 })).account;
const register = async (owner: AccountId, domain = 'example.com'): Promise<SiteId> =>
  sites.register({ owner, domain, code: `code ${owner} ${domain}`, nowMs: NOW });
const spendable = async (account: AccountId): Promise<bigint> => {
  const { rows } = await db.database.pool.query<{ readonly sum: bigint }>('select earned + granted as sum from accounts where id = $1', [
    account,
  ]);
  return rows[0]!.sum;
};

interface Scene {
  readonly visitor: AccountId;
  readonly owner: AccountId;
  readonly site: SiteId;
}

async function openScene(): Promise<Scene> {
  const [owner, visitor] = [await signIn('owner'), await signIn('visitor')];
  const site = await register(owner);
  await sites.bindVisitor(visitor, site);
  return { owner, visitor, site };
}

/** A requester with a grant pays these accounts for a shard each, in one commit. */
async function payFor(contributors: readonly AccountId[], sitePercent = 70): Promise<JobRecord> {
  const journal = createJournal({ database: db.database, blobs: db.blobs, postTransfers, guestCap: CAP, sitePercent });
  const { account: requester } = await accounts.signInWallet({ wallet: `0xRequester${keys}`, deviceKey: null, nowMs: 1 });
  await accounts.grantStart(requester, NOW);
  const draft = makeJobRecord({ workgroups: contributors.length * 2 });
  const [id, escrow, block] = (await journal.nextIds(3)) as [number, number, number];
  const job: JobRecord = {
    ...draft,
    id: id as JobId,
    requester,
    escrow: escrow as AccountId,
    pricePerCopy: 1_001n,
    escrowAmount: 1_001n * BigInt(contributors.length),
    blocks: [{ ...draft.blocks[0]!, id: block as BlockId }],
  };
  const pays = contributors.map((contributor, index): Change => {
    const shard = makeShardId(block as BlockId, index);
    const transfer = { kind: 'pay', job: job.id, shard, escrow: job.escrow, contributor, amount: job.pricePerCopy } as const;
    return { kind: 'transfer', atMs: NOW, transfer };
  });
  const hold = { kind: 'hold', job: job.id, requester, escrow: job.escrow, amount: job.escrowAmount } as const;
  await journal.commit([
    {
      changes: [
        { kind: 'job-created', job },
        { kind: 'transfer', atMs: NOW, transfer: hold },
      ],
    },
  ]);
  await journal.commit([{ changes: pays }]);
  return job;
}

async function expectSound(): Promise<void> {
  expect(await createLedgerQueries(db.database.kysely).trialBalance()).toEqual({
    sumEntries: 0n,
    sumBalances: 0n,
    negative: [],
    drifted: [],
  });
}

describe('a payment to a visitor', () => {
  test('is split exactly, each copy by itself, in the commit that pays it; others are paid in full', async () => {
    const { visitor, site } = await openScene();
    const stranger = await signIn('stranger');
    await payFor([visitor, stranger, visitor]);
    expect(await spendable(site)).toBe(2n * 700n);
    expect(await spendable(visitor)).toBe(2n * 301n);
    expect(await spendable(stranger)).toBe(1_001n);
    await expectSound();
  });

  test('counts the visitor’s verified shards whole', async () => {
    const { visitor, site } = await openScene();
    await payFor([visitor, visitor]);
    expect((await accounts.accountView(visitor))?.verifiedShards).toBe(2);
    expect((await accounts.accountView(site))?.verifiedShards).toBe(0);
  });

  test.each([
    [0, 0n],
    [100, 1_001n],
  ])('with a share of %i %% gives the site %s', async (percent, share) => {
    const { visitor, site } = await openScene();
    await payFor([visitor], percent);
    expect(await spendable(site)).toBe(share);
    expect(await spendable(visitor)).toBe(1_001n - share);
    await expectSound();
  });

  test('of a guest that was attached to a wallet still is, and the wallet’s other work is not', async () => {
    const { visitor, site } = await openScene();
    const wallet = await accounts.attachWallet({ guest: visitor, wallet: `0xVisitor${keys}`, nowMs: 2 });
    await payFor([visitor, wallet]);
    expect(await spendable(site)).toBe(700n);
    expect(await spendable(wallet)).toBe(301n + 1_001n);
    await expectSound();
  });

  test('goes to the site of the last visit', async () => {
    const { visitor, owner, site } = await openScene();
    const second = await register(owner, 'second.example.com');
    await sites.bindVisitor(visitor, second);
    await payFor([visitor]);
    expect([await spendable(site), await spendable(second)]).toEqual([0n, 700n]);
  });
});

describe('a release', () => {
  test('wants a proof, happens once even when asked for twice at once, and is written down', async () => {
    const { visitor, owner, site } = await openScene();
    await payFor([visitor]);
    await expect(sites.release(site, NOW)).rejects.toMatchObject({ code: 'conflict' });
    await sites.noteCheck({ site, proof: 'file', refusal: null, nowMs: NOW });
    const released = await Promise.all([sites.release(site, NOW), sites.release(site, NOW)]);
    expect(released.toSorted()).toEqual([0n, 700n]);
    expect(await spendable(owner)).toBe(700n);
    expect(await sites.find(site)).toMatchObject({ held: 0n, released: 700n, proof: 'file', provedAtMs: NOW });
    await expectSound();
  });

  test('goes to the wallet that the owner attached since', async () => {
    const { visitor, owner, site } = await openScene();
    const wallet = await accounts.attachWallet({ guest: owner, wallet: `0xOwner${keys}`, nowMs: 2 });
    await payFor([visitor]);
    await sites.noteCheck({ site, proof: 'dns', refusal: null, nowMs: NOW });
    expect(await sites.release(site, NOW)).toBe(700n);
    expect(await spendable(wallet)).toBe(700n);
    expect((await sites.listOf(wallet)).map(({ id, owner }) => [id, owner])).toEqual([[site, wallet]]);
  });

  test('is due for proved sites that hold something and were not asked for a day; a lost proof holds it again', async () => {
    const { visitor, site } = await openScene();
    await payFor([visitor]);
    const due = async (beforeMs: number) => (await sites.listDue(beforeMs, 50)).map(({ id }) => id).includes(site);
    expect(await due(NOW + 1)).toBe(false);
    await sites.noteCheck({ site, proof: 'dns', refusal: null, nowMs: NOW });
    expect([await due(NOW), await due(NOW + 1)]).toEqual([false, true]);
    await sites.noteCheck({ site, proof: null, refusal: 'It is gone.', nowMs: NOW + 1 });
    expect(await due(NOW + 9)).toBe(false);
    expect(await sites.find(site)).toMatchObject({
      proof: null,
      provedAtMs: null,
      checkedAtMs: NOW + 1,
      refusal: 'It is gone.',
      held: 700n,
    });
    await expect(sites.release(site, NOW)).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('figures', () => {
  test('add up by day, name no visitor, and stand beside what was earned', async () => {
    const { visitor, site } = await openScene();
    const gain = { site, views: 3, agreed: 1, declined: 1, blocked: 0, minutes: 2 };
    await sites.addGains([gain, { ...gain, site: 999_999_999 as SiteId }], NOW);
    await sites.addGains([{ ...gain, agreed: 0, minutes: 0, blocked: 4 }], NOW + 10);
    await sites.addGains([gain], NOW - DAY_MS);
    await payFor([visitor]);
    expect(await sites.listDays(site, 19_999)).toEqual([
      { day: 20_000, views: 6, agreed: 1, declined: 2, blocked: 4, minutes: 2, earned: '700' },
      { day: 19_999, views: 3, agreed: 1, declined: 1, blocked: 0, minutes: 2, earned: '0' },
    ]);
    expect(await sites.listDays(site, 20_001)).toEqual([]);
    expect(await sites.find(site)).toMatchObject({ viewedAtMs: NOW - DAY_MS, agreedAtMs: NOW - DAY_MS, activeAtMs: NOW - DAY_MS });
  });
});

describe('registering', () => {
  test('the same domain twice is one site; of two owners each has their own', async () => {
    const [owner, other] = [await signIn('owner'), await signIn('other')];
    const id = await register(owner);
    expect(await register(owner)).toBe(id);
    expect(await register(other)).not.toBe(id);
  });

  test(`${MAX_SITES_AN_ACCOUNT} sites and no more, until one is removed`, async () => {
    const owner = await signIn('owner');
    const ids = [];
    for (let at = 0; at < MAX_SITES_AN_ACCOUNT; at++) ids.push(await register(owner, `s${at}.example.com`));
    await expect(register(owner, 'more.example.com')).rejects.toMatchObject({ code: 'quota-exceeded' });
    await sites.remove(ids[0]!, NOW);
    expect(await sites.find(ids[0]!)).toBeNull();
    await register(owner, 'more.example.com');
    expect(await sites.listOf(owner)).toHaveLength(MAX_SITES_AN_ACCOUNT);
  });

  test('a site that holds credit is not removed', async () => {
    const { visitor, site } = await openScene();
    await payFor([visitor]);
    await expect(sites.remove(site, NOW)).rejects.toMatchObject({ code: 'conflict' });
    await expect(sites.remove(999_999_999 as SiteId, NOW)).rejects.toMatchObject({ code: 'not-found' });
  });
});

// One suite for both journals, and the commits of whole simulated worlds written to both: the model must not drift from what it stands for.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Journal, LoadedState } from '../../server/coordinator/change.ts';
import { postTransfers } from '../../server/ledger/post-transfers.ts';
import { TREASURY } from '../../server/ledger/transfer.ts';
import { type AccountStore, createAccountStore } from '../../server/storage/account-store.ts';
import { createJournal } from '../../server/storage/journal.ts';
import type { AccountId, DeviceId } from '../../src/protocol/ids.ts';
import { addAccount, addDevice, createTables, type JournalTables } from '../simulation/journal-tables.ts';
import { makePlan } from '../simulation/make-plan.ts';
import { createMemoryJournal } from '../simulation/memory-journal.ts';
import { startDatabase, type TestDatabase } from '../support/start-database.ts';
import { describeJournal, type JournalFixture, type Who } from './describe-journal.ts';
import { recordCommits, renumber } from './record-commits.ts';

const GUEST_CAP = 2_000_000n;

let db: TestDatabase;
let accounts: AccountStore;
let keys = 0;

beforeAll(async () => {
  db = await startDatabase();
  accounts = createAccountStore(db.database, { postTransfers, guestCap: GUEST_CAP, startGrant: 1n, dailyGrantCap: 10n ** 12n });
});
afterAll(() => db.stop());

const openReal = (instance = 'contract'): Journal =>
  createJournal({ database: db.database, blobs: db.blobs, postTransfers, guestCap: GUEST_CAP, instance });

async function grant(journal: Journal, account: AccountId, amount: bigint): Promise<void> {
  if (amount > 0n) await journal.commit([{ changes: [{ kind: 'transfer', transfer: { kind: 'grant', account, amount }, atMs: 1 }] }]);
}

async function openReality(): Promise<JournalFixture> {
  const journal = openReal();
  return {
    journal,
    createOther: openReal,
    async signIn(credit = 0n) {
      const who = await accounts.signInKey({ kind: 'headless', publicKey: `contract-key-${keys++}`, nowMs: 1 });
      await grant(journal, who.account, credit);
      return who;
    },
    async balanceOf(account) {
      const view = await accounts.accountView(account);
      return BigInt(view!.earned) + BigInt(view!.granted);
    },
  };
}

function openModel(): JournalFixture {
  const tables = createTables(GUEST_CAP);
  addAccount(tables, TREASURY, 'treasury');
  const journal = createMemoryJournal(tables);
  return {
    journal,
    createOther: (instance) => createMemoryJournal(tables, instance),
    async signIn(credit = 0n) {
      const [account, device] = (await journal.nextIds(2)) as [AccountId, DeviceId];
      addAccount(tables, account, 'headless');
      addDevice(tables, device);
      await grant(journal, account, credit);
      return { account, device };
    },
    async balanceOf(account) {
      const { earned, granted } = tables.accounts.get(account)!;
      return earned + granted;
    },
  };
}

describe('the model in memory', () => {
  const fixture = openModel();
  describeJournal(() => fixture);
});

describe('the journal on PostgreSQL', () => {
  let fixture: JournalFixture;
  beforeAll(async () => {
    fixture = await openReality();
  });
  describeJournal(() => fixture);
});

/** Seeds whose worlds have liars, restarts, tolerant jobs, large outputs, cancellations and refused holds among them. */
const SEEDS = [4, 9, 17, 23, 31, 42] as const;

test.each(SEEDS)('both end up the same after every commit of world %i', async (seed) => {
  const { commits, contributors, requesters } = await recordCommits(makePlan(seed));
  expect(commits.length).toBeGreaterThan(2);
  const journal = openReal();
  const tables = createTables(GUEST_CAP);
  const model = createMemoryJournal(tables);
  addAccount(tables, TREASURY, 'treasury');
  const people = new Map<AccountId, AccountId>();
  const devices = new Map<DeviceId, DeviceId>();
  for (const { account, device, kind } of contributors) {
    const who = await accounts.signInKey({ kind, publicKey: `world-${seed}-${account}`, nowMs: 1 });
    people.set(account, who.account);
    addAccount(tables, who.account, kind);
    const own = await signInDevice(who, seed, device);
    devices.set(device, own);
    addDevice(tables, own);
  }
  for (const { account, credit } of requesters) {
    const who = await accounts.signInKey({ kind: 'headless', publicKey: `world-${seed}-requester-${account}`, nowMs: 1 });
    people.set(account, who.account);
    addAccount(tables, who.account, 'headless');
    for (const one of [journal, model]) await grant(one, who.account, credit);
  }
  const numbers = await renumber(commits, { people, devices, nextIds: (count) => journal.nextIds(count) });
  for (const [at, units] of numbers.entries()) {
    const [real, modelled] = [await journal.commit(units), await model.commit(units)];
    expect([...real.refused].map(([unit, { code }]) => [unit, code])).toEqual(
      [...modelled.refused].map(([unit, { code }]) => [unit, code]),
    );
    expect(sorted(real.balances)).toEqual(sorted(modelled.balances));
    expect(sorted(real.verifiedShards)).toEqual(sorted(modelled.verifiedShards));
    if (at % 8 === 0 || at === numbers.length - 1)
      expect(ofWorld(await journal.load(), tables)).toEqual(ofWorld(await model.load(), tables));
  }
});

/** The account's first device is made with it; another needs another key, attached to no one: the journal only asks that it is there. */
async function signInDevice(who: Who, seed: number, device: DeviceId): Promise<DeviceId> {
  const { device: own } = await accounts.signInKey({
    kind: 'headless',
    publicKey: `world-${seed}-device-${who.account}-${device}`,
    nowMs: 1,
  });
  return own;
}

function sorted(values: ReadonlyMap<AccountId, bigint | number>): readonly (readonly [AccountId, bigint | number])[] {
  return [...values].filter(([account]) => account !== TREASURY).sort(([a], [b]) => a - b);
}

/** What belongs to the world's own jobs: the database holds those of other tests as well. */
function ofWorld({ jobs, shards, votes, devices }: LoadedState, { jobs: own, blocks, devices: ours }: JournalTables) {
  const isOurs = ({ shard }: { readonly shard: number }): boolean => blocks.has(Math.floor(shard / 1_024) as never);
  return {
    jobs: jobs.filter(({ id }) => own.has(id)),
    // what the core reads of a judged shard; its digest need not come along
    shards: [...shards]
      .filter(isOurs)
      .map(({ shard, verdict }) => ({ shard, verdict }))
      .sort((a, b) => a.shard - b.shard),
    votes: votes
      .filter(isOurs)
      .map(({ outputs, ...vote }) => ({ ...vote, outputs: outputs?.map((output) => ({ ...output, bytes: [...output.bytes] })) ?? null })),
    devices: devices.filter(({ device }) => ours.has(device)).sort((a, b) => a.device - b.device),
  };
}

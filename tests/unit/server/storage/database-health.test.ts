// What the operator is told of the database, on a real one: the ledger's proof by slices finds every kind of damage, and reads little.
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { postTransfers } from '../../../../server/ledger/post-transfers.ts';
import { type AccountStore, createAccountStore } from '../../../../server/storage/account-store.ts';
import { createDatabaseHealth, type DatabaseHealth, SLICE_ACCOUNTS, SLICE_LINES } from '../../../../server/storage/database-health.ts';
import type { AccountId } from '../../../../src/protocol/ids.ts';
import { startDatabase, type TestDatabase } from '../../../support/start-database.ts';

const POLICY = { postTransfers, guestCap: 10n ** 12n, startGrant: 1_000_000n, dailyGrantCap: 10n ** 15n };
const SOUND = { sumEntries: 0n, sumBalances: 0n, negative: [], drifted: [] };

let db: TestDatabase;
let accounts: AccountStore;
let account: AccountId;
const run = (text: string, values: unknown[] = []) => db.database.pool.query(text, values);

beforeAll(async () => {
  db = await startDatabase();
  accounts = createAccountStore(db.database, POLICY);
  account = (await accounts.signInKey({ kind: 'headless', publicKey: 'one', nowMs: 1 })).account;
  await accounts.grantStart(account, 1);
});
afterAll(() => db.stop());

describe.each([
  ['whole', undefined],
  ['by slices', 0],
] as const)('the ledger, read %s', (_how, wholeBytes) => {
  let health: DatabaseHealth;
  beforeEach(() => {
    health = createDatabaseHealth(db.database, wholeBytes);
  });

  test('is sound', async () => {
    expect(await health.checkLedger()).toEqual({ ...SOUND, accounts: wholeBytes === undefined ? null : 3 });
  });

  const damages: readonly (readonly [string, string, string, object])[] = [
    [
      'a balance that somebody raised',
      'update accounts set granted = granted + 5 where id = $1',
      'update accounts set granted = granted - 5 where id = $1',
      { sumBalances: 5n },
    ],
    [
      'credit moved past the lines',
      'update accounts set granted = granted + case when id = $1 then 5 else -5 end where id in (1, $1)',
      'update accounts set granted = granted - case when id = $1 then 5 else -5 end where id in (1, $1)',
      { sumBalances: 0n },
    ],
    [
      'a line that was changed',
      'update entries set amount = amount + 1 where account = $1',
      'update entries set amount = amount - 1 where account = $1',
      {},
    ],
  ];
  test.each(damages)('shows %s', async (_what, damage, mend, told) => {
    await run(damage, [account]);
    const report = await health.checkLedger();
    await run(mend, [account]);
    expect(report).toMatchObject(told);
    expect(report.drifted).toContain(account);
    expect(await health.checkLedger()).toMatchObject(SOUND);
  });

  test('shows lines that are gone, and an account below zero', async () => {
    const client = await db.database.pool.connect();
    await client.query('create temp table kept as select * from entries where account = $1', [account]);
    await client.query('delete from entries where account = $1', [account]);
    const gone = await health.checkLedger();
    await client.query('insert into entries overriding system value select * from kept');
    await client.query('drop table kept');
    client.release();
    expect(gone.drifted).toEqual([account]);

    await run('alter table accounts drop constraint if exists accounts_granted_check, drop constraint if exists accounts_check');
    await run('update accounts set granted = granted - 3000000 where id = $1', [account]);
    const below = await health.checkLedger();
    await run('update accounts set granted = granted + 3000000 where id = $1', [account]);
    expect(below.negative).toEqual([account]);
  });
});

test('a slice reads the newest lines only, and the next one the accounts that follow', async () => {
  const health = createDatabaseHealth(db.database, 0);
  const lines = SLICE_LINES * 3;
  await run(
    `with made as (insert into accounts (id, kind, earned, created_at) select 10000 + n, 'headless', 0, 1 from generate_series(1, $1::int) n returning id)
     select count(*) from made`,
    [SLICE_ACCOUNTS],
  );
  await run(
    `insert into entries (transfer, account, credit, amount, balance_after, reason, at)
     select n, 10001, 'earned', case when n % 2 = 0 then -1 else 1 end, n % 2, 'pay', 1 from generate_series(1, $1::int) n`,
    [lines],
  );
  expect(await health.checkLedger()).toEqual({ ...SOUND, accounts: SLICE_ACCOUNTS });
  // beyond the newest lines: a whole reading would find it, and this one is not whole
  await run('update entries set amount = 7 where account = 10001 and transfer = 1');
  expect(await health.checkLedger()).toMatchObject({ accounts: 3, drifted: [] });
  expect(await health.checkLedger()).toMatchObject({ accounts: SLICE_ACCOUNTS, drifted: [] });
  await health.checkLedger();
  // within them
  await run('update entries set amount = 7 where account = 10001 and transfer = $1', [lines]);
  expect(await health.checkLedger()).toMatchObject({ drifted: [10001] });
});

describe('the database', () => {
  const client = () => new pg.Pool({ ...db.embedded.connection, max: 1 });
  afterEach(async () => {
    await run('alter database postgres reset all');
  });
  const ask = async () => {
    const pool = client();
    const answer = await createDatabaseHealth({ pool, kysely: db.database.kysely }).ask();
    await pool.end();
    return answer;
  };

  test('may be written and keeps what it acknowledges', async () => {
    expect(await ask()).toEqual({ isReadOnly: false, unsafe: [] });
  });

  test('says so when it does not', async () => {
    await run('alter database postgres set synchronous_commit = off');
    expect(await ask()).toEqual({ isReadOnly: false, unsafe: ['synchronous_commit'] });
    await run('alter database postgres set synchronous_commit = local');
    expect((await ask()).unsafe).toEqual([]);
    await run('alter database postgres set default_transaction_read_only = on');
    expect((await ask()).isReadOnly).toBe(true);
  });

  test('tells its size and its connections', async () => {
    await db.blobs.put(new Uint8Array(5_000));
    await db.blobs.put(new Uint8Array(50));
    const health = createDatabaseHealth(db.database);
    const size = await health.readSize();
    expect(size.blobs).toBe(5_000);
    expect(size.database).toBeGreaterThan(1_000_000);
    const { connections, idle, waiting } = health.readPool();
    expect(idle).toBe(connections);
    expect(waiting).toBe(0);
  });
});

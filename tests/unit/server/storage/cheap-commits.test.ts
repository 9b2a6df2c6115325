// The second schema over a database that the first one filled: what was there is read as before.
import { Kysely, Migrator, PostgresDialect } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createBlobRows } from '../../../../server/storage/blob-queries.ts';
import { type Database, openDatabase } from '../../../../server/storage/database.ts';
import { firstLight } from '../../../../server/storage/migrations/first-light.ts';
import { createPageQueries } from '../../../../server/storage/page-queries.ts';
import type { AccountId, Digest, JobId } from '../../../../src/protocol/ids.ts';
import { makeJobRecord } from '../../../support/make-job-record.ts';
import { startDatabase, type TestDatabase } from '../../../support/start-database.ts';

const DIGEST = 'd'.repeat(64) as Digest;
const BLOB = 'e'.repeat(64) as Digest;

let db: TestDatabase;
let database: Database;

/** A job of one block (id 20) with a final shard whose output is a blob, two votes that were paid, and their lines. */
async function fillFirst(pool: pg.Pool): Promise<void> {
  const { spec, manifest } = makeJobRecord();
  const text = (value: unknown): string => JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part));
  await pool.query("insert into accounts (id, kind, public_key, created_at) values (100, 'guest', 'one', 1), (101, 'guest', 'two', 1)");
  await pool.query("insert into accounts (id, kind, earned, created_at) values (102, 'escrow', 0, 1)");
  await pool.query(
    `insert into jobs (id, requester, escrow, spec, manifest, summary, manifest_digest, price_per_copy, escrow_amount, shards, final_shards, paid, refunded,
       state, created_at) values (7, 2, 102, $1, $2, $3, decode($4, 'hex'), 500, 4000, 4, 1, 1000, 0, 'running', 1)`,
    [text(spec), text(manifest), text({ title: 'old', template: null, view: spec.view, grid: manifest.grid }), DIGEST],
  );
  await pool.query('insert into blocks values (20, 7, 0, 4)');
  const outputs = text([{ name: 'out', root: DIGEST, blob: BLOB, bytes: 3 }]);
  await pool.query("insert into shards values (20480, 'final', decode($1, 'hex'), $2, 5)", [DIGEST, outputs]);
  await pool.query("insert into blobs values (decode($1, 'hex'), 3, 'abc', 5)", [BLOB]);
  for (const [account, copy] of [
    [100, 0],
    [101, 1],
  ]) {
    await pool.query(
      "insert into votes (shard, account, copy, device, engine, digest, state, paid, elapsed_ms, at) values (20480, $1, $2, 1, 'cpu', decode($3, 'hex'), 'agreed', 500, 1, 4)",
      [account, copy, DIGEST],
    );
    await pool.query(
      `insert into entries (transfer, account, credit, amount, balance_after, reason, job, shard, at)
       values ($1, 102, 'earned', -500, 0, 'pay', 7, 20480, 5), ($1, $2, 'earned', 500, 500, 'pay', 7, 20480, 5)`,
      [200 + Number(copy), account],
    );
  }
  await pool.query(
    "insert into entries (transfer, account, credit, amount, balance_after, reason, job, shard, at) values (199, 102, 'earned', 1000, 1000, 'hold', 7, null, 1), (199, 2, 'earned', -1000, 0, 'hold', 7, null, 1)",
  );
}

beforeAll(async () => {
  db = await startDatabase();
  await db.database.pool.query('create database older');
  const connection = { ...db.embedded.connection, database: 'older' };
  const pool = new pg.Pool(connection);
  const kysely = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  const provider = { getMigrations: async () => ({ '2026-01-first-light': firstLight }) };
  const { error } = await new Migrator({ db: kysely, provider }).migrateToLatest();
  expect(error).toBeUndefined();
  await fillFirst(pool);
  await kysely.destroy();
  database = await openDatabase({ connection });
});
afterAll(async () => {
  await database.close();
  await db.stop();
});

test('shards, votes and payments are read as before', async () => {
  const pages = createPageQueries(database);
  expect(await pages.readShard(7 as JobId, 0)).toMatchObject({
    verdict: 'final',
    digest: DIGEST,
    outputs: [{ name: 'out', root: DIGEST, blob: BLOB, bytes: 3 }],
    votes: [
      { account: 100, state: 'agreed', paid: '500' },
      { account: 101, state: 'agreed', paid: '500' },
    ],
  });
  expect(await pages.readOutputs(7 as JobId, { output: 'out', from: 0, limit: 4 })).toEqual([{ index: 0, stored: { blob: BLOB } }]);
  expect((await pages.readPayments(7 as JobId)).map((row) => [row.account, row.shards, row.amount])).toEqual([
    [100, 1, '500'],
    [101, 1, '500'],
  ]);
  expect(await pages.listUnproven()).toEqual([]);
  expect(await createBlobRows(database).find(BLOB)).toMatchObject({ bytes: 3 });
});

test('a line of pay is of one shard, any other of none', async () => {
  const pages = createPageQueries(database);
  const { lines } = await pages.ledgerPage({ account: 102 as AccountId, before: null, limit: 10 });
  expect(lines.map((line) => [line.reason, line.amount, line.shards])).toEqual([
    ['hold', '1000', null],
    ['pay', '-500', 1],
    ['pay', '-500', 1],
  ]);
});

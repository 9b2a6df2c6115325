// COPY as a stream, on a real PostgreSQL: nothing is lost, nothing piles up, and a fault on either side leaves a connection that works.
import type { Socket } from 'node:net';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { copyIn, copyOut } from '../../../../server/storage/copy-stream.ts';
import { sortByReference } from '../../../../server/storage/list-tables.ts';
import { startDatabase, type TestDatabase } from '../../../support/start-database.ts';

let db: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  db = await startDatabase();
});
afterAll(() => db.stop());
beforeEach(async () => {
  client = new pg.Client(db.embedded.connection);
  await client.connect();
  await client.query('create temp table words (id integer primary key, word text)');
});
afterEach(() => client.end());

async function* lines(count: number): AsyncGenerator<Buffer> {
  for (let id = 0; id < count; id++) yield Buffer.from(`${id}\tword ${id}\n`);
}
const count = async () => (await client.query<{ n: number }>('select count(*)::int as n from words')).rows[0]!.n;

/** What Node asks of a socket at once. */
const READ_BYTES = 64 * 1024;

test('rows go in and come out as they were, also one that is larger than a piece', async () => {
  const long = 'x'.repeat(3 * 1024 * 1024);
  async function* source() {
    yield* lines(20_000);
    yield Buffer.from(`20000\t${long}\n`);
  }
  expect(await copyIn(client, 'copy words from stdin', source())).toBe(20_001);
  const pieces: Buffer[] = [];
  for await (const piece of copyOut(client, 'copy (select * from words order by id) to stdout')) pieces.push(piece);
  const text = Buffer.concat(pieces).toString();
  expect(text.split('\n')).toHaveLength(20_002);
  expect(text).toContain('\n17\tword 17\n');
  expect(text.endsWith(`20000\t${long}\n`)).toBe(true);
  for (const piece of pieces) expect(piece.at(-1)).toBe(10);
});

test('a reader that rests makes the database rest: the socket is paused until it reads on', async () => {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  const reader = copyOut(client, "copy (select repeat('y', 100000) from generate_series(1, 4000)) to stdout");
  let bytes = (await reader.next()).value!.length;
  for (let turns = 0; !stream.isPaused() && turns < 100_000; turns++) await new Promise(setImmediate);
  const arrived = stream.bytesRead;
  expect(stream.isPaused()).toBe(true);
  expect(arrived).toBeLessThan(10_000_000);
  // one read that was under way when it paused may still arrive, and no second one
  for (let turns = 0; turns < 1_000; turns++) await new Promise(setImmediate);
  expect(stream.bytesRead - arrived).toBeLessThanOrEqual(READ_BYTES);
  for await (const piece of reader) bytes += piece.length;
  expect(bytes).toBe(4_000 * 100_001);
});

test('a source that breaks off is what is thrown, nothing is written, and the connection goes on', async () => {
  async function* broken() {
    yield* lines(10);
    throw new Error('The disk is gone.');
  }
  await expect(copyIn(client, 'copy words from stdin', broken())).rejects.toThrow('The disk is gone.');
  expect(await count()).toBe(0);
});

test('a row that the database refuses is what is thrown, and the connection goes on', async () => {
  async function* twice() {
    yield* lines(10);
    yield* lines(1_000);
  }
  await expect(copyIn(client, 'copy words from stdin', twice())).rejects.toThrow(/duplicate key/);
  await expect(copyIn(client, 'copy nowhere from stdin', lines(1))).rejects.toThrow(/does not exist/);
  expect(await count()).toBe(0);
  const reader = copyOut(client, 'copy nowhere to stdout');
  await expect(reader.next()).rejects.toThrow(/does not exist/);
  expect(await count()).toBe(0);
});

test('a connection that ends in the middle is a fault on both sides', async () => {
  const doomed = new pg.Client(db.embedded.connection);
  doomed.on('error', () => undefined);
  await doomed.connect();
  const { rows } = await doomed.query<{ pid: number }>('select pg_backend_pid() as pid');
  const reader = copyOut(doomed, "copy (select repeat('z', 100000) from generate_series(1, 100000)) to stdout");
  await reader.next();
  await client.query('select pg_terminate_backend($1)', [rows[0]!.pid]);
  await expect(
    (async () => {
      for await (const piece of reader) expect(piece.length).toBeGreaterThan(0);
    })(),
  ).rejects.toThrow();
});

test('tables come before those that refer to them, and a circle is told', () => {
  const references = [
    { table: 'votes', target: 'shards' },
    { table: 'shards', target: 'jobs' },
  ];
  expect(sortByReference(['votes', 'shards', 'jobs'], references)).toEqual(['jobs', 'shards', 'votes']);
  expect(() =>
    sortByReference(
      ['a', 'b'],
      [
        { table: 'a', target: 'b' },
        { table: 'b', target: 'a' },
      ],
    ),
  ).toThrow(/in a circle: a, b/);
});

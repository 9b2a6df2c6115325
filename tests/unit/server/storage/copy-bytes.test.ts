// Rows in COPY's binary form, as the database itself reads them.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCopyBytes } from '../../../../server/storage/copy-bytes.ts';
import { runPipeline } from '../../../../server/storage/pipeline.ts';
import { startDatabase, type TestDatabase } from '../../../support/start-database.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await startDatabase();
  await db.database.pool.query('create table every (a int8, b int4, c int8, d float8, e text, f bytea, g bytea, h int[], i text)');
});
afterAll(() => db.stop());

const COPY = 'copy every from stdin (format binary)';
const HEX = '00ff7f80a5';

async function copyRow(
  row: readonly [number, number, bigint, number, string, string, Uint8Array, readonly number[]],
  expectedBytes = 0,
): Promise<unknown> {
  const [a, b, c, d, e, f, g, h] = row;
  const copy = createCopyBytes(expectedBytes);
  copy.row(9);
  copy.int8(a);
  copy.int4(b);
  copy.bigint(c);
  copy.float8(d);
  copy.text(e);
  copy.hex(f);
  copy.bytes(g);
  copy.int4Array(h);
  copy.null();
  const client = await db.database.pool.connect();
  try {
    await runPipeline(client, [
      { name: 'clear', text: 'delete from every' },
      { name: 'copy-every', text: COPY, data: copy.finish() },
    ]);
    return (await client.query("select a, b, c, d, e, encode(f, 'hex') as f, g, h, i from every")).rows[0];
  } finally {
    client.release();
  }
}

test.each([
  [0, 0, 0n, 0, '', '', new Uint8Array(0), [0]],
  [2 ** 32, 2 ** 31 - 1, 2n ** 52n, 1.5, 'a word', HEX, new Uint8Array([1, 2]), [1, 2, 3]],
  [2 ** 53 - 1, -1, -1n, -0.25, 'é'.repeat(100), HEX, new Uint8Array(9_000).fill(7), [-5]],
  [-3, 1, 1n, Number.MAX_VALUE, '"quotes", \\ and {braces}', HEX, new Uint8Array([0]), [2 ** 31 - 1]],
] as const)('row %#', async (...row) => {
  const [a, b, c, d, e, f, g, h] = row;
  expect(await copyRow([a, b, c, d, e, f, g, h])).toEqual({ a, b, c: Number(c), d, e, f, g: Buffer.from(g), h, i: null });
});

test('many rows, of words that come again', async () => {
  const copy = createCopyBytes(10);
  for (let at = 0; at < 5_000; at++) {
    copy.row(9);
    copy.int8(at);
    for (let column = 0; column < 3; column++) copy.null();
    copy.text(at % 2 === 0 ? 'even' : 'odd');
    for (let column = 0; column < 4; column++) copy.null();
  }
  const client = await db.database.pool.connect();
  await runPipeline(client, [
    { name: 'clear', text: 'delete from every' },
    { name: 'copy-every', text: COPY, data: copy.finish() },
  ]);
  const { rows } = await client.query(
    "select count(*) as n, sum(a)::int8 as sum, count(*) filter (where (a % 2 = 0) = (e = 'even')) as right from every",
  );
  client.release();
  expect(rows).toEqual([{ n: 5_000, sum: (4_999 * 5_000) / 2, right: 5_000 }]);
});

test('the first fault of a pipeline is told, what follows it is not run, and the same statements run after it', async () => {
  const client = await db.database.pool.connect();
  try {
    const truncated = createCopyBytes(10);
    truncated.row(2);
    truncated.int8(1);
    const statements = [
      { name: 'pipeline-begin', text: 'begin' },
      { name: 'pipeline-copy', text: COPY, data: truncated.finish() },
      { name: 'pipeline-after', text: 'select 1 / 0' },
    ];
    for (let tries = 0; tries < 2; tries++) {
      await expect(runPipeline(client, statements)).rejects.toMatchObject({ code: '22P04' });
      await client.query('rollback');
    }
    expect(
      await runPipeline(client, [
        { name: 'pipeline-begin', text: 'begin' },
        { name: 'one', text: 'select 1, null' },
      ]),
    ).toEqual([[], [['1', null]]]);
    await client.query('rollback');
  } finally {
    client.release();
  }
});

// Every table as it stood at one moment, while coordinators go on: one snapshot, and COPY's text, which any later PostgreSQL reads.
import type pg from 'pg';
import { Fault } from '../../src/protocol/fault.ts';
import { copyOut } from './copy-stream.ts';
import { listTables, NOT_EXPORTED, nameColumns, type TableShape } from './list-tables.ts';

/** Text that reads the same everywhere, and no time limit that somebody set for queries. */
export const TEXT_SETTINGS = [
  "set local client_encoding = 'UTF8'",
  "set local datestyle = 'ISO, YMD'",
  "set local timezone = 'UTC'",
  "set local bytea_output = 'hex'",
  'set local extra_float_digits = 1',
  'set local statement_timeout = 0',
  'set local lock_timeout = 0',
  'set local idle_in_transaction_session_timeout = 0',
].join('; ');

/** A blob whose bytes lie in a file. */
export interface FileBlob {
  readonly digest: string;
  readonly bytes: number;
}

export interface TableExport {
  readonly postgres: string;
  /** Names of those that have run, in order. */
  readonly migrations: readonly string[];
  readonly tables: readonly TableShape[];
  /** Rows as COPY's text, in pieces; to be read to the end. */
  read(table: TableShape): AsyncGenerator<Buffer>;
  /** After the tables: numbers drawn meanwhile are then below. */
  readSequences(): Promise<readonly { readonly name: string; readonly last: string | null }[]>;
  /** In order of their digests. */
  listFileBlobs(): AsyncGenerator<FileBlob>;
  /** Whether the database still knows them now, outside of the snapshot. */
  listGone(digests: readonly string[]): Promise<readonly string[]>;
}

const BLOBS_A_PAGE = 10_000;

/** Runs `work` within one snapshot of the pool's database; nothing is changed and nothing waits for it. */
export async function withSnapshot<Value>(pool: pg.Pool, work: (tables: TableExport) => Promise<Value>): Promise<Value> {
  const client = await pool.connect();
  let fault: unknown;
  try {
    await client.query('begin isolation level repeatable read read only');
    await client.query(TEXT_SETTINGS);
    const value = await work(await openExport(client, pool));
    await client.query('commit');
    return value;
  } catch (cause) {
    fault = cause;
    throw cause;
  } finally {
    // in the middle of a COPY the connection is of no more use
    client.release(fault !== undefined);
  }
}

async function openExport(client: pg.PoolClient, pool: pg.Pool): Promise<TableExport> {
  const tables = (await listTables(client)).filter(({ name }) => NOT_EXPORTED[name] === undefined);
  if (tables.length === 0) throw new Fault('config', 'The database holds nothing of Ostraka: check DATABASE_URL and DATA_DIR.');
  const version = await client.query<{ readonly server_version: string }>('show server_version');
  const migrations = await client.query<{ readonly name: string }>('select name from kysely_migration order by name');
  return {
    postgres: version.rows[0]!.server_version,
    migrations: migrations.rows.map((row) => row.name),
    tables,
    read: (table) => copyOut(client, `copy ${nameColumns(table)} to stdout`),
    async readSequences() {
      const { rows } = await client.query<{ readonly name: string; readonly last: string | null }>(
        'select sequencename as name, last_value::text as last from pg_sequences where schemaname = current_schema() order by sequencename',
      );
      return rows;
    },
    listFileBlobs: () => listFileBlobs(client),
    async listGone(digests) {
      const { rows } = await pool.query<{ readonly digest: string }>(
        "select d as digest from unnest($1::text[]) d where not exists (select from blobs b where b.digest = decode(d, 'hex'))",
        [digests],
      );
      return rows.map((row) => row.digest);
    },
  };
}

async function* listFileBlobs(client: pg.PoolClient): AsyncGenerator<FileBlob> {
  let after = '';
  for (;;) {
    const { rows } = await client.query<FileBlob>(
      `select encode(digest, 'hex') as digest, bytes from blobs
       where inline is null and digest > decode($1, 'hex') order by digest limit ${BLOBS_A_PAGE}`,
      [after],
    );
    yield* rows;
    if (rows.length < BLOBS_A_PAGE) return;
    after = rows.at(-1)!.digest;
  }
}

// Loads an export into a database that holds nothing yet: one transaction, so that it is either all there or still empty.
import { Kysely, Migrator, PostgresDialect } from 'kysely';
import pg from 'pg';
import { Fault } from '../../src/protocol/fault.ts';
import { columnTypes } from './column-types.ts';
import { copyIn } from './copy-stream.ts';
import { checkVersion, type DatabaseAddress, MIGRATIONS } from './database.ts';
import type { ExportedTable, ExportManifest } from './export-manifest.ts';
import { TEXT_SETTINGS } from './export-tables.ts';
import { createLedgerQueries } from './ledger-queries.ts';
import { listTables, nameColumns, quoteName } from './list-tables.ts';
import type { Tables } from './schema.ts';

/**
 * The database that was exported may go on under its old coordinator, and start it anew now and then: the epochs of the two stay apart, so
 * that an assignment of one is never taken for an assignment of the other. Copies are numbered by epoch in 32 bits; 2^19 epochs fit.
 */
export const EPOCHS_APART = 256;

export interface TableSource {
  readonly manifest: ExportManifest;
  /** The bytes of tables/NAME.copy. */
  read(table: ExportedTable): AsyncIterable<Uint8Array>;
}

export interface ImportOptions {
  readonly source: TableSource;
  /** Runs when all is loaded and checked, before the commit: what must be in place when the rows are. */
  readonly beforeCommit: () => Promise<void>;
}

/** Throws `config` where the export wants a newer Ostraka. */
export function checkMigrations(names: readonly string[]): void {
  const known = Object.keys(MIGRATIONS);
  const at = names.findIndex((name, index) => known[index] !== name);
  if (at === -1) return;
  throw new Fault('config', `The export has the schema ${names.at(-1)}, which this Ostraka does not know: import it with a newer one.`);
}

/** Throws `config`, in one sentence, and leaves the database as empty as it was. */
export async function importTables(address: DatabaseAddress, { source, beforeCommit }: ImportOptions): Promise<void> {
  checkMigrations(source.manifest.migrations);
  const where = 'databaseUrl' in address ? { connectionString: address.databaseUrl } : address.connection;
  const client = new pg.Client({ application_name: 'ostraka-import', connectionTimeoutMillis: 10_000, ...where, types: columnTypes });
  // without a listener a server that goes away would end this process
  client.on('error', () => undefined);
  await connect(client);
  try {
    await client.query('begin');
    await client.query(TEXT_SETTINGS);
    await checkTarget(client);
    await load(client, source);
    await beforeCommit();
    await client.query('commit');
    // plans are made from these figures; without them the first minutes are slow
    await client.query('analyze');
  } finally {
    await client.end();
  }
}

async function connect(client: pg.Client): Promise<void> {
  try {
    await client.connect();
  } catch (cause) {
    const said = cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code : String(cause);
    throw new Fault('config', `The database does not answer: ${said}. Check DATABASE_URL.`, { cause });
  }
}

async function checkTarget(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ readonly server_version_num: string }>('show server_version_num');
  checkVersion(Number(rows[0]?.server_version_num));
  const tables = await listTables(client);
  if (tables.length === 0) return;
  const names = tables.map(({ name }) => name).slice(0, 3);
  throw new Fault('config', `The database is not empty (it has the tables ${names.join(', ')} …): give the import one of its own.`);
}

async function load(client: pg.Client, source: TableSource): Promise<void> {
  const { manifest } = source;
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: oneClientPool(client) }) });
  await migrate(kysely, manifest.migrations.at(-1));
  // the lock of the migrations has set a limit of its own
  await client.query('set local lock_timeout = 0');
  // what the migrations sowed is in the export too
  await client.query(
    `truncate ${(await listTables(client))
      .map(({ name }) => quoteName(name))
      .filter(isOurs)
      .join(', ')}`,
  );
  for (const table of manifest.tables) await loadTable(client, source, table);
  for (const { name, last } of manifest.sequences) {
    if (last !== null) await client.query('select setval($1::regclass, $2::bigint)', [quoteName(name), last]);
  }
  await dropCollected(client, manifest.blobsLeftOut.collected);
  await migrate(kysely, undefined);
  await client.query('update epochs set epoch = epoch + $1', [EPOCHS_APART]);
  await checkLedger(kysely);
}

function isOurs(quotedName: string): boolean {
  return !quotedName.startsWith('"kysely_');
}

async function loadTable(client: pg.Client, source: TableSource, table: ExportedTable): Promise<void> {
  let rows: number;
  try {
    rows = await copyIn(client, `copy ${nameColumns(table)} from stdin`, source.read(table));
  } catch (cause) {
    if (cause instanceof Fault || !(cause instanceof Error)) throw cause;
    throw new Fault('config', `The table ${table.name} could not be loaded: ${cause.message}.`, { cause });
  }
  if (rows === table.rows) return;
  throw new Fault('config', `The table ${table.name} has ${rows} rows in the export and ${table.rows} in its manifest.`);
}

/** Their files were deleted while the export ran, because nothing named them any more. */
async function dropCollected(client: pg.Client, digests: readonly string[]): Promise<void> {
  if (digests.length === 0) return;
  await client.query("delete from blobs where digest in (select decode(d, 'hex') from unnest($1::text[]) d)", [digests]);
}

async function checkLedger(kysely: Kysely<Tables>): Promise<void> {
  const { sumEntries, sumBalances, negative, drifted } = await createLedgerQueries(kysely).trialBalance();
  if (sumEntries === 0n && sumBalances === 0n && negative.length === 0 && drifted.length === 0) return;
  const accounts = [...new Set([...negative, ...drifted])].slice(0, 10);
  throw new Fault(
    'config',
    `The ledger in the export does not balance (entries ${sumEntries}, balances ${sumBalances}, accounts ${accounts.join(', ') || 'none'}); nothing was imported.`,
  );
}

/** Up to that migration, or to the newest; within the transaction that is open. */
async function migrate(kysely: Kysely<Tables>, target: string | undefined): Promise<void> {
  const provider = { getMigrations: async () => MIGRATIONS };
  const migrator = new Migrator({ db: kysely, provider, disableTransactions: true });
  const { error } = await (target === undefined ? migrator.migrateToLatest() : migrator.migrateTo(target));
  if (error) throw new Fault('config', `The schema could not be made: ${String(error)}`, { cause: error });
}

/** Kysely asks a pool for connections; all of this stands on one. */
function oneClientPool(client: pg.Client): pg.Pool {
  const lent = { query: client.query.bind(client), release: () => undefined };
  return { connect: async () => lent, end: async () => undefined } as unknown as pg.Pool;
}

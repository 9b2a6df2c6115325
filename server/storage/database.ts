// Opens the one database, embedded or given by address, checks its version and brings its schema up to date.
import { Kysely, Migrator, PostgresDialect } from 'kysely';
import pg from 'pg';
import { Fault } from '../../src/protocol/fault.ts';
import { columnTypes } from './column-types.ts';
import { cheapCommits } from './migrations/cheap-commits.ts';
import { firstLight } from './migrations/first-light.ts';
import { operator } from './migrations/operator.ts';
import { ownedBlocks } from './migrations/owned-blocks.ts';
import { sites } from './migrations/sites.ts';
import { standing } from './migrations/standing.ts';
import type { Tables } from './schema.ts';

const MIN_POSTGRES_VERSION = 15;
const MAX_CONNECTIONS = 12;
/** In order; a migration that stands here never changes, the next one follows it. */
export const MIGRATIONS = {
  '2026-01-first-light': firstLight,
  '2026-02-cheap-commits': cheapCommits,
  '2026-03-owned-blocks': ownedBlocks,
  '2026-04-standing': standing,
  '2026-05-operator': operator,
  '2026-06-sites': sites,
} as const;

export interface Database {
  readonly pool: pg.Pool;
  /** Typed queries on the same pool. */
  readonly kysely: Kysely<Tables>;
  close(): Promise<void>;
}

export type DatabaseAddress = { readonly databaseUrl: string } | { readonly connection: pg.PoolConfig };

export interface OpenOptions {
  /** Told when an idle connection breaks; the next query opens another. */
  readonly onBroken?: (fault: Error) => void;
}

/** `show server_version_num` is major * 10000 + minor. Throws `config`. */
export function checkVersion(versionNumber: number): void {
  const major = Math.floor(versionNumber / 10_000);
  if (major >= MIN_POSTGRES_VERSION) return;
  throw new Fault('config', `The database is PostgreSQL ${major}; Ostraka needs ${MIN_POSTGRES_VERSION} or newer.`);
}

async function readVersion(pool: pg.Pool): Promise<number> {
  try {
    const { rows } = await pool.query<{ readonly server_version_num: string }>('show server_version_num');
    return Number(rows[0]?.server_version_num);
  } catch (cause) {
    const said = cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code : String(cause);
    throw new Fault('config', `The database does not answer: ${said}. Check DATABASE_URL.`, { cause });
  }
}

/** Kysely runs them in one transaction under an advisory lock, so that several coordinators may start at once. */
async function migrate(kysely: Kysely<Tables>): Promise<void> {
  const migrator = new Migrator({ db: kysely, provider: { getMigrations: async () => MIGRATIONS } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw new Fault('config', `The database's schema could not be brought up to date: ${String(error)}`, { cause: error });
}

/** Throws `config`, in one sentence, when the database cannot be used. */
export async function openDatabase(address: DatabaseAddress, options: OpenOptions = {}): Promise<Database> {
  const where = 'databaseUrl' in address ? { connectionString: address.databaseUrl } : address.connection;
  const pool = new pg.Pool({
    max: MAX_CONNECTIONS,
    application_name: 'ostraka',
    connectionTimeoutMillis: 10_000,
    ...where,
    types: columnTypes,
  });
  pool.on('error', (fault) => options.onBroken?.(fault));
  // The pool listens to its idle connections only: one that breaks between two queries of a transaction would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  try {
    checkVersion(await readVersion(pool));
    await migrate(kysely);
  } catch (fault) {
    await kysely.destroy();
    throw fault;
  }
  return { pool, kysely, close: () => kysely.destroy() };
}

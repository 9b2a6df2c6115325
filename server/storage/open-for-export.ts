// The database as it stands, for reading beside the coordinator that uses it; where none does, its embedded server is started for the while.
import { access } from 'node:fs/promises';
import pg from 'pg';
import { Fault } from '../../src/protocol/fault.ts';
import { columnTypes } from './column-types.ts';
import { readPassword, SUPERUSER } from './embedded/init-cluster.ts';
import { pickRunUser } from './embedded/pick-user.ts';
import { isCluster, placeCluster } from './embedded/place-cluster.ts';
import { isServing, readPostmaster } from './embedded/postmaster.ts';
import { type EmbeddedSettings, startEmbedded } from './embedded/start-embedded.ts';

export interface OpenedForExport {
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

export interface ExportAddress extends EmbeddedSettings {
  /** Null: the embedded one in the data folder. */
  readonly databaseUrl: string | null;
}

/** Runs no migration. Throws `config` in one sentence where there is nothing to read. */
export async function openForExport({ databaseUrl, ...settings }: ExportAddress): Promise<OpenedForExport> {
  if (databaseUrl !== null) return openPool({ connectionString: databaseUrl }, async () => undefined);
  const running = await findRunning(settings);
  if (running) return openPool(running, async () => undefined);
  const embedded = await startEmbedded(settings);
  return openPool(embedded.connection, () => embedded.stop());
}

/** Where the embedded server of a running (or killed) coordinator listens, or null when it is stopped. */
async function findRunning({ dataDir, elsewhere = '/var/lib/ostraka' }: EmbeddedSettings): Promise<pg.PoolConfig | null> {
  const none = new Fault('config', `There is no database in ${dataDir}: check DATA_DIR, or give DATABASE_URL.`);
  await access(dataDir).catch(() => {
    throw none;
  });
  const { folder } = await placeCluster(dataDir, await pickRunUser(), elsewhere);
  if (!(await isCluster(folder))) throw none;
  const found = await readPostmaster(folder);
  if (!found || !(await isServing(found.pid, folder))) return null;
  const password = await readPassword(folder);
  return {
    host: found.socketFolder || '127.0.0.1',
    port: found.port,
    user: SUPERUSER,
    database: 'postgres',
    ...(password === null ? {} : { password }),
  };
}

async function openPool(where: pg.PoolConfig, stop: () => Promise<void>): Promise<OpenedForExport> {
  const pool = new pg.Pool({ max: 2, application_name: 'ostraka-export', connectionTimeoutMillis: 10_000, ...where, types: columnTypes });
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const close = async (): Promise<void> => {
    await pool.end();
    await stop();
  };
  try {
    await pool.query('select 1');
    return { pool, close };
  } catch (cause) {
    await close();
    const said = cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code : String(cause);
    throw new Fault('config', `The database does not answer: ${said}. Check DATABASE_URL.`, { cause });
  }
}

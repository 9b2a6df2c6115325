// The supervisor's own connection: it proves that the server answers, and its lock that no other coordinator uses the same data.
import pg from 'pg';
import { Fault } from '../../../src/protocol/fault.ts';

/** Any number no migration uses. */
const COORDINATOR_LOCK = 7_305_471;
/** A coordinator that was just killed holds its lock until the server notices. */
const LOCK_WAIT_MS = 3_000;
const TRY_EVERY_MS = 25;

export type Keeper = pg.Client;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** A connected client, or null while the server does not answer yet. */
async function tryConnect(connection: pg.ClientConfig): Promise<Keeper | null> {
  const client = new pg.Client({ ...connection, application_name: 'ostraka-keeper', connectionTimeoutMillis: 5_000 });
  // Without a listener a server that goes away would end this process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch {
    await client.end().catch(() => undefined);
    return null;
  }
}

/** Null when `isHopeless` turned true or the time passed before the server answered. */
export async function connectKeeper(connection: pg.ClientConfig, waitMs: number, isHopeless: () => boolean): Promise<Keeper | null> {
  const endsAtMs = Date.now() + waitMs;
  while (!isHopeless() && Date.now() < endsAtMs) {
    const keeper = await tryConnect(connection);
    if (keeper) return keeper;
    await pause(TRY_EVERY_MS);
  }
  return null;
}

/** Throws `config` when a living coordinator holds the data. */
export async function claimServer(keeper: Keeper, dataDir: string): Promise<void> {
  const endsAtMs = Date.now() + LOCK_WAIT_MS;
  for (;;) {
    const { rows } = await keeper.query<{ readonly ours: boolean }>('select pg_try_advisory_lock($1) as ours', [COORDINATOR_LOCK]);
    if (rows[0]?.ours) return;
    if (Date.now() >= endsAtMs) break;
    await pause(TRY_EVERY_MS);
  }
  throw new Fault('config', `Another coordinator is running on ${dataDir}: stop it, or give this one another DATA_DIR.`);
}

/** Resolves when `isGone` holds; false when the time passed first. */
export async function waitUntil(isGone: () => boolean, waitMs: number): Promise<boolean> {
  const endsAtMs = Date.now() + waitMs;
  while (!isGone()) {
    if (Date.now() >= endsAtMs) return false;
    await pause(TRY_EVERY_MS);
  }
  return true;
}

// Where the database's files lie: in the data folder, or in a stable place beside it where the data folder is out of the run user's reach.
import { createHash } from 'node:crypto';
import { access, chmod, mkdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Fault } from '../../../src/protocol/fault.ts';
import { findBarrier, isReachable } from './is-reachable.ts';
import type { RunUser } from './pick-user.ts';

export interface ClusterPlace {
  /** PostgreSQL's data directory; may not exist yet. */
  readonly folder: string;
  readonly user: RunUser | null;
  /** True when it does not lie in the data folder, which the operator should hear. */
  readonly isElsewhere: boolean;
}

const CLUSTER = 'postgres';

/** Throws where it cannot be told: a database that may not be read must not be taken for none. */
export async function isCluster(folder: string): Promise<boolean> {
  try {
    await access(join(folder, 'PG_VERSION'));
    return true;
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw fault;
  }
}

/** The data folder is ours, so it may be opened for passing through (never for listing). */
async function openForPassing(dataDir: string): Promise<void> {
  const found = await stat(dataDir);
  if (found.uid === process.getuid?.() && (found.mode & 0o001) === 0) await chmod(dataDir, (found.mode & 0o777) | 0o011);
}

/** A cluster belongs to whom made it: root runs it as its owner, anyone else must be its owner. */
async function ownerOf(folder: string, user: RunUser | null): Promise<RunUser | null> {
  if (process.platform === 'win32') return null;
  const { uid, gid } = await stat(folder);
  if (user) return uid === 0 ? user : { uid, gid };
  if (uid === process.getuid?.()) return null;
  throw new Fault('config', `The database in ${folder} belongs to user ${uid}: start as that user or as root, or give another DATA_DIR.`);
}

/** Throws `config` when the data folder cannot be used, or the database in it not by this user. */
export async function placeCluster(dataDir: string, user: RunUser | null, elsewhere: string): Promise<ClusterPlace> {
  try {
    return await findPlace(dataDir, user, elsewhere);
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    const said = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new Fault(
      'config',
      `The data folder ${dataDir} cannot be used by this user (${said}): choose another DATA_DIR, or correct its permissions.`,
      {
        cause,
      },
    );
  }
}

async function findPlace(dataDir: string, user: RunUser | null, elsewhere: string): Promise<ClusterPlace> {
  await mkdir(dataDir, { recursive: true, mode: user ? 0o711 : 0o700 });
  const inside = join(resolve(dataDir), CLUSTER);
  if (!user) return { folder: inside, user: (await isCluster(inside)) ? await ownerOf(inside, null) : null, isElsewhere: false };

  await openForPassing(dataDir);
  // Keyed by the data folder's path, so that the next start finds the same database.
  const key = createHash('sha256').update(resolve(dataDir)).digest('hex').slice(0, 16);
  const outside = join(elsewhere, key, CLUSTER);
  for (const folder of [outside, inside]) {
    if (!(await isCluster(folder))) continue;
    const owner = (await ownerOf(folder, user)) ?? user;
    const barrier = await findBarrier(folder, owner);
    if (!barrier) return { folder, user: owner, isElsewhere: folder === outside };
    throw new Fault(
      'config',
      `The database in ${folder} cannot be reached past ${barrier}: let others pass it (chmod o+x), or move the data.`,
    );
  }
  if (await isReachable(inside, user)) return { folder: inside, user, isElsewhere: false };
  await mkdir(join(elsewhere, key), { recursive: true });
  // Whatever the umask is, the run user must be able to pass.
  for (const folder of [elsewhere, join(elsewhere, key)]) await chmod(folder, 0o755);
  return { folder: outside, user, isElsewhere: true };
}

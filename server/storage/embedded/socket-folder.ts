// Where the server's unix socket lies: in the data directory, or in a short private folder where that path would pass the kernel's limit.
import { createHash } from 'node:crypto';
import { chmod, chown, lstat, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../../../src/protocol/fault.ts';
import type { RunUser } from './pick-user.ts';

/** sun_path holds 108 bytes with its closing NUL on Linux and 104 on macOS and the BSDs. */
export const MAX_SOCKET_PATH_BYTES = process.platform === 'linux' ? 107 : 103;
/** No port is opened: this only names the socket file. */
export const SOCKET_PORT = 5432;

export function fitsSocket(folder: string): boolean {
  return Buffer.byteLength(join(folder, `.s.PGSQL.${SOCKET_PORT}`)) <= MAX_SOCKET_PATH_BYTES;
}

/** Throws `config` when somebody else sits on the short folder's name. */
export async function makeSocketFolder(cluster: string, user: RunUser | null): Promise<string> {
  if (fitsSocket(cluster)) return cluster;
  const folder = join(tmpdir(), `ostraka-${createHash('sha256').update(cluster).digest('hex').slice(0, 12)}`);
  const mine = process.getuid?.();
  await mkdir(folder, { mode: 0o700 }).catch((fault: NodeJS.ErrnoException) => {
    if (fault.code !== 'EEXIST') throw fault;
  });
  const found = await lstat(folder);
  if (!found.isDirectory() || (found.uid !== mine && found.uid !== user?.uid)) {
    throw new Fault('config', `${folder} was not made by this user: remove it, or choose a shorter DATA_DIR.`);
  }
  await chmod(folder, 0o700);
  if (user) await chown(folder, user.uid, user.gid);
  return folder;
}

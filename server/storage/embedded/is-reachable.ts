// Can another user come to a folder, by the permission bits of every folder above it?
import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { RunUser } from './pick-user.ts';

/** The first folder from the top that `user` cannot pass, or null when `path` can be reached. A missing tail is taken as reachable. */
export async function findBarrier(path: string, user: RunUser): Promise<string | null> {
  const chain: string[] = [];
  for (let at = resolve(path); ; at = dirname(at)) {
    chain.unshift(at);
    if (dirname(at) === at) break;
  }
  for (const folder of chain) {
    const found = await stat(folder).catch(() => null);
    if (!found) return null;
    const bit = found.uid === user.uid ? 0o100 : found.gid === user.gid ? 0o010 : 0o001;
    if ((found.mode & bit) === 0) return folder;
  }
  return null;
}

export async function isReachable(path: string, user: RunUser): Promise<boolean> {
  return (await findBarrier(path, user)) === null;
}

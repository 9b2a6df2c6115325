// Makes the binaries runnable by the user who runs them: in place, or as a copy where node_modules is out of that user's reach.
import { chmod, cp, lstat, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../../src/protocol/fault.ts';
import type { Binaries } from './find-binaries.ts';
import { isReachable } from './is-reachable.ts';
import { linkLibraries } from './link-libraries.ts';
import type { RunUser } from './pick-user.ts';

/** A copy is trusted only when nobody but this process's own user can have made or changed it. */
async function isOwnFolder(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => null);
  return Boolean(found?.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0);
}

async function copyBinaries({ folder, version }: Binaries, under: string): Promise<string> {
  const owner = process.getuid?.() ?? 0;
  const target = join(under, `ostraka-postgres-${version}-${process.arch}-${owner}`);
  if (await isOwnFolder(target)) return join(target, 'native');
  if (await lstat(target).catch(() => null)) {
    throw new Fault('config', `${target} was not made by this user: remove it, or set DATABASE_URL.`);
  }
  await mkdir(under, { recursive: true });
  const draft = await mkdtemp(`${target}-draft-`);
  await cp(folder, join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
  await linkLibraries(join(draft, 'native'));
  await chmod(draft, 0o755);
  // Two starts at once: the later one finds the name taken and uses the copy that is there.
  await rename(draft, target).catch(() => rm(draft, { recursive: true, force: true }));
  if (!(await isOwnFolder(target))) throw new Fault('config', `The database binaries could not be copied to ${target}.`);
  return join(target, 'native');
}

/** The folder that holds bin, lib and share for `user` (null: this process's own user). */
export async function prepareBinaries(binaries: Binaries, user: RunUser | null, copiesUnder: string): Promise<string> {
  const canReach = user === null || (await isReachable(binaries.folder, user));
  const hasLinks = await linkLibraries(binaries.folder);
  return canReach && hasLinks ? binaries.folder : await copyBinaries(binaries, copiesUnder);
}

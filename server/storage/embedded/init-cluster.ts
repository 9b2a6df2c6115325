// Makes a fresh data directory with initdb; it appears under its name only when complete, so a kill in between leaves nothing half made.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Fault } from '../../../src/protocol/fault.ts';
import type { RunUser } from './pick-user.ts';

export const SUPERUSER = 'ostraka';
const PASSWORD_BYTES = 24;

/** No variable of the caller may steer the server; Windows cannot start a process without its own. */
export function spawnOptions(user: RunUser | null): { readonly cwd: string; readonly env?: NodeJS.ProcessEnv } & Partial<RunUser> {
  if (process.platform === 'win32') return { cwd: process.cwd() };
  return { cwd: '/', env: { LC_ALL: 'C', PATH: '/usr/bin:/bin' }, ...(user ?? {}) };
}

function passwordFile(cluster: string): string {
  return join(dirname(cluster), 'database-password');
}

/** Only Windows has one: everywhere else the socket's folder is the lock. */
export async function readPassword(cluster: string): Promise<string | null> {
  if (process.platform !== 'win32') return null;
  return (await readFile(passwordFile(cluster), 'utf8')).trim();
}

async function passwordArguments(cluster: string): Promise<readonly string[]> {
  if (process.platform !== 'win32') return ['--auth-local=trust', '--auth-host=reject'];
  await writeFile(passwordFile(cluster), randomBytes(PASSWORD_BYTES).toString('base64url'), { mode: 0o600 });
  return ['--auth=scram-sha-256', `--pwfile=${passwordFile(cluster)}`];
}

/** Syncs to disk before it returns (no --no-sync): about a second, once. */
export async function initCluster(binaries: string, cluster: string, user: RunUser | null): Promise<void> {
  const draft = `${cluster}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  if (user) await chown(draft, user.uid, user.gid);
  const settings = ['-D', draft, '-U', SUPERUSER, '--locale=C', '--encoding=UTF8', ...(await passwordArguments(cluster))];
  try {
    await promisify(execFile)(join(binaries, 'bin', 'initdb'), settings, spawnOptions(user));
  } catch (cause) {
    const said = String((cause as { readonly stderr?: string }).stderr ?? cause).trim();
    throw new Fault('config', `The embedded database could not be made in ${cluster}: ${said.split('\n').at(-1)}`, { cause });
  }
  await rename(draft, cluster);
}

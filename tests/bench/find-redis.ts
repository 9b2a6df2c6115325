// Finds Debian's redis-server, which BullMQ stores in; as root on Debian it installs it when it is missing.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

function findRedis(): string | null {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/sbin', '/usr/local/bin'].filter(Boolean);
  return folders.map((folder) => join(folder, 'redis-server')).find((path) => existsSync(path)) ?? null;
}

function isDebian(): boolean {
  return existsSync('/etc/os-release') && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
}

function runQuietly(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }).status === 0;
}

function install(): void {
  console.log("No redis-server was found: installing Debian's package.");
  if (runQuietly('apt-get', ['update'])) runQuietly('apt-get', ['install', '-y', '--no-install-recommends', 'redis-server']);
}

/** Throws one sentence where there is none and none can be installed. */
export function findOrInstallRedis(): string {
  const found = findRedis();
  if (found) return found;
  if (process.getuid?.() === 0 && isDebian()) install();
  const installed = findRedis();
  if (installed) return installed;
  throw new Error(
    'BullMQ needs a redis-server and there is none: install it (apt-get install redis-server), or leave bullmqFsync out by --only.',
  );
}

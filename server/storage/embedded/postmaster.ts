// What postmaster.pid says of a server on a data directory, and whether that server really lives.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** Empty where the server listens on TCP only. */
  readonly socketFolder: string;
}

/** Lines of postmaster.pid: pid, data directory, start time, port, socket folder, listen address, shared memory key, status. */
export function parsePostmaster(text: string): Postmaster | null {
  const [pid, , , port, socketFolder] = text.split('\n').map((line) => line.trim());
  if (!pid || !/^\d+$/.test(pid) || !port || !/^\d+$/.test(port)) return null;
  return { pid: Number(pid), port: Number(port), socketFolder: socketFolder ?? '' };
}

export async function readPostmaster(cluster: string): Promise<Postmaster | null> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '');
  return parsePostmaster(text);
}

/** A killed orphan stays a zombie for as long as process 1 does not collect it (many containers), and answers signal 0. */
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return false;
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (fault) {
    return (fault as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * PostgreSQL takes any process with the pid of an old lock file, even a zombie, for a living server. What protects the data from a second
 * server is not these files but the shared memory that the old one's processes hold, which it still checks.
 */
export async function removeStaleLocks(cluster: string, { port, socketFolder }: Postmaster): Promise<void> {
  await rm(join(cluster, 'postmaster.pid'), { force: true });
  if (socketFolder) await rm(join(socketFolder, `.s.PGSQL.${port}.lock`), { force: true });
}

async function readCommandLine(pid: number): Promise<string> {
  if (process.platform === 'linux') {
    const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return text.replaceAll('\0', ' ');
  }
  if (process.platform === 'win32') return '';
  const { stdout } = await promisify(execFile)('/bin/ps', ['-o', 'command=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return stdout;
}

/** Pids are reused: a live process counts only when it is a postgres started on this data directory. */
export async function isServing(pid: number, cluster: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  if (process.platform === 'win32') return true;
  const line = await readCommandLine(pid);
  return line.includes('postgres') && line.includes(`-D ${resolve(cluster)} `);
}

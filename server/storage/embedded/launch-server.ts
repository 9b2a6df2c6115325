// Starts the postgres binary on a data directory, in a session of its own, and tells when and why it ended.
import { spawn } from 'node:child_process';
import { chown, open, readFile, stat, truncate } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { spawnOptions } from './init-cluster.ts';
import type { RunUser } from './pick-user.ts';
import { makeSocketFolder, SOCKET_PORT } from './socket-folder.ts';

const MAX_LOG_BYTES = 10 * 1024 * 1024;

/** Measured with one coordinator on two cores: more memory or connections changed nothing. */
const SETTINGS: Readonly<Record<string, string>> = {
  shared_buffers: '128MB',
  // four coordinators of sixteen connections, and room for an operator
  max_connections: '80',
  max_parallel_workers_per_gather: '0',
  jit: 'off',
  huge_pages: 'off',
  log_min_messages: 'warning',
  log_min_error_statement: 'panic',
};

export interface LaunchedServer {
  readonly pid: number;
  readonly host: string;
  readonly port: number;
  hasEnded(): boolean;
}

function logFile(cluster: string): string {
  return join(dirname(cluster), 'postgres.log');
}

/** The last lines the server wrote: why it did not start. */
export async function readLogTail(cluster: string): Promise<string> {
  const text = await readFile(logFile(cluster), 'utf8').catch(() => '');
  return text.trim().split('\n').slice(-3).join(' ');
}

async function openLog(cluster: string, user: RunUser | null): Promise<Awaited<ReturnType<typeof open>>> {
  const path = logFile(cluster);
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size > MAX_LOG_BYTES) await truncate(path);
  const file = await open(path, 'a', 0o600);
  if (user) await chown(path, user.uid, user.gid);
  return file;
}

async function pickFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly settings: readonly string[];
}

async function pickEndpoint(cluster: string, user: RunUser | null, port: number | null): Promise<Endpoint> {
  if (process.platform === 'win32') {
    return { host: '127.0.0.1', port: port ?? (await pickFreePort()), settings: ['listen_addresses=127.0.0.1'] };
  }
  const host = await makeSocketFolder(cluster, user);
  const settings = ['listen_addresses=', `unix_socket_directories=${host}`, 'unix_socket_permissions=0700'];
  return { host, port: SOCKET_PORT, settings };
}

/**
 * `detached`: Ctrl-C in the terminal must reach the coordinator only, which drains before it stops the database. `samePort` is for a server
 * that takes the place of one whose address is in use (only Windows has ports).
 */
export async function launchServer(
  binaries: string,
  cluster: string,
  user: RunUser | null,
  samePort: number | null,
): Promise<LaunchedServer> {
  const { host, port, settings } = await pickEndpoint(cluster, user, samePort);
  const all = [...settings, `port=${port}`, ...Object.entries(SETTINGS).map(([name, value]) => `${name}=${value}`)];
  const log = await openLog(cluster, user);
  try {
    const postgres = join(binaries, 'bin', process.platform === 'win32' ? 'postgres.exe' : 'postgres');
    const child = spawn(postgres, ['-D', cluster, ...all.flatMap((setting) => ['-c', setting])], {
      ...spawnOptions(user),
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    let hasEnded = false;
    child.once('error', () => {
      hasEnded = true;
    });
    child.once('exit', () => {
      hasEnded = true;
    });
    child.unref();
    return { pid: child.pid ?? 0, host, port, hasEnded: () => hasEnded };
  } finally {
    await log.close();
  }
}

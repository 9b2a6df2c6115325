// Starts the coordinator that is measured: server/main.ts in a process and a data folder of its own, with its embedded PostgreSQL and fsync.
import { type ChildProcess, fork } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { readPassword, SUPERUSER } from '../../server/storage/embedded/init-cluster.ts';
import { pickRunUser } from '../../server/storage/embedded/pick-user.ts';
import { placeCluster } from '../../server/storage/embedded/place-cluster.ts';
import { isAlive, isServing, readPostmaster } from '../../server/storage/embedded/postmaster.ts';
import { START_FLAGS } from '../support/start-flags.ts';
import type { Teardown } from './teardown.ts';

const PROJECT = dirname(dirname(import.meta.dirname));
const START_MS = 60_000;
const LOOK_EVERY_MS = 50;
/** As the embedded database's own default. */
const ELSEWHERE = '/var/lib/ostraka';

export interface StartRequest {
  /** A folder on a real disk; the data lies under it. */
  readonly scratchDir: string;
  readonly teardown: Teardown;
  /** Where V8 leaves the coordinator's CPU profile when it ends; null for none. */
  readonly profileDir: string | null;
  /** Another coordinator whose database this one shares. */
  readonly beside?: MeasuredCoordinator;
}

export interface MeasuredCoordinator {
  readonly url: string;
  readonly pid: number;
  readonly databasePid: number;
  readonly blobsDir: string;
  /** For `openDatabase`. */
  readonly connection: { readonly host: string; readonly port: number; readonly user: string; readonly database: string };
  stop(): Promise<void>;
}

/**
 * What an operator of a large network would set: rich newcomers, so that one requester can pay a million shards. Loopback only, and on
 * loopback nobody is a stranger, so that thousands may sign in; sockets are counted an address all the same, see load-client.ts.
 */
const SETTINGS = {
  PORT: '0',
  HOST: '127.0.0.1',
  HOUSE_CONTRIBUTOR: 'off',
  HOUSE_JOBS: 'off',
  LOG_LEVEL: 'warn',
  START_GRANT: '100000',
  DAILY_GRANT_CAP: '1000000000',
  DRAIN_SECONDS: '2',
  // several on one database must agree on it
  SESSION_SECRET: 'the secret of a coordinator that lives for a bench',
} as const;

export async function startOurCoordinator(request: StartRequest): Promise<MeasuredCoordinator> {
  const dataDir = mkdtempSync(join(request.scratchDir, 'coordinator-'));
  chmodSync(dataDir, 0o755);
  const blobsDir = request.beside?.blobsDir ?? join(dataDir, 'blobs');
  if (request.profileDir) mkdirSync(request.profileDir, { recursive: true });
  const profiling = request.profileDir ? ['--cpu-prof', `--cpu-prof-dir=${request.profileDir}`, '--cpu-prof-interval=500'] : [];
  const child = fork(join(PROJECT, 'server/main.ts'), {
    cwd: PROJECT,
    env: {
      ...process.env,
      ...SETTINGS,
      DATA_DIR: dataDir,
      BLOBS_DIR: blobsDir,
      DATABASE_URL: request.beside ? databaseUrl(request.beside) : '',
    },
    execArgv: [...START_FLAGS, ...profiling],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  let isStopping = false;
  // its greeting is nobody's business here, and at its end connections are cut on purpose
  if (child.stdout) createInterface(child.stdout).on('line', (line) => !isStopping && tellWarning(line));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = request.teardown.add(async () => {
    isStopping = true;
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await ended;
    if (!request.beside) await stopLeftServer(dataDir);
    await rm(dataDir, { recursive: true, force: true });
  });
  const url = await readUrl(child);
  const pid = child.pid ?? 0;
  if (request.beside) return { ...request.beside, url, pid, stop };
  return { url, pid, blobsDir, stop, ...(await findDatabase(dataDir)) };
}

/** The server that the coordinator has started, by the files it left in the data folder. */
async function findDatabase(dataDir: string): Promise<Pick<MeasuredCoordinator, 'databasePid' | 'connection'>> {
  const place = await placeCluster(dataDir, await pickRunUser(), ELSEWHERE);
  const postmaster = await readPostmaster(place.folder);
  if (!postmaster) throw new Error('The measured coordinator runs, but its database cannot be found.');
  const password = await readPassword(place.folder);
  const host = postmaster.socketFolder || '127.0.0.1';
  const connection = { host, port: postmaster.port, user: SUPERUSER, database: 'postgres', ...(password === null ? {} : { password }) };
  return { databasePid: postmaster.pid, connection };
}

/** A coordinator that was ended while it started leaves its database running, for the next one to adopt; here there is no next one. */
async function stopLeftServer(dataDir: string): Promise<void> {
  const { folder } = await placeCluster(dataDir, await pickRunUser(), ELSEWHERE);
  const left = await readPostmaster(folder);
  if (!left || !(await isServing(left.pid, folder))) return;
  process.kill(left.pid, 'SIGQUIT');
  while (isAlive(left.pid)) await wait(LOOK_EVERY_MS);
}

function tellWarning(line: string): void {
  if (!line.startsWith('{')) return;
  type Logged = { readonly message?: string } | undefined;
  const { msg, err, error, cause } = JSON.parse(line) as { readonly msg?: string } & Readonly<Record<'err' | 'error' | 'cause', Logged>>;
  const why = (err ?? error ?? cause)?.message;
  console.error(`The coordinator warns: ${msg ?? line}${why ? ` (${why})` : ''}`);
}

function databaseUrl({ connection }: MeasuredCoordinator): string {
  const { host, port, user, database } = connection;
  return `postgresql://${user}@/${database}?host=${encodeURIComponent(host)}&port=${port}`;
}

function readUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`The coordinator did not start within ${START_MS / 1_000} s.`)), START_MS);
    child.once('exit', (code) => reject(new Error(`The coordinator ended with code ${code} before it was ready.`)));
    child.on('message', (message) => {
      const ready = message as { readonly type?: string; readonly url?: string };
      if (ready.type !== 'ready' || !ready.url) return;
      clearTimeout(timer);
      resolve(ready.url);
    });
  });
}

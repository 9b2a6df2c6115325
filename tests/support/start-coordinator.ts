// Starts a real coordinator in a process of its own, with a data folder of its own, and ends it again.
import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, mkdtempSync, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { START_FLAGS } from './start-flags.ts';

const PROJECT = dirname(dirname(import.meta.dirname));
/** First start on a slow machine: initdb, migrations, keys. */
const START_MS = 60_000;

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** An earlier coordinator's, to start again on its data. */
  readonly dataDir?: string;
  readonly isLogShown?: boolean;
  /** Instead of showing it: everything the process writes is added to this file. */
  readonly logFile?: string;
}

export interface RunningCoordinator {
  readonly url: string;
  readonly dataDir: string;
  readonly process: ChildProcess;
  /** Drains and exits, as SIGTERM does; the data stays. */
  stop(): Promise<void>;
  /** kill -9: its PostgreSQL goes on alone. */
  kill(): Promise<void>;
  /** Stops and removes the data. */
  destroy(): Promise<void>;
}

/** No house contributor and no house jobs unless `env` says otherwise; any free port. */
export async function startCoordinator(options: StartOptions = {}): Promise<RunningCoordinator> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'ostraka-data-'));
  const env = {
    ...process.env,
    PORT: '0',
    DATA_DIR: dataDir,
    HOUSE_CONTRIBUTOR: 'off',
    HOUSE_JOBS: 'off',
    LOG_LEVEL: 'warn',
    ...options.env,
  };
  const log = options.logFile === undefined ? null : openSync(options.logFile, 'a');
  const stdio = log ?? (options.isLogShown ? 'inherit' : 'ignore');
  const child = fork(join(PROJECT, 'server/main.ts'), {
    cwd: PROJECT,
    env,
    execArgv: [...START_FLAGS],
    stdio: [log === null ? stdio : 'ignore', stdio, log ?? 'inherit', 'ipc'],
  });
  if (log !== null) closeSync(log);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = await readUrl(child);
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await ended;
  };
  return {
    url,
    dataDir,
    process: child,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    async destroy() {
      await end('SIGTERM');
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function readUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`The coordinator did not start within ${START_MS / 1_000} s.`)), START_MS);
    child.once('exit', (code) => reject(new Error(`The coordinator ended with code ${code} before it was ready.`)));
    child.on('message', (message) => {
      const ready = message as { type?: string; url?: string };
      if (ready.type !== 'ready' || !ready.url) return;
      clearTimeout(timer);
      resolve(ready.url);
    });
  });
}

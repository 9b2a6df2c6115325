// The processes of the network under test: a coordinator with its PostgreSQL, and contributors; each can be killed and started again.
import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { dirname, join } from 'node:path';
import { isAlive, readPostmaster } from '../../server/storage/embedded/postmaster.ts';
import { type RunningCoordinator, startCoordinator } from '../support/start-coordinator.ts';
import type { ContributorOrders } from './contributor-process.ts';

const PROJECT = dirname(dirname(import.meta.dirname));
/** Contributors stand for other machines: they must not keep the coordinator from its cores. */
const CONTRIBUTOR_NICENESS = 5;
/** Everyone can pay for everything: what runs out here would be a job refused, not a fault found. */
const GRANT_CREDITS = '1000000';

export interface NetworkSize {
  readonly processes: number;
  readonly contributorsEach: number;
}

export interface KillNetwork {
  readonly url: string;
  readonly dataDir: string;
  readonly toldFolder: string;
  /** Names of the contributors of one process. */
  contributorsOf(process: number): readonly string[];
  readonly contributors: readonly string[];
  killCoordinator(): Promise<void>;
  /** On the same data and port; resolves when it says that it is ready. */
  startCoordinator(): Promise<void>;
  /** Resolves when the postmaster is gone. */
  killPostgres(hitsChildren: boolean): Promise<void>;
  killContributors(processes: readonly number[]): Promise<void>;
  startContributors(processes: readonly number[]): void;
  /** Says which process ended although nobody killed it. */
  listUnexpectedEnds(): readonly string[];
  stopContributors(): Promise<void>;
  stopCoordinator(): Promise<void>;
  /** Everything at once, whatever state it is in. */
  abandon(): Promise<void>;
}

interface ContributorProcess {
  readonly names: readonly string[];
  life: number;
  child: ChildProcess | null;
}

export async function createKillNetwork(folder: string, size: NetworkSize): Promise<KillNetwork> {
  const dataDir = join(folder, 'data');
  const toldFolder = join(folder, 'told');
  const keysFolder = join(folder, 'contributors');
  for (const made of [toldFolder, keysFolder]) mkdirSync(made, { recursive: true });
  const env = { LOG_LEVEL: 'info', START_GRANT: GRANT_CREDITS, DAILY_GRANT_CAP: '1000000000' };
  const logFile = join(folder, 'coordinator.log');
  const start = (port: string): Promise<RunningCoordinator> => startCoordinator({ dataDir, logFile, env: { ...env, PORT: port } });
  const unexpected: string[] = [];
  const expectedEnds = new WeakSet<ChildProcess>();
  const expect = (child: ChildProcess): void => void expectedEnds.add(child);
  const watch = (child: ChildProcess, what: string): void =>
    void child.once('exit', (code, signal) => {
      if (!expectedEnds.has(child)) unexpected.push(`${what} ended with ${signal ?? `code ${code}`}.`);
    });

  let coordinator = await start('0');
  watch(coordinator.process, 'The coordinator');
  const { url } = coordinator;
  const port = new URL(url).port;
  const processes = Array.from({ length: size.processes }, (_, at): ContributorProcess => {
    const names = Array.from({ length: size.contributorsEach }, (_, seat) => `c${at * size.contributorsEach + seat}`);
    return { names, life: 0, child: null };
  });

  const begin = (process: ContributorProcess): void => {
    const orders: ContributorOrders = { url, folder: keysFolder, toldFolder, names: process.names, life: process.life++ };
    const log = openSync(join(folder, 'contributors.log'), 'a');
    const child = fork(join(import.meta.dirname, 'contributor-process.ts'), [JSON.stringify(orders)], {
      cwd: PROJECT,
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    if (child.pid !== undefined) setPriority(child.pid, CONTRIBUTOR_NICENESS);
    watch(child, `The process of ${process.names.join(' and ')}`);
    process.child = child;
  };
  const end = async (child: ChildProcess | null, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    expect(child);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  };
  const killPostgres = async (hitsChildren: boolean): Promise<void> => {
    const postmaster = await readPostmaster(join(dataDir, 'postgres'));
    if (!postmaster) throw new Error('There is no postmaster to kill.');
    const { pid } = postmaster;
    for (const victim of hitsChildren ? [pid, ...listChildren(pid)] : [pid]) killIfThere(victim);
    while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 2));
  };

  return {
    url,
    dataDir,
    toldFolder,
    contributorsOf: (at) => processes[at]?.names ?? [],
    contributors: processes.flatMap(({ names }) => names),
    async killCoordinator() {
      await end(coordinator.process, 'SIGKILL');
    },
    async startCoordinator() {
      coordinator = await start(port);
      watch(coordinator.process, 'The coordinator');
    },
    killPostgres,
    async killContributors(which) {
      await Promise.all(which.map((at) => end(processes[at]?.child ?? null, 'SIGKILL')));
    },
    startContributors(which) {
      for (const at of which) begin(processes[at] as ContributorProcess);
    },
    listUnexpectedEnds: () => unexpected.splice(0),
    async stopContributors() {
      await Promise.all(processes.map(({ child }) => end(child, 'SIGTERM')));
    },
    async stopCoordinator() {
      await end(coordinator.process, 'SIGTERM');
    },
    async abandon() {
      await Promise.all(processes.map(({ child }) => end(child, 'SIGKILL')));
      await end(coordinator.process, 'SIGKILL');
      await killPostgres(true).catch(() => undefined);
    },
  };
}

/** Linux only; elsewhere the postmaster is killed alone. */
function listChildren(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ESRCH') throw cause;
  }
}

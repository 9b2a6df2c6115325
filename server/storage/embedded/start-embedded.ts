// The embedded database: found or made, adopted or recovered, and stopped again, whoever started the process and however the last one ended.
import type pg from 'pg';
import { Fault } from '../../../src/protocol/fault.ts';
import { type Binaries, findBinaries } from './find-binaries.ts';
import { initCluster, readPassword, SUPERUSER } from './init-cluster.ts';
import { claimServer, connectKeeper, type Keeper, waitUntil } from './keep-server.ts';
import { launchServer, readLogTail } from './launch-server.ts';
import { pickRunUser } from './pick-user.ts';
import { type ClusterPlace, isCluster, placeCluster } from './place-cluster.ts';
import { isAlive, isServing, readPostmaster, removeStaleLocks } from './postmaster.ts';
import { prepareBinaries } from './prepare-binaries.ts';

export interface Log {
  info(sentence: string): void;
  warn(sentence: string): void;
}

export interface EmbeddedSettings {
  readonly dataDir: string;
  readonly log: Log;
  /** For root only: where data goes whose folder the run user cannot reach. */
  readonly elsewhere?: string;
  /** Where copies of the binaries go that the run user cannot reach. */
  readonly copiesUnder?: string;
  /** Other binaries than the installed package's. */
  readonly binaries?: Binaries;
}

export interface EmbeddedDatabase {
  readonly connection: pg.PoolConfig;
  /** PostgreSQL's data directory. */
  readonly folder: string;
  /** Another one after the server was killed and started again. */
  readonly pid: number;
  readonly isAdopted: boolean;
  /** Fast shutdown: sessions end, everything is on disk. */
  stop(): Promise<void>;
}

/** Crash recovery replays the log; a slow disk may need most of this. */
const START_WAIT_MS = 120_000;
const RESTART_EVERY_MS = 2_000;
const STOP_WAIT_MS = 30_000;
/** After a kill -9 of the postmaster its children let go of the shared memory within moments. */
const RELAUNCH_WAIT_MS = 15_000;

interface RunningServer {
  readonly pid: number;
  readonly connection: pg.PoolConfig;
  readonly keeper: Keeper;
}

async function makeConnection(cluster: string, host: string, port: number): Promise<pg.PoolConfig> {
  const password = await readPassword(cluster);
  return { host, port, user: SUPERUSER, database: 'postgres', ...(password === null ? {} : { password }) };
}

/** The server that a killed coordinator left behind, or null. */
async function adoptOrphan(cluster: string): Promise<RunningServer | null> {
  const found = await readPostmaster(cluster);
  if (!found) return null;
  if (!(await isServing(found.pid, cluster))) {
    await removeStaleLocks(cluster, found);
    return null;
  }
  const connection = await makeConnection(cluster, found.socketFolder || '127.0.0.1', found.port);
  const keeper = await connectKeeper(connection, START_WAIT_MS, () => !isAlive(found.pid));
  return keeper ? { pid: found.pid, connection, keeper } : null;
}

async function startFresh(binaries: string, place: ClusterPlace, samePort: number | null): Promise<RunningServer> {
  const startedAtMs = Date.now();
  for (;;) {
    const server = await launchServer(binaries, place.folder, place.user, samePort);
    const connection = await makeConnection(place.folder, server.host, server.port);
    const keeper = await connectKeeper(connection, START_WAIT_MS, server.hasEnded);
    if (keeper) return { pid: server.pid, connection, keeper };
    const said = await readLogTail(place.folder);
    const mayClear = /shared memory block|lock file/.test(said) && Date.now() - startedAtMs < RELAUNCH_WAIT_MS;
    if (!mayClear) throw new Fault('config', `The embedded database did not start in ${place.folder}: ${said || 'it wrote no reason'}`);
    await waitUntil(() => false, 100);
  }
}

async function stopServer({ pid, keeper }: RunningServer): Promise<void> {
  await keeper.end().catch(() => undefined);
  if (!isAlive(pid)) return;
  process.kill(pid, 'SIGINT');
  if (await waitUntil(() => !isAlive(pid), STOP_WAIT_MS)) return;
  process.kill(pid, 'SIGQUIT');
  await waitUntil(() => !isAlive(pid), STOP_WAIT_MS);
}

/** Throws `config`, in one sentence, when this machine or this data folder cannot hold the embedded database. */
export async function startEmbedded(settings: EmbeddedSettings): Promise<EmbeddedDatabase> {
  const { dataDir, log, elsewhere = '/var/lib/ostraka', copiesUnder = '/var/tmp' } = settings;
  const found = settings.binaries ?? findBinaries();
  const place = await placeCluster(dataDir, await pickRunUser(), elsewhere);
  if (place.isElsewhere) log.warn(`The database lies in ${place.folder}: its user cannot reach ${dataDir}.`);

  let isStopping = false;
  let restarting: Promise<void> = Promise.resolve();
  const orphan = await adoptOrphan(place.folder);
  if (orphan) log.info(`Adopted the database that an earlier coordinator left running (process ${orphan.pid}).`);
  let running = await claim(orphan ?? (await launch(null)));
  watch(running);

  return {
    connection: running.connection,
    folder: place.folder,
    get pid() {
      return running.pid;
    },
    isAdopted: orphan !== null,
    async stop() {
      isStopping = true;
      await restarting;
      await stopServer(running);
    },
  };

  async function launch(samePort: number | null): Promise<RunningServer> {
    const binaries = await prepareBinaries(found, place.user, copiesUnder);
    if (!(await isCluster(place.folder))) {
      log.info(`Making the database in ${place.folder}.`);
      await initCluster(binaries, place.folder, place.user);
    }
    return startFresh(binaries, place, samePort);
  }

  async function claim(server: RunningServer): Promise<RunningServer> {
    try {
      await claimServer(server.keeper, dataDir);
      return server;
    } catch (fault) {
      await server.keeper.end().catch(() => undefined);
      throw fault;
    }
  }

  /** The supervisor's connection ends only when the server does, or resets itself after one of its processes was killed. */
  function watch({ keeper }: RunningServer): void {
    keeper.once('end', () => {
      if (isStopping) return;
      log.warn('The database went away; it is started again.');
      restarting = restart();
    });
  }

  async function restart(): Promise<void> {
    while (!isStopping) {
      try {
        const port = Number(running.connection.port);
        running = await claim((await adoptOrphan(place.folder)) ?? (await launch(port)));
        watch(running);
        log.info('The database is back.');
        return;
      } catch (fault) {
        log.warn(`The database could not be started again: ${(fault as Error).message}`);
        await waitUntil(() => isStopping, RESTART_EVERY_MS);
      }
    }
  }
}

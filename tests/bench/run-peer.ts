// One measured run of a peer: its own server with fsync, workers in a process of their own, a warm-up, then a full queue drained.
import { type ChildProcess, fork } from 'node:child_process';
import { chmodSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startEmbedded } from '../../server/storage/embedded/start-embedded.ts';
import { checkBullmq, fillBullmq } from './peer-bullmq.ts';
import { checkGraphile, fillGraphile, prepareGraphile } from './peer-graphile.ts';
import type { BullmqPlace, DrainAnswer, DrainOrder, GraphilePlace } from './peer-orders.ts';
import { readCpuSeconds, readServerCpuSeconds } from './processor-time.ts';
import { type DispatchRun, type RunPlace, warmUpShards } from './run-dispatch.ts';
import { startRedis } from './start-redis.ts';
import type { Teardown } from './teardown.ts';

export type PeerRun = Pick<DispatchRun, 'rate' | 'cpu' | 'receiptP50Ms' | 'receiptP99Ms'>;

const SILENT = { info: () => undefined, warn: () => undefined };

/** A server that holds a queue, and the driver's three steps over it. */
interface PeerServer {
  readonly place: DrainOrder['place'];
  readCpu(): number;
  fill(queue: string, jobs: number): Promise<void>;
  check(queue: string, jobs: number): Promise<void>;
  stop(): Promise<void>;
}

export async function runPeer(peer: 'bullmq' | 'graphile', concurrency: number, run: RunPlace): Promise<PeerRun> {
  const server = peer === 'bullmq' ? await openBullmq(run) : await openGraphile(run);
  const workers = startWorkers(run.teardown);
  try {
    const warmUp = warmUpShards(run.shards);
    await server.fill('warm', warmUp);
    await workers.drain({ place: server.place, queue: 'warm', jobs: warmUp, concurrency });
    await server.fill('bench', run.shards);
    const cpuBefore = server.readCpu();
    const drained = await workers.drain({ place: server.place, queue: 'bench', jobs: run.shards, concurrency });
    const database = server.readCpu() - cpuBefore;
    await server.check('bench', run.shards);
    const each = (seconds: number): number => (seconds * 1_000) / run.shards;
    return {
      rate: run.shards / drained.seconds,
      cpu: { engine: Number.NaN, database: each(database), load: each(drained.cpuSeconds) },
      receiptP50Ms: drained.p50Ms,
      receiptP99Ms: drained.p99Ms,
    };
  } finally {
    await workers.stop();
    await server.stop();
  }
}

async function openBullmq({ scratchDir, teardown }: RunPlace): Promise<PeerServer> {
  const redis = await startRedis(scratchDir, teardown);
  const place: BullmqPlace = { peer: 'bullmq', port: redis.port };
  return {
    place,
    readCpu: () => readCpuSeconds(redis.pid),
    fill: (queue, jobs) => fillBullmq(place, queue, jobs),
    check: (queue, jobs) => checkBullmq(place, queue, jobs),
    stop: redis.stop,
  };
}

async function openGraphile({ scratchDir, teardown }: RunPlace): Promise<PeerServer> {
  const dataDir = mkdtempSync(join(scratchDir, 'graphile-'));
  chmodSync(dataDir, 0o755);
  const embedded = await startEmbedded({ dataDir, log: SILENT });
  const stop = teardown.add(async () => {
    await embedded.stop();
    await rm(dataDir, { recursive: true, force: true });
  });
  const place: GraphilePlace = { peer: 'graphile', connection: embedded.connection as GraphilePlace['connection'] };
  await prepareGraphile(place);
  return {
    place,
    readCpu: () => readServerCpuSeconds(embedded.pid),
    fill: (queue, jobs) => fillGraphile(place, queue, jobs),
    check: (queue, jobs) => checkGraphile(place, queue, jobs),
    stop,
  };
}

interface Workers {
  drain(order: DrainOrder): Promise<Extract<DrainAnswer, { ok: true }>>;
  stop(): Promise<void>;
}

function startWorkers(teardown: Teardown): Workers {
  const child = fork(join(import.meta.dirname, 'peer-process.ts'), {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    async drain(order) {
      const answered = readAnswer(child);
      // one that is gone answers by its exit
      child.send(order, () => undefined);
      const answer = await answered;
      if (!answer.ok) throw new Error(answer.sentence);
      return answer;
    },
    stop: teardown.add(async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await ended;
    }),
  };
}

function readAnswer(child: ChildProcess): Promise<DrainAnswer> {
  return new Promise((resolve) => {
    const end = (code: number | null): void => resolve({ ok: false, sentence: `The peer's workers ended with code ${code}.` });
    if (child.exitCode !== null || child.signalCode !== null) return end(child.exitCode);
    child.once('exit', end);
    child.once('message', (answer) => {
      child.off('exit', end);
      resolve(answer as DrainAnswer);
    });
  });
}

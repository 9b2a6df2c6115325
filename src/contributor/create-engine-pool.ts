// N killable engine workers: started when needed, killed when they run too long, replaced when the GPU goes away.
import type { SoftwareGpu } from '../engine/choose-backend.ts';
import { judgeLoss, judgeNoAdapter, type LossAction, NO_LOSSES } from '../engine/gpu/loss-policy.ts';
import { TARGET_VISIBLE_MS } from '../engine/pace-slices.ts';
import type { Rhythm } from '../engine/run-shard.ts';
import type { Digest } from '../protocol/ids.ts';
import type { EngineCapability } from '../protocol/messages.ts';
import { type Clock, sleep } from './clock.ts';
import type { EngineApi, EngineNews, EngineReport, EngineStart, EngineWish } from './engine-api.ts';
import type { EnginePool, PoolRequest, PoolRun } from './engine-pool.ts';
import type { EngineView } from './state.ts';

/** One worker, however it is made. */
export interface EngineWorkerHandle {
  readonly api: EngineApi;
  onNews: ((news: EngineNews) => void) | null;
  /** The worker ended or could not be loaded. */
  onCrash: ((why: string) => void) | null;
  terminate(): void;
}

/** Programs a worker keeps loaded; their buffers stay allocated. */
export const MAX_LOADED_PROGRAMS = 4;
/** A stop is obeyed between slices; a worker that does not is killed. */
export const STOP_GRACE_MS = 2_000;
/** Choosing an engine includes a driver's start; longer than this is a hang. */
export const START_BUDGET_MS = 30_000;

interface PoolWorker {
  readonly handle: EngineWorkerHandle;
  /** Rejects when the worker crashes first. */
  readonly started: Promise<EngineStart>;
  /** Rejects `started`. */
  readonly giveUp: (why: string) => void;
  /** Least recently used first. */
  readonly loaded: Set<Digest>;
  onProgress: (doneWorkgroups: number) => void;
  /** Ends the run under way with this report; null while idle. */
  finish: ((report: EngineReport) => void) | null;
  /** Taken for a run, from before it begins. */
  isTaken: boolean;
  isGone: boolean;
}

export interface EnginePoolOptions {
  spawn(): EngineWorkerHandle;
  readonly clock: Clock;
  /** Default 'avoid': it is slower than the CPU engine. */
  readonly softwareGpu?: SoftwareGpu;
}

export function createEnginePool({ spawn, clock, softwareGpu = 'avoid' }: EnginePoolOptions): EnginePool {
  const workers: PoolWorker[] = [];
  const waiting: (() => void)[] = [];
  let load: { readonly workers: number; readonly rhythm: Rhythm } = { workers: 1, rhythm: { targetMs: TARGET_VISIBLE_MS, duty: 1 } };
  let want: EngineWish['want'] = 'any';
  let losses = NO_LOSSES;
  let engine: EngineStart | null = null;
  /** Set while the GPU is asked for again: no worker is made before. */
  let recovery: Promise<void> | null = null;
  let isDestroyed = false;

  const remove = (worker: PoolWorker, report: EngineReport): void => {
    if (worker.isGone) return;
    worker.isGone = true;
    workers.splice(workers.indexOf(worker), 1);
    worker.handle.onNews = null;
    worker.handle.onCrash = null;
    worker.handle.terminate();
    worker.giveUp(report.kind === 'failed' ? report.message : 'it was stopped.');
    worker.finish?.(report);
    wake();
  };

  const add = (): PoolWorker => {
    const handle = spawn();
    const worker: PoolWorker = {
      handle,
      ...startWithin(clock, handle.api.start({ want, softwareGpu })),
      loaded: new Set(),
      onProgress: () => {},
      finish: null,
      isTaken: false,
      isGone: false,
    };
    workers.push(worker);
    handle.onCrash = (why) => remove(worker, failed('program-trap', `The engine worker ended: ${why}`));
    handle.onNews = (news) => {
      if (news.kind === 'progress') worker.onProgress(news.doneWorkgroups);
      else loseGpu(worker, news.message);
    };
    worker.started.then(
      () => void handle.api.setRhythm(load.rhythm).catch(() => undefined),
      (fault: unknown) => remove(worker, failed('program-trap', `The engine did not start: ${sentenceOf(fault)}`)),
    );
    return worker;
  };

  const loseGpu = (worker: PoolWorker, message: string): void => {
    const judged = judgeLoss(losses, clock.nowMs());
    losses = judged.state;
    remove(worker, failed('gpu-lost', message || 'The GPU was lost.'));
    recovery = recover(judged.action).finally(() => {
      recovery = null;
      wake();
    });
  };

  const recover = async (action: LossAction): Promise<void> => {
    if (isDestroyed) return;
    if (action.kind === 'use-cpu') return useCpu(action.sentence);
    announce({ ...(engine as EngineStart), why: action.sentence });
    await sleep(clock, action.afterMs);
    if (isDestroyed) return;
    const found = await add().started.catch(() => null);
    if (found === null || found.kind !== 'gpu') return useCpu(judgeNoAdapter(losses).action.sentence);
    announce(found);
  };

  const useCpu = async (why: string): Promise<void> => {
    want = 'cpu';
    for (const worker of [...workers]) remove(worker, failed('gpu-lost', why));
    const found = await add().started.catch(() => null);
    if (found) announce({ ...found, why });
  };

  const announce = (next: EngineStart): void => {
    engine = next;
    pool.onEngine?.(viewOf(next));
  };

  /** A worker that is free, or a new one while fewer than wanted run. */
  const takeWorker = async (): Promise<PoolWorker> => {
    for (;;) {
      if (isDestroyed) throw new Error('The engines have been stopped.');
      if (recovery) await recovery;
      const worker = workers.find((each) => !each.isTaken) ?? (workers.length < load.workers ? add() : null);
      if (worker) {
        worker.isTaken = true;
        return worker;
      }
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };

  const wake = (): void => {
    for (const resolve of waiting.splice(0)) resolve();
  };

  const trim = (): void => {
    const idle = workers.filter((worker) => !worker.isTaken);
    for (const worker of idle.slice(0, Math.max(0, workers.length - load.workers))) remove(worker, { kind: 'stopped' });
  };

  const release = (worker: PoolWorker): void => {
    worker.finish = null;
    worker.isTaken = false;
    worker.onProgress = () => {};
    trim();
    wake();
  };

  const run = (request: PoolRequest): PoolRun => {
    let stop = (): void => {
      isStopped = true;
    };
    let isStopped = false;
    const compute = async (): Promise<EngineReport> => {
      const worker = await takeWorker();
      if (isStopped) {
        release(worker);
        return { kind: 'stopped' };
      }
      return await new Promise<EngineReport>((resolve) => {
        const stopAlarm = clock.after(request.timeoutMs, () =>
          remove(worker, failed('timed-out', `The shard ran longer than its lease of ${Math.round(request.timeoutMs)} ms.`)),
        );
        let stopGrace = (): void => {};
        worker.finish = (report) => {
          stopAlarm();
          stopGrace();
          resolve(report);
          release(worker);
        };
        worker.onProgress = request.onProgress;
        stop = () => {
          stopGrace = clock.after(STOP_GRACE_MS, () => remove(worker, { kind: 'stopped' }));
          worker.handle.api.stop().catch(() => undefined);
        };
        computeOn(worker, request).then(
          (report) => worker.finish?.(report),
          (fault: unknown) => remove(worker, failed('program-trap', sentenceOf(fault))),
        );
      });
    };
    const report = compute().catch((fault: unknown) =>
      isDestroyed ? ({ kind: 'stopped' } as const) : failed('program-trap', sentenceOf(fault)),
    );
    return { report, stop: () => stop() };
  };

  const pool: EnginePool = {
    onEngine: null,
    async start() {
      engine = await (workers[0] ?? add()).started;
      return viewOf(engine);
    },
    get capabilities(): readonly EngineCapability[] {
      if (engine === null) return [];
      const { kind, label, isFallback, maxBufferBytes } = engine;
      return [{ kind, label: label.slice(0, 200), isFallback, maxBufferBytes }];
    },
    run,
    setLoad(next) {
      load = next;
      for (const worker of workers) worker.handle.api.setRhythm(next.rhythm).catch(() => undefined);
      trim();
      wake();
    },
    destroy() {
      isDestroyed = true;
      for (const worker of [...workers]) remove(worker, { kind: 'stopped' });
      wake();
    },
  };
  return pool;
}

async function computeOn(worker: PoolWorker, request: PoolRequest): Promise<EngineReport> {
  await worker.started;
  const { api } = worker.handle;
  const { program, shard, slices, outputs } = request;
  const isLoaded = worker.loaded.delete(program.key);
  if (!isLoaded) {
    const [oldest] = worker.loaded;
    if (worker.loaded.size >= MAX_LOADED_PROGRAMS && oldest !== undefined) {
      worker.loaded.delete(oldest);
      await api.unload(oldest);
    }
    const failure = await api.load(program);
    if (failure) return failure;
  }
  worker.loaded.add(program.key);
  const report = await api.run({ key: program.key, shard, slices, outputs });
  // A program that failed may have left its buffers in any state.
  if (report.kind === 'failed' && worker.loaded.delete(program.key)) await api.unload(program.key);
  return report;
}

function startWithin(clock: Clock, starting: Promise<EngineStart>): Pick<PoolWorker, 'started' | 'giveUp'> {
  let giveUp = (_why: string): void => {};
  const started = new Promise<EngineStart>((resolve, reject) => {
    giveUp = (why) => reject(new Error(why));
    const stopAlarm = clock.after(START_BUDGET_MS, () => giveUp(`it took longer than ${START_BUDGET_MS} ms.`));
    starting.then(resolve, reject).finally(stopAlarm);
  });
  return { started, giveUp };
}

function viewOf({ kind, label, isFallback, why }: EngineStart): EngineView {
  return { kind, label, isFallback, why };
}

function failed(code: Extract<EngineReport, { kind: 'failed' }>['code'], message: string): EngineReport {
  return { kind: 'failed', code, message };
}

function sentenceOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}

// Killable workers of one engine: started when needed, killed when they run too long, replaced when they crash.
import { TARGET_VISIBLE_MS } from '../engine/pace-slices.ts';
import type { Digest } from '../protocol/ids.ts';
import { addBusy, type BusyWindow, makeBusyWindow, meanBusy } from './busy-window.ts';
import type { Clock } from './clock.ts';
import type { EngineApi, EngineNews, EngineReport, EngineStart, EngineWish } from './engine-api.ts';
import type { EngineLoad, EngineUse, PoolRequest, PoolRun } from './engine-pool.ts';

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
/** Opening an engine includes a driver's start; longer than this is a hang. */
export const START_BUDGET_MS = 30_000;

interface LaneWorker {
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

export interface EngineLane {
  /** Makes a worker and hears what it says; rejects when it crashes or hangs. */
  open(): Promise<EngineStart>;
  run(request: PoolRequest): PoolRun;
  setLoad(load: EngineLoad): void;
  useOf(): EngineUse;
  /** No worker is made before this resolves. */
  hold(until: Promise<void>): void;
  /** Ends all workers; what ran gets `report`, what waited is stopped, and nothing runs here again. */
  close(report: EngineReport): void;
}

export interface EngineLaneOptions {
  spawn(): EngineWorkerHandle;
  readonly clock: Clock;
  readonly wish: EngineWish;
  /** The GPU went away by itself, and the worker with it. */
  readonly onLost: (message: string) => void;
}

export function createEngineLane({ spawn, clock, wish, onLost }: EngineLaneOptions): EngineLane {
  const workers: LaneWorker[] = [];
  const waiting: (() => void)[] = [];
  let load: EngineLoad = { workers: 1, rhythm: { targetMs: TARGET_VISIBLE_MS, duty: 1 } };
  let held: Promise<void> | null = null;
  let busy: BusyWindow = makeBusyWindow(clock.nowMs());
  let isSteppingBack = false;
  let isClosed = false;

  const remove = (worker: LaneWorker, report: EngineReport): void => {
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

  const hear = (worker: LaneWorker, news: EngineNews): void => {
    switch (news.kind) {
      case 'progress':
        return worker.onProgress(news.doneWorkgroups);
      case 'busy':
        busy = addBusy(busy, news, clock.nowMs());
        isSteppingBack = news.isSteppingBack;
        return;
      case 'lost': {
        const message = news.message || 'The GPU was lost.';
        remove(worker, failed('gpu-lost', message));
        return onLost(message);
      }
    }
  };

  const add = (): LaneWorker => {
    const handle = spawn();
    const worker: LaneWorker = {
      handle,
      ...startWithin(clock, handle.api.start(wish)),
      loaded: new Set(),
      onProgress: () => {},
      finish: null,
      isTaken: false,
      isGone: false,
    };
    workers.push(worker);
    handle.onCrash = (why) => remove(worker, failed('program-trap', `The engine worker ended: ${why}`));
    handle.onNews = (news) => hear(worker, news);
    worker.started.then(
      (start) => (start.isOpen ? beat() : remove(worker, failed('program-trap', start.why))),
      (fault: unknown) => remove(worker, failed('program-trap', `The engine did not start: ${sentenceOf(fault)}`)),
    );
    return worker;
  };

  /** Workers above the load end when their shard does; until then all of them share what the load allows. */
  const beat = (): void => {
    const taken = workers.filter(({ isTaken }) => isTaken).length;
    const duty = (load.rhythm.duty * load.workers) / Math.max(load.workers, taken);
    for (const { handle } of workers) handle.api.setRhythm({ ...load.rhythm, duty }).catch(() => undefined);
  };

  /** A worker that is free, or a new one while fewer than wanted run; null when the lane is closed. */
  const takeWorker = async (): Promise<LaneWorker | null> => {
    for (;;) {
      if (isClosed) return null;
      if (held) {
        await held;
        continue;
      }
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
    const surplus = idle.slice(0, Math.max(0, workers.length - load.workers));
    for (const worker of surplus) remove(worker, { kind: 'stopped' });
  };

  const release = (worker: LaneWorker): void => {
    const wasCrowded = workers.length > load.workers;
    worker.finish = null;
    worker.isTaken = false;
    worker.onProgress = () => {};
    trim();
    if (wasCrowded) beat();
    wake();
  };

  const runOn = (worker: LaneWorker, request: PoolRequest, onStop: (stop: () => void) => void): Promise<EngineReport> =>
    new Promise((resolve) => {
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
      onStop(() => {
        stopGrace = clock.after(STOP_GRACE_MS, () => remove(worker, { kind: 'stopped' }));
        worker.handle.api.stop().catch(() => undefined);
      });
      computeOn(worker, request).then(
        (report) => worker.finish?.(report),
        (fault: unknown) => remove(worker, failed('program-trap', sentenceOf(fault))),
      );
    });

  return {
    async open() {
      return await (workers[0] ?? add()).started;
    },
    run(request) {
      let isStopped = false;
      let stop = (): void => {
        isStopped = true;
      };
      const compute = async (): Promise<EngineReport> => {
        const worker = await takeWorker();
        if (worker === null || worker.isGone) return { kind: 'stopped' };
        if (!isStopped) return await runOn(worker, request, (next) => (stop = next));
        release(worker);
        return { kind: 'stopped' };
      };
      return { report: compute().catch((fault: unknown) => failed('program-trap', sentenceOf(fault))), stop: () => stop() };
    },
    setLoad(next) {
      load = next;
      beat();
      trim();
      wake();
    },
    useOf: () => ({ busyWorkers: meanBusy(busy, clock.nowMs()), isSteppingBack }),
    hold(until) {
      const mine = until.finally(() => {
        if (held === mine) held = null;
      });
      held = mine;
    },
    close(report) {
      isClosed = true;
      for (const worker of [...workers]) remove(worker, report);
      wake();
    },
  };
}

async function computeOn(worker: LaneWorker, request: PoolRequest): Promise<EngineReport> {
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

function startWithin(clock: Clock, starting: Promise<EngineStart>): Pick<LaneWorker, 'started' | 'giveUp'> {
  let giveUp = (_why: string): void => {};
  const started = new Promise<EngineStart>((resolve, reject) => {
    giveUp = (why) => reject(new Error(why));
    const stopAlarm = clock.after(START_BUDGET_MS, () => giveUp(`it took longer than ${START_BUDGET_MS} ms.`));
    starting.then(resolve, reject).finally(stopAlarm);
  });
  return { started, giveUp };
}

function failed(code: Extract<EngineReport, { kind: 'failed' }>['code'], message: string): EngineReport {
  return { kind: 'failed', code, message };
}

function sentenceOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}

// Engine workers that a test finishes, breaks and loses by hand, and a program to run on them.
import type { EngineWorkerHandle } from '../../src/contributor/create-engine-lane.ts';
import type { EngineReport, EngineStart, EngineWish } from '../../src/contributor/engine-api.ts';
import type { PoolRequest } from '../../src/contributor/engine-pool.ts';
import type { EngineKind } from '../../src/contributor/state.ts';
import type { Rhythm } from '../../src/engine/keep-duty.ts';
import type { Digest } from '../../src/protocol/ids.ts';
import { settle } from './fake-clock.ts';

export interface FakeWorker extends EngineWorkerHandle {
  readonly calls: string[];
  readonly wish: EngineWish | null;
  isTerminated: boolean;
  rhythm: Rhythm | null;
  finish(report?: EngineReport): Promise<void>;
}

export const DONE: EngineReport = { kind: 'done', outputs: [], computeMs: 1 };

export function makeStart(kind: EngineKind): EngineStart {
  const view = {
    kind,
    label: kind === 'gpu' ? 'a GPU' : 'wasm',
    isFallback: false,
    reason: kind,
    why: `Computing on the ${kind}.`,
  } as const;
  return { isOpen: true, view, maxBufferBytes: kind === 'gpu' ? 1_024 : 2_048 };
}

export interface WorkerPlan {
  readonly start?: (wish: EngineWish) => Promise<EngineStart>;
  readonly load?: (key: Digest) => EngineReport | null;
}

export function makeFakeWorker({ start = async ({ kind }) => makeStart(kind), load = () => null }: WorkerPlan): FakeWorker {
  const calls: string[] = [];
  let wish: EngineWish | null = null;
  let resolveRun = (_report: EngineReport): void => {};
  const worker: FakeWorker = {
    calls,
    get wish() {
      return wish;
    },
    isTerminated: false,
    rhythm: null,
    onNews: null,
    onCrash: null,
    api: {
      start(given) {
        wish = given;
        calls.push(`start ${given.kind}`);
        return start(given);
      },
      async load({ key }) {
        calls.push(`load ${key}`);
        return load(key) as null;
      },
      async unload(key) {
        calls.push(`unload ${key}`);
      },
      run: ({ key }) => {
        calls.push(`run ${key}`);
        return new Promise((resolve) => {
          resolveRun = resolve;
        });
      },
      async stop() {
        calls.push('stop');
      },
      async setRhythm(rhythm) {
        worker.rhythm = rhythm;
      },
    },
    terminate() {
      worker.isTerminated = true;
    },
    async finish(report = DONE) {
      resolveRun(report);
      await settle();
    },
  };
  return worker;
}

export function makePoolRequest(key = 'a', timeoutMs = 10_000, kind: EngineKind = 'cpu'): PoolRequest {
  return {
    kind,
    program: { key: key as Digest, source: { wgsl: '', module: null, reflection: {} as never }, inputs: [] },
    shard: { base: 0, count: 4, grid: [4, 1, 1] },
    slices: [],
    outputs: [],
    timeoutMs,
    onProgress: () => {},
  };
}

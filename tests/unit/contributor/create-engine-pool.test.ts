// The pool of engine workers: reservation, timeouts, crashes, stops, and what happens when a GPU goes away.
import { describe, expect, test } from 'vitest';
import {
  createEnginePool,
  type EngineWorkerHandle,
  MAX_LOADED_PROGRAMS,
  START_BUDGET_MS,
  STOP_GRACE_MS,
} from '../../../src/contributor/create-engine-pool.ts';
import type { EngineReport, EngineStart, EngineWish } from '../../../src/contributor/engine-api.ts';
import type { PoolRequest } from '../../../src/contributor/engine-pool.ts';
import type { EngineView } from '../../../src/contributor/state.ts';
import { ASK_AGAIN_AFTER_MS } from '../../../src/engine/gpu/loss-policy.ts';
import type { Rhythm } from '../../../src/engine/run-shard.ts';
import type { Digest } from '../../../src/protocol/ids.ts';
import { createFakeClock, settle } from '../../support/fake-clock.ts';

interface FakeWorker extends EngineWorkerHandle {
  readonly calls: string[];
  isTerminated: boolean;
  rhythm: Rhythm | null;
  finish(report?: EngineReport): Promise<void>;
}

const DONE: EngineReport = { kind: 'done', outputs: [], computeMs: 1 };
const GPU: EngineStart = { kind: 'gpu', label: 'a GPU', isFallback: false, why: 'Computing on the GPU.', maxBufferBytes: 1_024 };
const CPU: EngineStart = { kind: 'cpu', label: 'wasm', isFallback: false, why: 'Computing on the CPU.', maxBufferBytes: 2_048 };

interface WorkerPlan {
  readonly start?: (wish: EngineWish) => Promise<EngineStart>;
  readonly load?: (key: Digest) => EngineReport | null;
}

function makeWorker({ start = async () => CPU, load = () => null }: WorkerPlan): FakeWorker {
  const calls: string[] = [];
  let resolveRun = (_report: EngineReport): void => {};
  const worker: FakeWorker = {
    calls,
    isTerminated: false,
    rhythm: null,
    onNews: null,
    onCrash: null,
    api: {
      start: (wish) => {
        calls.push(`start ${wish.want}, ${wish.softwareGpu} software GPUs`);
        return start(wish);
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

function makePool(plan: WorkerPlan = {}, workers = 1) {
  const clock = createFakeClock();
  const spawned: FakeWorker[] = [];
  const engines: EngineView[] = [];
  const pool = createEnginePool({
    clock,
    spawn() {
      const worker = makeWorker(plan);
      spawned.push(worker);
      return worker;
    },
  });
  pool.onEngine = (engine) => engines.push(engine);
  pool.setLoad({ workers, rhythm: { targetMs: 16, duty: 0.5 } });
  return { clock, pool, spawned, engines };
}

function makeRequest(key = 'a', timeoutMs = 10_000): PoolRequest {
  return {
    program: { key: key as Digest, source: { wgsl: '', module: null, reflection: {} as never }, inputs: [] },
    shard: { base: 0, count: 4, grid: [4, 1, 1] },
    slices: [],
    outputs: [],
    timeoutMs,
    onProgress: () => {},
  };
}

describe('runs', () => {
  test('start says which engine, its limits and why', async () => {
    const { pool, spawned } = makePool();
    expect(pool.capabilities).toEqual([]);
    expect(await pool.start()).toEqual({ kind: 'cpu', label: 'wasm', isFallback: false, why: 'Computing on the CPU.' });
    expect(pool.capabilities).toEqual([{ kind: 'cpu', label: 'wasm', isFallback: false, maxBufferBytes: 2_048 }]);
    await settle();
    expect(spawned[0]?.rhythm).toEqual({ targetMs: 16, duty: 0.5 });
  });

  test('two runs at one moment take two workers, a third waits for the first that is free', async () => {
    const { pool, spawned } = makePool({}, 2);
    const runs = [pool.run(makeRequest()), pool.run(makeRequest()), pool.run(makeRequest())];
    await settle();
    expect(spawned.map(({ calls }) => calls.filter((call) => call.startsWith('run')).length)).toEqual([1, 1]);
    await spawned[1]?.finish();
    expect(spawned.map(({ calls }) => calls.filter((call) => call.startsWith('run')).length)).toEqual([1, 2]);
    await spawned[0]?.finish();
    await spawned[1]?.finish();
    expect(await Promise.all(runs.map(({ report }) => report))).toEqual([DONE, DONE, DONE]);
    expect(spawned).toHaveLength(2);
  });

  test('a program is loaded once, and the least recently used one makes room', async () => {
    const { pool, spawned } = makePool();
    const keys = [...'abcd', 'a', 'e', 'a', 'b'];
    expect(new Set('abcd').size).toBe(MAX_LOADED_PROGRAMS);
    for (const key of keys) {
      const run = pool.run(makeRequest(key));
      await settle();
      await spawned[0]?.finish();
      await run.report;
    }
    expect(spawned[0]?.calls.filter((call) => call.includes('load'))).toEqual([
      'load a',
      'load b',
      'load c',
      'load d',
      'unload b',
      'load e',
      'unload c',
      'load b',
    ]);
  });

  test('a program that cannot be loaded is reported and not kept', async () => {
    const failure: EngineReport = { kind: 'failed', code: 'compile-failed', message: 'Line 3.' };
    const { pool, spawned } = makePool({ load: () => failure });
    expect(await pool.run(makeRequest()).report).toEqual(failure);
    expect(await pool.run(makeRequest()).report).toEqual(failure);
    expect(spawned[0]?.calls.filter((call) => call === 'load a')).toHaveLength(2);
  });

  test('a program that failed is loaded anew', async () => {
    const { pool, spawned } = makePool();
    const run = pool.run(makeRequest());
    await settle();
    await spawned[0]?.finish({ kind: 'failed', code: 'program-trap', message: 'unreachable' });
    expect(await run.report).toMatchObject({ code: 'program-trap' });
    expect(spawned[0]?.calls.at(-1)).toBe('unload a');
  });
});

describe('killing', () => {
  test('a run over its time is killed and its worker replaced; one in time is not', async () => {
    const { clock, pool, spawned } = makePool();
    const run = pool.run(makeRequest('a', 1_000));
    await clock.advance(999);
    expect(spawned[0]?.isTerminated).toBe(false);
    await clock.advance(1);
    expect(await run.report).toMatchObject({ kind: 'failed', code: 'timed-out' });
    expect(spawned[0]?.isTerminated).toBe(true);
    const next = pool.run(makeRequest());
    await settle();
    await spawned[1]?.finish();
    expect(await next.report).toEqual(DONE);
  });

  test('a worker that crashes fails its run and is replaced', async () => {
    const { pool, spawned } = makePool();
    const run = pool.run(makeRequest());
    await settle();
    spawned[0]?.onCrash?.('out of memory');
    expect(await run.report).toEqual({ kind: 'failed', code: 'program-trap', message: 'The engine worker ended: out of memory' });
    const next = pool.run(makeRequest());
    await settle();
    expect(spawned).toHaveLength(2);
    await spawned[1]?.finish();
    expect(await next.report).toEqual(DONE);
  });

  test('a stop is asked for first and enforced after its grace', async () => {
    const { clock, pool, spawned } = makePool();
    const obedient = pool.run(makeRequest());
    await settle();
    obedient.stop();
    await spawned[0]?.finish({ kind: 'stopped' });
    expect(await obedient.report).toEqual({ kind: 'stopped' });
    await clock.advance(STOP_GRACE_MS);
    expect(spawned[0]?.isTerminated).toBe(false);
    const deaf = pool.run(makeRequest());
    await settle();
    deaf.stop();
    await clock.advance(STOP_GRACE_MS - 1);
    expect(spawned[0]?.isTerminated).toBe(false);
    await clock.advance(1);
    expect(await deaf.report).toEqual({ kind: 'stopped' });
    expect(spawned[0]?.isTerminated).toBe(true);
  });

  test('a run stopped before it began never runs', async () => {
    const { pool, spawned } = makePool();
    const first = pool.run(makeRequest());
    const second = pool.run(makeRequest('b'));
    second.stop();
    await settle();
    await spawned[0]?.finish();
    expect(await second.report).toEqual({ kind: 'stopped' });
    expect(await first.report).toEqual(DONE);
    expect(spawned[0]?.calls).not.toContain('run b');
  });

  test('a smaller load ends idle workers at once and busy ones when they are done', async () => {
    const { pool, spawned } = makePool({}, 3);
    const runs = [pool.run(makeRequest()), pool.run(makeRequest()), pool.run(makeRequest())];
    await settle();
    await spawned[0]?.finish();
    pool.setLoad({ workers: 1, rhythm: { targetMs: 16, duty: 1 } });
    expect(spawned.map(({ isTerminated }) => isTerminated)).toEqual([true, false, false]);
    await spawned[1]?.finish();
    expect(spawned.map(({ isTerminated }) => isTerminated)).toEqual([true, true, false]);
    await spawned[2]?.finish();
    expect(spawned[2]?.isTerminated).toBe(false);
    expect(await Promise.all(runs.map(({ report }) => report))).toEqual([DONE, DONE, DONE]);
  });

  test('destroy ends everything, running and waiting', async () => {
    const { pool, spawned } = makePool();
    const runs = [pool.run(makeRequest()), pool.run(makeRequest())];
    await settle();
    pool.destroy();
    expect(await Promise.all(runs.map(({ report }) => report))).toEqual([{ kind: 'stopped' }, { kind: 'stopped' }]);
    expect(spawned[0]?.isTerminated).toBe(true);
  });
});

describe('starting', () => {
  test('a software GPU is avoided unless it was asked for', async () => {
    const calls: EngineWish[] = [];
    const spawn = (): FakeWorker =>
      makeWorker({
        start: async (wish) => {
          calls.push(wish);
          return CPU;
        },
      });
    await createEnginePool({ spawn, clock: createFakeClock() }).start();
    await createEnginePool({ spawn, clock: createFakeClock(), softwareGpu: 'use' }).start();
    expect(calls).toEqual([
      { want: 'any', softwareGpu: 'avoid' },
      { want: 'any', softwareGpu: 'use' },
    ]);
  });

  test('an engine that fails, crashes or hangs rejects the start', async () => {
    const failing = makePool({ start: async () => Promise.reject(new Error('no WebAssembly')) });
    await expect(failing.pool.start()).rejects.toThrow('no WebAssembly');
    const crashing = makePool({ start: () => new Promise(() => {}) });
    const start = crashing.pool.start();
    crashing.spawned[0]?.onCrash?.('syntax error');
    await expect(start).rejects.toThrow('syntax error');
    const hanging = makePool({ start: () => new Promise(() => {}) });
    const outcome = hanging.pool.start().catch((error: Error) => error.message);
    await hanging.clock.advance(START_BUDGET_MS);
    expect(await outcome).toContain(`${START_BUDGET_MS} ms`);
    expect(hanging.spawned[0]?.isTerminated).toBe(true);
  });
});

describe('a lost GPU', () => {
  test('is asked for again after two seconds, and the shard is reported', async () => {
    const { clock, pool, spawned, engines } = makePool({ start: async () => GPU });
    await pool.start();
    const run = pool.run(makeRequest());
    await settle();
    spawned[0]?.onNews?.({ kind: 'lost', message: 'A driver was reset.' });
    expect(await run.report).toEqual({ kind: 'failed', code: 'gpu-lost', message: 'A driver was reset.' });
    const next = pool.run(makeRequest());
    await clock.advance(ASK_AGAIN_AFTER_MS - 1);
    expect(spawned).toHaveLength(1);
    await clock.advance(1);
    expect(spawned[1]?.calls.slice(0, 1)).toEqual(['start any, avoid software GPUs']);
    await spawned[1]?.finish();
    expect(await next.report).toEqual(DONE);
    expect(engines.map(({ kind, why }) => `${kind}: ${why}`)).toEqual([
      'gpu: The GPU was lost; asking the browser for it again.',
      'gpu: Computing on the GPU.',
    ]);
  });

  test('a second time soon after is the end of it: the CPU computes', async () => {
    const { clock, pool, spawned, engines } = makePool({ start: async ({ want }) => (want === 'cpu' ? CPU : GPU) });
    await pool.start();
    spawned[0]?.onNews?.({ kind: 'lost', message: '' });
    await clock.advance(ASK_AGAIN_AFTER_MS);
    spawned[1]?.onNews?.({ kind: 'lost', message: '' });
    await settle();
    expect(spawned[2]?.calls[0]).toBe('start cpu, avoid software GPUs');
    expect(engines.at(-1)).toMatchObject({ kind: 'cpu', why: expect.stringContaining('twice') });
    expect(pool.capabilities[0]?.kind).toBe('cpu');
  });

  test('a browser that gives none back is the end of it too', async () => {
    let starts = 0;
    const { clock, pool, spawned, engines } = makePool({ start: async () => (starts++ === 0 ? GPU : CPU) });
    await pool.start();
    spawned[0]?.onNews?.({ kind: 'lost', message: '' });
    await clock.advance(ASK_AGAIN_AFTER_MS);
    expect(spawned.at(-1)?.calls[0]).toBe('start cpu, avoid software GPUs');
    expect(engines.at(-1)).toMatchObject({ kind: 'cpu', why: expect.stringContaining('no GPU after a loss') });
  });
});

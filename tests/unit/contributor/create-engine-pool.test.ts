// Two engines beside each other: switched on and off, missing, slow to open, lost once and for good.
import { describe, expect, test } from 'vitest';
import { createEnginePool, OPEN_TOGETHER_MS } from '../../../src/contributor/create-engine-pool.ts';
import type { EngineStart, EngineWish } from '../../../src/contributor/engine-api.ts';
import { ASK_AGAIN_AFTER_MS, LOSS_WINDOW_MS } from '../../../src/engine/gpu/loss-policy.ts';
import { createFakeClock, settle } from '../../support/fake-clock.ts';
import { DONE, type FakeWorker, makeFakeWorker, makePoolRequest, makeStart } from '../../support/fake-engine-workers.ts';

const BOTH = { gpu: true, cpu: true } as const;
const NO_GPU: EngineStart = { isOpen: false, reason: 'no-adapter', why: 'There is none.' };

function makePool(start?: (wish: EngineWish) => Promise<EngineStart>, options: { readonly softwareGpu?: 'use' | 'avoid' } = {}) {
  const clock = createFakeClock();
  const spawned: FakeWorker[] = [];
  const changes: string[] = [];
  const pool = createEnginePool({
    clock,
    ...options,
    spawn() {
      const worker = makeFakeWorker(start ? { start } : {});
      spawned.push(worker);
      return worker;
    },
  });
  pool.onChange = () => {
    const { engines, missing } = pool;
    changes.push(`${engines.gpu?.reason ?? missing.gpu?.reason} ${engines.cpu?.reason ?? missing.cpu?.reason}`);
  };
  const workerOf = (kind: string): FakeWorker => spawned.findLast(({ wish, isTerminated }) => wish?.kind === kind && !isTerminated)!;
  return { clock, pool, spawned, changes, workerOf };
}

describe('switches', () => {
  test('both on: two engines, a capability each, and each runs what it is given', async () => {
    const { pool, workerOf } = makePool();
    expect(pool.capabilities).toEqual([]);
    expect(pool.missing.gpu?.reason).toBe('not-opened');
    await pool.open(BOTH);
    expect(pool.capabilities).toEqual([
      { kind: 'gpu', label: 'a GPU', isFallback: false, maxBufferBytes: 1_024 },
      { kind: 'cpu', label: 'wasm', isFallback: false, maxBufferBytes: 2_048 },
    ]);
    const runs = [pool.run(makePoolRequest('a', 9_000, 'gpu')), pool.run(makePoolRequest('b', 9_000, 'cpu'))];
    await settle();
    expect(workerOf('gpu').calls).toContain('run a');
    expect(workerOf('cpu').calls).toContain('run b');
    await workerOf('gpu').finish();
    await workerOf('cpu').finish();
    expect(await Promise.all(runs.map(({ report }) => report))).toEqual([DONE, DONE]);
  });

  test('one off is closed at once, what ran there is stopped, and on again it opens anew', async () => {
    const { pool, workerOf, changes } = makePool();
    await pool.open(BOTH);
    const run = pool.run(makePoolRequest('a', 9_000, 'gpu'));
    await settle();
    const worker = workerOf('gpu');
    await pool.open({ gpu: false, cpu: true });
    expect(await run.report).toEqual({ kind: 'stopped' });
    expect(worker.isTerminated).toBe(true);
    expect(pool.missing.gpu?.reason).toBe('switched-off');
    expect(pool.useOf('gpu')).toBeNull();
    await pool.open({ gpu: false, cpu: true });
    await pool.open(BOTH);
    expect(pool.engines.gpu?.kind).toBe('gpu');
    expect(changes.at(-1)).toBe('gpu cpu');
    expect(changes.filter((change) => change === 'switched-off cpu')).toHaveLength(1);
  });

  test('a load that was set before it opened holds', async () => {
    const { pool, workerOf } = makePool();
    pool.setLoad('gpu', { workers: 1, rhythm: { targetMs: 8, duty: 0.2 } });
    await pool.open(BOTH);
    await settle();
    expect(workerOf('gpu').rhythm).toEqual({ targetMs: 8, duty: 0.2 });
  });

  test('a software GPU is avoided unless it was asked for', async () => {
    const careful = makePool();
    await careful.pool.open(BOTH);
    expect(careful.spawned[0]?.wish).toEqual({ kind: 'gpu', softwareGpu: 'avoid', powerPreference: 'low-power' });
    const eager = makePool(undefined, { softwareGpu: 'use' });
    await eager.pool.open(BOTH);
    expect(eager.spawned[0]?.wish?.softwareGpu).toBe('use');
  });
});

describe('an engine that is missing', () => {
  test('says why, leaves the other one alone, and is not asked for at every change', async () => {
    const { pool, spawned } = makePool(async ({ kind }) => (kind === 'gpu' ? NO_GPU : makeStart(kind)));
    await pool.open(BOTH);
    expect(pool.engines).toMatchObject({ gpu: null, cpu: { kind: 'cpu' } });
    expect(pool.missing).toEqual({ gpu: { reason: 'no-adapter', why: 'There is none.' }, cpu: null });
    await pool.open(BOTH);
    expect(spawned.filter(({ wish }) => wish?.kind === 'gpu')).toHaveLength(1);
    await pool.open({ gpu: false, cpu: true });
    await pool.open(BOTH);
    expect(spawned.filter(({ wish }) => wish?.kind === 'gpu')).toHaveLength(2);
  });

  test('and the other too: opening ends, and both say why', async () => {
    const { pool } = makePool(async () => Promise.reject(new Error('no WebAssembly')));
    await pool.open(BOTH);
    expect(pool.engines).toEqual({ gpu: null, cpu: null });
    expect(pool.missing.cpu).toEqual({ reason: 'did-not-start', why: 'It did not start: no WebAssembly' });
  });

  test('one that takes long keeps the other waiting for three seconds, and none at all for as long as it takes', async () => {
    const slow = makePool(({ kind }) => (kind === 'gpu' ? new Promise(() => {}) : Promise.resolve(makeStart(kind))));
    let isDone = false;
    void slow.pool.open(BOTH).then(() => (isDone = true));
    await slow.clock.advance(OPEN_TOGETHER_MS - 1);
    expect(isDone).toBe(false);
    await slow.clock.advance(1);
    expect(isDone).toBe(true);
    const alone = makePool(({ kind }) => (kind === 'gpu' ? Promise.resolve(NO_GPU) : new Promise(() => {})));
    let isOver = false;
    void alone.pool.open(BOTH).then(() => (isOver = true));
    await alone.clock.advance(10 * OPEN_TOGETHER_MS - 1);
    expect(isOver).toBe(false);
    await alone.clock.advance(1);
    expect(isOver).toBe(true);
  });
});

describe('a lost GPU', () => {
  test('is asked for again after two seconds, while the CPU goes on', async () => {
    const { clock, pool, workerOf, spawned, changes } = makePool();
    await pool.open(BOTH);
    const run = pool.run(makePoolRequest('a', 60_000, 'gpu'));
    await settle();
    workerOf('gpu').onNews?.({ kind: 'lost', message: 'A driver was reset.' });
    expect(await run.report).toEqual({ kind: 'failed', code: 'gpu-lost', message: 'A driver was reset.' });
    expect(pool.engines).toMatchObject({ gpu: { reason: 'gpu-lost' }, cpu: { reason: 'cpu' } });
    expect(pool.gpuLoss).toEqual({ atMs: clock.nowMs(), sentence: 'A driver was reset.' });
    const next = pool.run(makePoolRequest('a', 60_000, 'gpu'));
    const made = spawned.length;
    await clock.advance(ASK_AGAIN_AFTER_MS - 1);
    expect(spawned).toHaveLength(made);
    await clock.advance(1);
    await workerOf('gpu').finish();
    expect(await next.report).toEqual(DONE);
    expect(changes.slice(-2)).toEqual(['gpu-lost cpu', 'gpu cpu']);
    expect(pool.gpuLoss?.sentence).toBe('A driver was reset.');
  });

  test('a second time within two minutes is the end of it, and what waited for it is stopped; later it is a first time again', async () => {
    const { clock, pool, workerOf } = makePool();
    await pool.open(BOTH);
    workerOf('gpu').onNews?.({ kind: 'lost', message: '' });
    await clock.advance(ASK_AGAIN_AFTER_MS);
    await clock.advance(LOSS_WINDOW_MS - ASK_AGAIN_AFTER_MS);
    workerOf('gpu').onNews?.({ kind: 'lost', message: '' });
    expect(pool.engines.gpu?.reason).toBe('gpu-lost');
    await clock.advance(ASK_AGAIN_AFTER_MS);
    workerOf('gpu').onNews?.({ kind: 'lost', message: '' });
    const waiting = pool.run(makePoolRequest('a', 60_000, 'gpu'));
    expect(await waiting.report).toEqual({ kind: 'stopped' });
    expect(pool.missing.gpu).toMatchObject({ reason: 'gpu-lost-twice', why: expect.stringContaining('twice') });
    expect(pool.capabilities.map(({ kind }) => kind)).toEqual(['cpu']);
  });

  test('a browser that gives none back is the end of it too', async () => {
    let asked = 0;
    const { clock, pool, workerOf } = makePool(async ({ kind }) => (kind === 'gpu' && asked++ > 0 ? NO_GPU : makeStart(kind)));
    await pool.open(BOTH);
    workerOf('gpu').onNews?.({ kind: 'lost', message: '' });
    await clock.advance(ASK_AGAIN_AFTER_MS);
    expect(pool.missing.gpu?.reason).toBe('gpu-not-given-back');
  });

  test('one that is switched off meanwhile stays off', async () => {
    const { clock, pool, workerOf, spawned } = makePool();
    await pool.open(BOTH);
    workerOf('gpu').onNews?.({ kind: 'lost', message: '' });
    await pool.open({ gpu: false, cpu: true });
    const made = spawned.length;
    await clock.advance(ASK_AGAIN_AFTER_MS);
    expect(spawned).toHaveLength(made);
    expect(pool.missing.gpu?.reason).toBe('switched-off');
  });
});

test('destroy ends everything, and nothing opens again', async () => {
  const { pool, spawned } = makePool();
  await pool.open(BOTH);
  const run = pool.run(makePoolRequest());
  await settle();
  pool.destroy();
  expect(await run.report).toEqual({ kind: 'stopped' });
  expect(spawned.every(({ isTerminated }) => isTerminated)).toBe(true);
  await pool.open({ gpu: false, cpu: false });
  await pool.open(BOTH);
  expect(spawned).toHaveLength(2);
});

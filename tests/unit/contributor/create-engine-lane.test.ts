// The workers of one engine: reservation, timeouts, crashes, stops, and how a load is shared among them.
import { describe, expect, test } from 'vitest';
import { createEngineLane, MAX_LOADED_PROGRAMS, START_BUDGET_MS, STOP_GRACE_MS } from '../../../src/contributor/create-engine-lane.ts';
import type { EngineReport } from '../../../src/contributor/engine-api.ts';
import { createFakeClock, settle } from '../../support/fake-clock.ts';
import { DONE, type FakeWorker, makeFakeWorker, makePoolRequest, makeStart, type WorkerPlan } from '../../support/fake-engine-workers.ts';

const WISH = { kind: 'cpu', softwareGpu: 'avoid', powerPreference: 'low-power' } as const;
const STOPPED: EngineReport = { kind: 'stopped' };

function makeLane(plan: WorkerPlan = {}, workers = 1, duty = 0.5) {
  const clock = createFakeClock();
  const spawned: FakeWorker[] = [];
  const losses: string[] = [];
  const lane = createEngineLane({
    clock,
    wish: WISH,
    onLost: (message) => losses.push(message),
    spawn() {
      const worker = makeFakeWorker(plan);
      spawned.push(worker);
      return worker;
    },
  });
  lane.setLoad({ workers, rhythm: { targetMs: 16, duty } });
  return { clock, lane, spawned, losses };
}

describe('runs', () => {
  test('a worker hears its wish and its rhythm, and says what it opened', async () => {
    const { lane, spawned } = makeLane();
    expect(await lane.open()).toEqual(makeStart('cpu'));
    await settle();
    expect(spawned[0]?.wish).toEqual(WISH);
    expect(spawned[0]?.rhythm).toEqual({ targetMs: 16, duty: 0.5 });
  });

  test('two runs at one moment take two workers, a third waits for the first that is free', async () => {
    const { lane, spawned } = makeLane({}, 2);
    const runs = [lane.run(makePoolRequest()), lane.run(makePoolRequest()), lane.run(makePoolRequest())];
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
    const { lane, spawned } = makeLane();
    const keys = [...'abcd', 'a', 'e', 'a', 'b'];
    expect(new Set('abcd').size).toBe(MAX_LOADED_PROGRAMS);
    for (const key of keys) {
      const run = lane.run(makePoolRequest(key));
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
    const { lane, spawned } = makeLane({ load: () => failure });
    expect(await lane.run(makePoolRequest()).report).toEqual(failure);
    expect(await lane.run(makePoolRequest()).report).toEqual(failure);
    expect(spawned[0]?.calls.filter((call) => call === 'load a')).toHaveLength(2);
  });

  test('a program that failed is loaded anew', async () => {
    const { lane, spawned } = makeLane();
    const run = lane.run(makePoolRequest());
    await settle();
    await spawned[0]?.finish({ kind: 'failed', code: 'program-trap', message: 'unreachable' });
    expect(await run.report).toMatchObject({ code: 'program-trap' });
    expect(spawned[0]?.calls.at(-1)).toBe('unload a');
  });
});

describe('killing', () => {
  test('a run over its time is killed and its worker replaced; one in time is not', async () => {
    const { clock, lane, spawned } = makeLane();
    const run = lane.run(makePoolRequest('a', 1_000));
    await clock.advance(999);
    expect(spawned[0]?.isTerminated).toBe(false);
    await clock.advance(1);
    expect(await run.report).toMatchObject({ kind: 'failed', code: 'timed-out' });
    expect(spawned[0]?.isTerminated).toBe(true);
    const next = lane.run(makePoolRequest());
    await settle();
    await spawned[1]?.finish();
    expect(await next.report).toEqual(DONE);
  });

  test('a worker that crashes fails its run and is replaced', async () => {
    const { lane, spawned } = makeLane();
    const run = lane.run(makePoolRequest());
    await settle();
    spawned[0]?.onCrash?.('out of memory');
    expect(await run.report).toEqual({ kind: 'failed', code: 'program-trap', message: 'The engine worker ended: out of memory' });
    const next = lane.run(makePoolRequest());
    await settle();
    expect(spawned).toHaveLength(2);
    await spawned[1]?.finish();
    expect(await next.report).toEqual(DONE);
  });

  test('a stop is asked for first and enforced after its grace', async () => {
    const { clock, lane, spawned } = makeLane();
    const obedient = lane.run(makePoolRequest());
    await settle();
    obedient.stop();
    await spawned[0]?.finish({ kind: 'stopped' });
    expect(await obedient.report).toEqual({ kind: 'stopped' });
    await clock.advance(STOP_GRACE_MS);
    expect(spawned[0]?.isTerminated).toBe(false);
    const deaf = lane.run(makePoolRequest());
    await settle();
    deaf.stop();
    await clock.advance(STOP_GRACE_MS - 1);
    expect(spawned[0]?.isTerminated).toBe(false);
    await clock.advance(1);
    expect(await deaf.report).toEqual({ kind: 'stopped' });
    expect(spawned[0]?.isTerminated).toBe(true);
  });

  test('a run stopped before it began never runs', async () => {
    const { lane, spawned } = makeLane();
    const first = lane.run(makePoolRequest());
    const second = lane.run(makePoolRequest('b'));
    second.stop();
    await settle();
    await spawned[0]?.finish();
    expect(await second.report).toEqual({ kind: 'stopped' });
    expect(await first.report).toEqual(DONE);
    expect(spawned[0]?.calls).not.toContain('run b');
  });

  test('a smaller load ends idle workers at once and busy ones when they are done', async () => {
    const { lane, spawned } = makeLane({}, 3);
    const runs = [lane.run(makePoolRequest()), lane.run(makePoolRequest()), lane.run(makePoolRequest())];
    await settle();
    await spawned[0]?.finish();
    lane.setLoad({ workers: 1, rhythm: { targetMs: 16, duty: 1 } });
    expect(spawned.map(({ isTerminated }) => isTerminated)).toEqual([true, false, false]);
    await spawned[1]?.finish();
    expect(spawned.map(({ isTerminated }) => isTerminated)).toEqual([true, true, false]);
    await spawned[2]?.finish();
    expect(spawned[2]?.isTerminated).toBe(false);
    expect(await Promise.all(runs.map(({ report }) => report))).toEqual([DONE, DONE, DONE]);
  });

  test('closing ends what runs with the report given, what waits as stopped, and takes nothing more', async () => {
    const { lane, spawned } = makeLane();
    const runs = [lane.run(makePoolRequest()), lane.run(makePoolRequest())];
    await settle();
    lane.close({ kind: 'failed', code: 'gpu-lost', message: 'Gone.' });
    expect(await Promise.all(runs.map(({ report }) => report))).toEqual([{ kind: 'failed', code: 'gpu-lost', message: 'Gone.' }, STOPPED]);
    expect(spawned[0]?.isTerminated).toBe(true);
    expect(await lane.run(makePoolRequest()).report).toEqual(STOPPED);
    expect(spawned).toHaveLength(1);
  });

  test('a lost GPU is reported, and its run with it', async () => {
    const { lane, spawned, losses } = makeLane();
    const run = lane.run(makePoolRequest());
    await settle();
    spawned[0]?.onNews?.({ kind: 'lost', message: '' });
    expect(await run.report).toEqual({ kind: 'failed', code: 'gpu-lost', message: 'The GPU was lost.' });
    expect(losses).toEqual(['The GPU was lost.']);
  });

  test('while it is held no worker is made', async () => {
    const { lane, spawned } = makeLane();
    let letGo = (): void => {};
    lane.hold(new Promise((resolve) => (letGo = resolve)));
    const run = lane.run(makePoolRequest());
    await settle();
    expect(spawned).toHaveLength(0);
    letGo();
    await settle();
    await spawned[0]?.finish();
    expect(await run.report).toEqual(DONE);
  });
});

describe('a load', () => {
  test('that shrinks is held at once: workers above it share it until their shard is done', async () => {
    const { lane, spawned } = makeLane({}, 3, 1);
    const runs = [lane.run(makePoolRequest()), lane.run(makePoolRequest()), lane.run(makePoolRequest())];
    await settle();
    lane.setLoad({ workers: 1, rhythm: { targetMs: 16, duty: 0.75 } });
    expect(spawned.map(({ rhythm }) => rhythm?.duty)).toEqual([0.25, 0.25, 0.25]);
    await spawned[0]?.finish();
    expect(spawned.slice(1).map(({ rhythm }) => rhythm?.duty)).toEqual([0.375, 0.375]);
    await spawned[1]?.finish();
    expect(spawned[2]?.rhythm?.duty).toBe(0.75);
    await spawned[2]?.finish();
    await Promise.all(runs.map(({ report }) => report));
  });

  test('is measured over four seconds, from all workers', async () => {
    const { clock, lane, spawned } = makeLane({}, 2);
    const runs = [lane.run(makePoolRequest()), lane.run(makePoolRequest())];
    await clock.advance(1_000);
    for (const worker of spawned) worker.onNews?.({ kind: 'busy', busyMs: 500, spanMs: 1_000, isSteppingBack: false });
    expect(lane.useOf()).toEqual({ busyWorkers: 1, isSteppingBack: false });
    await clock.advance(3_000);
    spawned[0]?.onNews?.({ kind: 'busy', busyMs: 3_000, spanMs: 3_000, isSteppingBack: true });
    expect(lane.useOf()).toEqual({ busyWorkers: 1, isSteppingBack: true });
    await clock.advance(4_000);
    expect(lane.useOf().busyWorkers).toBe(0);
    for (const worker of spawned) await worker.finish();
    await Promise.all(runs.map(({ report }) => report));
  });
});

describe('starting', () => {
  test('an engine that fails, crashes or hangs rejects the start', async () => {
    const failing = makeLane({ start: async () => Promise.reject(new Error('no WebAssembly')) });
    await expect(failing.lane.open()).rejects.toThrow('no WebAssembly');
    const crashing = makeLane({ start: () => new Promise(() => {}) });
    const start = crashing.lane.open();
    crashing.spawned[0]?.onCrash?.('syntax error');
    await expect(start).rejects.toThrow('syntax error');
    const hanging = makeLane({ start: () => new Promise(() => {}) });
    const outcome = hanging.lane.open().catch((error: Error) => error.message);
    await hanging.clock.advance(START_BUDGET_MS);
    expect(await outcome).toContain(`${START_BUDGET_MS} ms`);
    expect(hanging.spawned[0]?.isTerminated).toBe(true);
  });

  test('one that is missing says so, and its worker is ended', async () => {
    const { lane, spawned } = makeLane({ start: async () => ({ isOpen: false, reason: 'no-adapter', why: 'None.' }) });
    expect(await lane.open()).toEqual({ isOpen: false, reason: 'no-adapter', why: 'None.' });
    await settle();
    expect(spawned[0]?.isTerminated).toBe(true);
  });
});

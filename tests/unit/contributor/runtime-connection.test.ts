// The runtime when connections break, processes restart, and users pause, stop and move the slider.
import { describe, expect, test } from 'vitest';
import { createMemoryStore } from '../../../src/contributor/memory-store.ts';
import { BATTERY_OFF_MS, BATTERY_ON_MS } from '../../../src/contributor/rules.ts';
import { STOP_BUDGET_MS } from '../../../src/contributor/runtime.ts';
import { Fault } from '../../../src/protocol/fault.ts';
import type { AccountId, DeviceId } from '../../../src/protocol/ids.ts';
import { DEAD_AFTER_MS, HEARTBEAT_MS } from '../../../src/protocol/messages.ts';
import { createFakeClock, settle } from '../../support/fake-clock.ts';
import { computeOne, idleReasonOf, makeReceipt, makeScene, type Scene, startScene } from '../../support/runtime-scene.ts';
import { makeAssignment } from '../../support/scripted-coordinator.ts';

describe('lost connections', () => {
  test('computing goes on, and the result is sent to the next connection', async () => {
    const { clock, coordinator, pool, stage, runtime } = await startScene();
    await coordinator.say({ type: 'assignments', assignments: [makeAssignment(stage, 0)] });
    await coordinator.hangUp();
    expect(runtime.snapshot().state).toEqual({ kind: 'working' });
    await pool.runs[0]?.done();
    expect(runtime.snapshot().state).toMatchObject({ kind: 'reconnecting', attempt: 1 });
    expect(runtime.snapshot().counts.unsent).toBe(1);
    await clock.advance(500);
    expect(coordinator.connections).toBe(2);
    await coordinator.welcome();
    expect(coordinator.heard('results')).toHaveLength(1);
  });

  test('what has no receipt is sent again, what has is asked about, until it has an end', async () => {
    const { clock, coordinator, runtime, store } = await computeOne();
    await coordinator.hangUp();
    await clock.advance(500);
    await coordinator.welcome();
    expect(coordinator.heard('results').map(({ results }) => results[0]?.claim.shard)).toEqual([1_024, 1_024]);
    await coordinator.say({ type: 'receipts', receipts: [makeReceipt()] });
    expect(runtime.snapshot().counts).toMatchObject({ waiting: 1, unsent: 0 });
    await coordinator.hangUp();
    await clock.advance(500);
    coordinator.forget();
    await coordinator.welcome();
    const [again] = coordinator.heard('results');
    expect(again?.results[0]?.outcome).toMatchObject({ kind: 'done', outputs: [{ payloadOffset: 0 }] });
    expect((await store.readResults())[0]?.bytes[0]).toHaveLength(16);
    // Judged meanwhile: no untrue "late" is told.
    await coordinator.say({ type: 'receipts', receipts: [makeReceipt({ verdict: 'final', vote: 'late' })] });
    expect(runtime.snapshot().recent.map(({ kind }) => kind)).not.toContain('late');
    expect(await store.readResults()).toEqual([]);
  });

  test('waits longer after each failure, and starts anew after a welcome', async () => {
    const { clock, coordinator, runtime } = await startScene();
    const delays: number[] = [];
    coordinator.fault = new Fault('offline', 'Nobody is there.');
    await coordinator.hangUp();
    for (let i = 0; i < 4; i++) {
      const { state } = runtime.snapshot();
      const delayMs = state.kind === 'reconnecting' ? state.retryAtMs - clock.nowMs() : Number.NaN;
      delays.push(delayMs);
      await clock.advance(delayMs);
    }
    expect(delays).toEqual([375, 750, 1_500, 3_000]);
    expect(runtime.snapshot().state).toMatchObject({ kind: 'reconnecting', attempt: 5 });
    coordinator.fault = null;
    await clock.advance(6_000);
    await coordinator.welcome();
    await coordinator.hangUp();
    expect(runtime.snapshot().state).toMatchObject({ kind: 'reconnecting', attempt: 1 });
  });

  test('a coordinator that says what no correct one says is left', async () => {
    const { coordinator, runtime } = await startScene();
    await coordinator.say({ type: 'idle', reason: 'because', retryAfterMs: 1 } as never);
    expect(runtime.snapshot().state).toMatchObject({ kind: 'reconnecting', attempt: 1 });
  });

  test('wake tries at once', async () => {
    const { coordinator, runtime } = await startScene();
    await coordinator.hangUp();
    runtime.wake();
    await settle();
    expect(coordinator.connections).toBe(2);
  });

  test('a fault that no retry mends stops it', async () => {
    const scene = makeScene();
    scene.coordinator.fault = new Fault('forbidden', 'This account is banned.');
    scene.runtime.start();
    await settle();
    expect(scene.runtime.snapshot().state).toMatchObject({ kind: 'stopped', fault: { code: 'forbidden' } });
  });

  test('a silent coordinator counts as gone', async () => {
    const { clock, coordinator, runtime } = await startScene();
    coordinator.isSilent = true;
    await clock.advance(DEAD_AFTER_MS - 1);
    expect(runtime.snapshot().state.kind).toBe('idle');
    await clock.advance(4 * HEARTBEAT_MS - DEAD_AFTER_MS + 1);
    expect(runtime.snapshot().state.kind).toBe('reconnecting');
  });

  test('work that was handed to another device is dropped at the next welcome', async () => {
    const { clock, coordinator, pool, stage } = await startScene();
    await coordinator.say({ type: 'assignments', assignments: [makeAssignment(stage, 0)] });
    await coordinator.hangUp();
    await clock.advance(500);
    await coordinator.welcome({ account: 99 as AccountId, device: 98 as DeviceId });
    expect(pool.runs[0]?.isStopped).toBe(true);
    expect(coordinator.heard('results')).toHaveLength(0);
  });

  test('work goes on when the same device is welcomed for another account, as after a guest took a wallet', async () => {
    const { clock, coordinator, pool, stage } = await startScene();
    await coordinator.say({ type: 'assignments', assignments: [makeAssignment(stage, 0)] });
    await coordinator.hangUp();
    await clock.advance(500);
    await coordinator.welcome({ account: 99 as AccountId });
    expect(pool.runs[0]?.isStopped).toBe(false);
    await pool.runs[0]?.done();
    expect(coordinator.heard('results').map(({ results }) => results[0]?.claim.shard)).toEqual([1_024]);
  });
});

describe('restarts', () => {
  test('an unsent result survives into a new runtime on the same store', async () => {
    const store = createMemoryStore();
    const first = await computeOne({ store });
    expect(first.coordinator.heard('results')).toHaveLength(1);
    const second = await startScene({ store });
    expect(second.coordinator.heard('results')[0]?.results[0]).toMatchObject({
      claim: { shard: 1_024 },
      outcome: { kind: 'done' },
    });
    await second.coordinator.say({ type: 'receipts', receipts: [makeReceipt({ verdict: 'final', vote: 'agreed' })] });
    expect(await store.readResults()).toEqual([]);
  });

  test('results of another device are not sent', async () => {
    const store = createMemoryStore();
    await computeOne({ store });
    const scene = makeScene({ store });
    scene.runtime.start();
    await settle();
    await scene.coordinator.welcome({ device: 98 as DeviceId });
    expect(scene.coordinator.heard('results')).toHaveLength(0);
    expect(await store.readResults()).toHaveLength(1);
  });

  test('results older than a week are forgotten, younger ones are sent', async () => {
    const store = createMemoryStore();
    const clock = createFakeClock();
    const first = await computeOne({ store, clock });
    await first.coordinator.hangUp();
    await first.runtime.stop();
    await clock.advance(7 * 24 * 3_600_000);
    const second = await startScene({ store, clock });
    expect(second.coordinator.heard('results')).toHaveLength(1);
    await second.coordinator.hangUp();
    await second.runtime.stop();
    await clock.advance(1);
    const third = await startScene({ store, clock });
    expect(third.coordinator.heard('results')).toHaveLength(0);
    expect(await store.readResults()).toEqual([]);
  });

  test('it can be stopped and started again', async () => {
    const { coordinator, runtime } = await startScene();
    await runtime.stop();
    runtime.start();
    await settle();
    expect(coordinator.connections).toBe(2);
    await coordinator.welcome();
    expect(runtime.snapshot().state).toMatchObject({ kind: 'idle', reason: 'asking' });
  });
});

describe('on its battery', () => {
  const unplug = async ({ runtime, clock }: Scene): Promise<void> => {
    runtime.learn({ isOnBattery: true });
    await clock.advance(BATTERY_OFF_MS);
  };

  test('a device hands everything back, takes nothing, and goes on by itself at the charger', async () => {
    const scene = await startScene();
    const { clock, coordinator, pool, stage, runtime } = scene;
    await coordinator.say({ type: 'assignments', assignments: [makeAssignment(stage, 0)] });
    runtime.learn({ isOnBattery: true });
    await clock.advance(BATTERY_OFF_MS - 1);
    expect(pool.runs[0]?.isStopped).toBe(false);
    await clock.advance(1);
    expect(pool.runs[0]?.isStopped).toBe(true);
    expect(coordinator.heard('results').flatMap(({ results }) => results.map(({ outcome }) => outcome.kind))).toEqual(['released']);
    expect(idleReasonOf(scene)).toBe('on-battery');
    coordinator.forget();
    await coordinator.say({ type: 'assignments', assignments: [makeAssignment(stage, 1)] });
    await clock.advance(100);
    expect(pool.runs).toHaveLength(1);
    expect(coordinator.heard('want')).toHaveLength(0);
    runtime.learn({ isOnBattery: false });
    await clock.advance(BATTERY_ON_MS - 1);
    expect(coordinator.heard('want')).toHaveLength(0);
    await clock.advance(1);
    expect(coordinator.heard('want')).toHaveLength(1);
    expect(idleReasonOf(scene)).toBe('asking');
  });

  test('one that starts on it never begins', async () => {
    const scene = makeScene();
    scene.runtime.learn({ isOnBattery: true });
    scene.runtime.start();
    await settle();
    await scene.coordinator.welcome();
    expect(idleReasonOf(scene)).toBe('on-battery');
    expect(scene.coordinator.heard('want')).toHaveLength(0);
  });

  test('one that is resumed computes until the charger has come and gone', async () => {
    const scene = await startScene();
    await unplug(scene);
    await scene.runtime.resume();
    expect(idleReasonOf(scene)).toBe('asking');
    scene.runtime.setSettings({ cpu: { share: 0.5 } });
    expect(idleReasonOf(scene)).toBe('asking');
    scene.runtime.learn({ isOnBattery: false });
    expect(idleReasonOf(scene)).toBe('asking');
    await unplug(scene);
    expect(idleReasonOf(scene)).toBe('on-battery');
  });

  test('a pause on top of it is lifted on its own', async () => {
    const scene = await startScene();
    await unplug(scene);
    await scene.runtime.pause();
    expect(idleReasonOf(scene)).toBe('paused');
    await scene.runtime.resume();
    expect(idleReasonOf(scene)).toBe('on-battery');
    await scene.runtime.resume();
    expect(idleReasonOf(scene)).toBe('asking');
  });

  test('the setting decides, also later', async () => {
    const scene = await startScene();
    scene.runtime.setSettings({ pauseOnBattery: false });
    await unplug(scene);
    expect(idleReasonOf(scene)).toBe('asking');
    scene.runtime.setSettings({ pauseOnBattery: true });
    expect(idleReasonOf(scene)).toBe('on-battery');
  });
});

describe('pause, stop and settings', () => {
  test('pause hands everything back, keeps the connection, and takes nothing until resumed', async () => {
    const scene = await startScene();
    const { coordinator, pool, stage, runtime } = scene;
    await coordinator.say({ type: 'assignments', assignments: [makeAssignment(stage, 0), makeAssignment(stage, 1)] });
    coordinator.forget();
    await runtime.pause();
    await settle();
    expect(pool.runs[0]?.isStopped).toBe(true);
    expect(coordinator.heard('results').flatMap(({ results }) => results.map(({ outcome }) => outcome.kind))).toEqual([
      'released',
      'released',
    ]);
    expect(idleReasonOf(scene)).toBe('paused');
    await coordinator.say({ type: 'assignments', assignments: [makeAssignment(stage, 2)] });
    expect(pool.runs).toHaveLength(1);
    expect(coordinator.heard('results').at(-1)?.results[0]?.outcome.kind).toBe('released');
    await scene.clock.advance(100);
    await runtime.resume();
    await settle();
    expect(coordinator.heard('want')).toHaveLength(1);
  });

  test('stop hands back and waits for the last receipt before it closes', async () => {
    const { coordinator, stage, runtime } = await computeOne();
    await coordinator.say({ type: 'assignments', assignments: [makeAssignment(stage, 1)] });
    const stopping = runtime.stop();
    await settle();
    expect(coordinator.heard('results').at(-1)?.results[0]?.outcome.kind).toBe('released');
    expect(runtime.snapshot().transport).toBe('ws');
    await coordinator.say({ type: 'receipts', receipts: [makeReceipt()] });
    await stopping;
    expect(runtime.snapshot()).toMatchObject({ transport: null, state: { kind: 'off' } });
  });

  test('stop does not wait for ever', async () => {
    const { clock, runtime } = await computeOne();
    const stopping = runtime.stop();
    await clock.advance(STOP_BUDGET_MS);
    await stopping;
    expect(runtime.snapshot().transport).toBeNull();
  });

  test('destroy ends the engines', async () => {
    const { pool, runtime } = await startScene();
    await runtime.destroy();
    expect(pool.isDestroyed).toBe(true);
  });
});

// The runtime on its owner's terms: rules, a pause that nothing ends but the person, finishing, and what is told of likes.
import { describe, expect, test } from 'vitest';
import type { KeptRules } from '../../../src/contributor/kept-rules.ts';
import type { RuleKeeper } from '../../../src/contributor/watch-rules.ts';
import { KEEP_EVERY_MS } from '../../../src/contributor/watch-rules.ts';
import type { JobId } from '../../../src/protocol/ids.ts';
import { NO_LIKES } from '../../../src/protocol/likes.ts';
import { settle } from '../../support/fake-clock.ts';
import { computeOne, idleReasonOf, makeReceipt, makeScene, type Scene, startScene } from '../../support/runtime-scene.ts';
import { makeAssignment } from '../../support/scripted-coordinator.ts';

function makeKeeper(): RuleKeeper & { kept: KeptRules | null } {
  const keeper: RuleKeeper & { kept: KeptRules | null } = {
    kept: null,
    read: async () => structuredClone(keeper.kept),
    async write(kept) {
      keeper.kept = structuredClone(kept);
    },
  };
  return keeper;
}

const assign = ({ coordinator, stage }: Scene, ...indexes: readonly number[]): Promise<void> =>
  coordinator.say({ type: 'assignments', assignments: indexes.map((index) => makeAssignment(stage, index)) });
const outcomesOf = ({ coordinator }: Scene) =>
  coordinator.heard('results').flatMap(({ results }) => results.map(({ outcome }) => outcome.kind));

/** After a connection was closed to be opened anew. */
async function comeBack(scene: Scene): Promise<void> {
  await scene.clock.advance(1_000);
  await scene.coordinator.welcome();
}

describe('a pause', () => {
  test('is kept, and neither a reload, nor a reconnect, nor the charger, nor another tab ends it', async () => {
    const keeper = makeKeeper();
    const first = await startScene({ keeper });
    await first.runtime.pause();
    expect(keeper.kept?.pause).toEqual({ kind: 'for-good' });
    await first.coordinator.hangUp();
    await comeBack(first);
    first.runtime.learn({ isOnBattery: true });
    await first.clock.advance(60_000);
    first.runtime.learn({ isOnBattery: false });
    await first.clock.advance(60_000);
    expect(idleReasonOf(first)).toBe('paused');
    expect(first.coordinator.heard('want')).toHaveLength(1);
    // The page is gone; another begins where it was.
    const second = makeScene({ keeper });
    second.runtime.start(false);
    await settle();
    await second.coordinator.welcome();
    expect(idleReasonOf(second)).toBe('paused');
    expect(second.coordinator.heard('want')).toHaveLength(0);
    await second.runtime.resume();
    expect(second.coordinator.heard('want')).toHaveLength(1);
    expect(keeper.kept?.pause).toEqual({ kind: 'none' });
  });

  test('that another tab was heard to begin holds, though nothing was kept of it', async () => {
    const scene = makeScene({ keeper: makeKeeper(), heardPause: { kind: 'for-good' } });
    scene.runtime.start(false);
    await settle();
    await scene.coordinator.welcome();
    expect(idleReasonOf(scene)).toBe('paused');
  });

  test('is over when the person presses start, and one pressed while it starts holds', async () => {
    const keeper = makeKeeper();
    const first = await startScene({ keeper });
    await first.runtime.pause();
    const second = await startScene({ keeper });
    expect(idleReasonOf(second)).toBe('asking');
    const third = makeScene({ keeper });
    third.runtime.start();
    await third.runtime.pause();
    await settle();
    await third.coordinator.welcome();
    expect(idleReasonOf(third)).toBe('paused');
    expect(third.coordinator.heard('want')).toHaveLength(0);
  });

  test('for a while goes on by itself, also over a reload, and not a moment earlier', async () => {
    const keeper = makeKeeper();
    const first = await startScene({ keeper });
    const untilMs = first.clock.nowMs() + 900_000;
    await first.runtime.pause(untilMs);
    expect(first.runtime.snapshot()).toMatchObject({ pausedUntilMs: untilMs, rule: { name: 'paused-until', untilMs } });
    await first.clock.advance(300_000);
    const second = makeScene({ keeper, clock: first.clock });
    second.runtime.start(false);
    await settle();
    await second.coordinator.welcome();
    await second.clock.advance(untilMs - second.clock.nowMs() - 1);
    expect(idleReasonOf(second)).toBe('paused-until');
    await second.clock.advance(1);
    expect(idleReasonOf(second)).toBe('asking');
    expect(second.runtime.snapshot()).toMatchObject({ pausedUntilMs: null, rule: null });
  });

  test('stands also where nothing can be kept, and where the storage never answers', async () => {
    const silent: RuleKeeper = { read: () => new Promise(() => {}), write: () => Promise.reject(new Error('private')) };
    const scene = makeScene({ keeper: silent });
    scene.runtime.start();
    await scene.clock.advance(3_000);
    await scene.coordinator.welcome();
    expect(idleReasonOf(scene)).toBe('asking');
    await scene.runtime.pause();
    expect(idleReasonOf(scene)).toBe('paused');
  });
});

describe('finishing', () => {
  test('hands back what waits, completes what runs, sends it, and is off', async () => {
    const scene = await startScene();
    await assign(scene, 0, 1, 2);
    scene.runtime.finishAndStop();
    await settle();
    expect(outcomesOf(scene)).toEqual(['released', 'released']);
    expect(scene.pool.runs[0]?.isStopped).toBe(false);
    expect(scene.runtime.snapshot()).toMatchObject({ state: { kind: 'working' }, rule: { name: 'finishing' } });
    await assign(scene, 3);
    expect(outcomesOf(scene)).toEqual(['released', 'released', 'released']);
    await scene.pool.runs[0]?.done();
    await scene.clock.advance(100);
    expect(outcomesOf(scene).at(-1)).toBe('done');
    await scene.coordinator.say({ type: 'receipts', receipts: [makeReceipt()] });
    await settle();
    expect(scene.runtime.snapshot()).toMatchObject({ state: { kind: 'off' }, rule: null });
  });

  test('with nothing in hand it is off at once, and a start begins anew', async () => {
    const scene = await startScene();
    scene.runtime.finishAndStop();
    await settle();
    expect(scene.runtime.snapshot().state).toEqual({ kind: 'off' });
    scene.runtime.start();
    await settle();
    await scene.coordinator.welcome();
    expect(idleReasonOf(scene)).toBe('asking');
  });

  test('can be thought better of', async () => {
    const scene = await startScene();
    await assign(scene, 0);
    scene.runtime.finishAndStop();
    await scene.runtime.resume();
    await scene.pool.runs[0]?.done();
    await scene.clock.advance(100);
    expect(scene.runtime.snapshot().state.kind).toBe('idle');
    expect(scene.runtime.snapshot().rule).toBeNull();
  });
});

describe('the day’s data', () => {
  test('is counted up and down, kept, and at its cap the connection is closed until midnight', async () => {
    const keeper = makeKeeper();
    const scene = await startScene({ keeper, settings: { dataCap: { isOn: true, bytesADay: 1_000_000 } } });
    const { clock, coordinator, runtime } = scene;
    const greeting = runtime.snapshot().usage.bytesToday;
    expect(greeting).toBeGreaterThan(0);
    await assign(scene, 0);
    expect(runtime.snapshot().usage.bytesToday).toBeGreaterThan(greeting + 300);
    await clock.advance(KEEP_EVERY_MS);
    expect(keeper.kept?.usage.bytes).toBeGreaterThan(greeting);
    // A reload in the evening of the same day.
    keeper.kept = { ...keeper.kept!, usage: { ...keeper.kept!.usage, bytes: 999_999 } };
    const second = makeScene({ keeper, clock, settings: { dataCap: { isOn: true, bytesADay: 1_000_000 } } });
    second.runtime.start(false);
    await settle();
    expect(second.coordinator.connections).toBe(1);
    await second.clock.advance(10);
    expect(idleReasonOf(second)).toBe('data-cap');
    expect(second.runtime.snapshot().transport).toBeNull();
    const { rule } = second.runtime.snapshot();
    await clock.advance((rule?.untilMs ?? 0) - clock.nowMs() - 1);
    expect(second.coordinator.connections).toBe(1);
    await clock.advance(1);
    await settle();
    expect(second.coordinator.connections).toBe(2);
    expect(coordinator.connections).toBeGreaterThan(0);
  });
});

describe('hours and use', () => {
  test('outside of its hours it hands back, and begins with them by itself', async () => {
    // The fake clock begins at 00:16:40 on a Thursday.
    const hours = {
      isOn: true,
      ranges: [
        { days: [4], fromMinute: 0, toMinute: 20 },
        { days: [4], fromMinute: 60, toMinute: 90 },
      ],
    };
    const scene = await startScene({ settings: { hours } });
    await assign(scene, 0);
    await scene.clock.advance(200_000 - 1 - (scene.clock.nowMs() - 1_000_000));
    expect(scene.pool.runs[0]?.isStopped).toBe(false);
    await scene.clock.advance(1);
    expect(scene.pool.runs[0]?.isStopped).toBe(true);
    expect(scene.runtime.snapshot().state).toMatchObject({ kind: 'idle', reason: 'outside-hours', retryAtMs: 3_600_000 });
    await scene.clock.advance(3_600_000 - scene.clock.nowMs());
    expect(idleReasonOf(scene)).not.toBe('outside-hours');
  });

  test('someone at the device stops it at once', async () => {
    const scene = await startScene({ settings: { onlyWhenIdle: { isOn: true, afterMinutes: 1 } } });
    await assign(scene, 0);
    scene.runtime.learn({ lastInputAtMs: scene.clock.nowMs() });
    await settle();
    expect(scene.pool.runs[0]?.isStopped).toBe(true);
    expect(idleReasonOf(scene)).toBe('user-active');
    await scene.clock.advance(59_999);
    expect(idleReasonOf(scene)).toBe('user-active');
    await scene.clock.advance(1);
    expect(idleReasonOf(scene)).not.toBe('user-active');
  });

  test('slices follow what the person does', async () => {
    const scene = await startScene({ settings: { cpu: { share: 0.5 } } });
    expect(scene.pool.loads.cpu.targetMs).toBe(16);
    scene.runtime.setSurroundings({ isVisible: true, isUserActive: true });
    expect(scene.pool.loads.cpu.targetMs).toBe(8);
    scene.runtime.setSurroundings({ isVisible: false, isUserActive: false });
    expect(scene.pool.loads.cpu.targetMs).toBe(50);
  });
});

describe('likes', () => {
  const likes = { ...NO_LIKES, pinnedJobs: [3 as JobId] };

  test('are told after the welcome, and when they change, and never twice', async () => {
    const scene = await startScene({ settings: { likes } });
    expect(scene.coordinator.heard('prefer')).toMatchObject([{ likes }]);
    scene.runtime.setSettings({ cpu: { share: 0.5 } });
    expect(scene.coordinator.heard('prefer')).toHaveLength(1);
    scene.runtime.setSettings({ likes: { pinnedJobs: [] } });
    await settle();
    expect(scene.coordinator.heard('prefer')).toHaveLength(2);
    await scene.coordinator.hangUp();
    await comeBack(scene);
    expect(scene.coordinator.heard('prefer')).toHaveLength(2);
  });

  test('are not told to a coordinator that would not understand', async () => {
    const scene = makeScene({ settings: { likes } });
    scene.runtime.start();
    await settle();
    await scene.coordinator.welcome({ v: 3 });
    expect(scene.coordinator.heard('prefer')).toHaveLength(0);
    expect(scene.coordinator.heard('want')).toHaveLength(1);
  });

  test('that loosen what was refused make it ask again at once', async () => {
    const scene = await startScene({ settings: { likes } });
    await scene.coordinator.say({ type: 'idle', reason: 'nothing-you-like', retryAfterMs: 60_000 });
    expect(idleReasonOf(scene)).toBe('nothing-you-like');
    scene.runtime.setSettings({ likes: NO_LIKES });
    await scene.clock.advance(100);
    expect(scene.coordinator.heard('want')).toHaveLength(2);
  });
});

test('a result computed under a pause that came too late is still sent', async () => {
  const scene = await computeOne();
  await scene.runtime.pause();
  expect(outcomesOf(scene)).toEqual(['done']);
});

test('a page that opens on its battery rests at once, whatever was kept of the day before', async () => {
  const keeper = makeKeeper();
  const first = await startScene({ keeper });
  await first.runtime.stop();
  const second = makeScene({ keeper });
  second.runtime.learn({ isOnBattery: true });
  second.runtime.start(false);
  await settle();
  await second.coordinator.welcome();
  expect(idleReasonOf(second)).toBe('on-battery');
});

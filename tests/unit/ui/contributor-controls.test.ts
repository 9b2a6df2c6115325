// The page's hold on the contributor: pressed before the engine is loaded, paused, failed, and what is mine.
import { createRoot } from 'solid-js';
import { describe, expect, it, vi } from 'vitest';
import { adjustSettings } from '../../../src/contributor/adjust-settings.ts';
import { DEFAULT_SETTINGS } from '../../../src/contributor/presets.ts';
import { type ContributorSnapshot, makeSnapshot } from '../../../src/contributor/state.ts';
import type { JobId } from '../../../src/protocol/ids.ts';
import { type ContributorHandle, createContributorControls } from '../../../src/ui/state/create-contributor-controls.ts';

function makeHandle(calls: string[]) {
  let snapshot: ContributorSnapshot = makeSnapshot(DEFAULT_SETTINGS);
  let tell: (next: ContributorSnapshot) => void = () => undefined;
  const set = (change: Partial<ContributorSnapshot>): void => {
    snapshot = { ...snapshot, ...change };
    tell(snapshot);
  };
  const note = (call: string, change: Partial<ContributorSnapshot>): void => {
    calls.push(call);
    set(change);
  };
  const handle: ContributorHandle = {
    snapshot: () => snapshot,
    subscribe(listener) {
      tell = listener;
      return () => undefined;
    },
    start: () => note('start', { state: { kind: 'working' } }),
    stop: () => note('stop', { state: { kind: 'off' } }),
    pause(untilMs) {
      const reason = untilMs === null ? 'paused' : 'paused-until';
      note(`pause ${untilMs}`, { state: { kind: 'idle', reason, sentence: 'Paused.', retryAtMs: untilMs }, pausedUntilMs: untilMs });
    },
    resume: () => note('resume', { state: { kind: 'working' } }),
    finishAndStop: () => note('finish', { state: { kind: 'working' } }),
    async askForIdleDetection() {
      note('ask', { idleDetection: 'granted' });
      return 'granted';
    },
    setSettings: (change) => set({ settings: adjustSettings(snapshot.settings, change) }),
    destroy: () => void calls.push('destroy'),
  };
  return { handle, set };
}

const never = (): void => undefined;

describe('the controls', () => {
  it('say starting at once and start when the engine has come', async () => {
    const calls: string[] = [];
    const { handle } = makeHandle(calls);
    let arrive: (handle: ContributorHandle) => void = never;
    const controls = createRoot(() => createContributorControls(() => new Promise((resolve) => (arrive = resolve)), never));
    const started = controls.start();
    expect(controls.snapshot().state.kind).toBe('starting');
    expect(controls.isOn()).toBe(true);
    arrive(handle);
    await started;
    expect(calls).toEqual(['start']);
    expect(controls.snapshot().state.kind).toBe('working');
  });

  it('load the host once, also when the page is merely idle', async () => {
    let loads = 0;
    const { handle } = makeHandle([]);
    const controls = createRoot(() =>
      createContributorControls(
        async () => {
          loads += 1;
          return handle;
        },
        (run) => run(),
      ),
    );
    await controls.start();
    await controls.stop();
    expect(loads).toBe(1);
  });

  it('start, pause and resume with one verb', async () => {
    const calls: string[] = [];
    const { handle } = makeHandle(calls);
    const controls = createRoot(() => createContributorControls(async () => handle, never));
    await controls.togglePause();
    await controls.togglePause();
    await controls.togglePause();
    expect(calls).toEqual(['start', 'pause null', 'resume']);
  });

  it('pause for a while, resume before it is over, finish, and ask the browser', async () => {
    const calls: string[] = [];
    const { handle } = makeHandle(calls);
    const controls = createRoot(() => createContributorControls(async () => handle, never));
    await controls.start();
    await controls.pause(900_000);
    await controls.togglePause();
    await controls.finishAndStop();
    await controls.askForIdleDetection();
    expect(calls).toEqual(['start', 'pause 900000', 'resume', 'finish', 'ask']);
    expect(controls.snapshot().idleDetection).toBe('granted');
  });

  it('say why when the engine cannot be loaded, and try again on the next press', async () => {
    const { handle } = makeHandle([]);
    let loads = 0;
    const controls = createRoot(() =>
      createContributorControls(async () => {
        loads += 1;
        if (loads === 1) throw new Error('the chunk is gone');
        return handle;
      }, never),
    );
    await controls.start();
    const { state } = controls.snapshot();
    expect(state.kind === 'stopped' && state.fault.sentence).toContain('the chunk is gone');
    await controls.start();
    expect(controls.snapshot().state.kind).toBe('working');
  });

  it('move the slider at once and keep it in bounds', async () => {
    const { handle } = makeHandle([]);
    const controls = createRoot(() => createContributorControls(async () => handle, never));
    const set = controls.setSettings({ gpu: { duty: 7 } });
    expect(controls.snapshot().settings.gpu.duty).toBe(1);
    await set;
    expect(handle.snapshot().settings.gpu.duty).toBe(1);
  });

  it('keep what was chosen while a snapshot of before still arrives', async () => {
    const { handle, set } = makeHandle([]);
    let arrive = never;
    const slow = { ...handle, setSettings: () => new Promise<void>((resolve) => (arrive = resolve)) };
    const controls = createRoot(() => createContributorControls(async () => slow, never));
    await controls.start();
    const chosen = controls.setSettings({ gpu: { isOn: false } });
    await Promise.resolve();
    set({ usage: { bytesToday: 5 } });
    expect(controls.snapshot().usage.bytesToday).toBe(5);
    expect(controls.snapshot().settings.gpu.isOn).toBe(false);
    arrive();
    await chosen;
    // Taken over by another tab, whose last word was on its way.
    set({ usage: { bytesToday: 6 } });
    expect(controls.snapshot().settings.gpu.isOn).toBe(false);
    set({ settings: adjustSettings(DEFAULT_SETTINGS, { gpu: { isOn: false } }) });
    set({ settings: adjustSettings(DEFAULT_SETTINGS, { gpu: { duty: 0.7 } }) });
    expect(controls.snapshot().settings.gpu).toEqual({ isOn: true, duty: 0.7 });
  });

  it('show what is so again when nobody takes a choice over within two seconds', async () => {
    vi.useFakeTimers();
    try {
      const { handle, set } = makeHandle([]);
      const controls = createRoot(() => createContributorControls(async () => ({ ...handle, setSettings: () => undefined }), never));
      await controls.start();
      await controls.setSettings({ gpu: { isOn: false } });
      vi.advanceTimersByTime(1_999);
      set({ usage: { bytesToday: 5 } });
      expect(controls.snapshot().settings.gpu.isOn).toBe(false);
      vi.advanceTimersByTime(1);
      set({ usage: { bytesToday: 6 } });
      expect(controls.snapshot().settings.gpu.isOn).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });

  it('remember what was computed here', async () => {
    const { handle, set } = makeHandle([]);
    const controls = createRoot(() => createContributorControls(async () => handle, never));
    await controls.start();
    const item = { atMs: 0, job: 4 as JobId, title: 't', amountMicro: null, sentence: 's' };
    set({
      recent: [
        { ...item, kind: 'computed', index: 7 },
        { ...item, kind: 'outvoted', index: 8 },
      ],
    });
    set({ recent: [] });
    expect([...controls.mineOf(4 as JobId)]).toEqual([7]);
    expect([...controls.mineOf(5 as JobId)]).toEqual([]);
  });
});

// The contributor as the page sees it: one snapshot signal and a few verbs. The engine's code is fetched after the first page has drawn.
import { type Accessor, createSignal, onCleanup } from 'solid-js';
import { adjustSettings } from '../../contributor/adjust-settings.ts';
import { DEFAULT_SETTINGS } from '../../contributor/presets.ts';
import {
  type ContributorSettings,
  type ContributorSnapshot,
  type IdleDetection,
  makeSnapshot,
  type SettingsChange,
} from '../../contributor/state.ts';
import type { JobId } from '../../protocol/ids.ts';
import { createFigures, type Figures } from './create-figures.ts';
import { describeFault } from './describe-fault.ts';

/** What src/contributor/host.ts makes; the tests hand in a scripted one. */
export interface ContributorHandle {
  snapshot(): ContributorSnapshot;
  subscribe(listener: (snapshot: ContributorSnapshot) => void): () => void;
  start(): Promise<void> | void;
  stop(): Promise<void> | void;
  /** Null: until the person says. */
  pause(untilMs: number | null): Promise<void> | void;
  resume(): Promise<void> | void;
  finishAndStop(): Promise<void> | void;
  setSettings(change: SettingsChange): Promise<void> | void;
  /** Wants a click: the browser asks the person. */
  askForIdleDetection(): Promise<IdleDetection>;
  destroy(): Promise<void> | void;
}

export interface ContributorControls extends Pick<Figures, 'busy' | 'hourly'> {
  readonly snapshot: Accessor<ContributorSnapshot>;
  /** Pressed, and the engine's code is still on its way. */
  readonly isOn: Accessor<boolean>;
  /** Shards of a job that this device computed since the page opened. */
  mineOf(job: JobId): ReadonlySet<number>;
  start(): Promise<void>;
  stop(): Promise<void>;
  pause(untilMs: number | null): Promise<void>;
  resume(): Promise<void>;
  /** Starts what is off. */
  togglePause(): Promise<void>;
  finishAndStop(): Promise<void>;
  setSettings(change: SettingsChange): Promise<void>;
  askForIdleDetection(): Promise<void>;
  /** Lets everything go, as before an update. */
  release(): Promise<void>;
}

const NONE: ReadonlySet<number> = new Set();
/** The tab that computes shows what was chosen here within this, or it is not taken over at all. */
const TAKE_OVER_MS = 2_000;

function isSame(some: ContributorSettings, others: ContributorSettings): boolean {
  return JSON.stringify(some) === JSON.stringify(others);
}

export function createContributorControls(
  load: () => Promise<ContributorHandle>,
  whenIdle: (run: () => void) => void,
): ContributorControls {
  const [snapshot, setSnapshot] = createSignal<ContributorSnapshot>(makeSnapshot(DEFAULT_SETTINGS), { equals: false });
  const mine = createMine();
  const figures = createFigures();
  /** Chosen here and on its way, to another tab perhaps: a snapshot of before must not turn a switch back. */
  let wanted: ContributorSettings | null = null;
  let stopWaiting: ReturnType<typeof setTimeout> | undefined;
  const accept = (next: ContributorSnapshot): void => {
    if (wanted && isSame(next.settings, wanted)) wanted = null;
    mine.note(next);
    figures.note(next, Date.now());
    setSnapshot(() => (wanted ? { ...next, settings: wanted } : next));
  };
  let loading: Promise<ContributorHandle> | null = null;
  let unsubscribe: (() => void) | null = null;

  const open = (): Promise<ContributorHandle> => {
    loading ??= load().then((handle) => {
      unsubscribe = handle.subscribe(accept);
      accept(handle.snapshot());
      return handle;
    });
    return loading;
  };
  const act = async (run: (handle: ContributorHandle) => unknown): Promise<void> => {
    try {
      await run(await open());
    } catch (error) {
      loading = unsubscribe ? loading : null;
      setSnapshot((before) => ({ ...before, state: { kind: 'stopped', fault: describeFault(error) } }));
    }
  };
  // A device that was on when its page closed goes on by itself, so the host is always loaded.
  whenIdle(() => void act(() => undefined));
  onCleanup(() => {
    unsubscribe?.();
    clearTimeout(stopWaiting);
  });

  const isOn = (): boolean => isContributing(snapshot());
  return {
    snapshot,
    isOn,
    busy: figures.busy,
    hourly: figures.hourly,
    mineOf: mine.of,
    async start() {
      setSnapshot((before) => ({ ...before, state: { kind: 'starting', step: 'engine' } }));
      await act((handle) => handle.start());
    },
    stop: () => act((handle) => handle.stop()),
    pause: (untilMs) => act((handle) => handle.pause(untilMs)),
    resume: () => act((handle) => handle.resume()),
    togglePause() {
      const { state } = snapshot();
      if (state.kind === 'off' || state.kind === 'stopped') return this.start();
      return isPaused(snapshot()) ? this.resume() : this.pause(null);
    },
    finishAndStop: () => act((handle) => handle.finishAndStop()),
    async setSettings(change) {
      const chosen = adjustSettings(snapshot().settings, change);
      wanted = chosen;
      setSnapshot((before) => ({ ...before, settings: chosen }));
      await act((handle) => handle.setSettings(change));
      clearTimeout(stopWaiting);
      // Nobody took it over: what is so is shown again.
      stopWaiting = setTimeout(() => {
        wanted = null;
      }, TAKE_OVER_MS);
    },
    askForIdleDetection: () => act((handle) => handle.askForIdleDetection()),
    release: () => act((handle) => handle.destroy()),
  };
}

export function isContributing({ state }: ContributorSnapshot): boolean {
  return state.kind !== 'off' && state.kind !== 'insecure' && state.kind !== 'stopped';
}

/** Also on its battery: it can be resumed in the same way. */
export function isPaused({ state }: ContributorSnapshot): boolean {
  return state.kind === 'idle' && (state.reason === 'paused' || state.reason === 'paused-until' || state.reason === 'on-battery');
}

/** The feed forgets after fifty items; what this device computed stays outlined. */
function createMine() {
  const shards = new Map<JobId, Set<number>>();
  const add = (job: JobId | null, index: number | null): void => {
    if (job === null || index === null) return;
    if (!shards.has(job)) shards.set(job, new Set());
    shards.get(job)?.add(index);
  };
  return {
    of: (job: JobId): ReadonlySet<number> => shards.get(job) ?? NONE,
    note({ recent, latestOutput }: ContributorSnapshot): void {
      for (const { kind, job, index } of recent) if (kind === 'computed' || kind === 'verified') add(job, index);
      if (latestOutput) add(latestOutput.job, latestOutput.index);
    },
  };
}

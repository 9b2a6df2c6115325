// What a running contributor shows: the facts behind its state, the snapshot that is told, and when it is told.
import type { Clock } from './clock.ts';
import { pushFeed } from './feed.ts';
import {
  type ContributorCounts,
  type ContributorSettings,
  type ContributorSnapshot,
  deriveState,
  type FeedItem,
  makeSnapshot,
  type RuntimeFacts,
} from './state.ts';

/** How often a snapshot is made while progress counts up; changes of state are told at once. */
export const SNAPSHOT_EVERY_MS = 100;
/** The measured load falls by itself when work ends: it is shown falling. */
export const FADE_EVERY_MS = 500;

/** What others hold and a snapshot shows. */
export type Measured = Pick<ContributorSnapshot, 'current' | 'speedWorkgroupsPerSecond' | 'measured' | 'usage' | 'pausedUntilMs'> &
  Pick<ContributorCounts, 'waiting' | 'unsent'> &
  Pick<RuntimeFacts, 'running' | 'loading'>;

export interface RuntimeView {
  readonly facts: RuntimeFacts;
  readonly settings: ContributorSettings;
  learn(change: Partial<RuntimeFacts>): void;
  show(change: Partial<ContributorSnapshot>): void;
  /** Puts an item on top of the feed; null says nothing. */
  tell(item: FeedItem | null): void;
  count(name: 'computed' | 'verified' | 'outvoted', by?: number): void;
  addCredit(amountMicro: bigint, balanceMicro: bigint): void;
  /** Something that is measured has changed. */
  touch(): void;
  snapshot(): ContributorSnapshot;
  close(): void;
}

export interface RuntimeViewOptions {
  readonly settings: ContributorSettings;
  readonly clock: Clock;
  readonly measure: () => Measured;
  readonly onSnapshot: (snapshot: ContributorSnapshot) => void;
}

const OFF: RuntimeFacts = {
  isOn: false,
  rule: null,
  fault: null,
  step: null,
  running: 0,
  loading: 0,
  connection: { kind: 'opening' },
  idle: null,
};

export function createRuntimeView({ settings, clock, measure, onSnapshot }: RuntimeViewOptions): RuntimeView {
  let view = makeSnapshot(settings);
  let facts = OFF;
  let stopTimer: (() => void) | null = null;
  let stopFading = (): void => {};

  const refresh = (): ContributorSnapshot => {
    const { running, loading, waiting, unsent, ...measured } = measure();
    facts = { ...facts, running, loading };
    view = {
      ...view,
      ...measured,
      counts: { ...view.counts, waiting, unsent },
      rule: facts.isOn ? facts.rule : null,
      state: deriveState(facts),
    };
    return view;
  };

  const emit = (): void => {
    stopTimer?.();
    stopTimer = null;
    onSnapshot(refresh());
    stopFading();
    const { gpuPercent, cpuPercent } = view.measured;
    if ((gpuPercent ?? 0) > 0 || (cpuPercent ?? 0) > 0) stopFading = clock.after(FADE_EVERY_MS, emit);
  };

  const touch = (): void => {
    const before = JSON.stringify(view.state);
    if (JSON.stringify(refresh().state) !== before) emit();
    else stopTimer ??= clock.after(SNAPSHOT_EVERY_MS, emit);
  };

  const show = (change: Partial<ContributorSnapshot>): void => {
    view = { ...view, ...change };
    touch();
  };

  return {
    get facts() {
      return facts;
    },
    get settings() {
      return view.settings;
    },
    learn(change) {
      facts = { ...facts, ...change };
      touch();
    },
    show,
    tell(item) {
      if (item) show({ recent: pushFeed(view.recent, item) });
    },
    count(name, by = 1) {
      show({ counts: { ...view.counts, [name]: view.counts[name] + by } });
    },
    addCredit(amountMicro, balanceMicro) {
      show({ creditedMicro: view.creditedMicro + amountMicro, balanceMicro });
    },
    touch,
    snapshot: refresh,
    close() {
      stopTimer?.();
      stopTimer = null;
      stopFading();
    },
  };
}

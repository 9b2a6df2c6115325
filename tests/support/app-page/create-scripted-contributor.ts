// A contributor that only says what a scenario says, for looking at every state of the app; it obeys the same verbs as the real one.
import { adjustSettings } from '../../../src/contributor/adjust-settings.ts';
import { DEFAULT_SETTINGS } from '../../../src/contributor/presets.ts';
import {
  type ContributorSnapshot,
  type ContributorState,
  type FeedItem,
  makeSnapshot,
  RULES,
  type RuleName,
  sentenceFor,
} from '../../../src/contributor/state.ts';
import type { Digest, JobId, ShardId } from '../../../src/protocol/ids.ts';
import type { ContributorHandle } from '../../../src/ui/state/create-contributor-controls.ts';

const JOB = 41 as JobId;
const TITLE = 'Path-traced bunny';

const FEED: readonly Omit<FeedItem, 'atMs'>[] = [
  { kind: 'verified', job: JOB, index: 17, title: TITLE, amountMicro: 42_000n, sentence: 'Another device got the same answer.' },
  { kind: 'computed', job: JOB, index: 31, title: TITLE, amountMicro: null, sentence: 'Computed in 0.8 s and sent.' },
  { kind: 'verified', job: JOB, index: 12, title: TITLE, amountMicro: 42_000n, sentence: 'Another device got the same answer.' },
  { kind: 'outvoted', job: JOB, index: 9, title: TITLE, amountMicro: null, sentence: 'Two others agreed on a different answer.' },
  { kind: 'late', job: JOB, index: 4, title: TITLE, amountMicro: null, sentence: 'The shard was final before this copy came.' },
  { kind: 'note', job: null, index: null, title: '', amountMicro: null, sentence: 'Connected by WebRTC.' },
];

/** A rule's own name is its scenario. */
const findRule = (scenario: string): RuleName | null => RULES.find((name) => name === scenario) ?? null;
const HALF_AN_HOUR_MS = 1_800_000;
const TIMED: readonly RuleName[] = ['paused-until', 'outside-hours', 'data-cap', 'user-active'];

function untilOf(rule: RuleName): number | null {
  return TIMED.includes(rule) ? Date.now() + HALF_AN_HOUR_MS : null;
}

function makeState(scenario: string): ContributorState {
  const rule = findRule(scenario);
  if (rule) return { kind: 'idle', reason: rule, sentence: sentenceFor(rule), retryAtMs: untilOf(rule) };
  switch (scenario) {
    case 'working':
      return { kind: 'working' };
    case 'starting':
      return { kind: 'starting', step: 'connecting' };
    case 'idle':
      return { kind: 'idle', reason: 'all-handed-out', sentence: sentenceFor('all-handed-out'), retryAtMs: Date.now() + 60_000 };
    case 'reconnecting':
      return {
        kind: 'reconnecting',
        attempt: 2,
        retryAtMs: Date.now() + 60_000,
        sentence: 'The coordinator cannot be reached: the connection closed. Results are kept and sent later.',
      };
    case 'other-tab':
      return { kind: 'other-tab' };
    case 'insecure':
      return {
        kind: 'insecure',
        sentence: 'This page came over plain http, so the browser offers it no GPU and no keys: open it over https.',
      };
    case 'stopped':
      return { kind: 'stopped', fault: { code: 'upgrade-required', sentence: 'The coordinator wants a newer version: reload this page.' } };
    default:
      return { kind: 'off' };
  }
}

function makeScene(scenario: string): ContributorSnapshot {
  const rule = findRule(scenario);
  const base: ContributorSnapshot = {
    ...makeSnapshot(DEFAULT_SETTINGS),
    state: makeState(scenario),
    rule: rule && { name: rule, sentence: sentenceFor(rule), untilMs: untilOf(rule) },
    usage: { bytesToday: 41_300_000 },
    idleDetection: 'can-ask',
  };
  if (['off', 'insecure', 'stopped', 'starting'].includes(scenario)) return base;
  const current = (index: number, fraction: number) => ({
    shard: (JOB * 1024 + index) as ShardId,
    job: JOB,
    index,
    title: TITLE,
    fraction,
    manifest: '0'.repeat(64) as Digest,
    engine: 'gpu' as const,
  });
  return {
    ...base,
    transport: scenario === 'reconnecting' ? null : 'rtc',
    engines: {
      gpu: { kind: 'gpu', label: 'GPU (apple metal-3)', isFallback: false, reason: 'gpu', why: 'Computing on the GPU.' },
      cpu: { kind: 'cpu', label: 'CPU (WebAssembly)', isFallback: false, reason: 'cpu', why: 'Computing on the CPU.' },
    },
    missing: { gpu: null, cpu: null },
    counts: { computed: 148, verified: 131, outvoted: 1, waiting: 14, unsent: scenario === 'reconnecting' ? 3 : 0 },
    creditedMicro: 5_502_000n,
    balanceMicro: 105_502_000n,
    current: scenario === 'working' ? [current(52, 0.4), current(53, 0.1)] : [],
    recent: FEED.map((item, index) => ({ ...item, atMs: Date.now() - index * 7_000 - 1_000 })),
    speedWorkgroupsPerSecond: 3_412,
    measured: { gpuPercent: scenario === 'working' ? 21 : 0, cpuPercent: scenario === 'working' ? 13 : 0, isSteppingBack: false },
  };
}

export function createScriptedContributor(scenario: string): ContributorHandle {
  let snapshot = makeScene(scenario);
  const listeners = new Set<(next: ContributorSnapshot) => void>();
  const set = (next: ContributorSnapshot): void => {
    snapshot = next;
    for (const listener of listeners) listener(snapshot);
  };
  const handle: ContributorHandle = {
    snapshot: () => snapshot,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start: () => set(makeScene('working')),
    stop: () => set({ ...snapshot, state: { kind: 'off' }, current: [] }),
    pause(untilMs) {
      const held = makeScene(untilMs === null ? 'paused' : 'paused-until');
      set({ ...held, settings: snapshot.settings, pausedUntilMs: untilMs });
    },
    resume: () => set({ ...makeScene('working'), settings: snapshot.settings }),
    finishAndStop: () => set({ ...makeScene('finishing'), settings: snapshot.settings }),
    async askForIdleDetection() {
      set({ ...snapshot, idleDetection: 'granted' });
      return 'granted';
    },
    setSettings: (change) => set({ ...snapshot, settings: adjustSettings(snapshot.settings, change) }),
    destroy: () => set({ ...snapshot, state: { kind: 'off' }, current: [] }),
  };
  // The test moves the scene from outside: credit that arrives, a shard that is verified.
  (globalThis as { ostrakaScene?: unknown }).ostrakaScene = {
    play: (next: string) => set(makeScene(next)),
    credit: (micro: number) => set({ ...snapshot, creditedMicro: snapshot.creditedMicro + BigInt(micro) }),
  };
  return handle;
}

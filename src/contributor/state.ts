// What a contributor is doing and why, as plain data: every idle moment has a sentence. Woken by: every event of the runtime.
import type { FaultBody } from '../protocol/fault.ts';
import type { Digest, JobId, MicroCredits, ShardId } from '../protocol/ids.ts';
import type { Size3, View } from '../protocol/job.ts';
import type { IdleReason } from '../protocol/messages.ts';

export type ContributorIdleReason = IdleReason | 'paused' | 'on-battery' | 'pending-reconnect' | 'asking' | 'loading-inputs';
export type StartStep = 'account' | 'engine' | 'connecting';

export type ContributorState =
  | { readonly kind: 'off' }
  | { readonly kind: 'starting'; readonly step: StartStep }
  | { readonly kind: 'working' }
  | { readonly kind: 'idle'; readonly reason: ContributorIdleReason; readonly sentence: string; readonly retryAtMs: number | null }
  | { readonly kind: 'reconnecting'; readonly attempt: number; readonly retryAtMs: number; readonly sentence: string }
  | { readonly kind: 'other-tab' }
  | { readonly kind: 'insecure'; readonly sentence: string }
  | { readonly kind: 'stopped'; readonly fault: FaultBody };

export interface EngineView {
  readonly kind: 'gpu' | 'cpu';
  readonly label: string;
  readonly isFallback: boolean;
  /** One sentence: why this engine and no other. */
  readonly why: string;
}

export interface ContributorSettings {
  /** Share of the device that may be used, 0.05 to 1. */
  readonly share: number;
  /** Engine workers at a share of 1, on the CPU. */
  readonly threads: number;
  /** Nothing is computed while the browser says that the device runs on its battery. */
  readonly pauseOnBattery: boolean;
}

export interface ContributorCounts {
  readonly computed: number;
  readonly verified: number;
  readonly outvoted: number;
  /** Received by the coordinator, the vote is still open. */
  readonly waiting: number;
  /** Computed, not yet received by the coordinator. */
  readonly unsent: number;
}

export interface CurrentShard {
  readonly shard: ShardId;
  readonly job: JobId;
  readonly index: number;
  readonly title: string;
  /** 0 to 1. */
  readonly fraction: number;
  readonly manifest: Digest;
}

export interface FeedItem {
  readonly atMs: number;
  readonly kind: 'computed' | 'verified' | 'outvoted' | 'late' | 'failed' | 'note';
  readonly job: JobId | null;
  readonly index: number | null;
  readonly title: string;
  readonly amountMicro: MicroCredits | null;
  readonly sentence: string;
}

export interface LatestOutput {
  readonly job: JobId;
  readonly index: number;
  readonly base: number;
  readonly count: number;
  readonly view: View;
  readonly grid: Size3;
  readonly workgroupsPerShard: number;
  /** The bytes of the output that the view shows. */
  readonly bytes: Uint8Array;
}

export interface ContributorSnapshot {
  readonly state: ContributorState;
  readonly transport: 'rtc' | 'ws' | null;
  readonly engine: EngineView | null;
  readonly settings: ContributorSettings;
  readonly counts: ContributorCounts;
  /** Verified in this session. */
  readonly creditedMicro: MicroCredits;
  /** Spendable credit as the coordinator last said; null until it did. */
  readonly balanceMicro: MicroCredits | null;
  readonly current: readonly CurrentShard[];
  /** Newest first, at most `MAX_FEED_ITEMS`. */
  readonly recent: readonly FeedItem[];
  readonly latestOutput: LatestOutput | null;
  readonly speedWorkgroupsPerSecond: number;
  readonly dutyPercent: number;
}

export const MAX_FEED_ITEMS = 50;
export const DEFAULT_SETTINGS: ContributorSettings = { share: 0.5, threads: 2, pauseOnBattery: true };
export const MIN_SHARE = 0.05;
export const MAX_THREADS = 64;

const IDLE_SENTENCES: Readonly<Record<ContributorIdleReason, string>> = {
  'no-jobs': 'Nobody has asked for anything right now; the next job starts by itself.',
  'nothing-for-this-engine': 'The jobs of this moment need an engine that this device does not have.',
  'all-handed-out': 'Every shard is already with another device; new ones come as results return.',
  'one-copy-an-account':
    'The shards that are left were already computed by this account, and a second opinion must come from someone else.',
  'one-copy-an-address':
    'The shards that are left were already computed from this internet connection, and a second opinion must come from elsewhere.',
  draining: 'The coordinator is about to restart and hands out nothing new; this continues by itself afterwards.',
  'storage-low': 'The coordinator is short of disk space and hands out nothing until there is room.',
  'too-many-in-flight': 'This device holds as many shards as it may; more come when the coordinator has received some.',
  overloaded: 'The coordinator has more results than it can write down right now; it hands out more in a moment.',
  'failed-too-often': 'This device has failed these jobs too often, so they go to other devices.',
  paused: 'Paused. Credit is safe, and nothing is computed until you resume.',
  'on-battery': 'This device runs on its battery; computing goes on when it charges, or when you resume it.',
  'pending-reconnect': 'The coordinator is restarting; this device comes back by itself.',
  asking: 'Asking the coordinator for work.',
  'loading-inputs': 'Fetching what the next shard needs.',
};

/** One plain sentence for a person: why nothing is computed now. */
export function sentenceFor(reason: ContributorIdleReason): string {
  return IDLE_SENTENCES[reason];
}

/** What the runtime knows; `deriveState` says what it means. */
export interface RuntimeFacts {
  readonly isOn: boolean;
  readonly isPaused: boolean;
  /** On its battery, and this matters: the setting says so and nobody resumed since. */
  readonly isOnBattery: boolean;
  readonly fault: FaultBody | null;
  readonly step: StartStep | null;
  readonly running: number;
  readonly loading: number;
  readonly connection:
    | { readonly kind: 'open' }
    | { readonly kind: 'opening' }
    | { readonly kind: 'waiting'; readonly attempt: number; readonly retryAtMs: number; readonly why: string };
  readonly idle: { readonly reason: IdleReason | 'pending-reconnect'; readonly retryAtMs: number | null } | null;
}

/** What happens now wins over what was said last: work in hand goes on while the connection is away. */
export function deriveState(facts: RuntimeFacts): ContributorState {
  if (facts.fault !== null) return { kind: 'stopped', fault: facts.fault };
  if (!facts.isOn) return { kind: 'off' };
  if (facts.isPaused) return idle('paused', null);
  if (facts.isOnBattery) return idle('on-battery', null);
  if (facts.running > 0) return { kind: 'working' };
  if (facts.step !== null && facts.connection.kind !== 'waiting') return { kind: 'starting', step: facts.step };
  if (facts.connection.kind === 'waiting') return reconnecting(facts.connection);
  if (facts.connection.kind === 'opening') return idle('pending-reconnect', null);
  if (facts.loading > 0) return idle('loading-inputs', null);
  if (facts.idle !== null) return idle(facts.idle.reason, facts.idle.retryAtMs);
  return idle('asking', null);
}

function idle(reason: ContributorIdleReason, retryAtMs: number | null): ContributorState {
  return { kind: 'idle', reason, sentence: sentenceFor(reason), retryAtMs };
}

function reconnecting(waiting: { readonly attempt: number; readonly retryAtMs: number; readonly why: string }): ContributorState {
  const { attempt, retryAtMs, why } = waiting;
  return {
    kind: 'reconnecting',
    attempt,
    retryAtMs,
    sentence: `The coordinator cannot be reached: ${why} Results are kept and sent later.`,
  };
}

export function makeSnapshot(settings: ContributorSettings): ContributorSnapshot {
  return {
    state: { kind: 'off' },
    transport: null,
    engine: null,
    settings,
    counts: { computed: 0, verified: 0, outvoted: 0, waiting: 0, unsent: 0 },
    creditedMicro: 0n,
    balanceMicro: null,
    current: [],
    recent: [],
    latestOutput: null,
    speedWorkgroupsPerSecond: 0,
    dutyPercent: 0,
  };
}

/** Keeps what is wrong out: shares outside of 0.05 to 1, threads outside of 1 to 64. */
export function adjustSettings(settings: ContributorSettings, change: Partial<ContributorSettings>): ContributorSettings {
  return {
    share: clamp(change.share ?? settings.share, MIN_SHARE, 1, settings.share),
    threads: Math.round(clamp(change.threads ?? settings.threads, 1, MAX_THREADS, settings.threads)),
    pauseOnBattery: change.pauseOnBattery ?? settings.pauseOnBattery,
  };
}

function clamp(value: number, min: number, max: number, otherwise: number): number {
  return Number.isFinite(value) ? Math.min(max, Math.max(min, value)) : otherwise;
}

// What a contributor is doing and why, as plain data: every idle moment has a sentence. Woken by: every event of the runtime.
import type { FaultBody } from '../protocol/fault.ts';
import type { Digest, JobId, MicroCredits, ShardId } from '../protocol/ids.ts';
import type { Size3, View } from '../protocol/job.ts';
import type { Likes } from '../protocol/likes.ts';
import type { IdleReason } from '../protocol/messages.ts';
import type { VoteState } from '../protocol/verdict.ts';
import type { Absence } from './absence.ts';

/** Why this device holds still by its owner's will; the first that applies is the one that is told. */
export const RULES = [
  'paused',
  'paused-until',
  'engines-off',
  'no-gpu',
  'on-battery',
  'outside-hours',
  'data-cap',
  'user-active',
  'finishing',
] as const;
export type RuleName = (typeof RULES)[number];

export type ContributorIdleReason = IdleReason | RuleName | 'pending-reconnect' | 'asking' | 'loading-inputs';
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

export type EngineKind = 'gpu' | 'cpu';

/** Why this engine computes, or why there is none: a page says it in its own words. */
export const ENGINE_REASONS = ['gpu', 'software-gpu', 'cpu', 'headless', 'gpu-lost'] as const;
export const NO_ENGINE_REASONS = [
  'not-opened',
  'switched-off',
  'no-webgpu',
  'no-adapter',
  'no-device',
  'software-gpu-avoided',
  'gpu-lost-twice',
  'gpu-not-given-back',
  'did-not-start',
] as const;
export type EngineReason = (typeof ENGINE_REASONS)[number];
export type NoEngineReason = (typeof NO_ENGINE_REASONS)[number];

export interface EngineView {
  readonly kind: EngineKind;
  readonly label: string;
  readonly isFallback: boolean;
  readonly reason: EngineReason;
  /** One sentence: why this engine computes. */
  readonly why: string;
}

export interface NoEngine {
  readonly reason: NoEngineReason;
  /** One sentence: why there is none, and what to do where something can be done. */
  readonly why: string;
}

/** Null: that switch is off, or there is none; `missing` says which. */
export interface EngineViews {
  readonly gpu: EngineView | null;
  readonly cpu: EngineView | null;
}

export interface MissingEngines {
  readonly gpu: NoEngine | null;
  readonly cpu: NoEngine | null;
}

export interface GpuLossNote {
  readonly atMs: number;
  /** The browser's own words, where it had any. */
  readonly sentence: string;
}

export interface GpuSettings {
  readonly isOn: boolean;
  /** Share of its time, 0.05 to 1. */
  readonly duty: number;
}

export interface CpuSettings {
  readonly isOn: boolean;
  /** Share of `threads`, 0.05 to 1. */
  readonly share: number;
  /** Engine workers at a share of 1, 1 to 64. */
  readonly threads: number;
}

/** Minutes of the local day, 0 to 1439; `toMinute` at or before `fromMinute` runs over midnight. */
export interface HoursRange {
  /** 0 = Sunday; of the day on which the range begins. */
  readonly days: readonly number[];
  readonly fromMinute: number;
  readonly toMinute: number;
}

export interface ContributorSettings {
  readonly gpu: GpuSettings;
  readonly cpu: CpuSettings;
  /** Nothing is computed while someone uses the device, nor for so long after. */
  readonly onlyWhenIdle: { readonly isOn: boolean; readonly afterMinutes: number };
  /** Nothing is computed while the browser says that the device runs on its battery. */
  readonly pauseOnBattery: boolean;
  readonly hours: { readonly isOn: boolean; readonly ranges: readonly HoursRange[] };
  /** Counted up and down, from local midnight. */
  readonly dataCap: { readonly isOn: boolean; readonly bytesADay: number };
  readonly likes: Likes;
}

/** What may be said of them at once: each part by itself, and of each part only what changes. */
export interface SettingsChange {
  readonly gpu?: Partial<GpuSettings>;
  readonly cpu?: Partial<CpuSettings>;
  readonly onlyWhenIdle?: Partial<ContributorSettings['onlyWhenIdle']>;
  readonly pauseOnBattery?: boolean;
  readonly hours?: Partial<ContributorSettings['hours']>;
  readonly dataCap?: Partial<ContributorSettings['dataCap']>;
  readonly likes?: Partial<Likes>;
}

export interface ActiveRule {
  readonly name: RuleName;
  readonly sentence: string;
  /** When it ends by itself, as far as can be known now; null: when something else happens. */
  readonly untilMs: number | null;
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
  readonly engine: EngineKind;
}

/** What `sentence` says, for those who say it in another language. */
export interface FeedFacts {
  readonly elapsedMs?: number;
  /** How the vote ended. */
  readonly vote?: VoteState | 'refused';
  /** What a note is about. */
  readonly note?: 'engine' | 'coordinator' | 'bytes-gone';
  readonly engineReason?: EngineReason | NoEngineReason;
}

export interface FeedItem {
  readonly atMs: number;
  readonly kind: 'computed' | 'verified' | 'outvoted' | 'late' | 'failed' | 'note';
  readonly job: JobId | null;
  readonly index: number | null;
  readonly title: string;
  readonly amountMicro: MicroCredits | null;
  readonly sentence: string;
  readonly facts?: FeedFacts;
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
  readonly engines: EngineViews;
  readonly missing: MissingEngines;
  readonly settings: ContributorSettings;
  /** The rule that keeps this device still, or will when what runs is done (`finishing`); null while it may compute. */
  readonly rule: ActiveRule | null;
  /** Null: not paused, or until the person says. */
  readonly pausedUntilMs: number | null;
  /** Whether the browser tells of input outside of this page. */
  readonly idleDetection: IdleDetection;
  readonly usage: { readonly bytesToday: number };
  /** The last one since this contributor began, kept when the GPU came back. */
  readonly gpuLoss: GpuLossNote | null;
  /** The browser or the machine slept meanwhile; see absence.ts. */
  readonly absence: Absence | null;
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
  readonly measured: MeasuredLoad;
}

/** 'granted': input anywhere on the device counts; otherwise only what this page sees. */
export type IdleDetection = 'unsupported' | 'can-ask' | 'denied' | 'granted';

/** True busy time of the last four seconds; null while that engine is not open. */
export interface MeasuredLoad {
  /** Of the GPU's time. */
  readonly gpuPercent: number | null;
  /** Of all hardware threads. */
  readonly cpuPercent: number | null;
  /** Something else uses the device: computing is at half of what was asked for, for a while. */
  readonly isSteppingBack: boolean;
}

export const MAX_FEED_ITEMS = 50;
export const NOT_OPENED: NoEngine = { reason: 'not-opened', why: 'It is asked for when computing starts.' };

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
  'nothing-you-like': 'There is work, but none that fits what you pinned, blocked or ask for it.',
  paused: 'Paused. Credit is safe, and nothing is computed until you resume.',
  'paused-until': 'Paused for a while. Credit is safe, and computing goes on by itself when the time is over.',
  'engines-off': 'Both the GPU and the CPU are switched off here; switch one of them on to compute.',
  'no-gpu': 'The GPU cannot be used and the CPU is switched off; switch the CPU on, or reload the page to ask for the GPU again.',
  'on-battery': 'This device runs on its battery; computing goes on when it charges, or when you resume it.',
  'outside-hours': 'Outside of the hours you set; computing goes on when they begin.',
  'data-cap': 'The day’s data is used up; computing goes on after midnight, or with a higher limit.',
  'user-active': 'Someone is using this device; computing goes on when it has been idle for a while.',
  finishing: 'Finishing: what runs is completed and sent, nothing new is begun, and then it stops.',
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
  /** What the owner's rules say now; see rules.ts. */
  readonly rule: ActiveRule | null;
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
  if (facts.rule !== null && facts.rule.name !== 'finishing') return held(facts.rule);
  if (facts.running > 0) return { kind: 'working' };
  if (facts.rule !== null) return held(facts.rule);
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

function held({ name, sentence, untilMs }: ActiveRule): ContributorState {
  return { kind: 'idle', reason: name, sentence, retryAtMs: untilMs };
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
    engines: { gpu: null, cpu: null },
    missing: { gpu: NOT_OPENED, cpu: NOT_OPENED },
    settings,
    rule: null,
    pausedUntilMs: null,
    idleDetection: 'unsupported',
    usage: { bytesToday: 0 },
    gpuLoss: null,
    absence: null,
    counts: { computed: 0, verified: 0, outvoted: 0, waiting: 0, unsent: 0 },
    creditedMicro: 0n,
    balanceMicro: null,
    current: [],
    recent: [],
    latestOutput: null,
    speedWorkgroupsPerSecond: 0,
    measured: { gpuPercent: null, cpuPercent: null, isSteppingBack: false },
  };
}

// What the HTTP resources say of the network to everyone: figures of now and of the last hours, devices without names or places, and look-ups.
import type { HealthView } from './api.ts';
import type { Digest, JobId } from './ids.ts';
import type { Verdict } from './verdict.ts';

export const NETWORK_LIMITS = {
  /** Figures of now leave this often while somebody watches. */
  liveMs: 2_000,
  /** Shards that the ticker remembers. */
  recentShards: 24,
  /** Of the newest, so many are looked up in the database a turn. */
  freshShards: 6,
  devices: 200,
  /** Samples: by the minute for a week, by the hour for a year. */
  minuteSamplesMs: 7 * 86_400_000,
  hourSamplesMs: 366 * 86_400_000,
  sampleHours: { min: 1, max: 24 * 366, fallback: 24 },
  /** Points of a chart at most; a longer time has wider ones. */
  samplePoints: 300,
  lookUpLetters: { min: 1, max: 64 },
  lookUpFinds: 5,
} as const;

/** What is true now, of this coordinator. */
export interface NetworkNow {
  readonly atMs: number;
  readonly contributors: number;
  readonly devices: { readonly gpu: number; readonly cpu: number };
  readonly transports: { readonly rtc: number; readonly websocket: number };
  /** Verified in the last minute. */
  readonly shardsPerMinute: number;
  readonly shardsFinal: number;
  readonly jobsRunning: number;
  /** Copies that devices hold, and results that wait for other copies. */
  readonly copiesOut: number;
  readonly resultsWaiting: number;
  /** Results whose fate was decided in the last 24 hours, by what it was. */
  readonly votes: { readonly agreed: number; readonly outvoted: number };
  /** Whose copies differ so far. */
  readonly disputedShards: number;
  readonly coordinator: {
    readonly name: string;
    readonly build: string;
    readonly epoch: number;
    readonly status: HealthView['status'];
    readonly upMs: number;
    /** Other coordinators on the same database. */
    readonly others: number;
    /** Ed25519 of receipts, base64url. */
    readonly receiptKey: string;
  };
}

/** One shard that was decided lately; by whom stands in its job. */
export interface RecentShard {
  readonly job: JobId;
  readonly title: string;
  readonly index: number;
  readonly verdict: Verdict;
  readonly copies: number;
  readonly outvoted: number;
  readonly engines: readonly ('gpu' | 'cpu')[];
  /** Of the quickest copy that was agreed with; null when it failed. */
  readonly computeMs: number | null;
  readonly atMs: number;
}

/** GET /api/network/live, and each event of GET /api/network/live/events. */
export interface NetworkLive {
  readonly now: NetworkNow;
  /** Newest first. */
  readonly recent: readonly RecentShard[];
}

/** What is sampled: first levels, which are averaged, then counts, which are summed. */
export type SampleName =
  | ('contributors' | 'gpus' | 'cpus' | 'jobs' | 'copiesOut')
  | ('shardsFinal' | 'shardsFailed' | 'votesAgreed' | 'votesOutvoted');

/** GET /api/network/samples?hours=24 */
export interface SamplesView {
  readonly stepMs: number;
  readonly atMs: readonly number[];
  /** Null where no coordinator was there. */
  readonly series: Readonly<Record<SampleName, readonly (number | null)[]>>;
}

export const DEVICE_CLASSES = ['computer', 'phone', 'headless', 'house'] as const;
export type DeviceClass = (typeof DEVICE_CLASSES)[number];

/** One device that is connected: what kind it is and what it has done, and nothing by which it could be found. */
export interface PublicDevice {
  /** The same for a day, at one coordinator. */
  readonly alias: string;
  readonly class: DeviceClass;
  readonly engine: 'gpu' | 'cpu';
  /** A maker's name at most. */
  readonly label: string;
  readonly verified: number;
  readonly outvoted: number;
  /** The day of its first visit, in milliseconds at midnight UTC. */
  readonly sinceMs: number;
}

/** GET /api/network/devices */
export interface PublicDevicesView {
  readonly devices: readonly PublicDevice[];
  /** Connected in all; more than are listed when there are many. */
  readonly connected: number;
}

/** GET /api/network/look-up?for=… */
export interface LookUpView {
  readonly finds: readonly LookUpFind[];
}
export type LookUpFind =
  | { readonly kind: 'job'; readonly job: JobId; readonly title: string; readonly state: string }
  | {
      readonly kind: 'shard';
      readonly job: JobId;
      readonly title: string;
      readonly index: number;
      readonly verdict: Verdict;
      readonly digest: Digest;
    };

// What the HTTP resources say to operators, and take from them: the state of the coordinator, its log, devices, bans and the audit log.
import type { HealthView } from './api.ts';
import type { FaultBody } from './fault.ts';
import type { AccountId, DeviceId, JobId } from './ids.ts';

export const OPERATOR_LIMITS = {
  /** Acts want a wallet's signature this young. */
  sessionMs: 12 * 3_600_000,
  reasonLetters: { min: 3, max: 300 },
  /** Wallets that OPERATORS may name. */
  operators: 50,
  logLines: 2_000,
  logPage: { min: 1, max: 500, fallback: 200 },
  containsLetters: 100,
  devices: { min: 1, max: 200, fallback: 50 },
  auditPage: 50,
  /** Lying contributors in demo mode. */
  liars: 1,
} as const;

/** GET /api/operator/me: whether one may, and what is missing when not. */
export const OPERATOR_REFUSALS = ['nobody', 'none-configured', 'not-a-wallet', 'not-listed', 'too-old'] as const;
export type OperatorRefusal = (typeof OPERATOR_REFUSALS)[number];
export type OperatorMe =
  | { readonly kind: 'operator'; readonly wallet: string; readonly untilMs: number }
  | { readonly kind: 'refused'; readonly why: OperatorRefusal; readonly fault: FaultBody };

/** Milliseconds over the last thousand; null before the first. */
export interface LatencyView {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly count: number;
}

/** GET /api/operator */
export interface OperatorView {
  readonly atMs: number;
  readonly health: HealthView;
  /** Hand-outs are stopped by an operator; null when they go on. */
  readonly drained: { readonly sinceMs: number; readonly reason: string } | null;
  readonly queue: {
    readonly jobsRunning: number;
    readonly shardsOpen: number;
    readonly copiesOut: number;
    readonly backlogChanges: number;
    readonly backlogOldestMs: number;
  };
  readonly latency: { readonly handOut: LatencyView | null; readonly receipt: LatencyView | null; readonly commit: LatencyView | null };
  readonly process: {
    readonly loopDelayMs: number;
    readonly memoryBytes: number;
    readonly heapBytes: number;
    readonly cpuShare: number;
    readonly upMs: number;
  };
  readonly sockets: { readonly live: number; readonly waiting: number; readonly rtc: number; readonly watchers: number };
  readonly storage: { readonly databaseBytes: number | null; readonly blobBytes: number | null; readonly freeBytes: number | null };
  readonly versions: {
    readonly name: string;
    readonly build: string;
    readonly protocol: number;
    readonly oldestProtocol: number;
    readonly node: string;
    readonly postgres: string;
    readonly schema: string;
    readonly epoch: number;
    readonly others: number;
  };
  /** Ed25519 of receipts, base64url. */
  readonly receiptKey: string;
  readonly operators: readonly string[];
  /** Null outside of demo mode. */
  readonly demo: LiarView | null;
}

/** What became of the contributor that lies on purpose. */
export interface LiarView {
  readonly state: 'none' | 'starting' | 'lying' | 'ended';
  readonly device: DeviceId | null;
  readonly startedAtMs: number | null;
  readonly answers: number;
  readonly outvoted: number;
  /** Honest devices connected besides it: two are needed to outvote it. */
  readonly honestDevices: number;
  /** Its lies that were seen, newest first. */
  readonly lies: readonly Lie[];
}

export interface Lie {
  readonly job: JobId;
  readonly index: number;
  readonly toldAtMs: number;
  /** When honest copies settled the shard without it; null while they compute. */
  readonly finalAtMs: number | null;
}

/** GET /api/operator/devices?show=…&before=… */
export const DEVICE_FILTERS = ['connected', 'doubtful', 'banned'] as const;
export type DeviceFilter = (typeof DEVICE_FILTERS)[number];

export interface OperatorDevice {
  readonly device: DeviceId;
  readonly account: AccountId;
  readonly accountName: string;
  readonly sinceMs: number;
  readonly verified: number;
  readonly outvotedExact: number;
  readonly outvotedTolerance: number;
  readonly failed: number;
  /** Here and now; null when it is not connected to this coordinator. */
  readonly live: { readonly engine: string; readonly transport: 'rtc' | 'websocket'; readonly inFlight: number } | null;
  readonly ban: { readonly reason: string; readonly atMs: number } | null;
}
export interface OperatorDevicesView {
  readonly devices: readonly OperatorDevice[];
  readonly next: DeviceId | null;
}

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'fatal'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export interface LogLine {
  /** Grows with each line while the process lives. */
  readonly at: number;
  readonly time: string;
  readonly level: string;
  readonly sentence: string;
  /** The rest of the line, as JSON. */
  readonly facts: string;
}
/** GET /api/operator/log?level=…&contains=…&limit=… Newest first. */
export interface LogView {
  readonly lines: readonly LogLine[];
  /** Lines kept; older ones are in the process's output only. */
  readonly kept: number;
}

export const AUDIT_ACTS = ['ban', 'unban', 'cancel-job', 'drain', 'undrain', 'inject-liar', 'stop-liar'] as const;
export type AuditAct = (typeof AUDIT_ACTS)[number];
export interface AuditLine {
  readonly id: number;
  readonly atMs: number;
  readonly wallet: string;
  readonly act: AuditAct;
  readonly device: DeviceId | null;
  readonly job: JobId | null;
  readonly epoch: number;
  readonly reason: string;
}
/** GET /api/operator/audit?before=… Newest first. */
export interface AuditView {
  readonly lines: readonly AuditLine[];
  readonly next: number | null;
}

// The wire between a contributor and the coordinator: one version number and two closed unions, told apart by `type`.
import type { Assignment, AssignmentClaim } from './assignment.ts';
import type { FaultBody } from './fault.ts';
import type { AccountId, DeviceId, MicroCredits, ShardId } from './ids.ts';
import type { Likes } from './likes.ts';
import type { Result } from './result.ts';
import type { Verdict, VoteState } from './verdict.ts';

/** The server speaks this version and the one before (4 added likes and the form of a device); no build that spoke 1 or 2 was ever released. */
export const PROTOCOL_VERSION = 4;
export const OLDEST_PROTOCOL_VERSION = 3;

export const HEARTBEAT_MS = 3_000;
/** Silence after which either side gives the other up. */
export const DEAD_AFTER_MS = 10_000;
/** Assignments a device may hold, results it may have unacknowledged. */
export const MAX_ASSIGNMENTS_IN_FLIGHT = 64;
export const MAX_RESULTS_A_MESSAGE = 64;
export const MAX_ASSIGNMENTS_A_MESSAGE = 64;

export interface EngineCapability {
  readonly kind: 'gpu' | 'cpu';
  /** As the adapter names itself; a hint, never trusted. */
  readonly label: string;
  /** A software adapter: priced and ranked as a CPU. */
  readonly isFallback: boolean;
  readonly maxBufferBytes: number;
}

export const DEVICE_FORMS = ['computer', 'phone'] as const;
export type DeviceForm = (typeof DEVICE_FORMS)[number];

export interface Capabilities {
  readonly engines: readonly EngineCapability[];
  readonly threads: number;
  /** What it looks like from outside: a hint for leaderboards, never trusted, absent before version 4. */
  readonly form?: DeviceForm;
}

export type ClientMessage =
  | { readonly type: 'hello'; readonly v: number; readonly build: string; readonly capabilities: Capabilities }
  /** Asks for up to `count` more assignments; `workgroupsPerSecond` is measured, 0 while unknown. */
  | { readonly type: 'want'; readonly count: number; readonly workgroupsPerSecond: number }
  /** `wanted` more assignments are asked for in the same breath, as `want` does; 0 asks for none. */
  | { readonly type: 'results'; readonly results: readonly Result[]; readonly wanted: number; readonly workgroupsPerSecond: number }
  /** Answers `bytes-wanted`; the outputs lie one after another in the payload, in the manifest's order. */
  | { readonly type: 'bytes'; readonly claim: AssignmentClaim; readonly mac: Uint8Array; readonly lengths: readonly number[] }
  /** What the contributor likes from now on, in whole; after the welcome, and when it changes. */
  | { readonly type: 'prefer'; readonly likes: Likes }
  | { readonly type: 'heartbeat'; readonly sentAtMs: number };

export const IDLE_REASONS = [
  'no-jobs',
  'nothing-for-this-engine',
  'all-handed-out',
  'one-copy-an-account',
  'one-copy-an-address',
  'draining',
  'storage-low',
  'too-many-in-flight',
  'overloaded',
  'failed-too-often',
  'nothing-you-like',
] as const;
/** Why a device that asked got nothing. */
export type IdleReason = (typeof IDLE_REASONS)[number];

export interface ResultReceipt {
  readonly shard: ShardId;
  readonly copy: number;
  readonly verdict: Verdict;
  readonly vote: VoteState;
  /** Set when the result was refused. */
  readonly refusal: FaultBody | null;
}

export type ServerMessage =
  | {
      readonly type: 'welcome';
      readonly v: number;
      readonly build: string;
      readonly epoch: number;
      readonly account: AccountId;
      readonly device: DeviceId;
      readonly heartbeatMs: number;
      readonly deadAfterMs: number;
    }
  | { readonly type: 'assignments'; readonly assignments: readonly Assignment[] }
  | { readonly type: 'idle'; readonly reason: IdleReason; readonly retryAfterMs: number }
  /** Durable: these results may be forgotten by the sender (but for their bytes, while `vote` is waiting). */
  | { readonly type: 'receipts'; readonly receipts: readonly ResultReceipt[] }
  /** Durable: these shards of yours became final; `balance` is spendable credit. */
  | {
      readonly type: 'credited';
      readonly shards: readonly { readonly shard: ShardId; readonly amount: MicroCredits }[];
      readonly balance: MicroCredits;
    }
  /** These results of yours lost the vote or came late: their bytes may be forgotten. */
  | { readonly type: 'settled'; readonly shards: readonly { readonly shard: ShardId; readonly vote: VoteState }[] }
  | { readonly type: 'bytes-wanted'; readonly claim: AssignmentClaim }
  | { readonly type: 'cancel'; readonly shards: readonly ShardId[]; readonly reason: 'surplus' | 'job-ended' | 'expired' }
  | { readonly type: 'refused'; readonly fault: FaultBody }
  | { readonly type: 'draining'; readonly retryAfterMs: number }
  | { readonly type: 'heartbeat'; readonly sentAtMs: number };

/** A message and the raw bytes that travel with it; an empty payload when there are none. */
export interface Envelope<Message> {
  readonly message: Message;
  readonly payload: Uint8Array;
}

export const NO_PAYLOAD = new Uint8Array(0);

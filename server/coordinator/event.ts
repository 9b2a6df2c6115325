// What can happen to the coordinator, and what it answers: messages, changes, effects, and nothing else.
import type { AccountKind } from '../../src/protocol/api.ts';
import type { AssignmentClaim } from '../../src/protocol/assignment.ts';
import type { FaultBody } from '../../src/protocol/fault.ts';
import type { AccountId, DeviceId, JobId } from '../../src/protocol/ids.ts';
import type { Likes } from '../../src/protocol/likes.ts';
import type { Capabilities, ServerMessage } from '../../src/protocol/messages.ts';
import type { Result } from '../../src/protocol/result.ts';
import type { Verdict } from '../../src/protocol/verdict.ts';
import type { JobRecord } from '../jobs/job-record.ts';
import type { Change, LoadedDevice, LoadedState, OutputBytes, Sharing } from './change.ts';

/** One live connection of a device, numbered by the gateway; never reused while the process lives. */
export type SessionKey = number;

export interface SessionOpening {
  readonly session: SessionKey;
  readonly account: AccountId;
  readonly accountKind: AccountKind;
  readonly device: DeviceId;
  /** The /24 or /48 the device comes from, or null where the range rule does not apply. */
  readonly addressRange: string | null;
  readonly capabilities: Capabilities;
  readonly record: LoadedDevice | null;
}

export type CoordinatorEvent =
  | ({ readonly type: 'session-opened' } & SessionOpening)
  | { readonly type: 'session-closed'; readonly session: SessionKey }
  /** In whole: what was liked before counts no more. */
  | { readonly type: 'likes-changed'; readonly session: SessionKey; readonly likes: Likes }
  | { readonly type: 'shards-wanted'; readonly session: SessionKey; readonly count: number; readonly workgroupsPerSecond: number }
  /** `outputs` is parallel to `results`: bytes that came along, with roots recomputed here; null where none came. */
  | {
      readonly type: 'results-arrived';
      readonly session: SessionKey;
      readonly results: readonly Result[];
      readonly outputs: readonly (readonly OutputBytes[] | null)[];
      /** More shards asked for in the same message. */
      readonly wanted: number;
      readonly workgroupsPerSecond: number;
    }
  | {
      readonly type: 'bytes-arrived';
      readonly session: SessionKey;
      readonly claim: AssignmentClaim;
      readonly mac: Uint8Array;
      readonly outputs: readonly OutputBytes[];
    }
  /** After its commit: the job may now be handed out. */
  | { readonly type: 'job-opened'; readonly job: JobRecord }
  /** `reason` where an operator did it. */
  | { readonly type: 'job-cancelled'; readonly job: JobId; readonly reason?: FaultBody | null }
  /** Blocks of running jobs that are this process's from now on, with what is known of their shards. */
  | { readonly type: 'blocks-claimed'; readonly loaded: LoadedState }
  /** Every shard of a job is decided, some of them elsewhere. */
  | { readonly type: 'job-completed'; readonly job: JobId; readonly failed: number }
  | ({ readonly type: 'sharing-renewed' } & Sharing)
  | { readonly type: 'clock' }
  /** After their commit: so many receipts have left, by session. */
  | { readonly type: 'acknowledged'; readonly receipts: ReadonlyMap<SessionKey, number> }
  | { readonly type: 'storage-low'; readonly isLow: boolean }
  | { readonly type: 'overloaded'; readonly isOverloaded: boolean }
  /** An operator stops hand-outs, and lets them go on. */
  | { readonly type: 'held'; readonly isHeld: boolean }
  | { readonly type: 'draining' };

export interface OutgoingMessage {
  readonly session: SessionKey;
  readonly message: ServerMessage;
  /** Promises something: leaves only after the commit of this event's changes. */
  readonly afterCommit: boolean;
}

/** What watchers of a job are told, after the commit. */
export type JobNotice =
  | { readonly job: JobId; readonly type: 'shard'; readonly index: number; readonly verdict: Verdict; readonly copies: number }
  | { readonly job: JobId; readonly type: 'ended' };

export interface Outcome {
  readonly messages: readonly OutgoingMessage[];
  readonly changes: readonly Change[];
  readonly notices: readonly JobNotice[];
}

/** What the gateway is to the runner. */
export interface Deliverer {
  deliver(session: SessionKey, message: ServerMessage): void;
  /** After a failed commit: the device must say hello again and send what has no receipt. */
  resume(session: SessionKey, fault: FaultBody): void;
}

// What the bench and its load process say to each other: closed unions, over the channel of a forked process.
import type { JobId } from '../../src/protocol/ids.ts';
import type { ChannelKind } from '../../src/transport/channel.ts';

export interface ConnectOrder {
  readonly url: string;
  readonly contributors: number;
  readonly kind: Extract<ChannelKind, 'ws' | 'rtc'>;
  /** Shards a contributor may have unacknowledged; as many more it may hold. */
  readonly window: number;
  /** How long a contributor holds what it was handed before it answers. */
  readonly thinkMs: number;
}

export type LoadOrder =
  | { readonly type: 'connect'; readonly id: number; readonly order: ConnectOrder }
  /** Answered when so many copies of the job are credited. */
  | { readonly type: 'await-credits'; readonly id: number; readonly job: JobId; readonly copies: number }
  /** Answered at once, with what was seen since the last look. */
  | { readonly type: 'look'; readonly id: number }
  | { readonly type: 'close'; readonly id: number };

export interface ConnectReport {
  readonly connected: number;
  readonly connectMs: number;
  readonly attempts: number;
}

export interface CreditReport {
  /** First assignment to last credit. */
  readonly seconds: number;
  readonly credited: number;
  readonly resultMessages: number;
  /** Result sent to receipt read. */
  readonly receiptP50Ms: number;
  readonly receiptP99Ms: number;
}

export interface LookReport {
  /** CPU of the load process since it started. */
  readonly cpuSeconds: number;
  /** The longest time without an assignment to anyone. */
  readonly longestGapMs: number;
  readonly assigned: number;
  readonly receiptP50Ms: number;
  readonly receiptP99Ms: number;
  /** Contributors that were handed something, ever. */
  readonly served: number;
  readonly open: number;
}

export type LoadAnswer = {
  readonly id: number;
} & (
  | { readonly ok: true; readonly report: ConnectReport | CreditReport | LookReport | null }
  | { readonly ok: false; readonly sentence: string }
);

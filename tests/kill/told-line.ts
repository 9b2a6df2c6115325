// What a contributor was told and what it sent, as lines of a log that survives the contributor's own kill.
import type { AccountId, DeviceId, JobId, ShardId } from '../../src/protocol/ids.ts';
import type { ClientMessage, ServerMessage } from '../../src/protocol/messages.ts';
import type { ResultOutcome } from '../../src/protocol/result.ts';
import type { Verdict, VoteState } from '../../src/protocol/verdict.ts';

interface CopyLine {
  readonly shard: ShardId;
  readonly copy: number;
  readonly epoch: number;
}

/** Amounts are decimal strings of micro-credits; `atMs` is this machine's clock, the same for every process. */
export type ToldLine =
  | { readonly kind: 'welcome'; readonly atMs: number; readonly epoch: number; readonly account: AccountId; readonly device: DeviceId }
  | {
      readonly kind: 'assigned';
      readonly atMs: number;
      readonly copies: readonly (CopyLine & { readonly job: JobId; readonly index: number; readonly expiresAtMs: number })[];
    }
  | {
      readonly kind: 'sent';
      readonly atMs: number;
      readonly copies: readonly (CopyLine & { readonly outcome: ResultOutcome['kind'] })[];
    }
  | {
      readonly kind: 'receipts';
      readonly atMs: number;
      readonly receipts: readonly {
        readonly shard: ShardId;
        readonly copy: number;
        readonly verdict: Verdict;
        readonly vote: VoteState;
        /** The code; null when it was taken. */
        readonly refusal: string | null;
      }[];
    }
  | {
      readonly kind: 'credited';
      readonly atMs: number;
      readonly shards: readonly { readonly shard: ShardId; readonly amount: string }[];
      readonly balance: string;
    }
  | { readonly kind: 'settled'; readonly atMs: number; readonly shards: readonly { readonly shard: ShardId; readonly vote: VoteState }[] }
  | { readonly kind: 'cancelled'; readonly atMs: number; readonly shards: readonly ShardId[] }
  /** The connection ended, or what came over it could not be read. */
  | { readonly kind: 'lost'; readonly atMs: number; readonly why: string };

/** Null for what promises nothing. */
export function makeHeardLine(message: ServerMessage, atMs: number): ToldLine | null {
  switch (message.type) {
    case 'welcome':
      return { kind: 'welcome', atMs, epoch: message.epoch, account: message.account, device: message.device };
    case 'assignments':
      return {
        kind: 'assigned',
        atMs,
        copies: message.assignments.map(({ claim, shard }) => ({
          shard: claim.shard,
          copy: claim.copy,
          epoch: claim.epoch,
          job: shard.job,
          index: shard.index,
          expiresAtMs: claim.expiresAtMs,
        })),
      };
    case 'receipts':
      return {
        kind: 'receipts',
        atMs,
        receipts: message.receipts.map(({ shard, copy, verdict, vote, refusal }) => ({
          shard,
          copy,
          verdict,
          vote,
          refusal: refusal?.code ?? null,
        })),
      };
    case 'credited': {
      const shards = message.shards.map(({ shard, amount }) => ({ shard, amount: amount.toString() }));
      return { kind: 'credited', atMs, shards, balance: message.balance.toString() };
    }
    case 'settled':
      return { kind: 'settled', atMs, shards: message.shards };
    case 'cancel':
      return { kind: 'cancelled', atMs, shards: message.shards };
    case 'idle':
    case 'bytes-wanted':
    case 'refused':
    case 'draining':
    case 'heartbeat':
      return null;
  }
}

export function makeSaidLine(message: ClientMessage, atMs: number): ToldLine | null {
  if (message.type !== 'results' || message.results.length === 0) return null;
  const copies = message.results.map(({ claim, outcome }) => ({
    shard: claim.shard,
    copy: claim.copy,
    epoch: claim.epoch,
    outcome: outcome.kind,
  }));
  return { kind: 'sent', atMs, copies };
}

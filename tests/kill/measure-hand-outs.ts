// How soon work goes on after a kill, read from when contributors were handed what.
import type { JobId, ShardId } from '../../src/protocol/ids.ts';
import type { HandOut, HeldCopy } from './told-record.ts';

/** A copy that was out with a contributor when its process was killed. */
export interface LostLease extends HeldCopy {
  readonly contributor: string;
  readonly job: JobId;
  readonly killedAtMs: number;
  /** When the coordinator may take it back: the lease's own end, or the patience after a lost connection. */
  readonly endsAtMs: number;
}

export type LeaseFate =
  /** `lateMs` after the lease ended. */
  | { readonly kind: 'again'; readonly lateMs: number; readonly sinceKillMs: number }
  /** It was computed before the kill, kept, and sent after it. */
  | { readonly kind: 'returned' }
  /** Decided without it, or its job was cancelled. */
  | { readonly kind: 'not-needed' };

export function makeLostLease(
  held: HeldCopy,
  facts: { readonly contributor: string; readonly job: JobId; readonly killedAtMs: number; readonly patienceMs: number },
): LostLease {
  const { contributor, job, killedAtMs, patienceMs } = facts;
  return { ...held, contributor, job, killedAtMs, endsAtMs: Math.min(held.expiresAtMs, killedAtMs + patienceMs) };
}

export interface HandOutIndex {
  /** The first time, from a moment on, that this shard was handed to anyone. */
  nextOf(shard: ShardId, fromMs: number): HandOut | null;
  /** The first time, from a moment on, that anything was handed to anyone. */
  next(fromMs: number): HandOut | null;
}

/** `handOuts` in order of time within each contributor; sorted here. */
export function indexHandOuts(handOuts: readonly HandOut[]): HandOutIndex {
  const sorted = [...handOuts].sort((a, b) => a.atMs - b.atMs);
  const byShard = groupByShard(sorted);
  return {
    nextOf: (shard, fromMs) => byShard.get(shard)?.find(({ atMs }) => atMs >= fromMs) ?? null,
    next: (fromMs) => sorted.find(({ atMs }) => atMs >= fromMs) ?? null,
  };
}

export function judgeLease(lease: LostLease, index: HandOutIndex, hasReturned: boolean): LeaseFate {
  if (hasReturned) return { kind: 'returned' };
  // before its end the lease holds: what went out of this shard until then was another copy
  const again = index.nextOf(lease.shard, lease.endsAtMs);
  if (!again) return { kind: 'not-needed' };
  return { kind: 'again', lateMs: again.atMs - lease.endsAtMs, sinceKillMs: again.atMs - lease.killedAtMs };
}

/** The value below which a share of them lies, by the nearest rank; null of none. */
export function percentile(values: readonly number[], share: number): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] as number;
}

function groupByShard(handOuts: readonly HandOut[]): Map<ShardId, HandOut[]> {
  const groups = new Map<ShardId, HandOut[]>();
  for (const handOut of handOuts) {
    const group = groups.get(handOut.shard);
    if (group) group.push(handOut);
    else groups.set(handOut.shard, [handOut]);
  }
  return groups;
}

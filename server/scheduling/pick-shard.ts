// Which shard of a job a device may have next, or why none.
import type { AccountId, DeviceId } from '../../src/protocol/ids.ts';
import type { IdleReason } from '../../src/protocol/messages.ts';

/** The asking device. */
export interface Candidate {
  readonly account: AccountId;
  readonly device: DeviceId;
  readonly addressRange: string | null;
}

interface Holder {
  readonly account: AccountId;
  readonly addressRange: string | null;
}

/** What must be known of a shard to say whether a device may hold a copy of it. */
export interface ShardHolders {
  readonly leases: readonly Holder[];
  readonly votes: readonly Holder[];
  /** Devices that could not compute it. */
  readonly failures: readonly { readonly device: DeviceId }[];
}

/** Queue entries looked at before a device is told to wait: bounds the work of one request. */
export const MAX_QUEUE_SCAN = 256;

/** Null when the device may hold a copy; never two copies to one account or address range, none to a device that failed it. */
export function refuseHolder(shard: ShardHolders, candidate: Candidate): IdleReason | null {
  for (const { device } of shard.failures) if (device === candidate.device) return 'failed-too-often';
  for (const holders of [shard.leases, shard.votes]) {
    for (const holder of holders) {
      if (holder.account === candidate.account) return 'one-copy-an-account';
      if (candidate.addressRange !== null && holder.addressRange === candidate.addressRange) return 'one-copy-an-address';
    }
  }
  return null;
}

/** Position in `queue` of the first shard the device may have; else the reason met most recently. */
export function pickFromQueue(
  queue: readonly number[],
  shardAt: (index: number) => ShardHolders,
  candidate: Candidate,
): number | IdleReason {
  let reason: IdleReason = 'all-handed-out';
  for (let at = 0; at < Math.min(queue.length, MAX_QUEUE_SCAN); at++) {
    const refusal = refuseHolder(shardAt(queue[at]!), candidate);
    if (refusal === null) return at;
    reason = refusal;
  }
  return reason;
}

// One copy of a shard handed to one device; it proves itself by a MAC, so the coordinator need not remember it.
import type { DeviceId, Digest, ShardId } from './ids.ts';
import type { Shard } from './shard.ts';

/** What an assignment says and a result must bring back: five numbers, which the MAC covers. */
export interface AssignmentClaim {
  readonly epoch: number;
  readonly shard: ShardId;
  /** 0 for the first copy of the shard, counted up with each hand-out. */
  readonly copy: number;
  readonly device: DeviceId;
  /** Coordinator's clock. */
  readonly expiresAtMs: number;
}

/** A claim and the MAC that covers it. */
export interface AssignmentProof {
  readonly claim: AssignmentClaim;
  /** HMAC-SHA-256 over the claim's canonical bytes, first 16 bytes. */
  readonly mac: Uint8Array;
}

export interface Assignment extends AssignmentProof {
  readonly shard: Shard;
  /** Digest of the stage's manifest. */
  readonly manifest: Digest;
  /** How long the device has, from receipt on its own clock. */
  readonly leaseMs: number;
  /** What an accepted copy earns. */
  readonly priceMicroCredits: bigint;
}

export const MAC_BYTES = 16;

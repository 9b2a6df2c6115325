// One copy of a shard handed to one device; it proves itself by a MAC, so the coordinator need not remember it.
import type { AccountId, DeviceId, Digest } from './ids.ts';
import type { Shard } from './shard.ts';

export interface AssignmentClaim {
  readonly epoch: number;
  readonly shard: Shard;
  /** 0 for the first copy of the shard, counted up with each hand-out. */
  readonly copy: number;
  readonly account: AccountId;
  readonly device: DeviceId;
  /** Coordinator's clock. */
  readonly expiresAtMs: number;
}

export interface Assignment {
  readonly claim: AssignmentClaim;
  /** Digest of the stage's manifest. */
  readonly manifest: Digest;
  /** HMAC-SHA-256 over the claim's canonical bytes, first 16 bytes. */
  readonly mac: Uint8Array;
  /** How long the device has, from receipt on its own clock. */
  readonly leaseMs: number;
  /** What an accepted copy earns. */
  readonly priceMicroCredits: bigint;
}

export const MAC_BYTES = 16;

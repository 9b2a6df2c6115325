// How many shards a device gets at once, and how long it has: from its measured speed.

/** Work in hand that rides out a slow answer without hoarding. */
export const GRANT_TARGET_MS = 4_000;
/** While nothing is measured. */
export const FIRST_GRANT = 2;
export const MIN_LEASE_MS = 30_000;
export const MAX_LEASE_MS = 600_000;
/** A lease is this many times the expected time of all that the device then holds. */
const LEASE_FACTOR = 5;

export interface GrantRequest {
  readonly wanted: number;
  readonly inFlight: number;
  readonly workgroupsPerSecond: number;
  readonly workgroupsPerShard: number;
  /** Shards the device computes at once. */
  readonly workers: number;
  readonly maxInFlight: number;
}

/** Shards to hand out now; at least one for each worker while there is room, however slow they are. */
export function sizeGrant(request: GrantRequest): number {
  const room = Math.max(0, request.maxInFlight - request.inFlight);
  const bySpeed =
    request.workgroupsPerSecond > 0
      ? Math.ceil((request.workgroupsPerSecond * GRANT_TARGET_MS) / 1_000 / request.workgroupsPerShard) - request.inFlight
      : FIRST_GRANT - request.inFlight;
  return Math.min(room, request.wanted, Math.max(0, Math.max(1, request.workers) - request.inFlight, bySpeed));
}

export function leaseMs(request: {
  readonly held: number;
  readonly workgroupsPerSecond: number;
  readonly workgroupsPerShard: number;
}): number {
  if (request.workgroupsPerSecond <= 0) return MIN_LEASE_MS * 4;
  const expectedMs = (request.held * request.workgroupsPerShard * 1_000) / request.workgroupsPerSecond;
  return Math.min(MAX_LEASE_MS, Math.max(MIN_LEASE_MS, Math.ceil(expectedMs * LEASE_FACTOR)));
}

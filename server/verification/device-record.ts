// What a device's past says about it: odds for weighing its vote, and whether it may go on.

export interface DeviceRecord {
  readonly verified: number;
  readonly outvotedExact: number;
  readonly outvotedTolerance: number;
  readonly failed: number;
}

export const NEW_DEVICE: DeviceRecord = { verified: 0, outvotedExact: 0, outvotedTolerance: 0, failed: 0 };

/** Share of liars assumed before anything is known (Sarmenta's f). */
const PRIOR_BAD = 0.2;
/** Exact results that lost the vote before a device gets no more work, plus one for each hundred verified ones. */
export const MAX_OUTVOTED_EXACT = 3;
/** Failures, of shards that others could compute, that a device may have beyond its verified ones. */
export const MAX_FAILED = 20;

/** ln(P(good)/P(bad)); a float mismatch cuts it and never bans by itself, an exact one cuts it three times as deep. */
export function logOdds(record: DeviceRecord): number {
  const bad = PRIOR_BAD / (1 + Math.sqrt(record.verified));
  const faults = record.outvotedExact * 3 + record.outvotedTolerance;
  const pBad = Math.min(0.95, bad + 0.1 * Math.log2(1 + faults));
  return Math.log((1 - pBad) / pBad);
}

export function isSuspended(record: DeviceRecord): boolean {
  return record.outvotedExact >= MAX_OUTVOTED_EXACT + Math.floor(record.verified / 100) || record.failed > MAX_FAILED + record.verified;
}

/** Judged results before a record says anything. */
const MIN_JUDGED = 8;

/** Outvoted more often than not: it gets one shard at a time until its record is better, so that its copies cost others little. */
export function isDoubted(record: DeviceRecord): boolean {
  const outvoted = record.outvotedExact + record.outvotedTolerance;
  return outvoted + record.verified >= MIN_JUDGED && outvoted > record.verified;
}

// Counts durations into buckets of a tenth of a millisecond: cheap enough for every shard of a load.

const BUCKET_MS = 0.1;
/** A minute; what takes longer is in the last one. */
const BUCKETS = 600_000;

export interface LatencyHistogram {
  add(ms: number, count?: number): void;
  /** The upper edge of the bucket that holds this share of the durations; 0 while there are none. */
  quantile(share: number): number;
  clear(): void;
}

export function createLatencyHistogram(): LatencyHistogram {
  const counts = new Uint32Array(BUCKETS);
  let total = 0;
  return {
    add(ms, count = 1) {
      counts[Math.min(BUCKETS - 1, Math.max(0, Math.floor(ms / BUCKET_MS)))]! += count;
      total += count;
    },
    quantile(share) {
      let below = 0;
      for (let bucket = 0; bucket < BUCKETS && total > 0; bucket++) {
        below += counts[bucket]!;
        if (below >= share * total) return (bucket + 1) * BUCKET_MS;
      }
      return 0;
    },
    clear() {
      counts.fill(0);
      total = 0;
    },
  };
}

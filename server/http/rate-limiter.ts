// Token buckets by address: a burst, then a steady rate. Time is an argument.
import { addressKey } from './address-key.ts';
import { MAX_RATED_ADDRESSES, RATES, type RateKind } from './limits.ts';

export interface RateLimiter {
  /** Null when the request may pass, else milliseconds until it may. */
  take(address: string, kind: RateKind, nowMs: number): number | null;
  readonly size: number;
}

interface Bucket {
  tokens: number;
  atMs: number;
}

export function createRateLimiter(maxAddresses = MAX_RATED_ADDRESSES): RateLimiter {
  const buckets = new Map<string, Bucket>();
  return {
    take(address, kind, nowMs) {
      const { burst, perSecond } = RATES[kind];
      const key = `${kind} ${addressKey(address)}`;
      const bucket = buckets.get(key) ?? { tokens: burst, atMs: nowMs };
      bucket.tokens = Math.min(burst, bucket.tokens + ((nowMs - bucket.atMs) / 1_000) * perSecond);
      bucket.atMs = nowMs;
      // Deleted and set again, so that the first in the map is the one unused for longest.
      buckets.delete(key);
      buckets.set(key, bucket);
      if (buckets.size > maxAddresses) buckets.delete(buckets.keys().next().value as string);
      if (bucket.tokens < 1) return ((1 - bucket.tokens) / perSecond) * 1_000;
      bucket.tokens -= 1;
      return null;
    },
    get size() {
      return buckets.size;
    },
  };
}

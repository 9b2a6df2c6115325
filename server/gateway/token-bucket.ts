// A rate limit that allows bursts: tokens flow in by time and are taken by use. PURE: the time is an argument.
import type { RateLimit } from './limits.ts';

export interface TokenBucket {
  /** Takes the tokens if they are there. */
  take(tokens: number, nowMs: number): boolean;
}

export function createTokenBucket({ perSecond, burst }: RateLimit, nowMs: number): TokenBucket {
  let tokens = burst;
  let atMs = nowMs;
  return {
    take(wanted, now) {
      tokens = Math.min(burst, tokens + (Math.max(0, now - atMs) * perSecond) / 1000);
      atMs = Math.max(atMs, now);
      if (wanted > tokens) return false;
      tokens -= wanted;
      return true;
    },
  };
}

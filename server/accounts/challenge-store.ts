// Nonces that were handed out and not yet used. Wakes on a request for a challenge and on each attempt to sign in.

export interface Challenge {
  readonly nonce: string;
  readonly origin: string;
  readonly expiresAtMs: number;
}

export interface ChallengeStore {
  make(challenge: { readonly nonce: string; readonly origin: string; readonly nowMs: number }): Challenge;
  /** Hands the challenge out once; null when it is unknown, used or too old. */
  spend(nonce: string, nowMs: number): Challenge | null;
  readonly size: number;
}

export const CHALLENGE_LIFETIME_MS = 5 * 60_000;
/** About 2 MB; the oldest goes first, so a flood costs a slow person one more click and never memory. */
export const MAX_CHALLENGES = 10_000;

export function createChallengeStore(maxChallenges = MAX_CHALLENGES): ChallengeStore {
  // Insertion order is expiry order, for all live equally long.
  const open = new Map<string, Challenge>();

  function dropOldest(nowMs: number): void {
    for (const [nonce, challenge] of open) {
      if (challenge.expiresAtMs > nowMs && open.size < maxChallenges) return;
      open.delete(nonce);
    }
  }

  return {
    make({ nonce, origin, nowMs }) {
      dropOldest(nowMs);
      const challenge = { nonce, origin, expiresAtMs: nowMs + CHALLENGE_LIFETIME_MS };
      open.set(nonce, challenge);
      return challenge;
    },
    spend(nonce, nowMs) {
      const challenge = open.get(nonce) ?? null;
      open.delete(nonce);
      return challenge !== null && challenge.expiresAtMs > nowMs ? challenge : null;
    },
    get size() {
      return open.size;
    },
  };
}

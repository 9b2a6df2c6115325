// Uses up a nonce, or says in one sentence why it cannot be used here.
import { Fault } from '../../src/protocol/fault.ts';
import type { Challenge, ChallengeStore } from './challenge-store.ts';

/** Spent even when what follows fails: a nonce is for one attempt. */
export function spendChallenge(challenges: ChallengeStore, nonce: string, origin: string, nowMs: number): Challenge {
  const challenge = challenges.spend(nonce, nowMs);
  if (challenge === null) throw new Fault('bad-nonce', 'This challenge was used before or is older than five minutes; ask for a new one.');
  if (challenge.origin !== origin) {
    throw new Fault('bad-origin', `This challenge was made for ${challenge.origin}, not for ${origin}; ask for one here.`);
  }
  return challenge;
}

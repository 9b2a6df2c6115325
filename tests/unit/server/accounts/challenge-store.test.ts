// Challenges: handed out once, for five minutes, in bounded memory.
import { expect, test } from 'vitest';
import { CHALLENGE_LIFETIME_MS, createChallengeStore, MAX_CHALLENGES } from '../../../../server/accounts/challenge-store.ts';

const origin = 'http://127.0.0.1:8787';

test('a challenge is spent once', () => {
  const store = createChallengeStore();
  const made = store.make({ nonce: 'a', origin, nowMs: 0 });
  expect(store.spend('a', 1)).toEqual(made);
  expect(store.spend('a', 1)).toBeNull();
  expect(store.spend('unknown', 1)).toBeNull();
});

test('it is good up to its end and not at it', () => {
  const store = createChallengeStore();
  store.make({ nonce: 'a', origin, nowMs: 0 });
  store.make({ nonce: 'b', origin, nowMs: 0 });
  expect(store.spend('a', CHALLENGE_LIFETIME_MS - 1)).not.toBeNull();
  expect(store.spend('b', CHALLENGE_LIFETIME_MS)).toBeNull();
});

test('a flood pushes out the oldest and never grows', () => {
  const store = createChallengeStore();
  for (let i = 0; i <= MAX_CHALLENGES; i++) store.make({ nonce: `n${i}`, origin, nowMs: 0 });
  expect(store.size).toBe(MAX_CHALLENGES);
  expect(store.spend('n0', 1)).toBeNull();
  expect(store.spend('n1', 1)).not.toBeNull();
});

test('expired ones leave with the next that is made', () => {
  const store = createChallengeStore();
  for (let i = 0; i < 5; i++) store.make({ nonce: `n${i}`, origin, nowMs: i });
  store.make({ nonce: 'late', origin, nowMs: CHALLENGE_LIFETIME_MS + 2 });
  expect(store.size).toBe(3);
});

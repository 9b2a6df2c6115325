// Every idle moment has a sentence, and what happens now wins over what was said before.
import { describe, expect, test } from 'vitest';
import { makeComputed, makeNote, makeSettled, makeVerified, pushFeed } from '../../../src/contributor/feed.ts';
import {
  type ActiveRule,
  type ContributorIdleReason,
  deriveState,
  MAX_FEED_ITEMS,
  RULES,
  type RuntimeFacts,
  sentenceFor,
} from '../../../src/contributor/state.ts';
import type { JobId } from '../../../src/protocol/ids.ts';
import { IDLE_REASONS } from '../../../src/protocol/messages.ts';
import { VOTE_STATES } from '../../../src/protocol/verdict.ts';

const REASONS: readonly ContributorIdleReason[] = [...IDLE_REASONS, ...RULES, 'pending-reconnect', 'asking', 'loading-inputs'];

const FACTS: RuntimeFacts = {
  isOn: true,
  rule: null,
  fault: null,
  step: null,
  running: 0,
  loading: 0,
  connection: { kind: 'open' },
  idle: null,
};

const ruleOf = (name: ActiveRule['name'], untilMs: number | null = null): ActiveRule => ({ name, sentence: sentenceFor(name), untilMs });

describe('sentenceFor', () => {
  test.each(REASONS)('%s has one plain sentence of its own', (reason) => {
    const sentence = sentenceFor(reason);
    expect(sentence).toMatch(/^[A-Z].{20,}\.$/);
    expect(REASONS.filter((other) => sentenceFor(other) === sentence)).toEqual([reason]);
  });
});

describe('deriveState', () => {
  const waiting = { kind: 'waiting', attempt: 2, retryAtMs: 9, why: 'It broke.' } as const;
  const fault = { code: 'upgrade-required', sentence: 'Reload.' } as const;
  const idle = { reason: 'no-jobs', retryAtMs: 5 } as const;
  test.each<[string, Partial<RuntimeFacts>, object]>([
    ['off', { isOn: false, running: 1 }, { kind: 'off' }],
    ['a fault above all', { isOn: false, fault }, { kind: 'stopped', fault }],
    ['held by a rule, also without a connection', { rule: ruleOf('paused'), connection: waiting }, { kind: 'idle', reason: 'paused' }],
    ['held by a rule, also before its first step', { rule: ruleOf('on-battery'), step: 'engine' }, { kind: 'idle', reason: 'on-battery' }],
    ['held until a time', { rule: ruleOf('outside-hours', 77) }, { kind: 'idle', reason: 'outside-hours', retryAtMs: 77 }],
    ['finishing what runs is work', { rule: ruleOf('finishing'), running: 1 }, { kind: 'working' }],
    ['finishing what is sent is not', { rule: ruleOf('finishing') }, { kind: 'idle', reason: 'finishing' }],
    ['working, also without a connection', { running: 1, connection: waiting, idle }, { kind: 'working' }],
    ['starting', { step: 'account', connection: { kind: 'opening' } }, { kind: 'starting', step: 'account' }],
    ['a start that fails is a reconnect', { step: 'connecting', connection: waiting }, { kind: 'reconnecting', attempt: 2, retryAtMs: 9 }],
    [
      'reconnecting, with the reason',
      { connection: waiting, idle },
      { sentence: 'The coordinator cannot be reached: It broke. Results are kept and sent later.' },
    ],
    ['opening again', { connection: { kind: 'opening' } }, { kind: 'idle', reason: 'pending-reconnect' }],
    ['loading', { loading: 1 }, { kind: 'idle', reason: 'loading-inputs' }],
    ['idle with the coordinator’s reason', { idle }, { kind: 'idle', reason: 'no-jobs', retryAtMs: 5, sentence: sentenceFor('no-jobs') }],
    ['asking', {}, { kind: 'idle', reason: 'asking', retryAtMs: null }],
  ])('%s', (_, change, state) => {
    expect(deriveState({ ...FACTS, ...change })).toMatchObject(state);
  });
});

describe('the feed', () => {
  const subject = { job: 5 as JobId, index: 3, title: 'A job' };
  test('is newest first and has an end', () => {
    let feed = pushFeed([], makeNote('first', 1));
    for (let i = 0; i < MAX_FEED_ITEMS; i++) feed = pushFeed(feed, makeNote(`note ${i}`, i));
    expect(feed).toHaveLength(MAX_FEED_ITEMS);
    expect(feed[0]?.sentence).toBe(`note ${MAX_FEED_ITEMS - 1}`);
    expect(feed.map(({ sentence }) => sentence)).not.toContain('first');
  });

  test('tells every end of a vote but agreement, which is told when it is paid', () => {
    const told = VOTE_STATES.filter((vote) => makeSettled(subject, vote, 0) !== null);
    expect(told).toEqual(['outvoted', 'late', 'withheld', 'failed']);
    expect(makeVerified(subject, 1_500_000n, 0).sentence).toBe('Shard 3 was verified: 1.5 credits.');
    expect(makeComputed(subject, 999, 0).sentence).toBe('Shard 3 was computed in 999 ms.');
    expect(makeComputed(subject, 1_250, 0).sentence).toBe('Shard 3 was computed in 1.3 s.');
  });
});

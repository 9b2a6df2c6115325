// What a headless contributor says: every change that matters, once, and batches of what was verified.
import { expect, test } from 'vitest';
import { createReporter, REPEAT_MS } from '../../../src/cli/report-progress.ts';
import { makeNote, makeVerified } from '../../../src/contributor/feed.ts';
import { type ContributorSnapshot, type ContributorState, makeSnapshot, sentenceFor } from '../../../src/contributor/state.ts';
import type { JobId } from '../../../src/protocol/ids.ts';
import { makeTestSettings } from '../../support/make-test-settings.ts';

const START = makeSnapshot(makeTestSettings());
const working: ContributorState = { kind: 'working' };
const starved: ContributorState = { kind: 'idle', reason: 'no-jobs', sentence: sentenceFor('no-jobs'), retryAtMs: null };
const asking: ContributorState = { kind: 'idle', reason: 'asking', sentence: sentenceFor('asking'), retryAtMs: null };
const inState = (state: ContributorState, over: Partial<ContributorSnapshot> = {}): ContributorSnapshot => ({ ...START, state, ...over });

test('says a state when it comes, and not the moments between two shards', () => {
  const { report } = createReporter('house');
  expect(report(inState({ kind: 'starting', step: 'account' }), 0)).toEqual(['house: Signing in.']);
  expect(report(inState(working), 1)).toEqual(['house: Computing.']);
  expect(report(inState(asking), 2)).toEqual([]);
  expect(report(inState(working), 3)).toEqual([]);
  expect(report(inState(starved), 4)).toEqual([`house: ${sentenceFor('no-jobs')}`]);
  expect(report(inState(working), 5)).toEqual([]);
  expect(report(inState(starved), 4 + REPEAT_MS - 1)).toEqual([]);
  expect(report(inState(working), 3 * REPEAT_MS)).toEqual(['house: Computing.']);
});

test('gathers what was verified since the last line', () => {
  const { report } = createReporter('house');
  report(inState(working), 0);
  const item = makeVerified({ job: 1 as JobId, index: 2, title: 'A fractal' }, 5n, 0);
  const snapshot = inState(working, { counts: { ...START.counts, verified: 3 }, creditedMicro: 1_500_000n, recent: [item] });
  expect(report(snapshot, 1)).toEqual(['house: 3 shards of A fractal verified, 3 in all, 1.5 credits earned.']);
  expect(report(snapshot, 2)).toEqual([]);
  expect(report({ ...snapshot, counts: { ...snapshot.counts, verified: 4 } }, 3)).toEqual([
    'house: 1 shard of A fractal verified, 4 in all, 1.5 credits earned.',
  ]);
});

test('tells notes and failures once, oldest first', () => {
  const { report } = createReporter('house');
  const first = makeNote('One.', 0);
  expect(report(inState(working, { recent: [first] }), 0)).toEqual(['house: Computing.', 'house: One.']);
  const later = [makeNote('Three.', 2), makeNote('Two.', 1), first];
  expect(report(inState(working, { recent: later }), 1)).toEqual(['house: Two.', 'house: Three.']);
  expect(report(inState(working, { recent: later }), 2)).toEqual([]);
});

test('a fault and a lost coordinator are said in their own words', () => {
  const { report } = createReporter('a');
  expect(report(inState({ kind: 'stopped', fault: { code: 'forbidden', sentence: 'No.' } }), 0)).toEqual(['a: No.']);
  expect(report(inState({ kind: 'reconnecting', attempt: 1, retryAtMs: 5, sentence: 'Away.' }), 0)).toEqual(['a: Away.']);
  expect(report(inState({ kind: 'off' }), 0)).toEqual(['a: Stopped.']);
});

test('says that the coordinator is away once, and what it does when it is back', () => {
  const { report } = createReporter('a');
  const away: ContributorState = { kind: 'reconnecting', attempt: 1, retryAtMs: 5, sentence: 'Away.' };
  const opening: ContributorState = {
    kind: 'idle',
    reason: 'pending-reconnect',
    sentence: sentenceFor('pending-reconnect'),
    retryAtMs: null,
  };
  expect(report(inState(working), 0)).toEqual(['a: Computing.']);
  expect(report(inState(away), 1)).toEqual(['a: Away.']);
  expect(report(inState(opening), 2)).toEqual([]);
  expect(report(inState(away), 3)).toEqual([]);
  // Work in hand goes on meanwhile.
  expect(report(inState(working), 4)).toEqual([]);
  expect(report(inState(away), 5)).toEqual([]);
  expect(report(inState(starved, { transport: 'ws' }), 6)).toEqual([`a: ${sentenceFor('no-jobs')}`]);
  expect(report(inState(working, { transport: 'ws' }), 7)).toEqual(['a: Computing.']);
});

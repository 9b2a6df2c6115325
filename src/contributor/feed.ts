// The last things that happened, newest first, each as one sentence. PURE.
import { formatCredits } from '../protocol/credit.ts';
import type { JobId, MicroCredits } from '../protocol/ids.ts';
import type { VoteState } from '../protocol/verdict.ts';
import { type FeedFacts, type FeedItem, MAX_FEED_ITEMS } from './state.ts';

export interface FeedSubject {
  readonly job: JobId | null;
  readonly index: number | null;
  readonly title: string;
}

export function pushFeed(feed: readonly FeedItem[], item: FeedItem): readonly FeedItem[] {
  return [item, ...feed].slice(0, MAX_FEED_ITEMS);
}

export function makeNote(sentence: string, atMs: number, facts: FeedFacts = {}): FeedItem {
  return { atMs, kind: 'note', job: null, index: null, title: '', amountMicro: null, sentence, facts };
}

export function makeComputed(subject: FeedSubject, elapsedMs: number, atMs: number): FeedItem {
  return {
    ...subject,
    atMs,
    kind: 'computed',
    amountMicro: null,
    sentence: `Shard ${subject.index} was computed in ${showMs(elapsedMs)}.`,
    facts: { elapsedMs },
  };
}

export function makeVerified(subject: FeedSubject, amountMicro: MicroCredits, atMs: number): FeedItem {
  const name = subject.index === null ? 'A shard' : `Shard ${subject.index}`;
  return { ...subject, atMs, kind: 'verified', amountMicro, sentence: `${name} was verified: ${formatCredits(amountMicro)} credits.` };
}

export function makeFailed(subject: FeedSubject, message: string, atMs: number, facts: FeedFacts = {}): FeedItem {
  return { ...subject, atMs, kind: 'failed', amountMicro: null, sentence: message, facts };
}

/** Null for what needs no telling: an agreement is told when it is paid. */
export function makeSettled(subject: FeedSubject, vote: VoteState, atMs: number): FeedItem | null {
  const name = `Shard ${subject.index}`;
  switch (vote) {
    case 'outvoted':
      return {
        ...subject,
        atMs,
        kind: 'outvoted',
        amountMicro: null,
        sentence: `${name} was outvoted: other devices agreed on another result.`,
        facts: { vote },
      };
    case 'late':
      return {
        ...subject,
        atMs,
        kind: 'late',
        amountMicro: null,
        sentence: `${name} came after enough others had agreed.`,
        facts: { vote },
      };
    case 'failed':
      return {
        ...subject,
        atMs,
        kind: 'failed',
        amountMicro: null,
        sentence: `${name} was given up: too few devices agreed.`,
        facts: { vote },
      };
    case 'withheld':
      return {
        ...subject,
        atMs,
        kind: 'failed',
        amountMicro: null,
        sentence: `${name} was not paid: its bytes did not arrive when asked for.`,
        facts: { vote },
      };
    case 'agreed':
    case 'waiting':
      return null;
  }
}

function showMs(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

// Every rule and every reason for idling has its words in both languages, and says when it is looked at again.
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../src/contributor/presets.ts';
import {
  type ContributorIdleReason,
  type ContributorSnapshot,
  type ContributorState,
  makeSnapshot,
  RULES,
  type RuleName,
  sentenceFor,
} from '../../../src/contributor/state.ts';
import { IDLE_REASONS } from '../../../src/protocol/messages.ts';
import { CONTRIBUTOR_WORDS } from '../../../src/ui/state/contributor-words.ts';
import { isContributing, isPaused } from '../../../src/ui/state/create-contributor-controls.ts';
import { describeState } from '../../../src/ui/state/describe-state.ts';
import { wearLanguage } from '../../../src/ui/state/language.ts';
import { preloadWords } from '../../../src/ui/state/words.ts';
import { UI_WORDS } from '../../../src/ui/words.ts';

const NOW = new Date(2026, 10, 21, 12, 0, 0).getTime();
const HOUR_MS = 3_600_000;
const REASONS: readonly ContributorIdleReason[] = [...IDLE_REASONS, ...RULES, 'pending-reconnect', 'asking', 'loading-inputs'];

const snapshotOf = (state: ContributorState): ContributorSnapshot => ({ ...makeSnapshot(DEFAULT_SETTINGS), state });
const idle = (reason: ContributorIdleReason, retryAtMs: number | null = null) =>
  snapshotOf({ kind: 'idle', reason, sentence: sentenceFor(reason), retryAtMs });
const say = (snapshot: ContributorSnapshot) => describeState(snapshot, NOW);

beforeAll(async () => {
  await Promise.all([preloadWords(CONTRIBUTOR_WORDS, 'de'), preloadWords(UI_WORDS, 'de')]);
});
beforeEach(() => {
  vi.stubGlobal('document', { documentElement: { lang: '' } });
});
afterEach(() => {
  wearLanguage(['en']);
  vi.unstubAllGlobals();
});

describe.each(['en', 'de'] as const)('in %s', (language) => {
  beforeEach(() => wearLanguage([language]));

  it.each(REASONS)('%s has a headline, a sentence and a word for the pill', (reason) => {
    const { headline, sentence, brief, tone } = say(idle(reason));
    expect(headline).toMatch(/^\p{Lu}/u);
    expect(sentence).toMatch(/\.$/);
    expect(brief.length).toBeLessThanOrEqual(14);
    expect(tone).toBe('wait');
  });

  it('no two rules sound alike', () => {
    expect(new Set(RULES.map((rule) => say(idle(rule)).headline)).size).toBe(RULES.length);
    expect(new Set(REASONS.map((reason) => say(idle(reason)).sentence)).size).toBe(REASONS.length);
  });
});

it('is said in German, and not in English, where German is spoken', () => {
  const english = REASONS.map((reason) => say(idle(reason)).sentence);
  wearLanguage(['de-AT']);
  for (const [index, reason] of REASONS.entries()) expect(say(idle(reason)).sentence).not.toBe(english[index]);
  expect(say(idle('on-battery')).headline).toBe('Ruht: Akkubetrieb');
});

describe('a rule with an end', () => {
  it.each([
    [NOW + 89_500, 'Looked at again in 90 s.'],
    [NOW + 90_001, 'Until 12:01.'],
    [NOW + 18 * HOUR_MS, 'Until 06:00.'],
    [NOW + 18 * HOUR_MS + 1, 'Until Sun 06:00.'],
  ])('at %i is said as people say it', (untilMs, words) => {
    expect(say(idle('outside-hours', untilMs)).sentence).toBe(`${sentenceFor('outside-hours')} ${words}`);
  });
  it('is not said to end in the past, nor when nobody knows', () => {
    expect(say(idle('user-active', NOW)).sentence).toBe(sentenceFor('user-active'));
    expect(say(idle('user-active', null)).sentence).toBe(sentenceFor('user-active'));
  });
  it('counts down where it is a try and no rule', () => {
    expect(say(idle('no-jobs', NOW + 3_500)).sentence).toBe(`${sentenceFor('no-jobs')} Next try in 4 s.`);
  });
});

describe('work', () => {
  const shard = { shard: 1, job: 4, index: 52, title: 'Bunny', fraction: 0.1, manifest: '', engine: 'cpu' } as never;
  it('is named, and its end when it is to end', () => {
    const working = { ...snapshotOf({ kind: 'working' }), current: [shard, shard] };
    expect(say(working)).toMatchObject({ headline: 'Computing', sentence: 'Shard 52 of “Bunny” and 1 more.', tone: 'on' });
    const rule = { name: 'finishing' as RuleName, sentence: sentenceFor('finishing'), untilMs: null };
    expect(say({ ...working, rule })).toMatchObject({ headline: 'Finishing', brief: 'Finishing', sentence: sentenceFor('finishing') });
  });
});

describe('what can be resumed', () => {
  it.each(RULES)('%s is contributing, and paused only when it may be resumed', (rule) => {
    expect(isContributing(idle(rule))).toBe(true);
    expect(isPaused(idle(rule))).toBe(['paused', 'paused-until', 'on-battery'].includes(rule));
  });
});

// Numbers, amounts and moments in both languages, and that a word asked for before its table came is English, not nothing.
import { afterEach, describe, expect, it } from 'vitest';
import { isOtherAccount } from '../../../src/account/watch-wallet.ts';
import { noteFresh, takeFresh } from '../../../src/ui/parts/mosaic/fresh-pixels.ts';
import { countFitting, isCurrent } from '../../../src/ui/shell/places.ts';
import {
  formatAgo,
  formatAmount,
  formatBytes,
  formatChange,
  formatCompact,
  formatCount,
  formatDay,
  formatDuration,
  formatExact,
  formatPercent,
  formatWeekday,
  formatWork,
} from '../../../src/ui/state/format.ts';
import { language, pickLanguage, wearLanguage } from '../../../src/ui/state/language.ts';
import { preloadWords } from '../../../src/ui/state/words.ts';
import { UI_WORDS, uiWords } from '../../../src/ui/words.ts';

/** The signal without a document, which the tests of this project do not have. */
function speak(wish: string): void {
  const root = { lang: '', dataset: {} };
  Object.assign(globalThis, { document: { documentElement: root } });
  wearLanguage([wish]);
  Reflect.deleteProperty(globalThis, 'document');
}

afterEach(() => speak('en'));

describe('in German', () => {
  it('words are English until theirs have come, and theirs from then on', async () => {
    speak('de-CH');
    expect(language()).toBe('de');
    expect(uiWords().places['/jobs']).toBe('Jobs');
    await preloadWords(UI_WORDS, 'de');
    expect(uiWords().places['/jobs']).toBe('Aufträge');
  });

  it('numbers have a comma for the fraction and points between thousands', async () => {
    await preloadWords(UI_WORDS, 'de');
    speak('de');
    expect(formatCount(1_234_567)).toBe('1.234.567');
    expect(formatAmount(1_234_567_890_000n)).toBe('1.234.567,89');
    expect(formatAmount('-42000')).toBe('−0,042');
    expect(formatChange(42_000n)).toBe('+0,042');
    expect(formatExact(0.0001)).toBe('0,0001');
    expect(formatCompact(1_750_000)).toBe('1,75\u00a0Mio.');
    expect(formatWork(1_750_000)).toContain('Einheiten');
    expect([1_500, 2_500_000, 80_786_079_744].map(formatBytes)).toEqual(['1,5 kB', '2,5 MB', '80,8 GB']);
    expect(formatPercent(0.001)).toBe('<1 %');
  });

  it('times are told as Germans tell them', async () => {
    await preloadWords(UI_WORDS, 'de');
    speak('de');
    expect([0, 30_000, 120_000, 7_200_000, 100_000_000, 200_000_000].map((ago) => formatAgo(0, ago))).toEqual([
      'gerade eben',
      'vor 30 s',
      'vor 2 min',
      'vor 2 h',
      'vor 1 Tag',
      'vor 2 Tagen',
    ]);
    expect([0.2, 12, 300, 7_200].map(formatDuration)).toEqual(['unter einer Sekunde', '12 s', '5 min', '2,0 h']);
    expect(formatDay(Date.UTC(2026, 10, 21, 12))).toMatch(/^21\. Nov/);
    expect([0, 1, 6].map(formatWeekday)).toEqual(['So', 'Mo', 'Sa']);
  });
});

describe('the language', () => {
  it.each([
    [['de-AT', 'en'], 'de'],
    [['fr', 'de'], 'de'],
    [['fr', 'it'], 'en'],
    [[], 'en'],
    [['EN-gb', 'de'], 'en'],
  ] as const)('for %j is %s', (wishes, expected) => expect(pickLanguage(wishes)).toBe(expected));
});

describe('the bar', () => {
  it('holds all that fits, and else as many as leave room for More', () => {
    expect(countFitting([100, 100, 100], 300, 80)).toBe(3);
    expect(countFitting([100, 100, 100], 299, 80)).toBe(2);
    expect(countFitting([100, 100, 100], 279, 80)).toBe(1);
    expect(countFitting([100, 100, 100], 0, 80)).toBe(0);
    expect(countFitting([], 0, 80)).toBe(0);
  });
  it('shows Jobs on every job, and not on the form for a new one', () => {
    expect([isCurrent('/jobs/4', '/jobs'), isCurrent('/jobs', '/jobs'), isCurrent('/jobs/new', '/jobs')]).toEqual([true, true, false]);
    expect([isCurrent('/', '/'), isCurrent('/jobs', '/'), isCurrent('/jobs/new', '/jobs/new')]).toEqual([true, false, true]);
  });
});

describe('a wallet', () => {
  const mine = `0x${'aB'.repeat(20)}`;
  it('that shares another account is somebody else; the same in other letters, or nothing, is not', () => {
    expect(isOtherAccount([`0x${'cd'.repeat(20)}`, mine], mine)).toBe(true);
    expect(isOtherAccount([mine.toLowerCase()], mine)).toBe(false);
    expect([[], undefined, [7]].map((accounts) => isOtherAccount(accounts, mine))).toEqual([false, false, false]);
  });
});

describe('fresh pixels', () => {
  it('are told once, and each shard once', () => {
    const pixels = {} as ImageData;
    for (const index of [3, 4, 3]) noteFresh(pixels, index);
    expect(takeFresh(pixels)).toEqual([3, 4]);
    expect(takeFresh(pixels)).toEqual([]);
  });
});

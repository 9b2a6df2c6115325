// What the app says: states, amounts, times, titles of keys; each with a sentence and none with a wrong number.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../src/contributor/presets.ts';
import { type ContributorState, makeSnapshot, sentenceFor } from '../../../src/contributor/state.ts';
import { BUILD_SETTINGS, parseOptions, URL_FLAGS } from '../../../src/options.ts';
import type { JobSummary } from '../../../src/protocol/api.ts';
import { Fault } from '../../../src/protocol/fault.ts';
import type { JobId } from '../../../src/protocol/ids.ts';
import { pickShowcase } from '../../../src/ui/pages/contribute/create-showcase.ts';
import { LINGER_MS, pickShownJob } from '../../../src/ui/pages/contribute/pick-shown-job.ts';
import { estimateSeconds } from '../../../src/ui/pages/job/estimate-seconds.ts';
import { pickFinalRows, sortRows } from '../../../src/ui/pages/job/sort-rows.ts';
import { readShortcut, SHORTCUTS } from '../../../src/ui/state/create-shortcuts.ts';
import { createToasts } from '../../../src/ui/state/create-toasts.ts';
import { describeFault } from '../../../src/ui/state/describe-fault.ts';
import { describeState } from '../../../src/ui/state/describe-state.ts';
import {
  formatAgo,
  formatAmount,
  formatBytes,
  formatChange,
  formatDuration,
  formatPercent,
  shortenDigest,
} from '../../../src/ui/state/format.ts';

describe('the state of this device', () => {
  const states: readonly ContributorState[] = [
    { kind: 'off' },
    { kind: 'starting', step: 'account' },
    { kind: 'starting', step: 'engine' },
    { kind: 'starting', step: 'connecting' },
    { kind: 'working' },
    { kind: 'idle', reason: 'no-jobs', sentence: sentenceFor('no-jobs'), retryAtMs: 5_000 },
    { kind: 'idle', reason: 'paused', sentence: sentenceFor('paused'), retryAtMs: null },
    { kind: 'reconnecting', attempt: 1, retryAtMs: 5_000, sentence: 'The coordinator cannot be reached.' },
    { kind: 'other-tab' },
    { kind: 'insecure', sentence: 'Open it over https.' },
    { kind: 'stopped', fault: { code: 'upgrade-required', sentence: 'Reload this page.' } },
  ];
  it.each(states)('$kind has a headline and a sentence', (state) => {
    const words = describeState({ ...makeSnapshot(DEFAULT_SETTINGS), state }, 1_000);
    expect(words.headline).toMatch(/^[A-Z]/);
    expect(words.sentence).toMatch(/[.]$/);
    expect(words.brief.length).toBeLessThanOrEqual(14);
  });
  it('counts down to the next try and never below', () => {
    const state: ContributorState = { kind: 'idle', reason: 'no-jobs', sentence: sentenceFor('no-jobs'), retryAtMs: 5_000 };
    const at = (nowMs: number) => describeState({ ...makeSnapshot(DEFAULT_SETTINGS), state }, nowMs).sentence;
    expect(at(1_500)).toBe(`${sentenceFor('no-jobs')} Next try in 4 s.`);
    expect(at(9_000)).toBe(sentenceFor('no-jobs'));
  });
});

describe('numbers', () => {
  it('of credit are cut, never rounded up', () => {
    expect(formatAmount(1_999_999n)).toBe('1.999');
    expect(formatAmount('-42000')).toBe('−0.042');
    expect(formatAmount(1_234_567_000_000n)).toBe('1,234,567');
    expect(formatAmount(1n)).toBe('0.000001');
    expect(formatAmount(6_524n)).toBe('0.00652');
    expect(formatAmount(0n)).toBe('0');
    expect(formatAmount(999_999n, 2)).toBe('0.99');
    expect(formatAmount(1n, 6)).toBe('0.000001');
    expect(formatChange(42_000n)).toBe('+0.042');
    expect(formatChange(-42_000n)).toBe('−0.042');
  });
  it('of time and size read as people say them', () => {
    expect([0, 30_000, 120_000, 7_200_000, 200_000_000].map((ago) => formatAgo(0, ago))).toEqual([
      'just now',
      '30 s ago',
      '2 min ago',
      '2 h ago',
      '2 d ago',
    ]);
    expect([0.2, 12, 300, 7_200].map(formatDuration)).toEqual(['under a second', '12 s', '5 min', '2.0 h']);
    expect([999, 1_500, 2_500_000].map(formatBytes)).toEqual(['999 B', '1.5 kB', '2.5 MB']);
    expect([0, 0.001, 0.999, 1].map(formatPercent)).toEqual(['0 %', '<1 %', '99 %', '100 %']);
    expect(shortenDigest('ab'.repeat(32))).toBe('abababab…abab');
  });
});

describe('the rest of a job', () => {
  it('is told from the pace, once there is one', () => {
    expect(
      estimateSeconds(
        [
          { atMs: 0, final: 0 },
          { atMs: 10_000, final: 50 },
        ],
        100,
        10_000,
      ),
    ).toBe(10);
    expect(estimateSeconds([{ atMs: 0, final: 0 }], 100, 0)).toBeNull();
    expect(
      estimateSeconds(
        [
          { atMs: 0, final: 0 },
          { atMs: 10, final: 90 },
        ],
        100,
        10,
      ),
    ).toBeNull();
    expect(
      estimateSeconds(
        [
          { atMs: 0, final: 5 },
          { atMs: 9_000, final: 5 },
        ],
        100,
        9_000,
      ),
    ).toBeNull();
  });
  it('is not told from a pace of long ago', () => {
    const samples = [
      { atMs: 0, final: 0 },
      { atMs: 10_000, final: 50 },
    ];
    expect(estimateSeconds(samples, 100, 70_000)).not.toBeNull();
    expect(estimateSeconds(samples, 100, 70_001)).toBeNull();
  });
});

describe('the rows of a table', () => {
  const rows = [
    [1n, 5],
    [2n, 9],
    [3n, 9],
    [4n, 7],
  ] as const;
  it('of shards that are not final are left out', () => {
    expect(pickFinalRows(rows, 2, ['final', 'pending']).map(({ values }) => values[0])).toEqual([1n, 2n]);
  });
  it('come largest first, and alike ones in their order', () => {
    const all = pickFinalRows(rows, 2, ['final', 'final']);
    expect(sortRows(all, 1).map(({ values }) => values[0])).toEqual([2n, 3n, 4n, 1n]);
    expect(sortRows(all, 0).map(({ values }) => values[0])).toEqual([4n, 3n, 2n, 1n]);
  });
});

describe('the picture on the first page', () => {
  const job = (id: number, kind: 'picture' | 'table', state: string) => ({ id, state, view: { kind } }) as unknown as JobSummary;
  it('is a running one before a finished one, and any running job before none', () => {
    expect(pickShowcase([job(3, 'table', 'running'), job(2, 'picture', 'done'), job(1, 'picture', 'running')])).toBe(1);
    expect(pickShowcase([job(3, 'table', 'running'), job(2, 'picture', 'done')])).toBe(2);
    expect(pickShowcase([job(3, 'table', 'running')])).toBe(3);
    expect(pickShowcase([job(3, 'picture', 'cancelled')])).toBeNull();
  });
});

describe('the picture while this device works', () => {
  const [a, b] = [1, 2] as JobId[];
  it('stays with one job while it is worked on, and a while longer', () => {
    const first = pickShownJob(null, [a!, b!], 0);
    expect(first).toEqual({ job: a, workedAtMs: 0 });
    expect(pickShownJob(first, [b!, a!], 5_000)).toEqual({ job: a, workedAtMs: 5_000 });
    expect(pickShownJob(first, [b!], LINGER_MS)?.job).toBe(a);
    expect(pickShownJob(first, [b!], LINGER_MS + 1)?.job).toBe(b);
    expect(pickShownJob(first, [], LINGER_MS * 9)?.job).toBe(a);
    expect(pickShownJob(null, [], 0)).toBeNull();
  });
});

describe('keys', () => {
  it('do what the list says', () => {
    expect(readShortcut('c', true)).toEqual({ kind: 'go', path: '/' });
    expect(readShortcut('j', true)).toEqual({ kind: 'go', path: '/jobs' });
    expect(readShortcut('a', true)).toEqual({ kind: 'go', path: '/account' });
    expect(readShortcut('n', true)).toEqual({ kind: 'go', path: '/network' });
    expect(readShortcut('n', false)).toEqual({ kind: 'go', path: '/jobs/new' });
    expect(readShortcut(' ', false)).toEqual({ kind: 'pause' });
    expect(readShortcut('?', false)).toEqual({ kind: 'help' });
    expect(readShortcut('c', false)).toBeNull();
  });
  it('are all in the list, and what is in the list does something', () => {
    for (const { keys } of SHORTCUTS) {
      const [first, second] = keys;
      expect(second === undefined ? readShortcut(first, false) : readShortcut(second, true)).not.toBeNull();
    }
    expect(new Set(SHORTCUTS.map(({ keys }) => keys.join(' '))).size).toBe(SHORTCUTS.length);
  });
});

describe('toasts', () => {
  it('are at most three, never twice the same, and go by themselves', () => {
    const later: (() => void)[] = [];
    const toasts = createToasts((run) => later.push(run));
    for (const sentence of ['a', 'b', 'b', 'c', 'd']) toasts.show(sentence);
    expect(toasts.list().map(({ sentence }) => sentence)).toEqual(['b', 'c', 'd']);
    for (const run of later) run();
    expect(toasts.list()).toEqual([]);
  });
});

describe('a failure', () => {
  it('always has a code and a sentence', () => {
    expect(describeFault(new Fault('not-found', 'No.'))).toMatchObject({ code: 'not-found', sentence: 'No.' });
    expect(describeFault(new DOMException('x', 'AbortError')).code).toBe('cancelled');
    expect(describeFault('odd')).toMatchObject({ code: 'internal' });
  });
});

describe('flags of the address', () => {
  it('fall back where they are strange', () => {
    expect(parseOptions('', undefined)).toEqual({ 'service-worker': 'on', gpu: 'hardware', build: 'development' });
    expect(parseOptions('?service-worker=off&gpu=software&x=1', '1.2.3')).toEqual({
      'service-worker': 'off',
      gpu: 'software',
      build: '1.2.3',
    });
    expect(parseOptions('?service-worker=maybe', '1')['service-worker']).toBe('on');
  });
  it('are described, and so is every build setting that is read', () => {
    for (const flag of Object.values(URL_FLAGS)) expect(flag.meaning).toMatch(/\.$/);
    const read = readFileSync('src/main.tsx', 'utf8').match(/\bVITE_\w+/g) ?? [];
    expect(Object.keys(BUILD_SETTINGS).sort()).toEqual([...new Set(read)].sort());
  });
});

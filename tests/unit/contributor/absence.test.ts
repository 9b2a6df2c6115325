// What a contributor says after it was away against its will: measured by the page's own clock, told in one sentence.
import { describe, expect, test } from 'vitest';
import { type Absence, MIN_TOLD_MS, makeAbsence } from '../../../src/contributor/absence.ts';
import { type MarkStorage, readAliveMark, writeAliveMark } from '../../../src/contributor/alive-mark.ts';
import { absenceSinceDiscard, MARK_EVERY_MS, PAGE_GAP_MS, watchAbsence } from '../../../src/contributor/watch-absence.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const HOUR_MS = 3_600_000;

function createStorage(): MarkStorage {
  const kept = new Map<string, string>();
  return { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) };
}

describe('the sentence', () => {
  test.each([
    ['frozen', 2 * HOUR_MS, 41_000_000n, 'Your browser put this tab to sleep for 2 h; 41 credits are safe.'],
    ['discarded', 90 * 60_000, 41_239_999n, 'Your browser put this tab to sleep for 90 min; 41.23 credits are safe.'],
    ['asleep', 3 * 24 * HOUR_MS, 1_000_000n, 'This device was asleep for 3 days; 1 credit is safe.'],
    ['asleep', 47 * HOUR_MS, null, 'This device was asleep for 47 h; what it had computed is safe.'],
  ] as const)('%s', (kind, awayMs, balanceMicro, sentence) => {
    expect(makeAbsence(kind, { atMs: 1_000, balanceMicro }, 1_000 + awayMs)?.sentence).toBe(sentence);
  });

  test('is said from a minute on, and never by a clock that was set back', () => {
    const mark = { atMs: 1_000_000, balanceMicro: 0n };
    expect(makeAbsence('frozen', mark, mark.atMs + MIN_TOLD_MS - 1)).toBeNull();
    expect(makeAbsence('frozen', mark, mark.atMs + MIN_TOLD_MS)).not.toBeNull();
    expect(makeAbsence('frozen', mark, mark.atMs - HOUR_MS)).toBeNull();
  });
});

function makeScene({ isLeading = true } = {}) {
  const clock = createFakeClock();
  const storage = createStorage();
  const told: Absence[] = [];
  const watch = watchAbsence({
    clock,
    storage,
    leading: () => (isLeading ? { balanceMicro: 5_000_000n } : null),
    onAbsence: (absence) => told.push(absence),
  });
  return { clock, storage, told, watch };
}

describe('a page that watches itself', () => {
  test('tells of a freeze once, whether its timers or the event come first', async () => {
    for (const isTimerFirst of [true, false]) {
      const { clock, told, watch } = makeScene();
      watch.froze();
      const fromMs = clock.nowMs();
      if (isTimerFirst) await clock.jump(HOUR_MS);
      else {
        const ringing = clock.jump(HOUR_MS);
        watch.woke();
        await ringing;
      }
      watch.woke();
      expect(told).toEqual([expect.objectContaining({ kind: 'frozen', fromMs, toMs: fromMs + HOUR_MS, balanceMicro: 5_000_000n })]);
      watch.stop();
    }
  });

  test('takes a gap that no event explains for a sleep of the machine, and late timers of a hidden page for none', async () => {
    const { clock, told } = makeScene();
    await clock.jump(MARK_EVERY_MS + PAGE_GAP_MS - 1);
    expect(told).toEqual([]);
    await clock.jump(MARK_EVERY_MS + PAGE_GAP_MS);
    expect(told).toEqual([expect.objectContaining({ kind: 'asleep' })]);
  });

  test('says nothing where another tab computes, and leaves no mark there', async () => {
    const { clock, storage, told, watch } = makeScene({ isLeading: false });
    watch.froze();
    await clock.jump(HOUR_MS);
    watch.woke();
    expect(told).toEqual([]);
    expect(readAliveMark(storage)).toBeNull();
  });

  test('leaves a mark by which the next load knows since when it was gone', async () => {
    const { clock, storage, watch } = makeScene();
    watch.hid();
    expect(readAliveMark(storage)?.atMs).toBe(clock.nowMs());
    await clock.advance(10 * MARK_EVERY_MS);
    expect(readAliveMark(storage)).toEqual({ atMs: clock.nowMs(), balanceMicro: 5_000_000n });
    expect(absenceSinceDiscard(storage, clock.nowMs() + 2 * HOUR_MS)?.sentence).toBe(
      'Your browser put this tab to sleep for 2 h; 5 credits are safe.',
    );
    expect(absenceSinceDiscard(storage, clock.nowMs() + MIN_TOLD_MS - 1)).toBeNull();
  });
});

describe('the mark', () => {
  test('is nothing where nothing of ours is kept, and where storage is forbidden', () => {
    const storage = createStorage();
    for (const kept of ['', 'null', '{}', '{"atMs":"1"}', '{"atMs":1,"balanceMicro":"x"}']) {
      storage.setItem('ostraka-alive', kept);
      expect(readAliveMark(storage)).toBeNull();
    }
    const forbidden: MarkStorage = {
      getItem: () => {
        throw new Error('denied');
      },
      setItem: () => {
        throw new Error('denied');
      },
    };
    writeAliveMark(forbidden, { atMs: 1, balanceMicro: null });
    expect(readAliveMark(forbidden)).toBeNull();
    expect(absenceSinceDiscard(forbidden, 1)).toBeNull();
  });
});

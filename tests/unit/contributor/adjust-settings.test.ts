// The gate of the settings: bounds on both sides, what makes no sense changes nothing, and what earlier versions kept is still read.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  adjustSettings,
  capSettings,
  MAX_DATA_CAP,
  MAX_IDLE_MINUTES,
  MAX_RANGES,
  MAX_THREADS,
  MIN_DATA_CAP,
  MIN_IDLE_MINUTES,
  MIN_SHARE,
} from '../../../src/contributor/adjust-settings.ts';
import { DEFAULT_SETTINGS, PRESET_NAMES, PRESETS, presetOf } from '../../../src/contributor/presets.ts';
import { readRemembered } from '../../../src/contributor/remember.ts';
import type { SettingsChange } from '../../../src/contributor/state.ts';
import { MAX_LIKES, MAX_MIN_RATE } from '../../../src/protocol/likes.ts';

const adjust = (change: unknown) => adjustSettings(DEFAULT_SETTINGS, change as SettingsChange);
const RANGE = { days: [1], fromMinute: 60, toMinute: 120 };

describe('bounds', () => {
  test.each([
    ['the GPU’s duty', (value: number) => adjust({ gpu: { duty: value } }).gpu.duty, MIN_SHARE, 1, 0.01],
    ['the CPU’s share', (value: number) => adjust({ cpu: { share: value } }).cpu.share, MIN_SHARE, 1, 0.01],
    ['threads', (value: number) => adjust({ cpu: { threads: value } }).cpu.threads, 1, MAX_THREADS, 1],
    [
      'idle minutes',
      (value: number) => adjust({ onlyWhenIdle: { afterMinutes: value } }).onlyWhenIdle.afterMinutes,
      MIN_IDLE_MINUTES,
      MAX_IDLE_MINUTES,
      1,
    ],
    ['the data cap', (value: number) => adjust({ dataCap: { bytesADay: value } }).dataCap.bytesADay, MIN_DATA_CAP, MAX_DATA_CAP, 1],
    ['the lowest rate', (value: number) => adjust({ likes: { minRate: value } }).likes.minRate, 0, MAX_MIN_RATE, 1],
  ])('%s: at both bounds, and one step beyond either', (_, apply, min, max, step) => {
    expect([min - step, min, max, max + step].map(apply)).toEqual([min, min, max, max]);
    expect(apply(Number.NaN)).toBe(apply('x' as never));
  });

  test('hours: fourteen ranges, minutes of a day, days of a week', () => {
    const ranges = Array.from({ length: MAX_RANGES + 1 }, () => RANGE);
    expect(adjust({ hours: { ranges } }).hours.ranges).toHaveLength(MAX_RANGES);
    expect(adjust({ hours: { ranges: ranges.slice(1) } }).hours.ranges).toHaveLength(MAX_RANGES);
    const odd = [
      RANGE,
      { ...RANGE, fromMinute: 1_440 },
      { ...RANGE, toMinute: -1 },
      { ...RANGE, days: [] },
      { ...RANGE, days: [7] },
      null,
      'x',
    ];
    expect(adjust({ hours: { ranges: odd } }).hours.ranges).toEqual([RANGE]);
    expect(adjust({ hours: { ranges: [{ days: [6, 0, 6, 9], fromMinute: 1_439, toMinute: 0 }] } }).hours.ranges).toEqual([
      { days: [0, 6], fromMinute: 1_439, toMinute: 0 },
    ]);
    expect(adjust({ hours: { ranges: [] } }).hours.ranges).toEqual([]);
  });

  test('likes: a hundred of each list, the newest, each once', () => {
    const ids = Array.from({ length: MAX_LIKES + 1 }, (_, i) => i);
    expect(adjust({ likes: { pinnedJobs: ids } }).likes.pinnedJobs).toEqual(ids.slice(1));
    expect(adjust({ likes: { blockedJobs: ids.slice(1) } }).likes.blockedJobs).toHaveLength(MAX_LIKES);
    expect(adjust({ likes: { blockedRequesters: [3, 3, -1, 1.5, 'x', 4] } }).likes.blockedRequesters).toEqual([3, 4]);
  });

  test('whatever comes, the result is as if it had been made by hand', () => {
    fc.assert(
      fc.property(
        fc.object({ maxDepth: 3, key: fc.constantFrom('gpu', 'cpu', 'hours', 'ranges', 'likes', 'duty', 'share', 'isOn', 'days') }),
        (change) => {
          const once = adjust(change);
          return JSON.stringify(adjustSettings(once, once)) === JSON.stringify(once) && once.gpu.duty >= MIN_SHARE && once.cpu.share <= 1;
        },
      ),
    );
  });
});

test('a change of one part leaves the others alone', () => {
  expect(adjust({ gpu: { isOn: false } })).toEqual({ ...DEFAULT_SETTINGS, gpu: { ...DEFAULT_SETTINGS.gpu, isOn: false } });
  expect(adjust({ pauseOnBattery: false })).toEqual({ ...DEFAULT_SETTINGS, pauseOnBattery: false });
});

test('presets are known again, the first is what a device begins with, and a cap goes above them all', () => {
  expect(presetOf(DEFAULT_SETTINGS)).toBe('quiet');
  for (const name of PRESET_NAMES) expect(presetOf(adjust(PRESETS[name]))).toBe(name);
  expect(presetOf(adjust({ gpu: { duty: 0.21 } }))).toBeNull();
  const capped = capSettings(adjust(PRESETS.full), 0.6);
  expect([capped.gpu.duty, capped.cpu.share]).toEqual([0.6, 0.6]);
  expect(capSettings(DEFAULT_SETTINGS, 0.6)).toBe(DEFAULT_SETTINGS);
});

describe('what was remembered', () => {
  test('by the first version, which had one share for whichever engine', () => {
    const kept = { settings: { share: 0.35, threads: 3, pauseOnBattery: false }, wasOn: true };
    expect(readRemembered(kept, DEFAULT_SETTINGS)).toEqual({
      settings: {
        ...DEFAULT_SETTINGS,
        gpu: { isOn: true, duty: 0.35 },
        cpu: { isOn: true, share: 0.35, threads: 3 },
        pauseOnBattery: false,
      },
      wasOn: true,
    });
    expect(readRemembered({ settings: {}, wasOn: false }, DEFAULT_SETTINGS)).toEqual({ settings: DEFAULT_SETTINGS, wasOn: false });
  });

  test('by this one, and by nobody', () => {
    const settings = adjust({ hours: { isOn: true, ranges: [RANGE] }, likes: { minRate: 4 } });
    expect(readRemembered({ v: 2, settings, wasOn: true }, DEFAULT_SETTINGS)).toEqual({ settings, wasOn: true });
    expect(readRemembered({ v: 2, settings: null, wasOn: 'yes' }, DEFAULT_SETTINGS)).toEqual({ settings: DEFAULT_SETTINGS, wasOn: false });
    for (const none of [undefined, null, 3, {}]) expect(readRemembered(none, DEFAULT_SETTINGS)).toBeNull();
  });
});

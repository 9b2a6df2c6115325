// What the page works out for one person: a colour, watt-hours, credits an hour, and which offer is due.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AccountId } from '../../../src/protocol/ids.ts';
import { OFFER_PAUSE_SHARDS, type OfferFacts, parseOffers, pickOffer } from '../../../src/ui/pages/contribute/pick-offer.ts';
import { addBusy, busyOn, dayOf, loadOf, MAX_BUSY_DAYS, MAX_STEP_MS, parseBusyLog, sumBusy } from '../../../src/ui/state/busy-log.ts';
import {
  addSample,
  type EarningsSample,
  estimateHourly,
  MIN_SPAN_MS,
  MIN_VERIFIED,
  SAMPLE_EVERY_MS,
  WINDOW_MS,
} from '../../../src/ui/state/estimate-earnings.ts';
import {
  DEFAULT_ENERGY,
  estimateEnergy,
  MAX_PRICE_CENTS,
  MAX_WATTS,
  MIN_WATTS,
  parseEnergyChoice,
} from '../../../src/ui/state/estimate-energy.ts';
import { MAX_LIKE_NAMES, recallLikeName, rememberLikeName } from '../../../src/ui/state/like-names.ts';
import { OWN_COLOURS, pickOwnColour } from '../../../src/ui/state/my-colour.ts';

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}
const contrast = (a: string, b: string): number => {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high! + 0.05) / (low! + 0.05);
};

describe('my colour', () => {
  it('stays the same for an account and differs between neighbours', () => {
    expect(pickOwnColour(17 as AccountId)).toBe(pickOwnColour(17 as AccountId));
    for (let id = 1; id < 50; id += 1) expect(pickOwnColour(id as AccountId)).not.toBe(pickOwnColour((id + 1) as AccountId));
    expect(pickOwnColour(null)).toBe(OWN_COLOURS[0]);
    expect(new Set(Array.from({ length: 6 }, (_, id) => pickOwnColour(id as AccountId))).size).toBe(OWN_COLOURS.length);
  });

  it.each(OWN_COLOURS)('%o stands out from its ground, and is no green, amber or clay', ({ light, dark }) => {
    for (const ground of ['#f6f0e6', '#e3d6c5', '#fdf9f2']) expect(contrast(light, ground)).toBeGreaterThan(3);
    for (const ground of ['#14110f', '#2a221d', '#1b1714']) expect(contrast(dark, ground)).toBeGreaterThan(3);
    const blue = (hex: string) => Number.parseInt(hex.slice(5, 7), 16);
    const green = (hex: string) => Number.parseInt(hex.slice(3, 5), 16);
    for (const hex of [light, dark]) expect(blue(hex)).toBeGreaterThan(green(hex));
  });
});

describe('energy', () => {
  it('is watts times time at full load, priced by the kilowatt-hour', () => {
    expect(estimateEnergy(DEFAULT_ENERGY, 3_600_000).wattHours).toBe(15);
    expect(estimateEnergy(DEFAULT_ENERGY, 3_600_000).cents).toBeCloseTo(0.45, 12);
    const own = { device: 'own', ownWatts: 400, centsPerKwh: 40 } as const;
    expect(estimateEnergy(own, 9_000_000)).toEqual({ wattHours: 1_000, cents: 40 });
    expect(estimateEnergy({ ...own, device: 'desktop' }, 3_600_000).wattHours).toBe(120);
  });

  it('takes a remembered choice within its bounds, and no other', () => {
    const choice = { device: 'own', ownWatts: MAX_WATTS, centsPerKwh: MAX_PRICE_CENTS };
    expect(parseEnergyChoice(choice)).toEqual(choice);
    expect(parseEnergyChoice({ ...choice, ownWatts: MIN_WATTS, centsPerKwh: 0 })).not.toBeNull();
    for (const wrong of [
      { ownWatts: MAX_WATTS + 1 },
      { ownWatts: MIN_WATTS - 0.1 },
      { centsPerKwh: MAX_PRICE_CENTS + 1 },
      { centsPerKwh: -1 },
      { device: 'toaster' },
      { ownWatts: '60' },
    ])
      expect(parseEnergyChoice({ ...choice, ...wrong })).toBeNull();
    expect(parseEnergyChoice(null)).toBeNull();
  });
});

describe('the busy log', () => {
  it('adds time at full load to its day, by the busier engine', () => {
    expect(loadOf({ gpuPercent: 20, cpuPercent: 50 })).toBe(0.5);
    expect(loadOf({ gpuPercent: null, cpuPercent: null })).toBe(0);
    let log = addBusy([], '2026-11-21', 4_000, 0.5);
    log = addBusy(log, '2026-11-21', 1_000, 1);
    log = addBusy(log, '2026-11-22', 1_000, 0.25);
    expect(log).toEqual([
      { day: '2026-11-21', loadMs: 3_000 },
      { day: '2026-11-22', loadMs: 250 },
    ]);
    expect([busyOn(log, '2026-11-21'), busyOn(log, '2026-11-20'), sumBusy(log)]).toEqual([3_000, 0, 3_250]);
  });

  it('counts nothing for a sleep, and forgets the oldest day', () => {
    expect(sumBusy(addBusy([], 'a', MAX_STEP_MS, 1))).toBe(MAX_STEP_MS);
    expect(sumBusy(addBusy([], 'a', MAX_STEP_MS + 1, 1))).toBe(0);
    expect(sumBusy(addBusy([], 'a', -5, 1))).toBe(0);
    const days = Array.from({ length: MAX_BUSY_DAYS + 1 }, (_, day) => `2026-01-${String(day + 1).padStart(2, '0')}`);
    const log = days.reduce((all, day) => addBusy(all, day, 1_000, 1), [] as ReturnType<typeof addBusy>);
    expect(log).toHaveLength(MAX_BUSY_DAYS);
    expect(log[0]?.day).toBe('2026-01-02');
  });

  it('reads back what it wrote and nothing strange', () => {
    const day = { day: dayOf(Date.UTC(2026, 10, 21, 12)), loadMs: 5 };
    expect(day.day).toBe('2026-11-21');
    expect(parseBusyLog(JSON.parse(JSON.stringify([day, { day: 'x', loadMs: 1 }, null, { day: '2026-11-22', loadMs: -1 }])))).toEqual([
      day,
    ]);
    expect(parseBusyLog('no')).toBeNull();
  });
});

describe('an hour of this device', () => {
  const at = (atMs: number, verified: number): EarningsSample => ({ atMs, verified, creditedMicro: BigInt(verified) * 1_000n });

  it('is told as a range that narrows with the number of payments', () => {
    expect(estimateHourly([at(0, 0), at(36_000, 4)])).toEqual({ lowMicro: 200_000n, highMicro: 600_000n });
    expect(estimateHourly([at(0, 0), at(36_000, 100)])).toEqual({ lowMicro: 9_000_000n, highMicro: 11_000_000n });
  });

  it('is not told too early', () => {
    expect(estimateHourly([])).toBeNull();
    expect(estimateHourly([at(0, 0), at(MIN_SPAN_MS, MIN_VERIFIED)])).not.toBeNull();
    expect(estimateHourly([at(0, 0), at(MIN_SPAN_MS - 1, MIN_VERIFIED)])).toBeNull();
    expect(estimateHourly([at(0, 0), at(MIN_SPAN_MS, MIN_VERIFIED - 1)])).toBeNull();
  });

  it('keeps the last ten minutes, thinly', () => {
    let samples: readonly EarningsSample[] = [];
    for (let ms = 0; ms <= 2 * WINDOW_MS; ms += 100) samples = addSample(samples, at(ms, ms));
    expect(samples.length).toBeLessThanOrEqual((1.1 * WINDOW_MS) / SAMPLE_EVERY_MS);
    expect(samples.at(-1)?.atMs).toBe(2 * WINDOW_MS);
    expect(samples[0]!.atMs).toBeGreaterThanOrEqual(WINDOW_MS);
  });
});

describe('offers', () => {
  const facts: OfferFacts = {
    verified: 1,
    isInstallable: true,
    isGuest: true,
    isBackupDue: true,
    dismissed: [],
    closedAtVerified: null,
  };
  it('never come before something was verified, and one at a time', () => {
    expect(pickOffer({ ...facts, verified: 0 })).toBeNull();
    expect(pickOffer(facts)).toBe('keep-open');
    expect(pickOffer({ ...facts, dismissed: ['keep-open'] })).toBe('install');
    expect(pickOffer({ ...facts, dismissed: ['keep-open', 'install'] })).toBe('backup');
    expect(pickOffer({ ...facts, dismissed: ['keep-open', 'install', 'backup'] })).toBe('wallet');
    expect(pickOffer({ ...facts, dismissed: ['keep-open', 'install', 'backup', 'wallet'] })).toBeNull();
  });
  it('leave out what cannot be', () => {
    const after = { ...facts, dismissed: ['keep-open'] as const };
    expect(pickOffer({ ...after, isInstallable: false })).toBe('backup');
    expect(pickOffer({ ...after, isInstallable: false, isBackupDue: false })).toBe('wallet');
    expect(pickOffer({ ...after, isInstallable: false, isGuest: false })).toBeNull();
  });
  it('leave a person in peace after one was closed', () => {
    const closed = { ...facts, dismissed: ['keep-open'] as const, closedAtVerified: 5 };
    expect(pickOffer({ ...closed, verified: 5 + OFFER_PAUSE_SHARDS - 1 })).toBeNull();
    expect(pickOffer({ ...closed, verified: 5 + OFFER_PAUSE_SHARDS })).toBe('install');
  });
  it('are remembered by name', () => {
    expect(parseOffers(['wallet', 'spam', 'install'])).toEqual(['install', 'wallet']);
    expect(parseOffers('wallet')).toBeNull();
  });
});

describe('names of what was preferred or blocked', () => {
  const kept = new Map<string, string>();
  beforeEach(() => {
    kept.clear();
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    });
  });
  afterEach(() => void vi.unstubAllGlobals());

  it('are told apart by kind, and the latest wins', () => {
    rememberLikeName('job', 4, 'Bunny');
    rememberLikeName('requester', 4, 'Amber Heron');
    rememberLikeName('job', 4, 'Bunny, again');
    expect([recallLikeName('job', 4), recallLikeName('requester', 4), recallLikeName('job', 5)]).toEqual([
      'Bunny, again',
      'Amber Heron',
      null,
    ]);
  });

  it('are at most so many, the oldest forgotten first', () => {
    for (let id = 1; id <= MAX_LIKE_NAMES + 1; id += 1) rememberLikeName('job', id, `Job of ${id}`);
    expect(recallLikeName('job', 1)).toBeNull();
    expect(recallLikeName('job', 2)).toBe('Job of 2');
    expect(recallLikeName('job', MAX_LIKE_NAMES + 1)).not.toBeNull();
  });
});

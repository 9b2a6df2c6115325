// What a contributor is told about the past, as fixtures: a month of verified shards, and two results that were not accepted.
import type { Context, Hono } from 'hono';
import type { HistoryPoint, HistoryView, ProfileChange, ProfileView, RejectionsPage } from '../../src/protocol/api-standing.ts';
import type { AccountId, DeviceId, Digest, JobId, ShardId } from '../../src/protocol/ids.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const WORK_OF_SHARD = 42_000_000;

function makePoint(atMs: number, shards: number): HistoryPoint {
  const gpuShards = Math.round(shards * 0.8);
  return {
    atMs,
    verifiedShards: shards,
    work: shards * WORK_OF_SHARD,
    creditMicro: String(shards * 42_000),
    gpuShards,
    cpuShards: shards - gpuShards,
    phoneShards: 0,
  };
}

/** Waves, with two days of rest, so that a chart has something to show. */
function makePoints(count: number, stepMs: number, nowMs: number): readonly HistoryPoint[] {
  const first = Math.floor(nowMs / stepMs) - count + 1;
  return Array.from({ length: count }, (_, index) => {
    const wave = (index + 4) % 15 > 12 ? 0 : Math.round(90 + 70 * Math.sin(index / 2.7) + 3 * index);
    return makePoint((first + index) * stepMs, wave);
  });
}

export function makeFakeHistory(nowMs: number, isEmpty: boolean): HistoryView {
  const days = makePoints(30, DAY_MS, nowMs).map((point) => (isEmpty ? makePoint(point.atMs, 0) : point));
  const hours = makePoints(48, HOUR_MS, nowMs).map((point) => (isEmpty ? makePoint(point.atMs, 0) : point));
  const shards = days.reduce((sum, { verifiedShards }) => sum + verifiedShards, 0);
  const { atMs: _, ...totals } = makePoint(0, shards);
  return {
    asOfMs: nowMs,
    days,
    hours,
    streak: isEmpty ? { days: 0, bestDays: 0, isTodayDone: false } : { days: 13, bestDays: 13, isTodayDone: true },
    totals,
    devices: [],
    badges: isEmpty ? [] : ['first-shard', 'week-streak', 'thousand-shards'],
  };
}

export function makeFakeRejections(nowMs: number, isEmpty: boolean): RejectionsPage {
  if (isEmpty) return { rejections: [], next: null };
  const common = { job: 41 as JobId, title: 'Path-traced bunny', device: 7 as DeviceId, engine: 'gpu' } as const;
  return {
    rejections: [
      {
        ...common,
        shard: 41_993 as ShardId,
        index: 9,
        atMs: nowMs - 3 * HOUR_MS,
        reason: 'outvoted',
        sentence: 'Two other devices agreed on another result.',
        digest: '9f'.repeat(32) as Digest,
        acceptedDigest: '3c'.repeat(32) as Digest,
        difference: {
          output: 'pixels',
          byte: 18_304,
          mineHex: '7f6a5b00',
          acceptedHex: '7f6a5bff',
          element: { index: 18_304, type: 'u8', mine: 127, accepted: 128 },
        },
      },
      {
        ...common,
        shard: 41_988 as ShardId,
        index: 4,
        atMs: nowMs - 2 * DAY_MS,
        reason: 'withheld',
        sentence: 'Its bytes did not arrive when asked for.',
        digest: '1b'.repeat(32) as Digest,
        acceptedDigest: null,
        difference: null,
      },
    ],
    next: null,
  };
}

const FAKE_PROFILE: ProfileView = {
  account: 12 as AccountId,
  name: 'Euphronios',
  pseudonym: 'Euphronios',
  generatedName: 'guest 4f2a…91c0',
  isListed: true,
  team: { id: 3, name: 'Kerameikos', members: 14 },
};

/** One line in the fake coordinator adds them. */
export function addHomeFixtures(app: Hono, nowMs: number, isEmpty: () => boolean): void {
  app.get('/api/history', (context: Context) => context.json(makeFakeHistory(nowMs, isEmpty())));
  let profile = FAKE_PROFILE;
  app.get('/api/profile', (context: Context) => context.json(profile));
  app.patch('/api/profile', async (context: Context) => {
    profile = { ...profile, ...((await context.req.json()) as ProfileChange) };
    return context.json(profile);
  });
  app.get('/api/rejections', (context: Context) => context.json(makeFakeRejections(nowMs, isEmpty())));
}

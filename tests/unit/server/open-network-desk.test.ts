// The network's desk: read once a turn for all who look, the newest shards first, devices by an alias of the day, one search at a time.
import { expect, test } from 'vitest';
import type { JobNotice } from '../../../server/coordinator/event.ts';
import { type NetworkDeskParts, openNetworkDesk } from '../../../server/open-network-desk.ts';
import { NETWORK_LIMITS, type RecentShard } from '../../../src/protocol/api-network.ts';
import type { AccountId, DeviceId, JobId } from '../../../src/protocol/ids.ts';

const DAY = 86_400_000;
const DIGEST = 'ab'.repeat(32);

function open() {
  const clock = { nowMs: 10 * DAY };
  const asked = { health: 0, described: [] as string[], filled: 0 };
  let tell: (notices: readonly JobNotice[]) => void = () => undefined;
  let endSearch: () => void = () => undefined;
  const connected = (device: number) => ({
    device: device as DeviceId,
    accountKind: 'guest' as const,
    capabilities: { threads: 2, engines: [{ kind: 'gpu' as const, label: 'nvidia, serial 4711', isFallback: false, maxBufferBytes: 1 }] },
    inFlight: 0,
  });
  const parts: NetworkDeskParts = {
    name: 'Here',
    build: '1',
    receiptKey: 'key',
    secret: new Uint8Array(32).fill(3),
    runner: {
      epoch: 4,
      counts: () => ({
        contributors: 2,
        devices: [{ kind: 'gpu', count: 2 }],
        jobsRunning: 1,
        workgroupsPerSecond: 0,
        copiesOut: 3,
        shardsOpen: 0,
        otherCoordinators: 1,
      }),
      votes: () => ({ waiting: 5, disputed: 1 }),
      devices: () => [connected(71), connected(72)],
      onNotices(listener) {
        tell = listener;
        return () => undefined;
      },
    },
    gateway: {
      wires: () =>
        new Map([
          [71 as DeviceId, 'rtc' as const],
          [72 as DeviceId, 'ws' as const],
        ]),
    },
    sampler: { shardsPerMinute: () => 9, unsampledVotes: () => ({ agreed: 1, outvoted: 2 }) },
    storage: {
      pages: { totals: async () => ({ shardsFinal: 40 }) },
      samples: {
        keep: async () => undefined,
        prune: async () => undefined,
        read: async () => [],
        sumVotes: async () => ({ agreed: 10, outvoted: 20 }),
      },
      devices: {
        listBanned: async () => [],
        listDoubtful: async () => [],
        readDevices: async (ids) =>
          ids.map((device) => ({
            device,
            account: 900 as AccountId,
            accountKind: 'guest' as const,
            accountName: 'guest Secret00',
            sinceMs: 3 * DAY + 4_711,
            verified: Number(device),
            outvotedExact: 1,
            outvotedTolerance: 2,
            failed: 0,
            ban: null,
          })),
      },
      network: {
        countRunning: async () => 6,
        async describeShards(places) {
          asked.described.push(places.map(({ index }) => index).join());
          return places.map(
            ({ job, index }): RecentShard => ({
              job,
              index,
              title: 'a job',
              verdict: 'final',
              copies: 2,
              outvoted: 0,
              engines: ['cpu'],
              computeMs: 1,
              atMs: index,
            }),
          );
        },
        async findRecent() {
          asked.filled++;
          return [{ job: 1 as JobId, index: 0 }];
        },
        placeShards: async () => new Map(),
        findJob: async (job) => (job === 7 ? { kind: 'job', job, title: 'a job', state: 'done' } : null),
        findDigest: () =>
          new Promise((resolve) => {
            endSearch = () => resolve([]);
          }),
      },
    },
    async readHealth() {
      asked.health++;
      return { status: 'ok', checks: [], build: '1', upMs: 5 };
    },
    nowMs: () => clock.nowMs,
  };
  const judged = (...indices: number[]) =>
    tell(indices.map((index) => ({ job: 1 as JobId, type: 'shard', index, verdict: 'final', copies: 2 }) as const));
  return {
    desk: openNetworkDesk(parts),
    clock,
    asked,
    judged,
    tell: (notices: readonly JobNotice[]) => tell(notices),
    endSearch: () => endSearch(),
  };
}

test('what it tells of now is read once a turn, however many ask', async () => {
  const { desk, clock, asked } = open();
  const [live] = await Promise.all([desk.live(), desk.live(), desk.live()]);
  expect(asked.health).toBe(1);
  expect(live.now).toMatchObject({
    devices: { gpu: 2, cpu: 0 },
    transports: { rtc: 1, websocket: 1 },
    votes: { agreed: 11, outvoted: 22 },
    jobsRunning: 6,
    resultsWaiting: 5,
    disputedShards: 1,
    shardsPerMinute: 9,
    shardsFinal: 40,
    coordinator: { status: 'ok', epoch: 4, others: 1, receiptKey: 'key' },
  });
  clock.nowMs += NETWORK_LIMITS.liveMs / 2 - 1;
  await desk.live();
  expect(asked.health).toBe(1);
  clock.nowMs += 1;
  await desk.live();
  expect(asked.health).toBe(2);
});

test('the ticker begins with what the database has and goes on with the newest few of each turn', async () => {
  const { desk, clock, asked, judged, tell } = open();
  expect((await desk.live()).recent.map(({ index }) => index)).toEqual([0]);
  judged(...Array.from({ length: 100 }, (_, at) => at + 1));
  // no verdict, no line
  tell([{ job: 1 as JobId, type: 'shard', index: 900, verdict: 'provisional', copies: 1 }]);
  clock.nowMs += NETWORK_LIMITS.liveMs;
  const { recent } = await desk.live();
  const newest = Array.from({ length: NETWORK_LIMITS.freshShards }, (_, at) => 100 - at);
  expect(recent.map(({ index }) => index)).toEqual([...newest, 0]);
  expect(asked.filled).toBe(1);
  for (let turn = 2; turn < 12; turn++) {
    judged(...Array.from({ length: 6 }, (_, at) => turn * 100 + at));
    clock.nowMs += NETWORK_LIMITS.liveMs;
    await desk.live();
  }
  clock.nowMs += NETWORK_LIMITS.liveMs;
  expect((await desk.live()).recent).toHaveLength(NETWORK_LIMITS.recentShards);
});

test('a device has an alias for a day and nothing by which it could be found', async () => {
  const { desk, clock } = open();
  const first = await desk.devices();
  expect(first).toMatchObject({ connected: 2 });
  expect(first.devices.map(({ verified }) => verified)).toEqual([72, 71]);
  expect(first.devices[0]).toEqual({
    alias: expect.stringMatching(/^[0-9a-f]{6}$/),
    class: 'computer',
    engine: 'gpu',
    label: 'NVIDIA GPU',
    verified: 72,
    outvoted: 3,
    sinceMs: 3 * DAY,
  });
  expect(JSON.stringify(first)).not.toMatch(/4711|Secret|"account|"device":/);
  clock.nowMs += DAY - 1;
  expect((await desk.devices()).devices[0]!.alias).toBe(first.devices[0]!.alias);
  clock.nowMs += NETWORK_LIMITS.liveMs;
  expect((await desk.devices()).devices[0]!.alias).not.toBe(first.devices[0]!.alias);
});

test('one digest is looked for at a time, jobs whenever', async () => {
  const { desk, endSearch } = open();
  const search = desk.lookUp(DIGEST);
  await expect(desk.lookUp(DIGEST)).rejects.toMatchObject({ code: 'too-many-requests' });
  expect(await desk.lookUp('7')).toMatchObject({ finds: [{ kind: 'job', job: 7 }] });
  expect(await desk.lookUp('8')).toEqual({ finds: [] });
  endSearch();
  expect(await search).toEqual({ finds: [] });
  const again = desk.lookUp(DIGEST);
  endSearch();
  await again;
});

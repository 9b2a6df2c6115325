// The pages Network and Operator as fixtures: a busy day with two liars in it, and a coordinator that nobody has come to yet.
import type { Context, Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { NetworkLive, PublicDevicesView, RecentShard, SampleName, SamplesView } from '../../src/protocol/api-network.ts';
import type { AuditView, LogView, OperatorDevicesView, OperatorMe, OperatorView } from '../../src/protocol/api-operator.ts';
import type { AccountId, DeviceId, JobId } from '../../src/protocol/ids.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WALLET = '0xA51c1fc2f0D1a1b8494Ed1FE312d7C3a78Ed91C0';

export interface FakeOperator {
  /** Who the operator's page takes one for. */
  me: OperatorMe;
  readonly acts: readonly { readonly path: string; readonly reason: string }[];
}

export function makeOperatorMe(nowMs: number): OperatorMe {
  return { kind: 'operator', wallet: WALLET, untilMs: nowMs + 9 * HOUR_MS };
}

export function addOperatorFixtures(app: Hono, nowMs: number, isEmpty: () => boolean): FakeOperator {
  const acts: { path: string; reason: string }[] = [];
  const state = { me: makeOperatorMe(nowMs), acts };
  app.get('/api/network/live', (c) => c.json(makeLive(nowMs, isEmpty())));
  app.get('/api/network/live/events', (c) =>
    streamSSE(c, async (stream) => {
      await stream.writeSSE({ data: JSON.stringify(makeLive(nowMs, isEmpty())) });
      await new Promise<void>((resolve) => stream.onAbort(resolve));
    }),
  );
  app.get('/api/network/samples', (c) => c.json(makeSamples(nowMs, Number(c.req.query('hours') ?? 24), isEmpty())));
  app.get('/api/network/devices', (c) => c.json(makePublicDevices(nowMs, isEmpty())));
  app.get('/api/network/look-up', (c) => {
    const job = Number(c.req.query('for'));
    return c.json({ finds: job === 41 ? [{ kind: 'job', job, title: 'Fractal, deep', state: 'running' }] : [] });
  });
  app.get('/api/operator/me', (c) => c.json(state.me));
  app.get('/api/operator', (c) => c.json(makeOverview(nowMs, isEmpty())));
  app.get('/api/operator/devices', (c) => c.json(makeDevices(nowMs, c.req.query('show') ?? 'connected', isEmpty())));
  app.get('/api/operator/log', (c) => c.json(makeLog(nowMs, isEmpty(), c.req.query('contains') ?? '')));
  app.get('/api/operator/audit', (c) => c.json(makeAudit(nowMs, isEmpty())));
  app.post('/api/operator/*', async (c: Context) => {
    const { reason } = (await c.req.json()) as { reason: string };
    acts.push({ path: c.req.path, reason });
    return c.json({});
  });
  return state;
}

function makeLive(nowMs: number, isEmpty: boolean): NetworkLive {
  const coordinator = {
    name: 'Ostraka',
    build: '0.1.0',
    epoch: 12,
    status: 'ok',
    upMs: 2.4 * DAY_MS,
    others: 0,
    receiptKey: 'key',
  } as const;
  const none: NetworkLive['now'] = {
    atMs: nowMs,
    contributors: 0,
    devices: { gpu: 0, cpu: 0 },
    transports: { rtc: 0, websocket: 0 },
    shardsPerMinute: 0,
    shardsFinal: 0,
    jobsRunning: 0,
    copiesOut: 0,
    resultsWaiting: 0,
    votes: { agreed: 0, outvoted: 0 },
    disputedShards: 0,
    coordinator,
  };
  if (isEmpty) return { now: none, recent: [] };
  const now: NetworkLive['now'] = {
    ...none,
    contributors: 31,
    devices: { gpu: 24, cpu: 14 },
    transports: { rtc: 29, websocket: 9 },
    shardsPerMinute: 412,
    shardsFinal: 1_284_551,
    jobsRunning: 3,
    copiesOut: 188,
    resultsWaiting: 42,
    votes: { agreed: 611_204, outvoted: 37 },
    disputedShards: 1,
  };
  const recent = Array.from({ length: 10 }, (_, at): RecentShard => {
    const isHard = at === 3;
    return {
      job: (at % 3 === 0 ? 41 : 40) as JobId,
      title: at % 3 === 0 ? 'The bunny, path-traced' : 'Collatz, longest below a billion',
      index: 611 - at * 7,
      verdict: at === 7 ? 'failed' : 'final',
      copies: isHard ? 3 : 2,
      outvoted: isHard ? 1 : 0,
      engines: at % 2 === 0 ? ['gpu', 'cpu'] : ['gpu'],
      computeMs: at === 7 ? null : 180 + at * 61,
      atMs: nowMs - at * 1_900,
    };
  });
  return { now, recent };
}

function makeSamples(nowMs: number, hours: number, isEmpty: boolean): SamplesView {
  const stepMs = hours <= 24 ? 300_000 : hours <= 168 ? 36 * 60_000 : 3 * HOUR_MS;
  const count = isEmpty ? 0 : Math.floor((hours * HOUR_MS) / stepMs);
  const atMs = Array.from({ length: count }, (_, at) => Math.floor(nowMs / stepMs) * stepMs - (count - at) * stepMs);
  const wave = (at: number, high: number): number =>
    Math.max(0, high * (0.6 + 0.4 * Math.sin((at / count) * 6.3 - 1.4)) + ((at * 7) % 11) * (high / 60));
  /** An hour in which the coordinator was away. */
  const isGap = (at: number): boolean => at > count * 0.42 && at < count * 0.46;
  const read = (value: (at: number) => number) => atMs.map((_, at) => (isGap(at) ? null : value(at)));
  const series: Record<SampleName, readonly (number | null)[]> = {
    contributors: read((at) => Math.round(wave(at, 30))),
    gpus: read((at) => Math.round(wave(at, 24))),
    cpus: read((at) => Math.round(wave(at + 9, 13))),
    jobs: read((at) => 1 + ((at >> 5) % 3)),
    copiesOut: read((at) => Math.round(wave(at, 180))),
    shardsFinal: read((at) => Math.round(wave(at, 2_000))),
    shardsFailed: read((at) => (at % 40 === 0 ? 2 : 0)),
    votesAgreed: read((at) => Math.round(wave(at, 4_000))),
    votesOutvoted: read((at) => (at % 37 === 0 ? 9 : at % 11 === 0 ? 1 : 0)),
  };
  return { stepMs, atMs, series };
}

function makePublicDevices(nowMs: number, isEmpty: boolean): PublicDevicesView {
  if (isEmpty) return { devices: [], connected: 0 };
  const kinds = [
    ['computer', 'gpu', 'NVIDIA GPU', 88_120],
    ['computer', 'gpu', 'Apple GPU', 51_007],
    ['headless', 'cpu', 'CPU', 20_411],
    ['house', 'cpu', 'CPU', 18_900],
    ['phone', 'gpu', 'Qualcomm GPU', 3_102],
    ['computer', 'gpu', 'software GPU', 96],
    ['headless', 'cpu', 'CPU', 0],
  ] as const;
  const devices = kinds.map(([kind, engine, label, verified], at) => ({
    alias: `${(at * 2_741_953 + 4_660_481).toString(16).slice(0, 6)}`,
    class: kind,
    engine,
    label,
    verified,
    outvoted: at === 6 ? 4 : 0,
    sinceMs: Math.floor((nowMs - at * at * DAY_MS) / DAY_MS) * DAY_MS,
  }));
  return { devices, connected: devices.length };
}

function makeOverview(nowMs: number, isEmpty: boolean): OperatorView {
  const checks = [
    ['database', 'It answers.'],
    ['durability', 'What is acknowledged is on disk.'],
    ['commits', isEmpty ? 'Nothing waits to be written.' : '212 changes are being written, the oldest for 0.0 s.'],
    ['disk', '80.8 GB are free.'],
    ['load', 'There is room.'],
    ['hand-outs', 'They go on.'],
    ['ledger', 'It balances.'],
  ].map(([name, sentence]) => ({ name: name!, ok: true, sentence: sentence! }));
  const latency = (p50Ms: number, p95Ms: number) => (isEmpty ? null : { p50Ms, p95Ms, count: 1_000 });
  return {
    atMs: nowMs,
    health: { status: 'ok', checks, build: '0.1.0', upMs: 2.4 * DAY_MS },
    drained: null,
    queue: isEmpty
      ? { jobsRunning: 0, shardsOpen: 0, copiesOut: 0, backlogChanges: 0, backlogOldestMs: 0 }
      : { jobsRunning: 3, shardsOpen: 204, copiesOut: 188, backlogChanges: 212, backlogOldestMs: 9 },
    latency: { handOut: latency(0.2, 0.9), receipt: latency(14, 41), commit: latency(7, 19) },
    process: { loopDelayMs: 0.4, memoryBytes: 268_000_000, heapBytes: 94_000_000, cpuShare: isEmpty ? 0.01 : 0.38, upMs: 2.4 * DAY_MS },
    sockets: isEmpty ? { live: 0, waiting: 0, rtc: 0, watchers: 0 } : { live: 38, waiting: 1, rtc: 29, watchers: 6 },
    storage: { databaseBytes: isEmpty ? 9_100_000 : 1_840_000_000, blobBytes: isEmpty ? 0 : 12_700_000_000, freeBytes: 80_786_079_744 },
    versions: {
      name: 'Ostraka',
      build: '0.1.0',
      protocol: 4,
      oldestProtocol: 3,
      node: '20.20.0',
      postgres: '17.5',
      schema: '2026-06-sites',
      epoch: 12,
      others: 0,
    },
    receiptKey: '_FRspFbmpBLWiagZEf391JF5H7v0OnsW3i3GkEOMTf4',
    operators: [WALLET.toLowerCase()],
    demo: isEmpty
      ? { state: 'none', device: null, startedAtMs: null, answers: 0, outvoted: 0, honestDevices: 0, lies: [] }
      : {
          state: 'lying',
          device: 57 as DeviceId,
          startedAtMs: nowMs - 40_000,
          answers: 4,
          outvoted: 3,
          honestDevices: 37,
          lies: [
            { job: 41 as JobId, index: 590, toldAtMs: nowMs - 6_000, finalAtMs: null },
            { job: 41 as JobId, index: 588, toldAtMs: nowMs - 21_000, finalAtMs: nowMs - 18_800 },
            { job: 40 as JobId, index: 12, toldAtMs: nowMs - 33_000, finalAtMs: nowMs - 29_400 },
          ],
        },
  };
}

function makeDevices(nowMs: number, show: string, isEmpty: boolean): OperatorDevicesView {
  if (isEmpty) return { devices: [], next: null };
  const devices = [
    [57, 'headless 9fQ2mX1k', 'CPU, 1 thread', 0, 3, null],
    [44, WALLET, 'nvidia ampere · CPU, 16 threads', 88_120, 0, null],
    [41, 'guest K3pQz8aa', 'apple metal-3 · CPU, 8 threads', 51_007, 0, null],
    [12, 'House', 'CPU, 2 threads', 18_900, 0, null],
    [9, 'guest Zz81Lm0c', null, 412, 14, { reason: 'Answers with the bytes of another job.', atMs: nowMs - 3 * HOUR_MS }],
  ] as const;
  const rows = devices.map(([device, accountName, engine, verified, outvotedExact, ban]) => ({
    device: device as DeviceId,
    account: (100 + device) as AccountId,
    accountName,
    sinceMs: nowMs - device * DAY_MS * 0.4,
    verified,
    outvotedExact,
    outvotedTolerance: 0,
    failed: device === 41 ? 2 : 0,
    live:
      engine === null ? null : { engine, transport: device % 2 === 0 ? ('rtc' as const) : ('websocket' as const), inFlight: device % 7 },
    ban,
  }));
  const isShown = (row: (typeof rows)[number]): boolean =>
    show === 'banned' ? row.ban !== null : show === 'doubtful' ? row.outvotedExact > 0 : row.live !== null;
  return { devices: rows.filter(isShown), next: null };
}

function makeLog(nowMs: number, isEmpty: boolean, contains: string): LogView {
  const lines = [
    ['warn', 'An operator has banned a device.', '{"device":9,"reason":"Answers with the bytes of another job."}'],
    ['info', 'A device connected.', '{"session":318,"account":144,"device":44,"kind":"rtc"}'],
    ['error', 'A stored blob is damaged or gone.', '{"digest":"9c1f…"}'],
    ['info', 'A job has ended.', '{"job":39}'],
  ] as const;
  const found = lines.filter((line) => line.join(' ').toLowerCase().includes(contains.toLowerCase()));
  const shown = (isEmpty ? [] : found).map(([level, sentence, facts], at) => ({
    at: 90 - at,
    time: new Date(nowMs - at * 7_000).toISOString(),
    level,
    sentence,
    facts,
  }));
  return { lines: shown, kept: isEmpty ? 0 : 1_204 };
}

function makeAudit(nowMs: number, isEmpty: boolean): AuditView {
  if (isEmpty) return { lines: [], next: null };
  const lines = [
    ['inject-liar', null, null, 'Showing the board how a lie ends.', 40_000],
    ['ban', 9, null, 'Answers with the bytes of another job.', 3 * HOUR_MS],
    ['cancel-job', null, 36, 'Its owner asked for it by e-mail.', 26 * HOUR_MS],
    ['undrain', null, null, 'The disk was enlarged.', 50 * HOUR_MS],
    ['drain', null, null, 'The disk is nearly full.', 51 * HOUR_MS],
  ] as const;
  return {
    lines: lines.map(([act, device, job, reason, agoMs], at) => ({
      id: 40 - at,
      atMs: nowMs - agoMs,
      wallet: WALLET,
      act,
      device: device as DeviceId | null,
      job: job as JobId | null,
      epoch: 12,
      reason,
    })),
    next: null,
  };
}

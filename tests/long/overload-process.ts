// The process that offers too much: devices, and beside them requesters, readers and newcomers at a fixed pace. Told what to do by messages.
import { setTimeout as wait } from 'node:timers/promises';

import type { Api } from '../../src/account/create-api.ts';
import { readSession } from '../../src/account/session.ts';
import { isFaultCode } from '../../src/protocol/fault.ts';
import { listJobs } from '../../src/requester/list-jobs.ts';
import { quoteJob } from '../../src/requester/quote-job.ts';
import { makeBenchSpec } from '../bench/bench-job.ts';
import { createLatencyHistogram } from '../bench/latency-histogram.ts';
import { openLoadChannel, signIn } from '../bench/open-load-channel.ts';
import { createOverloadDevice, type OverloadCounts, type OverloadDevice } from './overload-device.ts';
import type { OverloadOrder, OverloadReport } from './overload-orders.ts';

const TICK_MS = 50;
/** As many of each a second, whatever the answers. */
const HTTP_A_SECOND = { quote: 5, read: 40, newcomer: 5 } as const;
/** Newcomers come from addresses that the devices do not use. */
const NEWCOMERS_FROM = 6_400;

const counts: OverloadCounts = {
  offered: 0,
  heldBack: 0,
  acknowledged: 0,
  credited: 0,
  idle: {},
  refused: {},
  latency: createLatencyHistogram(),
  stormLatency: createLatencyHistogram(),
  lost: 0,
};
const devices: { readonly api: Api; readonly device: OverloadDevice }[] = [];
const http: Record<string, number> = {};
const timers: NodeJS.Timeout[] = [];
let newcomers = 0;
let isCalm = false;
const startedAtMs = performance.now();
/** Who has not come in by then is a failure. */
const ENTER_MS = 120_000;
const RETRY_MS = 250;

async function connect(url: string, count: number): Promise<void> {
  for (let at = 0; at < count; at++) {
    const { api, channel } = await enter(url);
    const device = createOverloadDevice(channel, counts);
    if (isCalm) device.setEager(false);
    devices.push({ api, device });
  }
}

/** As a real device does, it comes again when there was too much to do. */
async function enter(url: string) {
  for (;;) {
    try {
      const api = await signIn(url);
      return { api, channel: (await openLoadChannel(api, 'ws', devices.length)).channel };
    } catch (cause) {
      if (performance.now() > ENTER_MS + startedAtMs) throw cause;
      await wait(RETRY_MS);
    }
  }
}

/** In the open loop nobody waits for an answer: the next batch is due when it is due. */
function startStorm(url: string, resultsPerSecond: number): void {
  const sinceMs = performance.now();
  const before = counts.offered + counts.heldBack;
  let at = 0;
  counts.stormLatency.clear();
  for (const { device } of devices) device.setEager(false);
  timers.push(
    setInterval(() => {
      const due = ((performance.now() - sinceMs) / 1_000) * resultsPerSecond;
      // a process that was late does not catch up in one burst without end
      for (let times = 0; counts.offered + counts.heldBack - before < due && times < devices.length * 2; times++)
        devices[at++ % devices.length]!.device.offer(64);
    }, TICK_MS),
    ...everySecond(HTTP_A_SECOND.quote, () => countAnswer('quote', quoteJob(devices[0]!.api, makeBenchSpec(100, 1)))),
    ...everySecond(HTTP_A_SECOND.read, () => countAnswer('read', listJobs(devices[0]!.api))),
    ...everySecond(HTTP_A_SECOND.newcomer, () => countAnswer('newcomer', comeAndGo(url))),
  );
}

function everySecond(times: number, action: () => void): readonly NodeJS.Timeout[] {
  return [setInterval(action, 1_000 / times)];
}

function countAnswer(what: string, call: Promise<unknown>): void {
  const count = (answer: string): void => {
    http[`${what} ${answer}`] = (http[`${what} ${answer}`] ?? 0) + 1;
  };
  call.then(
    () => count('served'),
    (fault: { readonly code?: string; readonly message?: string }) =>
      count(isFaultCode(fault.code ?? '') ? fault.code! : /503/.test(fault.message ?? '') ? 'overloaded' : 'failed'),
  );
}

async function comeAndGo(url: string): Promise<void> {
  const { channel } = await openLoadChannel(await signIn(url), 'ws', NEWCOMERS_FROM + (newcomers++ % 6_400));
  channel.close('it was only a look');
}

/** Everything that was said to be credited is on the account. */
async function findMissing(startGrant: bigint): Promise<number> {
  let missing = 0;
  for (const { api, device } of devices) {
    const { account } = (await readSession(api))!;
    if (BigInt(account.earned) + BigInt(account.granted) - startGrant !== device.credited) missing++;
  }
  return missing;
}

function look(): OverloadReport {
  const report = {
    offered: counts.offered,
    heldBack: counts.heldBack,
    acknowledged: counts.acknowledged,
    credited: counts.credited,
    idle: { ...counts.idle },
    refused: { ...counts.refused },
    http: { ...http },
    p99Ms: counts.latency.quantile(0.99),
    stormP50Ms: counts.stormLatency.quantile(0.5),
    stormP99Ms: counts.stormLatency.quantile(0.99),
    lost: counts.lost,
    missing: 0,
  };
  counts.latency.clear();
  return report;
}

async function obey(order: OverloadOrder): Promise<OverloadReport> {
  switch (order.type) {
    case 'connect':
      await connect(order.url, order.devices);
      return look();
    case 'storm':
      startStorm(order.url, order.resultsPerSecond);
      return look();
    case 'calm':
      for (const timer of timers.splice(0)) clearInterval(timer);
      isCalm = !order.isEager;
      for (const { device } of devices) device.setEager(order.isEager);
      return look();
    case 'look':
      return look();
    case 'check':
      return { ...look(), missing: await findMissing(BigInt(order.startGrant)) };
  }
}

process.on('message', ({ id, order }: { readonly id: number; readonly order: OverloadOrder }) => {
  obey(order).then(
    (report) => process.send?.({ id, report }),
    (cause: unknown) => process.send?.({ id, sentence: cause instanceof Error ? cause.message : String(cause) }),
  );
});
process.on('disconnect', () => process.exit(0));

// Three times what a coordinator can do, for ten minutes: it sheds by reason code, stays as large as it was, and keeps every promise.
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Client } from '../../src/requester/create-client.ts';
import { listJobs } from '../../src/requester/list-jobs.ts';
import { quoteJob } from '../../src/requester/quote-job.ts';
import { makeBenchSpec, submitBenchJob } from '../bench/bench-job.ts';
import { signInHeadless } from '../support/sign-in-headless.ts';
import { type RunningCoordinator, startCoordinator } from '../support/start-coordinator.ts';
import { type OverloadLoad, type OverloadReport, startOverloadLoad } from './overload-orders.ts';

const MINUTES = Number(process.env.OSTRAKA_LONG_MINUTES ?? 10);
const DEVICES = 64;
const WARM_UP_MS = 5_000;
const MEASURE_MS = 10_000;
const LOOK_MS = 1_000;
const FACTOR = 3;
const P99_BOUND_MS = 2_000;
const NORMAL_WITHIN_MS = 5_000;
/** Of the size after a fifth of the time, in ten minutes. */
const GROWTH_SHARE = 0.05;
/** Below this a slope says more about the collector's moments than about leaks. */
const SLOPE_MINUTES = 5;
const JOB_SHARDS = 1_000_000;
const GRANT_CREDITS = 100_000;
/** What the coordinator wrote; kept, since a failure is explained there. */
const LOG_FILE = join(tmpdir(), 'ostraka-overload.log');

let coordinator: RunningCoordinator;
let load: OverloadLoad;
let requester: Client;

beforeAll(async () => {
  coordinator = await startCoordinator({
    logFile: LOG_FILE,
    env: { START_GRANT: String(GRANT_CREDITS), DAILY_GRANT_CAP: '1000000000', GUEST_CAP: '1000000' },
  });
  load = startOverloadLoad();
  requester = await signInHeadless(coordinator.url);
});
afterAll(async () => {
  load?.stop();
  await coordinator?.destroy();
});

it(`offered ${FACTOR} times its capacity for ${MINUTES} minutes, it sheds, stays flat, and loses nothing`, async () => {
  await load.ask({ type: 'connect', url: coordinator.url, devices: DEVICES });
  await submitBenchJob(requester, JOB_SHARDS, 1);
  const capacity = await measureCapacity();
  console.log(
    `Capacity with ${DEVICES} devices that wait for their receipts: ${Math.round(capacity)} results a second; ${await readFigures(/^ostraka_overloads_total/)}.`,
  );

  // the crowd comes while it is quiet; the storm is what they do then
  await load.ask({ type: 'calm', isEager: false });
  await load.ask({ type: 'connect', url: coordinator.url, devices: (FACTOR - 1) * DEVICES });
  await load.ask({ type: 'storm', url: coordinator.url, resultsPerSecond: FACTOR * capacity });
  const { sizes, reports } = await watchStorm(MINUTES * 60_000);
  const after = await load.ask({ type: 'calm', isEager: false });
  const calmAtMs = performance.now();
  const first = reports[0]!;
  const seconds = MINUTES * 60;
  console.log(
    `Due ${rate(after.offered + after.heldBack - first.offered - first.heldBack, seconds)} results a second, sent ${rate(after.offered - first.offered, seconds)}, new ones acknowledged ${rate(after.acknowledged - first.acknowledged, seconds)}.`,
  );
  const seconds99 = reports.map((report) => report.p99Ms);
  console.log(
    `Receipts: p50 ${after.stormP50Ms.toFixed(0)} ms, p99 ${after.stormP99Ms.toFixed(0)} ms; of the p99 of each second the median is ${median(seconds99).toFixed(0)} ms, the worst ${Math.max(...seconds99).toFixed(0)} ms.`,
  );
  console.log(`Idle: ${JSON.stringify(after.idle)}. Refused: ${JSON.stringify(after.refused)}. HTTP: ${JSON.stringify(after.http)}.`);
  console.log(`Refusals by the coordinator’s own count: ${await readFigures(/^ostraka_(refusals_total|overloads_total)/)}.`);

  const normalMs = await becomeNormal(calmAtMs);
  console.log(`It quoted again ${normalMs.toFixed(0)} ms after the storm.`);
  const growth = slopeShare(sizes);
  console.log(
    `RSS ${(sizes[0]! / 1e6).toFixed(0)} MB at first, ${(sizes.at(-1)! / 1e6).toFixed(0)} MB at the end; ${(growth * 100).toFixed(1)} % in ten minutes over the last 80 %.`,
  );
  await settleAll();
  const checked = await load.ask({ type: 'check', startGrant: String(GRANT_CREDITS * 1_000_000) });

  expect(checked.missing).toBe(0);
  expect(checked.lost).toBe(0);
  expect(await readLedgerCheck()).toBe('It balances.');
  expect(await countFinal()).toBeGreaterThanOrEqual(checked.credited);
  expect((after.idle.overloaded ?? 0) + (after.idle['too-many-in-flight'] ?? 0)).toBeGreaterThan(0);
  expect(after.stormP99Ms).toBeLessThan(P99_BOUND_MS);
  expect(normalMs).toBeLessThan(NORMAL_WITHIN_MS);
  if (MINUTES >= SLOPE_MINUTES) expect(growth).toBeLessThan(GROWTH_SHARE);
});

async function measureCapacity(): Promise<number> {
  await wait(WARM_UP_MS);
  const before = await load.ask({ type: 'look' });
  const startedAtMs = performance.now();
  await wait(MEASURE_MS);
  const after = await load.ask({ type: 'look' });
  return (after.acknowledged - before.acknowledged) / ((performance.now() - startedAtMs) / 1_000);
}

/** Looks once a second; keeps enough shards open that devices never wait for work. */
async function watchStorm(ms: number): Promise<{ readonly sizes: readonly number[]; readonly reports: readonly OverloadReport[] }> {
  const sizes: number[] = [];
  const reports: OverloadReport[] = [];
  const startedAtMs = performance.now();
  let submitted = JOB_SHARDS;
  let submitting: Promise<void> | null = null;
  while (performance.now() - startedAtMs < ms) {
    await wait(LOOK_MS);
    const report = await load.ask({ type: 'look' });
    reports.push(report);
    sizes.push(readRss(coordinator.process.pid!));
    if (submitting !== null || submitted - report.acknowledged > JOB_SHARDS / 2) continue;
    // refused while it is overloaded, as anybody’s; tried again with the next look
    submitting = submitBenchJob(requester, JOB_SHARDS, 1)
      .then(
        () => {
          submitted += JOB_SHARDS;
        },
        () => undefined,
      )
      .finally(() => {
        submitting = null;
      });
  }
  await submitting;
  return { sizes, reports };
}

/** Milliseconds after the storm until somebody’s quote is taken. */
async function becomeNormal(sinceMs: number): Promise<number> {
  for (;;) {
    const isServed = await quoteJob(requester, makeBenchSpec(10, 1)).then(
      () => true,
      () => false,
    );
    if (isServed) return performance.now() - sinceMs;
    await wait(100);
  }
}

/** What was sent in the storm has its receipt, or the connection would have been lost. */
async function settleAll(): Promise<void> {
  for (let before = -1; ; ) {
    const { acknowledged, credited } = await load.ask({ type: 'look' });
    if (acknowledged + credited === before) return;
    before = acknowledged + credited;
    await wait(2 * LOOK_MS);
  }
}

async function readLedgerCheck(): Promise<string | undefined> {
  const health = (await (await fetch(`${coordinator.url}/api/health`)).json()) as {
    readonly checks: readonly { name: string; sentence: string }[];
  };
  return health.checks.find(({ name }) => name === 'ledger')?.sentence;
}

async function countFinal(): Promise<number> {
  const { jobs } = await listJobs(requester, { isMine: true, limit: 100 });
  return jobs.reduce((sum, job) => sum + job.finalShards, 0);
}

async function readFigures(pattern: RegExp): Promise<string> {
  const text = await (await fetch(`${coordinator.url}/metrics`)).text();
  return text
    .split('\n')
    .filter((line) => pattern.test(line))
    .join(', ');
}

function readRss(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1_024;
}

/** By how much of its size the process would grow in ten minutes, by the straight line through the last four fifths. */
function slopeShare(sizes: readonly number[]): number {
  const ys = sizes.slice(Math.floor(sizes.length / 5));
  const meanX = (ys.length - 1) / 2;
  const meanY = ys.reduce((sum, y) => sum + y, 0) / ys.length;
  let [above, below] = [0, 0];
  ys.forEach((y, x) => {
    above += (x - meanX) * (y - meanY);
    below += (x - meanX) ** 2;
  });
  return ((above / below) * (600_000 / LOOK_MS)) / meanY;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function rate(count: number, seconds: number): number {
  return Math.round(count / seconds);
}

// A contributor on its owner's terms, in a real browser: how much of the time engines really work, how soon a slider and a stop are obeyed, and that a pause stays.
import { availableParallelism, loadavg } from 'node:os';
import type { Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { compile } from '../../src/compiler/compile.ts';
import type { ContributorSnapshot, EngineKind } from '../../src/contributor/state.ts';
import { openTermsBrowser, type TermsBrowser } from '../support/open-terms-page.ts';
import { signInHeadless } from '../support/sign-in-headless.ts';
import { type RunningCoordinator, startCoordinator } from '../support/start-coordinator.ts';
import { submitTemplate } from '../support/submit-template.ts';
import { sumSpans } from '../support/sum-spans.ts';
import type { Kernel, WorkSpan } from './terms-harness.ts';

/** The same work for every workgroup; `rounds` makes a workgroup some tenths of a millisecond. */
const wgslOf = (rounds: number): string => `
struct Shard { first: vec3u, base: u32, count: u32, grid: vec3u }
@group(0) @binding(0) var<uniform> shard: Shard;
@group(0) @binding(1) var<storage, read_write> out: array<u32>;
@compute @workgroup_size(1)
fn main(@builtin(workgroup_id) id: vec3u) {
  let at = shard.first.x + id.x;
  var x = at;
  for (var i = 0u; i < ${rounds}u; i++) { x = x * 1664525u + 1013904223u; x ^= x >> 13u; }
  out[at - shard.base] = x;
}`;

function makeKernel(workgroups: number, rounds: number): Kernel {
  const wgsl = wgslOf(rounds);
  const { module, reflection } = compile(wgsl, {});
  return { wgsl, module: [...module], reflection, workgroups };
}

/** Some tens of milliseconds of work: most of the rest lies between shards. */
const SHORT = makeKernel(100, 40_000);
/** Some seconds: a stop comes in the middle. */
const LONG = makeKernel(20_000, 40_000);

const WINDOW_MS = 4_000;
const WINDOWS = 3;
const WAIT = { timeout: 30_000, interval: 50 };

let browser: TermsBrowser;
let page: Page;

beforeAll(async () => {
  browser = await openTermsBrowser(null);
  page = await browser.openTab();
});
afterAll(() => browser?.close());
afterEach(() => page.evaluate(() => termsHarness.close()));

const drive = (kind: EngineKind, kernel: Kernel, duty: number): Promise<void> =>
  page.evaluate(([which, work, share]) => termsHarness.drive(which, work, share), [kind, kernel, duty] as const);

const readSpans = (kind: WorkSpan['kind']): Promise<readonly WorkSpan[]> =>
  page.evaluate((which) => termsHarness.spans.filter((span) => span.kind === which), kind);

/** Waits until the engine has been at work for `forMs`. */
const waitForWork = (kind: EngineKind, forMs: number): Promise<unknown> =>
  page.waitForFunction(
    ([which, ms]) => {
      const spans = termsHarness.spans.filter((span) => span.kind === which);
      return spans.length > 0 && Date.now() - (spans[0] as WorkSpan).startMs > ms;
    },
    [kind, forMs] as const,
  );

/** Of the last windows, newest first. */
const percentsOf = (spans: readonly WorkSpan[]): number[] =>
  Array.from({ length: WINDOWS }, (_, i) => percentIn(spans, spans.at(-1)!.endMs - i * WINDOW_MS));
const percentIn = (spans: readonly WorkSpan[], endMs: number): number => (100 * sumSpans(spans, endMs - WINDOW_MS, endMs)) / WINDOW_MS;

describe.each(['cpu', 'gpu'] as const)('an engine of kind %s', (kind) => {
  /** What full duty comes to: all of the time, unless others use the machine's cores too, which is then the measure of the rest. */
  let full = 0;

  test('at full duty works all of the time and never rests', async () => {
    await drive(kind, LONG, 1);
    await waitForWork(kind, 1_500 + WINDOWS * WINDOW_MS);
    const [spans, rests] = await Promise.all([readSpans(kind), readSpans('rest')]);
    full = Math.max(...percentsOf(spans));
    expect(rests).toEqual([]);
    if (loadavg()[0]! < availableParallelism()) expect(full).toBeGreaterThanOrEqual(97);
  });

  test.each([0.2, 0.5])('works %f of the time, within three points over four seconds, and says so', async (duty) => {
    await drive(kind, SHORT, duty);
    await waitForWork(kind, 1_500 + WINDOWS * WINDOW_MS);
    const [spans, said] = await Promise.all([readSpans(kind), page.evaluate((which) => termsHarness.percentOf(which), kind)]);
    const percents = percentsOf(spans);
    // A wrong duty is in no window; a core that others took away for a moment is in one.
    const closest = percents.sort((x, y) => Math.abs(x - 100 * duty) - Math.abs(y - 100 * duty))[0] as number;
    expect(closest).toBeLessThanOrEqual(100 * duty + 3);
    expect(closest).toBeGreaterThanOrEqual(full * duty - 3);
    expect(Math.abs((said ?? 0) - percentIn(spans, spans.at(-1)!.endMs))).toBeLessThanOrEqual(8);
  });

  test('obeys the slider within 200 ms, up and down', async () => {
    await drive(kind, LONG, 0.05);
    await waitForWork(kind, 1_500);
    const upMs = await page.evaluate((which) => {
      termsHarness.setDuty(which, 1);
      return Date.now();
    }, kind);
    await page.waitForFunction((sinceMs) => Date.now() - sinceMs > 1_200, upMs);
    const downMs = await page.evaluate((which) => {
      termsHarness.setDuty(which, 0.05);
      return Date.now();
    }, kind);
    await page.waitForFunction((sinceMs) => Date.now() - sinceMs > 1_500, downMs);
    const spans = await readSpans(kind);
    expect(sumSpans(spans, upMs + 200, upMs + 1_200)).toBeGreaterThan(8 * full);
    expect(sumSpans(spans, downMs + 200, downMs + 1_200)).toBeLessThan(150);
  });

  test('does nothing any more 300 ms after a stop, and works again when it is asked to', async () => {
    await drive(kind, LONG, 1);
    await waitForWork(kind, 1_000);
    const stopMs = await page.evaluate(() => termsHarness.stopRuns());
    await page.waitForFunction((sinceMs) => Date.now() - sinceMs > 1_000, stopMs);
    const spans = await readSpans(kind);
    expect(spans.filter(({ startMs }) => startMs > stopMs - 300).length).toBeGreaterThan(0);
    expect(spans.filter(({ endMs }) => endMs > stopMs + 300)).toEqual([]);
    await drive(kind, LONG, 1);
    await page.waitForFunction((sinceMs) => termsHarness.spans.some(({ startMs }) => startMs > sinceMs), stopMs + 1_000);
  });
});

describe('a pause', () => {
  const snapshotOf = (tab: Page): Promise<ContributorSnapshot> =>
    tab.evaluate(async () =>
      JSON.parse(
        JSON.stringify((await termsHarness.contributor).snapshot(), (_, value) => (typeof value === 'bigint' ? `${value}` : value)),
      ),
    );
  const waitForRule = (tab: Page, rule: string | null): Promise<void> =>
    vi.waitFor(async () => {
      const snapshot = await snapshotOf(tab);
      expect([snapshot.state.kind, snapshot.rule?.name ?? null]).toEqual([rule === null ? 'reconnecting' : 'idle', rule]);
    }, WAIT);

  test('survives a reload and the takeover by another tab, and only the person ends it', async () => {
    const first = await browser.openTab();
    await first.evaluate(async () => (await termsHarness.contributor).start());
    await waitForRule(first, null);
    await first.evaluate(async () => (await termsHarness.contributor).pause(null));
    await browser.reload(first);
    await waitForRule(first, 'paused');
    const second = await browser.openTab();
    await vi.waitFor(async () => expect((await snapshotOf(second)).state.kind).toBe('other-tab'), WAIT);
    await first.close();
    await waitForRule(second, 'paused');
    // Taken over by hand: "use this tab" is no "go on".
    const third = await browser.openTab();
    await vi.waitFor(async () => expect((await snapshotOf(third)).state.kind).toBe('other-tab'), WAIT);
    await third.evaluate(async () => (await termsHarness.contributor).start());
    await waitForRule(third, 'paused');
    await second.close();
    await third.evaluate(async () => (await termsHarness.contributor).resume());
    await waitForRule(third, null);
    await third.evaluate(async () => (await termsHarness.contributor).pause(Date.now() + 900_000));
    await browser.reload(third);
    await waitForRule(third, 'paused-until');
    await third.evaluate(async () => (await termsHarness.contributor).stop());
    await third.close();
  });

  test('pressed while it still starts holds', async () => {
    const tab = await browser.openTab();
    await tab.evaluate(async () => {
      const contributor = await termsHarness.contributor;
      void contributor.start();
      await contributor.pause(null);
    });
    await waitForRule(tab, 'paused');
    await tab.evaluate(async () => (await termsHarness.contributor).stop());
    await tab.close();
  });
});

describe('only when idle', () => {
  const readRule = (tab: Page): Promise<string | null> =>
    tab.evaluate(async () => (await termsHarness.contributor).snapshot().rule?.name ?? null);
  const waitForRule = (tab: Page, rule: string | null): Promise<void> =>
    vi.waitFor(async () => expect(await readRule(tab)).toBe(rule), WAIT);
  const startIdly = (tab: Page): Promise<void> =>
    tab.evaluate(async () => {
      const contributor = await termsHarness.contributor;
      await contributor.setSettings({ onlyWhenIdle: { isOn: true, afterMinutes: 1 } });
      await contributor.start();
    });
  const end = async (tab: Page): Promise<void> => {
    await tab.evaluate(async () => {
      const contributor = await termsHarness.contributor;
      await contributor.setSettings({ onlyWhenIdle: { isOn: false } });
      await contributor.stop();
    });
    await tab.close();
  };

  test('someone who opened the page is there; told to compute all the same, it does until its cause has ended', async () => {
    const tab = await browser.openTab();
    await startIdly(tab);
    await waitForRule(tab, 'user-active');
    await tab.evaluate(async () => (await termsHarness.contributor).resume());
    await waitForRule(tab, null);
    await tab.mouse.move(50, 60);
    expect(await readRule(tab)).toBeNull();
    await end(tab);
  });

  test('where the browser may tell, its word counts: active anywhere holds it still, idle and a locked screen let it go on', async () => {
    const tab = await browser.openTab();
    const session = await browser.context.newCDPSession(tab);
    const wide = await browser.context.browser()!.newBrowserCDPSession();
    await wide.send('Browser.grantPermissions', { origin: new URL(tab.url()).origin, permissions: ['idleDetection'] });
    await session.send('Emulation.setIdleOverride', { isUserActive: true, isScreenUnlocked: true });
    await startIdly(tab);
    await vi.waitFor(
      async () => expect(await tab.evaluate(async () => (await termsHarness.contributor).snapshot().idleDetection)).toBe('granted'),
      WAIT,
    );
    await waitForRule(tab, 'user-active');
    await session.send('Emulation.setIdleOverride', { isUserActive: false, isScreenUnlocked: true });
    await waitForRule(tab, null);
    await session.send('Emulation.setIdleOverride', { isUserActive: true, isScreenUnlocked: true });
    await waitForRule(tab, 'user-active');
    await session.send('Emulation.setIdleOverride', { isUserActive: true, isScreenUnlocked: false });
    await waitForRule(tab, null);
    await session.send('Emulation.clearIdleOverride');
    await wide.send('Browser.resetPermissions');
    await end(tab);
  });
});

test('finish and stop turns every tab off, and a reload stays off', async () => {
  const tab = await browser.openTab();
  await tab.evaluate(async () => (await termsHarness.contributor).start());
  await vi.waitFor(
    async () => expect(await tab.evaluate(async () => (await termsHarness.contributor).snapshot().state.kind)).toBe('reconnecting'),
    WAIT,
  );
  await tab.evaluate(async () => (await termsHarness.contributor).finishAndStop());
  await vi.waitFor(
    async () => expect(await tab.evaluate(async () => (await termsHarness.contributor).snapshot().state.kind)).toBe('off'),
    WAIT,
  );
  await browser.reload(tab);
  expect(await tab.evaluate(async () => (await termsHarness.contributor).snapshot().state.kind)).toBe('off');
  await tab.close();
});

describe('before a real coordinator', () => {
  let coordinator: RunningCoordinator;
  let lent: TermsBrowser;
  let tab: Page;

  beforeAll(async () => {
    coordinator = await startCoordinator({ env: { START_GRANT: '10000', DAILY_GRANT_CAP: '1000000' } });
    await submitTemplate(await signInHeadless(coordinator.url), 'collatz', { grid: [65_535, 1, 1] });
    lent = await openTermsBrowser(coordinator.url);
    tab = await lent.openTab();
  });
  afterAll(async () => {
    await lent?.close();
    await coordinator?.destroy();
  });

  /** Work of either kind since then. */
  const waitForBoth = (sinceMs: number): Promise<unknown> =>
    tab.waitForFunction(
      (fromMs) => (['gpu', 'cpu'] as const).every((kind) => termsHarness.spans.some((span) => span.kind === kind && span.startMs > fromMs)),
      sinceMs,
      { timeout: 60_000 },
    );
  const waitUntil = (atMs: number): Promise<unknown> => tab.waitForFunction((ms) => Date.now() > ms, atMs);
  const spansAfter = (atMs: number): Promise<readonly WorkSpan[]> =>
    tab.evaluate((fromMs) => termsHarness.spans.filter(({ endMs }) => endMs > fromMs), atMs);

  test('GPU and CPU compute at once and are measured, one switched off computes no more, and a pause and a stop leave nothing after 300 ms', async () => {
    await tab.evaluate(async () => {
      const contributor = await termsHarness.contributor;
      await contributor.setSettings({ gpu: { duty: 1 }, cpu: { share: 1, threads: 1 } });
      await contributor.start();
    });
    await waitForBoth(0);
    await vi.waitFor(async () => {
      const { measured, counts } = await tab.evaluate(async () => {
        const snapshot = (await termsHarness.contributor).snapshot();
        return { measured: snapshot.measured, counts: snapshot.counts };
      });
      expect(Math.min(measured.gpuPercent ?? 0, measured.cpuPercent ?? 0)).toBeGreaterThan(0);
      expect(counts.computed).toBeGreaterThan(1);
    }, WAIT);

    const pausedMs = await tab.evaluate(async () => {
      const atMs = Date.now();
      await (await termsHarness.contributor).pause(null);
      return atMs;
    });
    await waitUntil(pausedMs + 1_300);
    expect(await spansAfter(pausedMs + 300)).toEqual([]);

    await tab.evaluate(async () => {
      const contributor = await termsHarness.contributor;
      await contributor.setSettings({ gpu: { isOn: false } });
      await contributor.resume();
    });
    await tab.waitForFunction((ms) => termsHarness.spans.some(({ startMs }) => startMs > ms), pausedMs + 1_300, { timeout: 60_000 });
    expect(new Set((await spansAfter(pausedMs + 300)).map(({ kind }) => kind))).toEqual(new Set(['cpu']));

    const onMs = await tab.evaluate(async () => {
      await (await termsHarness.contributor).setSettings({ gpu: { isOn: true } });
      return Date.now();
    });
    await waitForBoth(onMs);
    const stoppedMs = await tab.evaluate(async () => {
      const atMs = Date.now();
      void (await termsHarness.contributor).stop();
      return atMs;
    });
    await waitUntil(stoppedMs + 1_300);
    expect(await spansAfter(stoppedMs + 300)).toEqual([]);
  });
});

// The page side of a contributor in a real browser: one engine for all tabs, what is remembered, and the store in IndexedDB.
import type { Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ContributorStore } from '../../src/contributor/contributor-store.ts';
import type { Digest } from '../../src/protocol/ids.ts';
import { describeContributorStore } from '../contract/describe-contributor-store.ts';
import { type HarnessBrowser, openContributorHarness } from '../support/open-contributor-harness.ts';

let browser: HarnessBrowser;
beforeAll(async () => {
  browser = await openContributorHarness();
});
afterAll(() => browser.close());

const WAIT = { timeout: 20_000, interval: 50 };

const stateOf = (page: Page): Promise<string> => page.evaluate(async () => (await contributorHarness.contributor).snapshot().state.kind);
const start = (page: Page): Promise<void> => page.evaluate(async () => (await contributorHarness.contributor).start());
const stop = (page: Page): Promise<void> => page.evaluate(async () => (await contributorHarness.contributor).stop());

/** No coordinator answers here, so a tab that leads comes to "reconnecting". */
const waitUntilLeading = (page: Page): Promise<void> => vi.waitFor(async () => expect(await stateOf(page)).toBe('reconnecting'), WAIT);
const waitFor = (page: Page, state: string): Promise<void> => vi.waitFor(async () => expect(await stateOf(page)).toBe(state), WAIT);

describe('tabs', () => {
  test('one leads, the others mirror it, take over when it closes, and are stopped together', async () => {
    const first = await browser.openTab();
    expect(await stateOf(first)).toBe('off');
    await start(first);
    await waitUntilLeading(first);
    const engine = await first.evaluate(async () => (await contributorHarness.contributor).snapshot().engines.cpu);
    expect(engine).toMatchObject({ kind: 'cpu', isFallback: false });

    // It was on, so a new tab wants to contribute too, and finds that another one does.
    const second = await browser.openTab();
    await waitFor(second, 'other-tab');
    expect(await second.evaluate(async () => (await contributorHarness.contributor).snapshot().engines.cpu?.kind)).toBe('cpu');

    await start(second);
    await waitUntilLeading(second);
    await waitFor(first, 'other-tab');

    await second.close();
    await waitUntilLeading(first);

    const third = await browser.openTab();
    await waitFor(third, 'other-tab');
    await third.evaluate(async () => (await contributorHarness.contributor).setSettings({ cpu: { share: 0.3 } }));
    await vi.waitFor(async () => {
      expect(await first.evaluate(async () => (await contributorHarness.contributor).snapshot().settings.cpu.share)).toBe(0.3);
    }, WAIT);

    await third.evaluate(async () => (await contributorHarness.contributor).pause(null));
    await waitFor(first, 'idle');
    await third.evaluate(async () => (await contributorHarness.contributor).resume());
    await vi.waitFor(async () => expect(await stateOf(first)).not.toBe('idle'), WAIT);

    await stop(third);
    await waitFor(first, 'off');
    await waitFor(third, 'off');
    await Promise.all([first.close(), third.close()]);
  });

  test('a reload goes on when it was on, with its settings, and not when it was stopped', async () => {
    const page = await browser.openTab();
    await page.evaluate(async () => (await contributorHarness.contributor).setSettings({ cpu: { share: 0.75, threads: 1 } }));
    await start(page);
    await waitUntilLeading(page);
    await page.reload();
    await page.waitForFunction(() => 'contributorHarness' in globalThis);
    await waitUntilLeading(page);
    expect(await page.evaluate(async () => (await contributorHarness.contributor).snapshot().settings)).toMatchObject({
      cpu: { share: 0.75, threads: 1 },
      pauseOnBattery: true,
    });
    await stop(page);
    await page.reload();
    await page.waitForFunction(() => 'contributorHarness' in globalThis);
    expect(await stateOf(page)).toBe('off');
    await page.close();
  });
});

describe('on a battery', () => {
  test('rests while the browser says so, goes on when told to, and remembers that it need not', async () => {
    const page = await browser.openTab(() => {
      // Charged or not as a test says; the real one of a test machine has no battery.
      const battery = Object.assign(new EventTarget(), { charging: false });
      Object.assign(navigator, { getBattery: async () => battery });
      Object.assign(globalThis, {
        charge(charging: boolean) {
          battery.charging = charging;
          battery.dispatchEvent(new Event('chargingchange'));
        },
      });
    });
    const charge = (charging: boolean): Promise<void> =>
      page.evaluate((next) => (globalThis as unknown as { charge(charging: boolean): void }).charge(next), charging);
    await start(page);
    await waitFor(page, 'idle');
    expect(await page.evaluate(async () => (await contributorHarness.contributor).snapshot().state)).toMatchObject({
      reason: 'on-battery',
    });
    // Overruled until the charger has come and gone; the graces between are the rules' own test's.
    await page.evaluate(async () => (await contributorHarness.contributor).resume());
    await waitUntilLeading(page);
    await charge(true);
    await charge(false);
    await waitFor(page, 'idle');
    await page.evaluate(async () => (await contributorHarness.contributor).setSettings({ pauseOnBattery: false }));
    await waitUntilLeading(page);
    await page.reload();
    await page.waitForFunction(() => 'contributorHarness' in globalThis);
    await waitUntilLeading(page);
    await stop(page);
    await page.close();
  });
});

describe('the store in IndexedDB', () => {
  let page: Page;
  beforeAll(async () => {
    page = await browser.openTab();
  });
  afterAll(() => page.close());

  const makeStore = async (capBytes?: number): Promise<ContributorStore> => {
    const index = await page.evaluate(
      async (cap) => contributorHarness.stores.push(await contributorHarness.emptyStore(cap)) - 1,
      capBytes,
    );
    const call = (method: string, ...args: readonly unknown[]): Promise<never> =>
      page.evaluate(
        async ([at, name, given]) => {
          const store = contributorHarness.stores[at as number] as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
          return (await store[name as string]!(...(given as unknown[]))) as never;
        },
        [index, method, args] as const,
      );
    return {
      keepResult: (result) => call('keepResult', result),
      readResults: () => call('readResults'),
      readResult: (key) => call('readResult', key),
      forgetResults: (keys) => call('forgetResults', keys),
      readBlob: (digest) => call('readBlob', digest),
      keepBlob: (digest, bytes) => call('keepBlob', digest, bytes),
    };
  };

  describeContributorStore(() => makeStore());

  test('drops the blobs least recently used over its cap, and takes none larger', async () => {
    const store = await makeStore(4);
    const [a, b, c] = ['a', 'b', 'c'].map((letter) => letter.repeat(64) as Digest) as [Digest, Digest, Digest];
    await store.keepBlob(a, new Uint8Array(2));
    await store.keepBlob(b, new Uint8Array(2));
    await store.readBlob(a);
    await store.keepBlob(c, new Uint8Array(1));
    expect([await store.readBlob(a), await store.readBlob(b), await store.readBlob(c)].map((blob) => blob?.length ?? null)).toEqual([
      2,
      null,
      1,
    ]);
    await store.keepBlob(b, new Uint8Array(5));
    expect(await store.readBlob(b)).toBeNull();
  });
});

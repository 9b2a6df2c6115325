// A new version comes while tabs are open: by a click, by itself where nobody would notice, or because the coordinator demands it.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type CdpBrowser, type CdpTab, openCdpBrowser } from '../support/cdp-browser.ts';
import {
  expectNothingLostOrDoubled,
  type LeftOpenScene,
  pressButton,
  pressContribute,
  readText,
  startLeftOpenScene,
  WAIT,
} from '../support/left-open-scene.ts';
import { type EditingProxy, openEditingProxy } from '../support/open-editing-proxy.ts';

const REFUSAL = { code: 'upgrade-required', sentence: 'This coordinator speaks another version; reload or update.' };

let scene: LeftOpenScene;
let proxy: EditingProxy;
let browser: CdpBrowser;
/** What is served as the service worker says so in its last line: another number is another version of the app. */
let edition = 1;
/** The edition that a device must have before it is let in. */
let oldestEdition = 1;
let servedEdition = 1;

beforeAll(async () => {
  scene = await startLeftOpenScene();
  proxy = await openEditingProxy(scene.coordinator.url, (path) => {
    if (path === '/service-worker.js') {
      servedEdition = edition;
      return (code) => `${code}\n// edition ${edition}`;
    }
    const isTooOld = path === '/api/session/ticket' && servedEdition < oldestEdition;
    return isTooOld ? { status: 426, body: JSON.stringify(REFUSAL) } : null;
  });
});
afterAll(async () => {
  await proxy?.close();
  await scene?.coordinator.destroy();
});
beforeEach(async () => {
  browser = await openCdpBrowser({ gpu: 'none' });
});
afterEach(() => browser?.close());

/** Resolves when the app is installed, so that the next edition is an update. */
async function openInstalled(path = '/'): Promise<CdpTab> {
  const tab = await browser.openTab(`${proxy.url}${path}`, () => {
    sessionStorage.setItem('loads', String(Number(sessionStorage.getItem('loads') ?? 0) + 1));
  });
  await tab.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  return tab;
}

/** Serves another edition, and has the tab look for it, as it does every hour. */
async function release(tab: CdpTab): Promise<void> {
  edition += 1;
  await tab.evaluate(async () => {
    const registration = await navigator.serviceWorker.ready;
    await registration.update();
  });
}

const waitForLoads = (tab: CdpTab, count: number): Promise<void> =>
  vi.waitFor(async () => expect(await tab.evaluate(() => sessionStorage.getItem('loads'))).toBe(String(count)), WAIT);

const waitForPrompt = (tab: CdpTab): Promise<void> =>
  vi.waitFor(async () => expect(await readText(tab)).toContain('A new version is ready.'), WAIT);

describe('a new version', () => {
  test('waits for a yes while somebody looks; then each tab loads once, computing goes on, and no result is lost', async () => {
    const first = await openInstalled();
    const account = await pressContribute(first);
    await scene.waitForMoreVotes(account, 1);
    const second = await openInstalled();
    await release(second);
    await waitForPrompt(second);
    await waitForPrompt(first);
    await pressButton(second, 'Update');
    await Promise.all([waitForLoads(first, 2), waitForLoads(second, 2)]);
    const before = await scene.listVotes(account);
    await scene.waitForMoreVotes(account, before.length + 2);
    await expectNothingLostOrDoubled(scene, second, account);
    await Promise.all([waitForLoads(first, 2), waitForLoads(second, 2)]);
  });

  test('comes by itself when the tab is hidden and idle, not before, and never over words that were typed', async () => {
    const idle = await openInstalled();
    await release(idle);
    await waitForPrompt(idle);
    await waitForLoads(idle, 1);
    await browser.openTab('about:blank');
    await waitForLoads(idle, 2);
    await idle.close();

    const typing = await openInstalled('/jobs/new');
    await vi.waitFor(
      () =>
        typing.evaluate(() => {
          const field = document.querySelector<HTMLInputElement | HTMLTextAreaElement>('main input[type="text"], main textarea');
          if (!field) throw new Error('no field yet');
          field.value = 'Words of a person';
        }),
      WAIT,
    );
    await browser.openTab('about:blank');
    await release(typing);
    await waitForPrompt(typing);
    await waitForLoads(typing, 1);
  });

  test('comes at once when the coordinator lets the one before no longer in, and computing begins', async () => {
    const tab = await openInstalled();
    edition += 1;
    oldestEdition = edition;
    const account = await pressContribute(tab);
    await waitForLoads(tab, 2);
    await scene.waitForMoreVotes(account, 0);
    await waitForLoads(tab, 2);
  });
});

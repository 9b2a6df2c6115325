// A tab that the browser throws away to save memory. Chromium does it only from its own page about tabs, where one run in four was seen to keep the tab: so not with every commit.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type CdpBrowser, openCdpBrowser } from '../support/cdp-browser.ts';
import {
  expectNothingLostOrDoubled,
  type LeftOpenScene,
  pressContribute,
  readAccount,
  readText,
  startLeftOpenScene,
  WAIT,
} from '../support/left-open-scene.ts';

let scene: LeftOpenScene;
let browser: CdpBrowser;

beforeAll(async () => {
  scene = await startLeftOpenScene({ jobs: 2 });
});
afterAll(() => scene?.coordinator.destroy());
beforeEach(async () => {
  browser = await openCdpBrowser({ gpu: 'none' });
});
afterEach(() => browser?.close());

describe('a tab that is discarded', () => {
  test('goes on by itself when it is shown again, and says for how long it was away', async () => {
    const tab = await browser.openTab(scene.coordinator.url);
    const account = await pressContribute(tab);
    await scene.waitForMoreVotes(account, 1);
    // Another page of the same origin, without the app: it reaches what the app left in storage.
    const bare = await browser.openTab(`${scene.coordinator.url}/robots.txt`);
    const restore = await browser.discard(tab);
    await scene.waitForSessions(0);
    const before = await scene.listVotes(account);
    // Two hours pass: the mark that the tab left is that old.
    await bare.evaluate(() => {
      const mark = JSON.parse(localStorage.getItem('ostraka-alive') ?? '{}') as { atMs: number };
      localStorage.setItem('ostraka-alive', JSON.stringify({ ...mark, atMs: mark.atMs - 7_200_000 }));
    });
    const again = await restore();
    expect(await again.evaluate(() => (document as { wasDiscarded?: boolean }).wasDiscarded)).toBe(true);
    await vi.waitFor(async () => expect(await readText(again)).toMatch(/Your browser put this tab to sleep for 2 h; .+ safe\./), WAIT);
    await scene.waitForMoreVotes(account, before.length + 1);
    expect(await readAccount(again)).toBe(account);
    await expectNothingLostOrDoubled(scene, again, account);
  });
});

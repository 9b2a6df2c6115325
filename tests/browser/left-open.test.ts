// What befalls a tab that people leave open, in a real browser before a real coordinator: no result is lost or counted twice in any of it.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { AccountId } from '../../src/protocol/ids.ts';
import { type CdpBrowser, type CdpTab, openCdpBrowser } from '../support/cdp-browser.ts';
import {
  expectNothingLostOrDoubled,
  type LeftOpenScene,
  pressButton,
  pressContribute,
  readKept,
  readLeader,
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

const openApp = (): Promise<CdpTab> => browser.openTab(scene.coordinator.url);
/** Another page of the same origin, without the app: it sees what the app left in storage. */
const openBareTab = (): Promise<CdpTab> => browser.openTab(`${scene.coordinator.url}/robots.txt`);

async function openWorkingTab(): Promise<{ readonly tab: CdpTab; readonly account: AccountId }> {
  const tab = await openApp();
  const account = await pressContribute(tab);
  await scene.waitForMoreVotes(account, 1);
  return { tab, account };
}

/** Resolves when a tab that waited leads: with the milliseconds since `fromMs`. */
async function waitUntilLeading(tab: CdpTab, fromMs: number): Promise<number> {
  const atMs = await tab.evaluate(async () => {
    for (;;) {
      const { pending = [] } = await navigator.locks.query();
      if (!pending.some(({ name }) => name === 'ostraka-compute-leader')) return Date.now();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });
  return atMs - fromMs;
}

describe('a tab that is frozen', () => {
  test('goes on where it stood when it wakes, after the coordinator had given it up', async () => {
    const { tab, account } = await openWorkingTab();
    await tab.freeze();
    await scene.waitForSessions(0);
    const before = await scene.listVotes(account);
    await tab.unfreeze();
    await scene.waitForMoreVotes(account, before.length + 2);
    await expectNothingLostOrDoubled(scene, tab, account);
  });

  test('is replaced by a visible tab within twenty seconds, and mirrors that one when it wakes', async () => {
    const { tab: first, account } = await openWorkingTab();
    const second = await openApp();
    await vi.waitFor(async () => expect(await readLeader(second)).toEqual({ isHeld: true, waiting: 1 }), WAIT);
    const frozenAtMs = Date.now();
    await first.freeze();
    expect(await waitUntilLeading(second, frozenAtMs)).toBeLessThan(20_000);
    const before = await scene.listVotes(account);
    await scene.waitForMoreVotes(account, before.length + 1);
    await first.unfreeze();
    // It stands in line again, and the coordinator knows one connection of this device.
    await vi.waitFor(async () => expect(await readLeader(second)).toEqual({ isHeld: true, waiting: 1 }), WAIT);
    await scene.waitForSessions(1);
    await expectNothingLostOrDoubled(scene, second, account);
  });

  test('that holds the database with an unfinished write keeps no other tab from computing', async () => {
    const bare = await openBareTab();
    const { tab, account } = await openWorkingTab();
    await bare.evaluate(
      () =>
        new Promise<void>((resolve) => {
          const opening = indexedDB.open('ostraka-contributor');
          opening.onsuccess = () => {
            const store = opening.result.transaction(['results', 'blobs', 'uses'], 'readwrite').objectStore('results');
            // A transaction lives as long as something is asked of it.
            const ask = (): void => {
              store.count().onsuccess = ask;
            };
            ask();
            resolve();
          };
        }),
    );
    await bare.freeze();
    const before = await scene.listVotes(account);
    await scene.waitForMoreVotes(account, before.length + 1);
    await tab.reload();
    await scene.waitForMoreVotes(account, before.length + 2);
    // Sent without being kept, for once; counted once all the same.
    const votes = await scene.listVotes(account);
    expect(new Set(votes.map(({ shard }) => shard)).size).toBe(votes.length);
  });
});

describe('two tabs', () => {
  test('one computes, and the other takes over within half a second of its end', async () => {
    const { tab: first, account } = await openWorkingTab();
    const second = await openApp();
    await vi.waitFor(async () => expect(await readLeader(second)).toEqual({ isHeld: true, waiting: 1 }), WAIT);
    await scene.waitForSessions(1);
    const leading = waitUntilLeading(second, 0);
    const closedAtMs = Date.now();
    await first.close();
    expect((await leading) - closedAtMs).toBeLessThan(500);
    const before = await scene.listVotes(account);
    await scene.waitForMoreVotes(account, before.length + 1);
    await expectNothingLostOrDoubled(scene, second, account);
  });

  test('also one that was opened before anybody pressed Contribute takes over', async () => {
    const second = await openApp();
    const { tab: first, account } = await openWorkingTab();
    await vi.waitFor(async () => expect(await readLeader(first)).toEqual({ isHeld: true, waiting: 1 }), WAIT);
    await first.close();
    const before = await scene.listVotes(account);
    await scene.waitForMoreVotes(account, before.length + 1);
    await expectNothingLostOrDoubled(scene, second, account);
  });

  test('what a tab had computed and not sent when it crashed is sent by the next, as the same copies', async () => {
    const { tab: first, account } = await openWorkingTab();
    const second = await openApp();
    await vi.waitFor(async () => expect(await readLeader(second)).toEqual({ isHeld: true, waiting: 1 }), WAIT);
    // A coordinator that stands still takes nothing in, and what is in hand is computed all the same.
    scene.coordinator.process.kill('SIGSTOP');
    try {
      const unsent = await vi.waitFor(async () => {
        const kept = (await readKept(second)).filter(({ phase }) => phase === 'unsent');
        expect(kept.length).toBeGreaterThan(0);
        return kept;
      }, WAIT);
      await first.crash();
      await waitUntilLeading(second, 0);
      scene.coordinator.process.kill('SIGCONT');
      await vi.waitFor(async () => {
        const votes = new Set((await scene.listVotes(account)).map(({ key }) => key));
        expect(unsent.filter(({ key }) => !votes.has(key))).toEqual([]);
      }, WAIT);
    } finally {
      scene.coordinator.process.kill('SIGCONT');
    }
    await expectNothingLostOrDoubled(scene, second, account);
  });

  test('nothing that was paused goes on in the next tab, nor after a reload', async () => {
    const { tab: first, account } = await openWorkingTab();
    const second = await openApp();
    await vi.waitFor(async () => expect(await readLeader(second)).toEqual({ isHeld: true, waiting: 1 }), WAIT);
    await pressButton(first, 'Press to pause');
    await vi.waitFor(async () => expect(await readText(first)).toContain('Press to resume'), WAIT);
    await first.close();
    await waitUntilLeading(second, 0);
    const before = await scene.listVotes(account);
    await vi.waitFor(async () => expect(await readText(second)).toContain('Paused'), WAIT);
    await second.reload();
    await vi.waitFor(async () => expect(await readText(second)).toContain('Paused'), WAIT);
    await scene.waitForSessions(1);
    expect((await scene.listVotes(account)).length).toBe(before.length);
    await pressButton(second, 'Press to resume');
    await scene.waitForMoreVotes(account, before.length + 1);
    await expectNothingLostOrDoubled(scene, second, account);
  });
});

describe('a machine that sleeps', () => {
  test('goes on when it wakes, after the coordinator had given it up', async () => {
    const { tab, account } = await openWorkingTab();
    browser.sleep();
    await scene.waitForSessions(0);
    const before = await scene.listVotes(account);
    browser.wake();
    await scene.waitForMoreVotes(account, before.length + 2);
    await expectNothingLostOrDoubled(scene, tab, account);
  });
});

// A coordinator with work for hours, and browsers whose tabs are left open before it: what the tests of being left open begin with.
import { expect, vi } from 'vitest';
import type { JobView, SessionView, ShardsPage, VoteView } from '../../src/protocol/api.ts';
import type { AccountId, ShardId } from '../../src/protocol/ids.ts';
import type { CdpTab } from './cdp-browser.ts';
import { signInHeadless } from './sign-in-headless.ts';
import { type RunningCoordinator, startCoordinator } from './start-coordinator.ts';
import { submitTemplate } from './submit-template.ts';

/** What one account's votes look like from outside: `shard:copy`, as the coordinator serves them to everybody. */
export interface CountedVote extends VoteView {
  readonly shard: ShardId;
  readonly key: string;
}

export interface LeftOpenScene {
  readonly coordinator: RunningCoordinator;
  listVotes(account: AccountId): Promise<readonly CountedVote[]>;
  /** Resolves with the votes once the account has more than `before`. */
  waitForMoreVotes(account: AccountId, before: number): Promise<readonly CountedVote[]>;
  /** Devices that the coordinator counts as connected. */
  waitForSessions(count: number): Promise<void>;
}

export const WAIT = { timeout: 60_000, interval: 100 };
/** A job's largest: 2,048 shards, each of which takes a busy core some tenths of a second. */
const GRID = [65_535, 1, 1] as const;
const PAGE = 256;

export interface LeftOpenOptions {
  readonly jobs?: number;
  readonly numbersPerInvocation?: number;
}

export async function startLeftOpenScene({ jobs = 1, numbersPerInvocation = 64 }: LeftOpenOptions = {}): Promise<LeftOpenScene> {
  const coordinator = await startCoordinator({ env: { START_GRANT: '10000', DAILY_GRANT_CAP: '1000000' } });
  const requester = await signInHeadless(coordinator.url);
  const opened: JobView[] = [];
  for (let i = 0; i < jobs; i++) {
    opened.push(await submitTemplate(requester, 'collatz', { grid: GRID, parameters: { numbersPerInvocation } }));
  }

  /** Shards go out in order, so what comes after a page without votes has none. */
  const listJobVotes = async (job: JobView): Promise<readonly CountedVote[]> => {
    const votes: CountedVote[] = [];
    for (let from: number | null = 0; from !== null; ) {
      const response: Response = await fetch(`${coordinator.url}/api/jobs/${job.id}/shards?from=${from}&limit=${PAGE}`);
      const page = (await response.json()) as ShardsPage;
      const found = page.shards.flatMap(({ shard, votes: cast }) => cast.map((vote) => ({ ...vote, shard, key: `${shard}:${vote.copy}` })));
      votes.push(...found);
      from = found.length === 0 ? null : page.next;
    }
    return votes;
  };

  const listVotes = async (account: AccountId): Promise<readonly CountedVote[]> =>
    (await Promise.all(opened.map(listJobVotes))).flat().filter((vote) => vote.account === account);

  return {
    coordinator,
    listVotes,
    waitForMoreVotes: (account, before) =>
      vi.waitFor(async () => {
        const votes = await listVotes(account);
        expect(votes.length).toBeGreaterThan(before);
        return votes;
      }, WAIT),
    waitForSessions: (count) =>
      vi.waitFor(async () => {
        const metrics = await (await fetch(`${coordinator.url}/metrics`)).text();
        expect(Number(/^ostraka_sessions_live (\d+)$/m.exec(metrics)?.[1])).toBe(count);
      }, WAIT),
  };
}

/** Presses Contribute, and says whose tab it is once the guest is signed in. */
export async function pressContribute(tab: CdpTab): Promise<AccountId> {
  await pressButton(tab, 'Contribute');
  return await readAccount(tab);
}

/** The first button that says so, as soon as there is one. */
export async function pressButton(tab: CdpTab, words: string): Promise<void> {
  await vi.waitFor(async () => {
    const isPressed = await tab.evaluate((said) => {
      const button = [...document.querySelectorAll('button')].find(({ textContent }) => textContent?.includes(said));
      button?.click();
      return button !== undefined;
    }, words);
    expect(isPressed).toBe(true);
  }, WAIT);
}

export function readAccount(tab: CdpTab): Promise<AccountId> {
  return vi.waitFor(async () => {
    const account = await tab.evaluate(async () => {
      const response = await fetch('/api/session');
      return response.status === 200 ? ((await response.json()) as SessionView).account.id : null;
    });
    expect(account).not.toBeNull();
    return account as AccountId;
  }, WAIT);
}

export interface KeptKey {
  /** `shard:copy`. */
  readonly key: string;
  readonly phase: 'unsent' | 'waiting';
}

/** The results that this profile keeps on disk, read from the database itself by any page of the origin. */
export function readKept(tab: CdpTab): Promise<readonly KeptKey[]> {
  return tab.evaluate(
    () =>
      new Promise<readonly KeptKey[]>((resolve, reject) => {
        const opening = indexedDB.open('ostraka-contributor');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const reading = opening.result.transaction('results').objectStore('results').getAll();
          reading.onerror = () => reject(reading.error);
          reading.onsuccess = () => {
            opening.result.close();
            resolve(reading.result.map(({ claim, phase }) => ({ key: `${claim.shard}:${claim.copy}`, phase })));
          };
        };
      }),
  );
}

/** Of the tab that leads, and of one that waits: both are asked of the browser's lock manager. */
export function readLeader(tab: CdpTab): Promise<{ readonly isHeld: boolean; readonly waiting: number }> {
  return tab.evaluate(async () => {
    const { held = [], pending = [] } = await navigator.locks.query();
    const isLeaderLock = ({ name }: LockInfo): boolean => name === 'ostraka-compute-leader';
    return { isHeld: held.some(isLeaderLock), waiting: pending.filter(isLeaderLock).length };
  });
}

export function readText(tab: CdpTab): Promise<string> {
  return tab.evaluate(() => document.body.textContent ?? '');
}

/**
 * Pauses the contributor, so that its last receipts still come, and compares what it keeps on disk (every result until its vote is over)
 * with what the coordinator counted: nothing waits to be sent, each kept result's shard has the account's vote, each open vote's bytes are
 * kept, and no shard has two votes. By shard, not by copy: who was given up and woke may have computed a shard that it got once more.
 */
export async function expectNothingLostOrDoubled(scene: LeftOpenScene, tab: CdpTab, account: AccountId): Promise<void> {
  await pressButton(tab, 'Press to pause');
  await vi.waitFor(async () => {
    const kept = await readKept(tab);
    const votes = await scene.listVotes(account);
    expect(kept.filter(({ phase }) => phase === 'unsent')).toEqual([]);
    const keptShards = new Set(kept.map(({ key }) => Number(key.split(':')[0])));
    const counted = votes.map(({ shard }): number => shard);
    expect([...keptShards].filter((shard) => !counted.includes(shard))).toEqual([]);
    expect(votes.filter(({ shard, state }) => state === 'waiting' && !keptShards.has(shard))).toEqual([]);
    expect(new Set(counted).size).toBe(counted.length);
  }, WAIT);
}

// One engine a device: locks, mirrors, commands, and a leader that fell asleep. Tabs are made in one process on Node's BroadcastChannel.
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  ANSWER_MS,
  ASK_AFTER_MS,
  BEAT_MS,
  CHECK_MS,
  createLeaderTab,
  LEADER_LOCK,
  type LeaderEvents,
  type LeaderTab,
  MAX_MIRRORED_BYTES,
  STALE_MS,
  type TabCommand,
} from '../../../src/contributor/leader-tab.ts';
import { DEFAULT_SETTINGS } from '../../../src/contributor/presets.ts';
import { type ContributorSnapshot, type LatestOutput, makeSnapshot } from '../../../src/contributor/state.ts';
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts';

const SNAPSHOT = makeSnapshot(DEFAULT_SETTINGS);

interface Tab {
  readonly tab: LeaderTab;
  readonly seen: string[];
  readonly mirrored: ContributorSnapshot[];
  readonly commands: TabCommand[];
  isVisible: boolean;
}

/** Web Locks as the standard has them: a queue, steal, and a signal. */
function createLocks(): Pick<LockManager, 'request'> {
  let holder: { readonly reject: (error: Error) => void } | null = null;
  const queue: (() => void)[] = [];
  const request = (
    _name: string,
    given: LockOptions | LockGrantedCallback<unknown>,
    callback: LockGrantedCallback<unknown> = given as LockGrantedCallback<unknown>,
  ): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const options: LockOptions = typeof given === 'function' ? {} : given;
      const grant = (): void => {
        const mine = { reject };
        holder = mine;
        Promise.resolve(callback({ name: _name, mode: 'exclusive' })).then((value) => {
          resolve(value);
          if (holder !== mine) return;
          holder = null;
          queue.shift()?.();
        }, reject);
      };
      options.signal?.addEventListener('abort', () => {
        const at = queue.indexOf(grant);
        if (at < 0) return;
        queue.splice(at, 1);
        reject(new Error('aborted'));
      });
      if (options.steal) {
        holder?.reject(new Error('stolen'));
        grant();
      } else if (holder) queue.push(grant);
      else grant();
    });
  return { request: request as LockManager['request'] };
}

const open: LeaderTab[] = [];
afterEach(() => {
  for (const tab of open.splice(0)) tab.close();
});

function makeTab(locks: Pick<LockManager, 'request'>, clock: FakeClock): Tab {
  const seen: string[] = [];
  const mirrored: ContributorSnapshot[] = [];
  const commands: TabCommand[] = [];
  const on: LeaderEvents = {
    lead: () => seen.push('lead'),
    yieldTo: () => seen.push('yield'),
    off: () => seen.push('off'),
    mirror: (snapshot) => mirrored.push(snapshot),
    command: (command) => commands.push(command),
  };
  const made: Tab = { tab: null as never, seen, mirrored, commands, isVisible: true };
  const tab = createLeaderTab({ locks, clock, isVisible: () => made.isVisible, on });
  open.push(tab);
  return Object.assign(made, { tab });
}

function makeTwo() {
  const clock = createFakeClock();
  const locks = createLocks();
  return { clock, first: makeTab(locks, clock), second: makeTab(locks, clock) };
}

describe('who leads', () => {
  test('the first that competes; the next when it is gone', async () => {
    const { first, second } = makeTwo();
    first.tab.compete();
    await vi.waitFor(() => expect(first.seen).toEqual(['lead']));
    second.tab.compete();
    expect(second.tab.isLeader).toBe(false);
    first.tab.close();
    await vi.waitFor(() => expect(second.seen).toEqual(['lead']));
  });

  test('a tab that retired is passed over, and may compete again', async () => {
    const { first, second } = makeTwo();
    first.tab.compete();
    second.tab.compete();
    second.tab.retire();
    first.tab.retire();
    await vi.waitFor(() => expect(first.tab.isLeader).toBe(false));
    second.tab.compete();
    await vi.waitFor(() => expect(second.seen).toEqual(['lead']));
    expect(first.seen).toEqual(['lead']);
  });

  test('a frozen leader is replaced by a visible tab after its time, not before, and never by a hidden one', async () => {
    const clock = createFakeClock();
    const locks = createLocks();
    // A frozen tab holds its lock and answers nothing.
    const frozen = vi.fn();
    void locks.request(LEADER_LOCK, () => new Promise(() => {})).catch(frozen);
    const second = makeTab(locks, clock);
    second.isVisible = false;
    second.tab.compete();
    await clock.advance(2 * STALE_MS);
    expect(second.tab.isLeader).toBe(false);
    // Shown at last: the question has its time before anything is taken.
    second.isVisible = true;
    await clock.advance(ANSWER_MS);
    expect(second.tab.isLeader).toBe(false);
    await clock.advance(CHECK_MS);
    expect(second.seen).toEqual(['lead']);
    expect(frozen).toHaveBeenCalledWith(new Error('stolen'));
  });

  test('a frozen leader is replaced within twenty seconds of its last sign of life', async () => {
    const clock = createFakeClock();
    const locks = createLocks();
    void locks.request(LEADER_LOCK, () => new Promise(() => {})).catch(() => undefined);
    const second = makeTab(locks, clock);
    second.tab.compete();
    await clock.advance(STALE_MS - 1);
    expect(second.tab.isLeader).toBe(false);
    await clock.advance(CHECK_MS);
    expect(second.tab.isLeader).toBe(true);
    expect(STALE_MS + CHECK_MS).toBeLessThan(20_000);
  });

  test('a hidden leader whose timers stand still answers when asked, and is left alone', async () => {
    const locks = createLocks();
    const first = makeTab(locks, createFakeClock());
    const clock = createFakeClock();
    const second = makeTab(locks, clock);
    first.tab.compete();
    await vi.waitFor(() => expect(first.tab.isLeader).toBe(true));
    first.tab.show(SNAPSHOT);
    second.tab.compete();
    await vi.waitFor(() => expect(second.mirrored.length).toBeGreaterThan(1));
    for (let ms = 0; ms < 2 * STALE_MS; ms += ASK_AFTER_MS) {
      const before = second.mirrored.length;
      await clock.advance(ASK_AFTER_MS);
      await vi.waitFor(() => expect(second.mirrored.length).toBeGreaterThan(before));
    }
    expect(second.tab.isLeader).toBe(false);
    expect(first.seen).toEqual(['lead']);
  });

  test('a frozen leader is silent though messages still reach it', async () => {
    const { clock, first, second } = makeTwo();
    first.tab.compete();
    await vi.waitFor(() => expect(first.tab.isLeader).toBe(true));
    first.tab.setFrozen(true);
    second.tab.compete();
    await clock.advance(STALE_MS + CHECK_MS);
    await vi.waitFor(() => expect(first.seen).toEqual(['lead', 'yield']));
    expect(second.tab.isLeader).toBe(true);
  });

  test('a leader that was stopped for all tabs says so to whoever asks, until it lets go', async () => {
    const { first, second } = makeTwo();
    first.tab.compete();
    await vi.waitFor(() => expect(first.tab.isLeader).toBe(true));
    first.tab.show(SNAPSHOT);
    await vi.waitFor(() => expect(second.mirrored.length).toBeGreaterThan(0));
    first.tab.announceOff();
    await vi.waitFor(() => expect(second.seen).toContain('off'));
    const [offs, mirrored] = [second.seen.length, second.mirrored.length];
    first.tab.show(SNAPSHOT);
    second.tab.compete();
    await vi.waitFor(() => expect(second.seen.length).toBeGreaterThan(offs));
    expect(new Set(second.seen)).toEqual(new Set(['off']));
    expect(second.mirrored).toHaveLength(mirrored);
  });

  test('a tab that seizes leads at once, and the one that led may wait for its turn', async () => {
    const { first, second } = makeTwo();
    first.tab.compete();
    await vi.waitFor(() => expect(first.seen).toEqual(['lead']));
    second.tab.compete();
    second.tab.seize();
    await vi.waitFor(() => expect(first.seen).toEqual(['lead', 'yield']));
    expect(second.seen).toEqual(['lead']);
    first.tab.compete();
    second.tab.close();
    await vi.waitFor(() => expect(first.seen).toEqual(['lead', 'yield', 'lead']));
  });

  test('a leader that beats is left alone', async () => {
    const { clock, first, second } = makeTwo();
    first.tab.compete();
    first.tab.show(SNAPSHOT);
    second.tab.compete();
    for (let ms = 0; ms < 2 * STALE_MS; ms += BEAT_MS) {
      const before = second.mirrored.length;
      await clock.advance(BEAT_MS);
      await vi.waitFor(() => expect(second.mirrored.length).toBeGreaterThan(before));
    }
    expect(second.tab.isLeader).toBe(false);
  });
});

describe('what tabs tell each other', () => {
  const outputOf = (bytes: number): LatestOutput => ({
    job: 1 as never,
    index: 0,
    base: 0,
    count: 1,
    view: { kind: 'bytes', output: 'out' },
    grid: [1, 1, 1],
    workgroupsPerShard: 1,
    bytes: new Uint8Array(bytes),
  });

  test('a new tab asks and sees at once what the leader shows', async () => {
    const clock = createFakeClock();
    const locks = createLocks();
    const first = makeTab(locks, clock);
    first.tab.compete();
    first.tab.show({ ...SNAPSHOT, creditedMicro: 5n });
    const second = makeTab(locks, clock);
    await vi.waitFor(() => expect(second.mirrored.at(-1)?.creditedMicro).toBe(5n));
  });

  test('a picture crosses once, and only up to its limit', async () => {
    const { first, second } = makeTwo();
    first.tab.compete();
    const latestOutput = outputOf(MAX_MIRRORED_BYTES);
    first.tab.show({ ...SNAPSHOT, latestOutput });
    first.tab.show({ ...SNAPSHOT, latestOutput });
    first.tab.show({ ...SNAPSHOT, latestOutput: outputOf(MAX_MIRRORED_BYTES + 1) });
    // Three shown, and one more in answer to the second tab's question.
    await vi.waitFor(() => expect(second.mirrored).toHaveLength(4));
    expect(second.mirrored.flatMap(({ latestOutput: seen }) => seen?.bytes.length ?? [])).toEqual([MAX_MIRRORED_BYTES]);
  });

  test('commands reach the leader alone', async () => {
    const { first, second } = makeTwo();
    first.tab.compete();
    await vi.waitFor(() => expect(first.tab.isLeader).toBe(true));
    second.tab.command({ kind: 'pause', untilMs: null });
    second.tab.command({ kind: 'settings', change: { cpu: { share: 1 } } });
    await vi.waitFor(() =>
      expect(first.commands).toEqual([
        { kind: 'pause', untilMs: null },
        { kind: 'settings', change: { cpu: { share: 1 } } },
      ]),
    );
    first.tab.command({ kind: 'stop' });
    first.tab.announceOff();
    await vi.waitFor(() => expect(second.seen).toEqual(['off']));
    expect(second.commands).toEqual([]);
  });
});

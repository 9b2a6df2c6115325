// The duty keeper against a clock of its own: the share of the time that is work, with late timers, short shards, a slider that moves and a stop.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDutyKeeper, MAX_AHEAD_MS, type Rhythm } from '../../../src/engine/keep-duty.ts';

/** `lateMs`: how much later than asked a timer rings. */
function makeKeeper(duty: number, lateMs: () => number = () => 0) {
  let nowMs = 0;
  const sleeps: { readonly untilMs: number; readonly ring: () => void }[] = [];
  const keeper = createDutyKeeper({
    rhythm: { targetMs: 16, duty },
    nowMs: () => nowMs,
    sleepMs: (ms) =>
      new Promise((ring) => {
        sleeps.push({ untilMs: nowMs + ms + lateMs(), ring });
      }),
    yieldTurn: async () => {},
  });
  const work = (ms: number): Promise<number> =>
    keeper.work(async () => {
      nowMs += ms;
    });
  /** Lets time pass until the rest is over, or for so long. */
  const rest = async (forMs = Number.POSITIVE_INFINITY): Promise<boolean> => {
    const endMs = nowMs + forMs;
    let isOver = false;
    const resting = keeper.rest().then(() => {
      isOver = true;
    });
    for (;;) {
      await Promise.resolve();
      await new Promise((resolve) => setImmediate(resolve));
      if (isOver) return true;
      const next = sleeps[0];
      if (!next || next.untilMs > endMs) break;
      sleeps.shift();
      nowMs = Math.max(nowMs, next.untilMs);
      next.ring();
    }
    nowMs = endMs;
    void resting;
    return false;
  };
  return { keeper, work, rest, sleeps, nowMs: () => nowMs, pass: (ms: number) => (nowMs += ms) };
}

const setDuty = (keeper: { setRhythm(rhythm: Rhythm): void }, duty: number): void => keeper.setRhythm({ targetMs: 16, duty });

describe('the share of the time', () => {
  test.each([0.05, 0.2, 0.5, 0.8, 1])('at a duty of %f is that, though timers ring up to 6 ms late', async (duty) => {
    let turn = 0;
    const { keeper, work, rest, nowMs } = makeKeeper(duty, () => (turn++ * 7) % 6);
    for (let slice = 0; slice < 200; slice++) {
      await rest();
      await work(8 + ((slice * 5) % 12));
    }
    await rest();
    expect(keeper.busyMs / nowMs()).toBeCloseTo(duty, 2);
  });

  test('counts from shard to shard: what is owed is waited for before the next one begins', async () => {
    const { work, rest, nowMs } = makeKeeper(0.2);
    await rest();
    await work(10);
    expect(await rest(39)).toBe(false);
    expect(nowMs()).toBe(49);
    expect(await rest(1)).toBe(true);
    await work(10);
    expect(nowMs()).toBe(60);
  });

  test('idle time pays what is owed, and is no credit beyond a slice', async () => {
    const { keeper, work, rest, nowMs, pass } = makeKeeper(0.5);
    await work(30);
    pass(100_000);
    expect(await rest(0)).toBe(true);
    const startMs = nowMs();
    await work(MAX_AHEAD_MS + 10);
    await rest();
    expect(nowMs() - startMs).toBe(MAX_AHEAD_MS + 20);
    expect(keeper.busyMs).toBe(30 + MAX_AHEAD_MS + 10);
  });
});

test('the slider moves a rest that is under way, both ways', async () => {
  const up = makeKeeper(0.05);
  await up.work(100);
  expect(await up.rest(50)).toBe(false);
  setDuty(up.keeper, 1);
  expect(await up.rest(0)).toBe(true);
  const down = makeKeeper(0.5);
  await down.work(100);
  expect(await down.rest(50)).toBe(false);
  setDuty(down.keeper, 0.2);
  expect(await down.rest(199)).toBe(false);
  expect(await down.rest(1)).toBe(true);
});

test('a stop ends a rest at once, and what was owed stays owed', async () => {
  const { keeper, work, sleeps, pass, rest } = makeKeeper(0.05);
  await work(100);
  let isOver = false;
  const resting = keeper.rest().then(() => {
    isOver = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(sleeps).toHaveLength(1);
  keeper.interrupt();
  await resting;
  expect(isOver).toBe(true);
  pass(1_000);
  expect(await rest(899)).toBe(false);
  expect(await rest(1)).toBe(true);
});

test('what a piece of work left to others was rest', async () => {
  const { keeper, pass, rest } = makeKeeper(0.5);
  const tookMs = await keeper.work(
    async () => void pass(100),
    () => 60,
  );
  expect([tookMs, keeper.busyMs]).toEqual([60, 60]);
  expect(await rest(19)).toBe(false);
  expect(await rest(1)).toBe(true);
});

test('work that throws is work all the same', async () => {
  const { keeper, pass, rest } = makeKeeper(0.5);
  const broken = keeper.work(async () => {
    pass(40);
    throw new Error('gone');
  });
  await expect(broken).rejects.toThrow('gone');
  expect(keeper.busyMs).toBe(40);
  expect(await rest(39)).toBe(false);
  expect(await rest(1)).toBe(true);
});

test('over any slices and any slider it never works more than the highest share that was asked for, but for a slice', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ tookMs: fc.integer({ min: 1, max: 250 }), duty: fc.constantFrom(0.05, 0.2, 0.5, 0.7) }), {
        minLength: 1,
        maxLength: 40,
      }),
      async (slices) => {
        const { keeper, work, rest, nowMs } = makeKeeper(0.05);
        for (const { tookMs, duty } of slices) {
          setDuty(keeper, duty);
          await rest();
          await work(tookMs);
        }
        const highest = Math.max(...slices.map(({ duty }) => duty));
        const longest = Math.max(...slices.map(({ tookMs }) => tookMs));
        expect(keeper.busyMs).toBeLessThanOrEqual(nowMs() * highest + longest + MAX_AHEAD_MS + 1);
      },
    ),
    { numRuns: 50 },
  );
});

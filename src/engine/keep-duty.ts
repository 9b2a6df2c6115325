// Keeps an engine at its share of the time, from slice to slice and from shard to shard: each piece of work owes rest, and time without work pays it.
import { dutySleepMs } from './pace-slices.ts';

export interface Rhythm {
  readonly targetMs: number;
  /** Share of the time that may be work, 0 to 1. */
  readonly duty: number;
  /** Half of that, for a while, when others use the processor too; who lends all of it is not polite. */
  readonly isPolite?: boolean;
}

export interface DutyKeeper {
  readonly rhythm: Rhythm;
  /** Also during a rest: what is still owed is reckoned anew. */
  setRhythm(rhythm: Rhythm): void;
  /** Runs a piece of work and resolves with what it took, in milliseconds: all of its time, unless `partMs` then says that it was less. */
  work(run: () => Promise<void>, partMs?: () => number | undefined): Promise<number>;
  /** Lets waiting messages in, then rests until nothing is owed. */
  rest(): Promise<void>;
  /** Ends the rest under way: a stop must not wait for it. What is owed stays owed. */
  interrupt(): void;
  /** Spent in work so far, also in the piece that runs. */
  readonly busyMs: number;
}

export interface DutyOptions {
  readonly rhythm: Rhythm;
  /** Monotonic, finer than a millisecond where the platform allows it. */
  readonly nowMs: () => number;
  readonly sleepMs: (ms: number) => Promise<void>;
  /** Lets waiting messages in; a promise alone would not. */
  readonly yieldTurn: () => Promise<void>;
}

/**
 * Timers ring late, and a busy machine takes the core away; what was rested too long is worked off, up to this much work. More would be a burst
 * after idle time: this is two and a half points of four seconds.
 */
export const MAX_AHEAD_MS = 100;
/** A timer cannot rest for less. */
const SHORTEST_REST_MS = 1;

export function createDutyKeeper({ rhythm: first, nowMs, sleepMs, yieldTurn }: DutyOptions): DutyKeeper {
  let rhythm = first;
  /** Work that no rest was taken for yet; below zero: rested ahead. */
  let unrestedMs = 0;
  let restingSinceMs = nowMs();
  let workingSinceMs: number | null = null;
  let busyMs = 0;
  let interruptions = 0;
  let wake = (): void => {};

  /** Time that passed without work pays for work. */
  const payRest = (): void => {
    const restedMs = nowMs() - restingSinceMs;
    restingSinceMs += restedMs;
    const owedForOneMs = dutySleepMs(1, rhythm.duty);
    const paidMs = owedForOneMs === 0 ? Number.MAX_VALUE : restedMs / owedForOneMs;
    unrestedMs = Math.max(unrestedMs - paidMs, -MAX_AHEAD_MS);
  };

  return {
    get rhythm() {
      return rhythm;
    },
    setRhythm(next) {
      if (workingSinceMs === null) payRest();
      rhythm = next;
      wake();
    },
    async work(run, partMs) {
      payRest();
      const startMs = nowMs();
      workingSinceMs = startMs;
      let part: number | undefined;
      try {
        await run();
        part = partMs?.();
      } finally {
        const tookMs = Math.min(nowMs() - startMs, part ?? Number.POSITIVE_INFINITY);
        // What was left to others in between was rest.
        restingSinceMs = startMs + tookMs;
        workingSinceMs = null;
        busyMs += tookMs;
        unrestedMs += tookMs;
      }
      return restingSinceMs - startMs;
    },
    async rest() {
      const asked = interruptions;
      await yieldTurn();
      for (;;) {
        payRest();
        const owedMs = dutySleepMs(Math.max(0, unrestedMs), rhythm.duty);
        if (owedMs < SHORTEST_REST_MS || interruptions !== asked) return;
        const woken = new Promise<void>((resolve) => {
          wake = resolve;
        });
        await Promise.race([sleepMs(owedMs), woken]);
      }
    },
    interrupt() {
      interruptions += 1;
      wake();
    },
    get busyMs() {
      return busyMs + (workingSinceMs === null ? 0 : nowMs() - workingSinceMs);
    },
  };
}

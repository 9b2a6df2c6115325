// A clock that stands still until it is told to go on; what is due then runs in order.
import type { Clock } from '../../src/contributor/clock.ts';

export interface FakeClock extends Clock {
  /** Moves time on, running what falls due, each with its promises settled before the next. */
  advance(ms: number): Promise<void>;
  /** Time has passed while nothing ran, as after a suspend: what fell due rings late. */
  jump(ms: number): Promise<void>;
  /** Alarms that are set. */
  readonly pending: number;
}

export function createFakeClock(startMs = 1_000_000): FakeClock {
  const alarms = new Map<number, { readonly atMs: number; readonly action: () => void }>();
  let nowMs = startMs;
  let nextId = 1;
  return {
    nowMs: () => nowMs,
    after(delayMs, action) {
      const id = nextId++;
      alarms.set(id, { atMs: nowMs + Math.max(0, delayMs), action });
      return () => void alarms.delete(id);
    },
    async advance(ms) {
      const untilMs = nowMs + ms;
      await settle();
      for (;;) {
        const due = [...alarms].filter(([, { atMs }]) => atMs <= untilMs).sort(([a, x], [b, y]) => x.atMs - y.atMs || a - b)[0];
        if (!due) break;
        const [id, { atMs, action }] = due;
        alarms.delete(id);
        nowMs = Math.max(nowMs, atMs);
        action();
        await settle();
      }
      nowMs = untilMs;
      await settle();
    },
    async jump(ms) {
      nowMs += ms;
      await this.advance(0);
    },
    get pending() {
      return alarms.size;
    },
  };
}

/** Lets everything that only waits for promises happen; one turn of the loop empties the whole microtask queue. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

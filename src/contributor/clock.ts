// Time as the runtime sees it, so that tests can hold it still; it has the shape of transport's Timers and can stand in for them.

export interface Clock {
  /** Milliseconds since 1970. */
  nowMs(): number;
  /** Runs `action` once after `delayMs`; the returned function calls it off. */
  after(delayMs: number, action: () => void): () => void;
}

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  after(delayMs, action) {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
};

/** What the clock on the wall is ahead of UTC. */
export function systemUtcOffsetMs(nowMs: number): number {
  return -new Date(nowMs).getTimezoneOffset() * 60_000;
}

export function sleep(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => clock.after(ms, resolve));
}

// Asks the coordinator for work: one question at a time, not too often, and again when told to.
import type { Clock } from './clock.ts';

/** A `want` that is not answered within this is asked again. */
export const WANT_ANSWER_MS = 10_000;
/** At most one `want` in this time: a coordinator takes some tens of messages a second from a device. */
export const WANT_EVERY_MS = 50;

export interface Asking {
  /** Asks if anything is wanted now. */
  more(): void;
  /** The question for a message that goes out anyway: how many to ask for in it, 0 when nothing is wanted or a question is open. */
  ride(): number;
  /** An answer came. */
  answered(): void;
  /** Nothing is there; `then` is called when it is time to ask again. */
  rest(forMs: number, then: () => void): void;
  /** The connection is gone, and with it the question. */
  forget(): void;
}

export interface AskingOptions {
  readonly clock: Clock;
  /** Shards wanted now; 0 when enough is in hand or nobody may ask. */
  readonly pickCount: () => number;
  readonly send: (count: number) => void;
}

export function createAsking({ clock, pickCount, send }: AskingOptions): Asking {
  let isAsked = false;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let stopPause: (() => void) | null = null;
  let stopAlarm = (): void => {};
  let stopRest = (): void => {};

  const answered = (): void => {
    isAsked = false;
    stopAlarm();
  };

  const more = (): void => {
    if (isAsked || stopPause) return;
    const count = pickCount();
    if (count === 0) return;
    const sinceMs = clock.nowMs() - askedAtMs;
    if (sinceMs < WANT_EVERY_MS) {
      stopPause = clock.after(WANT_EVERY_MS - sinceMs, () => {
        stopPause = null;
        more();
      });
      return;
    }
    ask();
    send(count);
  };

  const ask = (): void => {
    isAsked = true;
    askedAtMs = clock.nowMs();
    stopAlarm = clock.after(WANT_ANSWER_MS, () => {
      isAsked = false;
      more();
    });
  };

  return {
    more,
    ride() {
      const count = isAsked ? 0 : pickCount();
      if (count === 0) return 0;
      stopPause?.();
      stopPause = null;
      ask();
      return count;
    },
    answered,
    rest(forMs, then) {
      stopRest();
      stopRest = clock.after(forMs, then);
    },
    forget() {
      answered();
      stopPause?.();
      stopPause = null;
      stopRest();
    },
  };
}

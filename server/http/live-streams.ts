// Streams of one thing to many pages: what is told is read once a turn for all of them, and they are bounded in number.
import { Fault } from '../../src/protocol/fault.ts';
import { MAX_WATCHERS, MAX_WATCHERS_AN_ADDRESS } from './limits.ts';

export interface LiveStreams {
  /** One text a turn until the reader goes or all are closed. Throws `too-many-requests` at the caps. */
  open(address: string, isStranger: boolean, read: () => Promise<string>): { readonly texts: AsyncGenerator<string>; close(): void };
  closeAll(): void;
  readonly size: number;
}

export function createLiveStreams(turnMs: number): LiveStreams {
  const streams = new Set<() => void>();
  const byAddress = new Map<string, number>();
  const count = (address: string, change: 1 | -1): void => {
    const next = (byAddress.get(address) ?? 0) + change;
    if (next === 0) byAddress.delete(address);
    else byAddress.set(address, next);
  };

  return {
    open(address, isStranger, read) {
      if (streams.size >= MAX_WATCHERS || (isStranger && (byAddress.get(address) ?? 0) >= MAX_WATCHERS_AN_ADDRESS)) {
        throw new Fault('too-many-requests', 'Too many pages watch the network from here; close one of them.', {
          facts: { retryAfterMs: 5_000 },
        });
      }
      let isClosed = false;
      let wake: (() => void) | null = null;
      const close = (): void => {
        if (isClosed) return;
        isClosed = true;
        streams.delete(close);
        count(address, -1);
        wake?.();
      };
      const rest = (): Promise<void> =>
        new Promise((resolve) => {
          const timer = setTimeout(resolve, turnMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      streams.add(close);
      count(address, 1);
      return { texts: tell(() => isClosed, read, rest), close };
    },
    closeAll() {
      for (const close of [...streams]) close();
    },
    get size() {
      return streams.size;
    },
  };
}

async function* tell(isClosed: () => boolean, read: () => Promise<string>, rest: () => Promise<void>): AsyncGenerator<string> {
  while (!isClosed()) {
    yield await read();
    if (!isClosed()) await rest();
  }
}

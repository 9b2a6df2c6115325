// Messages that wait for a channel to have room, as frames: small ones and fragments of large ones take turns.
import { MAX_FRAGMENT_BYTES, makeFrames } from '../protocol/frame.ts';
import type { Channel } from './channel.ts';

interface Bulk {
  readonly frames: Iterator<Uint8Array>;
  readonly bytes: number;
}

export interface Outbox {
  put(message: Uint8Array): void;
  drained(): Promise<void>;
  readonly queuedBytes: number;
  end(): void;
}

/** Sends while the channel has room: a small message, then one fragment of the oldest large one, and again. */
export function createOutbox(channel: Channel): Outbox {
  const small: Uint8Array[] = [];
  const bulk: Bulk[] = [];
  let queuedBytes = 0;
  let nextId = 1;
  let isSmallNext = true;
  let hasRoom = true;
  let hasEnded = false;
  let waiters: (() => void)[] = [];

  const takeId = (): number => {
    const id = nextId;
    nextId = nextId === 0xffff_ffff ? 1 : nextId + 1;
    return id;
  };
  const takeSmall = (): Uint8Array | null => {
    const message = small.shift();
    if (!message) return null;
    queuedBytes -= message.length;
    return makeFrames(takeId(), message).next().value as Uint8Array;
  };
  const takeFragment = (): Uint8Array | null => {
    for (;;) {
      const oldest = bulk[0];
      if (!oldest) return null;
      const next = oldest.frames.next();
      if (!next.done) return next.value;
      bulk.shift();
      queuedBytes -= oldest.bytes;
    }
  };
  // In turn, so that a cancel waits for one fragment at most and a flood of small ones starves no result.
  const takeFrame = (): Uint8Array | null => {
    isSmallNext = !isSmallNext;
    return isSmallNext ? (takeFragment() ?? takeSmall()) : (takeSmall() ?? takeFragment());
  };
  const pump = (): void => {
    while (hasRoom && !hasEnded) {
      const frame = takeFrame();
      if (!frame) break;
      hasRoom = channel.send(frame);
    }
    if (hasEnded) return;
    if (!hasRoom) {
      void channel.drained().then(() => {
        hasRoom = true;
        pump();
      });
    } else {
      const woken = waiters;
      waiters = [];
      for (const resolve of woken) resolve();
    }
  };
  return {
    put(message) {
      if (hasEnded) return;
      queuedBytes += message.length;
      if (message.length <= MAX_FRAGMENT_BYTES) small.push(message);
      else bulk.push({ frames: makeFrames(takeId(), message), bytes: message.length });
      if (hasRoom) pump();
    },
    drained: () => (hasEnded || queuedBytes === 0 ? Promise.resolve() : new Promise((resolve) => waiters.push(resolve))),
    get queuedBytes() {
      return queuedBytes;
    },
    end() {
      hasEnded = true;
      for (const resolve of waiters) resolve();
      waiters = [];
      small.length = 0;
      bulk.length = 0;
    },
  };
}

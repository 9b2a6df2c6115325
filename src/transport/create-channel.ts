// The part that every channel has in common: water marks, frames that come before their reader, and one end.
import { type Channel, type ChannelKind, HIGH_WATER_BYTES, LOW_WATER_BYTES } from './channel.ts';

/** One wire. It reports by the `ChannelEnd` it is created with. */
export interface ChannelWire {
  /** May throw when the wire is gone: the channel then closes. */
  write(frame: Uint8Array): void;
  bufferedBytes(): number;
  close(why: string): void;
}

/** How a wire tells its channel what happened. */
export interface ChannelEnd {
  readonly channel: Channel;
  arrived(frame: Uint8Array): void;
  /** `bufferedBytes` fell; wakes those who wait when it is low enough. */
  fell(): void;
  /** The wire is gone; only the first call counts. */
  ended(why: string): void;
  isWaiting(): boolean;
}

/** Frames held for an owner that has not set `onFrame`; a peer that floods before that is cut off. */
export const MAX_HELD_FRAMES = 1024;

export function createChannel(kind: ChannelKind, wire: ChannelWire): ChannelEnd {
  let onFrame: Channel['onFrame'] = null;
  let onClose: Channel['onClose'] = null;
  let held: Uint8Array[] = [];
  let waiters: (() => void)[] = [];
  let ending: string | null = null;
  let isCloseTold = false;

  const wake = (): void => {
    const woken = waiters;
    waiters = [];
    for (const resolve of woken) resolve();
  };
  const tellClose = (): void => {
    if (ending === null || isCloseTold || !onClose || held.length > 0) return;
    isCloseTold = true;
    onClose(ending);
  };
  const ended = (why: string): void => {
    if (ending !== null) return;
    ending = why;
    wake();
    tellClose();
  };
  const close = (why = 'closed here'): void => {
    if (ending !== null) return;
    held = [];
    wire.close(why);
    ended(why);
  };
  const isLow = (): boolean => ending !== null || wire.bufferedBytes() <= LOW_WATER_BYTES;

  const channel: Channel = {
    kind,
    send(frame) {
      if (ending !== null) return false;
      try {
        wire.write(frame);
        return wire.bufferedBytes() < HIGH_WATER_BYTES;
      } catch (cause) {
        close(cause instanceof Error ? cause.message : 'the wire refused a frame');
        return false;
      }
    },
    drained: () => (isLow() ? Promise.resolve() : new Promise((resolve) => waiters.push(resolve))),
    get onFrame() {
      return onFrame;
    },
    set onFrame(listener) {
      onFrame = listener;
      while (onFrame && held.length > 0) onFrame(held.shift() as Uint8Array);
      tellClose();
    },
    get onClose() {
      return onClose;
    },
    set onClose(listener) {
      onClose = listener;
      tellClose();
    },
    close,
  };
  return {
    channel,
    arrived(frame) {
      if (ending !== null) return;
      if (onFrame && held.length === 0) onFrame(frame);
      else if (held.length < MAX_HELD_FRAMES) held.push(frame);
      else close('too many frames came before anyone read them');
    },
    fell: () => isLow() && wake(),
    ended,
    isWaiting: () => waiters.length > 0,
  };
}

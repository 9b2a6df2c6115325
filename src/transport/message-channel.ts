// Whole messages over a channel of frames: fragments, backpressure, heartbeats, and when to give the other side up.
import { Fault, type FaultBody } from '../protocol/fault.ts';
import { encodeMessage, MAX_MESSAGE_BYTES, Reassembler } from '../protocol/frame.ts';
import { DEAD_AFTER_MS, HEARTBEAT_MS, NO_PAYLOAD } from '../protocol/messages.ts';
import type { Channel, ChannelKind } from './channel.ts';
import { createOutbox } from './outbox.ts';
import { systemTimers, type Timers } from './timers.ts';

/** Unsent bytes after which a reader counts as gone: two of the largest messages. */
export const MAX_OUTBOX_BYTES = 2 * MAX_MESSAGE_BYTES;
/** A message whose next fragment does not come within this is a way to hold our memory. */
export const FRAGMENT_STALL_MS = 30_000;
/** After a hint that the other side is gone, a frame must come within this (one heartbeat and a round trip). */
export const PROBE_MS = HEARTBEAT_MS + 1_000;

export const END_REASONS = ['closed-here', 'closed-there', 'dead', 'bad-frame', 'slow-reader'] as const;
export type EndReason = (typeof END_REASONS)[number];

/** Why a message channel ended; `fault` is set when the other side did what a correct one never does. */
export interface ChannelEnding {
  readonly reason: EndReason;
  readonly sentence: string;
  readonly fault: FaultBody | null;
}

export interface MessageChannelOptions {
  /** One whole message, not yet parsed (heartbeats too: they need no answer). */
  readonly onMessage: (bytes: Uint8Array) => void;
  readonly onClose: (ending: ChannelEnding) => void;
  readonly timers?: Timers;
  /** Looks at every frame before it is put together; a Fault closes the channel. */
  readonly judgeFrame?: (frame: Uint8Array) => Fault | null;
}

export interface FramedChannel {
  readonly kind: ChannelKind;
  /** Bytes of `encodeMessage`. Small messages overtake large ones between fragments; otherwise order is kept. */
  send(message: Uint8Array): void;
  /** Resolves when all that was sent has left the outbox, and when the channel ends. */
  drained(): Promise<void>;
  readonly queuedBytes: number;
  /** Something hints that the other side is gone: it is given up unless a frame comes within `PROBE_MS`. */
  probe(): void;
  close(why?: string): void;
}

/** The message a frame belongs to and that message's bytes; only for frames of at least a header's length. */
export function peekFrame(frame: Uint8Array): { readonly id: number; readonly total: number } {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  return { id: view.getUint32(4, true), total: view.getUint32(12, true) };
}

/** Takes the channel over; it is closed with this one. */
export function createMessageChannel(channel: Channel, options: MessageChannelOptions): FramedChannel {
  const { onMessage, timers = systemTimers, judgeFrame } = options;
  const reassembler = new Reassembler();
  const outbox = createOutbox(channel);
  let heardAtMs = timers.nowMs();
  let beatAtMs = heardAtMs;
  const fragmentAtMs = new Map<number, number>();
  let stopBeat = (): void => {};
  let stopProbe = (): void => {};
  let ending: ChannelEnding | null = null;

  const end = (reason: EndReason, sentence: string, fault: FaultBody | null = null): void => {
    if (ending) return;
    ending = { reason, sentence, fault };
    stopBeat();
    stopProbe();
    outbox.end();
    channel.close(sentence);
    options.onClose(ending);
  };
  const beat = (): void => {
    const now = timers.nowMs();
    // When this side itself slept (a suspended laptop, a blocked loop), what came meanwhile has not been read yet.
    const hasSlept = now - beatAtMs > 2 * HEARTBEAT_MS;
    beatAtMs = now;
    if (hasSlept) heardAtMs = now;
    if (now - heardAtMs >= DEAD_AFTER_MS) return end('dead', `Nothing was heard from the other side for ${DEAD_AFTER_MS} ms.`);
    if (!hasSlept && [...fragmentAtMs.values()].some((atMs) => now - atMs >= FRAGMENT_STALL_MS)) {
      const fault = new Fault('bad-frame', `A message was begun and not finished for ${FRAGMENT_STALL_MS} ms; the connection was closed.`);
      return end('bad-frame', fault.message, fault.body);
    }
    send(encodeMessage({ type: 'heartbeat', sentAtMs: now }, NO_PAYLOAD));
    stopBeat = timers.after(HEARTBEAT_MS, beat);
  };
  const send = (message: Uint8Array): void => {
    if (ending) return;
    outbox.put(message);
    if (outbox.queuedBytes > MAX_OUTBOX_BYTES) end('slow-reader', `The other side left more than ${MAX_OUTBOX_BYTES} bytes unread.`);
  };
  const accept = (frame: Uint8Array): void => {
    if (ending) return;
    heardAtMs = timers.nowMs();
    stopProbe();
    const message = readFrame(frame);
    if (message) onMessage(message);
  };
  const readFrame = (frame: Uint8Array): Uint8Array | null => {
    try {
      const refusal = judgeFrame?.(frame) ?? null;
      if (refusal) throw refusal;
      const message = reassembler.accept(frame);
      const { id } = peekFrame(frame);
      if (message) fragmentAtMs.delete(id);
      else fragmentAtMs.set(id, heardAtMs);
      return message;
    } catch (cause) {
      if (!(cause instanceof Fault)) throw cause;
      end('bad-frame', cause.message, cause.body);
      return null;
    }
  };

  stopBeat = timers.after(HEARTBEAT_MS, beat);
  // Not at once: what waits in the channel may end it, and the owner must have this handle by then.
  queueMicrotask(() => {
    channel.onClose = (why) => end('closed-there', why);
    channel.onFrame = accept;
  });
  return {
    kind: channel.kind,
    send,
    drained: () => outbox.drained(),
    get queuedBytes() {
      return outbox.queuedBytes;
    },
    probe() {
      stopProbe();
      if (!ending) stopProbe = timers.after(PROBE_MS, () => end('dead', 'The other side hinted that it was gone and did not answer.'));
    },
    close: (why = 'closed here') => end('closed-here', why),
  };
}

// What carries frames, whatever the wire: WebRTC, WebSocket, a port between page and worker, or memory.

export const CHANNEL_KINDS = ['rtc', 'ws', 'memory'] as const;
export type ChannelKind = (typeof CHANNEL_KINDS)[number];

/** Above this many unsent bytes `send` says false; measured as enough to fill 40 ms at 100 MB/s. */
export const HIGH_WATER_BYTES = 4 * 1024 * 1024;
/** `drained` resolves at or below this. */
export const LOW_WATER_BYTES = 1024 * 1024;

export interface Channel {
  readonly kind: ChannelKind;
  /** Queues the frame in any case; false says that the channel is over its high-water mark (or closed): await `drained` before the next. */
  send(frame: Uint8Array): boolean;
  /** Resolves when the channel is at or below its low-water mark, and when it closes. */
  drained(): Promise<void>;
  /** Set by the owner; frames that came before are handed over then, in order. */
  onFrame: ((frame: Uint8Array) => void) | null;
  /** Called once, after the last frame, for whatever reason (also after `close`). */
  onClose: ((why: string) => void) | null;
  close(why?: string): void;
}

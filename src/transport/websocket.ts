// Frames over a WebSocket, the browser's or the `ws` package's: both speak the same few words.
import { Fault } from '../protocol/fault.ts';
import { type Channel, LOW_WATER_BYTES } from './channel.ts';
import { createChannel } from './create-channel.ts';
import { systemTimers, type Timers } from './timers.ts';

/** The part of WebSocket that is used; both implementations fit. */
export interface SocketLike {
  binaryType: string;
  readonly readyState: number;
  readonly bufferedAmount: number;
  // biome-ignore lint/suspicious/noExplicitAny: the two implementations name their own event types
  onopen: any;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  onmessage: any;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  onclose: any;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  onerror: any;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  send(data: any): void;
  close(code?: number, reason?: string): void;
}

export type SocketConstructor = new (url: string) => SocketLike;

const OPEN = 1;
/** A WebSocket has no event for a falling buffer; while someone waits, it is looked at this often. */
const POLL_MS = 10;
/** The protocol allows 123 bytes of reason. */
const MAX_REASON = 100;
export const WEB_SOCKET_OPEN_BUDGET_MS = 10_000;

/** The stream under a socket, where the platform shows it: what is written in one turn can leave in one piece. */
export interface CorkableStream {
  cork(): void;
  uncork(): void;
}

/** A channel over a socket that is open. A write to the system costs more than the frame: with `stream` all frames of one turn share it. */
export function createSocketChannel(socket: SocketLike, timers: Timers = systemTimers, stream: CorkableStream | null = null): Channel {
  let isCorked = false;
  const uncork = (): void => {
    isCorked = false;
    stream?.uncork();
  };
  const cork = (): void => {
    if (!stream || isCorked) return;
    isCorked = true;
    stream.cork();
    queueMicrotask(uncork);
  };
  let isPolling = false;
  const poll = (): void => {
    isPolling = false;
    end.fell();
    if (end.isWaiting()) startPolling();
  };
  const startPolling = (): void => {
    if (isPolling) return;
    isPolling = true;
    timers.after(POLL_MS, poll);
  };
  const end = createChannel('ws', {
    write(frame) {
      if (socket.readyState !== OPEN) throw new Error('the socket is closing');
      cork();
      socket.send(frame);
    },
    bufferedBytes() {
      const bytes = socket.bufferedAmount;
      // below that nobody waits
      if (bytes > LOW_WATER_BYTES) startPolling();
      return bytes;
    },
    close: (why) => socket.close(1000, why.slice(0, MAX_REASON)),
  });
  socket.binaryType = 'arraybuffer';
  socket.onmessage = ({ data }: { readonly data: unknown }) => {
    if (data instanceof ArrayBuffer) end.arrived(new Uint8Array(data));
    else end.channel.close('the other side sent text');
  };
  socket.onclose = ({ code, reason }: { readonly code?: number; readonly reason?: unknown }) =>
    end.ended(`the socket closed (${code ?? 'no code'}${reason ? `, ${reason}` : ''})`);
  // Always followed by a close; without a listener `ws` would throw.
  socket.onerror = () => {};
  return end.channel;
}

export interface WebSocketOptions {
  /** `ws:` or `wss:`, without the ticket. */
  readonly url: string;
  readonly ticket: string;
  /** Where the platform has none of its own (Node 20). */
  readonly WebSocket?: SocketConstructor;
  readonly timers?: Timers;
  readonly budgetMs?: number;
}

/** Opens the socket; rejects with `offline` when it is refused or takes longer than its budget. */
export function openWebSocketChannel(options: WebSocketOptions): Promise<Channel> {
  const { timers = systemTimers, budgetMs = WEB_SOCKET_OPEN_BUDGET_MS } = options;
  const Socket = options.WebSocket ?? (globalThis as { readonly WebSocket?: SocketConstructor }).WebSocket;
  if (!Socket) return Promise.reject(new Fault('offline', 'This platform has no WebSocket of its own and was given none.'));
  return new Promise((resolve, reject) => {
    const socket = new Socket(`${options.url}?ticket=${encodeURIComponent(options.ticket)}`);
    const fail = (sentence: string): void => {
      stopAlarm();
      socket.onopen = null;
      socket.onclose = null;
      reject(new Fault('offline', sentence));
    };
    const stopAlarm = timers.after(budgetMs, () => {
      fail(`The WebSocket did not open within ${budgetMs} ms.`);
      socket.close();
    });
    socket.onerror = () => {};
    socket.onclose = () => fail('The WebSocket was refused or could not reach the coordinator.');
    socket.onopen = () => {
      stopAlarm();
      resolve(createSocketChannel(socket, timers));
    };
  });
}

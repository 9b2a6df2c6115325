// Stands between a browser's signalling socket and PeerServer: only what the stock client sends to the coordinator passes.
import { EventEmitter } from 'node:events';
import type { WebSocket } from 'ws';
import type { SignallingLimits } from './limits.ts';
import { createTokenBucket } from './token-bucket.ts';

/** What PeerServer uses of a socket; the coordinator's own pseudo client is one too. */
export interface SignallingSocket extends EventEmitter {
  send(text: string): void;
  close(): void;
}

export interface GuardOptions {
  readonly coordinator: string;
  readonly limits: SignallingLimits;
  readonly nowMs: () => number;
}

/** PeerServer would pass anything to anyone, queue it for strangers, and die of a frame that is not JSON. */
export function createGuardedSocket(socket: WebSocket, { coordinator, limits, nowMs }: GuardOptions): SignallingSocket {
  const bucket = createTokenBucket(limits.messages, nowMs());
  const guarded = Object.assign(new EventEmitter(), { send: (text: string) => socket.send(text), close: () => socket.close() });
  socket.on('message', (data, isBinary) => {
    const text = isBinary ? null : pickAllowed(data.toString(), coordinator);
    if (text !== null && bucket.take(1, nowMs())) guarded.emit('message', text);
    else socket.close(1008, 'signalling was refused');
  });
  socket.on('close', () => guarded.emit('close'));
  socket.on('error', () => socket.terminate());
  return guarded;
}

/** The message with the known fields alone, or null. */
function pickAllowed(text: string, coordinator: string): string | null {
  const message = readJson(text) as { readonly type?: unknown; readonly dst?: unknown; readonly payload?: unknown } | null;
  if (message === null || typeof message !== 'object') return null;
  if (message.type === 'HEARTBEAT') return JSON.stringify({ type: 'HEARTBEAT' });
  const isForUs = (message.type === 'OFFER' || message.type === 'CANDIDATE') && message.dst === coordinator;
  return isForUs ? JSON.stringify({ type: message.type, dst: coordinator, payload: message.payload }) : null;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

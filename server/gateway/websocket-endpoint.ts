// The WebSocket end of the transport: upgrades that the router has let through become channels.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { MAX_FRAME_BYTES } from '../../src/protocol/frame.ts';
import type { Channel } from '../../src/transport/channel.ts';
import { systemTimers } from '../../src/transport/timers.ts';
import { createSocketChannel } from '../../src/transport/websocket.ts';

export interface WebSocketEndpoint {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, onChannel: (channel: Channel) => void): void;
}

export function createWebSocketEndpoint(): WebSocketEndpoint {
  // Frames are at most 64 KiB (`ws` would take 100 MiB) and mostly incompressible.
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES, perMessageDeflate: false, clientTracking: false });
  return {
    upgrade(request, socket, head, onChannel) {
      server.handleUpgrade(request, socket, head, (ws) => onChannel(createSocketChannel(ws, systemTimers, socket)));
    },
  };
}

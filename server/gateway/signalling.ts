// PeerServer in this process, with the coordinator as one of its peers: how a browser's WebRTC connection finds us.
import { createSocket } from 'node:dgram';
import { EventEmitter } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import express, { type Express } from 'express';
import { ExpressPeerServer } from 'peer';
import { WebSocketServer } from 'ws';
import { systemTimers, type Timers } from '../../src/transport/timers.ts';
import type { AcceptedChannel, Gateway, GatewayLog } from './gateway.ts';
import { createGuardedSocket, type SignallingSocket } from './guarded-socket.ts';
import { SIGNALLING_LIMITS, type SignallingLimits } from './limits.ts';
import { createRtcHost, type RtcHost } from './rtc-host.ts';
import type { SpentTicket } from './tickets.ts';

/** The coordinator's peer id; no ticket is ever issued for it. */
export const COORDINATOR_PEER = 'coordinator';
/** PeerServer drops a client silent for longer; a hidden page's heartbeat timer runs once a minute. */
const ALIVE_MS = 180_000;
const PSEUDO_HEARTBEAT_MS = 20_000;

export interface SignallingOptions {
  readonly server: Server;
  /** Where the router sends upgrades from, `/peer`. */
  readonly path: string;
  readonly gateway: Pick<Gateway, 'accept'>;
  readonly bindAddress: string | null;
  readonly udpPort: number | null;
  readonly publicAddress: string | null;
  readonly log: GatewayLog;
  readonly limits?: SignallingLimits;
  readonly timers?: Timers;
  /** The native library is loaded only here; there is not a binary for every platform. */
  readonly loadRtc?: () => Promise<typeof import('node-datachannel')>;
}

export interface Signalling {
  /** For an upgrade whose ticket was spent: hands the socket to PeerServer. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, holder: SpentTicket): void;
  /** Plain HTTP requests below `path`. */
  readonly app: Express;
  readonly connections: number;
  closeAll(): void;
}

/** What stands in the network view for browsers; null when there is no WebRTC. */
export function makePeerView(signalling: Signalling | null, path: string): { readonly path: string; readonly coordinator: string } | null {
  return signalling && { path, coordinator: COORDINATOR_PEER };
}

/** Null, with one sentence in the log, where WebRTC cannot work: then everything goes by WebSocket. */
export async function createSignalling(options: SignallingOptions): Promise<Signalling | null> {
  const { loadRtc = () => import('node-datachannel'), udpPort, bindAddress, log } = options;
  const rtc = await loadRtc().catch((cause: unknown) => {
    log.warn({ err: cause }, 'WebRTC is off: node-datachannel could not be loaded here, so devices connect by WebSocket.');
    return null;
  });
  if (rtc === null) return null;
  const taken = udpPort === null ? null : await tryUdpPort(udpPort, bindAddress);
  if (taken) {
    log.warn(
      { err: taken },
      `WebRTC is off: UDP port ${udpPort} cannot be used, so devices connect by WebSocket; set UDP_PORT to a free one.`,
    );
    return null;
  }
  return startSignalling(options, rtc);
}

/** The native library would find out only at the first connection, and that one would hang. */
function tryUdpPort(port: number, address: string | null): Promise<Error | null> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', (cause) => {
      socket.close();
      resolve(cause);
    });
    socket.bind(port, address ?? '0.0.0.0', () => socket.close(() => resolve(null)));
  });
}

interface Peer {
  readonly holder: SpentTicket;
  session: AcceptedChannel | null;
  hasOffered: boolean;
}

function startSignalling(options: SignallingOptions, rtc: typeof import('node-datachannel')): Signalling {
  const { log, limits = SIGNALLING_LIMITS, timers = systemTimers } = options;
  const peers = new Map<string, Peer>();
  const sockets = new WebSocketServer({ noServer: true, maxPayload: limits.messageBytes, perMessageDeflate: false });
  const self = createPseudoClient((message) => host.accept(message));
  const host: RtcHost = createRtcHost({
    rtc,
    bindAddress: options.bindAddress,
    udpPort: options.udpPort,
    publicAddress: options.publicAddress,
    limits,
    timers,
    say: (message) => self.emit('message', JSON.stringify(message)),
    authorize(id) {
      const peer = peers.get(id);
      if (!peer || peer.hasOffered) return false;
      peer.hasOffered = true;
      return true;
    },
    onChannel(id, channel) {
      const peer = peers.get(id);
      if (!peer) return channel.close('its signalling is gone');
      peer.session = options.gateway.accept(channel, peer.holder);
    },
    onRefused: (peer, why) => log.info({ peer, why }, 'A WebRTC offer was refused.'),
  });
  const app = mountPeerServer(options, sockets);
  sockets.emit('connection', self, { url: `/?id=${COORDINATOR_PEER}&token=${crypto.randomUUID()}&key=peerjs` });
  const stopHeartbeat = repeat(timers, PSEUDO_HEARTBEAT_MS, () => self.emit('message', '{"type":"HEARTBEAT"}'));

  return {
    app,
    get connections() {
      return host.connections;
    },
    upgrade(request, socket, head, holder) {
      sockets.handleUpgrade(request, socket, head, (ws) => {
        const peer: Peer = { holder, session: null, hasOffered: false };
        peers.set(holder.peer, peer);
        const stopAlarm = timers.after(limits.openMs, () => peer.session ?? ws.close(1000, 'no connection was opened'));
        ws.once('close', () => {
          stopAlarm();
          peers.delete(holder.peer);
          // A closed tab is seen here at once, and on the data channel only after half a minute.
          peer.session?.probe();
        });
        const guarded = createGuardedSocket(ws, { coordinator: COORDINATOR_PEER, limits, nowMs: () => timers.nowMs() });
        sockets.emit('connection', guarded, request);
      });
    },
    closeAll() {
      stopHeartbeat();
      host.closeAll();
      for (const ws of sockets.clients) ws.terminate();
      self.close();
    },
  };
}

/** The server object is only passed through: with a socket server of our own PeerServer does not listen on it. */
function mountPeerServer({ server, path, log }: SignallingOptions, sockets: WebSocketServer): Express {
  const peerServer = ExpressPeerServer(server, { path: '/', alive_timeout: ALIVE_MS, createWebSocketServer: () => sockets });
  // Without a listener one frame that is not JSON would end the process.
  peerServer.on('error', (cause: Error) => log.warn({ err: cause }, 'Signalling met a fault and went on.'));
  const app = express();
  app.disable('x-powered-by');
  app.use(path, peerServer);
  return app;
}

/** To PeerServer a client like any other, without a socket. */
function createPseudoClient(accept: (message: unknown) => void): SignallingSocket {
  return Object.assign(new EventEmitter(), {
    send: (text: string) => accept(JSON.parse(text)),
    close(this: EventEmitter) {
      this.emit('close');
    },
  });
}

function repeat(timers: Timers, everyMs: number, action: () => void): () => void {
  let stop = timers.after(everyMs, run);
  function run(): void {
    action();
    stop = timers.after(everyMs, run);
  }
  return () => stop();
}

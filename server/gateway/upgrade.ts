// The one router of upgrades on the HTTP server: signalling, transport, and nobody else's business.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { FAULT_STATUS, Fault, type FaultBody, type FaultCode } from '../../src/protocol/fault.ts';
import { clientAddress } from './address-range.ts';
import type { Gateway } from './gateway.ts';
import { OVERLOADED_RETRY_MS, SOCKET_LIMITS, type SocketLimits } from './limits.ts';
import type { Signalling } from './signalling.ts';
import type { TicketStore } from './tickets.ts';
import { createWebSocketEndpoint } from './websocket-endpoint.ts';

export const PEER_PATH = '/peer';
const SIGNALLING_PATH = `${PEER_PATH}/peerjs`;
const TRANSPORT_PATH = '/transport';

export interface UpgradeOptions {
  readonly gateway: Pick<Gateway, 'accept'>;
  readonly tickets: Pick<TicketStore, 'spend'>;
  /** Null when WebRTC could not be loaded. */
  readonly signalling: Pick<Signalling, 'upgrade'> | null;
  /** Asked only when the request has an Origin: browsers always send one, headless clients need not. */
  readonly isOriginAllowed: (origin: string) => boolean;
  readonly trustProxy: boolean;
  readonly nowMs: () => number;
  /** Other paths: `leave` them to another listener (Vite's), or `refuse` them. */
  readonly others: 'leave' | 'refuse';
  readonly limits?: SocketLimits;
  /** Has the coordinator more to do than it can? Then nobody new is let in. */
  readonly isOverloaded?: () => boolean;
  /** Called with the code of each connection that was refused. */
  readonly onRefused?: (code: FaultCode) => void;
}

export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** For `server.on('upgrade', …)`. */
export function createUpgradeRouter(options: UpgradeOptions): UpgradeListener {
  const endpoint = createWebSocketEndpoint();
  const countSocket = createSocketCount(options.limits ?? SOCKET_LIMITS);

  return (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    const url = readUrl(request);
    const isOurs = url?.pathname === SIGNALLING_PATH || url?.pathname === TRANSPORT_PATH;
    if (!isOurs && options.others === 'leave') return;
    try {
      if (!url || !isOurs)
        throw new Fault('not-found', `There is nothing to upgrade to here; sockets open at ${TRANSPORT_PATH} and ${PEER_PATH}.`);
      const { origin } = request.headers;
      if (origin !== undefined && !options.isOriginAllowed(origin)) {
        throw new Fault('bad-origin', 'Pages of this origin may not connect here; the operator can add it to ALLOWED_ORIGINS.');
      }
      if (options.isOverloaded?.()) {
        throw new Fault('overloaded', 'The coordinator has too much to do right now; connect again in a few seconds.', {
          facts: { retryAfterMs: OVERLOADED_RETRY_MS },
        });
      }
      const { trustProxy } = options;
      const address = clientAddress({
        remoteAddress: request.socket.remoteAddress,
        forwardedFor: request.headers['x-forwarded-for'],
        trustProxy,
      });
      countSocket(address, socket, () => {
        if (url.pathname === TRANSPORT_PATH) openTransport(url, request, socket, head);
        else openSignalling(url, request, socket, head);
      });
    } catch (cause) {
      if (!(cause instanceof Fault)) throw cause;
      options.onRefused?.(cause.code);
      refuseUpgrade(socket, cause.body);
    }
  };

  function openTransport(url: URL, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const holder = options.tickets.spend(url.searchParams.get('ticket') ?? '', null, options.nowMs());
    endpoint.upgrade(request, socket, head, (channel) => void options.gateway.accept(channel, holder));
  }

  /** PeerJS carries the ticket as its `token`; neither key nor token mean anything to PeerServer itself. */
  function openSignalling(url: URL, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (!options.signalling) throw new Fault('not-found', 'This coordinator has no WebRTC; connect by WebSocket.');
    const holder = options.tickets.spend(url.searchParams.get('token') ?? '', url.searchParams.get('id') ?? '', options.nowMs());
    options.signalling.upgrade(request, socket, head, holder);
  }
}

function readUrl(request: IncomingMessage): URL | null {
  return URL.canParse(request.url ?? '', 'http://here') ? new URL(request.url ?? '', 'http://here') : null;
}

/** Counts open sockets by address; a socket that ends gives its place back. */
function createSocketCount(limits: SocketLimits): (address: string, socket: Duplex, open: () => void) => void {
  const byAddress = new Map<string, number>();
  let inAll = 0;
  return (address, socket, open) => {
    const held = byAddress.get(address) ?? 0;
    if (held >= limits.perAddress || inAll >= limits.inAll) {
      throw new Fault('too-many-requests', `At most ${limits.perAddress} sockets of one address are open at once; close one first.`);
    }
    open();
    inAll++;
    byAddress.set(address, held + 1);
    socket.once('close', () => {
      inAll--;
      const left = (byAddress.get(address) ?? 1) - 1;
      if (left > 0) byAddress.set(address, left);
      else byAddress.delete(address);
    });
  };
}

/** A browser shows a refused upgrade as nothing but an error; this is for people with curl and for the logs of proxies. */
function refuseUpgrade(socket: Duplex, fault: FaultBody): void {
  const body = JSON.stringify(fault);
  const status = FAULT_STATUS[fault.code];
  const retryAfterMs = fault.facts?.retryAfterMs;
  const retry = typeof retryAfterMs === 'number' ? `Retry-After: ${Math.ceil(retryAfterMs / 1_000)}\r\n` : '';
  socket.end(
    `HTTP/1.1 ${status} Refused\r\n${retry}Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

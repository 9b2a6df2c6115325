// A real HTTP server with the gateway, the upgrade router and PeerServer on it, on loopback, for tests of the wire.
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSignalling, type Signalling, type SignallingOptions } from '../../server/gateway/signalling.ts';
import { createTicketStore } from '../../server/gateway/tickets.ts';
import { createUpgradeRouter, PEER_PATH, type UpgradeOptions } from '../../server/gateway/upgrade.ts';
import type { TicketView } from '../../src/protocol/api.ts';
import { createFakeGateway, type FakeGateway, makeHolder } from './fake-gateway.ts';

export interface WireServer extends FakeGateway {
  readonly server: Server;
  readonly baseUrl: string;
  readonly signalling: Signalling | null;
  issueTicket(device?: number): TicketView;
  close(): Promise<void>;
}

export interface WireServerOptions {
  readonly signalling?: Partial<SignallingOptions> | null;
  readonly upgrade?: Partial<UpgradeOptions>;
  readonly fake?: Parameters<typeof createFakeGateway>[0];
}

export const ALLOWED_ORIGIN = 'http://allowed.test';

export async function startWireServer(options: WireServerOptions = {}): Promise<WireServer> {
  const server = createServer();
  const fake = createFakeGateway(options.fake);
  const tickets = createTicketStore();
  const write = (_facts: object, sentence: string): void => void fake.log.push(sentence);
  const signalling =
    options.signalling === null
      ? null
      : await createSignalling({
          server,
          path: PEER_PATH,
          gateway: fake.gateway,
          bindAddress: '127.0.0.1',
          udpPort: null,
          publicAddress: null,
          log: { info: write, warn: write },
          ...options.signalling,
        });
  server.on(
    'upgrade',
    createUpgradeRouter({
      gateway: fake.gateway,
      tickets,
      signalling,
      isOriginAllowed: (origin) => origin === ALLOWED_ORIGIN || origin === `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      trustProxy: false,
      nowMs: Date.now,
      others: 'refuse',
      ...options.upgrade,
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    ...fake,
    server,
    signalling,
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    issueTicket: (device = 2) => tickets.issue(makeHolder(device), Date.now(), (bytes) => randomBytes(bytes)),
    close() {
      // Upgraded sockets are no longer the HTTP server's to close.
      fake.gateway.closeAll({ code: 'draining', sentence: 'The test is over.' });
      signalling?.closeAll();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

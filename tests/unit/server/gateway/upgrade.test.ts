// The real server on loopback: upgrades let through and refused, and sessions over WebSocket.
import { once } from 'node:events';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { COORDINATOR_PEER, makePeerView } from '../../../../server/gateway/signalling.ts';
import { MAX_FRAME_BYTES } from '../../../../src/protocol/frame.ts';
import type { ManifestOutput } from '../../../../src/protocol/job.ts';
import { outputRoot } from '../../../../src/protocol/merkle.ts';
import { openWebSocketChannel } from '../../../../src/transport/websocket.ts';
import { createFakeDevice, HELLO, makeClaim } from '../../../support/fake-gateway.ts';
import { ALLOWED_ORIGIN, startWireServer, type WireServer, type WireServerOptions } from '../../../support/wire-server.ts';

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(options: WireServerOptions = {}): Promise<WireServer> {
  const wire = await startWireServer(options);
  cleanups.push(() => wire.close());
  return wire;
}

/** The status and code with which an upgrade is refused, or 101. */
function tryUpgrade(
  wire: WireServer,
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; code: string | null }> {
  return new Promise((resolve, reject) => {
    const upgrade = request(`${wire.baseUrl}${path}`, {
      headers: {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
        ...headers,
      },
    });
    upgrade.on('upgrade', (_response, socket) => {
      cleanups.push(() => socket.destroy());
      resolve({ status: 101, code: null });
    });
    upgrade.on('response', async (response) => {
      let body = '';
      for await (const chunk of response) body += chunk;
      resolve({ status: response.statusCode ?? 0, code: JSON.parse(body).code });
    });
    upgrade.on('error', reject);
    upgrade.end();
  });
}

function nextEnd(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => socket.once('close', resolve));
}

const OUTPUT: ManifestOutput = {
  name: 'picture',
  layout: { kind: 'byWorkgroup', bytesPerWorkgroup: 262_144 },
  element: 'u8',
  comparison: { kind: 'exact' },
  workgroupsPerLeaf: 1,
};

describe('the upgrade router', () => {
  it('lets a ticket open one transport, and refuses it the second time', async () => {
    const wire = await start({ signalling: null });
    const { ticket } = wire.issueTicket();
    expect(await tryUpgrade(wire, `/transport?ticket=${ticket}`)).toEqual({ status: 101, code: null });
    expect(await tryUpgrade(wire, `/transport?ticket=${ticket}`)).toEqual({ status: 401, code: 'bad-ticket' });
    expect(await tryUpgrade(wire, '/transport')).toEqual({ status: 401, code: 'bad-ticket' });
    expect(await tryUpgrade(wire, '/transport?ticket=%00')).toEqual({ status: 401, code: 'bad-ticket' });
  });

  it('refuses an origin that is not allowed, before the ticket is spent, and asks none of a headless client', async () => {
    const wire = await start({ signalling: null });
    const { ticket } = wire.issueTicket();
    for (const origin of ['http://evil.test', 'null', `${ALLOWED_ORIGIN}.evil.test`]) {
      expect(await tryUpgrade(wire, `/transport?ticket=${ticket}`, { Origin: origin })).toEqual({ status: 403, code: 'bad-origin' });
    }
    expect((await tryUpgrade(wire, `/transport?ticket=${ticket}`, { Origin: ALLOWED_ORIGIN })).status).toBe(101);
  });

  it('refuses other paths, or leaves them to another listener', async () => {
    const wire = await start({ signalling: null });
    for (const path of ['/', '/transport/', '/transports', '/peer', '//peer/peerjs']) {
      expect(await tryUpgrade(wire, path)).toEqual({ status: 404, code: 'not-found' });
    }
    const shared = await start({ signalling: null, upgrade: { others: 'leave' } });
    shared.server.on('upgrade', (incoming, socket) => {
      if (incoming.url === '/vite') socket.end('HTTP/1.1 418 Vite\r\nContent-Length: 15\r\nConnection: close\r\n\r\n{"code":"vite"}');
    });
    expect(await tryUpgrade(shared, '/vite')).toEqual({ status: 418, code: 'vite' });
  });

  it('holds an address to its number of sockets, and gives a place back when one closes', async () => {
    const wire = await start({ signalling: null, upgrade: { limits: { perAddress: 2, inAll: 100 } } });
    const open = async () => {
      const socket = new WebSocket(`${wire.baseUrl.replace('http', 'ws')}/transport?ticket=${wire.issueTicket().ticket}`);
      await new Promise((resolve) => socket.once('open', resolve));
      return socket;
    };
    const sockets: Socket[] = [];
    wire.server.on('connection', (socket) => sockets.push(socket));
    const [first] = [await open(), await open()];
    const spare = wire.issueTicket();
    expect(await tryUpgrade(wire, `/transport?ticket=${spare.ticket}`)).toEqual({ status: 429, code: 'too-many-requests' });
    const closed = once(sockets[0] as Socket, 'close');
    first.close();
    await closed;
    expect((await tryUpgrade(wire, `/transport?ticket=${spare.ticket}`)).status).toBe(101);
  });

  it('holds all addresses together to their number of sockets', async () => {
    const wire = await start({ signalling: null, upgrade: { limits: { perAddress: 100, inAll: 1 } } });
    const open = () => tryUpgrade(wire, `/transport?ticket=${wire.issueTicket().ticket}`);
    expect((await open()).status).toBe(101);
    expect(await open()).toEqual({ status: 429, code: 'too-many-requests' });
  });

  it('refuses signalling without a ticket for that very id: no one becomes the coordinator', async () => {
    const wire = await start();
    const signalling = (id: string, token: string) => tryUpgrade(wire, `/peer/peerjs?key=peerjs&id=${id}&token=${token}`);
    expect(await signalling(COORDINATOR_PEER, wire.issueTicket().ticket)).toEqual({ status: 401, code: 'bad-ticket' });
    expect(await signalling('someone', wire.issueTicket().ticket)).toEqual({ status: 401, code: 'bad-ticket' });
    expect(await signalling('someone', 'token')).toEqual({ status: 401, code: 'bad-ticket' });
    expect(await tryUpgrade(wire, '/peer/peerjs')).toEqual({ status: 401, code: 'bad-ticket' });
    const { ticket, peer } = wire.issueTicket();
    expect((await signalling(peer, ticket)).status).toBe(101);
    expect(await signalling(peer, ticket)).toEqual({ status: 401, code: 'bad-ticket' });
  });

  it('refuses signalling where there is no WebRTC', async () => {
    const wire = await start({ signalling: null });
    const { ticket, peer } = wire.issueTicket();
    expect(await tryUpgrade(wire, `/peer/peerjs?key=peerjs&id=${peer}&token=${ticket}`)).toEqual({ status: 404, code: 'not-found' });
    expect(makePeerView(null, '/peer')).toBeNull();
  });
});

describe('a device over WebSocket', () => {
  async function connect(wire: WireServer) {
    const url = `${wire.baseUrl.replace('http', 'ws')}/transport`;
    return createFakeDevice(await openWebSocketChannel({ url, ticket: wire.issueTicket().ticket, WebSocket }));
  }

  it('says hello, brings a result of a megabyte, and is gone when it closes', async () => {
    const wire = await start({ signalling: null, fake: { outputs: [OUTPUT] } });
    const device = await connect(wire);
    device.say(HELLO);
    expect(await device.next('welcome')).toMatchObject({ build: 'server-build', account: 1, device: 2 });
    const bytes = Uint8Array.from({ length: 1024 * 1024 }, (_, i) => (i * 31) & 255);
    const root = outputRoot(OUTPUT, bytes);
    const outputs = [{ root, bytes: bytes.length, payloadOffset: 0 }];
    device.say(
      {
        type: 'results',
        results: [{ claim: makeClaim(), mac: new Uint8Array(16), outcome: { kind: 'done', outputs, elapsedMs: 1, engine: 'cpu' } }],
        wanted: 0,
        workgroupsPerSecond: 0,
      },
      bytes,
    );
    device.say({ type: 'want', count: 1, workgroupsPerSecond: 0 });
    await device.pipe.drained();
    device.pipe.close();
    await device.ended;
    await expect.poll(() => wire.events.map((event) => event.type).at(-1)).toBe('session-closed');
    const arrived = wire.events.find((event) => event.type === 'results-arrived');
    expect(arrived?.outputs[0]?.[0]?.root).toBe(root);
    expect(wire.events.map((event) => event.type).sort()).toEqual(['results-arrived', 'session-closed', 'session-opened', 'shards-wanted']);
  });

  it('is cut off for a frame above the limit', async () => {
    const wire = await start({ signalling: null });
    const socket = new WebSocket(`${wire.baseUrl.replace('http', 'ws')}/transport?ticket=${wire.issueTicket().ticket}`);
    socket.once('open', () => socket.send(new Uint8Array(MAX_FRAME_BYTES + 1)));
    expect(await nextEnd(socket)).toBe(1009);
    expect(wire.gateway.counts.sessionsWaiting).toBe(0);
  });
});

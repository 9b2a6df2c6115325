// The real signalling on loopback: sessions over WebRTC, what a hostile browser may try, and a coordinator without WebRTC.
import { createSocket } from 'node:dgram';
import { PeerConnection } from 'node-datachannel';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { SIGNALLING_LIMITS } from '../../../../server/gateway/limits.ts';
import { COORDINATOR_PEER, makePeerView } from '../../../../server/gateway/signalling.ts';
import type { ManifestOutput } from '../../../../src/protocol/job.ts';
import { outputRoot } from '../../../../src/protocol/merkle.ts';
import { PROBE_MS } from '../../../../src/transport/message-channel.ts';
import { systemTimers } from '../../../../src/transport/timers.ts';
import { createFakeDevice, HELLO, makeClaim } from '../../../support/fake-gateway.ts';
import { openRtcClient, type RtcClient } from '../../../support/rtc-client.ts';
import { startWireServer, type WireServer, type WireServerOptions } from '../../../support/wire-server.ts';

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function start(options: WireServerOptions = {}): Promise<WireServer> {
  const wire = await startWireServer(options);
  cleanups.push(() => wire.close());
  return wire;
}

async function connectRtc(wire: WireServer, options: { readonly serialization?: string } = {}): Promise<RtcClient> {
  const { ticket, peer } = wire.issueTicket();
  const client = await openRtcClient({ baseUrl: wire.baseUrl, ticket, peer, ...options });
  cleanups.push(() => client.close());
  return client;
}

function nextSignal(socket: WebSocket): Promise<{ readonly type: string }> {
  return new Promise((resolve) => socket.once('message', (data) => resolve(JSON.parse(data.toString()))));
}

function nextEnd(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => socket.once('close', resolve));
}

async function openSignalling(wire: WireServer): Promise<WebSocket> {
  const { ticket, peer } = wire.issueTicket();
  const socket = new WebSocket(`${wire.baseUrl.replace('http', 'ws')}/peer/peerjs?key=peerjs&id=${peer}&token=${ticket}`);
  cleanups.push(() => socket.terminate());
  expect(await nextSignal(socket)).toEqual({ type: 'OPEN' });
  return socket;
}

const OUTPUT: ManifestOutput = {
  name: 'picture',
  layout: { kind: 'byWorkgroup', bytesPerWorkgroup: 262_144 },
  element: 'u8',
  comparison: { kind: 'exact' },
  workgroupsPerLeaf: 1,
};

describe('a device over WebRTC', () => {
  it('opens, says hello, brings a megabyte, and is the device of its ticket', async () => {
    const wire = await start({ fake: { outputs: [OUTPUT] } });
    expect(makePeerView(wire.signalling, '/peer')).toEqual({ path: '/peer', coordinator: COORDINATOR_PEER });
    const client = await connectRtc(wire);
    const device = createFakeDevice(await client.channel);
    expect(device.pipe.kind).toBe('rtc');
    device.say(HELLO);
    expect(await device.next('welcome')).toMatchObject({ account: 1, device: 2 });
    const bytes = Uint8Array.from({ length: 1024 * 1024 }, (_, i) => (i * 17) & 255);
    device.say({ type: 'bytes', claim: makeClaim(), mac: new Uint8Array(16), lengths: [bytes.length] }, bytes);
    await expect.poll(() => wire.events.at(-1)?.type, { timeout: 10_000 }).toBe('bytes-arrived');
    expect(wire.events.at(-1)).toMatchObject({ outputs: [{ root: outputRoot(OUTPUT, bytes) }] });
    expect(wire.gateway.counts).toMatchObject({ sessionsLive: 1, overRtc: 1 });
    expect(wire.signalling?.connections).toBe(1);
    device.pipe.close();
    await expect.poll(() => wire.events.at(-1)?.type).toBe('session-closed');
    await expect.poll(() => wire.signalling?.connections).toBe(0);
    expect(wire.gateway.counts).toMatchObject({ sessionsLive: 0, overRtc: 0 });
  });

  it('is told why before it is closed', async () => {
    const wire = await start();
    const client = await connectRtc(wire);
    const device = createFakeDevice(await client.channel);
    device.say(HELLO);
    await device.next('welcome');
    wire.gateway.closeAll({ code: 'draining', sentence: 'Back in a moment.' });
    expect((await device.next('refused')).fault.code).toBe('draining');
    expect((await device.ended).reason).toBe('closed-there');
  });

  it('is given up soon after its signalling breaks off and it falls silent', async () => {
    const wire = await start();
    const client = await connectRtc(wire);
    const channel = await client.channel;
    const device = createFakeDevice(channel, { ...systemTimers, after: () => () => {} });
    device.say(HELLO);
    await device.next('welcome');
    const brokeAt = systemTimers.nowMs();
    client.signalling.terminate();
    await expect.poll(() => wire.events.at(-1)?.type, { timeout: 2 * PROBE_MS }).toBe('session-closed');
    expect(systemTimers.nowMs() - brokeAt).toBeLessThan(PROBE_MS + 1_500);
    expect(wire.gateway.counts.ended.dead).toBe(1);
  });

  it('opens one connection a ticket and one channel a connection', async () => {
    const wire = await start();
    const client = await connectRtc(wire);
    await client.channel;
    const second = client.connection.createDataChannel('second');
    const closed = new Promise<void>((resolve) => second.onClosed(() => resolve()));
    await closed;
    expect(wire.gateway.counts.sessionsWaiting).toBe(1);

    const extra = new PeerConnection('extra', { iceServers: [], bindAddress: '127.0.0.1' });
    cleanups.push(() => extra.close());
    extra.onLocalDescription((sdp, type) =>
      client.signalling.send(
        JSON.stringify({
          type: 'OFFER',
          dst: COORDINATOR_PEER,
          payload: { type: 'data', connectionId: 'dc_2', serialization: 'raw', sdp: { type, sdp } },
        }),
      ),
    );
    extra.createDataChannel('x');
    await expect.poll(() => wire.log).toContain('A WebRTC offer was refused.');
    expect(wire.signalling?.connections).toBe(1);
  });

  it('is not answered when it offers another serialization', async () => {
    const wire = await start();
    const client = await connectRtc(wire, { serialization: 'binary' });
    // An offer in our own format goes the same way after it, so its answer proves that the first got none.
    const answers: string[] = [];
    client.signalling.on('message', (data) => answers.push(JSON.parse(data.toString()).payload?.connectionId));
    const second = new PeerConnection('second', { iceServers: [], bindAddress: '127.0.0.1' });
    cleanups.push(() => second.close());
    second.onLocalDescription((sdp, type) =>
      client.signalling.send(
        JSON.stringify({
          type: 'OFFER',
          dst: COORDINATOR_PEER,
          payload: { type: 'data', connectionId: 'dc_raw', serialization: 'raw', sdp: { type, sdp } },
        }),
      ),
    );
    second.createDataChannel('x');
    await expect.poll(() => answers.length).toBeGreaterThan(0);
    expect(new Set(answers)).toEqual(new Set(['dc_raw']));
  });

  it('is dropped when its channel does not open in time', async () => {
    const wire = await start({ signalling: { limits: { ...SIGNALLING_LIMITS, openMs: 50 } } });
    const socket = await openSignalling(wire);
    const silent = new PeerConnection('silent', { iceServers: [], bindAddress: '127.0.0.1' });
    cleanups.push(() => silent.close());
    silent.onLocalDescription((sdp, type) =>
      socket.send(
        JSON.stringify({
          type: 'OFFER',
          dst: COORDINATOR_PEER,
          payload: { type: 'data', connectionId: 'dc_1', serialization: 'raw', sdp: { type, sdp } },
        }),
      ),
    );
    const answered = nextSignal(socket);
    silent.createDataChannel('x');
    expect((await answered).type).toBe('ANSWER');
    await nextEnd(socket);
    await expect.poll(() => wire.signalling?.connections).toBe(0);
    expect(wire.gateway.counts).toMatchObject({ sessionsWaiting: 0, opened: 0 });
  });

  it('is refused above the number of connections, and falls back', async () => {
    const wire = await start({ signalling: { limits: { ...SIGNALLING_LIMITS, connections: 1 } } });
    await (await connectRtc(wire)).channel;
    await connectRtc(wire);
    await expect.poll(() => wire.log).toContain('A WebRTC offer was refused.');
    expect(wire.signalling?.connections).toBe(1);
  });

  it('shares one UDP port with the others when one is set', async () => {
    const udpPort = 20_000 + (process.pid % 20_000);
    const wire = await start({ signalling: { udpPort } });
    const clients = await Promise.all([connectRtc(wire), connectRtc(wire)]);
    await Promise.all(clients.map((client) => client.channel));
    for (const client of clients) expect(client.connection.getSelectedCandidatePair()?.remote.port).toBe(udpPort);
  });
});

describe('hostile signalling', () => {
  it.each([
    ['what is not JSON', '{'],
    ['JSON that is no message', 'null'],
    ['a type PeerServer would act on', JSON.stringify({ type: 'LEAVE' })],
    ['an unknown type', JSON.stringify({ type: 'X', dst: COORDINATOR_PEER })],
    ['a message to another peer', JSON.stringify({ type: 'OFFER', dst: 'someone', payload: {} })],
    [
      'more than a message may hold',
      JSON.stringify({ type: 'OFFER', dst: COORDINATOR_PEER, payload: 'x'.repeat(SIGNALLING_LIMITS.messageBytes) }),
    ],
  ])('is closed for %s, and the server lives on', async (_what, text) => {
    const wire = await start();
    const socket = await openSignalling(wire);
    const ended = nextEnd(socket);
    socket.send(text);
    expect([1008, 1009]).toContain(await ended);
    const next = await openSignalling(wire);
    expect(next.readyState).toBe(WebSocket.OPEN);
  });

  it('in offers and candidates is refused without an exception', async () => {
    const wire = await start();
    const socket = await openSignalling(wire);
    const send = (type: string, payload: unknown) => socket.send(JSON.stringify({ type, dst: COORDINATOR_PEER, payload }));
    send('OFFER', null);
    send('OFFER', { type: 'data', connectionId: 'a', serialization: 'raw', sdp: { type: 'offer', sdp: 7 } });
    send('CANDIDATE', { connectionId: 'never', candidate: { candidate: 'x' } });
    send('OFFER', { type: 'data', connectionId: 'b', serialization: 'raw', sdp: { type: 'offer', sdp: 'v=0\r\nnonsense' } });
    send('CANDIDATE', { connectionId: 'b', candidate: { candidate: 'candidate:\u0000', sdpMid: '0' } });
    await expect.poll(() => wire.log).toContain('A WebRTC offer was refused.');
    expect(wire.signalling?.connections).toBe(0);
    expect(socket.readyState).toBe(WebSocket.OPEN);
  });

  it('is closed above its rate', async () => {
    const wire = await start({ signalling: { limits: { ...SIGNALLING_LIMITS, messages: { perSecond: 1, burst: 3 } } } });
    const socket = await openSignalling(wire);
    const ended = nextEnd(socket);
    for (let i = 0; i < 4; i++) socket.send(JSON.stringify({ type: 'HEARTBEAT' }));
    expect(await ended).toBe(1008);
  });
});

describe('without working WebRTC there is no signalling, said in one sentence', () => {
  it('where the native library has no binary', async () => {
    const wire = await start({ signalling: { loadRtc: () => Promise.reject(new Error('no binary')) } });
    expect(wire.signalling).toBeNull();
    expect(wire.log).toEqual(['WebRTC is off: node-datachannel could not be loaded here, so devices connect by WebSocket.']);
  });

  it('where the UDP port is taken', async () => {
    const socket = createSocket('udp4');
    cleanups.push(() => socket.close());
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    const udpPort = socket.address().port;
    const wire = await start({ signalling: { udpPort } });
    expect(wire.signalling).toBeNull();
    expect(wire.log).toEqual([
      `WebRTC is off: UDP port ${udpPort} cannot be used, so devices connect by WebSocket; set UDP_PORT to a free one.`,
    ]);
  });
});

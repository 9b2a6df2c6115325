// One suite for every channel: memory, WebSocket over a real socket, WebRTC over real UDP, and a port bridged to another channel.
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { createRtcChannel } from '../../server/gateway/rtc-channel.ts';
import { MAX_FRAME_BYTES } from '../../src/protocol/frame.ts';
import { type Channel, HIGH_WATER_BYTES } from '../../src/transport/channel.ts';
import { createMemoryPair } from '../../src/transport/memory.ts';
import { bridgeChannel, createPortChannel } from '../../src/transport/port.ts';
import { createSocketChannel, openWebSocketChannel } from '../../src/transport/websocket.ts';
import { openRtcPair } from '../support/rtc-pair.ts';

interface Wire {
  /** The side under test. */
  readonly near: Channel;
  readonly far: Channel;
  /** Stops the far side from reading, until `resume`. */
  pause(): void;
  resume(): void;
  /** Cuts the line without a good-bye, or null where there is no line. */
  readonly cut: (() => void) | null;
}

let server: Server;
let sockets: WebSocketServer;
const cleanups: (() => void)[] = [];

beforeAll(async () => {
  server = createServer();
  sockets = new WebSocketServer({ server, maxPayload: MAX_FRAME_BYTES });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function openMemory(): Wire {
  let isPaused = false;
  const held: (() => void)[] = [];
  const [near, far] = createMemoryPair({ carry: (_frame, deliver) => (isPaused ? held.push(deliver) : queueMicrotask(deliver)) });
  return {
    near,
    far,
    cut: null,
    pause: () => {
      isPaused = true;
    },
    resume: () => {
      isPaused = false;
      for (const deliver of held.splice(0)) deliver();
    },
  };
}

async function openSocket(): Promise<Wire> {
  const { port } = server.address() as AddressInfo;
  const accepted = new Promise<{ far: Channel; socket: Socket }>((resolve) =>
    sockets.once('connection', (ws, request) => resolve({ far: createSocketChannel(ws), socket: request.socket })),
  );
  const near = await openWebSocketChannel({ url: `ws://127.0.0.1:${port}/`, ticket: 't', WebSocket });
  const { far, socket } = await accepted;
  return { near, far, pause: () => socket.pause(), resume: () => socket.resume(), cut: () => socket.destroy() };
}

async function openRtc(): Promise<Wire> {
  const pair = await openRtcPair();
  cleanups.push(pair.close);
  const [near, far] = [pair.offerer, pair.answerer].map((wire) => createRtcChannel(wire, () => {})) as [Channel, Channel];
  // A data channel always reads; its sender's buffer fills because we write faster than UDP carries.
  return { near, far, pause: () => {}, resume: () => {}, cut: null };
}

function openPort(): Wire {
  const behind = openMemory();
  const { port1, port2 } = new MessageChannel();
  bridgeChannel(behind.near, port1);
  const near = createPortChannel(port2, 'rtc');
  cleanups.push(() => port1.close());
  return { ...behind, near };
}

const WIRES: readonly { readonly name: string; readonly kind: string; readonly open: () => Wire | Promise<Wire> }[] = [
  { name: 'memory', kind: 'memory', open: openMemory },
  { name: 'WebSocket', kind: 'ws', open: openSocket },
  { name: 'WebRTC', kind: 'rtc', open: openRtc },
  { name: 'port', kind: 'rtc', open: openPort },
];

function makeFrame(seed: number, length: number): Uint8Array {
  const frame = new Uint8Array(length);
  for (let i = 0; i < length; i++) frame[i] = (seed * 31 + i * 7) & 255;
  return frame;
}

function collectFrames(channel: Channel, count: number): Promise<readonly Uint8Array[]> {
  const frames: Uint8Array[] = [];
  return new Promise((resolve) => {
    channel.onFrame = (frame) => {
      frames.push(frame.slice());
      if (frames.length === count) resolve(frames);
    };
  });
}

function nextClose(channel: Channel): Promise<string> {
  return new Promise((resolve) => {
    channel.onClose = resolve;
  });
}

describe.each(WIRES)('a channel over $name', ({ kind, open }) => {
  it('says its kind', async () => {
    expect((await open()).near.kind).toBe(kind);
  });

  it('carries frames byte for byte and in order, both ways', async () => {
    const { near, far } = await open();
    const sizes = [1, 16, 1_000, MAX_FRAME_BYTES, 3];
    const frames = sizes.map((size, seed) => makeFrame(seed, size));
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      const arrived = collectFrames(to, frames.length);
      for (const frame of frames) expect(from.send(frame.slice())).toBe(true);
      expect(await arrived).toEqual(frames);
    }
  });

  it('sends a view of a larger buffer without touching the rest', async () => {
    const { near, far } = await open();
    const whole = makeFrame(5, 300);
    const arrived = collectFrames(far, 2);
    near.send(whole.subarray(100, 200));
    near.send(whole.subarray(200, 300));
    expect(await arrived).toEqual([makeFrame(5, 300).subarray(100, 200), makeFrame(5, 300).subarray(200, 300)]);
    expect(whole).toEqual(makeFrame(5, 300));
  });

  it('keeps frames for an owner that comes later, and tells the end after them', async () => {
    const { near, far } = await open();
    const closed = nextClose(far);
    near.send(makeFrame(1, 10));
    near.send(makeFrame(2, 20));
    await near.drained();
    near.close('done');
    const frames = await collectFrames(far, 2);
    expect(frames.map((frame) => frame.length)).toEqual([10, 20]);
    await closed;
  });

  it('tells both owners of a close once, and refuses frames afterwards', async () => {
    const { near, far } = await open();
    let ends = 0;
    const nearClosed = new Promise<void>((resolve) => {
      near.onClose = () => {
        ends++;
        resolve();
      };
    });
    const farClosed = nextClose(far);
    far.onFrame = () => {};
    near.onFrame = () => {};
    near.close('enough');
    near.close('again');
    await Promise.all([nearClosed, farClosed]);
    expect(ends).toBe(1);
    expect(near.send(makeFrame(1, 1))).toBe(false);
    await near.drained();
  });

  it('says false above its high-water mark, loses nothing, and drains', async () => {
    const wire = await open();
    const frame = makeFrame(9, MAX_FRAME_BYTES);
    // The kernel's socket buffers come first, so more than the mark is written.
    const most = (HIGH_WATER_BYTES / MAX_FRAME_BYTES) * 40;
    wire.pause();
    let sent = 0;
    let hasRoom = true;
    while (hasRoom && sent < most) {
      hasRoom = wire.near.send(frame.slice());
      sent++;
      if (sent % 64 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(hasRoom).toBe(false);
    const arrived = collectFrames(wire.far, sent);
    wire.resume();
    await wire.near.drained();
    expect(wire.near.send(frame.slice())).toBe(true);
    expect((await arrived).every((other) => other.length === frame.length)).toBe(true);
  });
});

describe('a WebSocket channel', () => {
  it('ends when the line is cut', async () => {
    const { near, cut } = await openSocket();
    near.onFrame = () => {};
    const closed = nextClose(near);
    cut?.();
    expect(await closed).toContain('the socket closed');
  });

  it('closes on text, which is no frame', async () => {
    const accepted = new Promise<WebSocket>((resolve) => sockets.once('connection', resolve));
    const { port } = server.address() as AddressInfo;
    const client = new WebSocket(`ws://127.0.0.1:${port}/`);
    const far = createSocketChannel(await accepted);
    far.onFrame = () => {};
    const closed = nextClose(far);
    client.on('open', () => client.send('hello'));
    expect(await closed).toBe('the other side sent text');
  });

  it('refuses to open where nothing answers, with one sentence', async () => {
    const opening = openWebSocketChannel({ url: 'ws://127.0.0.1:1/transport', ticket: 't', WebSocket });
    await expect(opening).rejects.toMatchObject({ code: 'offline', message: expect.stringContaining('could not reach') });
  });
});

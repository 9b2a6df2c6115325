// Sessions over a wire in memory: hello, versions, the gate of messages, limits, and what the coordinator hears of it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GatewayOptions } from '../../../../server/gateway/gateway.ts';
import { GATEWAY_LIMITS } from '../../../../server/gateway/limits.ts';
import { encodeMessage, MAX_FRAGMENT_BYTES, makeFrames } from '../../../../src/protocol/frame.ts';
import type { ManifestOutput } from '../../../../src/protocol/job.ts';
import { outputRoot } from '../../../../src/protocol/merkle.ts';
import {
  type ClientMessage,
  DEAD_AFTER_MS,
  HEARTBEAT_MS,
  OLDEST_PROTOCOL_VERSION,
  PROTOCOL_VERSION,
} from '../../../../src/protocol/messages.ts';
import { createMemoryPair } from '../../../../src/transport/memory.ts';
import { createFakeClock, settle } from '../../../support/fake-clock.ts';
import { createFakeDevice, createFakeGateway, HELLO, makeClaim, makeHolder } from '../../../support/fake-gateway.ts';

const WANT: ClientMessage = { type: 'want', count: 4, workgroupsPerSecond: 10 };
const OUTPUT: ManifestOutput = {
  name: 'picture',
  layout: { kind: 'byWorkgroup', bytesPerWorkgroup: 8 },
  element: 'u8',
  comparison: { kind: 'exact' },
  workgroupsPerLeaf: 1,
};

function createWorld(options: Partial<GatewayOptions> & { readonly outputs?: readonly ManifestOutput[] } = {}) {
  const timers = createFakeClock();
  const fake = createFakeGateway({ timers, ...options });
  const connect = (device = 2) => {
    const [near, far] = createMemoryPair();
    const accepted = fake.gateway.accept(far, makeHolder(device));
    return { accepted, raw: near, ...createFakeDevice(near, timers) };
  };
  const connectLive = async (device = 2) => {
    const connection = connect(device);
    connection.say(HELLO);
    await settle();
    await settle();
    return connection;
  };
  return { timers, ...fake, connect, connectLive };
}

const refusals = (messages: readonly { readonly type: string }[]) =>
  messages.flatMap((message) => (message.type === 'refused' ? [(message as unknown as { fault: { code: string } }).fault.code] : []));

describe('hello', () => {
  it('is answered by a welcome, and the coordinator hears of the device with its record', async () => {
    const record = { device: 2 as never, verified: 4, outvotedExact: 0, outvotedTolerance: 0, failed: 1 };
    const world = createWorld({ readDevice: () => Promise.resolve(record) });
    const device = await world.connectLive();
    expect(device.messages).toEqual([
      {
        type: 'welcome',
        v: PROTOCOL_VERSION,
        build: 'server-build',
        epoch: 9,
        account: 1,
        device: 2,
        heartbeatMs: HEARTBEAT_MS,
        deadAfterMs: DEAD_AFTER_MS,
      },
    ]);
    expect(world.events).toEqual([
      {
        type: 'session-opened',
        session: 1,
        account: 1,
        accountKind: 'guest',
        device: 2,
        addressRange: '203.0.113.0/24',
        capabilities: (HELLO as { capabilities: unknown }).capabilities,
        record,
      },
    ]);
    expect(world.gateway.counts).toMatchObject({ sessionsLive: 1, sessionsWaiting: 0, opened: 1 });
  });

  it('must come in time', async () => {
    const world = createWorld();
    const device = world.connect();
    await world.timers.advance(GATEWAY_LIMITS.helloMs - 1);
    expect(device.endings).toEqual([]);
    await world.timers.advance(1);
    expect(refusals(device.messages)).toEqual(['bad-message']);
    expect(device.endings.map((ending) => ending.reason)).toEqual(['closed-there']);
    expect(world.events).toEqual([]);
    expect(world.gateway.counts).toMatchObject({ sessionsWaiting: 0, sessionsLive: 0 });
  });

  it.each([
    [OLDEST_PROTOCOL_VERSION - 1, false],
    [OLDEST_PROTOCOL_VERSION, true],
    [PROTOCOL_VERSION, true],
    [PROTOCOL_VERSION + 1, false],
    [Number.MAX_SAFE_INTEGER, false],
  ])('of version %i is taken: %s', async (v, isTaken) => {
    const world = createWorld();
    const device = world.connect();
    device.say({ ...HELLO, v } as ClientMessage);
    await settle();
    await settle();
    expect(device.messages.map((message) => message.type)).toEqual([isTaken ? 'welcome' : 'refused']);
    expect(refusals(device.messages)).toEqual(isTaken ? [] : ['upgrade-required']);
    expect(device.endings).toHaveLength(isTaken ? 0 : 1);
  });

  it('of another version may look otherwise, and is still told to upgrade', async () => {
    const world = createWorld();
    const device = world.connect();
    device.pipe.send(encodeMessage({ type: 'hello', v: PROTOCOL_VERSION + 1, tongue: ['new'] }, new Uint8Array(0)));
    const malformed = world.connect();
    malformed.pipe.send(encodeMessage({ type: 'hello', v: PROTOCOL_VERSION, tongue: ['new'] }, new Uint8Array(0)));
    await settle();
    expect(refusals(device.messages)).toEqual(['upgrade-required']);
    expect(device.endings).toHaveLength(1);
    expect(refusals(malformed.messages)).toEqual(['bad-message']);
  });

  it('must be the first message and small', async () => {
    const world = createWorld();
    const early = world.connect();
    early.say(WANT);
    const large = world.connect();
    large.pipe.send(encodeMessage(HELLO, new Uint8Array(GATEWAY_LIMITS.helloBytes)));
    const fits = world.connect();
    fits.pipe.send(encodeMessage(HELLO, new Uint8Array(GATEWAY_LIMITS.helloBytes - 1_000)));
    await settle();
    await settle();
    expect(refusals(early.messages)).toEqual(['bad-message']);
    expect(early.endings).toHaveLength(1);
    expect(large.endings).toHaveLength(1);
    expect(large.messages).toEqual([]);
    expect(fits.messages.map((message) => message.type)).toEqual(['welcome']);
  });

  it('is said once, and nothing else before the welcome', async () => {
    const world = createWorld();
    const device = world.connect();
    device.say(HELLO);
    device.say(WANT);
    await settle();
    await settle();
    device.say(HELLO);
    await settle();
    expect(refusals(device.messages)).toEqual(['bad-message', 'bad-message']);
    expect(world.events.map((event) => event.type)).toEqual(['session-opened']);
    expect(device.endings).toEqual([]);
  });

  it('ends with a code when the record cannot be read, and opens nothing', async () => {
    const world = createWorld({ readDevice: () => Promise.reject(new Error('disk')) });
    const device = await world.connectLive();
    expect(refusals(device.messages)).toEqual(['storage-failed']);
    expect(device.endings).toHaveLength(1);
    expect(world.events).toEqual([]);
    expect(world.gateway.counts).toMatchObject({ sessionsWaiting: 0, sessionsLive: 0 });
  });

  it('opens nothing when the device left while its record was read', async () => {
    let answer: (record: null) => void = () => {};
    const world = createWorld({
      readDevice: () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    });
    const device = await world.connectLive();
    device.pipe.close();
    await settle();
    answer(null);
    await settle();
    expect(world.events).toEqual([]);
  });

  it('is refused above the connections of one device, and above those of all', async () => {
    const world = createWorld({ limits: { sessionsPerDevice: 2, sessions: 4 } });
    const first = await world.connectLive(7);
    await world.connectLive(7);
    const third = await world.connectLive(7);
    expect(refusals(third.messages)).toEqual(['too-many-requests']);
    first.pipe.close();
    await settle();
    expect((await world.connectLive(7)).messages.map((message) => message.type)).toEqual(['welcome']);
    await world.connectLive(8);
    await world.connectLive(9);
    expect(refusals((await world.connectLive(10)).messages)).toEqual(['too-many-requests']);
    expect(world.gateway.counts.sessionsLive).toBe(4);
  });
});

describe('a live session', () => {
  it('turns messages into events', async () => {
    const world = createWorld({ outputs: [OUTPUT] });
    const device = await world.connectLive();
    const bytes = Uint8Array.from({ length: 32 }, (_, i) => i);
    const [claim, mac, root] = [makeClaim(), new Uint8Array(16), outputRoot(OUTPUT, bytes)];
    const output = { root, bytes: 32, payloadOffset: 0 };
    const result = { claim, mac, outcome: { kind: 'done', outputs: [output], elapsedMs: 3, engine: 'cpu' } } as const;
    device.say(WANT);
    device.say({ type: 'results', results: [result], wanted: 3, workgroupsPerSecond: 20 }, bytes);
    device.say({ type: 'bytes', claim, mac, lengths: [32] }, bytes);
    await settle();
    expect(world.events.slice(1)).toEqual([
      { type: 'shards-wanted', session: 1, count: 4, workgroupsPerSecond: 10 },
      {
        type: 'results-arrived',
        session: 1,
        results: [result],
        outputs: [[{ name: 'picture', root, bytes }]],
        wanted: 3,
        workgroupsPerSecond: 20,
      },
      { type: 'bytes-arrived', session: 1, claim, mac, outputs: [{ name: 'picture', root, bytes }] },
    ]);
  });

  it('drops bytes of a shard that is in no running job', async () => {
    const world = createWorld();
    const device = await world.connectLive();
    device.say({ type: 'bytes', claim: makeClaim(), mac: new Uint8Array(16), lengths: [1] }, new Uint8Array(1));
    await settle();
    expect(world.events).toHaveLength(1);
    expect(refusals(device.messages)).toEqual([]);
  });

  it('gets what the coordinator delivers to it, and nobody else does', async () => {
    const world = createWorld();
    const [one, two] = [await world.connectLive(2), await world.connectLive(3)];
    world.gateway.deliver(2, { type: 'idle', reason: 'no-jobs', retryAfterMs: 10 });
    world.gateway.deliver(99, { type: 'idle', reason: 'no-jobs', retryAfterMs: 10 });
    await settle();
    expect(one.messages).toHaveLength(1);
    expect(two.messages[1]).toEqual({ type: 'idle', reason: 'no-jobs', retryAfterMs: 10 });
  });

  it('is told to come again after a failed commit', async () => {
    const world = createWorld();
    const device = await world.connectLive();
    world.gateway.resume(1, { code: 'storage-failed', sentence: 'Say hello again.' });
    await settle();
    expect(refusals(device.messages)).toEqual(['storage-failed']);
    expect(device.endings.map((ending) => ending.reason)).toEqual(['closed-there']);
    expect(world.events.at(-1)).toEqual({ type: 'session-closed', session: 1 });
  });

  it('forgives two bad messages and closes at the third', async () => {
    const world = createWorld();
    const device = await world.connectLive();
    const bad = encodeMessage({ type: 'want', count: 0, workgroupsPerSecond: 1 }, new Uint8Array(0));
    device.pipe.send(bad);
    device.pipe.send(new Uint8Array(3));
    await settle();
    expect(device.endings).toEqual([]);
    device.say(WANT);
    await settle();
    expect(world.events.map((event) => event.type)).toEqual(['session-opened', 'shards-wanted']);
    device.pipe.send(bad);
    await settle();
    expect(refusals(device.messages)).toEqual(['bad-message', 'bad-message', 'bad-message']);
    expect(device.endings).toHaveLength(1);
    expect(world.events.at(-1)).toEqual({ type: 'session-closed', session: 1 });
    expect(world.gateway.counts.refused['bad-message']).toBe(3);
  });

  it('ends when the device falls silent, and the coordinator hears it once', async () => {
    const timers = createFakeClock();
    const { gateway, events } = createFakeGateway({ timers });
    const [near, far] = createMemoryPair();
    gateway.accept(far, makeHolder());
    for (const frame of makeFrames(1, encodeMessage(HELLO, new Uint8Array(0)))) near.send(frame);
    await timers.advance(DEAD_AFTER_MS);
    expect(events.map((event) => event.type)).toEqual(['session-opened']);
    await timers.advance(HEARTBEAT_MS);
    expect(events.map((event) => event.type)).toEqual(['session-opened', 'session-closed']);
    expect(gateway.counts.ended.dead).toBe(1);
    expect(timers.pending).toBe(0);
  });

  it('ends on a fault of ours with the code internal, and the fault is logged', async () => {
    const world = createWorld();
    const device = await world.connectLive();
    const broken = createFakeGateway({
      timers: world.timers,
      runner: {
        post: (event) => {
          if (event.type === 'shards-wanted') throw new TypeError('a bug');
        },
        shapeOf: () => null,
      },
    });
    device.pipe.close();
    const [near, far] = createMemoryPair();
    broken.gateway.accept(far, makeHolder());
    const other = createFakeDevice(near, world.timers);
    other.say(HELLO);
    await settle();
    await settle();
    other.say(WANT);
    await settle();
    expect(refusals(other.messages)).toEqual(['internal']);
    expect(broken.log).toContain('A session was ended by a fault of the coordinator.');
  });
});

describe('the limits of a session', () => {
  it('let a burst of messages pass and refuse what is above it', async () => {
    const world = createWorld({ limits: { messages: { perSecond: 10, burst: 5 }, strikes: 3 } });
    const device = await world.connectLive();
    for (let i = 0; i < 4; i++) device.say(WANT);
    await settle();
    expect(refusals(device.messages)).toEqual([]);
    device.say(WANT);
    await settle();
    expect(refusals(device.messages)).toEqual(['too-many-requests']);
    await world.timers.advance(100);
    device.say(WANT);
    await settle();
    expect(refusals(device.messages)).toEqual(['too-many-requests']);
    for (let i = 0; i < 2; i++) device.say(WANT);
    await settle();
    expect(device.endings).toHaveLength(1);
  });

  it('cut off who sends more bytes than agreed, counting tiny frames as more than they are', async () => {
    const world = createWorld({ limits: { bytes: { perSecond: 1, burst: 3 * 65_536 }, frameCostBytes: 1_024 } });
    const device = await world.connectLive();
    const [frame] = makeFrames(50, new Uint8Array(10 * MAX_FRAGMENT_BYTES));
    device.raw.send(frame as Uint8Array);
    await settle();
    expect(device.endings).toEqual([]);
    for (let i = 0; i < 3; i++) device.raw.send(frame as Uint8Array);
    await settle();
    expect(device.endings).toHaveLength(1);
    expect(world.gateway.counts.refused).toMatchObject({ 'bad-frame': 1 });

    const tiny = await world.connectLive();
    const beat = encodeMessage({ type: 'heartbeat', sentAtMs: 1 }, new Uint8Array(0));
    for (let i = 0; i < 200; i++) for (const small of makeFrames(i, beat)) tiny.raw.send(small);
    await settle();
    expect(tiny.endings).toHaveLength(1);
    expect(world.gateway.counts.refused['too-many-requests']).toBe(1);
  });

  it('survive any bytes: nothing but a refusal or an end comes of them', async () => {
    const world = createWorld();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 5 }), fc.boolean(), async (messages, isLive) => {
        const device = isLive ? await world.connectLive() : world.connect();
        const before = world.events.length;
        for (const message of messages) device.pipe.send(message);
        await settle();
        expect(world.events.slice(before).filter((event) => event.type !== 'session-closed')).toEqual([]);
        device.pipe.close();
        await settle();
      }),
      { numRuns: 100 },
    );
    expect(world.gateway.counts).toMatchObject({ sessionsLive: 0, sessionsWaiting: 0 });
    expect(world.log).not.toContain('A session was ended by a fault of the coordinator.');
  });
});

describe('closing the gateway', () => {
  it('tells every session why, and every one that comes later', async () => {
    const world = createWorld();
    const [live, waiting] = [await world.connectLive(), world.connect()];
    world.gateway.closeAll({ code: 'draining', sentence: 'The coordinator is restarting; come back in a moment.' });
    const late = world.connect();
    await settle();
    for (const device of [live, waiting, late]) {
      expect(refusals(device.messages)).toEqual(['draining']);
      expect(device.endings).toHaveLength(1);
    }
    expect(world.gateway.counts).toMatchObject({ sessionsLive: 0, sessionsWaiting: 0 });
    expect(world.timers.pending).toBe(0);
  });
});

// Whole messages over frames: order, overtaking, backpressure, heartbeats, and every way to be cut off.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../src/protocol/fault.ts';
import { decodeMessage, encodeMessage, MAX_FRAGMENT_BYTES, MAX_MESSAGE_BYTES, makeFrames } from '../../../src/protocol/frame.ts';
import { DEAD_AFTER_MS, HEARTBEAT_MS } from '../../../src/protocol/messages.ts';
import { type Channel, HIGH_WATER_BYTES, LOW_WATER_BYTES } from '../../../src/transport/channel.ts';
import { createMemoryPair } from '../../../src/transport/memory.ts';
import {
  type ChannelEnding,
  createMessageChannel,
  FRAGMENT_STALL_MS,
  type FramedChannel,
  MAX_OUTBOX_BYTES,
  type MessageChannelOptions,
  PROBE_MS,
} from '../../../src/transport/message-channel.ts';
import { createFakeClock, settle } from '../../support/fake-clock.ts';

interface Side {
  readonly pipe: FramedChannel;
  readonly messages: Uint8Array[];
  readonly endings: ChannelEnding[];
}

function listen(channel: Channel, options: Partial<MessageChannelOptions> = {}): Side {
  const messages: Uint8Array[] = [];
  const endings: ChannelEnding[] = [];
  const pipe = createMessageChannel(channel, {
    onMessage: (bytes) => messages.push(bytes),
    onClose: (ending) => endings.push(ending),
    ...options,
  });
  return { pipe, messages, endings };
}

function makeMessage(tag: number, length: number): Uint8Array {
  const bytes = encodeMessage({ tag }, new Uint8Array(length).fill(tag));
  return bytes;
}

/** Vitest compares typed arrays element by element, which takes seconds for a megabyte. */
function areSame(actual: Uint8Array | undefined, expected: Uint8Array): boolean {
  return actual !== undefined && Buffer.compare(actual, expected) === 0;
}

function tagOf(bytes: Uint8Array): unknown {
  return (decodeMessage(bytes).header as { readonly tag: unknown }).tag;
}

/** A line that lets frames through only when told; what has left is counted by the channel's water marks. */
function createHeldLine() {
  const held: (() => void)[] = [];
  const [near, far] = createMemoryPair({ carry: (_frame, deliver) => void held.push(deliver) });
  return {
    near,
    far,
    get waiting() {
      return held.length;
    },
    async pass(count: number): Promise<void> {
      for (const deliver of held.splice(0, count)) deliver();
      await settle();
    },
    async passAll(): Promise<void> {
      while (held.length > 0) await this.pass(held.length);
    },
  };
}

describe('messages over a channel', () => {
  it('come whole and in order, large and small', async () => {
    const [a, b] = createMemoryPair();
    const timers = createFakeClock();
    const [near, far] = [listen(a, { timers }), listen(b, { timers })];
    const small = [1, 2, 3].map((tag) => makeMessage(tag, 100));
    for (const message of small) near.pipe.send(message);
    const large = makeMessage(4, 1024 * 1024);
    far.pipe.send(large);
    await Promise.all([near.pipe.drained(), far.pipe.drained()]);
    await settle();
    expect(far.messages).toEqual(small);
    expect(near.messages).toHaveLength(1);
    expect(areSame(near.messages[0], large)).toBe(true);
  });

  it('reach an owner only after it has its handle, even those that were waiting', async () => {
    const [a, b] = createMemoryPair();
    for (const frame of makeFrames(1, makeMessage(1, 5))) a.send(frame);
    await settle();
    const far = listen(b, { timers: createFakeClock() });
    expect(far.messages).toEqual([]);
    await settle();
    expect(far.messages).toHaveLength(1);
  });

  it('let small ones overtake a large one between fragments, and starve neither', async () => {
    const line = createHeldLine();
    const timers = createFakeClock();
    const [near, far] = [listen(line.near, { timers }), listen(line.far, { timers })];
    await settle();
    const large = makeMessage(99, 2 * HIGH_WATER_BYTES);
    near.pipe.send(large);
    const blockedAt = line.waiting;
    expect(blockedAt).toBe(Math.ceil(HIGH_WATER_BYTES / (MAX_FRAGMENT_BYTES + 16)));
    for (let tag = 1; tag <= 3; tag++) near.pipe.send(makeMessage(tag, 10));
    await line.passAll();
    expect(far.messages.map(tagOf)).toEqual([1, 2, 3, 99]);
    expect(areSame(far.messages[3], large)).toBe(true);
  });

  it('keep the order of large ones among each other', async () => {
    const line = createHeldLine();
    const timers = createFakeClock();
    const [near, far] = [listen(line.near, { timers }), listen(line.far, { timers })];
    await settle();
    for (let tag = 1; tag <= 12; tag++) near.pipe.send(makeMessage(tag, 3 * MAX_FRAGMENT_BYTES));
    await line.passAll();
    expect(far.messages.map(tagOf)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(far.endings).toEqual([]);
  });

  it('stop at the high-water mark and go on at the low one', async () => {
    const line = createHeldLine();
    const timers = createFakeClock();
    const [near] = [listen(line.near, { timers }), listen(line.far, { timers })];
    await settle();
    near.pipe.send(makeMessage(1, 4 * HIGH_WATER_BYTES));
    const full = line.waiting;
    let isDrained = false;
    void near.pipe.drained().then(() => {
      isDrained = true;
    });
    const untilLow = full - Math.floor(LOW_WATER_BYTES / (MAX_FRAGMENT_BYTES + 16));
    await line.pass(untilLow - 1);
    expect(line.waiting).toBe(full - untilLow + 1);
    await line.pass(1);
    expect(line.waiting).toBeGreaterThan(full - untilLow + 1);
    expect(isDrained).toBe(false);
    await line.passAll();
    expect(isDrained).toBe(true);
    expect(near.pipe.queuedBytes).toBe(0);
  });

  it('end when the reader leaves more than the outbox may hold, and not before', async () => {
    const line = createHeldLine();
    const timers = createFakeClock();
    const near = listen(line.near, { timers });
    await settle();
    const bytes = new Uint8Array(MAX_MESSAGE_BYTES);
    near.pipe.send(bytes);
    near.pipe.send(bytes.subarray(0, MAX_OUTBOX_BYTES - MAX_MESSAGE_BYTES));
    expect(near.endings).toEqual([]);
    near.pipe.send(makeMessage(1, MAX_FRAGMENT_BYTES));
    expect(near.endings.map((ending) => ending.reason)).toEqual(['slow-reader']);
  });
});

describe('the life of a connection', () => {
  it('is kept by heartbeats of both sides while nothing else is said', async () => {
    const [a, b] = createMemoryPair();
    const timers = createFakeClock();
    const [near, far] = [listen(a, { timers }), listen(b, { timers })];
    await timers.advance(10 * DEAD_AFTER_MS);
    expect(near.endings).toEqual([]);
    expect(near.messages.length).toBe(far.messages.length);
    expect(near.messages.length).toBe(Math.floor((10 * DEAD_AFTER_MS) / HEARTBEAT_MS));
    expect(decodeMessage(near.messages[0] as Uint8Array).header).toMatchObject({ type: 'heartbeat' });
  });

  it('ends after the silence that both sides agreed on', async () => {
    const [a] = createMemoryPair({ carry: () => {} });
    const timers = createFakeClock();
    const near = listen(a, { timers });
    await timers.advance(DEAD_AFTER_MS - 1);
    expect(near.endings).toEqual([]);
    await timers.advance(HEARTBEAT_MS);
    expect(near.endings.map((ending) => ending.reason)).toEqual(['dead']);
    expect(timers.pending).toBe(0);
  });

  it('is not ended by our own sleep: what came meanwhile has not been read', async () => {
    const [a] = createMemoryPair({ carry: () => {} });
    const timers = createFakeClock();
    const near = listen(a, { timers });
    await timers.jump(3_600_000);
    expect(near.endings).toEqual([]);
    await timers.advance(DEAD_AFTER_MS + HEARTBEAT_MS);
    expect(near.endings.map((ending) => ending.reason)).toEqual(['dead']);
  });

  it('is probed on a hint: any frame clears it, silence ends it early', async () => {
    const [a, b] = createMemoryPair();
    const timers = createFakeClock();
    const [near] = [listen(a, { timers }), listen(b, { timers })];
    near.pipe.probe();
    await timers.advance(3 * PROBE_MS);
    expect(near.endings).toEqual([]);

    const [mute] = createMemoryPair({ carry: () => {} });
    const other = listen(mute, { timers });
    other.pipe.probe();
    await timers.advance(PROBE_MS - 1);
    expect(other.endings).toEqual([]);
    await timers.advance(1);
    expect(other.endings.map((ending) => ending.reason)).toEqual(['dead']);
  });

  it('ends on both sides by a close, once, and stops its timers', async () => {
    const [a, b] = createMemoryPair();
    const timers = createFakeClock();
    const [near, far] = [listen(a, { timers }), listen(b, { timers })];
    await settle();
    near.pipe.close('bye');
    near.pipe.send(makeMessage(1, 1));
    await settle();
    expect(near.endings.map((ending) => ending.reason)).toEqual(['closed-here']);
    expect(far.endings.map((ending) => ending.reason)).toEqual(['closed-there']);
    expect(timers.pending).toBe(0);
  });

  it('ends when a message is begun and never finished', async () => {
    const [a, b] = createMemoryPair();
    const timers = createFakeClock();
    const far = listen(b, { timers });
    const beat = encodeMessage({ type: 'heartbeat', sentAtMs: 0 }, new Uint8Array(0));
    const [first] = makeFrames(7, new Uint8Array(3 * MAX_FRAGMENT_BYTES));
    a.send(first as Uint8Array);
    for (let ms = 0; ms < FRAGMENT_STALL_MS - HEARTBEAT_MS; ms += HEARTBEAT_MS) {
      for (const frame of makeFrames(1000 + ms, beat)) a.send(frame);
      await timers.advance(HEARTBEAT_MS);
    }
    expect(far.endings).toEqual([]);
    for (const frame of makeFrames(1, beat)) a.send(frame);
    await timers.advance(2 * HEARTBEAT_MS);
    expect(far.endings.map((ending) => ending.fault?.code)).toEqual(['bad-frame']);
  });
});

describe('hostile frames', () => {
  it('end the connection with a code and never an exception', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 200 }), { minLength: 1, maxLength: 10 }), async (frames) => {
        const [a, b] = createMemoryPair();
        const far = listen(b, { timers: createFakeClock() });
        for (const frame of frames) a.send(frame);
        await settle();
        expect(far.endings.every((ending) => ending.reason === 'bad-frame' && ending.fault?.code === 'bad-frame')).toBe(true);
        expect(far.messages.length + far.endings.length).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
  });

  it('that are nearly right: a cut, changed or repeated fragment is refused or gives the very message', async () => {
    const message = makeMessage(5, 3 * MAX_FRAGMENT_BYTES);
    const frames = [...makeFrames(1, message)];
    await fc.assert(
      fc.asyncProperty(fc.nat(frames.length - 1), fc.nat(15), fc.nat(255), async (at, byte, value) => {
        const [a, b] = createMemoryPair();
        const far = listen(b, { timers: createFakeClock() });
        frames.forEach((frame, i) => {
          const sent = frame.slice();
          if (i === at) sent[byte] = value;
          a.send(sent);
        });
        await settle();
        if (far.messages.length > 0) expect(areSame(far.messages[0], message)).toBe(true);
        else expect(far.endings.length === 0 || far.endings[0]?.fault?.code === 'bad-frame').toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it('are judged by the owner before they are put together', async () => {
    const [a, b] = createMemoryPair();
    const far = listen(b, {
      timers: createFakeClock(),
      judgeFrame: (frame) => (frame.length > 100 ? new Fault('too-many-requests', 'Too much.') : null),
    });
    for (const frame of makeFrames(1, makeMessage(1, 10))) a.send(frame);
    for (const frame of makeFrames(2, makeMessage(2, 500))) a.send(frame);
    await settle();
    expect(far.messages).toHaveLength(1);
    expect(far.endings).toEqual([
      { reason: 'bad-frame', sentence: 'Too much.', fault: { code: 'too-many-requests', sentence: 'Too much.', facts: {} } },
    ]);
  });
});

// Messages as bytes and as frames: what comes back, what is refused, every limit on both sides.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeMessage,
  encodeMessage,
  MAX_FRAGMENT_BYTES,
  MAX_FRAME_BYTES,
  MAX_HEADER_BYTES,
  MAX_MESSAGE_BYTES,
  MAX_OPEN_MESSAGES,
  makeFrames,
  Reassembler,
} from '../../../src/protocol/frame.ts';

describe('messages as bytes', () => {
  it('come back as they were, bigints and payload included', () => {
    fc.assert(
      fc.property(
        fc.record({ a: fc.integer(), b: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }), c: fc.string() }),
        fc.uint8Array(),
        (message, payload) => {
          const decoded = decodeMessage(encodeMessage(message, payload));
          const header = decoded.header as { a: number; b: bigint | number; c: string };
          expect([Number(header.a), BigInt(header.b), header.c]).toEqual([message.a, message.b, message.c]);
          expect([...decoded.payload]).toEqual([...payload]);
        },
      ),
    );
  });

  it('are refused by code for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          decodeMessage(bytes);
        } catch (fault) {
          expect(fault).toMatchObject({ code: 'bad-message' });
        }
      }),
    );
  });

  it.each([0, 1, 15, 31, 32, 255, 256, 65_535, 65_536])(
    'come back with bytes and text of %i that look like headers themselves',
    (length) => {
      // 0xdd begins an array of a length to come: whoever reads it as one claims more than there is
      const message = {
        bytes: new Uint8Array(length).fill(0xdd),
        text: 'ý'.repeat(length / 2),
        list: Array<number>(length).fill(1),
        after: 1,
      };
      expect(decodeMessage(encodeMessage(message, new Uint8Array(0))).header).toEqual(message);
    },
  );

  it('are read right after one that was not: the codec is kept', () => {
    const message = { type: 'settled', shards: [{ shard: 1, vote: 'late' }, { list: [[1, 2n ** 60n], { deep: ['text', true] }] }] };
    const right = encodeMessage(message, new Uint8Array(3));
    const length = right.length - 3 - 4;
    const expectRight = () => {
      const { header, payload } = decodeMessage(right);
      expect(header).toEqual(message);
      expect(payload).toEqual(new Uint8Array(3));
    };
    for (let cut = 0; cut < length; cut++) {
      const short = right.slice(0, 4 + cut);
      new DataView(short.buffer).setUint32(0, cut, true);
      expect(() => decodeMessage(short)).toThrow(expect.objectContaining({ code: 'bad-message' }));
      expectRight();
      const trailing = right.slice(0, 4 + length + 1);
      new DataView(trailing.buffer).setUint32(0, length + 1, true);
      expect(() => decodeMessage(trailing)).toThrow(expect.objectContaining({ code: 'bad-message' }));
      const unknown = right.slice();
      unknown[4 + cut] = 0xc1;
      try {
        decodeMessage(unknown);
      } catch (fault) {
        expect(fault).toMatchObject({ code: 'bad-message' });
      }
      expectRight();
    }
  });

  it('are written right after one that could not be: the codec is kept', () => {
    const right = encodeMessage({ a: [1, 2] }, new Uint8Array(0));
    for (const wrong of [{ a: [1, { b: Symbol('no message') }] }, { a: () => 1 }]) {
      expect(() => encodeMessage(wrong, new Uint8Array(0))).toThrow();
      expect(encodeMessage({ a: [1, 2] }, new Uint8Array(0))).toEqual(right);
    }
  });

  it('are each their own bytes, though the encoder keeps its buffer', () => {
    const first = encodeMessage({ a: 1 }, new Uint8Array(0));
    const before = first.slice();
    encodeMessage({ b: 'another, and longer' }, new Uint8Array(0));
    expect(first).toEqual(before);
  });

  it('hold to the limits of header and whole', () => {
    const header = new Uint8Array(4);
    new DataView(header.buffer).setUint32(0, MAX_HEADER_BYTES + 1, true);
    expect(() => decodeMessage(header)).toThrow(/header claims/);
    const overhead = encodeMessage({}, new Uint8Array(0)).length;
    expect(encodeMessage({}, new Uint8Array(MAX_MESSAGE_BYTES - overhead))).toHaveLength(MAX_MESSAGE_BYTES);
    expect(() => encodeMessage({}, new Uint8Array(MAX_MESSAGE_BYTES - overhead + 1))).toThrow(/at most/);
  });
});

describe('frames', () => {
  const message = (length: number, fill: number) => new Uint8Array(length).fill(fill);

  it.each([0, 1, MAX_FRAGMENT_BYTES, MAX_FRAGMENT_BYTES + 1, 3 * MAX_FRAGMENT_BYTES])(
    'put a message of %i bytes together again',
    (length) => {
      const frames = [...makeFrames(1, message(length, 5))];
      expect(frames.every((frame) => frame.length <= MAX_FRAME_BYTES)).toBe(true);
      const reassembler = new Reassembler();
      const done = frames.map((frame) => reassembler.accept(frame));
      expect(done.slice(0, -1).every((part) => part === null)).toBe(true);
      expect(done.at(-1)).toEqual(message(length, 5));
    },
  );

  it('interleave', () => {
    const long = [...makeFrames(1, message(2 * MAX_FRAGMENT_BYTES, 1))];
    const [short] = [...makeFrames(2, message(10, 2))];
    const reassembler = new Reassembler();
    expect(reassembler.accept(long[0]!)).toBeNull();
    expect(reassembler.accept(short!)).toEqual(message(10, 2));
    expect(reassembler.accept(long[1]!)).toEqual(message(2 * MAX_FRAGMENT_BYTES, 1));
  });

  it('may leave so many messages open and no more', () => {
    const reassembler = new Reassembler();
    for (let id = 0; id < MAX_OPEN_MESSAGES; id++) reassembler.accept([...makeFrames(id, message(MAX_FRAGMENT_BYTES + 1, 1))][0]!);
    expect(() => reassembler.accept([...makeFrames(99, message(MAX_FRAGMENT_BYTES + 1, 1))][0]!)).toThrow(/unfinished/);
  });

  it('are refused by code when they overlap, skip, lie about their length, or are noise', () => {
    const frames = [...makeFrames(1, message(3 * MAX_FRAGMENT_BYTES, 1))];
    const accept =
      (...sent: Uint8Array[]) =>
      () =>
        sent.forEach((frame) => shared.accept(frame));
    let shared = new Reassembler();
    expect(accept(frames[0]!, frames[2]!)).toThrow(/overlaps, skips/);
    shared = new Reassembler();
    expect(accept(frames[1]!)).toThrow(/begin/);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (noise) => {
        try {
          new Reassembler().accept(noise);
        } catch (fault) {
          expect(fault).toMatchObject({ code: 'bad-frame' });
        }
      }),
    );
  });

  it('cannot claim more than the largest message', () => {
    const [frame] = [...makeFrames(1, message(10, 1))];
    new DataView(frame!.buffer).setUint32(12, MAX_MESSAGE_BYTES + 1, true);
    expect(() => new Reassembler().accept(frame!)).toThrow(/over the limit/);
  });
});

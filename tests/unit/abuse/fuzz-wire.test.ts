// Fuzzing of what comes off the wire: some thousands of cases here, a million in `npm run test:long`.
import { expect, it } from 'vitest';
import { decodeMessage } from '../../../src/protocol/frame.ts';
import { MAX_HEADER_DEPTH } from '../../../src/protocol/header-shape.ts';
import { fuzzFrames } from './fuzz/fuzz-frames.ts';
import { fuzzMessages } from './fuzz/fuzz-messages.ts';
import { reportTally, SEED } from './fuzz/seed.ts';

it('frames in any order and state are refused as bad-frame, or give a message that was sent', async () => {
  const tally = await fuzzFrames(10_000, SEED);
  reportTally('frames', tally);
  expect(tally.refused['bad-frame']).toBeGreaterThan(2_000);
  expect(tally.taken).toBeGreaterThan(2_000);
});

it('spoilt messages are refused as bad-message, or pass and stay what they are', async () => {
  const tally = await fuzzMessages(20_000, SEED);
  reportTally('messages', tally);
  expect(tally.refused['bad-message']).toBeGreaterThan(5_000);
  expect(tally.taken).toBeGreaterThan(1_000);
});

const ARRAY_OF_20_MILLION = [0xdd, 0x01, 0x31, 0x2d, 0x00];
const withLength = (header: readonly number[]): Uint8Array => Uint8Array.of(header.length, 0, 0, 0, ...header);

it('a header that claims gigabytes is refused before a byte of them is made room for', () => {
  const bytes = withLength(Array.from({ length: 20 }, () => ARRAY_OF_20_MILLION).flat());
  const before = process.memoryUsage().heapUsed;
  for (let times = 0; times < 10; times++) expect(() => decodeMessage(bytes)).toThrow(expect.objectContaining({ code: 'bad-message' }));
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(50_000_000);
});

it('a header may nest so deep and no deeper, and hold what it says and no more', () => {
  const nested = (depth: number) => withLength([...Array<number>(depth - 1).fill(0x91), 0xc0]);
  expect(() => decodeMessage(nested(MAX_HEADER_DEPTH))).not.toThrow();
  expect(() => decodeMessage(nested(MAX_HEADER_DEPTH + 1))).toThrow(/nests deeper/);
  expect(decodeMessage(withLength([0x93, 1, 2, 3])).header).toEqual([1, 2, 3]);
  expect(() => decodeMessage(withLength([0x94, 1, 2, 3]))).toThrow(expect.objectContaining({ code: 'bad-message' }));
  expect(() => decodeMessage(withLength([0x93, 1, 2, 3, 4]))).toThrow(expect.objectContaining({ code: 'bad-message' }));
});

it.each([
  ['a text', [0xa3, 0x61, 0x62, 0x63]],
  ['a text of one length byte', [0xd9, 2, 0x61, 0x62]],
  ['a text of two', [0xda, 0, 2, 0x61, 0x62]],
  ['a text of four', [0xdb, 0, 0, 0, 2, 0x61, 0x62]],
  ['bytes of one', [0xc4, 2, 1, 2]],
  ['bytes of two', [0xc5, 0, 2, 1, 2]],
  ['bytes of four', [0xc6, 0, 0, 0, 2, 1, 2]],
  ['an extension', [0xd5, 9, 1, 2]],
  ['an extension with a length', [0xc7, 2, 9, 1, 2]],
  ['a double', [0xcb, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0]],
  ['a long', [0xd3, 0, 0, 0, 0, 0, 0, 0, 1]],
  ['a map', [0xde, 0, 1, 0xa1, 0x61, 0xff]],
])('%s is read whole and refused when a byte of it is missing', (_what, header) => {
  expect(() => decodeMessage(withLength(header))).not.toThrow();
  expect(() => decodeMessage(withLength(header.slice(0, -1)))).toThrow(expect.objectContaining({ code: 'bad-message' }));
});

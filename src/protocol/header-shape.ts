// Walks a message's MessagePack header before it is decoded: a decoder makes room for whatever an array claims, so that a hundred bytes could take gigabytes.
import { Fault } from './fault.ts';

/** The deepest message, a receipt's refusal with its facts, has five levels. */
export const MAX_HEADER_DEPTH = 8;

/** Bytes of the numbers and the extensions of fixed size, from 0xca on; 0 for what tells its own length. */
const FIXED_BYTES = new Map([
  [0xca, 4],
  [0xcb, 8],
  [0xcc, 1],
  [0xcd, 2],
  [0xce, 4],
  [0xcf, 8],
  [0xd0, 1],
  [0xd1, 2],
  [0xd2, 4],
  [0xd3, 8],
  [0xd4, 2],
  [0xd5, 3],
  [0xd6, 5],
  [0xd7, 9],
  [0xd8, 17],
]);

/** Throws `bad-message` for a header nested too deep, or with an entry that claims more than the bytes that are left. */
export function checkHeaderShape(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  /** Entries still to come, by level. */
  const open = [1];
  let at = 0;
  const readLength = (width: number): number => {
    const from = at;
    at += width;
    if (at > bytes.length) throw refuse();
    return width === 1 ? view.getUint8(from) : width === 2 ? view.getUint16(from) : view.getUint32(from);
  };
  // as a call, because `at += readLength()` would add to where it stood before the length was read
  const skip = (length: number): void => {
    at += length;
  };
  const enter = (entries: number): void => {
    // an entry has one byte at least
    if (entries > bytes.length - at || open.length >= MAX_HEADER_DEPTH) throw refuse();
    open.push(entries);
  };
  while (open.length > 0) {
    const level = open.length - 1;
    if (open[level] === 0) {
      open.pop();
      continue;
    }
    open[level]!--;
    if (at >= bytes.length) throw refuse();
    const head = bytes[at++]!;
    if (head < 0x80 || head >= 0xe0) continue;
    if (head < 0x90) enter(2 * (head & 0x0f));
    else if (head < 0xa0) enter(head & 0x0f);
    else if (head < 0xc0) at += head & 0x1f;
    else if (head === 0xdc || head === 0xdd) enter(readLength(head === 0xdc ? 2 : 4));
    else if (head === 0xde || head === 0xdf) enter(2 * readLength(head === 0xde ? 2 : 4));
    else if (head >= 0xc4 && head <= 0xc6) skip(readLength(1 << (head - 0xc4)));
    else if (head >= 0xc7 && head <= 0xc9) skip(readLength(1 << (head - 0xc7)) + 1);
    else if (head >= 0xd9 && head <= 0xdb) skip(readLength(1 << (head - 0xd9)));
    else at += FIXED_BYTES.get(head) ?? 0;
    if (at > bytes.length) throw refuse();
  }
}

function refuse(): Fault {
  return new Fault('bad-message', `A message header claims more than it holds, or nests deeper than ${MAX_HEADER_DEPTH}; it was dropped.`);
}

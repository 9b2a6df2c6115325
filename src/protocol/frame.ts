// Messages as bytes, and their fragments: 64 KiB frames that interleave, so that a large input never blocks a cancel.
import { Decoder, Encoder } from '@msgpack/msgpack';
import { Fault } from './fault.ts';
import { checkHeaderShape } from './header-shape.ts';

export const FRAME_VERSION = 1;
export const FRAME_HEADER_BYTES = 16;
/** Chromium closes a data channel above 256 KiB; 64 KiB measured as fast as any. */
export const MAX_FRAME_BYTES = 65_536;
export const MAX_FRAGMENT_BYTES = MAX_FRAME_BYTES - FRAME_HEADER_BYTES;
/** A whole message: the largest shard output plus its header. */
export const MAX_MESSAGE_BYTES = 32 * 1024 * 1024;
/** A message's msgpack header. */
export const MAX_HEADER_BYTES = 256 * 1024;
/** Messages a peer may have begun and not finished. */
export const MAX_OPEN_MESSAGES = 8;
/** Bytes of unfinished messages a peer may make us hold. */
export const MAX_OPEN_BYTES = 2 * MAX_MESSAGE_BYTES;

const LAST = 1;
// kept: a codec made anew for each message costs more than a small message
const encoder = new Encoder({ useBigInt64: true });
const decoder = new Decoder({ useBigInt64: true });

/** `u32 headerLength | msgpack header | raw payload`. */
export function encodeMessage(message: unknown, payload: Uint8Array): Uint8Array {
  // a view of the encoder's own buffer: copied before anything else is encoded
  const header = encoder.encodeSharedRef(message);
  const bytes = new Uint8Array(4 + header.length + payload.length);
  new DataView(bytes.buffer).setUint32(0, header.length, true);
  bytes.set(header, 4);
  bytes.set(payload, 4 + header.length);
  if (bytes.length > MAX_MESSAGE_BYTES) {
    throw new Fault('too-large', `This message has ${bytes.length} bytes; send at most ${MAX_MESSAGE_BYTES}.`);
  }
  return bytes;
}

/** Undoes `encodeMessage`; the payload is a view, not a copy. Throws `bad-message`. */
export function decodeMessage(bytes: Uint8Array): { readonly header: unknown; readonly payload: Uint8Array } {
  if (bytes.length < 4) throw new Fault('bad-message', 'A message is shorter than its length field; it was dropped.');
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (length > MAX_HEADER_BYTES || length + 4 > bytes.length) {
    throw new Fault(
      'bad-message',
      `A message's header claims ${length} bytes; it may have ${Math.min(MAX_HEADER_BYTES, bytes.length - 4)}.`,
    );
  }
  const header = bytes.subarray(4, 4 + length);
  checkHeaderShape(header);
  try {
    return { header: decoder.decode(header), payload: bytes.subarray(4 + length) };
  } catch (cause) {
    throw new Fault('bad-message', 'A message header is not MessagePack; it was dropped.', { cause });
  }
}

/** Cuts one message into frames: `u8 version | u8 0 | u8 flags | u8 0 | u32 id | u32 offset | u32 total | bytes`. */
export function* makeFrames(id: number, bytes: Uint8Array): Generator<Uint8Array> {
  let offset = 0;
  do {
    const part = bytes.subarray(offset, offset + MAX_FRAGMENT_BYTES);
    const frame = new Uint8Array(FRAME_HEADER_BYTES + part.length);
    const view = new DataView(frame.buffer);
    frame[0] = FRAME_VERSION;
    frame[2] = offset + part.length === bytes.length ? LAST : 0;
    view.setUint32(4, id, true);
    view.setUint32(8, offset, true);
    view.setUint32(12, bytes.length, true);
    frame.set(part, FRAME_HEADER_BYTES);
    yield frame;
    offset += part.length;
  } while (offset < bytes.length);
}

interface OpenMessage {
  readonly bytes: Uint8Array;
  received: number;
}

/** Puts the frames of one peer together; throws `bad-frame` on anything a correct peer never sends. */
export class Reassembler {
  readonly #open = new Map<number, OpenMessage>();
  #openBytes = 0;

  /** The finished message, or null while fragments are missing. */
  accept(frame: Uint8Array): Uint8Array | null {
    const { id, offset, total, part, isLast } = readFrame(frame);
    const open = this.#open.get(id) ?? this.#begin(id, offset, total);
    if (open.bytes.length !== total || offset !== open.received || offset + part.length > total) {
      throw new Fault('bad-frame', 'A fragment overlaps, skips or changes its message; the connection was closed.');
    }
    open.bytes.set(part, offset);
    open.received += part.length;
    const isDone = open.received === total;
    if (isDone !== isLast) throw new Fault('bad-frame', 'A message ends before or after its last fragment; the connection was closed.');
    if (!isDone) return null;
    this.#open.delete(id);
    this.#openBytes -= total;
    return open.bytes;
  }

  #begin(id: number, offset: number, total: number): OpenMessage {
    if (offset !== 0) throw new Fault('bad-frame', 'A message does not begin at its first fragment; the connection was closed.');
    if (this.#open.size >= MAX_OPEN_MESSAGES || this.#openBytes + total > MAX_OPEN_BYTES) {
      throw new Fault(
        'bad-frame',
        `More than ${MAX_OPEN_MESSAGES} messages or ${MAX_OPEN_BYTES} bytes are unfinished; the connection was closed.`,
      );
    }
    const open = { bytes: new Uint8Array(total), received: 0 };
    this.#open.set(id, open);
    this.#openBytes += total;
    return open;
  }
}

function readFrame(frame: Uint8Array) {
  if (frame.length < FRAME_HEADER_BYTES || frame.length > MAX_FRAME_BYTES || frame[0] !== FRAME_VERSION) {
    throw new Fault(
      'bad-frame',
      `A frame of ${frame.length} bytes, version ${frame[0] ?? 'none'}, cannot be read; the connection was closed.`,
    );
  }
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  const total = view.getUint32(12, true);
  if (total > MAX_MESSAGE_BYTES) throw new Fault('bad-frame', `A message of ${total} bytes is over the limit of ${MAX_MESSAGE_BYTES}.`);
  return {
    id: view.getUint32(4, true),
    offset: view.getUint32(8, true),
    total,
    part: frame.subarray(FRAME_HEADER_BYTES),
    isLast: (frame[2]! & LAST) !== 0,
  };
}

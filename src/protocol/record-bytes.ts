// Writes and reads fixed-size binary records one after another: what messages of many shards are packed with.
import { Fault } from './fault.ts';

const INITIAL_BYTES = 1_024;

/** Little-endian; grows as needed. */
export class RecordWriter {
  #bytes = new Uint8Array(INITIAL_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;
  /** Where what `finish` has not given yet begins. */
  #start = 0;

  /** Forgets everything: views that `finish` gave before are void. */
  reset(): void {
    this.#length = 0;
    this.#start = 0;
  }

  #take(size: number): number {
    const at = this.#length;
    this.#length += size;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return at;
  }

  u8(value: number): void {
    const at = this.#take(1);
    this.#bytes[at] = value;
  }

  u32(value: number): void {
    const at = this.#take(4);
    this.#view.setUint32(at, value, true);
  }

  u64(value: bigint): void {
    const at = this.#take(8);
    this.#view.setBigUint64(at, value, true);
  }

  f64(value: number): void {
    const at = this.#take(8);
    this.#view.setFloat64(at, value, true);
  }

  raw(bytes: Uint8Array): void {
    const at = this.#take(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** What was written since the last `finish`; a view that holds until `reset`. */
  finish(): Uint8Array {
    const written = this.#bytes.subarray(this.#start, this.#length);
    this.#start = this.#length;
    return written;
  }
}

/** Throws `bad-message` at the first record that is cut short or holds a number that cannot be. */
export class RecordReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get hasMore(): boolean {
    return this.#at < this.#bytes.length;
  }

  #take(size: number): number {
    const at = this.#at;
    this.#at += size;
    if (this.#at > this.#bytes.length) throw new Fault('bad-message', 'A packed record of a message is cut short; it was dropped.');
    return at;
  }

  u8(): number {
    return this.#bytes[this.#take(1)]!;
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#take(8), true);
  }

  /** Any number but NaN and the infinities, from 0. */
  positive(): number {
    const value = this.#view.getFloat64(this.#take(8), true);
    if (!(value >= 0 && value < Number.POSITIVE_INFINITY))
      throw new Fault('bad-message', 'A packed record holds a number that cannot be; it was dropped.');
    return value;
  }

  /** A whole number that a double holds exactly. */
  count(): number {
    const value = this.#view.getFloat64(this.#take(8), true);
    if (!(Number.isSafeInteger(value) && value >= 0))
      throw new Fault('bad-message', 'A packed record holds a number that cannot be; it was dropped.');
    // -0 passes the test above
    return value + 0;
  }

  /** A member of `names` by its position. */
  name<Name extends string>(names: readonly Name[]): Name {
    const name = names[this.u8()];
    if (name === undefined) throw new Fault('bad-message', 'A packed record names something unknown; it was dropped.');
    return name;
  }

  /** A view, not a copy. */
  raw(size: number): Uint8Array {
    const at = this.#take(size);
    return this.#bytes.subarray(at, at + size);
  }
}

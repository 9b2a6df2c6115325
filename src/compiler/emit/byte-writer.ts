/** Bytes in the WebAssembly binary format: LEB128 numbers, names, sized sections. */

const scratch = new DataView(new ArrayBuffer(8));
const canonicalNan32 = [0x00, 0x00, 0xc0, 0x7f];
const canonicalNan64 = [0, 0, 0, 0, 0, 0, 0xf8, 0x7f];

export class ByteWriter {
  readonly bytes: number[] = [];

  byte(...values: readonly number[]): this {
    for (const value of values) this.bytes.push(value);
    return this;
  }

  append(values: ArrayLike<number>): this {
    for (let i = 0; i < values.length; i++) this.bytes.push(values[i] ?? 0);
    return this;
  }

  unsigned(value: number): this {
    let rest = value >>> 0;
    while (rest >= 0x80) {
      this.bytes.push((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.bytes.push(rest);
    return this;
  }

  signed(value: number | bigint): this {
    if (typeof value === 'number') return this.signed32(value);
    let rest = value;
    for (;;) {
      const low = Number(rest & 0x7fn);
      rest >>= 7n;
      const isLast = (rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0);
      this.bytes.push(isLast ? low : low | 0x80);
      if (isLast) return this;
    }
  }

  private signed32(value: number): this {
    let rest = value | 0;
    for (;;) {
      const low = rest & 0x7f;
      rest >>= 7;
      const isLast = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
      this.bytes.push(isLast ? low : low | 0x80);
      if (isLast) return this;
    }
  }

  f32(value: number): this {
    if (Number.isNaN(value)) return this.append(canonicalNan32);
    scratch.setFloat32(0, value, true);
    return this.fromScratch(4);
  }

  f64(value: number): this {
    if (Number.isNaN(value)) return this.append(canonicalNan64);
    scratch.setFloat64(0, value, true);
    return this.fromScratch(8);
  }

  private fromScratch(count: number): this {
    for (let i = 0; i < count; i++) this.bytes.push(scratch.getUint8(i));
    return this;
  }

  v128(value: bigint): this {
    for (let at = 0n; at < 128n; at += 8n) this.bytes.push(Number((value >> at) & 0xffn));
    return this;
  }

  name(text: string): this {
    const encoded = new TextEncoder().encode(text);
    return this.unsigned(encoded.length).append(encoded);
  }

  /** A list: its length, then each item. */
  list<T>(items: readonly T[], write: (writer: ByteWriter, item: T, index: number) => void): this {
    this.unsigned(items.length);
    items.forEach((item, index) => write(this, item, index));
    return this;
  }

  /** What `write` makes, with its size in front. */
  sized(write: (writer: ByteWriter) => void): this {
    const inner = new ByteWriter();
    write(inner);
    return this.unsigned(inner.bytes.length).append(inner.bytes);
  }

  section(id: number, write: (writer: ByteWriter) => void): this {
    return this.byte(id).sized(write);
  }
}

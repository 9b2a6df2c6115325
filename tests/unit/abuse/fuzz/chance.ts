// Chance with a seed, and what it does to bytes and texts: the same seed spoils the same way.

export interface Chance {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number;
  /** True in `share` of all asks. */
  happens(share: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
  bytes(length: number): Uint8Array<ArrayBuffer>;
}

/** Mulberry32: small, quick, and good enough to choose where to break things. */
export function createChance(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (limit: number): number => next() % limit;
  return {
    below,
    happens: (share) => next() < share * 0x1_0000_0000,
    pick: (items) => items[below(items.length)]!,
    bytes: (length) => Uint8Array.from({ length }, () => next() & 0xff),
  };
}

/** Numbers that stand at the edges of what a length or a count may be. */
const EDGES = [0, 1, 7, 15, 16, 31, 32, 127, 128, 255, 256, 65_519, 65_520, 65_535, 65_536, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];
/** First bytes of MessagePack's containers, texts, extensions and large numbers, and the one that it never uses. */
const MARKERS = [0x81, 0x8f, 0x91, 0x9f, 0xa1, 0xc0, 0xc1, 0xc4, 0xc6, 0xc7, 0xc9, 0xcb, 0xcf, 0xd3, 0xd6, 0xdb, 0xdc, 0xdd, 0xde, 0xdf];

/** A small injury, sometimes a few; `from` keeps what stands before it as it is, most of the time. */
export function spoilBytes(chance: Chance, bytes: Uint8Array, from = 0): Uint8Array<ArrayBuffer> {
  let spoilt = Uint8Array.from(bytes);
  for (let times = chance.happens(0.6) ? 1 : 1 + chance.below(4); times > 0; times--) {
    const start = chance.happens(0.9) ? Math.min(from, spoilt.length) : 0;
    const at = start + chance.below(Math.max(1, spoilt.length - start));
    spoilt = spoilOnce(chance, spoilt, at);
  }
  return spoilt;
}

function spoilOnce(chance: Chance, bytes: Uint8Array<ArrayBuffer>, at: number): Uint8Array<ArrayBuffer> {
  const rest = bytes.length - at;
  switch (chance.below(8)) {
    case 0:
      if (rest > 0) bytes[at]! ^= 1 << chance.below(8);
      return bytes;
    case 1:
      if (rest > 0) bytes[at] = chance.below(256);
      return bytes;
    case 2:
      if (rest > 0) bytes[at] = chance.pick(MARKERS);
      return bytes;
    case 3:
      if (rest >= 4) new DataView(bytes.buffer).setUint32(at, chance.pick(EDGES), chance.happens(0.5));
      return bytes;
    case 4:
      return bytes.slice(0, at);
    case 5:
      return join(bytes.subarray(0, at), chance.bytes(1 + chance.below(8)), bytes.subarray(at));
    case 6:
      return join(bytes.subarray(0, at), bytes.subarray(at + 1 + chance.below(16)));
    default: {
      const length = chance.below(Math.min(rest, 64) + 1);
      return join(bytes.subarray(0, at), bytes.subarray(at, at + length), bytes.subarray(at));
    }
  }
}

function join(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Characters cut out, doubled, exchanged for others of the text or for `tokens`. */
export function spoilText(chance: Chance, text: string, tokens: readonly string[]): string {
  let spoilt = text;
  for (let times = chance.happens(0.6) ? 1 : 1 + chance.below(4); times > 0; times--) {
    const at = chance.below(spoilt.length + 1);
    const length = chance.below(Math.min(chance.happens(0.5) ? 3 : 40, spoilt.length - at + 1));
    const other = chance.below(spoilt.length + 1);
    const middle = chance.pick([
      '',
      chance.pick(tokens),
      spoilt.slice(other, other + chance.below(40)),
      spoilt.slice(at, at + length).repeat(2),
    ]);
    spoilt = spoilt.slice(0, at) + middle + spoilt.slice(at + length);
  }
  return spoilt;
}

// Packing into a u32 and back, and dot products of packed bytes.
import { any, exactly, f16, f32, type Interval, ulps } from './interval.ts';
import { integer, type Kind, product, type Row, scalar, vector } from './row.ts';
import { halfBits, halfValue } from './run-row.ts';
import { fewInts, floats, uints } from './values.ts';

const words: readonly number[] = [...uints, 0x7f80ff01, 0x80ff7f00, 0x3c00bc00, 0x00018001, 0x7bfffbff, 0x12345678, 0xdeadbeef];

/** Neighbouring values of a list as the components of vectors. */
function vectors(values: readonly number[], width: number): number[][] {
  return values.map((_, i) => Array.from({ length: width }, (__, k) => values[(i + k * 7) % values.length] ?? 0));
}

function row(name: string, args: Row['args'], result: Row['result'], cases: Row['cases'], expect: Row['expect']): Row {
  return {
    category: 'packing',
    name,
    args,
    result,
    text: (...texts) => `${name}(${texts.join(', ')})`,
    cases,
    expect,
    isConstant: () => true,
  };
}

const field = (word: number, i: number, width: number): number => (word >>> (i * width)) & (2 ** width - 1);
const signedField = (word: number, i: number, width: number): number => (field(word, i, width) << (32 - width)) >> (32 - width);
const join = (parts: readonly number[], width: number): number =>
  parts.reduce((word, part, i) => word + ((part & (2 ** width - 1)) >>> 0) * 2 ** (i * width), 0);

/** floor(0.5 + top * x) computed in floats may land on either neighbour where the sum is close to a whole number. */
function normal(x: number, top: number, least: number): Interval {
  const exact = 0.5 + top * Math.min(1, Math.max(least, x));
  const room = Math.abs(exact) * 2 ** -22 + 2 ** -24;
  return { low: Math.floor(exact - room), high: Math.floor(exact + room), isAny: false };
}

function packNormal(name: string, count: number, isSigned: boolean): Row {
  const width = 32 / count;
  const top = isSigned ? 2 ** (width - 1) - 1 : 2 ** width - 1;
  const cases = vectors(
    [...floats.filter((x) => Math.abs(x) < 1e6), ...Array.from({ length: 60 }, (_, i) => Math.fround(Math.sin(i * 1.7) * 1.1))],
    count,
  );
  return row(name, [vector('f32', count)], scalar('u32'), cases, (scalars) => {
    const parts = scalars.map((x) => normal(x, top, isSigned ? -1 : 0));
    const words = product(...parts.map((part) => [part.low, part.high])).map((each) => join(each, width));
    // Where a part leaves a choice the word is no interval, and is not judged.
    return [new Set(words).size === 1 ? integer(words[0] ?? 0) : any];
  });
}

function unpackNormal(name: string, count: number, isSigned: boolean): Row {
  const width = 32 / count;
  const top = isSigned ? 2 ** (width - 1) - 1 : 2 ** width - 1;
  return row(
    name,
    [scalar('u32')],
    vector('f32', count),
    words.map((word) => [word]),
    ([word = 0]) =>
      Array.from({ length: count }, (_, i) => {
        const raw = isSigned ? signedField(word, i, width) : field(word, i, width);
        return ulps(f32, Math.max(raw / top, -1), 3);
      }),
  );
}

function halfRows(): Row[] {
  const values = floats.filter((x) => Math.abs(x) <= 65504);
  return [
    row('pack2x16float', [vector('f32', 2)], scalar('u32'), vectors(values, 2), (scalars) => [
      integer(
        join(
          scalars.map((x) => halfBits(f16.round(x))),
          16,
        ),
      ),
    ]),
    row(
      'unpack2x16float',
      [scalar('u32')],
      vector('f32', 2),
      words.map((word) => [word]),
      ([word = 0]) =>
        [0, 1].map((i) => {
          const value = halfValue(field(word, i, 16));
          return Number.isFinite(value) ? exactly(value) : any;
        }),
    ),
  ];
}

function byteRows(): Row[] {
  const clamp = (x: number, low: number, high: number): number => Math.min(high, Math.max(low, x));
  const pack = (name: string, kind: Kind, toByte: (x: number) => number): Row => {
    const values = [...fewInts, 127, 128, -128, -129, 255, 256].map((x) => (kind === 'u32' ? x >>> 0 : x));
    return row(name, [vector(kind, 4)], scalar('u32'), vectors(values, 4), (s) => [integer(join(s.map(toByte), 8))]);
  };
  const unpack = (name: string, kind: Kind, part: typeof field): Row =>
    row(
      name,
      [scalar('u32')],
      vector(kind, 4),
      words.map((word) => [word]),
      ([word = 0]) => [0, 1, 2, 3].map((i) => integer(part(word, i, 8))),
    );
  const dot = (name: string, kind: Kind, part: typeof field): Row =>
    row(name, [scalar('u32'), scalar('u32')], scalar(kind), vectors(words, 2), ([a = 0, b = 0]) => [
      integer([0, 1, 2, 3].reduce((sum, i) => sum + part(a, i, 8) * part(b, i, 8), 0)),
    ]);
  return [
    pack('pack4xI8', 'i32', (x) => x),
    pack('pack4xU8', 'u32', (x) => x),
    pack('pack4xI8Clamp', 'i32', (x) => clamp(x, -128, 127)),
    pack('pack4xU8Clamp', 'u32', (x) => clamp(x, 0, 255)),
    unpack('unpack4xI8', 'i32', signedField),
    unpack('unpack4xU8', 'u32', field),
    dot('dot4I8Packed', 'i32', signedField),
    dot('dot4U8Packed', 'u32', field),
  ];
}

export function packRows(): Row[] {
  return [
    packNormal('pack4x8snorm', 4, true),
    packNormal('pack4x8unorm', 4, false),
    packNormal('pack2x16snorm', 2, true),
    packNormal('pack2x16unorm', 2, false),
    unpackNormal('unpack4x8snorm', 4, true),
    unpackNormal('unpack4x8unorm', 4, false),
    unpackNormal('unpack2x16snorm', 2, true),
    unpackNormal('unpack2x16unorm', 2, false),
    ...halfRows(),
    ...byteRows(),
  ];
}

// Builtins of integers and bools, each against arithmetic on big integers or on bits written out.
import { any, type Interval } from './interval.ts';
import { componentwise, integer, type Kind, product, type Row, type ScalarRow, scalar, vector, widths } from './row.ts';
import { bools, fewInts, fewUints, ints, someInts, someUints, uints } from './values.ts';

type IntKind = 'i32' | 'u32';
const wrap = (kind: IntKind, value: number): Interval => integer(kind === 'i32' ? value | 0 : value >>> 0);

/** Bit 0 first. */
function bitsOf(value: number): number[] {
  return Array.from({ length: 32 }, (_, i) => (value >>> i) & 1);
}

function fromBits(bits: readonly number[]): number {
  return bits.reduce((sum, bit, i) => sum | (bit << i), 0);
}

function firstLeading(kind: IntKind, value: number): number {
  const bits = bitsOf(value);
  const sign = kind === 'i32' ? (bits[31] ?? 0) : 0;
  return bits.lastIndexOf(1 - sign);
}

function leadingZeros(value: number): number {
  return 31 - bitsOf(value).lastIndexOf(1);
}

function trailingZeros(value: number): number {
  const at = bitsOf(value).indexOf(1);
  return at < 0 ? 32 : at;
}

const unary: readonly [name: string, truth: (kind: IntKind, value: number) => number][] = [
  ['countLeadingZeros', (_, x) => leadingZeros(x)],
  ['countTrailingZeros', (_, x) => trailingZeros(x)],
  ['countOneBits', (_, x) => bitsOf(x).filter((bit) => bit === 1).length],
  ['firstLeadingBit', firstLeading],
  ['firstTrailingBit', (_, x) => bitsOf(x).indexOf(1)],
  ['reverseBits', (_, x) => fromBits(bitsOf(x).reverse())],
  ['abs', (_, x) => Math.abs(x)],
];

const offsets = [0, 1, 5, 16, 31, 32, 40, 4294967295];
const counts = [0, 1, 4, 16, 31, 32, 33, 4294967295];
const fits = (offset: number, count: number): boolean => offset + count <= 32;

function extract(kind: IntKind, value: number, offset: number, count: number): number {
  const from = Math.min(offset, 32);
  const taken = bitsOf(value).slice(from, from + Math.min(count, 32 - from));
  const sign = kind === 'i32' ? (taken.at(-1) ?? 0) : 0;
  return fromBits(Array.from({ length: 32 }, (_, i) => taken[i] ?? sign));
}

function insert(value: number, added: number, offset: number, count: number): number {
  const from = Math.min(offset, 32);
  const end = from + Math.min(count, 32 - from);
  const [bits, more] = [bitsOf(value), bitsOf(added)];
  return fromBits(bits.map((bit, i) => (i >= from && i < end ? (more[i - from] ?? 0) : bit)));
}

/** Offset and count are one u32 each, whatever the width of the first arguments. */
function fieldRows(kind: IntKind): Row[] {
  const [some, few] = kind === 'i32' ? [someInts, fewInts] : [someUints, fewUints];
  const fields = product(offsets, counts);
  return widths.flatMap((width): Row[] => {
    const shape = vector(kind, width);
    const u32 = scalar('u32');
    const pick = (list: readonly number[], c: number): number[] =>
      Array.from({ length: width }, (_, i) => list[(c * 3 + i) % list.length] ?? 0);
    return [
      {
        category: 'integer builtin',
        name: 'extractBits',
        args: [shape, u32, u32],
        result: shape,
        text: (x, offset, count) => `extractBits(${x}, ${offset}, ${count})`,
        cases: fields.map((field, c) => [...pick(some, c), ...field]),
        isAbstract: kind === 'i32',
        expect: (s) => s.slice(0, width).map((x) => wrap(kind, extract(kind, x, s[width] ?? 0, s[width + 1] ?? 0))),
        isConstant: (s) => fits(s[width] ?? 0, s[width + 1] ?? 0),
      },
      {
        category: 'integer builtin',
        name: 'insertBits',
        args: [shape, shape, u32, u32],
        result: shape,
        text: (x, y, offset, count) => `insertBits(${x}, ${y}, ${offset}, ${count})`,
        cases: fields.map((field, c) => [...pick(some, c), ...pick(few, c + 1), ...field]),
        isAbstract: kind === 'i32',
        expect: (s) => s.slice(0, width).map((x, i) => wrap(kind, insert(x, s[width + i] ?? 0, s[2 * width] ?? 0, s[2 * width + 1] ?? 0))),
        isConstant: (s) => fits(s[2 * width] ?? 0, s[2 * width + 1] ?? 0),
      },
    ];
  });
}

function kindRows(kind: IntKind): Row[] {
  const [all, some, few] = kind === 'i32' ? [ints, someInts, fewInts] : [uints, someUints, fewUints];
  const row = (name: string, arity: number, cases: readonly (readonly number[])[], truth: (...x: readonly number[]) => number): Row[] => {
    const base: ScalarRow = {
      category: 'integer builtin',
      name,
      args: new Array<Kind>(arity).fill(kind),
      result: kind,
      text: (...args) => `${name}(${args.join(', ')})`,
      cases,
      expect: (...x) => wrap(kind, truth(...x)),
      // Without a suffix a bit builtin is i32's, and the size of the least i32 fits no i32.
      isAbstract: arity > 1 || name === 'sign',
    };
    return componentwise(name === 'clamp' ? { ...base, isConstant: (_, low, high) => (low ?? 0) <= (high ?? 0) } : base);
  };
  return [
    ...unary.flatMap(([name, truth]) =>
      row(
        name,
        1,
        all.map((x) => [x]),
        (x) => truth(kind, x ?? 0),
      ),
    ),
    ...(kind === 'i32'
      ? row(
          'sign',
          1,
          all.map((x) => [x]),
          (x) => Math.sign(x ?? 0),
        )
      : []),
    ...row('min', 2, product(some, some), (x, y) => Math.min(x ?? 0, y ?? 0)),
    ...row('max', 2, product(some, some), (x, y) => Math.max(x ?? 0, y ?? 0)),
    ...row('clamp', 3, product(few, few, few), (x, low, high) => Math.min(Math.max(x ?? 0, low ?? 0), high ?? 0)),
    ...dotRows(kind, few),
    ...fieldRows(kind),
  ];
}

function dotRows(kind: IntKind, values: readonly number[]): Row[] {
  return [2, 3, 4].map((width) => ({
    category: 'integer builtin',
    name: 'dot',
    args: [vector(kind, width), vector(kind, width)],
    result: scalar(kind),
    text: (x, y) => `dot(${x}, ${y})`,
    cases: Array.from({ length: 40 }, (_, c) =>
      Array.from({ length: 2 * width }, (__, i) => values[(c * 5 + i * 3 + c * i) % values.length] ?? 0),
    ),
    expect: (s) => {
      const sum = s.slice(0, width).reduce((total, x, i) => total + BigInt(x) * BigInt(s[width + i] ?? 0), 0n);
      return [integer(Number(kind === 'i32' ? BigInt.asIntN(32, sum) : BigInt.asUintN(32, sum)))];
    },
    isConstant: (s) => {
      // Every product and partial sum must fit, in whichever order.
      const size = s.slice(0, width).reduce((total, x, i) => total + Math.abs(x * (s[width + i] ?? 0)), 0);
      return size < (kind === 'i32' ? 2 ** 31 : 2 ** 32);
    },
  }));
}

function boolRows(): Row[] {
  const reducers = [2, 3, 4].flatMap((width) =>
    (['any', 'all'] as const).map(
      (name): Row => ({
        category: 'logical builtin',
        name,
        args: [vector('bool', width)],
        result: scalar('bool'),
        text: (x) => `${name}(${x})`,
        cases: product(...Array.from({ length: width }, () => bools)),
        expect: (s) => [integer(Number(name === 'any' ? s.some((bit) => bit === 1) : s.every((bit) => bit === 1)))],
        isConstant: () => true,
      }),
    ),
  );
  const selects = (['f32', 'i32', 'u32', 'bool'] as const).flatMap((kind) => {
    const values = kind === 'bool' ? bools : kind === 'i32' ? fewInts : kind === 'u32' ? fewUints : [0.5, -3, 1e10];
    const cases = product(values, values, bools);
    const text: Row['text'] = (no, yes, condition) => `select(${no}, ${yes}, ${condition})`;
    const perPart = componentwise({
      category: 'logical builtin',
      name: 'select',
      args: [kind, kind, 'bool'],
      result: kind,
      text,
      cases,
      expect: (no, yes, condition) => integer((condition === 1 ? yes : no) ?? 0),
    });
    const byOne = [2, 3, 4].map(
      (width): Row => ({
        category: 'logical builtin',
        name: 'select',
        args: [vector(kind, width), vector(kind, width), scalar('bool')],
        result: vector(kind, width),
        text,
        cases: cases.map(([no = 0, yes = 0, bit = 0]) => [...new Array(width).fill(no), ...new Array(width).fill(yes), bit]),
        expect: (s) =>
          Array.from({ length: width }, (_, i) => (s.length === 2 * width + 1 ? integer(s[s[2 * width] === 1 ? width + i : i] ?? 0) : any)),
        isConstant: () => true,
      }),
    );
    return [...perPart, ...byOne];
  });
  return [...reducers, ...selects];
}

export function integerRows(): Row[] {
  return [...kindRows('i32'), ...kindRows('u32'), ...boolRows()];
}

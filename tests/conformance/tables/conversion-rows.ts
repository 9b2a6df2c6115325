// Explicit conversions and bitcasts between the scalar kinds, in all widths.
import { any, exactly, f16, f32, type Interval, nearest } from './interval.ts';
import { componentwise, integer, type Kind, type Row, typeText, vector, widths } from './row.ts';
import { halfValue } from './run-row.ts';
import { bools, floats, halves, ints, uints } from './values.ts';

const valuesOf: Readonly<Record<Kind, readonly number[]>> = { f32: floats, f16: halves, i32: ints, u32: uints, bool: bools };

function convert(to: Kind, value: number): Interval {
  switch (to) {
    case 'bool':
      return integer(value === 0 ? 0 : 1);
    case 'i32':
      return clampTo(value, -2147483648, 2147483647);
    case 'u32':
      return clampTo(value, 0, 4294967295);
    case 'f32':
      return nearest(f32, value);
    case 'f16':
      return Math.abs(value) > f16.max ? any : nearest(f16, value);
  }
}

/** Too large floats become the largest integer that is also a float; integers of the other sign keep their bits. */
function clampTo(value: number, low: number, high: number): Interval {
  const whole = Math.trunc(value);
  const isInteger = Math.abs(value) < 2 ** 32 && whole === value;
  if (isInteger && (whole < low || whole > high)) return any;
  const largestFloat = high - (high === 2147483647 ? 127 : 255);
  return exactly(Math.min(Math.max(whole, low), whole > high ? largestFloat : high));
}

function conversion(from: Kind, to: Kind): Row[] {
  return widths.flatMap((width) =>
    componentwise(
      {
        category: 'conversion',
        name: `${from} to ${to}`,
        args: [from],
        result: to,
        text: (x) => (width === 1 ? `${to}(${x})` : `vec${width}<${to}>(${x})`),
        cases: valuesOf[from].map((x) => [x]),
        isAbstract: !(isInteger(from) && isInteger(to)),
        expect: (x) => (isInteger(from) && isInteger(to) ? sameBits(to, x) : convert(to, x)),
        isConstant: (x) => !(isInteger(to) && !isInteger(from)) || Math.abs(x) < 2147483648,
      },
      [width],
    ),
  );
}

const isInteger = (kind: Kind): boolean => kind === 'i32' || kind === 'u32';
const sameBits = (to: Kind, x: number): Interval => integer(to === 'i32' ? x | 0 : x >>> 0);

const view = new DataView(new ArrayBuffer(4));

function read(from: Kind, to: Kind, x: number): Interval {
  if (from === 'f32') view.setFloat32(0, x);
  else view.setUint32(0, x >>> 0);
  const value = to === 'f32' ? view.getFloat32(0) : to === 'i32' ? view.getInt32(0) : view.getUint32(0);
  return Number.isFinite(value) ? exactly(value) : any;
}

function bitcast(from: Kind, to: Kind): Row[] {
  return widths.flatMap((width) =>
    componentwise(
      {
        category: 'bitcast',
        name: `${from} as ${to}`,
        args: [from],
        result: to,
        text: (x) => `bitcast<${width === 1 ? to : `vec${width}<${to}>`}>(${x})`,
        cases: valuesOf[from].map((x) => [x]),
        isAbstract: from !== 'u32',
        expect: (x) => read(from, to, x),
      },
      [width],
    ),
  );
}

const kinds = ['f32', 'i32', 'u32'] as const;

export function conversionRows(): Row[] {
  const all = [...kinds, 'bool'] as const;
  return [
    ...all.flatMap((from) => all.filter((to) => to !== from).flatMap((to) => conversion(from, to))),
    ...kinds.flatMap((from) => kinds.flatMap((to) => bitcast(from, to))),
  ];
}

/** Two halves are one word, four are two. */
function halfBitcast(other: (typeof kinds)[number]): Row[] {
  const words = [...uints, 0x3c00bc00, 0x7bff0001, 0x80000400, 0x12345678, 0x40004200];
  const asOther = (word: number): number => {
    view.setUint32(0, word);
    return other === 'f32' ? view.getFloat32(0) : other === 'i32' ? view.getInt32(0) : word;
  };
  const isPlain = (word: number): boolean => Number.isFinite(asOther(word)) && halvesOf(word).every((half) => Number.isFinite(half));
  const plain = words.filter(isPlain);
  return [1, 2].flatMap((count): Row[] => {
    const groups = plain.map((_, i) => Array.from({ length: count }, (__, k) => plain[(i + k * 3) % plain.length] ?? 0));
    const [half, word] = [vector('f16', 2 * count), vector(other, count)];
    const row = (args: Row['args'], result: Row['result'], cases: Row['cases'], expect: Row['expect']): Row => ({
      category: 'bitcast',
      name: args[0] === half ? `f16 as ${other}` : `${other} as f16`,
      args,
      result,
      text: (x) => `bitcast<${typeText(result)}>(${x})`,
      cases,
      expect,
      isConstant: () => true,
      isAbstract: false,
    });
    const halvesIn = groups.map((group) => group.flatMap(halvesOf));
    const wordsIn = groups.map((group) => group.map(asOther));
    return [
      row([half], word, halvesIn, (scalars) => (wordsIn[halvesIn.findIndex((each) => isSame(each, scalars))] ?? []).map(exactly)),
      row([word], half, wordsIn, (scalars) => (halvesIn[wordsIn.findIndex((each) => isSame(each, scalars))] ?? []).map(exactly)),
    ];
  });
}

const halvesOf = (word: number): number[] => [halfValue(word & 0xffff), halfValue(word >>> 16)];
const isSame = (a: readonly number[], b: readonly number[]): boolean => a.every((each, i) => Object.is(each, b[i]));

export function halfConversionRows(): Row[] {
  const others = [...kinds, 'bool'] as const;
  return [...others.flatMap((other) => [...conversion('f16', other), ...conversion(other, 'f16')]), ...kinds.flatMap(halfBitcast)];
}

/** The WebAssembly instructions the compiler uses: opcode, result and how a constant operand folds. */
import type { ValueType } from './ir.ts';
import { vectorOps } from './vector-ops.ts';

export interface OpInfo {
  /** One byte, or a prefix and its instruction's number, with an immediate lane where it has one. */
  readonly code: readonly number[];
  readonly result: ValueType;
  readonly arity: number;
  /** Over constants as ir.ts describes them; null: never folded. */
  readonly fold: ((...args: never[]) => number | bigint) | null;
}

type NumberFold = (a: number, b: number) => number | bigint;
type BigFold = (a: bigint, b: bigint) => number | bigint;

const scratch = new DataView(new ArrayBuffer(8));
const i64 = (value: bigint): bigint => BigInt.asIntN(64, value);
const bit = (value: boolean): number => (value ? 1 : 0);
const pick = (isFirst: boolean, first: number, second: number): number => (isFirst ? first : second);
const { fround } = Math;

function roundEven(x: number): number {
  if (!Number.isFinite(x) || Math.abs(x) >= 4503599627370496) return x;
  const floor = Math.floor(x);
  const rest = x - floor;
  const rounded = rest < 0.5 ? floor : rest > 0.5 ? floor + 1 : floor % 2 === 0 ? floor : floor + 1;
  return rounded === 0 && (x < 0 || Object.is(x, -0)) ? -0 : rounded;
}

function truncSat(x: number, low: number, high: number): number {
  return Number.isNaN(x) ? 0 : Math.min(high, Math.max(low, Math.trunc(x))) | 0;
}

function copysign(x: number, sign: number): number {
  const isNegative = sign < 0 || Object.is(sign, -0);
  return isNegative ? -Math.abs(x) : Math.abs(x);
}

function popcount(a: number): number {
  let count = 0;
  for (let rest = a >>> 0; rest !== 0; rest &= rest - 1) count++;
  return count;
}

function int32(): Record<string, readonly [number, number, NumberFold | null]> {
  return {
    'i32.eqz': [0x45, 1, (a) => bit(a === 0)],
    'i32.eq': [0x46, 2, (a, b) => bit(a === b)],
    'i32.ne': [0x47, 2, (a, b) => bit(a !== b)],
    'i32.lt_s': [0x48, 2, (a, b) => bit(a < b)],
    'i32.lt_u': [0x49, 2, (a, b) => bit(a >>> 0 < b >>> 0)],
    'i32.gt_s': [0x4a, 2, (a, b) => bit(a > b)],
    'i32.gt_u': [0x4b, 2, (a, b) => bit(a >>> 0 > b >>> 0)],
    'i32.le_s': [0x4c, 2, (a, b) => bit(a <= b)],
    'i32.le_u': [0x4d, 2, (a, b) => bit(a >>> 0 <= b >>> 0)],
    'i32.ge_s': [0x4e, 2, (a, b) => bit(a >= b)],
    'i32.ge_u': [0x4f, 2, (a, b) => bit(a >>> 0 >= b >>> 0)],
    'i32.clz': [0x67, 1, (a) => Math.clz32(a)],
    'i32.ctz': [0x68, 1, (a) => (a === 0 ? 32 : 31 - Math.clz32(a & -a))],
    'i32.popcnt': [0x69, 1, (a) => popcount(a)],
    'i32.add': [0x6a, 2, (a, b) => (a + b) | 0],
    'i32.sub': [0x6b, 2, (a, b) => (a - b) | 0],
    'i32.mul': [0x6c, 2, (a, b) => Math.imul(a, b)],
    'i32.div_s': [0x6d, 2, (a, b) => (b === 0 ? a : (a / b) | 0)],
    'i32.div_u': [0x6e, 2, (a, b) => (b === 0 ? a : ((a >>> 0) / (b >>> 0)) | 0)],
    'i32.rem_s': [0x6f, 2, (a, b) => (b === 0 ? 0 : (a % b) | 0)],
    'i32.rem_u': [0x70, 2, (a, b) => (b === 0 ? 0 : ((a >>> 0) % (b >>> 0)) | 0)],
    'i32.and': [0x71, 2, (a, b) => a & b],
    'i32.or': [0x72, 2, (a, b) => a | b],
    'i32.xor': [0x73, 2, (a, b) => a ^ b],
    'i32.shl': [0x74, 2, (a, b) => a << b],
    'i32.shr_s': [0x75, 2, (a, b) => a >> b],
    'i32.shr_u': [0x76, 2, (a, b) => (a >>> b) | 0],
    'i32.rotl': [0x77, 2, (a, b) => ((b & 31) === 0 ? a : (a << b) | (a >>> (32 - (b & 31))))],
  };
}

function float(type: 'f32' | 'f64', base: number, compare: number): Record<string, readonly [number, number, NumberFold | null]> {
  const round = type === 'f32' ? fround : (x: number) => x;
  return {
    [`${type}.eq`]: [compare, 2, (a, b) => bit(a === b)],
    [`${type}.ne`]: [compare + 1, 2, (a, b) => bit(a !== b)],
    [`${type}.lt`]: [compare + 2, 2, (a, b) => bit(a < b)],
    [`${type}.gt`]: [compare + 3, 2, (a, b) => bit(a > b)],
    [`${type}.le`]: [compare + 4, 2, (a, b) => bit(a <= b)],
    [`${type}.ge`]: [compare + 5, 2, (a, b) => bit(a >= b)],
    [`${type}.abs`]: [base, 1, (a) => Math.abs(a)],
    [`${type}.neg`]: [base + 1, 1, (a) => -a],
    [`${type}.ceil`]: [base + 2, 1, (a) => Math.ceil(a)],
    [`${type}.floor`]: [base + 3, 1, (a) => Math.floor(a)],
    [`${type}.trunc`]: [base + 4, 1, (a) => Math.trunc(a)],
    [`${type}.nearest`]: [base + 5, 1, (a) => roundEven(a)],
    [`${type}.sqrt`]: [base + 6, 1, (a) => round(Math.sqrt(a))],
    [`${type}.add`]: [base + 7, 2, (a, b) => round(a + b)],
    [`${type}.sub`]: [base + 8, 2, (a, b) => round(a - b)],
    [`${type}.mul`]: [base + 9, 2, (a, b) => round(a * b)],
    [`${type}.div`]: [base + 10, 2, (a, b) => round(a / b)],
    [`${type}.min`]: [base + 11, 2, (a, b) => Math.min(a, b)],
    [`${type}.max`]: [base + 12, 2, (a, b) => Math.max(a, b)],
    [`${type}.copysign`]: [base + 13, 2, (a, b) => copysign(a, b)],
  };
}

function int64(): Record<string, readonly [number, number, BigFold | null]> {
  return {
    'i64.eqz': [0x50, 1, (a) => bit(a === 0n)],
    'i64.eq': [0x51, 2, (a, b) => bit(a === b)],
    'i64.ne': [0x52, 2, (a, b) => bit(a !== b)],
    'i64.lt_s': [0x53, 2, (a, b) => bit(a < b)],
    'i64.gt_s': [0x55, 2, (a, b) => bit(a > b)],
    'i64.le_s': [0x57, 2, (a, b) => bit(a <= b)],
    'i64.ge_s': [0x59, 2, (a, b) => bit(a >= b)],
    'i64.add': [0x7c, 2, (a, b) => i64(a + b)],
    'i64.sub': [0x7d, 2, (a, b) => i64(a - b)],
    'i64.mul': [0x7e, 2, (a, b) => i64(a * b)],
    'i64.div_s': [0x7f, 2, (a, b) => (b === 0n ? a : i64(a / b))],
    'i64.rem_s': [0x81, 2, (a, b) => (b === 0n ? 0n : i64(a % b))],
    'i64.and': [0x83, 2, (a, b) => a & b],
    'i64.or': [0x84, 2, (a, b) => a | b],
    'i64.xor': [0x85, 2, (a, b) => a ^ b],
    'i64.shl': [0x86, 2, (a, b) => i64(a << (b & 63n))],
    'i64.shr_s': [0x87, 2, (a, b) => a >> (b & 63n)],
    'i64.shr_u': [0x88, 2, (a, b) => i64(BigInt.asUintN(64, a) >> (b & 63n))],
  };
}

const viewed = (write: () => void, read: () => number | bigint): number | bigint => {
  write();
  return read();
};

type AnyFold = ((...args: never[]) => number | bigint) | null;
const conversions: Record<string, readonly [readonly number[], ValueType, AnyFold]> = {
  'i32.wrap_i64': [[0xa7], 'i32', (a: bigint) => Number(BigInt.asIntN(32, a))],
  'i64.extend_i32_s': [[0xac], 'i64', (a: number) => BigInt(a)],
  'i64.extend_i32_u': [[0xad], 'i64', (a: number) => BigInt(a >>> 0)],
  'f32.convert_i32_s': [[0xb2], 'f32', (a: number) => fround(a)],
  'f32.convert_i32_u': [[0xb3], 'f32', (a: number) => fround(a >>> 0)],
  'f32.demote_f64': [[0xb6], 'f32', (a: number) => fround(a)],
  'f64.convert_i32_s': [[0xb7], 'f64', (a: number) => a],
  'f64.convert_i32_u': [[0xb8], 'f64', (a: number) => a >>> 0],
  'f64.convert_i64_s': [[0xb9], 'f64', (a: bigint) => Number(a)],
  'f64.promote_f32': [[0xbb], 'f64', (a: number) => a],
  'i32.reinterpret_f32': [
    [0xbc],
    'i32',
    (a: number) =>
      viewed(
        () => scratch.setFloat32(0, a),
        () => scratch.getInt32(0),
      ),
  ],
  'i64.reinterpret_f64': [
    [0xbd],
    'i64',
    (a: number) =>
      viewed(
        () => scratch.setFloat64(0, a),
        () => scratch.getBigInt64(0),
      ),
  ],
  'f32.reinterpret_i32': [
    [0xbe],
    'f32',
    (a: number) =>
      viewed(
        () => scratch.setInt32(0, a),
        () => scratch.getFloat32(0),
      ),
  ],
  'f64.reinterpret_i64': [
    [0xbf],
    'f64',
    (a: bigint) =>
      viewed(
        () => scratch.setBigInt64(0, a),
        () => scratch.getFloat64(0),
      ),
  ],
  'i32.trunc_sat_f32_s': [[0xfc, 0], 'i32', (a: number) => truncSat(a, -2147483648, 2147483647)],
  'i32.trunc_sat_f32_u': [[0xfc, 1], 'i32', (a: number) => truncSat(a, 0, 4294967295)],
  'i32.trunc_sat_f64_s': [[0xfc, 2], 'i32', (a: number) => truncSat(a, -2147483648, 2147483647)],
  'i32.trunc_sat_f64_u': [[0xfc, 3], 'i32', (a: number) => truncSat(a, 0, 4294967295)],
  'i64.trunc_sat_f64_s': [[0xfc, 6], 'i64', null],
};

/** Of numbers, whether one alone or two: gives 0 or 1. */
export const isComparison = opTest(/\.(eqz?|ne|[lg][te](_[su])?)$/);

function makeTable(): Map<string, OpInfo> {
  const table = new Map<string, OpInfo>();
  for (const group of [int32(), int64(), float('f32', 0x8b, 0x5b), float('f64', 0x99, 0x61)]) {
    for (const [name, [code, arity, fold]] of Object.entries(group)) {
      const result = isComparison(name) ? 'i32' : (name.slice(0, 3) as ValueType);
      table.set(name, { code: [code], result, arity, fold: fold as AnyFold });
    }
  }
  for (const [name, [code, result, fold]] of Object.entries(conversions)) table.set(name, { code, result, arity: 1, fold });
  for (const [name, [code, result, arity]] of Object.entries(vectorOps())) table.set(name, { code, result, arity, fold: null });
  return table;
}

const table = makeTable();

/**
 * The lesser and the greater as WGSL words it: b if it is less (greater) than a, and a otherwise. There is no such instruction for one number; the emitter
 * borrows that for four, which is one machine instruction where `f32.min`, with its rules for NaN and -0, is many with jumps.
 */
table.set('f32.pmin', { code: opInfo('f32x4.pmin').code, result: 'f32', arity: 2, fold: (a: number, b: number) => pick(b < a, b, a) });
table.set('f32.pmax', { code: opInfo('f32x4.pmax').code, result: 'f32', arity: 2, fold: (a: number, b: number) => pick(a < b, b, a) });

/** Does a name match? Asked of the same few names again and again. */
export function opTest(pattern: RegExp): (name: string) => boolean {
  const known = new Map<string, boolean>();
  return (name) => {
    let matches = known.get(name);
    if (matches === undefined) {
      matches = pattern.test(name);
      known.set(name, matches);
    }
    return matches;
  };
}

export function opInfo(name: string): OpInfo {
  const info = table.get(name);
  if (info === undefined) throw new Error(`no operation ${name}`);
  return info;
}

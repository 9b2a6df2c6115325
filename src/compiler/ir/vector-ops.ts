/** WebAssembly's SIMD instructions that the compiler uses, by name: code, result, operands. Lane numbers are part of the name. */
import type { ValueType } from './ir.ts';

type Entry = readonly [code: readonly number[], result: ValueType, arity: number];

/** The prefix, then the number as LEB128. */
function simd(number: number, ...immediates: readonly number[]): readonly number[] {
  const encoded = number < 0x80 ? [number] : [(number & 0x7f) | 0x80, number >> 7];
  return [0xfd, ...encoded, ...immediates];
}

const binary: Readonly<Record<string, number>> = {
  'i32x4.eq': 0x37,
  'i32x4.ne': 0x38,
  'i32x4.lt_s': 0x39,
  'i32x4.lt_u': 0x3a,
  'i32x4.gt_s': 0x3b,
  'i32x4.gt_u': 0x3c,
  'i32x4.le_s': 0x3d,
  'i32x4.le_u': 0x3e,
  'i32x4.ge_s': 0x3f,
  'i32x4.ge_u': 0x40,
  'f32x4.eq': 0x41,
  'f32x4.ne': 0x42,
  'f32x4.lt': 0x43,
  'f32x4.gt': 0x44,
  'f32x4.le': 0x45,
  'f32x4.ge': 0x46,
  'v128.and': 0x4e,
  'v128.andnot': 0x4f,
  'v128.or': 0x50,
  'v128.xor': 0x51,
  'i32x4.shl': 0xab,
  'i32x4.shr_s': 0xac,
  'i32x4.shr_u': 0xad,
  'i32x4.add': 0xae,
  'i32x4.sub': 0xb1,
  'i32x4.mul': 0xb5,
  'i32x4.min_s': 0xb6,
  'i32x4.min_u': 0xb7,
  'i32x4.max_s': 0xb8,
  'i32x4.max_u': 0xb9,
  'f32x4.add': 0xe4,
  'f32x4.sub': 0xe5,
  'f32x4.mul': 0xe6,
  'f32x4.div': 0xe7,
  'f32x4.min': 0xe8,
  'f32x4.max': 0xe9,
  'f32x4.pmin': 0xea,
  'f32x4.pmax': 0xeb,
};

const unary: Readonly<Record<string, number>> = {
  'i32x4.splat': 0x11,
  'f32x4.splat': 0x13,
  'v128.not': 0x4d,
  'f32x4.ceil': 0x67,
  'f32x4.floor': 0x68,
  'f32x4.trunc': 0x69,
  'f32x4.nearest': 0x6a,
  'i32x4.neg': 0xa1,
  'f32x4.abs': 0xe0,
  'f32x4.neg': 0xe1,
  'f32x4.sqrt': 0xe3,
  'i32x4.trunc_sat_f32x4_s': 0xf8,
  'i32x4.trunc_sat_f32x4_u': 0xf9,
  'f32x4.convert_i32x4_s': 0xfa,
  'f32x4.convert_i32x4_u': 0xfb,
};

export function vectorOps(): Record<string, Entry> {
  const table: Record<string, Entry> = {
    'v128.bitselect': [simd(0x52), 'v128', 3],
    'v128.any_true': [simd(0x53), 'i32', 1],
    'i32x4.all_true': [simd(0xa3), 'i32', 1],
    'i32x4.bitmask': [simd(0xa4), 'i32', 1],
  };
  for (const [name, code] of Object.entries(binary)) table[name] = [simd(code), 'v128', 2];
  for (const [name, code] of Object.entries(unary)) table[name] = [simd(code), 'v128', 1];
  for (const lane of [0, 1, 2, 3]) {
    table[`i32x4.extract_lane_${lane}`] = [simd(0x1b, lane), 'i32', 1];
    table[`i32x4.replace_lane_${lane}`] = [simd(0x1c, lane), 'v128', 2];
    table[`f32x4.extract_lane_${lane}`] = [simd(0x1f, lane), 'f32', 1];
    table[`f32x4.replace_lane_${lane}`] = [simd(0x20, lane), 'v128', 2];
  }
  return table;
}

/**
 * Half precision while a shader runs: an f16 is held as an f32 that is a half. One operation on halves is done in f32 and rounded once; for + - * / and
 * sqrt that is the correctly rounded half, because an f32 has more than twice its bits. In memory a half is two bytes.
 */
import { f32, i32, op, select } from '../ir/build.ts';
import type { Expr } from '../ir/ir.ts';
import type { FunctionBuilder } from './function-builder.ts';

/** To the nearest half, ties to even; what is too large becomes infinite. */
export function roundHalf(builder: FunctionBuilder, value: Expr): Expr {
  const kept = builder.keep(value);
  // 131072 rounds to infinity like everything above it, and keeps the exponent below within bounds.
  const size = builder.keep(op('f32.pmin', op('f32.abs', kept), f32(131072)));
  const exponent = builder.keep(op('i32.and', op('i32.reinterpret_f32', size), i32(0x7f800000)));
  const least = i32(0x38800000);
  const bounded = select(op('i32.gt_s', exponent, least), exponent, least);
  // 2^13 times the number's power of two: adding it pushes out the bits that a half has not.
  const magic = builder.keep(op('f32.reinterpret_i32', op('i32.add', bounded, i32(13 << 23))));
  const rounded = builder.keep(op('f32.sub', op('f32.add', size, magic), magic));
  const limited = select(op('f32.gt', rounded, f32(65504)), f32(Number.POSITIVE_INFINITY), rounded);
  return op('f32.copysign', limited, kept);
}

/** 2^112 is what the exponents' biases are apart: times it, the bits of a half become those of an f32, subnormals and all. */
const biases = 2 ** 112;

/** The 16 bits of a value that is a half; of a NaN, whose sign is the machine's, there is one. */
export function bitsOfHalf(builder: FunctionBuilder, half: Expr): Expr {
  const kept = builder.keep(half);
  const bits = builder.keep(op('i32.reinterpret_f32', op('f32.mul', kept, f32(1 / biases))));
  const size = builder.keep(op('i32.shr_u', op('i32.and', bits, i32(0x7fffffff)), i32(13)));
  const infinity = i32(0x7c00);
  const finite = select(op('i32.lt_u', size, infinity), size, infinity);
  const number = op('i32.or', finite, op('i32.and', op('i32.shr_u', bits, i32(16)), i32(0x8000)));
  return select(op('f32.eq', kept, kept), number, i32(0x7e00));
}

/** Of an i32 that has nothing above its 16 bits. */
export function halfOfBits(builder: FunctionBuilder, bits: Expr): Expr {
  const kept = builder.keep(bits);
  const size = builder.keep(op('i32.shl', op('i32.and', kept, i32(0x7fff)), i32(13)));
  const finite = op('f32.mul', op('f32.reinterpret_i32', size), f32(biases));
  const special = op('f32.reinterpret_i32', op('i32.or', size, i32(0x7f800000)));
  const magnitude = select(op('i32.lt_u', size, i32(0x7c00 << 13)), finite, special);
  return op('f32.copysign', magnitude, op('f32.reinterpret_i32', op('i32.shl', kept, i32(16))));
}

/** Halves side by side in words, the first in the low half. */
export function joinHalves(builder: FunctionBuilder, parts: readonly Expr[]): Expr[] {
  return Array.from({ length: parts.length / 2 }, (_, i) => {
    const [low = i32(0), high = i32(0)] = parts.slice(2 * i).map((part) => builder.keep(bitsOfHalf(builder, part)));
    return op('i32.or', low, op('i32.shl', high, i32(16)));
  });
}

export function splitHalves(builder: FunctionBuilder, words: readonly Expr[]): Expr[] {
  return words.flatMap((word) => {
    const kept = builder.keep(word);
    return [halfOfBits(builder, op('i32.and', kept, i32(0xffff))), halfOfBits(builder, op('i32.shr_u', kept, i32(16)))];
  });
}

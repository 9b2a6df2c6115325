/** Builtins that pack small numbers into a u32 and back, and dot products of packed bytes. */
import { SourceFault, type Span } from '../../diagnostics.ts';
import { f32, i32, op, select } from '../../ir/build.ts';
import type { Expr } from '../../ir/ir.ts';
import { type ScalarName, scalarType, type Type, vectorType } from '../../resolve/types.ts';
import { convertTo } from '../convert.ts';
import { bitsOfHalf, halfOfBits, roundHalf } from '../f16.ts';
import type { FunctionBuilder } from '../function-builder.ts';
import { type PartsValue, partsValue } from '../value.ts';
import { type Builtin, countArguments, perFloat } from './componentwise.ts';

function typed(args: readonly PartsValue[], types: readonly Type[], span: Span): readonly (readonly Expr[])[] {
  countArguments(args, types.length, span);
  return args.map((arg, i) => (convertTo(arg, types[i] ?? arg.type, span) as PartsValue).parts);
}

function joinBits(parts: readonly Expr[], width: number): Expr {
  return parts.map((part, i) => op('i32.shl', part, i32(i * width))).reduce((a, b) => op('i32.or', a, b));
}

/** Packs `count` components, each turned into bits that leave nothing above their width. */
function packer(count: number, scalar: ScalarName, toBits: (builder: FunctionBuilder, part: Expr) => Expr): Builtin {
  return (builder, args, span) => {
    const [parts = []] = typed(args, [vectorType(count, scalar)], span);
    return partsValue(
      scalarType('u32'),
      joinBits(
        parts.map((part) => toBits(builder, part)),
        32 / count,
      ),
    );
  };
}

function unpacker(count: number, scalar: ScalarName, fromBits: (builder: FunctionBuilder, bits: Expr) => Expr): Builtin {
  return (builder, args, span) => {
    const [[packed] = []] = typed(args, [scalarType('u32')], span);
    if (packed === undefined) throw new SourceFault('type', 'Expected a u32 here.', span);
    const kept = builder.keep(packed);
    const width = 32 / count;
    const parts = Array.from({ length: count }, (_, i) => fromBits(builder, op('i32.shr_u', kept, i32(i * width))));
    return { kind: 'parts', type: vectorType(count, scalar), parts };
  };
}

const mask = (part: Expr, width: number): Expr => op('i32.and', part, i32(width === 8 ? 0xff : 0xffff));
const signExtend = (part: Expr, width: number): Expr => op('i32.shr_s', op('i32.shl', part, i32(32 - width)), i32(32 - width));

function toNormal(width: 8 | 16, isSigned: boolean): (builder: FunctionBuilder, part: Expr) => Expr {
  const top = isSigned ? 2 ** (width - 1) - 1 : 2 ** width - 1;
  return (_, part) => {
    const bounded = op('f32.pmin', op('f32.pmax', part, f32(isSigned ? -1 : 0)), f32(1));
    const rounded = op('f32.floor', op('f32.add', f32(0.5), op('f32.mul', bounded, f32(top))));
    return mask(op('i32.trunc_sat_f32_s', rounded), width);
  };
}

function fromNormal(width: 8 | 16, isSigned: boolean): (builder: FunctionBuilder, bits: Expr) => Expr {
  const top = isSigned ? 2 ** (width - 1) - 1 : 2 ** width - 1;
  return (_, bits) => {
    if (!isSigned) return op('f32.div', op('f32.convert_i32_s', mask(bits, width)), f32(top));
    return op('f32.pmax', op('f32.div', op('f32.convert_i32_s', signExtend(bits, width)), f32(top)), f32(-1));
  };
}

function clampByte(low: number, high: number): (builder: FunctionBuilder, part: Expr) => Expr {
  return (builder, part) => {
    const kept = builder.keep(part);
    const least = low === 0 ? kept : builder.keep(select(op('i32.gt_s', kept, i32(low)), kept, i32(low)));
    return mask(select(op(low === 0 ? 'i32.lt_u' : 'i32.lt_s', least, i32(high)), least, i32(high)), 8);
  };
}

function dotPacked(isSigned: boolean): Builtin {
  return (builder, args, span) => {
    const [[a] = [], [b] = []] = typed(args, [scalarType('u32'), scalarType('u32')], span);
    if (a === undefined || b === undefined) throw new SourceFault('type', 'Expected two u32 here.', span);
    const [x, y] = [builder.keep(a), builder.keep(b)];
    const byte = (value: Expr, i: number): Expr =>
      isSigned ? signExtend(op('i32.shr_u', value, i32(i * 8)), 8) : mask(op('i32.shr_u', value, i32(i * 8)), 8);
    const sum = [0, 1, 2, 3].map((i) => op('i32.mul', byte(x, i), byte(y, i))).reduce((s, product) => op('i32.add', s, product));
    return partsValue(scalarType(isSigned ? 'i32' : 'u32'), sum);
  };
}

export const packBuiltins: Readonly<Record<string, Builtin>> = {
  pack4x8snorm: packer(4, 'f32', toNormal(8, true)),
  pack4x8unorm: packer(4, 'f32', toNormal(8, false)),
  pack2x16snorm: packer(2, 'f32', toNormal(16, true)),
  pack2x16unorm: packer(2, 'f32', toNormal(16, false)),
  pack2x16float: packer(2, 'f32', (builder, part) => bitsOfHalf(builder, roundHalf(builder, part))),
  pack4xI8: packer(4, 'i32', (_, part) => mask(part, 8)),
  pack4xU8: packer(4, 'u32', (_, part) => mask(part, 8)),
  pack4xI8Clamp: packer(4, 'i32', clampByte(-128, 127)),
  pack4xU8Clamp: packer(4, 'u32', clampByte(0, 255)),
  unpack4x8snorm: unpacker(4, 'f32', fromNormal(8, true)),
  unpack4x8unorm: unpacker(4, 'f32', fromNormal(8, false)),
  unpack2x16snorm: unpacker(2, 'f32', fromNormal(16, true)),
  unpack2x16unorm: unpacker(2, 'f32', fromNormal(16, false)),
  unpack2x16float: unpacker(2, 'f32', (builder, bits) => halfOfBits(builder, mask(bits, 16))),
  unpack4xI8: unpacker(4, 'i32', (_, bits) => signExtend(bits, 8)),
  unpack4xU8: unpacker(4, 'u32', (_, bits) => mask(bits, 8)),
  dot4U8Packed: dotPacked(false),
  dot4I8Packed: dotPacked(true),
  quantizeToF16: perFloat(1, (builder, prefix, x = i32(0)) => {
    const single = prefix === 'f64' ? op('f32.demote_f64', x) : x;
    const rounded = roundHalf(builder, single);
    return prefix === 'f64' ? op('f64.promote_f32', rounded) : rounded;
  }),
};

/** Bit builtins, component by component. */
import { SourceFault } from '../../diagnostics.ts';
import { i32, op, select } from '../../ir/build.ts';
import type { Expr } from '../../ir/ir.ts';
import { scalarOf, scalarType } from '../../resolve/types.ts';
import { convertTo } from '../convert.ts';
import type { FunctionBuilder } from '../function-builder.ts';
import type { PartsValue } from '../value.ts';
import { type Builtin, countArguments, perInteger } from './componentwise.ts';

const bits1 = (apply: (builder: FunctionBuilder, isSigned: boolean, x: Expr) => Expr): Builtin =>
  perInteger(1, (builder, isSigned, x = i32(0)) => apply(builder, isSigned, x));

function reverseBits(builder: FunctionBuilder, x: Expr): Expr {
  let value = x;
  for (const [shift, mask] of [
    [1, 0x55555555],
    [2, 0x33333333],
    [4, 0x0f0f0f0f],
    [8, 0x00ff00ff],
  ] as const) {
    const kept = builder.keep(value);
    const high = op('i32.and', op('i32.shr_u', kept, i32(shift)), i32(mask));
    value = op('i32.or', high, op('i32.shl', op('i32.and', kept, i32(mask)), i32(shift)));
  }
  return op('i32.rotl', value, i32(16));
}

/** The place of the highest bit that differs from the sign; -1 where there is none. */
function firstLeadingBit(builder: FunctionBuilder, isSigned: boolean, x: Expr): Expr {
  const kept = builder.keep(x);
  const magnitude = isSigned ? op('i32.xor', kept, op('i32.shr_s', kept, i32(31))) : kept;
  return op('i32.sub', i32(31), op('i32.clz', magnitude));
}

function firstTrailingBit(builder: FunctionBuilder, x: Expr): Expr {
  const kept = builder.keep(x);
  return select(op('i32.eqz', kept), i32(-1), op('i32.ctz', kept));
}

function least(a: Expr, b: Expr): Expr {
  return select(op('i32.lt_u', a, b), a, b);
}

/** Offset and count as WGSL bounds them: o = min(offset, 32), c = min(count, 32 - o). */
function boundField(builder: FunctionBuilder, offset: Expr, count: Expr): readonly [offset: Expr, count: Expr] {
  const o = builder.keep(least(builder.keep(offset), i32(32)));
  return [o, builder.keep(least(builder.keep(count), builder.keep(op('i32.sub', i32(32), o))))];
}

function extractBits(builder: FunctionBuilder, isSigned: boolean, x: Expr, offset: Expr, count: Expr): Expr {
  const [o, c] = boundField(builder, offset, count);
  const up = op('i32.shl', x, op('i32.sub', op('i32.sub', i32(32), o), c));
  const down = op(isSigned ? 'i32.shr_s' : 'i32.shr_u', up, op('i32.sub', i32(32), c));
  return select(op('i32.eqz', c), i32(0), down);
}

function insertBits(builder: FunctionBuilder, x: Expr, insert: Expr, offset: Expr, count: Expr): Expr {
  const [o, c] = boundField(builder, offset, count);
  const ones = op('i32.shr_u', i32(-1), op('i32.sub', i32(32), c));
  // With a count of 0 the shift above is by 32, which is by none.
  const mask = builder.keep(select(op('i32.eqz', c), i32(0), op('i32.shl', ones, o)));
  return op('i32.or', op('i32.and', x, op('i32.xor', mask, i32(-1))), op('i32.and', op('i32.shl', insert, o), mask));
}

/** extractBits and insertBits: the last two arguments are single u32. */
function field(
  values: number,
  apply: (builder: FunctionBuilder, isSigned: boolean, parts: readonly Expr[], offset: Expr, count: Expr) => Expr,
): Builtin {
  return (builder, args, span) => {
    countArguments(args, values + 2, span);
    const [offset, count] = args.slice(values).map((arg) => {
      const part = (convertTo(arg, scalarType('u32'), span) as PartsValue).parts[0];
      if (part === undefined) throw new SourceFault('type', 'Expected a u32 here.', span);
      return builder.keep(part);
    });
    if (offset === undefined || count === undefined) throw new SourceFault('type', 'Expected an offset and a count.', span);
    return perInteger(values, (inner, isSigned, ...parts) => apply(inner, isSigned, parts, offset, count))(
      builder,
      args.slice(0, values),
      span,
    );
  };
}

export const integerBuiltins: Readonly<Record<string, Builtin>> = {
  countOneBits: bits1((_, __, x) => op('i32.popcnt', x)),
  countLeadingZeros: bits1((_, __, x) => op('i32.clz', x)),
  countTrailingZeros: bits1((_, __, x) => op('i32.ctz', x)),
  reverseBits: bits1((builder, _, x) => reverseBits(builder, x)),
  firstLeadingBit: bits1((builder, isSigned, x) => firstLeadingBit(builder, isSigned, x)),
  firstTrailingBit: bits1((builder, _, x) => firstTrailingBit(builder, x)),
  extractBits: field(1, (builder, isSigned, [x = i32(0)], offset, count) => extractBits(builder, isSigned, x, offset, count)),
  insertBits: field(2, (builder, _, [x = i32(0), insert = i32(0)], offset, count) => insertBits(builder, x, insert, offset, count)),
  any: (_, args, span) => logical('i32.or', args, span),
  all: (_, args, span) => logical('i32.and', args, span),
};

function logical(name: string, args: readonly PartsValue[], span: Parameters<Builtin>[2]): PartsValue {
  countArguments(args, 1, span);
  const [arg] = args;
  if (arg === undefined || scalarOf(arg.type) !== 'bool') throw new SourceFault('type', 'Expected bools here.', span);
  return { kind: 'parts', type: scalarType('bool'), parts: [arg.parts.reduce((a, b) => op(name, a, b))] };
}

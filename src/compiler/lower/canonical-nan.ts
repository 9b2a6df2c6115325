/** Gives every NaN the same bits before they can be seen: WebAssembly leaves sign and payload of a NaN to the machine. */
import { f32, i32, isConst, op, select } from '../ir/build.ts';
import type { Expr } from '../ir/ir.ts';
import type { FunctionBuilder } from './function-builder.ts';

export function canonicalNan(builder: FunctionBuilder, value: Expr): Expr {
  if (isConst(value) || cannotBeNan(value)) return value;
  const kept = builder.keep(value);
  return select(op('f32.eq', kept, kept), kept, f32(Number.NaN));
}

function cannotBeNan(value: Expr): boolean {
  return value.kind === 'op' && value.op.startsWith('f32.convert_i32');
}

/** The bits of a float, the same on every machine. */
export function canonicalBits(builder: FunctionBuilder, value: Expr): Expr {
  if (isConst(value)) return op('i32.reinterpret_f32', value);
  const kept = builder.keep(value);
  return select(op('f32.eq', kept, kept), op('i32.reinterpret_f32', kept), i32(0x7fc00000));
}

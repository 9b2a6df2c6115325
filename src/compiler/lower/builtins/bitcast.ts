/** `bitcast`: the same bits as another type of the same size, by way of 32-bit words. */
import { SourceFault } from '../../diagnostics.ts';
import { i32, op } from '../../ir/build.ts';
import type { Expr } from '../../ir/ir.ts';
import type { CallNode } from '../../parse/ast.ts';
import { sizeOf } from '../../resolve/layout.ts';
import { resolveType } from '../../resolve/resolve-type.ts';
import { isSameType, type ScalarName, scalarOf, type Type, withScalar } from '../../resolve/types.ts';
import { partsOf } from '../access.ts';
import { canonicalBits } from '../canonical-nan.ts';
import { concretize } from '../convert.ts';
import { joinHalves, splitHalves } from '../f16.ts';
import type { FunctionBuilder } from '../function-builder.ts';
import { lowerExpression } from '../lower-expression.ts';
import type { PartsValue, Value } from '../value.ts';

export function lowerBitcast(builder: FunctionBuilder, node: CallNode): PartsValue {
  const [wantedNode] = node.callee.template ?? [];
  const [argNode] = node.args;
  if (wantedNode === undefined || argNode === undefined)
    throw new SourceFault('type', '"bitcast" is written bitcast<type>(value).', node.span);
  const wanted = resolveType(builder.scope, wantedNode, (count) => lowerExpression(builder, count));
  const value = partsOf(builder, concreteBits(lowerExpression(builder, argNode), wanted, node), node.span);
  const [from, to] = [castableScalar(value.type), castableScalar(wanted)];
  if (from === null || to === null || sizeOf(value.type) !== sizeOf(wanted)) {
    throw new SourceFault('type', `A ${value.type.key} cannot be read as a ${wanted.key}.`, node.span);
  }
  if (isSameType(value.type, wanted)) return value;
  return { kind: 'parts', type: wanted, parts: fromWords(builder, to, toWords(builder, from, value.parts)) };
}

/** The scalar of a scalar or vector that has bits; null for others. */
function castableScalar(type: Type): ScalarName | null {
  return type.kind === 'matrix' || scalarOf(type) === 'bool' ? null : scalarOf(type);
}

function toWords(builder: FunctionBuilder, from: ScalarName, parts: readonly Expr[]): readonly Expr[] {
  if (from === 'f16') return joinHalves(builder, parts);
  return from === 'f32' ? parts.map((part) => canonicalBits(builder, part)) : parts;
}

function fromWords(builder: FunctionBuilder, to: ScalarName, words: readonly Expr[]): readonly Expr[] {
  if (to === 'f16') return splitHalves(builder, words);
  return to === 'f32' ? words.map((word) => op('f32.reinterpret_i32', word)) : words;
}

/** `bitcast<u32>(0xffffffff)`: an abstract integer that only fits u32 is one. */
function concreteBits(value: Value, wanted: Type, node: CallNode): Value {
  if (value.kind !== 'parts' || scalarOf(value.type) !== 'abstract-int' || scalarOf(wanted) !== 'u32') return concretize(value, node.span);
  const parts = value.parts.map((part) => (part.kind === 'const' ? i32(Number(BigInt.asIntN(32, BigInt(part.value)))) : part));
  return { kind: 'parts', type: withScalar(value.type, 'u32'), parts };
}

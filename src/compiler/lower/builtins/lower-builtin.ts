/** Finds a builtin by name: those over values by table, those that need memory, types or barriers here. */
import { SourceFault } from '../../diagnostics.ts';
import { i32, op } from '../../ir/build.ts';
import type { CallNode } from '../../parse/ast.ts';
import { resolveType } from '../../resolve/resolve-type.ts';
import { scalarOf, scalarType, type Type } from '../../resolve/types.ts';
import { loadReference, partsOf, runtimeCount } from '../access.ts';
import { canonicalBits } from '../canonical-nan.ts';
import { concretize } from '../convert.ts';
import type { FunctionBuilder } from '../function-builder.ts';
import { fixValue, lowerExpression, lowerOperands } from '../lower-expression.ts';
import { type PartsValue, partsValue, type Reference, type Value } from '../value.ts';
import { lowerAtomic } from './atomic.ts';
import type { Builtin } from './componentwise.ts';
import { floatBuiltins, numberBuiltins } from './float.ts';
import { integerBuiltins } from './integer.ts';
import { packBuiltins } from './pack.ts';
import { splitFloatBuiltins } from './split-float.ts';
import { vectorBuiltins } from './vector.ts';

const table: ReadonlyMap<string, Builtin> = new Map(
  [floatBuiltins, numberBuiltins, integerBuiltins, vectorBuiltins, packBuiltins, splitFloatBuiltins].flatMap((group) =>
    Object.entries(group),
  ),
);

/** null when the builtin gives no value. */
export function lowerBuiltin(builder: FunctionBuilder, node: CallNode): Value | null {
  const { name } = node.callee;
  if (name === 'bitcast') return lowerBitcast(builder, node);
  const builtin = table.get(name);
  if (builtin !== undefined) {
    const args = lowerOperands(builder, node.args).map((value) => partsOf(builder, value, node.span));
    return builtin(builder, args, node.span);
  }
  if (name.startsWith('atomic')) return lowerAtomic(builder, node);
  switch (name) {
    case 'workgroupBarrier':
    case 'storageBarrier':
    case 'textureBarrier':
      builder.emit({ kind: 'barrier' });
      return null;
    case 'workgroupUniformLoad':
      return lowerUniformLoad(builder, node);
    case 'arrayLength':
      return lowerArrayLength(builder, node);
    default:
      throw unknownFunction(node);
  }
}

function unknownFunction(node: CallNode): SourceFault {
  const { name } = node.callee;
  if (/^(texture|subgroup|quad)[A-Z]/.test(name))
    return new SourceFault('unsupported', `"${name}" is not compiled for the CPU yet.`, node.span);
  if (/^(dpd[xy]|fwidth)/.test(name)) return new SourceFault('type', `"${name}" belongs to fragment shaders.`, node.span);
  return new SourceFault('type', `There is no function "${name}".`, node.span);
}

/** The argument of a builtin that takes a pointer. */
export function pointerArgument(builder: FunctionBuilder, node: CallNode): Reference {
  const [first] = node.args;
  const value = first === undefined ? null : lowerExpression(builder, first);
  if (value?.kind !== 'pointer') throw new SourceFault('type', `"${node.callee.name}" takes a pointer.`, node.span);
  return value.reference;
}

function lowerUniformLoad(builder: FunctionBuilder, node: CallNode): Value {
  const reference = pointerArgument(builder, node);
  const { type } = reference;
  builder.emit({ kind: 'barrier' });
  const plain: Type = type.kind === 'atomic' ? scalarType(type.scalar) : type;
  const value = fixValue(builder, loadReference(builder, { ...reference, type: plain }, node.span));
  builder.emit({ kind: 'barrier' });
  return value;
}

function lowerArrayLength(builder: FunctionBuilder, node: CallNode): Value {
  const { type, place } = pointerArgument(builder, node);
  if (type.kind !== 'array' || type.count !== null || place.kind !== 'memory')
    throw new SourceFault('type', '"arrayLength" takes a pointer to a runtime-sized array.', node.span);
  return partsValue(scalarType('u32'), runtimeCount(builder, place, type));
}

function lowerBitcast(builder: FunctionBuilder, node: CallNode): PartsValue {
  const [wantedNode] = node.callee.template ?? [];
  const [argNode] = node.args;
  if (wantedNode === undefined || argNode === undefined)
    throw new SourceFault('type', '"bitcast" is written bitcast<type>(value).', node.span);
  const wanted = resolveType(builder.scope, wantedNode, (count) => lowerExpression(builder, count));
  const lowered = lowerExpression(builder, argNode);
  const value = partsOf(builder, bitcastable(lowered, wanted, node), node.span);
  const [from, to] = [scalarOf(value.type), scalarOf(wanted)];
  const isSameShape =
    value.type.kind === wanted.kind && (wanted.kind !== 'vector' || (value.type.kind === 'vector' && value.type.n === wanted.n));
  if (from === null || to === null || !isSameShape || from === 'bool' || to === 'bool' || wanted.kind === 'matrix') {
    throw new SourceFault('type', `A ${value.type.key} cannot be read as a ${wanted.key}.`, node.span);
  }
  if ((from === 'f32') === (to === 'f32')) return { ...value, type: wanted };
  const parts = value.parts.map((part) => (to === 'f32' ? op('f32.reinterpret_i32', part) : canonicalBits(builder, part)));
  return { kind: 'parts', type: wanted, parts };
}

/** `bitcast<u32>(0xffffffff)`: an abstract integer that only fits u32 is one. */
function bitcastable(value: Value, wanted: Type, node: CallNode): Value {
  if (value.kind === 'parts' && scalarOf(value.type) === 'abstract-int' && scalarOf(wanted) === 'u32') {
    return {
      kind: 'parts',
      type: wanted,
      parts: value.parts.map((part) => (part.kind === 'const' ? i32(Number(BigInt.asIntN(32, BigInt(part.value)))) : part)),
    };
  }
  return concretize(value, node.span);
}

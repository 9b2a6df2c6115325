/** Finds a builtin by name: those over values by table, those that need memory, types or barriers here. */
import { SourceFault } from '../../diagnostics.ts';
import { suggestName } from '../../nearest-name.ts';
import type { CallNode } from '../../parse/ast.ts';
import { typeNames } from '../../resolve/resolve-type.ts';
import { scalarType, type Type } from '../../resolve/types.ts';
import { loadReference, partsOf, runtimeCount } from '../access.ts';
import type { FunctionBuilder } from '../function-builder.ts';
import { fixValue, lowerExpression, lowerOperands } from '../lower-expression.ts';
import { partsValue, type Reference, type Value } from '../value.ts';
import { lowerAtomic } from './atomic.ts';
import { lowerBitcast } from './bitcast.ts';
import type { Builtin } from './componentwise.ts';
import { floatBuiltins, numberBuiltins } from './float.ts';
import { hasHalf, overHalves } from './half-builtin.ts';
import { integerBuiltins } from './integer.ts';
import { packBuiltins } from './pack.ts';
import { splitFloatBuiltins } from './split-float.ts';
import { vectorBuiltins } from './vector.ts';

const table: ReadonlyMap<string, Builtin> = new Map(
  [floatBuiltins, numberBuiltins, integerBuiltins, vectorBuiltins, packBuiltins, splitFloatBuiltins].flatMap((group) =>
    Object.entries(group),
  ),
);

/** Those that halves have too. */
const floatNames: ReadonlySet<string> = new Set([floatBuiltins, numberBuiltins, vectorBuiltins, splitFloatBuiltins].flatMap(Object.keys));

/** null when the builtin gives no value. */
export function lowerBuiltin(builder: FunctionBuilder, node: CallNode): Value | null {
  const { name } = node.callee;
  if (name === 'bitcast') return lowerBitcast(builder, node);
  const builtin = table.get(name);
  if (builtin !== undefined) {
    const args = lowerOperands(builder, node.args).map((value) => partsOf(builder, value, node.span));
    const isOfHalves = hasHalf(args) && floatNames.has(name);
    return (isOfHalves ? overHalves(name, builtin) : builtin)(builder, args, node.span);
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
      throw unknownFunction(builder, node);
  }
}

const memoryNames: readonly string[] = [
  'arrayLength',
  'atomicAdd',
  'atomicAnd',
  'atomicCompareExchangeWeak',
  'atomicExchange',
  'atomicLoad',
  'atomicMax',
  'atomicMin',
  'atomicOr',
  'atomicStore',
  'atomicSub',
  'atomicXor',
  'bitcast',
  'storageBarrier',
  'workgroupBarrier',
  'workgroupUniformLoad',
];

function unknownFunction(builder: FunctionBuilder, node: CallNode): SourceFault {
  const { name } = node.callee;
  if (/^(texture|subgroup|quad)[A-Z]/.test(name))
    return new SourceFault(
      'unsupported',
      `"${name}" is not compiled: this network computes without ${name.startsWith('texture') ? 'textures' : 'subgroups'}.`,
      node.span,
    );
  if (/^(dpd[xy]|fwidth)/.test(name)) return new SourceFault('type', `"${name}" belongs to fragment shaders.`, node.span);
  const declared = [...builder.scope.module.declarations.values()].filter((each) => each.kind === 'function' || each.kind === 'struct');
  const notes = suggestName(name, [...declared.map((each) => each.name), ...table.keys(), ...memoryNames, ...typeNames]);
  return new SourceFault('type', `There is no function "${name}".`, node.callee.span, notes);
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

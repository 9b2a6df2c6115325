/** Atomics. One thread runs one workgroup at a time, so they are plain loads and stores, in a fixed order. */
import { SourceFault } from '../../diagnostics.ts';
import { i32, op } from '../../ir/build.ts';
import type { AtomicOp } from '../../ir/ir.ts';
import type { CallNode } from '../../parse/ast.ts';
import { type StructType, scalarType } from '../../resolve/types.ts';
import { partsOf } from '../access.ts';
import { convertTo } from '../convert.ts';
import type { FunctionBuilder } from '../function-builder.ts';
import { lowerOperands } from '../lower-expression.ts';
import { type MemoryPlace, partsValue, type Value } from '../value.ts';
import { pointerArgument } from './lower-builtin.ts';

const operations: Readonly<Record<string, AtomicOp>> = {
  atomicAdd: 'add',
  atomicSub: 'sub',
  atomicAnd: 'and',
  atomicOr: 'or',
  atomicXor: 'xor',
  atomicExchange: 'exchange',
  atomicCompareExchangeWeak: 'compare-exchange',
};

export function lowerAtomic(builder: FunctionBuilder, node: CallNode): Value | null {
  const { type, place } = pointerArgument(builder, node);
  if (type.kind !== 'atomic' || place.kind !== 'memory')
    throw new SourceFault('type', `"${node.callee.name}" takes a pointer to an atomic.`, node.span);
  const scalar = scalarType(type.scalar);
  const fixed: MemoryPlace = { ...place, address: builder.keep(place.address) };
  const operands = lowerOperands(builder, node.args.slice(1)).map((value) => {
    const [part] = partsOf(builder, convertTo(value, scalar, node.span), node.span).parts;
    return builder.keep(part ?? i32(0));
  });
  const [operand = i32(0)] = operands;
  const wanted = node.callee.name === 'atomicLoad' ? 0 : node.callee.name === 'atomicCompareExchangeWeak' ? 2 : 1;
  if (operands.length !== wanted) throw new SourceFault('type', `"${node.callee.name}" takes ${wanted + 1} arguments.`, node.span);
  const { address, offset } = fixed;
  if (node.callee.name === 'atomicStore') {
    builder.emit({ kind: 'store', address, offset, value: operand });
    return null;
  }
  if (node.callee.name === 'atomicLoad') return partsValue(scalar, builder.keep({ kind: 'load', type: 'i32', address, offset }));
  const operation = operationOf(node.callee.name, type.scalar);
  if (operation === null) throw new SourceFault('type', `There is no function "${node.callee.name}".`, node.span);
  const result = builder.newStableLocal('i32');
  builder.emit({ kind: 'atomic', op: operation, address, offset, operands, result });
  const before = builder.read(result);
  if (operation !== 'compare-exchange') return partsValue(scalar, before);
  return { kind: 'parts', type: exchangeResult(type.scalar), parts: [before, builder.keep(op('i32.eq', before, operand))] };
}

function operationOf(name: string, scalar: 'i32' | 'u32'): AtomicOp | null {
  const suffix = scalar === 'i32' ? 's' : 'u';
  if (name === 'atomicMin') return `min_${suffix}`;
  if (name === 'atomicMax') return `max_${suffix}`;
  return operations[name] ?? null;
}

function exchangeResult(scalar: 'i32' | 'u32'): StructType {
  const member = (name: string, kind: 'bool' | 'i32' | 'u32'): StructType['members'][number] => ({
    name,
    type: scalarType(kind),
    align: null,
    size: null,
    builtin: null,
  });
  return {
    kind: 'struct',
    name: '__atomic_compare_exchange_result',
    members: [member('old_value', scalar), member('exchanged', 'bool')],
    key: `__atomic_compare_exchange_result<${scalar}>`,
  };
}

/** Atomics. One thread runs one workgroup at a time, so they are plain loads and stores, in a fixed order. */
import { SourceFault } from '../../diagnostics.ts';
import { i32, op, select } from '../../ir/build.ts';
import type { Expr } from '../../ir/ir.ts';
import type { CallNode } from '../../parse/ast.ts';
import { type StructType, scalarType } from '../../resolve/types.ts';
import { partsOf } from '../access.ts';
import { convertTo } from '../convert.ts';
import type { FunctionBuilder } from '../function-builder.ts';
import { lowerOperands } from '../lower-expression.ts';
import { type MemoryPlace, partsValue, type Value } from '../value.ts';
import { pointerArgument } from './lower-builtin.ts';

const plain: Readonly<Record<string, string>> = {
  atomicAdd: 'i32.add',
  atomicSub: 'i32.sub',
  atomicAnd: 'i32.and',
  atomicOr: 'i32.or',
  atomicXor: 'i32.xor',
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
  const store = (value: Expr): void => builder.emit({ kind: 'store', address: fixed.address, offset: fixed.offset, value });
  const [operand = i32(0), replacement = i32(0)] = operands;
  const wanted = node.callee.name === 'atomicLoad' ? 0 : node.callee.name === 'atomicCompareExchangeWeak' ? 2 : 1;
  if (operands.length !== wanted) throw new SourceFault('type', `"${node.callee.name}" takes ${wanted + 1} arguments.`, node.span);
  if (node.callee.name === 'atomicStore') {
    store(operand);
    return null;
  }
  const before = builder.keep({ kind: 'load', type: 'i32', address: fixed.address, offset: fixed.offset });
  if (node.callee.name === 'atomicCompareExchangeWeak') {
    const isEqual = builder.keep(op('i32.eq', before, operand));
    store(select(isEqual, replacement, before));
    return { kind: 'parts', type: exchangeResult(type.scalar), parts: [before, isEqual] };
  }
  const after = changed(node.callee.name, type.scalar, before, operand);
  if (after === null) throw new SourceFault('type', `There is no function "${node.callee.name}".`, node.span);
  if (after !== before) store(after);
  return partsValue(scalar, before);
}

/** The new content; `before` itself where nothing is stored. */
function changed(name: string, scalar: 'i32' | 'u32', before: Expr, operand: Expr): Expr | null {
  const operation = plain[name];
  if (operation !== undefined) return op(operation, before, operand);
  const suffix = scalar === 'i32' ? '_s' : '_u';
  switch (name) {
    case 'atomicLoad':
      return before;
    case 'atomicExchange':
      return operand;
    case 'atomicMin':
      return select(op(`i32.lt${suffix}`, operand, before), operand, before);
    case 'atomicMax':
      return select(op(`i32.gt${suffix}`, operand, before), operand, before);
    default:
      return null;
  }
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

/** Memory variables of functions, constants with given bytes, and copies between them. */
import { i32, isConst, isZero } from '../ir/build.ts';
import type { Expr } from '../ir/ir.ts';
import { listLeaves, sizeOf } from '../resolve/layout.ts';
import type { Type } from '../resolve/types.ts';
import type { FunctionBuilder } from './function-builder.ts';
import type { MemoryPlace } from './value.ts';

export function newMemory(builder: FunctionBuilder, type: Type, name: string): MemoryPlace {
  const variable = builder.requireUnit().addVariable(name, 'function', type);
  return variablePlace(variable);
}

export function variablePlace(variable: number): MemoryPlace {
  return { kind: 'memory', address: { kind: 'address', type: 'i32', variable }, offset: 0, binding: null };
}

export function copyMemory(builder: FunctionBuilder, to: MemoryPlace, from: MemoryPlace, bytes: number): void {
  builder.emit({ kind: 'copy', to: to.address, toOffset: to.offset, from: from.address, fromOffset: from.offset, bytes });
}

export function zeroMemory(builder: FunctionBuilder, place: MemoryPlace, bytes: number): void {
  builder.emit({ kind: 'fill', address: place.address, offset: place.offset, bytes });
}

/** Stores many constants at once: zeros by filling, others by copying from constant memory. */
export function storeConstants(builder: FunctionBuilder, place: MemoryPlace, type: Type, parts: readonly Expr[]): void {
  if (parts.every(isZero)) return zeroMemory(builder, place, sizeOf(type));
  copyMemory(builder, place, constantMemory(builder, type, parts), sizeOf(type));
}

/** Constant bytes, shared by all equal values. */
export function constantMemory(builder: FunctionBuilder, type: Type, parts: readonly Expr[]): MemoryPlace {
  const unit = builder.requireUnit();
  const data = encodeConstants(type, parts);
  const key = `${type.key}:${data.join()}`;
  let variable = unit.constantMemory.get(key);
  if (variable === undefined) {
    variable = unit.addVariable('constant', 'constant', type, data);
    unit.constantMemory.set(key, variable);
  }
  return variablePlace(variable);
}

function encodeConstants(type: Type, parts: readonly Expr[]): Uint8Array {
  const data = new Uint8Array(sizeOf(type));
  const view = new DataView(data.buffer);
  listLeaves(type).forEach((leaf, i) => {
    const part = parts[i] ?? i32(0);
    if (!isConst(part)) throw new Error('not a constant');
    if (part.type === 'f32') view.setFloat32(leaf.offset, Number(part.value), true);
    else view.setInt32(leaf.offset, Number(part.value), true);
  });
  return data;
}

/** Memory variables of functions, constants with given bytes, and copies between them. */
import { i32, isConst, isZero, op, zeroOf } from '../ir/build.ts';
import { halfBits } from '../ir/half.ts';
import type { Expr } from '../ir/ir.ts';
import { type Leaf, listLeaves, memberOffset, sizeOf, strideOf } from '../resolve/layout.ts';
import { hasFloat, type Type, vectorType } from '../resolve/types.ts';
import { canonicalNan } from './canonical-nan.ts';
import { bitsOfHalf, halfOfBits } from './f16.ts';
import type { FunctionBuilder } from './function-builder.ts';
import { type MemoryPlace, type Reference, valueTypeOf } from './value.ts';

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

/** `to = from`, both in memory and of one type. */
export function assignMemory(builder: FunctionBuilder, to: Reference, from: MemoryPlace): void {
  if (to.place.kind !== 'memory') throw new Error('not in memory');
  if (to.space === 'storage' && (hasPadding(to.type) || hasFloat(to.type))) return storeByParts(builder, to.type, to.place, from);
  copyMemory(builder, to.place, from, sizeOf(to.type));
}

export function zeroMemory(builder: FunctionBuilder, place: MemoryPlace, bytes: number): void {
  builder.emit({ kind: 'fill', address: place.address, offset: place.offset, bytes });
}

/** Stores many constants at once: zeros by filling, others by copying from constant memory. */
export function storeConstants(builder: FunctionBuilder, to: Reference, parts: readonly Expr[]): void {
  const { place, type } = to;
  if (place.kind !== 'memory') throw new Error('not in memory');
  const isZeros = parts.every(isZero);
  if (to.space === 'storage' && hasPadding(type))
    return storeByParts(builder, type, place, isZeros ? null : constantMemory(builder, type, parts));
  if (isZeros) return zeroMemory(builder, place, sizeOf(type));
  copyMemory(builder, place, constantMemory(builder, type, parts), sizeOf(type));
}

/**
 * Writes a value that lies in memory (null: zeros) part by part: into a buffer, where the bytes between the members belong to others and a NaN must have
 * the one form it has everywhere.
 */
export function storeByParts(builder: FunctionBuilder, type: Type, to: MemoryPlace, from: MemoryPlace | null): void {
  if (type.kind === 'array' && type.count !== null && type.count > 1) {
    const stride = strideOf(type);
    forEachElement(builder, type.count, (index) => {
      const distance = builder.keep(op('i32.mul', index, i32(stride)));
      const at = (place: MemoryPlace): MemoryPlace => ({ ...place, address: builder.keep(op('i32.add', place.address, distance)) });
      storeByParts(builder, type.element, at(to), from === null ? null : at(from));
    });
    return;
  }
  if (type.kind === 'struct') {
    type.members.forEach((member, i) => {
      const at = (place: MemoryPlace): MemoryPlace => ({ ...place, offset: place.offset + memberOffset(type, i) });
      storeByParts(builder, member.type, at(to), from === null ? null : at(from));
    });
    return;
  }
  for (const leaf of listLeaves(type)) {
    const value = from === null ? zeroOf(valueTypeOf(leaf.scalar)) : loadLeaf(builder, leaf, from);
    storeLeaf(builder, leaf, to, value, true);
  }
}

function forEachElement(builder: FunctionBuilder, count: number, build: (index: Expr) => void): void {
  const counter = builder.newLocal('i32');
  const label = builder.newLabel();
  builder.set(counter, i32(0));
  const body = builder.collect(() => {
    const isDone = op('i32.ge_u', builder.read(counter), i32(count));
    builder.emit({ kind: 'if', condition: isDone, yes: [{ kind: 'break', label }], no: [] });
    build(builder.keep(builder.read(counter)));
  }, true);
  const continuing = builder.collect(() => builder.set(counter, op('i32.add', builder.read(counter), i32(1))), true);
  builder.emit({ kind: 'loop', label, body, continuing });
}

/** One scalar of what lies at a place; a half is two bytes there and an f32 here. */
export function loadLeaf(builder: FunctionBuilder, leaf: Leaf, place: MemoryPlace): Expr {
  const at = { address: place.address, offset: place.offset + leaf.offset };
  if (leaf.scalar === 'f16') return halfOfBits(builder, { kind: 'load', type: 'i32', ...at, bytes: 2 });
  return { kind: 'load', type: valueTypeOf(leaf.scalar), ...at };
}

/** `isSeen` where others than this shader may look at the bytes: then a NaN has one form. */
export function storeLeaf(builder: FunctionBuilder, leaf: Leaf, place: MemoryPlace, value: Expr, isSeen: boolean): void {
  const at = { address: place.address, offset: place.offset + leaf.offset };
  if (leaf.scalar === 'f16') builder.emit({ kind: 'store', ...at, value: bitsOfHalf(builder, value), bytes: 2 });
  else builder.emit({ kind: 'store', ...at, value: isSeen && value.type === 'f32' ? canonicalNan(builder, value) : value });
}

/** True when bytes between the parts of a type belong to none of them. */
export function hasPadding(type: Type): boolean {
  return sizeOf(type) !== packedBytes(type);
}

function packedBytes(type: Type): number {
  switch (type.kind) {
    case 'array':
      return (type.count ?? 1) * packedBytes(type.element);
    case 'struct':
      return type.members.reduce((sum, member) => sum + packedBytes(member.type), 0);
    case 'vector':
      return sizeOf(type);
    case 'matrix':
      return type.cols * sizeOf(vectorType(type.rows, type.scalar));
    default:
      return sizeOf(type);
  }
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
    if (leaf.scalar === 'f16') view.setUint16(leaf.offset, halfBits(Number(part.value)), true);
    else if (part.type === 'f32') view.setFloat32(leaf.offset, Number(part.value), true);
    else view.setInt32(leaf.offset, Number(part.value), true);
  });
  return data;
}

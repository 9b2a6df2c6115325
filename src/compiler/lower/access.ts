/** Loads, stores, and the ways into a part of something: members, components and indices, always within bounds. */
import { SourceFault, type Span } from '../diagnostics.ts';
import { i32, isConst, isZero, op, select, zeroOf } from '../ir/build.ts';
import type { Expr } from '../ir/ir.ts';
import { suggestName } from '../nearest-name.ts';
import { bytesOf, columnStride, listLeaves, memberOffset, sizeOf, strideOf } from '../resolve/layout.ts';
import { type ArrayType, countScalars, type StructType, scalarType, type Type, vectorType } from '../resolve/types.ts';
import type { FunctionBuilder } from './function-builder.ts';
import { assignMemory, constantMemory, copyMemory, loadLeaf, newMemory, storeConstants, storeLeaf } from './memory.ts';
import { type MemoryPlace, maxParts, type PartsValue, type Place, type Reference, type Value } from './value.ts';

export function loadReference(builder: FunctionBuilder, reference: Reference, span: Span): Value {
  const { type, place } = reference;
  const count = countScalars(type);
  if (count === null || type.kind === 'atomic')
    throw new SourceFault('type', `A value of type ${type.key} cannot be read as a whole.`, span);
  switch (place.kind) {
    case 'locals':
      return { kind: 'parts', type, parts: place.locals.map((local) => builder.read(local)) };
    case 'chosen':
      return {
        kind: 'parts',
        type,
        parts: readChosen(
          builder,
          place.alternatives.map((each) => each.map((local) => builder.read(local))),
          place.index,
        ),
      };
    case 'memory': {
      if (count > maxParts) {
        const copy = newMemory(builder, type, 'copy');
        copyMemory(builder, copy, place, sizeOf(type));
        return { kind: 'memory', type, place: copy };
      }
      return { kind: 'parts', type, parts: loadParts(builder, type, place) };
    }
  }
}

function loadParts(builder: FunctionBuilder, type: Type, place: MemoryPlace): Expr[] {
  const leaves = listLeaves(type);
  const address = leaves.length > 1 ? builder.keep(place.address) : place.address;
  return leaves.map((leaf) => loadLeaf(builder, leaf, { ...place, address }));
}

function readChosen(builder: FunctionBuilder, alternatives: readonly (readonly Expr[])[], index: Expr): Expr[] {
  const fixed = builder.keep(index);
  const last = alternatives.at(-1) ?? [];
  return last.map((_, part) => {
    let result = last[part] ?? i32(0);
    for (let k = alternatives.length - 2; k >= 0; k--) {
      result = select(op('i32.eq', fixed, i32(k)), alternatives[k]?.[part] ?? result, result);
    }
    return result;
  });
}

/** Splits a value into scalars, whatever its size. */
export function partsOf(builder: FunctionBuilder, value: Value, span: Span): PartsValue {
  switch (value.kind) {
    case 'parts':
      return value;
    case 'memory':
      return { kind: 'parts', type: value.type, parts: loadParts(builder, value.type, value.place) };
    case 'pointer':
      throw new SourceFault('type', 'A pointer cannot be used as a value here.', span);
  }
}

export function storeValue(builder: FunctionBuilder, reference: Reference, value: Value, span: Span): void {
  const { place } = reference;
  if (value.kind === 'memory' && place.kind === 'memory') return assignMemory(builder, reference, value.place);
  const { parts } = partsOf(builder, value, span);
  switch (place.kind) {
    case 'locals': {
      const kept = parts.length > 1 ? builder.keepAll(parts) : parts;
      place.locals.forEach((local, i) => builder.set(local, kept[i] ?? zeroOf('i32')));
      return;
    }
    case 'chosen': {
      const kept = builder.keepAll(parts);
      const index = builder.keep(place.index);
      place.alternatives.forEach((alternative, k) => {
        const isThis = op('i32.eq', index, i32(k));
        alternative.forEach((local, i) => builder.set(local, select(isThis, kept[i] ?? zeroOf('i32'), builder.read(local))));
      });
      return;
    }
    case 'memory':
      if (parts.length > 8 && parts.every(isConst)) return storeConstants(builder, reference, parts);
      return storeParts(builder, reference, place, parts);
  }
}

function storeParts(builder: FunctionBuilder, reference: Reference, place: MemoryPlace, parts: readonly Expr[]): void {
  const leaves = listLeaves(reference.type);
  const address = leaves.length > 1 ? builder.keep(place.address) : place.address;
  const kept = leaves.length > 1 ? builder.keepAll(parts) : parts;
  leaves.forEach((leaf, i) => {
    storeLeaf(builder, leaf, { ...place, address }, kept[i] ?? zeroOf('i32'), reference.space === 'storage');
  });
}

/** The part of a place that holds a component of the type at `skip` scalars and `offset` bytes from its start. */
function subPlace(place: Place, skip: number, count: number, offset: number): Place {
  switch (place.kind) {
    case 'memory':
      return { ...place, offset: place.offset + offset };
    case 'locals':
      return { kind: 'locals', locals: place.locals.slice(skip, skip + count) };
    case 'chosen':
      return { ...place, alternatives: place.alternatives.map((each) => each.slice(skip, skip + count)) };
  }
}

function findMember(type: StructType, name: string, span: Span): number {
  const index = type.members.findIndex((member) => member.name === name);
  if (index < 0) {
    const names = type.members.map((member) => member.name);
    const few = names.length <= 8 ? [`It has: ${names.join(', ')}.`] : [];
    const near = suggestName(name, names);
    throw new SourceFault('type', `"${type.name}" has no member "${name}".`, span, near.length > 0 ? near : few);
  }
  return index;
}

function countBefore(type: StructType, index: number): number {
  return type.members.slice(0, index).reduce((sum, member) => sum + (countScalars(member.type) ?? 0), 0);
}

export function memberOfReference(reference: Reference, name: string, span: Span): Reference | null {
  const { type, place } = reference;
  if (type.kind === 'struct') {
    const index = findMember(type, name, span);
    const member = type.members[index]?.type;
    if (member === undefined) throw new Error('no member');
    return {
      ...reference,
      type: member,
      place: subPlace(place, countBefore(type, index), countScalars(member) ?? 0, memberOffset(type, index)),
    };
  }
  if (type.kind === 'vector' && name.length === 1) {
    const [index = 0] = swizzleIndices(type.n, name, span);
    return { ...reference, type: scalarType(type.scalar), place: subPlace(place, index, 1, index * bytesOf(type.scalar)) };
  }
  return null;
}

export function memberOfValue(builder: FunctionBuilder, value: Value, name: string, span: Span): Value {
  const { type } = value;
  if (type.kind === 'vector') {
    const { parts } = partsOf(builder, value, span);
    const indices = swizzleIndices(type.n, name, span);
    const used = indices.length > 1 ? builder.keepAll(parts) : parts;
    const picked = indices.map((index) => used[index] ?? zeroOf('i32'));
    return { kind: 'parts', type: indices.length === 1 ? scalarType(type.scalar) : vectorType(indices.length, type.scalar), parts: picked };
  }
  if (type.kind !== 'struct') throw new SourceFault('type', `${type.key} has no member "${name}".`, span);
  const index = findMember(type, name, span);
  const member = type.members[index]?.type;
  if (member === undefined) throw new Error('no member');
  const skip = countBefore(type, index);
  if (value.kind === 'parts') return { kind: 'parts', type: member, parts: value.parts.slice(skip, skip + (countScalars(member) ?? 0)) };
  if (value.kind !== 'memory') throw new SourceFault('type', 'A pointer has no members.', span);
  const place: MemoryPlace = { ...value.place, offset: value.place.offset + memberOffset(type, index) };
  return (countScalars(member) ?? 0) > maxParts
    ? { kind: 'memory', type: member, place }
    : { kind: 'parts', type: member, parts: loadParts(builder, member, place) };
}

export function swizzleIndices(n: number, name: string, span: Span): number[] {
  const letters = /^[xyzw]{1,4}$/.test(name) ? 'xyzw' : /^[rgba]{1,4}$/.test(name) ? 'rgba' : '';
  const indices = [...name].map((letter) => letters.indexOf(letter));
  if (letters === '' || indices.some((index) => index >= n)) throw new SourceFault('type', `A vec${n} has no component "${name}".`, span);
  return indices;
}

/** What an index reaches: how many, of which type, how far apart. */
export interface Elements {
  readonly type: Type;
  readonly count: number | null;
  readonly stride: number;
}

export function elementsOf(type: Type, span: Span): Elements {
  switch (type.kind) {
    case 'vector':
      return { type: scalarType(type.scalar), count: type.n, stride: bytesOf(type.scalar) };
    case 'matrix':
      return { type: vectorType(type.rows, type.scalar), count: type.cols, stride: columnStride(type) };
    case 'array':
      return { type: type.element, count: type.count, stride: strideOf(type) };
    default:
      throw new SourceFault('type', `${type.key} has no elements to index.`, span);
  }
}

/** Leaves a constant summand outside of the local, so that it can become the offset of an access. */
function keepWithoutConstant(builder: FunctionBuilder, index: Expr): Expr {
  const [rest, constant] = index.kind === 'op' && index.op === 'i32.add' ? index.args : [];
  if (rest === undefined || constant === undefined || !isConst(constant)) return builder.keep(index);
  return op('i32.add', builder.keep(rest), constant);
}

/** Robust access: an index past the end reaches the last element. Nothing is emitted where the range is known. */
function clampIndex(builder: FunctionBuilder, index: Expr, count: number): Expr {
  if (isConst(index)) return i32(Math.min(Number(index.value) >>> 0, count - 1));
  if (builder.limitOf(index) < count) return keepWithoutConstant(builder, index);
  const key = builder.keyOf(index);
  return builder.reuse(key === null ? null : `clamp ${count} ${key}`, () => {
    const fixed = builder.keep(index);
    const clamped = builder.keep(select(op('i32.lt_u', fixed, i32(count)), fixed, i32(count - 1)));
    if (clamped.kind === 'local') builder.setLimit(clamped.local, count - 1);
    return clamped;
  });
}

/** How many elements a runtime-sized array has: as many as fit its buffer. */
export function runtimeCount(builder: FunctionBuilder, place: MemoryPlace, type: ArrayType): Expr {
  if (place.binding === null) throw new Error('a runtime-sized array without a buffer');
  const bytes = op('i32.sub', { kind: 'binding-bytes', type: 'i32', binding: place.binding }, i32(place.offset));
  return builder.hoist(`count ${place.binding} ${place.offset}`, op('i32.div_u', bytes, i32(strideOf(type))));
}

function clampToBuffer(builder: FunctionBuilder, index: Expr, place: MemoryPlace, type: ArrayType): Expr {
  const count = runtimeCount(builder, place, type);
  const last = builder.hoist(`last ${place.binding} ${place.offset}`, op('i32.sub', count, i32(1)));
  if (isZero(index)) return index;
  const key = builder.keyOf(index);
  return builder.reuse(key === null ? null : `last ${place.binding} ${place.offset} ${key}`, () => {
    const fixed = builder.keep(index);
    return builder.keep(select(op('i32.lt_u', fixed, count), fixed, last));
  });
}

export function indexReference(builder: FunctionBuilder, reference: Reference, index: Expr, span: Span): Reference {
  const { place, type } = reference;
  const elements = elementsOf(type, span);
  const each = countScalars(elements.type) ?? 0;
  if (place.kind === 'memory') {
    const clamped =
      elements.count === null ? clampToBuffer(builder, index, place, type as ArrayType) : clampIndex(builder, index, elements.count);
    return { ...reference, type: elements.type, place: advance(builder, place, clamped, elements.stride) };
  }
  if (elements.count === null) throw new SourceFault('type', 'Only buffers may be runtime-sized.', span);
  const clamped = clampIndex(builder, index, elements.count);
  if (isConst(clamped)) {
    const at = Number(clamped.value);
    return { ...reference, type: elements.type, place: subPlace(place, at * each, each, at * elements.stride) };
  }
  const outer = place.kind === 'locals' ? [place.locals] : place.alternatives;
  const alternatives = outer.flatMap((locals) =>
    Array.from({ length: elements.count ?? 0 }, (_, k) => locals.slice(k * each, (k + 1) * each)),
  );
  const combined =
    place.kind === 'locals' ? clamped : builder.keep(op('i32.add', op('i32.mul', place.index, i32(elements.count)), clamped));
  return { ...reference, type: elements.type, place: { kind: 'chosen', alternatives, index: combined } };
}

function advance(builder: FunctionBuilder, place: MemoryPlace, index: Expr, stride: number): MemoryPlace {
  const [rest, constant] = index.kind === 'op' && index.op === 'i32.add' ? index.args : [];
  // The range of such a sum was found, so it does not wrap and neither part is negative.
  if (
    rest !== undefined &&
    constant !== undefined &&
    isConst(constant) &&
    builder.limitOf(index) < 4294967295 &&
    Number(constant.value) >= 0
  ) {
    return advance(builder, { ...place, offset: place.offset + Number(constant.value) * stride }, rest, stride);
  }
  if (isConst(index)) return { ...place, offset: place.offset + Number(index.value) * stride };
  return { ...place, address: op('i32.add', place.address, op('i32.mul', index, i32(stride))) };
}

/** Up to this many alternatives are chosen by selects; more go through memory. */
const maxSelects = 8;

export function indexValue(builder: FunctionBuilder, value: Value, index: Expr, span: Span): Value {
  const elements = elementsOf(value.type, span);
  if (elements.count === null) throw new SourceFault('type', 'Only buffers may be runtime-sized.', span);
  const each = countScalars(elements.type) ?? 0;
  if (value.kind === 'parts') {
    const clamped = clampIndex(builder, index, elements.count);
    if (isConst(clamped)) {
      const at = Number(clamped.value) * each;
      return { kind: 'parts', type: elements.type, parts: value.parts.slice(at, at + each) };
    }
    if (elements.count <= maxSelects) {
      const kept = builder.keepAll(value.parts);
      const alternatives = Array.from({ length: elements.count }, (_, k) => kept.slice(k * each, (k + 1) * each));
      return { kind: 'parts', type: elements.type, parts: readChosen(builder, alternatives, clamped) };
    }
  }
  const place = value.kind === 'memory' ? value.place : placeOfParts(builder, partsOf(builder, value, span), span);
  const within: Reference = { kind: 'reference', type: value.type, space: 'function', access: 'read', place };
  return loadReference(builder, indexReference(builder, within, index, span), span);
}

function placeOfParts(builder: FunctionBuilder, value: PartsValue, span: Span): MemoryPlace {
  if (value.parts.every(isConst)) return constantMemory(builder, value.type, value.parts);
  const place = newMemory(builder, value.type, 'indexed value');
  storeValue(builder, { kind: 'reference', type: value.type, space: 'function', access: 'read_write', place }, value, span);
  return place;
}

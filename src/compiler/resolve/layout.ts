/** Where the parts of a type lie in memory: sizes, alignments, offsets and strides by WGSL's section 14.4. */
import type { MemberLayout, ScalarKind, TypeLayout } from '../reflection.ts';
import type { ArrayType, MatrixType, ScalarName, StructType, Type } from './types.ts';

export interface Leaf {
  readonly scalar: ScalarName;
  readonly offset: number;
}

export function roundUp(value: number, align: number): number {
  return Math.ceil(value / align) * align;
}

/** A bool lies in no buffer; in memory of our own it takes a word. */
export function bytesOf(scalar: ScalarName): number {
  return scalar === 'f16' ? 2 : 4;
}

function vectorAlign(n: number, scalar: ScalarName): number {
  return (n === 2 ? 2 : 4) * bytesOf(scalar);
}

export function alignOf(type: Type): number {
  switch (type.kind) {
    case 'scalar':
    case 'atomic':
      return bytesOf(type.scalar);
    case 'vector':
      return vectorAlign(type.n, type.scalar);
    case 'matrix':
      return vectorAlign(type.rows, type.scalar);
    case 'array':
      return alignOf(type.element);
    case 'struct':
      return placeMembers(type).align;
    case 'pointer':
    case 'void':
      throw new Error(`${type.key} has no layout`);
  }
}

export function sizeOf(type: Type): number {
  switch (type.kind) {
    case 'scalar':
    case 'atomic':
      return bytesOf(type.scalar);
    case 'vector':
      return type.n * bytesOf(type.scalar);
    case 'matrix':
      return type.cols * columnStride(type);
    case 'array':
      return strideOf(type) * (type.count ?? 1);
    case 'struct':
      return placeMembers(type).size;
    case 'pointer':
    case 'void':
      throw new Error(`${type.key} has no layout`);
  }
}

export function columnStride(type: MatrixType): number {
  return vectorAlign(type.rows, type.scalar);
}

export function strideOf(type: ArrayType): number {
  return roundUp(sizeOf(type.element), alignOf(type.element));
}

interface PlacedMembers {
  readonly offsets: readonly number[];
  readonly size: number;
  readonly align: number;
}

const placed = new WeakMap<StructType, PlacedMembers>();

function placeMembers(type: StructType): PlacedMembers {
  const known = placed.get(type);
  if (known !== undefined) return known;
  const offsets: number[] = [];
  let end = 0;
  let align = 1;
  for (const member of type.members) {
    const memberAlign = member.align ?? alignOf(member.type);
    const offset = roundUp(end, memberAlign);
    offsets.push(offset);
    end = offset + (member.size ?? sizeOf(member.type));
    align = Math.max(align, memberAlign);
  }
  const result = { offsets, size: roundUp(end, align), align };
  placed.set(type, result);
  return result;
}

export function memberOffset(type: StructType, index: number): number {
  return placeMembers(type).offsets[index] ?? 0;
}

/** Every scalar of a type with its offset, in the order in which a value is split into parts. */
export function listLeaves(type: Type, base = 0, into: Leaf[] = []): Leaf[] {
  switch (type.kind) {
    case 'scalar':
    case 'atomic':
      into.push({ scalar: type.scalar, offset: base });
      break;
    case 'vector':
      for (let i = 0; i < type.n; i++) into.push({ scalar: type.scalar, offset: base + i * bytesOf(type.scalar) });
      break;
    case 'matrix':
      for (let i = 0; i < type.cols * type.rows; i++) {
        const column = Math.floor(i / type.rows) * columnStride(type);
        into.push({ scalar: type.scalar, offset: base + column + (i % type.rows) * bytesOf(type.scalar) });
      }
      break;
    case 'array':
      for (let i = 0; i < (type.count ?? 0); i++) listLeaves(type.element, base + i * strideOf(type), into);
      break;
    case 'struct':
      type.members.forEach((member, i) => listLeaves(member.type, base + memberOffset(type, i), into));
      break;
    case 'pointer':
    case 'void':
      throw new Error(`${type.key} has no layout`);
  }
  return into;
}

/** The layout as others see it. */
export function layoutOf(type: Type): TypeLayout {
  switch (type.kind) {
    case 'scalar':
      return { kind: 'scalar', scalar: type.scalar as ScalarKind, size: sizeOf(type), align: alignOf(type) };
    case 'atomic':
      return { kind: 'atomic', scalar: type.scalar, size: 4, align: 4 };
    case 'vector':
      return { kind: 'vector', n: type.n as 2 | 3 | 4, scalar: type.scalar as ScalarKind, size: sizeOf(type), align: alignOf(type) };
    case 'matrix':
      return {
        kind: 'matrix',
        cols: type.cols,
        rows: type.rows,
        scalar: type.scalar as ScalarKind,
        size: sizeOf(type),
        align: alignOf(type),
        stride: columnStride(type),
      };
    case 'array':
      return {
        kind: 'array',
        element: layoutOf(type.element),
        count: type.count,
        stride: strideOf(type),
        size: sizeOf(type),
        align: alignOf(type),
      };
    case 'struct': {
      const members = type.members.map(
        (member, i): MemberLayout => ({ name: member.name, offset: memberOffset(type, i), type: layoutOf(member.type) }),
      );
      return { kind: 'struct', name: type.name, members, size: sizeOf(type), align: alignOf(type) };
    }
    case 'pointer':
    case 'void':
      throw new Error(`${type.key} has no layout`);
  }
}

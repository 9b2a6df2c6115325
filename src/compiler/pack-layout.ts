/**
 * Layouts of types in few characters, for the description inside a module: `f32`, `f32x3` (vector), `f32x4x3` (matrix of 4 columns), `!u32` (atomic),
 * `[element, count]` (array; null: runtime-sized), `[name, size, align, [[member, offset, type], ...]]` (struct). What follows from WGSL's rules is not said.
 */
import type {
  ArrayLayout,
  AtomicLayout,
  MatrixLayout,
  ScalarKind,
  ScalarLayout,
  StructLayout,
  TypeLayout,
  VectorLayout,
} from './reflection.ts';

export type PackedMember = readonly [name: string, offset: number, type: PackedLayout];
export type PackedLayout =
  | string
  | readonly [element: PackedLayout, count: number | null]
  | readonly [name: string, size: number, align: number, members: readonly PackedMember[]];

export function packLayout(type: TypeLayout): PackedLayout {
  switch (type.kind) {
    case 'scalar':
      return type.scalar;
    case 'vector':
      return `${type.scalar}x${type.n}`;
    case 'matrix':
      return `${type.scalar}x${type.cols}x${type.rows}`;
    case 'atomic':
      return `!${type.scalar}`;
    case 'array':
      return [packLayout(type.element), type.count];
    case 'struct':
      return [type.name, type.size, type.align, type.members.map((each) => [each.name, each.offset, packLayout(each.type)] as const)];
  }
}

export function unpackLayout(packed: PackedLayout): TypeLayout {
  if (typeof packed === 'string') return unpackNumbers(packed);
  return packed.length === 2 ? unpackArray(packed[0], packed[1]) : unpackStruct(...packed);
}

function unpackNumbers(text: string): ScalarLayout | VectorLayout | MatrixLayout | AtomicLayout {
  if (text.startsWith('!')) return { kind: 'atomic', scalar: text.slice(1) as AtomicLayout['scalar'], size: 4, align: 4 };
  const [name = '', first, second] = text.split('x');
  const scalar = name as ScalarKind;
  const bytes = scalar === 'f16' ? 2 : 4;
  if (first === undefined) return { kind: 'scalar', scalar, size: bytes, align: bytes };
  const rows = Number(second ?? first);
  const align = rows === 2 ? 2 * bytes : 4 * bytes;
  if (second === undefined) return { kind: 'vector', n: rows as VectorLayout['n'], scalar, size: rows * bytes, align };
  return { kind: 'matrix', cols: Number(first), rows, scalar, size: Number(first) * align, align, stride: align };
}

function unpackArray(packed: PackedLayout, count: number | null): ArrayLayout {
  const element = unpackLayout(packed);
  const stride = Math.ceil(element.size / element.align) * element.align;
  return { kind: 'array', element, count, stride, size: stride * (count ?? 1), align: element.align };
}

function unpackStruct(name: string, size: number, align: number, members: readonly PackedMember[]): StructLayout {
  return {
    kind: 'struct',
    name,
    members: members.map(([member, offset, type]) => ({ name: member, offset, type: unpackLayout(type) })),
    size,
    align,
  };
}

/** How deep, how large and how wide a type may be, so that nothing that walks over one takes forever. */
import { SourceFault, type Span } from '../diagnostics.ts';
import { sizeOf } from './layout.ts';
import type { StructMember, Type } from './types.ts';

/** WGSL asks for 15. */
export const maxTypeDepth = 31;
/** Members of a struct and of the structs in it, those of an array's element once. WGSL asks for 1023 in one struct. */
export const maxMembers = 16_384;
export const maxTypeBytes = 2 ** 31 - 1;

const depths = new WeakMap<Type, number>();

function depthOf(type: Type): number {
  if (type.kind !== 'array' && type.kind !== 'struct') return 0;
  const known = depths.get(type);
  if (known !== undefined) return known;
  const depth = 1 + (type.kind === 'array' ? depthOf(type.element) : Math.max(...type.members.map((member) => depthOf(member.type))));
  depths.set(type, depth);
  return depth;
}

const widths = new WeakMap<Type, number>();

function widthOf(type: Type): number {
  if (type.kind === 'array') return widthOf(type.element);
  if (type.kind !== 'struct') return 1;
  const known = widths.get(type);
  if (known !== undefined) return known;
  const width = type.members.reduce((sum, member) => sum + widthOf(member.type), 0);
  widths.set(type, width);
  return width;
}

/** Of a type just made from parts that were checked before. */
export function checkTypeLimits<T extends Type>(type: T, span: Span): T {
  if (depthOf(type) > maxTypeDepth) throw new SourceFault('limit', `Types may nest ${maxTypeDepth} deep, not deeper.`, span);
  if (widthOf(type) > maxMembers)
    throw new SourceFault('limit', `A struct may have at most ${maxMembers} members, those of its members counted.`, span);
  const bytes = sizeOf(type);
  if (!(bytes <= maxTypeBytes)) throw new SourceFault('limit', `A type may take at most ${maxTypeBytes} bytes.`, span);
  return type;
}

/** What arrays and structs can be made of: everything of a known size but pointers. `isLast`: the place where a runtime-sized array may stand. */
export function checkElement(type: Type, isLast: boolean, span: Span): void {
  if (type.kind === 'pointer' || type.kind === 'void')
    throw new SourceFault('type', `${type.key} cannot be a part of an array or a struct.`, span);
  if (isRuntimeSized(type) && !(isLast && type.kind === 'array'))
    throw new SourceFault('type', 'A runtime-sized array may only be a buffer, or the last member of a struct that is one.', span);
}

export function isRuntimeSized(type: Type): boolean {
  if (type.kind === 'array') return type.count === null;
  const last = type.kind === 'struct' ? type.members.at(-1) : undefined;
  return last !== undefined && isRuntimeSized(last.type);
}

/** `@align` is a power of two that suits the type; `@size` leaves room for it. */
export function checkMemberAttributes(member: StructMember, natural: { readonly align: number; readonly size: number }, span: Span): void {
  const { align, size } = member;
  if (align !== null && (align < 1 || align > 2 ** 20 || (align & (align - 1)) !== 0 || align % natural.align !== 0))
    throw new SourceFault('type', `@align of "${member.name}" is a power of two and a multiple of ${natural.align}, not ${align}.`, span);
  if (size !== null && size < natural.size)
    throw new SourceFault('type', `@size of "${member.name}" is at least ${natural.size}, not ${size}.`, span);
}

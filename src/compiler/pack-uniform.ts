/** Turns named numbers (job parameters) into the bytes of a uniform, by its layout. */
import { CompileError } from './diagnostics.ts';
import { halfBits, roundToHalf } from './ir/half.ts';
import type { ScalarKind, TypeLayout } from './reflection.ts';

export type UniformValue = number | readonly number[];

/**
 * Packs a struct (members by name) or, under the name `value`, any other type. Arrays, vectors and matrices are flat lists of numbers, matrices by column.
 * Throws CompileError 'parameter' for an unknown, missing, too long or out-of-range value.
 */
export function packUniform(type: TypeLayout, values: Readonly<Record<string, UniformValue>>): Uint8Array {
  const bytes = new Uint8Array(type.size);
  const view = new DataView(bytes.buffer);
  const members = type.kind === 'struct' ? type.members : [{ name: 'value', offset: 0, type }];
  const known = new Set(members.map((member) => member.name));
  for (const name of Object.keys(values)) {
    if (!known.has(name)) refuse(`There is no parameter "${name}" (known: ${[...known].join(', ')}).`);
  }
  for (const member of members) {
    const value = Object.hasOwn(values, member.name) ? values[member.name] : undefined;
    if (value === undefined) refuse(`Parameter "${member.name}" has no value.`);
    packMember(view, member.offset, member.type, member.name, value);
  }
  return bytes;
}

function packMember(view: DataView, offset: number, type: TypeLayout, name: string, value: UniformValue): void {
  const slots = listSlots(type, offset, name);
  const numbers = typeof value === 'number' ? [value] : value;
  if (numbers.length !== slots.length) {
    refuse(`Parameter "${name}" takes ${slots.length} number${slots.length === 1 ? '' : 's'}, not ${numbers.length}.`);
  }
  for (let i = 0; i < slots.length; i++) {
    const slot = slots[i];
    const number = numbers[i];
    if (slot !== undefined) writeScalar(view, slot, name, number);
  }
}

interface Slot {
  readonly scalar: ScalarKind;
  readonly offset: number;
}

function listSlots(type: TypeLayout, offset: number, name: string): Slot[] {
  switch (type.kind) {
    case 'scalar':
    case 'atomic':
      return [{ scalar: type.scalar, offset }];
    case 'vector':
      return Array.from({ length: type.n }, (_, i) => ({ scalar: type.scalar, offset: offset + (i * type.size) / type.n }));
    case 'matrix':
      return Array.from({ length: type.cols * type.rows }, (_, i) => ({
        scalar: type.scalar,
        offset: offset + Math.floor(i / type.rows) * type.stride + (i % type.rows) * (type.scalar === 'f16' ? 2 : 4),
      }));
    case 'array': {
      if (type.count === null) return refuse(`Parameter "${name}" has no fixed size; pass it as an input instead.`);
      const slots: Slot[] = [];
      for (let i = 0; i < type.count; i++) slots.push(...listSlots(type.element, offset + i * type.stride, name));
      return slots;
    }
    case 'struct':
      return type.members.flatMap((member) => listSlots(member.type, offset + member.offset, name));
  }
}

function writeScalar(view: DataView, slot: Slot, name: string, number: unknown): void {
  if (typeof number !== 'number') refuse(`Parameter "${name}" must be made of numbers.`);
  switch (slot.scalar) {
    case 'f32':
      if (!Number.isFinite(number) || !Number.isFinite(Math.fround(number)))
        refuse(`Parameter "${name}" must fit a 32-bit float; ${number} does not.`);
      return view.setFloat32(slot.offset, number, true);
    case 'f16':
      if (!Number.isFinite(number) || !Number.isFinite(roundToHalf(number)))
        refuse(`Parameter "${name}" must fit a 16-bit float; ${number} does not.`);
      return view.setUint16(slot.offset, halfBits(roundToHalf(number)), true);
    case 'i32':
      if (!Number.isInteger(number) || number < -2147483648 || number > 2147483647)
        refuse(`Parameter "${name}" must be an i32; ${number} is not.`);
      return view.setInt32(slot.offset, number, true);
    case 'u32':
      if (!Number.isInteger(number) || number < 0 || number > 4294967295) refuse(`Parameter "${name}" must be a u32; ${number} is not.`);
      return view.setUint32(slot.offset, number, true);
    case 'bool':
      return refuse(`Parameter "${name}" is a bool, which no buffer can hold.`);
  }
}

function refuse(message: string): never {
  throw new CompileError('parameter', message);
}

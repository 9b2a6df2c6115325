/** What an expression can stand for while it is lowered: scalars, a place in memory or in locals, or a pointer to one. */
import { zeroOf } from '../ir/build.ts';
import type { Expr, ValueType } from '../ir/ir.ts';
import { listLeaves } from '../resolve/layout.ts';
import type { AccessMode, AddressSpace, PointerType, ScalarName, Type } from '../resolve/types.ts';

/** A value split into its scalars, in the order of listLeaves. */
export interface PartsValue {
  readonly kind: 'parts';
  readonly type: Type;
  readonly parts: readonly Expr[];
}

/** A value too large to split: it lies in memory that nothing writes any more. */
export interface MemoryValue {
  readonly kind: 'memory';
  readonly type: Type;
  readonly place: MemoryPlace;
}

export interface PointerValue {
  readonly kind: 'pointer';
  readonly type: PointerType;
  readonly reference: Reference;
}

export type Value = PartsValue | MemoryValue | PointerValue;

export interface MemoryPlace {
  readonly kind: 'memory';
  readonly address: Expr;
  readonly offset: number;
  /** The buffer it belongs to: a runtime-sized array ends where the buffer does. */
  readonly binding: number | null;
}

/** A variable, or a part of one, that lives in locals: one for each scalar. */
export interface LocalsPlace {
  readonly kind: 'locals';
  readonly locals: readonly number[];
}

/** One of several sets of locals, chosen by an index only known at run time (already clamped). */
export interface ChosenPlace {
  readonly kind: 'chosen';
  readonly alternatives: readonly (readonly number[])[];
  readonly index: Expr;
}

export type Place = MemoryPlace | LocalsPlace | ChosenPlace;

export interface Reference {
  readonly kind: 'reference';
  readonly type: Type;
  readonly space: AddressSpace;
  readonly access: AccessMode;
  readonly place: Place;
}

/** Values with more scalars than this stay in memory. */
export const maxParts = 64;

export function partsValue(type: Type, ...parts: readonly Expr[]): PartsValue {
  return { kind: 'parts', type, parts };
}

export function valueTypeOf(scalar: ScalarName): ValueType {
  switch (scalar) {
    case 'bool':
    case 'i32':
    case 'u32':
      return 'i32';
    case 'f32':
    case 'f16':
      return 'f32';
    case 'abstract-int':
      return 'i64';
    case 'abstract-float':
      return 'f64';
  }
}

export function zeroValue(type: Type): PartsValue {
  return { kind: 'parts', type, parts: listLeaves(type).map((leaf) => zeroOf(valueTypeOf(leaf.scalar))) };
}

/** Values with more scalars than this cannot be written down at all; constants may be long tables. */
export const maxConstParts = 65_536;

/** WGSL's types as values. Two types are the same when their keys are; the key is also what a message shows. */

/** The two abstract kinds belong to constants that have not been given a concrete type yet. */
export type ScalarName = 'bool' | 'i32' | 'u32' | 'f32' | 'f16' | 'abstract-int' | 'abstract-float';
export type AddressSpace = 'function' | 'private' | 'workgroup' | 'uniform' | 'storage';
export type AccessMode = 'read' | 'write' | 'read_write';

export interface ScalarType {
  readonly kind: 'scalar';
  readonly scalar: ScalarName;
  readonly key: string;
}
export interface VectorType {
  readonly kind: 'vector';
  readonly n: number;
  readonly scalar: ScalarName;
  readonly key: string;
}
export interface MatrixType {
  readonly kind: 'matrix';
  readonly cols: number;
  readonly rows: number;
  readonly scalar: ScalarName;
  readonly key: string;
}
export interface ArrayType {
  readonly kind: 'array';
  readonly element: Type;
  readonly count: number | null;
  readonly key: string;
}
export interface StructMember {
  readonly name: string;
  readonly type: Type;
  /** `@align` and `@size`, where written. */
  readonly align: number | null;
  readonly size: number | null;
  /** `@builtin(...)`, where written. */
  readonly builtin: string | null;
}
export interface StructType {
  readonly kind: 'struct';
  readonly name: string;
  readonly members: readonly StructMember[];
  readonly key: string;
}
export interface AtomicType {
  readonly kind: 'atomic';
  readonly scalar: 'i32' | 'u32';
  readonly key: string;
}
export interface PointerType {
  readonly kind: 'pointer';
  readonly space: AddressSpace;
  readonly store: Type;
  readonly access: AccessMode;
  readonly key: string;
}
export interface VoidType {
  readonly kind: 'void';
  readonly key: string;
}
export type Type = ScalarType | VectorType | MatrixType | ArrayType | StructType | AtomicType | PointerType | VoidType;

export const voidType: VoidType = { kind: 'void', key: 'nothing' };

export function scalarType(scalar: ScalarName): ScalarType {
  return { kind: 'scalar', scalar, key: scalar };
}

export function vectorType(n: number, scalar: ScalarName): VectorType {
  return { kind: 'vector', n, scalar, key: `vec${n}<${scalar}>` };
}

export function matrixType(cols: number, rows: number, scalar: ScalarName): MatrixType {
  return { kind: 'matrix', cols, rows, scalar, key: `mat${cols}x${rows}<${scalar}>` };
}

export function arrayType(element: Type, count: number | null): ArrayType {
  return { kind: 'array', element, count, key: count === null ? `array<${element.key}>` : `array<${element.key}, ${count}>` };
}

export function pointerType(space: AddressSpace, store: Type, access: AccessMode): PointerType {
  return { kind: 'pointer', space, store, access, key: `ptr<${space}, ${store.key}, ${access}>` };
}

export function isSameType(a: Type, b: Type): boolean {
  return a.key === b.key;
}

export function isAbstract(type: Type): boolean {
  switch (type.kind) {
    case 'scalar':
    case 'vector':
    case 'matrix':
      return type.scalar === 'abstract-int' || type.scalar === 'abstract-float';
    case 'array':
      return isAbstract(type.element);
    case 'struct':
      return type.members.some((member) => isAbstract(member.type));
    default:
      return false;
  }
}

/** The scalar a number-like type is made of; null for the rest. */
export function scalarOf(type: Type): ScalarName | null {
  return type.kind === 'scalar' || type.kind === 'vector' || type.kind === 'matrix' ? type.scalar : null;
}

/** The same shape with another scalar. */
export function withScalar(type: Type, scalar: ScalarName): Type {
  switch (type.kind) {
    case 'scalar':
      return scalarType(scalar);
    case 'vector':
      return vectorType(type.n, scalar);
    case 'matrix':
      return matrixType(type.cols, type.rows, scalar);
    case 'array':
      return arrayType(withScalar(type.element, scalar), type.count);
    default:
      return type;
  }
}

export function isFloatScalar(scalar: ScalarName): boolean {
  return scalar === 'f32' || scalar === 'f16' || scalar === 'abstract-float';
}

/** How many scalars a value of this type has; null for what has no fixed number. */
export function countScalars(type: Type): number | null {
  switch (type.kind) {
    case 'scalar':
    case 'atomic':
      return 1;
    case 'vector':
      return type.n;
    case 'matrix':
      return type.cols * type.rows;
    case 'array': {
      const each = countScalars(type.element);
      return each === null || type.count === null ? null : each * type.count;
    }
    case 'struct':
      return countOfStruct(type);
    case 'pointer':
    case 'void':
      return null;
  }
}

/** Asked for again and again, and a struct can be large. */
const structCounts = new WeakMap<StructType, number | null>();

function countOfStruct(type: StructType): number | null {
  const known = structCounts.get(type);
  if (known !== undefined) return known;
  let total: number | null = 0;
  for (const member of type.members) {
    const each = countScalars(member.type);
    total = each === null || total === null ? null : total + each;
  }
  structCounts.set(type, total);
  return total;
}

export function hasArray(type: Type): boolean {
  return type.kind === 'array' || (type.kind === 'struct' && type.members.some((member) => hasArray(member.type)));
}

export function hasFloat(type: Type): boolean {
  if (type.kind === 'array') return hasFloat(type.element);
  if (type.kind === 'struct') return type.members.some((member) => hasFloat(member.type));
  const scalar = scalarOf(type);
  return scalar !== null && isFloatScalar(scalar);
}

export function hasAtomic(type: Type): boolean {
  if (type.kind === 'atomic') return true;
  if (type.kind === 'array') return hasAtomic(type.element);
  return type.kind === 'struct' && type.members.some((member) => hasAtomic(member.type));
}

/** The types that generated shaders use. */
import type { Random } from '../../simulation/random.ts';

export type ScalarName = 'u32' | 'i32' | 'f32' | 'f16' | 'bool';
export interface StructType {
  readonly kind: 'struct';
  readonly name: string;
  readonly members: readonly { readonly name: string; readonly type: ShaderType; readonly attributes: string }[];
}
export type ShaderType =
  | { readonly kind: 'scalar'; readonly name: ScalarName }
  | { readonly kind: 'vector'; readonly n: 2 | 3 | 4; readonly scalar: ScalarName }
  | { readonly kind: 'matrix'; readonly cols: 2 | 3 | 4; readonly rows: 2 | 3 | 4 }
  | { readonly kind: 'array'; readonly element: ShaderType; readonly count: number }
  | StructType;

export const u32: ShaderType = { kind: 'scalar', name: 'u32' };
export const i32: ShaderType = { kind: 'scalar', name: 'i32' };
export const f32: ShaderType = { kind: 'scalar', name: 'f32' };
export const bool: ShaderType = { kind: 'scalar', name: 'bool' };

export function scalarType(name: ScalarName): ShaderType {
  return { kind: 'scalar', name };
}

export function vectorType(n: 2 | 3 | 4, scalar: ScalarName): ShaderType {
  return { kind: 'vector', n, scalar };
}

/** Also the type's WGSL text. */
export function keyOf(type: ShaderType): string {
  switch (type.kind) {
    case 'scalar':
      return type.name;
    case 'vector':
      return `vec${type.n}<${type.scalar}>`;
    case 'matrix':
      return `mat${type.cols}x${type.rows}<f32>`;
    case 'array':
      return `array<${keyOf(type.element)}, ${type.count}>`;
    case 'struct':
      return type.name;
  }
}

export function scalarOf(type: ShaderType): ScalarName | null {
  if (type.kind === 'scalar') return type.name;
  if (type.kind === 'vector') return type.scalar;
  return type.kind === 'matrix' ? 'f32' : null;
}

/** The same shape over another scalar. */
export function withScalar(type: ShaderType, name: ScalarName): ShaderType {
  return type.kind === 'vector' ? vectorType(type.n, name) : scalarType(name);
}

/** Whether values of `target` lie somewhere in values of `type`. */
export function canReach(type: ShaderType, target: ShaderType): boolean {
  if (keyOf(type) === keyOf(target)) return true;
  switch (type.kind) {
    case 'scalar':
      return false;
    case 'vector':
      return target.kind === 'scalar' && target.name === type.scalar;
    case 'matrix':
      return canReach(vectorType(type.rows, 'f32'), target);
    case 'array':
      return canReach(type.element, target);
    case 'struct':
      return type.members.some((member) => canReach(member.type, target));
  }
}

const scalars: readonly ScalarName[] = ['u32', 'u32', 'i32', 'f32', 'bool'];

export function pickScalar(random: Random, isShareable = false): ScalarName {
  const name = random.pick(scalars);
  return isShareable && name === 'bool' ? 'u32' : name;
}

/** Scalars and vectors. */
export function pickPlainType(random: Random, isShareable = false): ShaderType {
  const name = pickScalar(random, isShareable);
  return random.isTrue(0.6) ? scalarType(name) : vectorType(pickSize(random), name);
}

export function pickSize(random: Random): 2 | 3 | 4 {
  return random.pick([2, 3, 4] as const);
}

export function pickType(random: Random, structs: readonly StructType[], isShareable = false, depth = 2): ShaderType {
  const chance = random.next();
  if (depth === 0 || chance < 0.6) return pickPlainType(random, isShareable);
  if (chance < 0.7) return { kind: 'matrix', cols: pickSize(random), rows: pickSize(random) };
  const fit = structs.filter((each) => !isShareable || each.members.every((member) => isHostShareable(member.type)));
  if (chance < 0.82 && fit.length > 0) return random.pick(fit);
  return { kind: 'array', element: pickType(random, structs, isShareable, depth - 1), count: 1 + random.below(7) };
}

function isHostShareable(type: ShaderType): boolean {
  if (type.kind === 'array') return isHostShareable(type.element);
  if (type.kind === 'struct') return type.members.every((member) => isHostShareable(member.type));
  return scalarOf(type) !== 'bool';
}

/** The same type with its f32 made f16; matrices stay, so that both meet. */
export function halve(type: ShaderType): ShaderType {
  if (type.kind === 'array') return { ...type, element: halve(type.element) };
  return (type.kind === 'scalar' || type.kind === 'vector') && scalarOf(type) === 'f32' ? withScalar(type, 'f16') : type;
}

/** Scalars in a value, to keep copies small. */
export function countScalars(type: ShaderType): number {
  switch (type.kind) {
    case 'scalar':
      return 1;
    case 'vector':
      return type.n;
    case 'matrix':
      return type.cols * type.rows;
    case 'array':
      return type.count * countScalars(type.element);
    case 'struct':
      return type.members.reduce((sum, member) => sum + countScalars(member.type), 0);
  }
}

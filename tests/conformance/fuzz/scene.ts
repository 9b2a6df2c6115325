/** What a generated expression can see: variables in scope, helper functions, structs; and ways into composite variables. */
import type { Random } from '../../simulation/random.ts';
import {
  canReach,
  halve,
  keyOf,
  pickPlainType,
  pickScalar,
  pickType,
  type ShaderType,
  type StructType,
  scalarType,
  u32,
  vectorType,
} from './shader-type.ts';
import { type Expr, makeExpr } from './tree.ts';

export type Space = 'function' | 'private' | 'workgroup' | 'storage';

export interface Variable {
  /** How its value is written: a name, or `(*p)`. */
  readonly text: string;
  /** How its address is written, where it can be taken. */
  readonly address: string | null;
  readonly space: Space | null;
  /** Two variables of one root may be the same memory. */
  readonly root: string;
  readonly type: ShaderType;
  readonly isMutable: boolean;
  /** A counter stays below this. */
  readonly below: number | null;
  readonly isConst: boolean;
}

export interface Parameter {
  readonly name: string;
  readonly type: ShaderType;
  readonly pointsTo: Space | null;
}

export interface FunctionShape {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly result: ShaderType | null;
  /** Statements one call runs at most. */
  readonly cost: number;
}

export interface Scene {
  readonly random: Random;
  readonly isWild: boolean;
  /** Only scalars and small bodies: control flow and addresses in focus. */
  readonly isNarrow: boolean;
  /** `enable f16;`, which few others have: only for wild shaders. */
  readonly hasHalf: boolean;
  readonly structs: readonly StructType[];
  readonly functions: FunctionShape[];
  readonly scopes: Variable[][];
  /** Texts of u32 expressions that are affine in the invocation: indices worth trying. */
  readonly affine: string[];
  /** Turns of the loops around, multiplied, and how much one invocation ran so far. */
  turns: number;
  cost: number;
  names: number;
}

export const dataWords = 2048;
/** What one invocation of a shader, or one call of a helper, may cost. */
export const maxCost = 4000;

export function plainVariable(name: string, type: ShaderType, facts: Partial<Variable> = {}): Variable {
  return { text: name, address: null, space: null, root: name, type, isMutable: false, below: null, isConst: false, ...facts };
}

export function newName(scene: Scene, prefix: string): string {
  return `${prefix}_${scene.names++}`;
}

export function declare(scene: Scene, variable: Variable): void {
  scene.scopes.at(-1)?.push(variable);
}

export function visible(scene: Scene, test: (variable: Variable) => boolean): Variable[] {
  return scene.scopes.flat().filter(test);
}

export function pickPlainTypeFor(scene: Scene, isShareable = false): ShaderType {
  const type = pickAnyPlain(scene, isShareable);
  return scene.hasHalf && scene.random.isTrue(0.6) ? halve(type) : type;
}

function pickAnyPlain(scene: Scene, isShareable: boolean): ShaderType {
  return scene.isNarrow && scene.random.isTrue(0.9)
    ? scalarType(pickScalar(scene.random, isShareable))
    : pickPlainType(scene.random, isShareable);
}

export function pickTypeFor(scene: Scene, isShareable = false): ShaderType {
  const type = pickAny(scene, isShareable);
  return scene.hasHalf && scene.random.isTrue(0.6) ? halve(type) : type;
}

function pickAny(scene: Scene, isShareable: boolean): ShaderType {
  const { random } = scene;
  if (!scene.isNarrow) return pickType(random, isShareable ? [] : scene.structs, isShareable);
  if (random.isTrue(0.8)) return pickPlainTypeFor(scene, isShareable);
  return { kind: 'array', element: pickPlainTypeFor(scene, isShareable), count: 1 + random.below(9) };
}

/** Prefers what was declared last: deep trees of old names are dull. */
export function pickVariable(scene: Scene, test: (variable: Variable) => boolean): Variable | null {
  const found = visible(scene, test);
  if (found.length === 0) return null;
  if (scene.random.isTrue(0.5)) return found[Math.max(0, found.length - 1 - scene.random.below(3))] ?? null;
  return scene.random.pick(found);
}

const members = ['x', 'y', 'z', 'w'];

interface Way {
  readonly pieces: (string | Expr)[];
  readonly isConst: boolean;
  /** The way enters a vector, so its end has no address. */
  readonly isComponent: boolean;
}

/** An index that is good for `count` elements; in wild shaders often one that is not. */
export type MakeIndex = (count: number) => Expr;

/** A way from a value of `type` to one of `target` within it. */
export function reachInto(
  scene: Scene,
  start: readonly (string | Expr)[],
  type: ShaderType,
  target: ShaderType,
  makeIndex: MakeIndex,
): Way | null {
  if (keyOf(type) === keyOf(target)) return { pieces: [...start], isConst: true, isComponent: false };
  if (!canReach(type, target)) return null;
  const { random } = scene;
  const through = (count: number, element: ShaderType): Way | null => {
    const index = makeIndex(count);
    const way = reachInto(scene, [...start, '[', index, ']'], element, target, makeIndex);
    return way === null ? null : { ...way, isConst: way.isConst && index.isConst };
  };
  switch (type.kind) {
    case 'scalar':
      return null;
    case 'vector': {
      if (random.isTrue(0.7)) return { pieces: [...start, `.${members[random.below(type.n)]}`], isConst: true, isComponent: true };
      const way = through(type.n, scalarType(type.scalar));
      return way === null ? null : { ...way, isComponent: true };
    }
    case 'matrix':
      return through(type.cols, vectorType(type.rows, 'f32'));
    case 'array':
      return through(type.count, type.element);
    case 'struct': {
      const fit = type.members.filter((member) => canReach(member.type, target));
      const member = random.pick(fit);
      return reachInto(scene, [...start, `.${member.name}`], member.type, target, makeIndex);
    }
  }
}

/** A load of the input, by indices of every kind. */
export function makeDataIndex(scene: Scene, makeU32: () => Expr): Expr {
  const { random } = scene;
  const affine = scene.affine.length === 0 ? null : random.pick(scene.affine);
  const counter = pickVariable(scene, (variable) => variable.below !== null && variable.type === u32);
  const chance = random.next();
  if (affine !== null && chance < 0.45) {
    const forms = [
      affine,
      `${affine} + ${random.below(900)}u`,
      `${1023 + random.below(1000)}u - ${affine}`,
      `${affine} * 2u + ${random.below(3)}u`,
    ];
    return makeExpr(u32, [random.pick(forms)]);
  }
  if (affine !== null && counter !== null && chance < 0.6) return makeExpr(u32, [`${affine} + ${counter.text} * ${1 + random.below(8)}u`]);
  if (counter !== null && chance < 0.7) return makeExpr(u32, [`${counter.text} * ${1 + random.below(8)}u + ${random.below(8)}u`]);
  if (chance < 0.8) return makeExpr(u32, [`${random.below(dataWords)}u`], { isConst: true });
  const inner = makeU32();
  if (inner.isConst) return makeExpr(u32, [`${random.below(dataWords)}u`], { isConst: true });
  if (scene.isWild && random.isTrue(0.4)) return inner;
  return makeExpr(u32, random.isTrue(0.5) ? ['(', inner, `) % ${dataWords}u`] : ['(', inner, `) & ${dataWords - 1}u`]);
}

/** Reads a type out of an expression such as `array<vec3<f32>, N>`. */
import { SourceFault, type Span } from '../diagnostics.ts';
import type { Value } from '../lower/value.ts';
import { nearestName, suggestName } from '../nearest-name.ts';
import type { ExprNode, IdentNode } from '../parse/ast.ts';
import { integerOf, type ModuleScope } from './module-scope.ts';
import { checkElement, checkTypeLimits } from './type-limits.ts';
import {
  type AccessMode,
  type AddressSpace,
  arrayType,
  isFloatScalar,
  matrixType,
  pointerType,
  type ScalarName,
  scalarType,
  type Type,
  vectorType,
} from './types.ts';

const scalarNames: readonly string[] = ['bool', 'i32', 'u32', 'f32', 'f16'];
const suffixes: Readonly<Record<string, ScalarName>> = { f: 'f32', h: 'f16', i: 'i32', u: 'u32' };

/** All types that have a name of one word. */
export const typeNames: readonly string[] = [
  ...['bool', 'i32', 'u32', 'f32', 'f16', 'array', 'atomic', 'ptr'],
  ...[2, 3, 4].flatMap((n) => ['', 'f', 'i', 'u', 'h'].map((suffix) => `vec${n}${suffix}`)),
  ...[2, 3, 4].flatMap((n) => [2, 3, 4].flatMap((m) => ['', 'f', 'h'].map((suffix) => `mat${n}x${m}${suffix}`))),
];

const addressSpaces: readonly string[] = ['function', 'private', 'workgroup', 'uniform', 'storage'];

export type EvaluateCount = (node: ExprNode) => Value;

/** Arrays longer than this are refused: their size would leave 32 bits. */
const maxArrayCount = 1 << 28;

export function resolveType(scope: ModuleScope, node: ExprNode, evaluate: EvaluateCount): Type {
  if (node.kind !== 'ident') throw new SourceFault('type', 'Expected a type here.', node.span);
  const type = tryResolveType(scope, node, evaluate);
  if (type === null) throw unknownType(scope, node);
  return type;
}

const needsTemplate: Readonly<Record<string, string>> = {
  vec: 'Write vec3<f32>, or vec3f for short.',
  mat: 'Write mat4x4<f32>, or mat4x4f for short.',
  array: 'Write array<f32, 4>, or array<f32> for a buffer.',
  atomic: 'Write atomic<u32> or atomic<i32>.',
  ptr: 'Write ptr<function, f32>.',
};

/** What other languages call WGSL's types. */
const foreignNames: Readonly<Record<string, string>> = {
  float: 'f32',
  double: 'f32',
  int: 'i32',
  uint: 'u32',
  unsigned: 'u32',
  half: 'f16',
};

function unknownType(scope: ModuleScope, node: IdentNode): SourceFault {
  if (/^(texture_|sampler)/.test(node.name))
    return new SourceFault('unsupported', `"${node.name}" is not compiled: this network computes without textures.`, node.span, [
      'Pass the picture as a storage buffer: array<vec4f> or array<u32>.',
    ]);
  const bare = needsTemplate[/^(?:vec|mat|array|atomic|ptr)/.exec(node.name)?.[0] ?? ''];
  if (bare !== undefined && (typeNames.includes(node.name) || /^(vec[234]|mat[234]x[234])$/.test(node.name)))
    return new SourceFault('type', `"${node.name}" does not say what it is made of.`, node.span, [bare]);
  const foreign = Object.hasOwn(foreignNames, node.name) ? node.name : nearestName(node.name, Object.keys(foreignNames));
  const notes =
    foreign === null
      ? suggestName(node.name, [...typeNames, ...scope.module.declarations.keys()])
      : [`In WGSL this is called ${foreignNames[foreign]}.`];
  return new SourceFault('type', `"${node.name}" is not a type.`, node.span, notes);
}

export function requireHalf(scope: ModuleScope, span: Span): void {
  if (!scope.module.enablesHalf) throw new SourceFault('type', 'f16 needs "enable f16;" at the top of the shader.', span);
}

/** null when the name is no type, or one whose template list is left to be inferred (`vec3(...)`, `array(...)`). */
export function tryResolveType(scope: ModuleScope, node: IdentNode, evaluate: EvaluateCount): Type | null {
  const declared = scope.lookup(node.name);
  if (declared !== null) return declared.kind === 'type' ? declared.type : null;
  const { name, template } = node;
  if (name === 'f16') requireHalf(scope, node.span);
  if (scalarNames.includes(name)) return scalarType(name as ScalarName);
  const short = /^(?:vec([234])|mat([234])x([234]))([fhiu])$/.exec(name);
  if (short !== null && template === null) {
    const [, n, cols, rows, suffix = 'f'] = short;
    const scalar = suffixes[suffix] ?? 'f32';
    if (scalar === 'f16') requireHalf(scope, node.span);
    return n === undefined ? matrixType(Number(cols), Number(rows), scalar) : vectorType(Number(n), scalar);
  }
  if (template === null) return null;
  return resolveTemplate(scope, node, template, evaluate);
}

function resolveTemplate(scope: ModuleScope, node: IdentNode, template: readonly ExprNode[], evaluate: EvaluateCount): Type | null {
  const [first, second, third] = template;
  if (first === undefined) return null;
  const vector = /^vec([234])$/.exec(node.name);
  if (vector !== null) return vectorType(Number(vector[1]), scalarArgument(scope, first, evaluate));
  const matrix = /^mat([234])x([234])$/.exec(node.name);
  if (matrix !== null) {
    const scalar = scalarArgument(scope, first, evaluate);
    if (!isFloatScalar(scalar)) throw new SourceFault('type', `A matrix is made of floats, not of ${scalar}.`, first.span);
    return matrixType(Number(matrix[1]), Number(matrix[2]), scalar);
  }
  switch (node.name) {
    case 'array': {
      const element = resolveType(scope, first, evaluate);
      checkElement(element, false, first.span);
      if (second === undefined) return checkTypeLimits(arrayType(element, null), node.span);
      const count = integerOf(evaluate(second), second.span);
      if (count < 1 || count > maxArrayCount)
        throw new SourceFault('type', `An array may have 1 to ${maxArrayCount} elements.`, second.span);
      return checkTypeLimits(arrayType(element, count), node.span);
    }
    case 'atomic': {
      const scalar = scalarArgument(scope, first, evaluate);
      if (scalar !== 'i32' && scalar !== 'u32') throw new SourceFault('type', 'An atomic is made of i32 or u32.', first.span);
      return { kind: 'atomic', scalar, key: `atomic<${scalar}>` };
    }
    case 'ptr': {
      if (second === undefined) return null;
      const space = wordOf(first) as AddressSpace;
      if (!addressSpaces.includes(space))
        throw new SourceFault('type', `"${space}" is no address space.`, first.span, suggestName(space, addressSpaces));
      const access =
        third === undefined ? (space === 'storage' || space === 'uniform' ? 'read' : 'read_write') : (wordOf(third) as AccessMode);
      return pointerType(space, resolveType(scope, second, evaluate), access);
    }
    default:
      return null;
  }
}

function wordOf(node: ExprNode): string {
  if (node.kind !== 'ident') throw new SourceFault('type', 'Expected a word here.', node.span);
  return node.name;
}

function scalarArgument(scope: ModuleScope, node: ExprNode, evaluate: EvaluateCount): ScalarName {
  const type = resolveType(scope, node, evaluate);
  if (type.kind !== 'scalar') throw new SourceFault('type', 'Expected a scalar type here.', node.span);
  return type.scalar;
}

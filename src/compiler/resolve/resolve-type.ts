/** Reads a type out of an expression such as `array<vec3<f32>, N>`. */
import { SourceFault } from '../diagnostics.ts';
import type { Value } from '../lower/value.ts';
import type { ExprNode, IdentNode } from '../parse/ast.ts';
import { integerOf, type ModuleScope } from './module-scope.ts';
import {
  type AccessMode,
  type AddressSpace,
  arrayType,
  matrixType,
  pointerType,
  type ScalarName,
  scalarType,
  type Type,
  vectorType,
} from './types.ts';

const scalarNames: readonly string[] = ['bool', 'i32', 'u32', 'f32'];
const suffixes: Readonly<Record<string, ScalarName>> = { f: 'f32', i: 'i32', u: 'u32' };

export type EvaluateCount = (node: ExprNode) => Value;

/** Arrays longer than this are refused: their size would leave 32 bits. */
const maxArrayCount = 1 << 28;

export function resolveType(scope: ModuleScope, node: ExprNode, evaluate: EvaluateCount): Type {
  if (node.kind !== 'ident') throw new SourceFault('type', 'Expected a type here.', node.span);
  const type = tryResolveType(scope, node, evaluate);
  if (type === null) throw unknownType(node);
  return type;
}

function unknownType(node: IdentNode): SourceFault {
  if (/^(texture_|sampler)/.test(node.name))
    return new SourceFault('unsupported', `"${node.name}" is not compiled for the CPU yet.`, node.span);
  if (node.name === 'f16' || /^(vec[234]|mat[234]x[234])h$/.test(node.name)) {
    return new SourceFault('unsupported', 'f16 is not compiled for the CPU yet.', node.span);
  }
  return new SourceFault('type', `"${node.name}" is not a type.`, node.span);
}

/** null when the name is no type, or one whose template list is left to be inferred (`vec3(...)`, `array(...)`). */
export function tryResolveType(scope: ModuleScope, node: IdentNode, evaluate: EvaluateCount): Type | null {
  const declared = scope.lookup(node.name);
  if (declared !== null) return declared.kind === 'type' ? declared.type : null;
  const { name, template } = node;
  if (scalarNames.includes(name)) return scalarType(name as ScalarName);
  const short = /^(?:vec([234])|mat([234])x([234]))([fiu])$/.exec(name);
  if (short !== null && template === null) {
    const [, n, cols, rows, suffix = 'f'] = short;
    const scalar = suffixes[suffix] ?? 'f32';
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
  if (matrix !== null) return matrixType(Number(matrix[1]), Number(matrix[2]), scalarArgument(scope, first, evaluate));
  switch (node.name) {
    case 'array': {
      const element = resolveType(scope, first, evaluate);
      if (second === undefined) return arrayType(element, null);
      const count = integerOf(evaluate(second), second.span);
      if (count < 1 || count > maxArrayCount)
        throw new SourceFault('type', `An array may have 1 to ${maxArrayCount} elements.`, second.span);
      return arrayType(element, count);
    }
    case 'atomic': {
      const scalar = scalarArgument(scope, first, evaluate);
      if (scalar !== 'i32' && scalar !== 'u32') throw new SourceFault('type', 'An atomic is made of i32 or u32.', first.span);
      return { kind: 'atomic', scalar, key: `atomic<${scalar}>` };
    }
    case 'ptr': {
      if (second === undefined) return null;
      const space = wordOf(first) as AddressSpace;
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

/** Describes an entry point to the outside: bindings with their layouts, workgroup size, and what kinds of operation it uses. */
import { SourceFault } from '../diagnostics.ts';
import type { FunctionNode } from '../parse/ast.ts';
import type { Binding, Reflection } from '../reflection.ts';
import { layoutOf, sizeOf } from './layout.ts';
import type { GlobalVariable, ModuleScope } from './module-scope.ts';
import { type Reach, reachFrom } from './reach.ts';
import { readWorkgroupSize } from './read-attributes.ts';
import type { Type } from './types.ts';

export interface Described {
  readonly reflection: Reflection;
  readonly reach: Reach;
}

export function describeEntry(scope: ModuleScope, entry: FunctionNode): Described {
  const reach = reachFrom(scope.module, entry);
  const variables = reachedVariables(scope, reach);
  const bindings = variables.flatMap((variable) => bindingOf(variable)).sort((a, b) => a.group - b.group || a.binding - b.binding);
  checkSlots(scope, bindings);
  const uses = (pattern: RegExp): boolean => [...reach.builtins].some((name) => pattern.test(name));
  const reflection: Reflection = {
    entryPoint: entry.name,
    workgroupSize: readWorkgroupSize(scope, entry),
    bindings,
    usesFloat: reach.hasFloatLiteral || uses(/^(f32|f16|(vec[234]|mat[234]x[234])[fh]|mat[234]x[234]|unpack\w+(norm|float))$/),
    usesBarrier: uses(/Barrier$|^workgroupUniformLoad$/),
    usesNumWorkgroups: usesNumWorkgroups(scope, entry),
    usesAtomics: uses(/^atomic[A-Z]/),
  };
  return { reflection, reach };
}

function checkSlots(scope: ModuleScope, bindings: readonly Binding[]): void {
  const taken = new Map<string, string>();
  for (const { group, binding, name } of bindings) {
    const slot = `@group(${group}) @binding(${binding})`;
    const other = scope.module.declarations.get(taken.get(slot) ?? '');
    const labels = other === undefined ? [] : [{ message: `${slot} is taken here`, span: other.span }];
    if (other !== undefined)
      throw new SourceFault(
        'type',
        `"${name}" shares ${slot} with "${other.name}".`,
        scope.module.declarations.get(name)?.span ?? null,
        [],
        labels,
      );
    taken.set(slot, name);
  }
}

function reachedVariables(scope: ModuleScope, reach: Reach): readonly GlobalVariable[] {
  return [...reach.names].flatMap((name) => {
    if (scope.module.declarations.get(name)?.kind !== 'var') return [];
    const symbol = scope.lookup(name);
    return symbol?.kind === 'variable' ? [symbol.variable] : [];
  });
}

function bindingOf(variable: GlobalVariable): readonly Binding[] {
  const { slot, space, name, type } = variable;
  if (slot === null || (space !== 'uniform' && space !== 'storage')) return [];
  if (!isHostShareable(type))
    throw new SourceFault('type', `"${name}" has the type ${type.key}, which a buffer cannot hold.`, variable.node.span);
  return [
    {
      name,
      group: slot.group,
      binding: slot.binding,
      space,
      access: variable.access === 'read' ? 'read' : 'read_write',
      type: layoutOf(type),
      minBytes: sizeOf(type),
    },
  ];
}

function isHostShareable(type: Type): boolean {
  switch (type.kind) {
    case 'scalar':
    case 'vector':
      return type.scalar !== 'bool';
    case 'array':
      return isHostShareable(type.element);
    case 'struct':
      return type.members.every((member) => isHostShareable(member.type));
    case 'matrix':
    case 'atomic':
      return true;
    default:
      return false;
  }
}

function usesNumWorkgroups(scope: ModuleScope, entry: FunctionNode): boolean {
  return entry.parameters.some((parameter) => {
    const builtin = parameter.attributes.find((each) => each.name === 'builtin')?.args[0];
    if (builtin?.kind === 'ident' && builtin.name === 'num_workgroups') return true;
    const type = scope.typeOf(parameter.type);
    return type.kind === 'struct' && type.members.some((member) => member.builtin === 'num_workgroups');
  });
}

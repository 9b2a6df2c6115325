/** Reads the attributes that say where a resource is bound and how large a workgroup is. */
import { SourceFault } from '../diagnostics.ts';
import type { FunctionNode, VariableNode } from '../parse/ast.ts';
import type { ModuleScope } from './module-scope.ts';

export function readBindingNumbers(scope: ModuleScope, node: VariableNode): { readonly group: number; readonly binding: number } {
  const read = (name: string): number => {
    const arg = node.attributes.find((each) => each.name === name)?.args[0];
    if (arg === undefined) throw new SourceFault('type', `"${node.name}" needs @${name}(...).`, node.span);
    return scope.constInteger(arg);
  };
  return { group: read('group'), binding: read('binding') };
}

/** More invocations than WebGPU's default limit are refused. */
export const maxInvocations = 1024;

export function readWorkgroupSize(scope: ModuleScope, node: FunctionNode): readonly [number, number, number] {
  const attribute = node.attributes.find((each) => each.name === 'workgroup_size');
  if (attribute === undefined) throw new SourceFault('type', `"${node.name}" needs @workgroup_size(...).`, node.span);
  const sizes = attribute.args.map((arg) => scope.constInteger(arg));
  const [x = 1, y = 1, z = 1] = sizes;
  if (sizes.length < 1 || sizes.length > 3 || Math.min(x, y, z) < 1) {
    throw new SourceFault('type', 'A workgroup size is one to three numbers of at least 1.', attribute.span);
  }
  if (x * y * z > maxInvocations)
    throw new SourceFault('limit', `A workgroup may have at most ${maxInvocations} invocations.`, attribute.span);
  return [x, y, z];
}

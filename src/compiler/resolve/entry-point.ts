/** Finds the compute entry point. */
import { SourceFault } from '../diagnostics.ts';
import type { FunctionNode, ModuleNode } from '../parse/ast.ts';

export function findEntryPoint(module: ModuleNode, name: string | undefined): FunctionNode {
  const all = [...module.declarations.values()].filter(
    (each): each is FunctionNode => each.kind === 'function' && each.attributes.some((attribute) => attribute.name === 'compute'),
  );
  const names = all.map((each) => each.name).join(', ');
  if (name !== undefined) {
    const found = all.find((each) => each.name === name);
    if (found === undefined)
      throw new SourceFault(
        'no-entry-point',
        `There is no @compute function "${name}"${names === '' ? '' : ` (there is: ${names})`}.`,
        null,
      );
    return found;
  }
  const [only] = all;
  if (only === undefined) throw new SourceFault('no-entry-point', 'This shader has no @compute function.', null);
  if (all.length > 1)
    throw new SourceFault('no-entry-point', `This shader has several @compute functions (${names}); name the one to run.`, null);
  return only;
}

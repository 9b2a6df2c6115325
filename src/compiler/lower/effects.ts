/** Says of syntax whether evaluating it can change something, so that operands before it must be fixed first. */
import type { ExprNode } from '../parse/ast.ts';
import type { ModuleScope } from '../resolve/module-scope.ts';

const known = new WeakMap<ExprNode, boolean>();

/** True for calls of the shader's own functions, atomics and workgroupUniformLoad. */
export function hasEffect(scope: ModuleScope, node: ExprNode): boolean {
  const cached = known.get(node);
  if (cached !== undefined) return cached;
  const result = findEffect(scope, node);
  known.set(node, result);
  return result;
}

function findEffect(scope: ModuleScope, node: ExprNode): boolean {
  switch (node.kind) {
    case 'literal':
    case 'ident':
      return false;
    case 'call': {
      const { name } = node.callee;
      const isCall = scope.module.declarations.get(name)?.kind === 'function' || /^(atomic[A-Z]|workgroupUniformLoad$)/.test(name);
      return isCall || node.args.some((arg) => hasEffect(scope, arg));
    }
    case 'index':
      return hasEffect(scope, node.object) || hasEffect(scope, node.index);
    case 'member':
      return hasEffect(scope, node.object);
    case 'unary':
      return hasEffect(scope, node.operand);
    case 'binary':
      return hasEffect(scope, node.left) || hasEffect(scope, node.right);
  }
}

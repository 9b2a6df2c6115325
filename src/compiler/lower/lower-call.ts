/** Lowers `name(...)`: a constructor, a builtin, or one of the shader's own functions. */
import { SourceFault } from '../diagnostics.ts';
import type { CallNode } from '../parse/ast.ts';
import { tryResolveType } from '../resolve/resolve-type.ts';
import type { Type } from '../resolve/types.ts';
import { lowerBuiltin } from './builtins/lower-builtin.ts';
import { constructValue, inferredConstructor, isInferredName } from './construct.ts';
import type { FunctionBuilder } from './function-builder.ts';
import { lowerExpression, lowerOperands } from './lower-expression.ts';
import { lowerUserCall } from './lower-user-call.ts';
import type { Value } from './value.ts';

export function lowerCall(builder: FunctionBuilder, node: CallNode): Value {
  const result = lowerCallStatement(builder, node);
  if (result === null) throw new SourceFault('type', `"${node.callee.name}" gives no value.`, node.span);
  return result;
}

/** null when what is called gives no value. */
export function lowerCallStatement(builder: FunctionBuilder, node: CallNode): Value | null {
  const { callee } = node;
  if (builder.lookupLocal(callee.name) !== null)
    throw new SourceFault('type', `"${callee.name}" is a variable and cannot be called.`, node.span);
  const declared = builder.scope.lookup(callee.name);
  if (declared?.kind === 'function') return lowerUserCall(builder, declared.node, node);
  if (declared !== null && declared.kind !== 'type') throw new SourceFault('type', `"${callee.name}" cannot be called.`, node.span);
  const type = typeOfCallee(builder, node);
  if (type !== null) return constructValue(builder, type, lowerOperands(builder, node.args), node.span);
  if (isInferredName(callee.name)) return inferredConstructor(builder, callee.name, lowerOperands(builder, node.args), node.span);
  return lowerBuiltin(builder, node);
}

function typeOfCallee(builder: FunctionBuilder, node: CallNode): Type | null {
  if (node.callee.name === 'bitcast') return null;
  return tryResolveType(builder.scope, node.callee, (count) => lowerExpression(builder, count));
}

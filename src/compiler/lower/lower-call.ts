/** Lowers `name(...)`: a constructor, a builtin, or one of the shader's own functions. */
import { SourceFault, type Span } from '../diagnostics.ts';
import { isConst } from '../ir/build.ts';
import type { CallNode } from '../parse/ast.ts';
import { tryResolveType } from '../resolve/resolve-type.ts';
import type { Type } from '../resolve/types.ts';
import { storeValue } from './access.ts';
import { lowerBuiltin } from './builtins/lower-builtin.ts';
import { constructValue, inferredConstructor, isInferredName } from './construct.ts';
import type { FunctionBuilder } from './function-builder.ts';
import { lowerExpression, lowerOperands } from './lower-expression.ts';
import { lowerUserCall } from './lower-user-call.ts';
import { newMemory } from './memory.ts';
import { maxParts, type PartsValue, type Value } from './value.ts';

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
  if (type !== null) return spillLarge(builder, constructValue(builder, type, lowerOperands(builder, node.args), node.span), node.span);
  if (isInferredName(callee.name))
    return spillLarge(builder, inferredConstructor(builder, callee.name, lowerOperands(builder, node.args), node.span), node.span);
  return lowerBuiltin(builder, node);
}

/** What has too many scalars for locals is put into memory as soon as it is made; constants stay what they are. */
function spillLarge(builder: FunctionBuilder, value: PartsValue, span: Span): Value {
  if (value.parts.length <= maxParts || value.parts.every(isConst)) return value;
  const place = newMemory(builder, value.type, 'large value');
  storeValue(builder, { kind: 'reference', type: value.type, space: 'function', access: 'read_write', place }, value, span);
  return { kind: 'memory', type: value.type, place };
}

function typeOfCallee(builder: FunctionBuilder, node: CallNode): Type | null {
  if (node.callee.name === 'bitcast') return null;
  return tryResolveType(builder.scope, node.callee, (count) => lowerExpression(builder, count));
}

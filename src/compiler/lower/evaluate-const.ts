/** Evaluates a constant expression: the lowering itself, with nowhere to put a statement, so that everything must fold. */
import { SourceFault } from '../diagnostics.ts';
import { isConst } from '../ir/build.ts';
import type { Evaluate, ModuleScope } from '../resolve/module-scope.ts';
import { voidType } from '../resolve/types.ts';
import { concretize, convertTo } from './convert.ts';
import { FunctionBuilder } from './function-builder.ts';
import { lowerExpression } from './lower-expression.ts';

/** A builder with nowhere to put a statement. */
export function constBuilder(scope: ModuleScope): FunctionBuilder {
  return new FunctionBuilder(scope, null, {
    names: [],
    jumps: [],
    returns: { kind: 'function', type: voidType },
    memoryNames: new Set(),
  });
}

export const evaluateConst: Evaluate = (scope, node, wanted) => {
  const builder = constBuilder(scope);
  const lowered = lowerExpression(builder, node);
  const value = wanted === null ? lowered : wanted === 'concrete' ? concretize(lowered, node.span) : convertTo(lowered, wanted, node.span);
  if (value.kind !== 'parts' || !value.parts.every(isConst))
    throw new SourceFault('type', 'This must be a constant expression.', node.span);
  return value;
};

/** Evaluates a constant expression: the lowering itself, with nowhere to put a statement, so that everything must fold. */
import { SourceFault } from '../diagnostics.ts';
import { isConst } from '../ir/build.ts';
import type { Evaluate } from '../resolve/module-scope.ts';
import { voidType } from '../resolve/types.ts';
import { convertTo } from './convert.ts';
import { FunctionBuilder } from './function-builder.ts';
import { lowerExpression } from './lower-expression.ts';

export const evaluateConst: Evaluate = (scope, node, wanted) => {
  const builder = new FunctionBuilder(scope, null, {
    names: [],
    jumps: [],
    returns: { kind: 'function', type: voidType },
    memoryNames: new Set(),
  });
  const lowered = lowerExpression(builder, node);
  const value = wanted === null ? lowered : convertTo(lowered, wanted, node.span);
  if (value.kind !== 'parts' || !value.parts.every(isConst))
    throw new SourceFault('type', 'This must be a constant expression.', node.span);
  return value;
};

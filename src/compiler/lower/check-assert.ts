/** Holds a `const_assert` to its word, and says what it compared when it does not hold. */
import { SourceFault, type Span } from '../diagnostics.ts';
import { isConst } from '../ir/build.ts';
import type { ExprNode } from '../parse/ast.ts';
import type { FunctionBuilder } from './function-builder.ts';
import { lowerCondition, lowerParts } from './lower-expression.ts';

export function checkAssert(builder: FunctionBuilder, node: ExprNode, span: Span): void {
  const condition = lowerCondition(builder, node);
  if (!isConst(condition)) throw new SourceFault('type', 'A const_assert needs a constant.', node.span);
  if (condition.value !== 0) return;
  throw new SourceFault('type', 'This const_assert does not hold.', span, compared(builder, node));
}

function compared(builder: FunctionBuilder, node: ExprNode): readonly string[] {
  if (node.kind !== 'binary' || node.op === '&&' || node.op === '||') return [];
  const [left, right] = [node.left, node.right].map((side) => {
    const { parts, type } = lowerParts(builder, side);
    const numbers = parts.map((part) => (isConst(part) ? (type.key.includes('u32') ? Number(part.value) >>> 0 : String(part.value)) : '?'));
    return type.key === 'bool' ? String(numbers[0] === '1') : numbers.join(', ');
  });
  return [`It says ${left} ${node.op} ${right}.`];
}

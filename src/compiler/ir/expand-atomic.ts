/** An atomic as plain statements: one thread runs a workgroup, so nothing can come between them. */
import { op, select } from './build.ts';
import type { Expr, Stmt } from './ir.ts';

export function expandAtomic(statement: Extract<Stmt, { kind: 'atomic' }>): readonly Stmt[] {
  const { address, offset, result } = statement;
  const before: Expr = { kind: 'local', type: 'i32', local: result };
  return [
    { kind: 'set', local: result, value: { kind: 'load', type: 'i32', address, offset } },
    { kind: 'store', address, offset, value: changed(statement, before) },
  ];
}

function changed(statement: Extract<Stmt, { kind: 'atomic' }>, before: Expr): Expr {
  const [operand = before, replacement = before] = statement.operands;
  switch (statement.op) {
    case 'add':
    case 'sub':
    case 'and':
    case 'or':
    case 'xor':
      return op(`i32.${statement.op}`, before, operand);
    case 'min_s':
      return select(op('i32.lt_s', operand, before), operand, before);
    case 'min_u':
      return select(op('i32.lt_u', operand, before), operand, before);
    case 'max_s':
      return select(op('i32.gt_s', operand, before), operand, before);
    case 'max_u':
      return select(op('i32.gt_u', operand, before), operand, before);
    case 'exchange':
      return operand;
    case 'compare-exchange':
      return select(op('i32.eq', before, operand), replacement, before);
  }
}

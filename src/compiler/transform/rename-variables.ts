/** Copies code with other memory variables in it. */
import type { Expr, Stmt } from '../ir/ir.ts';

type Rename = (variable: number) => number;

export function renameAddresses(expr: Expr, rename: Rename): Expr {
  const inner = (each: Expr): Expr => renameAddresses(each, rename);
  switch (expr.kind) {
    case 'address':
      return { ...expr, variable: rename(expr.variable) };
    case 'op':
    case 'call':
      return { ...expr, args: expr.args.map(inner) };
    case 'choose':
      return { ...expr, condition: inner(expr.condition), yes: inner(expr.yes), no: inner(expr.no) };
    case 'load':
      return { ...expr, address: inner(expr.address) };
    default:
      return expr;
  }
}

export function renameVariables(list: readonly Stmt[], rename: Rename): readonly Stmt[] {
  const expr = (each: Expr): Expr => renameAddresses(each, rename);
  const inner = (each: readonly Stmt[]): readonly Stmt[] => renameVariables(each, rename);
  return list.map((statement): Stmt => {
    switch (statement.kind) {
      case 'set':
        return { ...statement, value: expr(statement.value) };
      case 'store':
        return { ...statement, address: expr(statement.address), value: expr(statement.value) };
      case 'fill':
        return { ...statement, address: expr(statement.address) };
      case 'copy':
        return { ...statement, to: expr(statement.to), from: expr(statement.from) };
      case 'atomic':
        return { ...statement, address: expr(statement.address), operands: statement.operands.map(expr) };
      case 'call':
        return { ...statement, args: statement.args.map(expr) };
      case 'if':
        return { ...statement, condition: expr(statement.condition), yes: inner(statement.yes), no: inner(statement.no) };
      case 'block':
        return { ...statement, body: inner(statement.body) };
      case 'loop':
        return { ...statement, body: inner(statement.body), continuing: inner(statement.continuing) };
      case 'switch':
        return {
          ...statement,
          selector: expr(statement.selector),
          cases: statement.cases.map((each) => ({ ...each, body: inner(each.body) })),
        };
      case 'return':
        return { ...statement, values: statement.values.map(expr) };
      case 'meter':
        return statement.times === undefined ? statement : { ...statement, times: expr(statement.times) };
      case 'break':
      case 'continue':
      case 'barrier':
        return statement;
    }
  });
}

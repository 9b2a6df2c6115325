/** Visits every expression and statement of a list, inner ones included. */
import type { Expr, Stmt } from './ir.ts';

export function walkExpr(expr: Expr, visit: (expr: Expr) => void): void {
  visit(expr);
  switch (expr.kind) {
    case 'op':
    case 'call':
      for (const arg of expr.args) walkExpr(arg, visit);
      return;
    case 'choose':
      walkExpr(expr.condition, visit);
      walkExpr(expr.yes, visit);
      return walkExpr(expr.no, visit);
    case 'load':
      return walkExpr(expr.address, visit);
    default:
      return;
  }
}

/** The expressions and inner lists that stand directly in a statement. */
export function partsOfStmt(statement: Stmt): { readonly exprs: readonly Expr[]; readonly lists: readonly (readonly Stmt[])[] } {
  switch (statement.kind) {
    case 'set':
      return { exprs: [statement.value], lists: [] };
    case 'store':
      return { exprs: [statement.address, statement.value], lists: [] };
    case 'fill':
      return { exprs: [statement.address], lists: [] };
    case 'copy':
      return { exprs: [statement.to, statement.from], lists: [] };
    case 'call':
      return { exprs: statement.args, lists: [] };
    case 'if':
      return { exprs: [statement.condition], lists: [statement.yes, statement.no] };
    case 'block':
      return { exprs: [], lists: [statement.body] };
    case 'loop':
      return { exprs: [], lists: [statement.body, statement.continuing] };
    case 'switch':
      return { exprs: [statement.selector], lists: statement.cases.map((each) => each.body) };
    case 'return':
      return { exprs: statement.values, lists: [] };
    case 'atomic':
      return { exprs: [statement.address, ...statement.operands], lists: [] };
    case 'meter':
      return { exprs: statement.times === undefined ? [] : [statement.times], lists: [] };
    case 'break':
    case 'continue':
    case 'barrier':
      return { exprs: [], lists: [] };
  }
}

export function walkStmts(list: readonly Stmt[], onStmt: (statement: Stmt) => void, onExpr: (expr: Expr) => void): void {
  for (const statement of list) {
    onStmt(statement);
    const { exprs, lists } = partsOfStmt(statement);
    for (const expr of exprs) walkExpr(expr, onExpr);
    for (const inner of lists) walkStmts(inner, onStmt, onExpr);
  }
}

export function contains(statement: Stmt, test: (statement: Stmt) => boolean): boolean {
  return test(statement) || partsOfStmt(statement).lists.some((list) => list.some((each) => contains(each, test)));
}

/** The locals a statement sets by itself. */
export function localsSetBy(statement: Stmt): readonly number[] {
  if (statement.kind === 'set') return [statement.local];
  if (statement.kind === 'atomic') return [statement.result];
  return statement.kind === 'call' ? statement.results : [];
}

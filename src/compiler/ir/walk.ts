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

interface Parts {
  readonly exprs: readonly Expr[];
  readonly lists: readonly (readonly Stmt[])[];
}

const none: readonly never[] = [];
const noParts: Parts = { exprs: none, lists: none };

/** The expressions and inner lists that stand directly in a statement. */
export function partsOfStmt(statement: Stmt): Parts {
  switch (statement.kind) {
    case 'set':
      return { exprs: [statement.value], lists: none };
    case 'store':
      return { exprs: [statement.address, statement.value], lists: none };
    case 'fill':
      return { exprs: [statement.address], lists: none };
    case 'copy':
      return { exprs: [statement.to, statement.from], lists: none };
    case 'call':
      return { exprs: statement.args, lists: none };
    case 'if':
      return { exprs: [statement.condition], lists: [statement.yes, statement.no] };
    case 'block':
      return { exprs: none, lists: [statement.body] };
    case 'loop':
      return { exprs: none, lists: [statement.body, statement.continuing] };
    case 'switch':
      return { exprs: [statement.selector], lists: statement.cases.map((each) => each.body) };
    case 'return':
      return { exprs: statement.values, lists: none };
    case 'atomic':
      return { exprs: [statement.address, ...statement.operands], lists: none };
    case 'meter':
      return statement.times === undefined ? noParts : { exprs: [statement.times], lists: none };
    case 'break':
    case 'continue':
    case 'barrier':
      return noParts;
  }
}

export function walkStmts(list: readonly Stmt[], onStmt: (statement: Stmt) => void, onExpr: (expr: Expr) => void): void {
  for (const statement of list) {
    onStmt(statement);
    // The most frequent ones without the arrays of parts.
    switch (statement.kind) {
      case 'set':
        walkExpr(statement.value, onExpr);
        break;
      case 'if':
        walkExpr(statement.condition, onExpr);
        walkStmts(statement.yes, onStmt, onExpr);
        walkStmts(statement.no, onStmt, onExpr);
        break;
      default: {
        const { exprs, lists } = partsOfStmt(statement);
        for (const expr of exprs) walkExpr(expr, onExpr);
        for (const inner of lists) walkStmts(inner, onStmt, onExpr);
      }
    }
  }
}

export function contains(statement: Stmt, test: (statement: Stmt) => boolean): boolean {
  if (test(statement)) return true;
  switch (statement.kind) {
    case 'if':
      return someContains(statement.yes, test) || someContains(statement.no, test);
    case 'block':
      return someContains(statement.body, test);
    case 'loop':
      return someContains(statement.body, test) || someContains(statement.continuing, test);
    case 'switch':
      return statement.cases.some((each) => someContains(each.body, test));
    default:
      return false;
  }
}

function someContains(list: readonly Stmt[], test: (statement: Stmt) => boolean): boolean {
  for (const each of list) if (contains(each, test)) return true;
  return false;
}

/** -1: there is none. */
export function largestLabel(list: readonly Stmt[]): number {
  let largest = -1;
  const look = (statement: Stmt): void => {
    if ('label' in statement) largest = Math.max(largest, statement.label);
  };
  walkStmts(list, look, () => undefined);
  return largest;
}

/** Statements and expressions. */
export function countNodes(list: readonly Stmt[]): number {
  let nodes = 0;
  const count = (): void => {
    nodes++;
  };
  walkStmts(list, count, count);
  return nodes;
}

/** The locals a statement sets by itself. */
export function localsSetBy(statement: Stmt): readonly number[] {
  if (statement.kind === 'set') return [statement.local];
  if (statement.kind === 'atomic') return [statement.result];
  return statement.kind === 'call' ? statement.results : none;
}

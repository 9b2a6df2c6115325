/** Rebuilds expressions and statements with parts exchanged; what does not change is given back as it was. */
import { choose, op, select } from '../ir/build.ts';
import type { Expr, Stmt } from '../ir/ir.ts';

type RewriteExpr = (expr: Expr) => Expr;

function mapAll<T>(items: readonly T[], map: (item: T) => T): readonly T[] {
  let changed: T[] | null = null;
  for (let i = 0; i < items.length; i++) {
    const item = items[i] as T;
    const mapped = map(item);
    if (mapped !== item && changed === null) changed = items.slice(0, i);
    changed?.push(mapped);
  }
  return changed ?? items;
}

/** An operation with other operands, folded where they are constants. */
export function rebuildOp(name: string, args: readonly Expr[]): Expr {
  const [yes, no, condition] = args;
  if (name !== 'select') return op(name, ...args);
  if (yes === undefined || no === undefined || condition === undefined) throw new Error('select takes three operands');
  return select(condition, yes, no);
}

/** The same expression over other operands. */
export function mapOperands(expr: Expr, map: RewriteExpr): Expr {
  switch (expr.kind) {
    case 'op': {
      const args = mapAll(expr.args, map);
      return args === expr.args ? expr : rebuildOp(expr.op, args);
    }
    case 'call': {
      const args = mapAll(expr.args, map);
      return args === expr.args ? expr : { ...expr, args };
    }
    case 'choose': {
      const [condition, yes, no] = [map(expr.condition), map(expr.yes), map(expr.no)];
      return condition === expr.condition && yes === expr.yes && no === expr.no ? expr : choose(condition, yes, no);
    }
    case 'load': {
      const address = map(expr.address);
      return address === expr.address ? expr : { ...expr, address };
    }
    default:
      return expr;
  }
}

/** From the leaves up: `visit` sees every node after its operands. */
export function mapExpr(expr: Expr, visit: RewriteExpr): Expr {
  return visit(mapOperands(expr, (each) => mapExpr(each, visit)));
}

/** The same tree over other leaves, nothing folded: for renaming, also of vectors. */
export function mapLeaves(expr: Expr, map: RewriteExpr): Expr {
  const inner = (each: Expr): Expr => mapLeaves(each, map);
  switch (expr.kind) {
    case 'op':
    case 'call':
      return { ...expr, args: expr.args.map(inner) };
    case 'choose':
      return { ...expr, condition: inner(expr.condition), yes: inner(expr.yes), no: inner(expr.no) };
    case 'load':
      return { ...expr, address: inner(expr.address) };
    default:
      return map(expr);
  }
}

/** The same statement with other expressions; lists inside it stay. The expressions are met in the order of partsOfStmt. */
export function mapDirectExprs(statement: Stmt, map: RewriteExpr): Stmt {
  switch (statement.kind) {
    case 'set': {
      const value = map(statement.value);
      return value === statement.value ? statement : { kind: 'set', local: statement.local, value };
    }
    case 'store': {
      const address = map(statement.address);
      const value = map(statement.value);
      return address === statement.address && value === statement.value ? statement : { ...statement, address, value };
    }
    case 'atomic': {
      const address = map(statement.address);
      return { ...statement, address, operands: mapAll(statement.operands, map) };
    }
    case 'meter':
      return statement.times === undefined ? statement : { ...statement, times: map(statement.times) };
    case 'fill':
      return { ...statement, address: map(statement.address) };
    case 'copy': {
      const to = map(statement.to);
      return { ...statement, to, from: map(statement.from) };
    }
    case 'call':
      return { ...statement, args: mapAll(statement.args, map) };
    case 'if': {
      const condition = map(statement.condition);
      return condition === statement.condition ? statement : { ...statement, condition };
    }
    case 'switch':
      return { ...statement, selector: map(statement.selector) };
    case 'return':
      return { kind: 'return', values: mapAll(statement.values, map) };
    case 'block':
    case 'loop':
    case 'break':
    case 'continue':
    case 'barrier':
      return statement;
  }
}

type RewriteList = (list: readonly Stmt[]) => readonly Stmt[];

/** The same statement with other lists inside. */
export function mapLists(statement: Stmt, map: RewriteList): Stmt {
  switch (statement.kind) {
    case 'if': {
      const yes = map(statement.yes);
      return { ...statement, yes, no: map(statement.no) };
    }
    case 'block':
      return { ...statement, body: map(statement.body) };
    case 'loop': {
      const body = map(statement.body);
      return { ...statement, body, continuing: map(statement.continuing) };
    }
    case 'switch':
      return { ...statement, cases: statement.cases.map((each) => ({ ...each, body: map(each.body) })) };
    default:
      return statement;
  }
}

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

/** As mapAll, without a function made for each call. */
function mapArgs(args: readonly Expr[], map: (expr: Expr, rewrite: RewriteExpr) => Expr, rewrite: RewriteExpr): readonly Expr[] {
  let changed: Expr[] | null = null;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as Expr;
    const mapped = map(arg, rewrite);
    if (mapped === arg) continue;
    changed ??= args.slice();
    changed[i] = mapped;
  }
  return changed ?? args;
}

/** From the leaves up: `visit` sees every node after its operands. */
export function mapExpr(expr: Expr, visit: RewriteExpr): Expr {
  switch (expr.kind) {
    case 'op': {
      const args = mapArgs(expr.args, mapExpr, visit);
      return visit(args === expr.args ? expr : rebuildOp(expr.op, args));
    }
    case 'call':
    case 'choose':
    case 'load':
      return visit(mapOperands(expr, (each) => mapExpr(each, visit)));
    default:
      return visit(expr);
  }
}

/** The same tree over other leaves, no operation folded: for renaming, also of vectors. */
export function mapLeaves(expr: Expr, map: RewriteExpr): Expr {
  switch (expr.kind) {
    case 'op': {
      const args = mapArgs(expr.args, mapLeaves, map);
      return args === expr.args ? expr : { ...expr, args };
    }
    case 'call':
    case 'choose':
    case 'load':
      return mapOperands(expr, (each) => mapLeaves(each, map));
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
      const operands = mapAll(statement.operands, map);
      return address === statement.address && operands === statement.operands ? statement : { ...statement, address, operands };
    }
    case 'meter': {
      const times = statement.times === undefined ? undefined : map(statement.times);
      return times === undefined || times === statement.times ? statement : { ...statement, times };
    }
    case 'fill': {
      const address = map(statement.address);
      return address === statement.address ? statement : { ...statement, address };
    }
    case 'copy': {
      const to = map(statement.to);
      const from = map(statement.from);
      return to === statement.to && from === statement.from ? statement : { ...statement, to, from };
    }
    case 'call': {
      const args = mapAll(statement.args, map);
      return args === statement.args ? statement : { ...statement, args };
    }
    case 'if': {
      const condition = map(statement.condition);
      return condition === statement.condition ? statement : { ...statement, condition };
    }
    case 'switch': {
      const selector = map(statement.selector);
      return selector === statement.selector ? statement : { ...statement, selector };
    }
    case 'return': {
      const values = mapAll(statement.values, map);
      return values === statement.values ? statement : { kind: 'return', values };
    }
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
      const no = map(statement.no);
      return yes === statement.yes && no === statement.no ? statement : { ...statement, yes, no };
    }
    case 'block': {
      const body = map(statement.body);
      return body === statement.body ? statement : { ...statement, body };
    }
    case 'loop': {
      const body = map(statement.body);
      const continuing = map(statement.continuing);
      return body === statement.body && continuing === statement.continuing ? statement : { ...statement, body, continuing };
    }
    case 'switch': {
      const cases = mapAll(statement.cases, (each) => {
        const body = map(each.body);
        return body === each.body ? each : { ...each, body };
      });
      return cases === statement.cases ? statement : { ...statement, cases };
    }
    default:
      return statement;
  }
}

/** The list that was given, where another has the very same statements. */
export function keepList(given: readonly Stmt[], list: readonly Stmt[]): readonly Stmt[] {
  return given.length === list.length && list.every((each, i) => each === given[i]) ? given : list;
}

/**
 * Puts `meter` statements into a module: each adds what the straight-line piece behind it costs to the work that the invocation has done.
 *
 * It runs on the lowered form, before any optimizer, so that the work of a program stays the same when the compiler gets better at running it. A piece
 * is a run of statements that are reached together: it ends where something may jump away. To keep the count cheap, a loop is turned round: what stands
 * before its first way out is counted once before the loop and then at the end of every turn, so that most loops have a single meter. A call inside an
 * expression has no effect, and must keep none: its function is counted whole where it is called, both sides of its choices at the dearer one.
 */
import type { Expr, IrFunction, IrModule, Stmt } from '../ir/ir.ts';
import { contains, partsOfStmt, walkStmts } from '../ir/walk.ts';
import { weighExpr, weighStmt } from '../meter-weights.ts';

export function meterModule(module: IrModule): IrModule {
  const inExpressions = new Set<number>();
  for (const { prologue, body } of [module.entry, ...module.functions])
    walkStmts(
      [...prologue, ...body],
      () => undefined,
      (expr) => {
        if (expr.kind === 'call') inExpressions.add(expr.callee);
      },
    );
  const costs = new Map<number, number>();
  const calleeCost = (callee: number): number => {
    const known = costs.get(callee);
    if (known !== undefined) return known;
    const cost = weighWhole(module.functions[callee]?.body ?? [], calleeCost);
    costs.set(callee, cost);
    return cost;
  };
  const meter = new Meter(calleeCost);
  const metered = (each: IrFunction): IrFunction => ({ ...each, body: meter.list(each.body) });
  return {
    ...module,
    // The prologue runs once for a whole workgroup and only holds what an optimizer would have put there.
    entry: metered(module.entry),
    functions: module.functions.map((each, index) => (inExpressions.has(index) ? each : metered(each))),
  };
}

/** A function without effect, as one number: every statement once, of several ways the dearest. */
function weighWhole(list: readonly Stmt[], calleeCost: (callee: number) => number): number {
  return list.reduce((sum, statement) => {
    const { exprs, lists } = partsOfStmt(statement);
    const inner = lists.map((each) => weighWhole(each, calleeCost));
    const ways = statement.kind === 'if' || statement.kind === 'switch' ? Math.max(0, ...inner) : inner.reduce((a, b) => a + b, 0);
    return sum + weighStmt(statement) + exprs.reduce((all, expr) => all + weighExpr(expr, calleeCost), 0) + ways;
  }, 0);
}

/** A list cut where something may jump away; piece i costs costs[i]. */
interface Pieces {
  readonly lists: Stmt[][];
  readonly costs: number[];
  /** Its end is reached by falling through. */
  readonly reachesEnd: boolean;
}

const isJump = (statement: Stmt): boolean => statement.kind === 'break' || statement.kind === 'continue' || statement.kind === 'return';

/** May a statement leave itself other than by its end? */
function jumpsAway(statement: Stmt): boolean {
  const own = new Set<number>();
  let away = false;
  const visit = (list: readonly Stmt[]): void => {
    for (const each of list) {
      if (each.kind === 'block' || each.kind === 'loop' || each.kind === 'switch') own.add(each.label);
      if (each.kind === 'return' || ((each.kind === 'break' || each.kind === 'continue') && !own.has(each.label))) away = true;
      for (const inner of partsOfStmt(each).lists) visit(inner);
    }
  };
  visit([statement]);
  return away;
}

class Meter {
  private readonly calleeCost: (callee: number) => number;

  constructor(calleeCost: (callee: number) => number) {
    this.calleeCost = calleeCost;
  }

  list(list: readonly Stmt[]): readonly Stmt[] {
    return join(this.cut(list));
  }

  private cut(list: readonly Stmt[]): Pieces {
    const lists: Stmt[][] = [[]];
    const costs = [0];
    const charge = (cost: number): void => {
      costs[costs.length - 1] = (costs.at(-1) ?? 0) + cost;
    };
    for (const statement of list) {
      const exprs: readonly Expr[] = partsOfStmt(statement).exprs;
      charge(weighStmt(statement) + exprs.reduce((sum, expr) => sum + weighExpr(expr, this.calleeCost), 0));
      lists.at(-1)?.push(this.inside(statement, charge));
      if (jumpsAway(statement)) {
        lists.push([]);
        costs.push(0);
      }
    }
    const last = list.at(-1);
    return { lists, costs, reachesEnd: last === undefined || !isJump(last) };
  }

  /** The statement with its inner lists metered; `charge` adds to the piece that it stands in. */
  private inside(statement: Stmt, charge: (cost: number) => void): Stmt {
    switch (statement.kind) {
      case 'if':
        return { ...statement, yes: this.list(statement.yes), no: this.list(statement.no) };
      case 'block':
        return { ...statement, body: this.list(statement.body) };
      case 'switch':
        return { ...statement, cases: statement.cases.map((each) => ({ ...each, body: this.list(each.body) })) };
      case 'loop':
        return this.loop(statement, charge);
      default:
        return statement;
    }
  }

  private loop(statement: Extract<Stmt, { kind: 'loop' }>, charge: (cost: number) => void): Stmt {
    const body = this.cut(statement.body);
    const after = this.cut(statement.continuing);
    const add = (pieces: Pieces, index: number, cost: number): void => {
      pieces.costs[index] = (pieces.costs[index] ?? 0) + cost;
    };
    const take = (pieces: Pieces): number => {
      const [cost = 0] = pieces.costs;
      pieces.costs[0] = 0;
      return cost;
    };
    const lastOf = (pieces: Pieces): number => pieces.costs.length - 1;
    const again = weighStmt(statement);
    const hasContinue = statement.body.some((each) =>
      contains(each, (inner) => inner.kind === 'continue' && inner.label === statement.label),
    );
    // Without a `continue`, the end of the body and the start of `continuing` are one piece.
    const isJoined = !hasContinue && body.reachesEnd;
    if (isJoined) add(body, lastOf(body), take(after));
    if (isJoined && lastOf(body) === 0 && lastOf(after) === 0) {
      add(body, 0, again);
    } else {
      const entry = take(body);
      charge(entry);
      if (isJoined && lastOf(after) === 0) add(body, lastOf(body), entry + again);
      else if (after.reachesEnd) add(after, lastOf(after), entry + again);
    }
    return { ...statement, body: join(body), continuing: join(after) };
  }
}

function join({ lists, costs }: Pieces): readonly Stmt[] {
  return lists.flatMap((list, index) => {
    const cost = costs[index] ?? 0;
    return cost === 0 ? list : [{ kind: 'meter', cost } as const, ...list];
  });
}

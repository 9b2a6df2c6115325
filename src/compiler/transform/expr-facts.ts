/** Small questions about expressions and lists: are two the same, how dear is one, which locals are set and how often. */
import type { Expr, IrFunction, Stmt } from '../ir/ir.ts';
import { opTest } from '../ir/ops.ts';
import { localsSetBy } from '../ir/walk.ts';

/** Equal as trees: the same value when evaluated at the same place. */
export function isSameExpr(a: Expr, b: Expr): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind || a.type !== b.type) return false;
  switch (a.kind) {
    case 'const':
      return b.kind === 'const' && Object.is(a.value, b.value);
    case 'local':
      return b.kind === 'local' && a.local === b.local;
    case 'builtin':
      return b.kind === 'builtin' && a.name === b.name;
    case 'op':
      return b.kind === 'op' && a.op === b.op && areSame(a.args, b.args);
    case 'call':
      return b.kind === 'call' && a.callee === b.callee && areSame(a.args, b.args);
    case 'choose':
      return b.kind === 'choose' && areSame([a.condition, a.yes, a.no], [b.condition, b.yes, b.no]);
    case 'load':
      return (
        b.kind === 'load' &&
        a.offset === b.offset &&
        (a as { bytes?: number }).bytes === (b as { bytes?: number }).bytes &&
        isSameExpr(a.address, b.address)
      );
    case 'address':
      return b.kind === 'address' && a.variable === b.variable;
    case 'binding-base':
    case 'binding-bytes':
      return b.kind === a.kind && a.binding === b.binding;
  }
}

function areSame(as: readonly Expr[], bs: readonly Expr[]): boolean {
  return as.length === bs.length && as.every((a, i) => isSameExpr(a, bs[i] as Expr));
}

/** Takes many cycles. */
export const isDearOp = opTest(/div|rem|sqrt/);

/** About how many machine operations an expression takes. */
export function weightOf(expr: Expr): number {
  switch (expr.kind) {
    case 'op': {
      let weight = isDearOp(expr.op) ? 6 : 1;
      for (const arg of expr.args) weight += weightOf(arg);
      return weight;
    }
    case 'call': {
      let weight = 30;
      for (const arg of expr.args) weight += weightOf(arg);
      return weight;
    }
    case 'load':
      return 2 + weightOf(expr.address);
    case 'choose':
      return 1 + weightOf(expr.condition) + weightOf(expr.yes) + weightOf(expr.no);
    default:
      return 0;
  }
}

export function someExpr(expr: Expr, test: (expr: Expr) => boolean): boolean {
  if (test(expr)) return true;
  switch (expr.kind) {
    case 'op':
    case 'call':
      for (const arg of expr.args) if (someExpr(arg, test)) return true;
      return false;
    case 'load':
      return someExpr(expr.address, test);
    case 'choose':
      return someExpr(expr.condition, test) || someExpr(expr.yes, test) || someExpr(expr.no, test);
    default:
      return false;
  }
}

/** Every statement of a list, inner ones included; not their expressions. */
export function eachStmt(list: readonly Stmt[], visit: (statement: Stmt) => void): void {
  for (const statement of list) {
    visit(statement);
    switch (statement.kind) {
      case 'if':
        eachStmt(statement.yes, visit);
        eachStmt(statement.no, visit);
        break;
      case 'block':
        eachStmt(statement.body, visit);
        break;
      case 'loop':
        eachStmt(statement.body, visit);
        eachStmt(statement.continuing, visit);
        break;
      case 'switch':
        for (const each of statement.cases) eachStmt(each.body, visit);
        break;
      default:
        break;
    }
  }
}

const setsOfLoops = new WeakMap<Stmt, ReadonlySet<number>>();

/** The locals that anything in a loop sets. Kept: loops are asked from the outside in, by one pass after another. */
export function setsInLoop(loop: Extract<Stmt, { readonly kind: 'loop' }>): ReadonlySet<number> {
  const known = setsOfLoops.get(loop);
  if (known !== undefined) return known;
  const sets = new Set<number>();
  addSets(loop.body, sets);
  addSets(loop.continuing, sets);
  setsOfLoops.set(loop, sets);
  return sets;
}

function addSets(list: readonly Stmt[], sets: Set<number>): void {
  for (const statement of list) {
    switch (statement.kind) {
      case 'set':
        sets.add(statement.local);
        break;
      case 'if':
        addSets(statement.yes, sets);
        addSets(statement.no, sets);
        break;
      case 'block':
        addSets(statement.body, sets);
        break;
      case 'loop':
        for (const local of setsInLoop(statement)) sets.add(local);
        break;
      case 'switch':
        for (const each of statement.cases) addSets(each.body, sets);
        break;
      default:
        for (const local of localsSetBy(statement)) sets.add(local);
    }
  }
}

/** How often each local is set; a parameter counts as set once where the function starts. */
export function countSets(source: IrFunction): Int32Array {
  const counts = new Int32Array(source.locals.length);
  counts.fill(1, 0, source.parameterCount);
  const count = (statement: Stmt): void => {
    if (statement.kind === 'set') counts[statement.local] = (counts[statement.local] ?? 0) + 1;
    else for (const local of localsSetBy(statement)) counts[local] = (counts[local] ?? 0) + 1;
  };
  eachStmt(source.prologue, count);
  eachStmt(source.body, count);
  return counts;
}

/**
 * Guesses whether a region runs faster for four invocations at once: the work of one invocation, times four, against the work of a group. What is the same
 * for all counts once, a gather counts for its four loads and the moves around them, and a way that only some lanes take runs for all of them.
 */
import type { Expr, IrModule, Stmt } from '../ir/ir.ts';
import { opTest } from '../ir/ops.ts';
import { partsOfStmt } from '../ir/walk.ts';
import { isShift, isVectorOp } from './lane-expressions.ts';
import { noRoots, type Roots } from './lane-roots.ts';
import type { Shapes } from './lane-shapes.ts';

type KnownShapes = Pick<Shapes, 'of' | 'isLeft'>;
const unknown: KnownShapes = { of: () => 'varying', isLeft: () => false };

interface Cost {
  alone: number;
  together: number;
  readonly callCostOf: (callee: number) => number;
}

/** Turns that a loop is taken to have. */
const turns = 8;
/** Beside the work of what is called. */
const callCost = 8;
const divisionCost = 8;
/** Moving four values out of a v128 and one back. */
const moveCost = 5;
/** Of two ways under a condition an invocation takes one. */
const wayShare = 0.6;
/** In a loop that lanes leave at different times, some wait. */
const waitShare = 1.3;

/** The work of one call of each function. A call of a large one is the same work in lanes as alone, and then lanes gain next to nothing. */
export function callCosts(module: IrModule): (callee: number) => number {
  const known = new Map<number, number>();
  const ofCall = (callee: number): number => {
    const cached = known.get(callee);
    if (cached !== undefined) return cached;
    const cost: Cost = { alone: callCost, together: 0, callCostOf: ofCall };
    addList(module.functions[callee]?.body ?? [], unknown, noRoots, 1, 1, cost);
    known.set(callee, cost.alone);
    return cost.alone;
  };
  return ofCall;
}

const isWholeDivision = opTest(/div_|rem_/);
const isDear = opTest(/div|sqrt/);

function priceOf(name: string): number {
  return isWholeDivision(name) ? divisionCost : isDear(name) ? 5 : 1;
}

export function paysInLanes(body: readonly Stmt[], shapes: KnownShapes, roots: Roots, callCostOf: (callee: number) => number): boolean {
  const cost: Cost = { alone: 0, together: 0, callCostOf };
  addList(body, shapes, roots, 1, 1, cost);
  return cost.together < cost.alone * 4 * 0.9;
}

function addList(list: readonly Stmt[], shapes: KnownShapes, roots: Roots, alone: number, together: number, cost: Cost): void {
  for (const statement of list) {
    const { exprs, lists } = partsOfStmt(statement);
    for (const expr of exprs) addExpr(expr, shapes, roots, alone, together, cost);
    addStatement(statement, shapes, roots, alone, together, cost);
    const isDivergent = statement.kind === 'if' && shapes.of(statement.condition) !== 0;
    const isLoop = statement.kind === 'loop';
    const waits = isLoop && shapes.isLeft(statement.label) ? waitShare : 1;
    const share = isDivergent ? wayShare : 1;
    for (const inner of lists)
      addList(inner, shapes, roots, alone * share * (isLoop ? turns : 1), together * (isLoop ? turns : 1) * waits, cost);
  }
}

function addStatement(statement: Stmt, shapes: KnownShapes, roots: Roots, alone: number, together: number, cost: Cost): void {
  switch (statement.kind) {
    case 'store':
      cost.alone += 2 * alone;
      cost.together += accessCost(statement.address, shapes, roots) * together;
      return;
    case 'call':
      cost.alone += cost.callCostOf(statement.callee) * alone;
      cost.together += (cost.callCostOf(statement.callee) * 4 + moveCost * 2) * together;
      return;
    case 'atomic':
      cost.alone += 3 * alone;
      cost.together += 16 * together;
      return;
    case 'fill':
    case 'copy':
      cost.alone += (statement.bytes / 8) * alone;
      cost.together += (statement.bytes / 4) * together;
      return;
    default:
      cost.alone += alone;
      cost.together += together;
  }
}

/** Words next to each other cost as much as one; clamped indices are taken to be inside. */
function accessCost(address: Expr, shapes: KnownShapes, roots: Roots): number {
  const shape = shapes.of(address);
  if (roots.of(address) !== null) return shape === 0 ? 2 : 12;
  if (shape === 0 || shape === 4) return 2;
  return shape === 'varying' ? 11 : 8;
}

function addExpr(expr: Expr, shapes: KnownShapes, roots: Roots, alone: number, together: number, cost: Cost): void {
  const isSame = shapes.of(expr) !== 'varying';
  const inner = (args: readonly Expr[]): void => {
    for (const arg of args) addExpr(arg, shapes, roots, alone, together, cost);
  };
  switch (expr.kind) {
    case 'op': {
      const price = priceOf(expr.op);
      const [, count] = expr.args;
      const isVector = isVectorOp(expr.op) || (isShift(expr.op) && count !== undefined && shapes.of(count) === 0);
      const isWide = expr.type === 'i64' || expr.type === 'f64' || expr.args.some((arg) => arg.type === 'i64' || arg.type === 'f64');
      cost.alone += price * alone;
      cost.together += (isSame || (isVector && !isWide) ? price : price * 4 + (isWide ? 1 : moveCost)) * together;
      return inner(expr.args);
    }
    case 'load':
      cost.alone += 2 * alone;
      cost.together += accessCost(expr.address, shapes, roots) * together;
      return inner([expr.address]);
    case 'call': {
      const price = cost.callCostOf(expr.callee);
      cost.alone += price * alone;
      cost.together += (isSame ? price : price * 4 + moveCost * 2) * together;
      return inner(expr.args);
    }
    case 'choose':
      cost.alone += alone;
      cost.together += together;
      return inner([expr.condition, expr.yes, expr.no]);
    default:
      return;
  }
}

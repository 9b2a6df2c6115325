/**
 * Writes counted loops out, turn after turn with the counter a constant, so that the arrays they index become scalars and addresses become constants.
 *
 * A loop is counted when its counter starts from a constant right before it, is compared with a constant first thing in each turn, and grows by a constant in
 * `continuing`, and nowhere else. Loops whose counter picks elements of private or function arrays are worth more room than others.
 */
import { i32, isConst, op } from '../ir/build.ts';
import type { Expr, IrFunction, IrModule, Stmt } from '../ir/ir.ts';
import { contains, countNodes, largestLabel, localsSetBy, walkExpr, walkStmts } from '../ir/walk.ts';
import { mapDirectExprs, mapExpr, mapLists } from './rewrite.ts';

type LoopStmt = Extract<Stmt, { readonly kind: 'loop' }>;

interface Budget {
  readonly turns: number;
  /** Nodes of all turns together, when nothing but the loop's own cost is saved. */
  readonly plainSize: number;
  /** The same, when arrays can become scalars. A node is about two bytes of code. */
  readonly arraySize: number;
}

/** What all loops of a module together may still grow by. */
interface Room {
  left: number;
}
const moduleSize = 8000;

/**
 * With four lanes a loop's own cost is shared by four invocations, and V8 keeps too much alive at once in long stretches of vector code: a matrix product
 * written out took 18.0 ms where the loop took 13.3.
 */
const budgets: Readonly<Record<1 | 4, Budget>> = {
  1: { turns: 128, plainSize: 800, arraySize: 4800 },
  4: { turns: 4, plainSize: 60, arraySize: 400 },
};

interface Counted {
  readonly counter: number;
  readonly values: readonly number[];
  /** The counter after the last turn. */
  readonly end: number;
}

class Unroller {
  isChanged = false;
  private readonly module: IrModule;
  private readonly budget: Budget;
  private readonly room: Room;
  private nextLabel: number;

  constructor(module: IrModule, source: IrFunction, budget: Budget, room: Room) {
    this.module = module;
    this.budget = budget;
    this.room = room;
    this.nextLabel = largestLabel(source.body) + 1;
  }

  list(list: readonly Stmt[]): readonly Stmt[] {
    const out: Stmt[] = [];
    for (const statement of list) {
      const inner = mapLists(statement, (each) => this.list(each));
      if (inner.kind === 'loop') out.push(...this.loop(inner, out));
      else out.push(inner);
    }
    return out;
  }

  private loop(loop: LoopStmt, before: readonly Stmt[]): readonly Stmt[] {
    const counted = countTurns(loop, before, this.budget.turns);
    if (counted === null || loop.body.some(mustStay)) return [loop];
    const size = countNodes(loop.body.slice(1)) * counted.values.length;
    if (size > (this.picksElements(loop, counted.counter) ? this.budget.arraySize : this.budget.plainSize) || size > this.room.left)
      return [loop];
    this.room.left -= size;
    this.isChanged = true;
    const body = loop.body.slice(1);
    const meters = loop.continuing.filter((each) => each.kind === 'meter');
    // A jump out needs something to jump to; `continue` skips the rest of one turn.
    const leaves = body.some((each) => contains(each, (inner) => inner.kind === 'break' && inner.label === loop.label));
    const skips = body.some((each) => contains(each, (inner) => inner.kind === 'continue' && inner.label === loop.label));
    const turns = counted.values.flatMap((value) => [...this.turn(body, loop.label, counted.counter, value, skips), ...meters]);
    const end: Stmt = { kind: 'set', local: counted.counter, value: i32(counted.end) };
    return leaves ? [{ kind: 'block', label: loop.label, body: [...turns, end] }] : [...turns, end];
  }

  private turn(body: readonly Stmt[], label: number, counter: number, value: number, skips: boolean): readonly Stmt[] {
    const labels = new Map<number, number>();
    if (skips) labels.set(label, this.nextLabel++);
    const constant = i32(value);
    const replaced = (expr: Expr): Expr =>
      mapExpr(expr, (each) => (each.kind === 'local' && each.local === counter ? constant : foldAddress(each)));
    const copy = (list: readonly Stmt[]): readonly Stmt[] =>
      list.map((statement) => mapLists(mapDirectExprs(this.relabel(statement, label, labels), replaced), copy));
    const list = copy(body);
    // The counter keeps its value for those who look at it after a jump out.
    const set: Stmt = { kind: 'set', local: counter, value: constant };
    const own = labels.get(label);
    return own === undefined ? [set, ...list] : [set, { kind: 'block', label: own, body: list }];
  }

  /** Labels stay unique: those inside the body are renamed, `continue` of the loop leaves the turn's block. */
  private relabel(statement: Stmt, loop: number, labels: Map<number, number>): Stmt {
    switch (statement.kind) {
      case 'block':
      case 'loop':
      case 'switch': {
        const label = this.nextLabel++;
        labels.set(statement.label, label);
        return { ...statement, label };
      }
      case 'continue':
        if (statement.label === loop) return { kind: 'break', label: labels.get(loop) ?? loop };
        return { ...statement, label: labels.get(statement.label) ?? statement.label };
      case 'break':
        return statement.label === loop ? statement : { ...statement, label: labels.get(statement.label) ?? statement.label };
      default:
        return statement;
    }
  }

  /** Does the counter choose elements of an array that could become scalars? */
  private picksElements(loop: LoopStmt, counter: number): boolean {
    let picks = false;
    const look = (address: Expr): void => {
      let isSmall = false;
      let counts = false;
      walkExpr(address, (each) => {
        if (each.kind === 'address') {
          const variable = this.module.variables[each.variable];
          isSmall ||= variable !== undefined && variable.space !== 'workgroup' && variable.bytes <= 512;
        }
        counts ||= each.kind === 'local' && each.local === counter;
      });
      picks ||= isSmall && counts;
    };
    walkStmts(
      loop.body,
      (statement) => (statement.kind === 'store' ? look(statement.address) : undefined),
      (expr) => (expr.kind === 'load' ? look(expr.address) : undefined),
    );
    return picks;
  }
}

function foldAddress(expr: Expr): Expr {
  return expr.kind === 'op' && expr.op === 'i32.sub' && expr.args[1] !== undefined && isConst(expr.args[1]) && expr.args[0] !== undefined
    ? op('i32.add', expr.args[0], i32(-Number(expr.args[1].value)))
    : expr;
}

/** Statements that must not be doubled: barriers cut regions, and inner loops may be long. */
function mustStay(statement: Stmt): boolean {
  return contains(statement, (each) => each.kind === 'barrier' || each.kind === 'loop');
}

function setsLocal(statement: Stmt, local: number): boolean {
  return contains(statement, (each) => localsSetBy(each).includes(local));
}

function countTurns(loop: LoopStmt, before: readonly Stmt[], maxTurns: number): Counted | null {
  const [test] = loop.body;
  const [step, ...others] = loop.continuing.filter((each) => each.kind !== 'meter');
  if (test?.kind !== 'if' || test.no.length > 0 || test.yes.length !== 1 || step?.kind !== 'set' || others.length > 0) return null;
  const [leave] = test.yes;
  if (leave?.kind !== 'break' || leave.label !== loop.label || step.value.kind !== 'op' || step.value.op !== 'i32.add') return null;
  const counter = step.local;
  const [stepped, by] = step.value.args;
  if (stepped?.kind !== 'local' || stepped.local !== counter || by === undefined || !isConst(by)) return null;
  if (loop.body.some((each) => setsLocal(each, counter))) return null;
  const start = before.findLast((each) => setsLocal(each, counter));
  if (start?.kind !== 'set' || !isConst(start.value)) return null;
  const values: number[] = [];
  for (let value = Number(start.value.value); ; value = (value + Number(by.value)) | 0) {
    const leaves = mapExpr(test.condition, (each) => (each.kind === 'local' && each.local === counter ? i32(value) : each));
    if (!isConst(leaves)) return null;
    if (leaves.value !== 0) return { counter, values, end: value };
    if (values.length === maxTurns) return null;
    values.push(value);
  }
}

export function unrollLoops(module: IrModule, lanes: 1 | 4): IrModule {
  let isChanged = false;
  const room: Room = { left: moduleSize };
  const unrolled = (source: IrFunction): IrFunction => {
    const unroller = new Unroller(module, source, budgets[lanes], room);
    const body = unroller.list(source.body);
    isChanged ||= unroller.isChanged;
    return { ...source, body };
  };
  const result = { ...module, entry: unrolled(module.entry), functions: module.functions.map(unrolled) };
  return isChanged ? result : module;
}

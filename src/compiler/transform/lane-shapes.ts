/**
 * How the value of an expression differs between four neighbouring invocations that run side by side.
 *
 * A shape is a number when lane l has the value of lane 0 plus l times that number (an i32): 0 is the same for all, 1 is an index that counts up with the
 * invocations. Everything else is 'varying'. Expressions with a number are computed once, for lane 0.
 *
 * The shape of a local is the join over all its sets, found optimistically: start from "the same for all", raise until nothing changes. A set also varies
 * when lanes that read the local do not take part in it. Which lanes are missing at a point is kept as a list of `narrowings`: each says how deep the list
 * stands in which the missing lanes go on (half a step deeper for the continuing part of a loop). A set is whole when every missing lane goes on outside
 * of the local's home (see home-lists.ts), or directly behind the only statement there that reads it.
 */
import type { Expr, Stmt } from '../ir/ir.ts';
import { isComparison, opTest } from '../ir/ops.ts';
import { findHomes, type Home, variableKey } from './home-lists.ts';
import type { LaneLayout } from './lane-layout.ts';
import type { Roots } from './lane-roots.ts';

export type Shape = number | 'varying';

export interface Shapes {
  readonly of: (expr: Expr) => Shape;
  readonly ofLocal: (local: number) => Shape;
  /** Has lanes that do not take part although they may see the result: a set that must leave their value alone, a jump that not all take. */
  readonly isPartial: (statement: Stmt) => boolean;
  /** Constructs that some lanes leave, or of which they skip to the continuing part, while others stay. */
  readonly isLeft: (label: number) => boolean;
  readonly isContinued: (label: number) => boolean;
  /** i32 locals that only ever hold 0 or 1. */
  readonly isBoolean: (expr: Expr) => boolean;
}

interface Construct {
  readonly label: number;
  /** The depth of the list it stands in. */
  readonly depth: number;
}

const joinsTruths = opTest(/^(select|i32\.(and|or|xor))$/);

export function findShapes(body: readonly Stmt[], layout: LaneLayout, roots: Roots): Shapes {
  const finder = new ShapeFinder(body, layout, roots);
  while (finder.pass());
  // Nothing changes any more.
  const known = new Map<Expr, Shape>();
  const of = (expr: Expr): Shape => {
    if (expr.kind !== 'op' && expr.kind !== 'choose' && expr.kind !== 'load' && expr.kind !== 'call') return finder.shapeOf(expr, of);
    const shape = known.get(expr) ?? finder.shapeOf(expr, of);
    known.set(expr, shape);
    return shape;
  };
  return {
    of,
    ofLocal: (local) => finder.shapes.get(local) ?? 0,
    isPartial: (statement) => finder.partial.has(statement),
    isLeft: (label) => finder.left.has(label),
    isContinued: (label) => finder.continued.has(label),
    isBoolean: (expr) => finder.isBoolean(expr),
  };
}

class ShapeFinder {
  readonly shapes = new Map<number, Shape>();
  readonly partial = new Set<Stmt>();
  readonly left = new Set<number>();
  readonly continued = new Set<number>();
  private readonly body: readonly Stmt[];
  private readonly layout: LaneLayout;
  private readonly roots: Roots;
  private readonly homes: ReadonlyMap<number, Home>;
  private readonly notBoolean = new Set<number>();
  /** What is known of the lanes that leave each construct on the way: depths at which they go on. */
  private readonly exits = new Map<number, Set<number>>();
  private narrowings: number[] = [];
  private readonly constructs: Construct[] = [];
  private readonly path: Stmt[] = [];
  private changed = false;

  constructor(body: readonly Stmt[], layout: LaneLayout, roots: Roots) {
    this.body = body;
    this.layout = layout;
    this.roots = roots;
    this.homes = findHomes(body);
  }

  /** True while something changes. */
  pass(): boolean {
    this.changed = false;
    this.list(this.body);
    return this.changed;
  }

  private list(list: readonly Stmt[]): void {
    for (const statement of list) {
      this.path.push(statement);
      this.statement(statement);
      this.path.pop();
    }
  }

  /** Lists inside the statement under way stand one deeper than it. */
  private get depth(): number {
    return this.path.length - 1;
  }

  private statement(statement: Stmt): void {
    switch (statement.kind) {
      case 'set':
        if (!this.isBoolean(statement.value)) this.mark(this.notBoolean, statement.local);
        return this.assign(statement, statement.local, this.shapeOf(statement.value));
      case 'store':
      case 'fill':
        return this.write(statement, statement.address);
      case 'copy':
        return this.write(statement, statement.to);
      case 'atomic':
        this.mark(this.notBoolean, statement.result);
        return this.assign(statement, statement.result, 'varying');
      case 'call': {
        const isSame = this.layout.isPure(statement.callee) && statement.args.every((arg) => this.shapeOf(arg) === 0);
        for (const result of statement.results) {
          this.mark(this.notBoolean, result);
          this.assign(statement, result, isSame ? 0 : 'varying');
        }
        return;
      }
      case 'if':
        return this.branches(statement.condition, [statement.yes, statement.no]);
      case 'switch':
        return this.construct(statement.label, () =>
          this.branches(
            statement.selector,
            statement.cases.map((each) => each.body),
          ),
        );
      case 'block':
        return this.construct(statement.label, () => this.list(statement.body));
      case 'loop':
        return this.construct(statement.label, () => this.loop(statement));
      case 'break':
      case 'continue':
        return this.jump(statement, statement.label, statement.kind === 'continue');
      case 'meter':
      case 'barrier':
      case 'return':
        return;
    }
  }

  private branches(condition: Expr, lists: readonly (readonly Stmt[])[]): void {
    const isDivergent = this.shapeOf(condition) !== 0;
    for (const list of lists) {
      const before = this.narrowings.length;
      if (isDivergent) this.narrowings.splice(0, 0, this.depth);
      this.list(list);
      if (isDivergent) this.narrowings.splice(0, 1);
      if (this.narrowings.length < before) throw new Error('a narrowing was lost');
    }
  }

  private construct(label: number, visit: () => void): void {
    const { depth } = this;
    this.constructs.push({ label, depth });
    const before = [...this.narrowings];
    visit();
    this.constructs.pop();
    // Lanes that left for here are back; those on their way further out are not.
    const known = this.exits.get(label) ?? new Set<number>();
    this.narrowings = [...before, ...[...known].filter((rejoin) => rejoin < depth && !before.includes(rejoin))];
  }

  private loop(statement: Extract<Stmt, { kind: 'loop' }>): void {
    // In its second turn the lanes that left in the first are missing from the start.
    const { depth } = this;
    const known = this.exits.get(statement.label) ?? new Set<number>();
    const around = [...this.narrowings, ...[...known].filter((rejoin) => rejoin <= depth && !this.narrowings.includes(rejoin))];
    this.narrowings = [...around];
    this.list(statement.body);
    const late = [...(this.exits.get(statement.label) ?? [])].filter((rejoin) => rejoin <= depth && !around.includes(rejoin));
    this.narrowings = [...around, ...late];
    this.list(statement.continuing);
  }

  private jump(statement: Stmt, label: number, isContinue: boolean): void {
    const at = this.constructs.findIndex((each) => each.label === label);
    const target = this.constructs[at];
    if (target === undefined) throw new Error(`no construct ${label}`);
    const rejoin = target.depth + (isContinue ? 0.5 : 0);
    if (this.narrowings.every((each) => each <= rejoin)) return;
    this.mark(this.partial, statement);
    this.constructs.slice(at).forEach(({ label: inner }, i) => {
      this.mark(i === 0 && isContinue ? this.continued : this.left, inner);
      const exits = this.exits.get(inner) ?? new Set<number>();
      this.exits.set(inner, exits);
      if (!exits.has(rejoin)) this.changed = true;
      exits.add(rejoin);
    });
    if (!this.narrowings.includes(rejoin)) this.narrowings.push(rejoin);
  }

  private assign(statement: Stmt, local: number, value: Shape): void {
    const isWhole = this.isWhole(local);
    if (!isWhole) this.mark(this.partial, statement);
    const before = this.shapes.get(local);
    const next = !isWhole ? 'varying' : before === undefined || before === value ? value : 'varying';
    if (before === next) return;
    this.shapes.set(local, next);
    this.changed = true;
  }

  private write(statement: Stmt, address: Expr): void {
    const variable = this.roots.of(address);
    if (variable === null) return;
    const isWhole = this.layout.livesOn(variable) ? this.narrowings.length === 0 : this.isWhole(variableKey(variable));
    if (!isWhole) this.mark(this.partial, statement);
  }

  private isWhole(key: number): boolean {
    const home = this.homes.get(key);
    if (home === undefined) return this.narrowings.length === 0;
    return this.narrowings.every(
      (rejoin) => rejoin < home.depth || (rejoin === home.depth && home.onlyReader !== null && this.path[home.depth] === home.onlyReader),
    );
  }

  private mark<T>(set: Set<T>, item: T): void {
    if (set.has(item)) return;
    set.add(item);
    this.changed = true;
  }

  isBoolean(expr: Expr): boolean {
    switch (expr.kind) {
      case 'const':
        return expr.type === 'i32' && (expr.value === 0 || expr.value === 1);
      case 'local':
        return expr.type === 'i32' && this.shapes.has(expr.local) && !this.notBoolean.has(expr.local);
      case 'choose':
        return expr.type === 'i32' && this.isBoolean(expr.yes) && this.isBoolean(expr.no);
      case 'op': {
        if (isComparison(expr.op)) return true;
        const [a, b] = expr.args;
        if (a === undefined || b === undefined) return false;
        return joinsTruths(expr.op) && this.isBoolean(a) && this.isBoolean(b);
      }
      default:
        return false;
    }
  }

  /** `of` is asked for the operands. */
  shapeOf(expr: Expr, of: (expr: Expr) => Shape = this.inner): Shape {
    switch (expr.kind) {
      case 'const':
      case 'binding-base':
      case 'binding-bytes':
      case 'address':
        return 0;
      case 'local':
        return this.shapes.get(expr.local) ?? 0;
      case 'builtin':
        return this.shapeOfBuiltin(expr.name);
      case 'op':
        return shapeOfOp(expr.op, expr.args, of);
      case 'choose': {
        const [condition, yes, no] = [of(expr.condition), of(expr.yes), of(expr.no)];
        return condition === 0 && yes === no ? yes : 'varying';
      }
      case 'load':
        return this.roots.of(expr.address) === null && of(expr.address) === 0 ? 0 : 'varying';
      case 'call':
        return this.layout.isPure(expr.callee) && expr.args.every((arg) => of(arg) === 0) ? 0 : 'varying';
    }
  }

  private readonly inner = (expr: Expr): Shape => this.shapeOf(expr);

  private shapeOfBuiltin(name: string): Shape {
    const [x, y, z] = this.layout.workgroupSize;
    if (name === 'local-index') return 1;
    if (!name.startsWith('local-')) return 0;
    if (x % 4 === 0 || (y === 1 && z === 1)) return name === 'local-x' ? 1 : 0;
    return 'varying';
  }
}

function shapeOfOp(name: string, args: readonly Expr[], of: (expr: Expr) => Shape): Shape {
  const [first, second, third] = args;
  const a = first === undefined ? 'varying' : of(first);
  const b = second === undefined ? (a === 0 ? 0 : 'varying') : of(second);
  const c = third === undefined ? 0 : of(third);
  if (a === 0 && b === 0 && c === 0) return 0;
  switch (name) {
    case 'i32.add':
      return a === 'varying' || b === 'varying' ? 'varying' : (a + b) | 0;
    case 'i32.sub':
      return a === 'varying' || b === 'varying' ? 'varying' : (a - b) | 0;
    case 'i32.mul':
      if (a !== 'varying' && second?.kind === 'const') return Math.imul(a, Number(second.value));
      return b !== 'varying' && first?.kind === 'const' ? Math.imul(b, Number(first.value)) : 'varying';
    case 'i32.shl':
      return a !== 'varying' && second?.kind === 'const' ? a << Number(second.value) : 'varying';
    case 'select':
      return c === 0 && a === b ? a : 'varying';
    default:
      return 'varying';
  }
}

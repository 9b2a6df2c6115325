/**
 * Runs several groups of four invocations through a vectorized region together, where they share much: what is the same for all groups is loaded and
 * spread over lanes once, and their sums do not wait for one another. Statements that differ between groups are written once for each; a construct is
 * gone through together when its condition is the same for all.
 */
import type { Expr, Stmt, ValueType } from '../ir/ir.ts';
import { contains, localsSetBy, partsOfStmt, walkExpr, walkStmts } from '../ir/walk.ts';
import { doubleLoops, shiftExpr } from './double-loops.ts';
import { isSameExpr } from './expr-facts.ts';
import { mapLeaves } from './rewrite.ts';

export interface JamWorld {
  readonly workgroupSize: readonly [number, number, number];
  /** Locals of the entry function; new ones are added. */
  readonly types: ValueType[];
  /** Variables with a copy for each group. */
  readonly isOwn: (variable: number) => boolean;
}

export interface Jammed {
  readonly body: readonly Stmt[];
  readonly groups: number;
}

/** The region as it is where jamming is not possible or does not pay. */
export function jamGroups(body: readonly Stmt[], world: JamWorld): Jammed {
  const alone: Jammed = { body, groups: 1 };
  if (!canShare(body, world)) return alone;
  const variant = findVariant(body);
  const jammer = new Jammer(world, variant);
  const groups = jammer.countGroups(body);
  return groups === 1 ? alone : { body: doubleLoops(jammer.jam(body, groups)), groups };
}

function canShare(body: readonly Stmt[], world: JamWorld): boolean {
  let can = true;
  walkStmts(
    body,
    (statement) => {
      if (['atomic', 'call', 'fill', 'copy', 'switch'].includes(statement.kind)) can = false;
    },
    (expr) => {
      if (expr.kind === 'address' && world.isOwn(expr.variable)) can = false;
      if (expr.kind === 'call') can = false;
    },
  );
  return can;
}

interface Variant {
  readonly of: (expr: Expr) => boolean;
  readonly locals: ReadonlySet<number>;
}

/** What differs between groups: whatever depends on the index of the first lane. */
function findVariant(body: readonly Stmt[]): Variant {
  const locals = new Set<number>();
  const of = (expr: Expr): boolean => {
    let differs = false;
    walkExpr(expr, (each) => {
      if (each.kind === 'builtin' && (each.name === 'local-x' || each.name === 'local-index')) differs = true;
      if (each.kind === 'local' && locals.has(each.local)) differs = true;
    });
    return differs;
  };
  const visit = (list: readonly Stmt[], isInside: boolean): void => {
    for (const statement of list) {
      const { exprs, lists } = partsOfStmt(statement);
      const differs = isInside || exprs.some(of);
      if (differs) for (const local of localsSetBy(statement)) locals.add(local);
      for (const inner of lists) visit(inner, differs);
    }
  };
  for (let size = -1; size !== locals.size; ) {
    size = locals.size;
    visit(body, false);
  }
  return { of, locals };
}

/** More v128 locals than this, times the groups, would not stay in registers. */
const maxVectors = 16;
/** Of the vector operations so many must be shared for it to pay. */
const minShare = 0.2;

class Jammer {
  private readonly world: JamWorld;
  private readonly variant: Variant;
  private out: Stmt[] = [];
  private copies: ReadonlyMap<number, number>[] = [];
  /** What differs between groups by a constant only. */
  private steps: ReadonlyMap<number, number> = new Map();

  constructor(world: JamWorld, variant: Variant) {
    this.world = world;
    this.variant = variant;
  }

  /** How many groups should go together; 1: none. */
  countGroups(body: readonly Stmt[]): number {
    if (body.some((statement) => this.leavesApart(statement))) return 1;
    let shared = 0;
    let all = 0;
    const count = (expr: Expr): void => {
      if (expr.type !== 'v128') return;
      if (this.isShared(expr)) shared++;
      if (expr.kind !== 'local' && expr.kind !== 'const') all++;
      if (expr.kind === 'op') for (const arg of expr.args) count(arg);
    };
    walkStmts(
      body,
      (statement) => partsOfStmt(statement).exprs.forEach((expr) => this.variant.of(expr) && count(expr)),
      () => undefined,
    );
    if (shared === 0 || shared / all < minShare) return 1;
    const live = [...this.carried(body)].length;
    const [x] = this.world.workgroupSize;
    return [4, 2].find((groups) => x % (4 * groups) === 0 && live * groups <= maxVectors) ?? 1;
  }

  /** Locals that differ and live from statement to statement, as far as a glance can tell: those read by another statement than the next. */
  private carried(body: readonly Stmt[]): ReadonlySet<number> {
    const vectors = new Set<number>();
    const visit = (list: readonly Stmt[]): void => {
      list.forEach((statement, index) => {
        for (const inner of partsOfStmt(statement).lists) visit(inner);
        const next = list[index + 1];
        for (const local of localsSetBy(statement)) {
          const isChained = next !== undefined && this.isOnlyReadBy(body, local, next);
          if (this.world.types[local] === 'v128' && this.variant.locals.has(local) && !isChained) vectors.add(local);
        }
      });
    };
    visit(body);
    return vectors;
  }

  private isOnlyReadBy(body: readonly Stmt[], local: number, reader: Stmt): boolean {
    const reads = (list: readonly Stmt[]): number => {
      let count = 0;
      walkStmts(
        list,
        () => undefined,
        (expr) => {
          if (expr.kind === 'local' && expr.local === local) count++;
        },
      );
      return count;
    };
    return reads(body) === reads([reader]);
  }

  /** Can some groups jump away from here while others stay? */
  private leavesApart(statement: Stmt): boolean {
    const { exprs, lists } = partsOfStmt(statement);
    if (exprs.some(this.variant.of)) return contains(statement, (each) => each.kind === 'break' || each.kind === 'continue');
    return lists.some((list) => list.some((each) => this.leavesApart(each)));
  }

  private isShared(expr: Expr): boolean {
    return expr.kind === 'op' && !this.variant.of(expr);
  }

  jam(body: readonly Stmt[], groups: number): readonly Stmt[] {
    this.steps = findSteps(body, this.variant);
    this.copies = Array.from({ length: groups }, (_, group) => {
      if (group === 0) return new Map<number, number>();
      const apart = [...this.variant.locals].filter((local) => !this.steps.has(local));
      return new Map(apart.map((local) => [local, this.world.types.push(this.world.types[local] ?? 'i32') - 1]));
    });
    return this.list(body);
  }

  private list(list: readonly Stmt[]): readonly Stmt[] {
    const outer = this.out;
    const inner: Stmt[] = [];
    this.out = inner;
    for (const statement of list) this.statement(statement);
    this.out = outer;
    return inner;
  }

  private statement(statement: Stmt): void {
    const { exprs } = partsOfStmt(statement);
    const differs = exprs.some(this.variant.of) || localsSetBy(statement).some((local) => this.variant.locals.has(local));
    if (differs) return this.forEachGroup(statement);
    switch (statement.kind) {
      case 'if':
        this.out.push({ ...statement, yes: this.list(statement.yes), no: this.list(statement.no) });
        return;
      case 'block':
        this.out.push({ ...statement, body: this.list(statement.body) });
        return;
      case 'loop':
        this.out.push({ ...statement, body: this.list(statement.body), continuing: this.list(statement.continuing) });
        return;
      case 'meter':
        if (statement.times !== undefined) return this.forEachGroup(statement);
        this.out.push(statement);
        return;
      default:
        this.out.push(statement);
    }
  }

  private forEachGroup(statement: Stmt): void {
    if (statement.kind === 'set' && this.steps.has(statement.local)) {
      this.out.push(statement);
      return;
    }
    const shared =
      statement.kind === 'set' || statement.kind === 'store' ? { ...statement, value: this.share(statement.value) } : statement;
    this.copies.forEach((_, group) => {
      this.out.push(group === 0 ? shared : this.renamed(shared, group));
    });
  }

  /** Computes what is the same for all groups once, before them. */
  private share(expr: Expr): Expr {
    if (expr.type !== 'v128' || expr.kind !== 'op') return expr;
    if (!this.isShared(expr)) return { ...expr, args: expr.args.map((arg) => this.share(arg)) };
    const local = this.world.types.push('v128') - 1;
    this.out.push({ kind: 'set', local, value: expr });
    return { kind: 'local', type: 'v128', local };
  }

  private renamed(statement: Stmt, group: number): Stmt {
    const expr = (each: Expr): Expr => this.renamedExpr(each, group);
    const list = (each: readonly Stmt[]): readonly Stmt[] => each.map((inner) => this.renamed(inner, group));
    switch (statement.kind) {
      case 'set':
        // The others add their constant to the first group's value.
        if (this.steps.has(statement.local)) return statement;
        return { ...statement, local: this.copies[group]?.get(statement.local) ?? statement.local, value: expr(statement.value) };
      case 'store':
        return { ...statement, address: expr(statement.address), value: expr(statement.value) };
      case 'if':
        return { ...statement, condition: expr(statement.condition), yes: list(statement.yes), no: list(statement.no) };
      case 'block':
        return { ...statement, body: list(statement.body) };
      case 'loop':
        return { ...statement, body: list(statement.body), continuing: list(statement.continuing) };
      case 'meter':
        return statement.times === undefined ? statement : { ...statement, times: expr(statement.times) };
      default:
        return statement;
    }
  }

  /** What counts up with the invocations is the first group's plus a constant; the rest has a local for each group. */
  private renamedExpr(expr: Expr, group: number): Expr {
    const copies = this.copies[group];
    const own = mapLeaves(expr, (leaf) => (leaf.kind === 'local' ? { ...leaf, local: copies?.get(leaf.local) ?? leaf.local } : leaf));
    return shiftExpr(own, (leaf) => group * (stepOf(leaf, this.steps) ?? 0));
  }
}

/** By how much an i32 grows from group to group; null: not by a constant. */
function stepOf(expr: Expr, steps: ReadonlyMap<number, number>): number | null {
  if (expr.kind === 'builtin') return expr.name === 'local-x' || expr.name === 'local-index' ? 4 : 0;
  if (expr.kind === 'local') return steps.get(expr.local) ?? null;
  if (expr.kind === 'const' || expr.kind === 'address' || expr.kind === 'binding-base') return 0;
  if (expr.kind !== 'op') return null;
  const [a, b] = expr.args.map((arg) => stepOf(arg, steps));
  const factor = expr.args[1];
  if (a === undefined || a === null || b === undefined || b === null) return null;
  if (expr.op === 'i32.add') return (a + b) | 0;
  if (expr.op === 'i32.sub') return (a - b) | 0;
  if (factor?.kind !== 'const') return null;
  if (expr.op === 'i32.mul') return Math.imul(a, Number(factor.value));
  return expr.op === 'i32.shl' ? a << Number(factor.value) : null;
}

/** Locals that differ between groups by a constant, always the same one. */
function findSteps(body: readonly Stmt[], variant: Variant): ReadonlyMap<number, number> {
  const values = new Map<number, Expr[]>();
  const steps = new Map<number, number>();
  const same = new Set<number>();
  walkStmts(
    body,
    (statement) => {
      if (statement.kind === 'set') values.set(statement.local, [...(values.get(statement.local) ?? []), statement.value]);
    },
    (expr) => {
      if (expr.kind === 'local' && expr.type === 'i32' && !variant.locals.has(expr.local)) same.add(expr.local);
    },
  );
  for (const local of same) steps.set(local, 0);
  for (let size = -1; size !== steps.size; ) {
    size = steps.size;
    for (const [local, all] of values) {
      const [first] = all;
      // Set once in effect: the same value each time.
      if (first === undefined || steps.has(local) || first.type !== 'i32' || !all.every((each) => isSameExpr(each, first))) continue;
      const step = stepOf(first, steps);
      if (step !== null) steps.set(local, step);
    }
  }
  return steps;
}

/** One turn over one function of a traced module: what each statement adds to the facts of locals, memory and results. */
import type { Expr, IrFunction, Stmt } from '../ir/ir.ts';
import { partsOfStmt } from '../ir/walk.ts';
import type { FactKind, FactSet } from './facts.ts';

/** `b3` is binding 3, `v5` variable 5. */
export type Base = string;

/** What is known of a function so far; it only grows. */
export interface FunctionState {
  readonly locals: FactSet[];
  readonly bases: Set<Base>[];
  /** Of the calls, and of returns inside conditions. */
  around: FactSet;
  results: FactSet[];
  /** What decides whether the rest of a labelled statement runs. */
  readonly labels: Map<number, FactSet>;
}

/** What the functions of a module share while they are traced; see trace-module.ts. */
export interface TraceContext {
  /** Statements that follow are about this one's line. */
  at(statement: Stmt): void;
  /** A fact about the statement at hand. */
  note(kind: FactKind, what?: string): FactSet;
  /** Facts that make a value differ at all. */
  differs(facts: FactSet): boolean;
  /** Facts that make it differ by more than a step. */
  jumps(facts: FactSet): boolean;
  read(base: Base, address: Expr, offset: number): FactSet;
  write(base: Base, facts: FactSet, address: Expr, offset: number): void;
  /** Puts the union, and asks for another turn, when there is more than before. */
  grow(before: FactSet, more: FactSet, put: (all: FactSet) => void): void;
  noteChange(): void;
  callee(index: number): { readonly each: IrFunction; readonly state: FunctionState };
  /** Does anything read the local? */
  isUsed(each: IrFunction, local: number): boolean;
  allBases(): readonly Base[];
}

const comparison = /\.(eqz?|ne|[lg][te](_[su])?)$/;
const rounding = /^f(32|64)\.(ceil|floor|trunc|nearest)$|trunc_sat/;
const inexactDouble = /^f64\.(add|sub|mul|div|sqrt)$/;

/** One turn over one function. */
export class FunctionWalk {
  private readonly tracer: TraceContext;
  private readonly each: IrFunction;
  private readonly state: FunctionState;

  constructor(tracer: TraceContext, each: IrFunction, state: FunctionState) {
    this.tracer = tracer;
    this.each = each;
    this.state = state;
  }

  list(list: readonly Stmt[], around: FactSet): void {
    for (const statement of list) this.statement(statement, around | this.state.around);
  }

  private statement(statement: Stmt, around: FactSet): void {
    const { tracer } = this;
    tracer.at(statement);
    switch (statement.kind) {
      case 'set':
        this.setBases(statement.local, this.basesOf(statement.value));
        return this.setLocal(statement.local, this.facts(statement.value) | around);
      case 'store':
        return this.store(statement.address, statement.offset, this.facts(statement.value) | around);
      case 'copy': {
        const facts = this.load(statement.from, statement.fromOffset);
        return this.store(statement.to, statement.toOffset, facts | around);
      }
      case 'fill':
        return this.store(statement.address, statement.offset, around);
      case 'atomic':
        return this.atomic(statement, around);
      case 'call':
        return this.call(statement, around);
      case 'return':
        statement.values.forEach((value, i) => {
          tracer.grow(this.state.results[i] ?? 0, this.facts(value) | around, (all) => {
            this.state.results[i] = all;
          });
        });
        tracer.grow(this.state.around, around, (all) => {
          this.state.around = all;
        });
        return;
      case 'break':
      case 'continue':
        tracer.grow(this.state.labels.get(statement.label) ?? 0, around, (all) => this.state.labels.set(statement.label, all));
        return;
      case 'barrier':
      case 'meter':
        return;
      case 'if':
      case 'switch':
      case 'block':
      case 'loop':
        return this.nested(statement, around);
    }
  }

  private nested(statement: Extract<Stmt, { kind: 'if' | 'switch' | 'block' | 'loop' }>, around: FactSet): void {
    const { exprs, lists } = partsOfStmt(statement);
    let inside = exprs.reduce((all, expr) => all | this.facts(expr), around);
    if (statement.kind === 'switch' && this.tracer.differs(inside) && !this.tracer.jumps(inside)) inside |= this.tracer.note('branch');
    if (statement.kind === 'if') {
      for (const inner of lists) this.list(inner, inside);
      return;
    }
    // A jump decided by something makes all of the labelled statement depend on it, from the next turn on.
    inside |= this.state.labels.get(statement.label) ?? 0;
    for (const inner of lists) this.list(inner, inside);
  }

  private setLocal(local: number, facts: FactSet): void {
    this.tracer.grow(this.state.locals[local] ?? 0, facts, (all) => {
      this.state.locals[local] = all;
    });
  }

  private setBases(local: number, bases: ReadonlySet<Base>): void {
    const known = this.state.bases[local];
    if (known === undefined) return;
    for (const base of bases) {
      if (known.has(base)) continue;
      known.add(base);
      this.tracer.noteChange();
    }
  }

  private basesOf(expr: Expr): ReadonlySet<Base> {
    const bases = new Set<Base>();
    const visit = (each: Expr): void => {
      if (each.kind === 'address') bases.add(`v${each.variable}`);
      else if (each.kind === 'binding-base') bases.add(`b${each.binding}`);
      else if (each.kind === 'local') for (const base of this.state.bases[each.local] ?? []) bases.add(base);
      else if (each.kind === 'op') each.args.forEach(visit);
      else if (each.kind === 'choose') [each.yes, each.no].forEach(visit);
    };
    visit(expr);
    return bases;
  }

  private basesOfAddress(address: Expr): Iterable<Base> {
    const bases = this.basesOf(address);
    return bases.size === 0 ? this.tracer.allBases() : bases;
  }

  private ofPlace(address: Expr): FactSet {
    const facts = this.facts(address);
    return this.tracer.differs(facts) && !this.tracer.jumps(facts) ? facts | this.tracer.note('index') : facts;
  }

  private load(address: Expr, offset: number): FactSet {
    let facts = this.ofPlace(address);
    for (const base of this.basesOfAddress(address)) facts |= this.tracer.read(base, address, offset);
    return facts;
  }

  private store(address: Expr, offset: number, facts: FactSet): void {
    const all = facts | this.ofPlace(address);
    for (const base of this.basesOfAddress(address)) this.tracer.write(base, all, address, offset);
  }

  private atomic(statement: Extract<Stmt, { kind: 'atomic' }>, around: FactSet): void {
    const { tracer } = this;
    const operands = statement.operands.reduce((all, operand) => all | this.facts(operand), around);
    const name = nameOfAtomic(statement.op);
    const isLastOneWins = statement.op === 'exchange' || statement.op === 'compare-exchange';
    this.store(statement.address, statement.offset, operands | (isLastOneWins ? tracer.note('exchange', name) : 0));
    const before = tracer.isUsed(this.each, statement.result) ? tracer.note('atomic', name) : 0;
    this.setLocal(statement.result, before | operands | this.load(statement.address, statement.offset));
  }

  private call(statement: Extract<Stmt, { kind: 'call' }>, around: FactSet): void {
    const { tracer } = this;
    const { state } = tracer.callee(statement.callee);
    statement.args.forEach((arg, i) => {
      tracer.grow(state.locals[i] ?? 0, this.facts(arg) | around, (all) => {
        state.locals[i] = all;
      });
    });
    tracer.grow(state.around, around, (all) => {
      state.around = all;
    });
    statement.results.forEach((local, i) => {
      this.setLocal(local, (state.results[i] ?? 0) | around);
    });
  }

  private facts(expr: Expr): FactSet {
    switch (expr.kind) {
      case 'local':
        return this.state.locals[expr.local] ?? 0;
      case 'op':
        return this.ofOp(expr.op, expr.args);
      case 'choose':
        return this.facts(expr.condition) | this.facts(expr.yes) | this.facts(expr.no);
      case 'load':
        return this.load(expr.address, expr.offset);
      case 'call': {
        const { each } = this.tracer.callee(expr.callee);
        const args = expr.args.reduce((all, arg) => all | this.facts(arg), 0);
        return args | this.tracer.note('function', `${each.name.replace('math:', '')}()`);
      }
      case 'const':
      case 'builtin':
      case 'address':
      case 'binding-base':
      case 'binding-bytes':
        return 0;
    }
  }

  private ofOp(name: string, args: readonly Expr[]): FactSet {
    const { tracer } = this;
    const [a, b, condition] = args;
    if (name === 'select' && a !== undefined && b !== undefined && isBound(condition, a, b)) return this.facts(a) | this.facts(b);
    const all = args.reduce((facts, arg) => facts | this.facts(arg), 0);
    if (/^f32\.(add|sub|mul)$/.test(name)) return all | tracer.note('arithmetic');
    if (name === 'f32.div') return all | tracer.note('division');
    if (name === 'f32.sqrt') return all | tracer.note('root');
    if (inexactDouble.test(name)) return all | tracer.note('function', 'a built-in function');
    if (!tracer.differs(all)) return all;
    if (rounding.test(name)) return all | tracer.note('step');
    const isNanTest = a !== undefined && b !== undefined && isSame(a, b);
    if ((comparison.test(name) && !isNanTest) || /\.rem_[su]$/.test(name)) return tracer.jumps(all) ? all : all | tracer.note('branch');
    return all;
  }
}

/** `a < b ? a : b`, however it is written: the nearer of two is as near as they are. */
function isBound(condition: Expr | undefined, yes: Expr, no: Expr): boolean {
  if (condition?.kind !== 'op' || !comparison.test(condition.op)) return false;
  const [a, b] = condition.args;
  if (a === undefined || b === undefined) return false;
  // Also the test for NaN before a store: x == x ? x : NaN.
  return isSame(a, b) || (isSame(a, yes) && isSame(b, no)) || (isSame(a, no) && isSame(b, yes));
}

function isSame(a: Expr, b: Expr): boolean {
  if (a === b) return true;
  if (a.kind === 'local') return b.kind === 'local' && a.local === b.local;
  return a.kind === 'const' && b.kind === 'const' && Object.is(a.value, b.value);
}

function nameOfAtomic(name: string): string {
  const words = name.replace(/_[su]$/, '').split('-');
  const spelled = words.map((word) => (word[0] ?? '').toUpperCase() + word.slice(1)).join('');
  return `atomic${spelled}${name === 'compare-exchange' ? 'Weak' : ''}()`;
}

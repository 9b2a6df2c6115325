/**
 * Drops what is known to hold already: comparisons whose outcome follows from the ranges of their operands, and with them the clamps of indices.
 *
 * Ranges come from constants and builtins, from the conditions on the way (guards, loop tests), and for what a loop changes from a guess that is checked at
 * the end of a turn. An index that is only known to be good when some bound of the whole workgroup is may have its clamp dropped too, if the
 * caller asks for it: then the bounds to check come along. Behind this pass an access may be good only where the conditions around it hold, so nothing may
 * be moved out from under them any more.
 */
import { choose } from '../ir/build.ts';
import type { BuiltinName, Expr, IrFunction, OpExpr, Stmt } from '../ir/ir.ts';
import { largestId } from '../ir/largest-id.ts';
import { opTest } from '../ir/ops.ts';
import { localsSetBy, partsOfStmt, walkExpr } from '../ir/walk.ts';
import { countSets, eachStmt, isSameExpr } from './expr-facts.ts';
import { ForwardPass, type LoopStmt, type PlainStmt } from './forward-pass.ts';
import { anything, assume, type Bound, copyKnown, decide, type Known, keyOf, type Range, rangeOf, union } from './ranges.ts';
import { mapDirectExprs, mapOperands, rebuildOp } from './rewrite.ts';
import { type BoundFacts, type UpperBound, upperBound } from './upper-bound.ts';

/** The workgroup's way must be: every index up to `bound` is below `count`. */
export interface Check {
  readonly bound: UpperBound;
  readonly count: Expr;
}

interface Elided {
  readonly result: IrFunction;
  readonly checks: readonly Check[];
}

/** How far a local's guess was taken back: to 31 bits, to 32 bits, to nothing. */
const lastLevel = 2;
const maxAttempts = 5;
const maxChecks = 48;

const isCondition = opTest(/^i32\.(eqz?|ne|[lg][te]_[su]|and|or)$/);
const comparesIntegers = opTest(/^i32\.(eqz?|ne|[lg][te]_[su])$/);

class Elider extends ForwardPass<Known> {
  readonly checks: Check[] = [];
  private readonly source: IrFunction;
  private readonly counts: Int32Array;
  private readonly facts: BoundFacts;
  private readonly setRanges = new Map<number, Range>();
  private readonly setBounds = new Map<number, UpperBound>();
  private readonly conditions = new Map<number, Bound>();
  private readonly uniform = new Set<number>();
  private readonly asksForChecks: boolean;
  private readonly loopSets = new Map<LoopStmt, ReadonlyMap<number, readonly Expr[]>>();
  private readonly levels = new Map<LoopStmt, Map<number, number>>();
  private readonly checksBefore = new Map<LoopStmt, number>();
  /** The only ones worth knowing about. */
  private readonly compared: ReadonlySet<number>;
  private nextVersion = 1;

  constructor(source: IrFunction, size: readonly [number, number, number] | null, asksForChecks: boolean) {
    super();
    this.source = source;
    this.asksForChecks = asksForChecks;
    this.counts = countSets(source);
    const largest = (name: BuiltinName): number | null => largestId(name, size ?? [1, 1, 1]);
    this.facts = {
      isSetOnce: (local) => this.counts[local] === 1,
      setRanges: this.setRanges,
      setBounds: this.setBounds,
      conditionIn: (local) => this.conditions.get(local) ?? null,
      rangeOfBuiltin: (name) => ({ low: 0, high: largest(name as BuiltinName) ?? 65535 }),
      isUniform: (local) => this.uniform.has(local),
      largest,
    };
    this.state = { versions: new Int32Array(source.locals.length), ranges: new Map(), below: new Map(), notesOps: false };
    this.compared = comparedLocals(source);
  }

  run(): Elided {
    const prologue = this.list(this.source.prologue);
    for (const each of prologue) if (each.kind === 'set' && this.counts[each.local] === 1) this.uniform.add(each.local);
    const body = this.list(this.source.body);
    const isSame = prologue === this.source.prologue && body === this.source.body;
    return { result: isSame ? this.source : { ...this.source, prologue, body }, checks: this.checks };
  }

  protected copy(state: Known): Known {
    return copyKnown(state);
  }

  protected join(states: readonly Known[]): Known {
    const [first, ...others] = states;
    if (first === undefined) throw new Error('nothing to join');
    const joined: Known = {
      versions: first.versions.slice(),
      ranges: new Map(),
      below: new Map(),
      notesOps: states.some((each) => each.notesOps),
    };
    for (const [key, range] of first.ranges) {
      const all = others.map((other) => other.ranges.get(key));
      if (all.every((each) => each !== undefined))
        joined.ranges.set(
          key,
          all.reduce<Range>((sum, each) => union(sum, each ?? anything), range),
        );
    }
    for (const [key, bounds] of first.below) {
      const kept = bounds.filter((bound) => others.every((other) => other.below.get(key)?.some((each) => each.key === bound.key) === true));
      if (kept.length > 0) joined.below.set(key, kept);
    }
    for (let local = 0; local < first.versions.length; local++) {
      const version = first.versions[local];
      let isSame = true;
      for (const other of others) isSame &&= other.versions[local] === version;
      if (!isSame) this.renew(local, states.map((each) => this.rangeOfLocal(local, each)).reduce(union), joined);
    }
    return joined;
  }

  private rangeOfLocal(local: number, state: Known): Range {
    const type = this.source.locals[local] ?? 'i32';
    return rangeOf({ kind: 'local', type, local }, state, this.facts);
  }

  /** A new value of a local that is set many times. */
  private renew(local: number, range: Range, state: Known): void {
    const version = this.nextVersion++;
    state.versions[local] = version;
    if (range.low > 0 || range.high < anything.high) state.ranges.set(`$${local}.${version}`, range);
  }

  protected override assume(condition: Expr, holds: boolean, state: Known): void {
    assume(condition, holds, state, this.facts);
  }

  protected enterLoop(state: Known, loop: LoopStmt, attempt: number): Known {
    const sets = this.loopSets.get(loop) ?? valuesSetIn(loop);
    this.loopSets.set(loop, sets);
    if (attempt === 0) this.checksBefore.set(loop, this.checks.length);
    this.checks.length = this.checksBefore.get(loop) ?? 0;
    const levels = this.levels.get(loop) ?? new Map<number, number>();
    this.levels.set(loop, levels);
    for (const [local, values] of sets) {
      if (this.counts[local] === 1) continue;
      const level = attempt >= maxAttempts ? lastLevel : (levels.get(local) ?? 0);
      levels.set(local, level);
      this.renew(local, guess(local, values, this.rangeOfLocal(local, state), level), state);
    }
    return state;
  }

  protected endTurn(state: Known, head: Known, loop: LoopStmt): boolean {
    let holds = true;
    const levels = this.levels.get(loop);
    for (const [local, level] of levels ?? []) {
      const guessed = this.rangeOfLocal(local, head);
      const found = this.rangeOfLocal(local, state);
      if (level === lastLevel || (found.low >= guessed.low && found.high <= guessed.high)) continue;
      levels?.set(local, level + 1);
      holds = false;
    }
    return holds;
  }

  protected plain(statement: PlainStmt, state: Known): void {
    const mapped = mapDirectExprs(statement, (each) => this.expr(each, state)) as PlainStmt;
    this.out.push(mapped);
    if (mapped.kind !== 'set') {
      for (const local of localsSetBy(mapped)) if (this.counts[local] !== 1) this.renew(local, anything, state);
      return;
    }
    const { local, value } = mapped;
    if (value.type !== 'i32') return;
    if (!this.compared.has(local)) {
      if (this.counts[local] !== 1) this.renew(local, anything, state);
      return;
    }
    const range = rangeOf(value, state, this.facts);
    if (this.counts[local] !== 1) return this.renew(local, range, state);
    this.setRanges.set(local, range);
    this.noteSource(local, value, state);
    const bound = this.asksForChecks ? upperBound(value, state, this.facts) : null;
    if (bound !== null) this.setBounds.set(local, bound);
    else this.setBounds.delete(local);
  }

  /** What was known of a value is known of the local that holds it; a condition can be looked at again. */
  private noteSource(local: number, value: Expr, state: Known): void {
    const isTest = value.kind === 'choose' || (value.kind === 'op' && isCondition(value.op));
    if (!isTest && state.below.size === 0) return;
    const key = keyOf(value, state, this.facts);
    if (key === null) return;
    if (isTest) this.conditions.set(local, { key, expr: value });
    const below = state.below.get(key);
    if (below !== undefined) state.below.set(`$${local}`, below);
  }

  protected expr(expr: Expr, state: Known): Expr {
    if (expr.kind === 'choose') {
      const condition = this.expr(expr.condition, state);
      const side = (value: Expr, holds: boolean): Expr => {
        const then = copyKnown(state);
        assume(condition, holds, then, this.facts);
        return this.expr(value, then);
      };
      return choose(condition, side(expr.yes, true), side(expr.no, false));
    }
    const mapped =
      expr.kind === 'op' || expr.kind === 'load' || expr.kind === 'call' ? mapOperands(expr, (each) => this.expr(each, state)) : expr;
    if (mapped.kind !== 'op') return mapped;
    if (mapped.op === 'select') return this.select(mapped, state);
    const outcome = decide(mapped, state, this.facts);
    return outcome === null ? mapped : { kind: 'const', type: 'i32', value: outcome ? 1 : 0 };
  }

  /** index < count ? index : last */
  private select(expr: OpExpr, state: Known): Expr {
    const [yes, , condition] = expr.args;
    if (!this.asksForChecks || condition?.kind !== 'op' || condition.op !== 'i32.lt_u') return rebuildOp(expr.op, expr.args);
    const [index, count] = condition.args;
    if (yes === undefined || index === undefined || count === undefined || !isSameExpr(yes, index)) return expr;
    const isCount = count.kind === 'const' || (count.kind === 'local' && this.uniform.has(count.local));
    const bound = isCount && this.checks.length < maxChecks ? upperBound(index, state, this.facts) : null;
    if (bound === null) return expr;
    this.checks.push({ bound, count });
    return index;
  }
}

/** Locals that a comparison reads, and those that such a local is set from. */
function comparedLocals(source: IrFunction): ReadonlySet<number> {
  const compared = new Set<number>();
  const readBy = new Map<number, number[]>();
  const read = (expr: Expr, into: (local: number) => void): void => {
    walkExpr(expr, (each) => {
      if (each.kind === 'local') into(each.local);
    });
  };
  const work: number[] = [];
  const add = (local: number): void => {
    if (compared.has(local)) return;
    compared.add(local);
    work.push(local);
  };
  const look = (expr: Expr): void => {
    walkExpr(expr, (each) => {
      if (each.kind === 'op' && comparesIntegers(each.op)) read(each, add);
      if (each.kind === 'choose') read(each.condition, add);
    });
  };
  const visit = (statement: Stmt): void => {
    for (const expr of partsOfStmt(statement).exprs) look(expr);
    if (statement.kind === 'if') read(statement.condition, add);
    if (statement.kind !== 'set') return;
    const reads = readBy.get(statement.local) ?? [];
    readBy.set(statement.local, reads);
    read(statement.value, (local) => reads.push(local));
  };
  eachStmt(source.prologue, visit);
  eachStmt(source.body, visit);
  for (let local = work.pop(); local !== undefined; local = work.pop()) for (const each of readBy.get(local) ?? []) add(each);
  return compared;
}

/** All values a loop sets its locals to. */
function valuesSetIn(loop: LoopStmt): ReadonlyMap<number, readonly Expr[]> {
  const sets = new Map<number, Expr[]>();
  eachStmt([loop], (each) => {
    for (const local of localsSetBy(each)) {
      const values = sets.get(local) ?? [];
      sets.set(local, values);
      values.push(each.kind === 'set' ? each.value : { kind: 'local', type: 'i32', local: -1 });
    }
  });
  return sets;
}

/** What a local may be at the head of any turn: a counter that only grows stays above its start, one that only shrinks below it. */
function guess(local: number, values: readonly Expr[], start: Range, level: number): Range {
  if (level === lastLevel) return anything;
  const steps = values.map((value) => stepOf(local, value));
  if (steps.every((step) => step === 'up'))
    return { low: start.low, high: level === 0 && start.high < 2147483648 ? 2147483647 : anything.high };
  if (steps.every((step) => step === 'down')) return { low: 0, high: start.high };
  return level === 0 && start.high < 2147483648 ? { low: 0, high: fullOnes(start.high) } : anything;
}

function fullOnes(high: number): number {
  return Math.max(1, 2 ** Math.ceil(Math.log2(high + 1)) - 1);
}

function stepOf(local: number, value: Expr): 'up' | 'down' | null {
  if (value.kind !== 'op') return null;
  const [a, by] = value.args;
  if (a?.kind !== 'local' || a.local !== local || by?.kind !== 'const') return null;
  if (value.op === 'i32.shr_u' || value.op === 'i32.div_u') return 'down';
  if (value.op !== 'i32.add') return null;
  return Number(by.value) > 0 ? 'up' : 'down';
}

/** `size` is the workgroup's for the entry, null for other functions, which know no invocation. */
export function elideClamps(source: IrFunction, size: readonly [number, number, number] | null, asksForChecks: boolean): Elided {
  return new Elider(source, size, asksForChecks).run();
}

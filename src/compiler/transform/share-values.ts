/**
 * Computes a value once where it was computed again: common subexpressions, loads of memory that nothing changed, and values just stored.
 *
 * Every value gets a number; equal numbers are equal values, whatever locals they went through. A first walk finds the values that are needed again where an
 * earlier computation is sure to have run; a second one keeps each of those in a local. At a barrier everything is forgotten: what lives across one
 * has to be spilled for every invocation, which costs more than most values do.
 */
import type { ConstExpr, Expr, IrFunction, IrModule, OpExpr, Stmt, ValueType } from '../ir/ir.ts';
import { localsSetBy } from '../ir/walk.ts';
import { countSets, isDearOp, setsInLoop } from './expr-facts.ts';
import { ForwardPass, type LoopStmt, type PlainStmt } from './forward-pass.ts';
import { MemoryRoots, type Root, unknownRoot } from './memory-roots.ts';
import { mapDirectExprs, mapOperands } from './rewrite.ts';
import { hasBarrier } from './split-regions.ts';

/** One computation that others may use. */
interface Computed {
  /** How often it is wanted again. */
  again: number;
  readonly era: number;
  holder: number | null;
}

interface State {
  /** The value number each local holds. */
  readonly locals: number[];
  /** How often the memory of a root changed; absent: never. */
  readonly memory: Map<Root, number>;
  /** Counts barriers, and writes to memory that has no known root. */
  era: number;
  wild: number;
}

/** The era of what is never forgotten. */
const always = -1;

/** Two numbers below this and that of an operation fit into one double. */
const maxPacked = 2 ** 21;
const canSwap: ReadonlySet<string> = new Set(['add', 'mul', 'and', 'or', 'xor', 'eq', 'ne'].map((name) => `i32.${name}`));

class Sharer extends ForwardPass<State> {
  readonly locals: ValueType[];
  private readonly counts: Int32Array;
  private readonly roots: MemoryRoots;
  private readonly numbers = new Map<string, number>();
  private readonly packed = new Map<number, number>();
  private readonly opNumbers = new Map<string, number>();
  /** What was computed on the way here, by its value's number. */
  private readonly computed = new Map<number, Computed>();
  /** What is forgotten at the end of the list under way: numbers, and what was known of them before. */
  private noted: { readonly number: number; readonly before: Computed | undefined }[] = [];
  /** Filled by the first walk, in order; read by the second. */
  private readonly found: Computed[];
  private readonly isFirst: boolean;
  private nextFound = 0;
  private inPrologue = false;
  foundConstant = false;
  /** Numbers of the expressions of the statement at hand. */
  private readonly cache = new Map<Expr, number>();
  private readonly constants = new Map<number, ConstExpr>();
  private fresh = 0;

  constructor(roots: MemoryRoots, source: IrFunction, found: Computed[] | null) {
    super();
    this.locals = [...source.locals];
    this.counts = countSets(source);
    this.roots = roots;
    this.isFirst = found === null;
    this.found = found ?? [];
    this.now = { locals: source.locals.map(() => ++this.fresh), memory: new Map(), era: 0, wild: 0 };
    this.state = this.now;
  }

  run(source: IrFunction): { readonly result: IrFunction; readonly found: Computed[] } {
    // What the prologue computes is the same for all and never spilled: it stays known to the end.
    this.inPrologue = true;
    const prologue = super.list(source.prologue);
    this.inPrologue = false;
    const body = this.list(source.body);
    return { result: { ...source, prologue, body, locals: this.locals }, found: this.found };
  }

  protected override list(statements: readonly Stmt[]): readonly Stmt[] {
    const outer = this.noted;
    this.noted = [];
    const result = super.list(statements);
    for (const { number, before } of this.noted.reverse()) {
      if (before === undefined) this.computed.delete(number);
      else this.computed.set(number, before);
    }
    this.noted = outer;
    return result;
  }

  protected copy(state: State): State {
    return { ...state, locals: state.locals.slice(), memory: new Map(state.memory) };
  }

  protected join(states: readonly State[]): State {
    const [first, ...others] = states;
    if (first === undefined) throw new Error('nothing to join');
    const locals = first.locals.slice();
    for (let local = 0; local < locals.length; local++) {
      for (const other of others) {
        if (other.locals[local] === first.locals[local]) continue;
        locals[local] = ++this.fresh;
        break;
      }
    }
    const memory = new Map<Root, number>();
    for (const each of states) {
      for (const root of each.memory.keys()) {
        if (memory.has(root)) continue;
        const version = first.memory.get(root) ?? 0;
        memory.set(root, others.every((other) => (other.memory.get(root) ?? 0) === version) ? version : ++this.fresh);
      }
    }
    const same = (pick: (state: State) => number): number =>
      others.every((other) => pick(other) === pick(first)) ? pick(first) : ++this.fresh;
    return { locals, memory, era: same((each) => each.era), wild: same((each) => each.wild) };
  }

  protected enterLoop(state: State, loop: LoopStmt): State {
    for (const local of setsInLoop(loop)) state.locals[local] = ++this.fresh;
    for (const root of this.roots.writesIn([loop])) this.write(root, state);
    if (loop.body.some(hasBarrier)) state.era = ++this.fresh;
    return state;
  }

  protected endTurn(): boolean {
    return true;
  }

  private write(root: Root, state: State): void {
    if (root === unknownRoot) {
      state.wild = ++this.fresh;
      state.memory.clear();
    } else state.memory.set(root, ++this.fresh);
  }

  private numberOf(key: string): number {
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    const number = ++this.fresh;
    this.numbers.set(key, number);
    return number;
  }

  /** The number of an expression's value here. */
  private number(expr: Expr, state: State): number {
    const cached = this.cache.get(expr);
    if (cached !== undefined) return cached;
    const number = this.findNumber(expr, state);
    if (expr.kind === 'const') this.constants.set(number, expr);
    this.cache.set(expr, number);
    return number;
  }

  private findNumber(expr: Expr, state: State): number {
    switch (expr.kind) {
      case 'local':
        return state.locals[expr.local] ?? 0;
      case 'const':
        return this.numberOf(`${expr.type} ${Object.is(expr.value, -0) ? '-0' : expr.value}`);
      case 'builtin':
        return this.numberOf(expr.name);
      case 'op':
        return this.numberOfOp(expr, state);
      case 'choose':
        return this.numberOf(`? ${[expr.condition, expr.yes, expr.no].map((each) => this.number(each, state)).join(' ')}`);
      case 'call':
        return this.numberOf(`f${expr.callee} ${expr.args.map((each) => this.number(each, state)).join(' ')}`);
      case 'load':
        return this.numberOf(this.loadKey(expr, expr.type, expr.address, expr.offset, state));
      case 'address':
        return this.numberOf(`v${expr.variable}`);
      case 'binding-base':
      case 'binding-bytes':
        return this.numberOf(`${expr.kind}${expr.binding}`);
    }
  }

  /** Of one or two operands: found by one number instead of a text, as most expressions are. */
  private numberOfOp(expr: OpExpr, state: State): number {
    const [first, second, third] = expr.args;
    if (first === undefined || third !== undefined || this.fresh >= maxPacked) {
      return this.numberOf(`${expr.op} ${expr.args.map((each) => this.number(each, state)).join(' ')}`);
    }
    let a = this.number(first, state);
    let b = second === undefined ? 0 : this.number(second, state);
    if (a > b && second !== undefined && canSwap.has(expr.op)) [a, b] = [b, a];
    let name = this.opNumbers.get(expr.op);
    if (name === undefined) {
      name = this.opNumbers.size;
      this.opNumbers.set(expr.op, name);
    }
    const key = (name * maxPacked + a) * maxPacked + b;
    const known = this.packed.get(key);
    if (known !== undefined) return known;
    const number = ++this.fresh;
    this.packed.set(key, number);
    return number;
  }

  private loadKey(access: { readonly bytes?: number }, type: ValueType, address: Expr, offset: number, state: State): string {
    const root = this.roots.rootOf(address);
    const version = this.roots.isConstant(root) ? '' : `${state.wild}.${state.memory.get(root) ?? 0}`;
    return `[${type}${access.bytes ?? ''} ${root} ${version} ${this.number(address, state)} ${offset}`;
  }

  private lookup(number: number, state: State): Computed | null {
    const known = this.computed.get(number);
    return known !== undefined && (known.era === state.era || known.era === always) ? known : null;
  }

  /** Notes that the value of this number is computed here, in the open list. */
  private note(number: number, state: State): Computed {
    const era = this.inPrologue ? always : state.era;
    const computed: Computed = { again: (this.isFirst ? 0 : this.found[this.nextFound++]?.again) ?? 0, era, holder: null };
    if (this.isFirst) this.found.push(computed);
    this.noted.push({ number, before: this.computed.get(number) });
    this.computed.set(number, computed);
    return computed;
  }

  protected expr(expr: Expr, state: State): Expr {
    this.cache.clear();
    return this.visit(expr, state, true);
  }

  /** Of what is evaluated whenever the statement is, and of what may not be. */
  private readonly visitors: Readonly<Record<'sure' | 'unsure', (expr: Expr) => Expr>> = {
    sure: (expr) => this.visit(expr, this.now, true),
    unsure: (expr) => this.visit(expr, this.now, false),
  };
  /** What is known where the visited expression stands. */
  private now: State;

  /** `isSure`: it is evaluated whenever the statement is. */
  private visit(expr: Expr, state: State, isSure: boolean): Expr {
    this.now = state;
    const visitor = isSure ? this.visitors.sure : this.visitors.unsure;
    if (!isWorthy(expr)) return mapOperands(expr, visitor);
    const number = this.number(expr, state);
    const constant = this.constants.get(number);
    if (constant !== undefined) {
      this.foundConstant = true;
      return constant;
    }
    const known = this.lookup(number, state);
    if (known !== null) {
      known.again++;
      return known.holder === null ? expr : { kind: 'local', type: expr.type, local: known.holder };
    }
    const inner = expr.kind === 'choose' ? this.visitChoose(expr, state, isSure) : mapOperands(expr, visitor);
    return isSure ? this.keep(number, inner, state) : inner;
  }

  private visitChoose(expr: Extract<Expr, { kind: 'choose' }>, state: State, isSure: boolean): Expr {
    const condition = this.visit(expr.condition, state, isSure);
    const yes = this.visit(expr.yes, state, false);
    const no = this.visit(expr.no, state, false);
    return condition === expr.condition && yes === expr.yes && no === expr.no ? expr : { ...expr, condition, yes, no };
  }

  private keep(number: number, expr: Expr, state: State): Expr {
    const computed = this.note(number, state);
    if (this.isFirst || computed.again === 0) return expr;
    const local = this.locals.push(expr.type) - 1;
    computed.holder = local;
    this.out.push({ kind: 'set', local, value: expr });
    return { kind: 'local', type: expr.type, local };
  }

  protected plain(statement: PlainStmt, state: State): void {
    this.cache.clear();
    if (statement.kind === 'set') return this.set(statement, state);
    this.now = state;
    const mapped = mapDirectExprs(statement, this.visitors.sure);
    this.out.push(mapped);
    const stored = statement.kind === 'store' ? this.number(statement.value, state) : 0;
    if (statement.kind === 'barrier') state.era = ++this.fresh;
    for (const root of this.roots.writesIn([statement])) this.write(root, state);
    for (const local of localsSetBy(statement)) state.locals[local] = ++this.fresh;
    if (statement.kind !== 'store' || 'bytes' in statement) return;
    // A load of what was just stored gives the value stored.
    this.cache.clear();
    this.numbers.set(this.loadKey(statement, statement.value.type, statement.address, statement.offset, state), stored);
  }

  private set(statement: Extract<PlainStmt, { kind: 'set' }>, state: State): void {
    const { local, value } = statement;
    const number = this.number(value, state);
    const canHold = this.counts[local] === 1 && isWorthy(value) && value.kind !== 'choose' && !this.constants.has(number);
    if (!canHold || this.lookup(number, state) !== null) {
      const visited = this.visit(value, state, true);
      this.out.push(visited === value ? statement : { kind: 'set', local, value: visited });
    } else {
      // A local that is set once can hold the value itself.
      this.now = state;
      const inner = mapOperands(value, this.visitors.sure);
      this.note(number, state).holder = local;
      this.out.push(inner === value ? statement : { kind: 'set', local, value: inner });
    }
    state.locals[local] = number;
  }
}

const leaves: ReadonlySet<string> = new Set(['const', 'local', 'builtin', 'address', 'binding-base', 'binding-bytes']);

/** One operation over what is at hand is cheaper computed again than kept. */
function isWorthy(expr: Expr): boolean {
  switch (expr.kind) {
    case 'load':
    case 'call':
    case 'choose':
      return true;
    case 'op':
      return isDearOp(expr.op) || expr.args.some((arg) => !leaves.has(arg.kind));
    default:
      return false;
  }
}

export function shareValues(module: IrModule, source: IrFunction): IrFunction {
  const roots = new MemoryRoots(module, source);
  const first = new Sharer(roots, source, null);
  const { found } = first.run(source);
  if (!first.foundConstant && found.every((each) => each.again === 0)) return source;
  return new Sharer(roots, source, found).run(source).result;
}

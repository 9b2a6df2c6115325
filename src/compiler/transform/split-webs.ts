/**
 * Gives each value of a local a local of its own: sets that no common read can see become different locals, and sets that nothing reads go.
 *
 * Every read is traced back to the sets that may have made its value; where ways meet, a meeting point stands for them. Sets that share a read, or a
 * meeting point that is read, form a web; each web is one local. Afterwards most locals are set exactly once, in front of all their reads, so that an
 * expression over such locals means the same wherever they can be read: what the passes behind this one build upon.
 */
import { zeroOf } from '../ir/build.ts';
import type { Expr, IrFunction, Stmt, ValueType } from '../ir/ir.ts';
import { localsSetBy, partsOfStmt } from '../ir/walk.ts';
import { setsInLoop } from './expr-facts.ts';
import { ForwardPass, type LoopStmt, type PlainStmt } from './forward-pass.ts';
import { keepList, mapDirectExprs, mapLeaves, mapLists } from './rewrite.ts';

/** The set that made a local's value. The first ones, one for each local, stand for what it holds at the start. */
interface Definition {
  readonly local: number;
  /** Of a meeting point: what meets there. */
  readonly meets: number[] | null;
  /** Of a set: the reads in its value, as a range of `reads`. */
  readonly from: number;
  readonly to: number;
}

/** State: the definition each local holds. */
class Tracer extends ForwardPass<number[]> {
  readonly definitions: Definition[];
  /** The definition behind each read, in the order the function is walked. */
  readonly reads: number[] = [];
  /** Reads that something other than a set wants. */
  readonly roots: number[] = [];
  /** The definitions made by sets, calls and atomics, in the order the function is walked. */
  readonly made: number[] = [];
  private readonly heads = new Map<LoopStmt, ReadonlyMap<number, number>>();

  constructor(locals: number) {
    super();
    this.definitions = Array.from({ length: locals }, (_, local) => ({ local, meets: null, from: 0, to: 0 }));
    this.state = Array.from({ length: locals }, (_, local) => local);
  }

  trace(list: readonly Stmt[]): readonly Stmt[] {
    return this.list(list);
  }

  private define(definition: Definition): number {
    return this.definitions.push(definition) - 1;
  }

  protected copy(state: number[]): number[] {
    return state.slice();
  }

  protected join(states: readonly number[][]): number[] {
    const [first = [], ...others] = states;
    const joined = first.slice();
    for (let local = 0; local < joined.length; local++) {
      for (const other of others) {
        if (other[local] === first[local]) continue;
        joined[local] = this.define({ local, meets: states.map((each) => each[local] ?? local), from: 0, to: 0 });
        break;
      }
    }
    return joined;
  }

  private read(expr: Expr, state: readonly number[]): void {
    switch (expr.kind) {
      case 'local':
        this.reads.push(state[expr.local] ?? expr.local);
        return;
      case 'op':
      case 'call':
        for (const arg of expr.args) this.read(arg, state);
        return;
      case 'load':
        return this.read(expr.address, state);
      case 'choose':
        this.read(expr.condition, state);
        this.read(expr.yes, state);
        return this.read(expr.no, state);
      default:
        return;
    }
  }

  protected expr(expr: Expr, state: number[]): Expr {
    const from = this.reads.length;
    this.read(expr, state);
    for (let i = from; i < this.reads.length; i++) this.roots.push(this.reads[i] ?? 0);
    return expr;
  }

  protected plain(statement: PlainStmt, state: number[]): void {
    this.out.push(statement);
    if (statement.kind === 'set') {
      const from = this.reads.length;
      this.read(statement.value, state);
      const definition = this.define({ local: statement.local, meets: null, from, to: this.reads.length });
      this.made.push(definition);
      state[statement.local] = definition;
      return;
    }
    for (const expr of partsOfStmt(statement).exprs) this.expr(expr, state);
    for (const local of localsSetBy(statement)) {
      const definition = this.define({ local, meets: null, from: 0, to: 0 });
      this.made.push(definition);
      state[local] = definition;
    }
  }

  protected enterLoop(state: number[], loop: LoopStmt): number[] {
    const changed = setsInLoop(loop);
    const head = new Map<number, number>();
    for (const local of changed) {
      const meeting = this.define({ local, meets: [state[local] ?? local], from: 0, to: 0 });
      head.set(local, meeting);
      state[local] = meeting;
    }
    this.heads.set(loop, head);
    return state;
  }

  protected endTurn(state: number[], _head: number[], loop: LoopStmt): boolean {
    for (const [local, meeting] of this.heads.get(loop) ?? []) this.definitions[meeting]?.meets?.push(state[local] ?? local);
    return true;
  }
}

/** Which definitions are wanted, and which belong together. */
class Webs {
  private readonly parents: number[];
  private readonly wanted: boolean[];
  private readonly tracer: Tracer;

  constructor(tracer: Tracer) {
    this.tracer = tracer;
    this.parents = tracer.definitions.map((_, index) => index);
    this.wanted = tracer.definitions.map(() => false);
    const work = [...tracer.roots];
    for (let at = work.pop(); at !== undefined; at = work.pop()) this.want(at, work);
  }

  private want(index: number, work: number[]): void {
    const definition = this.tracer.definitions[index];
    if (definition === undefined || this.wanted[index] === true) return;
    this.wanted[index] = true;
    for (const met of definition.meets ?? []) {
      this.parents[this.find(met)] = this.find(index);
      work.push(met);
    }
    for (let i = definition.from; i < definition.to; i++) work.push(this.tracer.reads[i] ?? 0);
  }

  isWanted(index: number): boolean {
    return this.wanted[index] === true;
  }

  find(index: number): number {
    let root = index;
    for (let parent = this.parents[root] ?? root; parent !== root; parent = this.parents[root] ?? root) root = parent;
    for (let at = index; at !== root; ) {
      const next = this.parents[at] ?? root;
      this.parents[at] = root;
      at = next;
    }
    return root;
  }
}

/** Numbers the webs, in the order they are met, and writes the function with them. */
class Renamer {
  readonly types: ValueType[];
  private readonly numbers = new Map<number, number>();
  private readonly tracer: Tracer;
  private readonly webs: Webs;
  private readonly source: IrFunction;
  private nextRead = 0;
  private nextMade = 0;

  constructor(tracer: Tracer, webs: Webs, source: IrFunction) {
    this.tracer = tracer;
    this.webs = webs;
    this.source = source;
    this.types = source.locals.slice(0, source.parameterCount);
    for (let local = 0; local < source.parameterCount; local++) this.numbers.set(webs.find(local), local);
  }

  /** Locals that a way to a read leaves unset: only ways that are never gone do. They start as zero. */
  startsOfUnset(): readonly Stmt[] {
    const starts: Stmt[] = [];
    for (let local = this.source.parameterCount; local < this.source.locals.length; local++) {
      if (!this.webs.isWanted(local)) continue;
      starts.push({ kind: 'set', local: this.numberOf(local), value: zeroOf(this.source.locals[local] ?? 'i32') });
    }
    return starts;
  }

  private numberOf(definition: number): number {
    const web = this.webs.find(definition);
    const known = this.numbers.get(web);
    if (known !== undefined) return known;
    const local = this.tracer.definitions[definition]?.local ?? 0;
    const number = this.types.push(this.source.locals[local] ?? 'i32') - 1;
    this.numbers.set(web, number);
    return number;
  }

  private readonly leaf = (leaf: Expr): Expr => {
    if (leaf.kind !== 'local') return leaf;
    const local = this.numberOf(this.tracer.reads[this.nextRead++] ?? 0);
    return local === leaf.local ? leaf : { kind: 'local', type: leaf.type, local };
  };

  private readonly renamed = (expr: Expr): Expr => mapLeaves(expr, this.leaf);

  private made(): number {
    return this.numberOf(this.tracer.made[this.nextMade++] ?? 0);
  }

  readonly list = (list: readonly Stmt[]): readonly Stmt[] => {
    const out: Stmt[] = [];
    for (const statement of list) {
      if (statement.kind === 'set' && !this.webs.isWanted(this.tracer.made[this.nextMade] ?? 0)) {
        const definition = this.tracer.definitions[this.tracer.made[this.nextMade++] ?? 0];
        this.nextRead = definition?.to ?? this.nextRead;
        continue;
      }
      const mapped = this.target(mapLists(mapDirectExprs(statement, this.renamed), this.list));
      if (!(mapped.kind === 'if' && mapped.yes.length === 0 && mapped.no.length === 0)) out.push(mapped);
    }
    return keepList(list, out);
  };

  /** The same statement with other locals to set. */
  private target(statement: Stmt): Stmt {
    switch (statement.kind) {
      case 'set': {
        const local = this.made();
        return local === statement.local ? statement : { kind: 'set', local, value: statement.value };
      }
      case 'atomic': {
        const result = this.made();
        return result === statement.result ? statement : { ...statement, result };
      }
      case 'call': {
        const results = statement.results.map(() => this.made());
        return results.every((each, i) => each === statement.results[i]) ? statement : { ...statement, results };
      }
      default:
        return statement;
    }
  }
}

export function splitWebs(source: IrFunction): IrFunction {
  const tracer = new Tracer(source.locals.length);
  const tracedPrologue = tracer.trace(source.prologue);
  const tracedBody = tracer.trace(source.body);
  const renamer = new Renamer(tracer, new Webs(tracer), source);
  const prologue = renamer.list(tracedPrologue);
  const body = renamer.list(tracedBody);
  const starts = renamer.startsOfUnset();
  const isSame = prologue === source.prologue && body === source.body && starts.length === 0;
  if (isSame && renamer.types.length === source.locals.length) return source;
  return { ...source, prologue, body: starts.length === 0 ? body : [...starts, ...body], locals: renamer.types };
}

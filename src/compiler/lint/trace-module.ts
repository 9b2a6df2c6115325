/**
 * Follows facts through a lowered module to its outputs: which operations that devices do differently, and which decisions of order, can reach the bytes of
 * each buffer. Flow-insensitive and safe: a local or a piece of memory has the facts of everything ever put into it, a statement those of the conditions
 * around it, and the whole is repeated until nothing is new.
 */
import type { Expr, IrFunction, IrModule, Stmt } from '../ir/ir.ts';
import { walkStmts } from '../ir/walk.ts';
import { type FactKind, type FactSet, FactTable } from './facts.ts';
import { type Base, type FunctionState, FunctionWalk, type TraceContext } from './trace-function.ts';

export interface TracedOutput {
  readonly binding: string;
  readonly facts: FactSet;
  /** Lines that write it, in order. */
  readonly storeLines: readonly number[];
}

export interface Trace {
  readonly table: FactTable;
  readonly outputs: readonly TracedOutput[];
  /** Lines that read, from elsewhere than they write, shared memory that is written, too: where to look when the order matters. */
  readonly sharedReads: readonly number[];
}

interface SharedAccess {
  readonly base: Base;
  readonly key: string;
  readonly line: number | null;
}

export function traceModule(module: IrModule, lineOf: (statement: Stmt) => number | null): Trace {
  return new Tracer(module, lineOf).trace();
}

class Tracer implements TraceContext {
  private readonly module: IrModule;
  private readonly lineOf: (statement: Stmt) => number | null;
  private readonly table = new FactTable();
  private readonly states = new Map<IrFunction, FunctionState>();
  private readonly memory = new Map<Base, FactSet>();
  private readonly storeLines = new Map<Base, Set<number>>();
  private readonly reads = new Map<string, SharedAccess>();
  private readonly writes = new Set<string>();
  private readonly usedResults = new Map<IrFunction, ReadonlySet<number>>();
  private changed = false;
  private line: number | null = null;

  constructor(module: IrModule, lineOf: (statement: Stmt) => number | null) {
    this.module = module;
    this.lineOf = lineOf;
    for (const each of [module.entry, ...module.functions]) {
      this.states.set(each, {
        locals: each.locals.map(() => 0),
        bases: each.locals.map(() => new Set()),
        around: 0,
        results: [],
        labels: new Map(),
      });
      const used = new Set<number>();
      walkStmts(
        [...each.prologue, ...each.body],
        () => undefined,
        (expr) => {
          if (expr.kind === 'local') used.add(expr.local);
        },
      );
      this.usedResults.set(each, used);
    }
  }

  trace(): Trace {
    do {
      this.changed = false;
      for (const [each, state] of this.states) {
        if (each.name.startsWith('math:')) continue;
        const walk = new FunctionWalk(this, each, state);
        walk.list(each.prologue, 0);
        walk.list(each.body, 0);
      }
    } while (this.changed);
    const outputs = this.module.bindingNames.map((binding, index) => ({
      binding,
      facts: this.memory.get(`b${index}`) ?? 0,
      storeLines: [...(this.storeLines.get(`b${index}`) ?? [])].sort((a, b) => a - b),
    }));
    const written = new Set([...this.writes].map((write) => write.slice(0, write.indexOf(' '))));
    const lines = [...this.reads.values()].flatMap(({ base, key, line }) =>
      line !== null && written.has(base) && !this.writes.has(`${base} ${key}`) ? [line] : [],
    );
    return { table: this.table, outputs, sharedReads: [...new Set(lines)].sort((a, b) => a - b) };
  }

  at(statement: Stmt): void {
    this.line = this.lineOf(statement) ?? this.line;
  }

  /** A fact about the statement at hand. */
  note(kind: FactKind, what = ''): FactSet {
    return this.table.note(kind, this.line, what);
  }

  /** Facts that make a value differ at all. */
  differs(facts: FactSet): boolean {
    return (facts & this.table.of('arithmetic', 'division', 'root', 'function', 'step', 'branch', 'index')) !== 0;
  }

  jumps(facts: FactSet): boolean {
    return (facts & this.table.of('branch', 'index')) !== 0;
  }

  read(base: Base, address: Expr, offset: number): FactSet {
    if (this.isShared(base)) {
      const access = { base, key: keyOf(address, offset), line: this.line };
      this.reads.set(`${base} ${access.key} ${this.line}`, access);
    }
    return this.memory.get(base) ?? 0;
  }

  write(base: Base, facts: FactSet, address: Expr, offset: number): void {
    this.grow(this.memory.get(base) ?? 0, facts, (all) => this.memory.set(base, all));
    if (this.isShared(base)) this.writes.add(`${base} ${keyOf(address, offset)}`);
    if (this.line === null) return;
    const lines = this.storeLines.get(base) ?? new Set();
    this.storeLines.set(base, lines.add(this.line));
  }

  grow(before: FactSet, more: FactSet, put: (all: FactSet) => void): void {
    if ((before | more) === before) return;
    this.changed = true;
    put(before | more);
  }

  noteChange(): void {
    this.changed = true;
  }

  callee(index: number): { readonly each: IrFunction; readonly state: FunctionState } {
    const each = this.module.functions[index];
    const state = each === undefined ? undefined : this.states.get(each);
    if (each === undefined || state === undefined) throw new Error(`no function ${index}`);
    return { each, state };
  }

  isUsed(each: IrFunction, local: number): boolean {
    return this.usedResults.get(each)?.has(local) === true;
  }

  allBases(): readonly Base[] {
    return [...this.module.bindingNames.map((_, i) => `b${i}`), ...this.module.variables.map((_, i) => `v${i}`)];
  }

  private isShared(base: Base): boolean {
    return base.startsWith('b') || this.module.variables[Number(base.slice(1))]?.space === 'workgroup';
  }
}

function keyOf(address: Expr, offset: number): string {
  return `${JSON.stringify(address, (_, value) => (typeof value === 'bigint' ? String(value) : value))}+${offset}`;
}

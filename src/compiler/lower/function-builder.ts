/** Builds one IR function: its locals, its current list of statements, and the names in scope. */
import { SourceFault, type Span } from '../diagnostics.ts';
import type { Expr, Stmt, ValueType } from '../ir/ir.ts';
import { largestId } from '../ir/largest-id.ts';
import { listLeaves } from '../resolve/layout.ts';
import type { ModuleScope } from '../resolve/module-scope.ts';
import type { Type } from '../resolve/types.ts';
import type { Unit } from './unit.ts';
import { type Reference, type Value, valueTypeOf } from './value.ts';

/** How a name was declared, for messages about it. */
export interface Declared {
  readonly how: 'var' | 'let' | 'const' | 'parameter';
  readonly span: Span;
}

/** `unknown`: its declaration had a fault, which was noted; what uses it is not complained about again. */
export type LocalSymbol =
  | { readonly kind: 'value'; readonly value: Value; readonly declared: Declared }
  | { readonly kind: 'variable'; readonly reference: Reference; readonly declared: Declared }
  | { readonly kind: 'unknown'; readonly declared: Declared };

export interface JumpTarget {
  readonly breakLabel: number;
  /** null: a switch, which `continue` passes through. */
  readonly continueLabel: number | null;
}

/** Where `return` goes: out of the IR function, or to the end of an inlined body. */
export type ReturnTarget =
  | { readonly kind: 'function'; readonly type: Type }
  | {
      readonly kind: 'inline';
      readonly type: Type;
      readonly label: number;
      readonly results: readonly number[];
      readonly memory: Reference | null;
    };

/** What changes when another function's body is put in place of a call. */
export interface Frame {
  readonly names: Map<string, LocalSymbol>[];
  readonly jumps: JumpTarget[];
  readonly returns: ReturnTarget;
  /** Variables that must lie in memory, because an index only known at run time reaches into them. */
  readonly memoryNames: ReadonlySet<string>;
}

const unlimited = 4294967295;

export class FunctionBuilder {
  /** null while a constant is evaluated: then nothing may need a local or a statement. */
  readonly unit: Unit | null;
  readonly scope: ModuleScope;
  readonly locals: ValueType[] = [];
  /** Statements that run before the body and give the same for all invocations. */
  readonly prologue: Stmt[] = [];
  statements: Stmt[] = [];
  frame: Frame;
  private readonly limits: number[] = [];
  private readonly floors: number[] = [];
  private readonly stable: boolean[] = [];
  private readonly versions: number[] = [];
  private readonly computed: { readonly values: Map<string, Expr>; readonly isLoop: boolean }[] = [{ values: new Map(), isLoop: false }];
  private readonly hoisted = new Map<string, Expr>();
  private labels = 0;
  /** Where an error without a better place is shown. */
  span: Span | null = null;

  constructor(scope: ModuleScope, unit: Unit | null, frame: Frame) {
    this.scope = scope;
    this.unit = unit;
    this.frame = frame;
  }

  requireUnit(): Unit {
    if (this.unit === null) throw new SourceFault('type', 'This must be a constant expression.', this.span);
    return this.unit;
  }

  emit(statement: Stmt): void {
    const unit = this.requireUnit();
    unit.countStatement();
    if (this.span !== null) unit.origins?.set(statement, this.span);
    this.statements.push(statement);
  }

  /** Runs `build` over a fresh list and gives that list. In a loop, nothing computed before is known to still hold. */
  collect(build: () => void, isLoop = false): Stmt[] {
    const outer = this.statements;
    const list: Stmt[] = [];
    this.statements = list;
    this.computed.push({ values: new Map(), isLoop });
    build();
    this.computed.pop();
    this.statements = outer;
    return list;
  }

  /** Gives again what was computed for this key on the way to here; keys name locals by version, so a changed local has a new key. */
  reuse(key: string | null, compute: () => Expr): Expr {
    if (key === null) return compute();
    for (let i = this.computed.length - 1; i >= 0; i--) {
      const known = this.computed[i]?.values.get(key);
      if (known !== undefined) return known;
      if (this.computed[i]?.isLoop === true) break;
    }
    const value = compute();
    this.computed.at(-1)?.values.set(key, value);
    return value;
  }

  /** A key for a small expression of locals and constants; null for others. */
  keyOf(expr: Expr, budget = 4): string | null {
    if (expr.kind === 'const') return String(expr.value);
    if (expr.kind === 'local') return `l${expr.local}.${this.versions[expr.local] ?? 0}`;
    if (expr.kind === 'builtin') return expr.name;
    if (expr.kind !== 'op' || budget === 0) return null;
    const args = expr.args.map((arg) => this.keyOf(arg, budget - 1));
    return args.includes(null) ? null : `${expr.op}(${args.join()})`;
  }

  newLabel(): number {
    return this.labels++;
  }

  /** A local that may be set many times. */
  newLocal(type: ValueType): number {
    this.requireUnit();
    this.limits.push(unlimited);
    this.floors.push(0);
    this.stable.push(false);
    return this.locals.push(type) - 1;
  }

  /** A local that nothing changes while its readers are alive: a parameter, or the result of a call. */
  newStableLocal(type: ValueType): number {
    const local = this.newLocal(type);
    this.stable[local] = true;
    return local;
  }

  newLocalsFor(type: Type): number[] {
    return listLeaves(type).map((leaf) => this.newLocal(valueTypeOf(leaf.scalar)));
  }

  read(local: number): Expr {
    const type = this.locals[local];
    if (type === undefined) throw new Error(`no local ${local}`);
    return { kind: 'local', type, local };
  }

  set(local: number, value: Expr): void {
    this.versions[local] = (this.versions[local] ?? 0) + 1;
    this.emit({ kind: 'set', local, value });
  }

  /** Fixes an expression's value now, so that it may be used often and after other statements. */
  keep(expr: Expr): Expr {
    if (this.isFixed(expr)) return expr;
    const local = this.newStableLocal(expr.type);
    this.limits[local] = this.limitOf(expr);
    this.floors[local] = this.floorOf(expr);
    this.set(local, expr);
    return this.read(local);
  }

  keepAll(exprs: readonly Expr[]): Expr[] {
    return exprs.map((expr) => this.keep(expr));
  }

  isFixed(expr: Expr): boolean {
    if (expr.kind === 'const' || expr.kind === 'builtin' || expr.kind === 'address') return true;
    return expr.kind === 'local' && this.stable[expr.local] === true;
  }

  /** Computes a value that is the same for all invocations once, before the body. */
  hoist(key: string, expr: Expr): Expr {
    const known = this.hoisted.get(key);
    if (known !== undefined) return known;
    const local = this.newStableLocal(expr.type);
    this.prologue.push({ kind: 'set', local, value: expr });
    const read = this.read(local);
    this.hoisted.set(key, read);
    return read;
  }

  setLimit(local: number, limit: number | null, floor = 0): void {
    this.limits[local] = limit ?? unlimited;
    this.floors[local] = floor;
  }

  /** The smallest value an i32 can have, read without sign. */
  floorOf(expr: Expr): number {
    if (expr.kind === 'const') return this.limitOf(expr);
    if (expr.kind === 'local') return this.floors[expr.local] ?? 0;
    const [a, b] = expr.kind === 'op' && expr.op === 'i32.add' ? expr.args : [];
    if (a === undefined || b === undefined || this.limitOf(a) + this.limitOf(b) > unlimited) return 0;
    return this.floorOf(a) + this.floorOf(b);
  }

  /** The largest value an i32 can have, read without sign. */
  limitOf(expr: Expr): number {
    switch (expr.kind) {
      case 'const':
        return expr.type === 'i32' ? Number(expr.value) >>> 0 : unlimited;
      case 'local':
        return this.limits[expr.local] ?? unlimited;
      case 'builtin':
        return largestId(expr.name, this.requireUnit().workgroupSize) ?? 65535;
      case 'choose':
        return Math.max(this.limitOf(expr.yes), this.limitOf(expr.no));
      case 'op':
        return expr.type === 'i32' ? this.limitOfOp(expr.op, expr.args) : unlimited;
      default:
        return unlimited;
    }
  }

  private limitOfOp(name: string, args: readonly Expr[]): number {
    const [a, b] = args;
    if (a === undefined) return unlimited;
    const left = this.limitOf(a);
    if (b === undefined) return name === 'i32.eqz' ? 1 : name === 'i32.clz' || name === 'i32.ctz' || name === 'i32.popcnt' ? 32 : unlimited;
    const right = this.limitOf(b);
    const within = (limit: number): number => Math.min(limit, unlimited);
    switch (name) {
      case 'i32.add':
        return within(left + right);
      case 'i32.sub':
        return b.kind === 'const' && this.floorOf(a) >= right ? left - right : unlimited;
      case 'i32.mul':
        return within(left * right);
      case 'i32.and':
        return Math.min(left, right);
      case 'i32.or':
      case 'i32.xor':
        return Math.max(left, right) < 2147483648 ? 2 ** Math.ceil(Math.log2(Math.max(left, right) + 1)) - 1 : unlimited;
      case 'i32.rem_u':
        return b.kind === 'const' && right > 0 ? Math.min(left, right - 1) : left;
      case 'i32.div_u':
        return b.kind === 'const' && right > 0 ? Math.floor(left / right) : left;
      case 'i32.rem_s':
        return left < 2147483648 && b.kind === 'const' && right > 0 && right < 2147483648 ? Math.min(left, right - 1) : unlimited;
      case 'i32.div_s':
        return left < 2147483648 && b.kind === 'const' && right > 0 && right < 2147483648 ? Math.floor(left / right) : unlimited;
      case 'i32.shr_u':
        return b.kind === 'const' ? Math.floor(left / 2 ** (right & 31)) : left;
      case 'i32.shr_s':
        return left < 2147483648 ? (b.kind === 'const' ? Math.floor(left / 2 ** (right & 31)) : left) : unlimited;
      case 'i32.shl':
        return b.kind === 'const' ? within(left * 2 ** (right & 31)) : unlimited;
      case 'select':
        return Math.max(left, right);
      default:
        return /\.(eq|ne|[lg][te](_[su])?)$/.test(name) ? 1 : unlimited;
    }
  }

  lookupLocal(name: string): LocalSymbol | null {
    const { names } = this.frame;
    for (let i = names.length - 1; i >= 0; i--) {
      const symbol = names[i]?.get(name);
      if (symbol !== undefined) return symbol;
    }
    return null;
  }

  declare(name: string, symbol: LocalSymbol): void {
    const names = this.frame.names.at(-1);
    const before = names?.get(name);
    if (before !== undefined && before.kind !== 'unknown') {
      const label = { message: 'declared here first', span: before.declared.span };
      throw new SourceFault('type', `"${name}" is declared twice in this block.`, symbol.declared.span, [], [label]);
    }
    names?.set(name, symbol);
  }

  /** All local names in scope, innermost first. */
  localNames(): readonly string[] {
    return this.frame.names.toReversed().flatMap((names) => [...names.keys()]);
  }

  /** Runs `build`; a fault that leaves the rest worth a look is noted, and true is given: what was built so far is kept, names and lists are as before. */
  survives(build: () => void): boolean {
    const { statements, frame } = this;
    const depths = [this.computed.length, frame.names.length, frame.jumps.length] as const;
    try {
      build();
      return false;
    } catch (cause) {
      if (!(cause instanceof SourceFault) || cause.code === 'limit') throw cause;
      this.scope.faults.add(cause);
      this.statements = statements;
      this.frame = frame;
      this.computed.length = depths[0];
      frame.names.length = depths[1];
      frame.jumps.length = depths[2];
      return true;
    }
  }

  /** Runs `build` in a scope of its own. */
  scoped<T>(build: () => T): T {
    this.frame.names.push(new Map());
    const result = build();
    this.frame.names.pop();
    return result;
  }

  withJump<T>(target: JumpTarget, build: () => T): T {
    this.frame.jumps.push(target);
    const result = build();
    this.frame.jumps.pop();
    return result;
  }

  withFrame<T>(frame: Frame, build: () => T): T {
    const outer = this.frame;
    this.frame = frame;
    const result = build();
    this.frame = outer;
    return result;
  }
}

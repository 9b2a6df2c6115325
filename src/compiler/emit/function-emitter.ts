/** Writes the code of one function: expressions and statements of the intermediate form as WebAssembly instructions. */
import type { BuiltinName, Expr, Stmt } from '../ir/ir.ts';
import { contains } from '../ir/walk.ts';
import { InstructionWriter, typeCode } from './instruction-writer.ts';

/** Where a memory variable lies: at an address, and if it exists per invocation, how far apart the copies are. */
export interface VariableAddress {
  readonly base: number;
  readonly laneStride: number;
}

/** What a function needs to know of the module around it. */
export interface ModuleTable {
  readonly addresses: readonly VariableAddress[];
  readonly baseGlobal: (binding: number) => number;
  readonly bytesGlobal: (binding: number) => number;
  readonly gridGlobal: (axis: number) => number;
  readonly functionIndex: (callee: number) => number;
  /** The function that counts fuel down; null without fuel. */
  readonly tick: number | null;
  /** The global that holds the invocation's index for functions that use private variables. */
  readonly laneGlobal: number;
}

export class FunctionEmitter extends InstructionWriter {
  private readonly table: ModuleTable;
  /** WebAssembly locals of the builtins, in the function that has them. */
  builtins: Partial<Record<BuiltinName, number>> = {};
  /** What is added to the number of an IR local. */
  localShift = 0;

  constructor(table: ModuleTable, parameterCount: number) {
    super(parameterCount);
    this.table = table;
  }

  tick(): void {
    if (this.table.tick !== null) this.call(this.table.tick);
  }

  local(irLocal: number): number {
    return irLocal + this.localShift;
  }

  expr(expr: Expr): void {
    switch (expr.kind) {
      case 'const':
        return this.constant(expr.type, expr.value);
      case 'local':
        return this.get(this.local(expr.local));
      case 'builtin':
        return this.builtin(expr.name);
      case 'op':
        for (const arg of expr.args) this.expr(arg);
        if (expr.op === 'select') this.code.byte(0x1b);
        else this.op(expr.op);
        return;
      case 'choose':
        this.expr(expr.condition);
        this.code.byte(0x04, typeCode[expr.type]);
        this.expr(expr.yes);
        this.code.byte(0x05);
        this.expr(expr.no);
        this.code.byte(0x0b);
        return;
      case 'load': {
        const offset = this.address(expr.address, expr.offset);
        this.code.byte(expr.type === 'f32' ? 0x2a : 0x28, 2).unsigned(offset);
        return;
      }
      case 'address': {
        const offset = this.address(expr, 0);
        if (offset === 0) return;
        this.i32(offset);
        return this.op('i32.add');
      }
      case 'binding-base':
        return this.globalGet(this.table.baseGlobal(expr.binding));
      case 'binding-bytes':
        return this.globalGet(this.table.bytesGlobal(expr.binding));
      case 'call':
        for (const arg of expr.args) this.expr(arg);
        return this.call(this.table.functionIndex(expr.callee));
    }
  }

  private builtin(name: BuiltinName): void {
    if (name.startsWith('grid-')) return this.globalGet(this.table.gridGlobal('xyz'.indexOf(name.slice(5))));
    const local = this.builtins[name];
    if (local === undefined) throw new Error(`no builtin ${name} here`);
    this.get(local);
  }

  /** Puts the changing part of an address on the stack and gives the constant part, for the offset of an access. */
  address(expr: Expr, offset: number): number {
    const terms: Expr[] = [];
    let constant = offset;
    const collect = (each: Expr): void => {
      if (each.kind === 'op' && each.op === 'i32.add') {
        for (const arg of each.args) collect(arg);
      } else if (each.kind === 'const' && Number(each.value) >= 0) constant += Number(each.value);
      else if (each.kind === 'address') {
        const place = this.placeOf(each.variable);
        constant += place.base;
        if (place.laneStride !== 0) terms.push(each);
      } else terms.push(each);
    };
    collect(expr);
    if (terms.length === 0) this.i32(0);
    terms.forEach((term, i) => {
      if (term.kind === 'address') this.laneOffset(this.placeOf(term.variable).laneStride);
      else this.expr(term);
      if (i > 0) this.op('i32.add');
    });
    return constant;
  }

  private placeOf(variable: number): VariableAddress {
    const place = this.table.addresses[variable];
    if (place === undefined) throw new Error(`no variable ${variable}`);
    return place;
  }

  /** The invocation's index times a stride. */
  private laneOffset(stride: number): void {
    const lane = this.builtins['local-index'];
    if (lane === undefined) this.globalGet(this.table.laneGlobal);
    else this.get(lane);
    this.i32(stride);
    this.op('i32.mul');
  }

  stmts(list: readonly Stmt[]): void {
    for (const statement of list) this.stmt(statement);
  }

  stmt(statement: Stmt): void {
    switch (statement.kind) {
      case 'set':
        this.expr(statement.value);
        return this.put(this.local(statement.local));
      case 'store': {
        const offset = this.address(statement.address, statement.offset);
        this.expr(statement.value);
        this.code.byte(statement.value.type === 'f32' ? 0x38 : 0x36, 2).unsigned(offset);
        return;
      }
      case 'fill':
        return this.fill(statement);
      case 'copy':
        this.wholeAddress(statement.to, statement.toOffset);
        this.wholeAddress(statement.from, statement.fromOffset);
        this.i32(statement.bytes);
        this.code.byte(0xfc, 10, 0, 0);
        return;
      case 'call':
        for (const arg of statement.args) this.expr(arg);
        this.call(this.table.functionIndex(statement.callee));
        for (const result of [...statement.results].reverse()) this.put(this.local(result));
        return;
      case 'if':
        return this.branchStmt(statement);
      case 'block':
        return this.block(statement.label, 'break', () => this.stmts(statement.body));
      case 'loop':
        return this.loopStmt(statement);
      case 'switch':
        return this.switchStmt(statement.label, statement.selector, statement.cases, (each) => this.stmts(each.body));
      case 'break':
      case 'continue':
        return this.jump(statement.label, statement.kind);
      case 'return':
        for (const value of statement.values) this.expr(value);
        this.code.byte(0x0f);
        return;
      case 'barrier':
        throw new Error('a barrier outlived its transformation');
    }
  }

  private branchStmt(statement: Extract<Stmt, { kind: 'if' }>): void {
    const { condition, yes, no } = statement;
    const [only] = yes;
    this.expr(condition);
    if (no.length === 0 && yes.length === 1 && (only?.kind === 'break' || only?.kind === 'continue')) {
      this.code.byte(0x0d).unsigned(this.depthOf(only.label, only.kind));
      return;
    }
    this.ifElse(() => this.stmts(yes), no.length === 0 ? null : () => this.stmts(no));
  }

  private loopStmt(statement: Extract<Stmt, { kind: 'loop' }>): void {
    const { label, body, continuing } = statement;
    const hasContinue = body.some((each) => contains(each, (inner) => inner.kind === 'continue' && inner.label === label));
    this.block(label, 'break', () => {
      this.loop(null, 'none', () => {
        this.tick();
        if (hasContinue) this.block(label, 'continue', () => this.stmts(body));
        else this.stmts(body);
        this.stmts(continuing);
        this.branch(0, false);
      });
    });
  }

  /** Nested blocks and a table of jumps when the values are dense, else a chain of comparisons. */
  switchStmt<T extends { readonly values: readonly number[]; readonly isDefault: boolean }>(
    label: number,
    selector: Expr,
    cases: readonly T[],
    write: (each: T) => void,
  ): void {
    const all = cases.flatMap((each) => each.values);
    const low = Math.min(...all, 2147483647);
    const span = all.length === 0 ? 0 : Math.max(...all) - low + 1;
    const isDense = span <= Math.max(8, all.length * 4);
    const fallback = cases.findIndex((each) => each.isDefault);
    const defaultDepth = fallback < 0 ? cases.length : fallback;
    const scratch = this.addLocal('i32');
    this.expr(selector);
    this.put(scratch);
    this.block(label, 'break', () => {
      for (let i = 0; i < cases.length; i++) this.open();
      if (isDense && all.length > 0) this.jumpTable(scratch, cases, low, span, defaultDepth);
      else this.jumpChain(scratch, cases, defaultDepth);
      cases.forEach((each, i) => {
        this.close();
        write(each);
        if (i < cases.length - 1) this.jump(label, 'break');
      });
    });
  }

  private jumpTable(
    scratch: number,
    cases: readonly { readonly values: readonly number[] }[],
    low: number,
    span: number,
    defaultDepth: number,
  ): void {
    this.get(scratch);
    if (low !== 0) {
      this.i32(low);
      this.op('i32.sub');
    }
    const depths = Array.from({ length: span }, (_, i) => {
      const found = cases.findIndex((each) => each.values.includes(low + i));
      return found < 0 ? defaultDepth : found;
    });
    this.code
      .byte(0x0e)
      .list(depths, (writer, depth) => writer.unsigned(depth))
      .unsigned(defaultDepth);
  }

  private jumpChain(scratch: number, cases: readonly { readonly values: readonly number[] }[], defaultDepth: number): void {
    cases.forEach((each, depth) => {
      for (const value of each.values) {
        this.get(scratch);
        this.i32(value);
        this.op('i32.eq');
        this.branch(depth, true);
      }
    });
    this.branch(defaultDepth, false);
  }

  private wholeAddress(expr: Expr, offset: number): void {
    const constant = this.address(expr, offset);
    if (constant === 0) return;
    this.i32(constant);
    this.op('i32.add');
  }

  private fill(statement: Extract<Stmt, { kind: 'fill' }>): void {
    const { bytes } = statement;
    if (bytes > 32) {
      this.wholeAddress(statement.address, statement.offset);
      this.i32(0);
      this.i32(bytes);
      this.code.byte(0xfc, 11, 0);
      return;
    }
    for (let at = 0; at < bytes; at += 4) {
      const offset = this.address(statement.address, statement.offset + at);
      this.i32(0);
      this.code.byte(0x36, 2).unsigned(offset);
    }
  }
}

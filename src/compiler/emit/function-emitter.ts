/** Writes the code of one function: expressions and statements of the intermediate form as WebAssembly instructions. */

import { expandAtomic } from '../ir/expand-atomic.ts';
import type { BuiltinName, Expr, Stmt } from '../ir/ir.ts';
import { contains } from '../ir/walk.ts';
import { InstructionWriter, load16, loadCodes, store16, storeCodes, typeCode } from './instruction-writer.ts';

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
  /** The global that holds the work done; null when nothing is metered. */
  readonly work: number | null;
  /** The global that is counted down, and the function that ends the run below zero; null without fuel. */
  readonly fuel: { readonly left: number; readonly end: number } | null;
  /** The global that holds the invocation's index for functions that use private variables. */
  readonly laneGlobal: number;
}

/** No statement's label is below zero. */
const outOfFuelLabel = -1;

function isLesserOrGreater(name: string): boolean {
  return name === 'f32.pmin' || name === 'f32.pmax';
}

export class FunctionEmitter extends InstructionWriter {
  private readonly table: ModuleTable;
  /** WebAssembly locals of the builtins, in the function that has them. */
  builtins: Partial<Record<BuiltinName, number>> = {};
  /** The WebAssembly local of each IR local; absent: the same number. */
  locals: readonly (number | undefined)[] | null = null;
  /** The WebAssembly local that gathers work until the function ends; null when nothing is metered. */
  private workLocal: number | null = null;
  private fuelLocal: number | null = null;

  constructor(table: ModuleTable, parameterCount: number) {
    super(parameterCount);
    this.table = table;
  }

  /** Writes a whole body so that ticks in it can leave it. */
  fuelled(write: () => void): void {
    const { fuel } = this.table;
    if (fuel === null) return write();
    this.block(outOfFuelLabel, 'break', () => {
      write();
      this.code.byte(0x0f);
    });
    this.call(fuel.end);
    this.code.byte(0x00);
  }

  /**
   * Takes one unit of fuel. Counted in place, and the end is called far from here: a call in a loop, even one that is never made, makes V8 keep the
   * loop's values in memory. Measured on the bench kernels, at most 1.1 times the plain time, and 1.7 and 2.4 with a test or a call in the loop.
   */
  tick(): void {
    const { fuel } = this.table;
    if (fuel === null) return;
    this.fuelLocal ??= this.addLocal('i64');
    this.globalGet(fuel.left);
    this.constant('i64', 1n);
    this.op('i64.sub');
    this.code.byte(0x22).unsigned(this.fuelLocal);
    this.globalSet(fuel.left);
    this.get(this.fuelLocal);
    this.constant('i64', 0n);
    this.op('i64.lt_s');
    this.branch(this.depthOf(outOfFuelLabel, 'break'), true);
  }

  /** From here on the function counts its work in a local of its own. */
  startMeter(): void {
    this.workLocal = this.addLocal('i64');
  }

  /** Adds to the work counted, for `times` invocations. */
  meter(cost: number, times = 1): void {
    if (this.workLocal === null || cost === 0) return;
    this.get(this.workLocal);
    this.constant('i64', BigInt(cost) * BigInt(times));
    this.op('i64.add');
    this.put(this.workLocal);
  }

  private meterStmt(statement: Extract<Stmt, { kind: 'meter' }>): void {
    if (statement.times === undefined || this.workLocal === null) return this.meter(statement.cost);
    this.get(this.workLocal);
    this.expr(statement.times);
    this.op('i64.extend_i32_u');
    this.constant('i64', BigInt(statement.cost));
    this.op('i64.mul');
    this.op('i64.add');
    this.put(this.workLocal);
  }

  /** Hands what was counted to the module, before the function ends. */
  endMeter(): void {
    if (this.workLocal === null || this.table.work === null) return;
    this.globalGet(this.table.work);
    this.get(this.workLocal);
    this.op('i64.add');
    this.globalSet(this.table.work);
  }

  local(irLocal: number): number {
    if (this.locals === null) return irLocal;
    const local = this.locals[irLocal];
    if (local === undefined) throw new Error(`no place for local ${irLocal}`);
    return local;
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
        if (this.laneLoad(expr)) return;
        if (isLesserOrGreater(expr.op)) {
          this.lesserOrGreater(expr.op, expr.args);
          return this.op('f32x4.extract_lane_0');
        }
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
        this.code.byte(...(expr.bytes === 2 ? load16 : loadCodes[expr.type])).unsigned(offset);
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

  /** Of one number, by the instruction for four; see ops.ts. Nested ones stay in the vector. */
  private lesserOrGreater(name: string, args: readonly Expr[]): void {
    for (const arg of args) {
      if (arg.kind === 'op' && isLesserOrGreater(arg.op)) {
        this.lesserOrGreater(arg.op, arg.args);
        continue;
      }
      this.expr(arg);
      this.op('f32x4.splat');
    }
    this.op(name);
  }

  /** A load straight into all lanes, or into one of them. */
  private laneLoad(expr: Extract<Expr, { kind: 'op' }>): boolean {
    const source = expr.args.at(-1);
    if (expr.type !== 'v128' || source?.kind !== 'load' || source.bytes !== undefined || (source.type !== 'i32' && source.type !== 'f32'))
      return false;
    const [vector] = expr.args;
    const lane = expr.op.includes('replace_lane') ? Number(expr.op.at(-1)) : null;
    if (lane === null && !expr.op.endsWith('.splat')) return false;
    const offset = this.address(source.address, source.offset);
    if (lane === null) this.code.byte(0xfd, 0x09, 2).unsigned(offset);
    else {
      if (vector !== undefined) this.expr(vector);
      this.code.byte(0xfd, 0x56, 2).unsigned(offset).byte(lane);
    }
    return true;
  }

  /** A store straight out of one lane. */
  private laneStore(statement: Extract<Stmt, { kind: 'store' }>): boolean {
    const { value } = statement;
    if (value.kind !== 'op' || !value.op.includes('extract_lane') || statement.bytes !== undefined) return false;
    const [vector] = value.args;
    if (vector === undefined) return false;
    const offset = this.address(statement.address, statement.offset);
    this.expr(vector);
    this.code
      .byte(0xfd, 0x5a, 2)
      .unsigned(offset)
      .byte(Number(value.op.at(-1)));
    return true;
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
        if (this.laneStore(statement)) return;
        const offset = this.address(statement.address, statement.offset);
        this.expr(statement.value);
        this.code.byte(...(statement.bytes === 2 ? store16 : storeCodes[statement.value.type])).unsigned(offset);
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
        this.endMeter();
        for (const value of statement.values) this.expr(value);
        this.code.byte(0x0f);
        return;
      case 'meter':
        return this.meterStmt(statement);
      case 'atomic':
        return this.stmts(expandAtomic(statement));
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

  private wholeAddress(expr: Expr, offset: number): void {
    const constant = this.address(expr, offset);
    if (constant === 0) return;
    this.i32(constant);
    this.op('i32.add');
  }

  private fill(statement: Extract<Stmt, { kind: 'fill' }>): void {
    const { bytes } = statement;
    if (bytes > 32 || bytes % 4 !== 0) {
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

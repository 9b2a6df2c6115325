/** Writes the function that runs one workgroup: memory zeroed, then the body for each invocation, region by region where there are barriers. */
import { i32, op, select } from '../ir/build.ts';
import type { BuiltinName, Expr, IrModule, Stmt, ValueType } from '../ir/ir.ts';
import type { Piece } from '../transform/split-regions.ts';
import { slotsOfEntry } from './assign-slots.ts';
import { FunctionEmitter, type ModuleTable } from './function-emitter.ts';

export interface WorkgroupPlan {
  readonly pieces: readonly Piece[];
  /** Types of the entry function's locals, those for four lanes among them. */
  readonly locals: readonly ValueType[];
  readonly workgroupBase: number;
  readonly workgroupBytes: number;
  /** True when functions need to be told which invocation runs. */
  readonly needsLaneGlobal: boolean;
  /** Each region runs its invocations last to first: what then differs depends on their order. */
  readonly reversed: boolean;
}

const axes = ['x', 'y', 'z'] as const;

export function emitWorkgroup(module: IrModule, table: ModuleTable, plan: WorkgroupPlan): FunctionEmitter {
  const emitter = new FunctionEmitter(table, 3);
  const writer = new WorkgroupWriter(module, table, plan, emitter);
  writer.write();
  return emitter;
}

class WorkgroupWriter {
  private readonly module: IrModule;
  private readonly table: ModuleTable;
  private readonly plan: WorkgroupPlan;
  private readonly emitter: FunctionEmitter;
  private readonly lane: number;
  private readonly axisLocals: readonly number[];

  constructor(module: IrModule, table: ModuleTable, plan: WorkgroupPlan, emitter: FunctionEmitter) {
    this.module = module;
    this.table = table;
    this.plan = plan;
    this.emitter = emitter;
    this.axisLocals = axes.map(() => emitter.addLocal('i32'));
    this.lane = emitter.addLocal('i32');
    const builtins: Partial<Record<BuiltinName, number>> = { 'local-index': this.lane };
    axes.forEach((axis, i) => {
      builtins[`group-${axis}`] = i;
      builtins[`local-${axis}`] = this.axisLocals[i] ?? 0;
    });
    emitter.builtins = builtins;
    const first = emitter.localTypes.length + 3;
    const slots = slotsOfEntry(plan.locals, module.entry.prologue, plan.pieces);
    for (const type of slots.types) emitter.addLocal(type);
    emitter.locals = slots.ofLocal.map((slot) => (slot === undefined ? undefined : slot + first));
    if (table.work !== null) emitter.startMeter();
  }

  write(): void {
    const { workgroupBytes, workgroupBase, pieces } = this.plan;
    const { emitter } = this;
    if (workgroupBytes > 0) {
      emitter.i32(workgroupBase);
      emitter.i32(0);
      emitter.i32(workgroupBytes);
      emitter.code.byte(0xfc, 11, 0);
    }
    emitter.fuelled(() => {
      emitter.stmts(this.module.entry.prologue);
      this.pieces(pieces);
      emitter.endMeter();
    });
  }

  /** Meters that every invocation passes are counted once for all of them; gives the other statements. */
  private meterForAll(body: readonly Stmt[]): readonly Stmt[] {
    const [x, y, z] = this.module.workgroupSize;
    let cost = 0;
    const rest = body.filter((statement) => {
      const isForAll = statement.kind === 'meter' && statement.times === undefined;
      if (isForAll) cost += statement.cost;
      return !isForAll;
    });
    this.emitter.meter(cost, x * y * z);
    return rest;
  }

  /** Runs `write` for every invocation, x fastest. */
  private forEachInvocation(write: () => void): void {
    const { emitter, lane } = this;
    if (this.plan.reversed) return this.forEachReversed(write);
    emitter.i32(0);
    emitter.put(lane);
    const nest = (axis: number): void => {
      if (axis < 0) {
        if (this.plan.needsLaneGlobal) {
          emitter.get(lane);
          emitter.globalSet(this.table.laneGlobal);
        }
        write();
        this.increment(lane);
        return;
      }
      const local = this.axisLocals[axis] ?? 0;
      const size = this.module.workgroupSize[axis] ?? 1;
      emitter.i32(0);
      emitter.put(local);
      if (size === 1) return nest(axis - 1);
      emitter.loop(null, 'none', () => {
        nest(axis - 1);
        this.increment(local);
        emitter.get(local);
        emitter.i32(size);
        emitter.op('i32.lt_u');
        emitter.branch(0, true);
      });
    };
    nest(2);
  }

  /** Runs `write` for every few neighbouring invocations; the locals then hold what is true of the first of them. */
  private forEachGroup(lanes: number, write: () => void): void {
    const { emitter, lane } = this;
    const [x, y, z] = this.module.workgroupSize;
    const isRow = y === 1 && z === 1;
    const sizes = x % 4 === 0 ? [x, y, z] : [x * y * z];
    emitter.i32(0);
    emitter.put(lane);
    const nest = (axis: number): void => {
      if (axis < 0) {
        write();
        return this.increment(lane, lanes);
      }
      const local = this.axisLocals[axis] ?? 0;
      const size = sizes[axis] ?? 1;
      const step = axis === 0 ? lanes : 1;
      emitter.i32(0);
      emitter.put(local);
      if (size <= step) return nest(axis - 1);
      emitter.loop(null, 'none', () => {
        nest(axis - 1);
        this.increment(local, step);
        emitter.get(local);
        emitter.i32(size);
        emitter.op('i32.lt_u');
        emitter.branch(0, true);
      });
    };
    if (isRow || x % 4 !== 0) {
      for (const axis of [1, 2]) {
        emitter.i32(0);
        emitter.put(this.axisLocals[axis] ?? 0);
      }
    }
    nest(sizes.length - 1);
  }

  /** Runs `write` for the invocations below a limit, in a workgroup that is a row. */
  private forEachBelow(limit: Expr, lanes: number, write: () => void, rest: readonly Stmt[] | null): void {
    const { emitter, lane } = this;
    const [size] = this.module.workgroupSize;
    const end = emitter.addLocal('i32');
    const [first, ...others] = this.axisLocals;
    for (const local of [lane, first ?? lane, ...others]) {
      emitter.i32(0);
      emitter.put(local);
    }
    const least: Expr = op('i32.lt_u', limit, i32(size));
    emitter.expr(select(least, limit, i32(size)));
    emitter.put(end);
    const whileBelow = (step: number, ahead: number, run: () => void): void => {
      const test = (): void => {
        emitter.get(lane);
        emitter.i32(ahead);
        emitter.op('i32.add');
        emitter.get(end);
        emitter.op('i32.lt_u');
      };
      test();
      emitter.ifElse(() => {
        emitter.loop(null, 'none', () => {
          if (this.plan.needsLaneGlobal) {
            emitter.get(lane);
            emitter.globalSet(this.table.laneGlobal);
          }
          run();
          this.increment(lane, step);
          this.increment(first ?? lane, step);
          test();
          emitter.branch(0, true);
        });
      }, null);
    };
    whileBelow(lanes, rest === null ? 0 : lanes - 1, write);
    if (rest !== null) whileBelow(1, 0, () => emitter.stmts(rest));
  }

  private forEachReversed(write: () => void): void {
    const { emitter, lane } = this;
    const [x, y, z] = this.module.workgroupSize;
    emitter.i32(x * y * z);
    emitter.put(lane);
    const nest = (axis: number): void => {
      if (axis < 0) {
        this.increment(lane, -1);
        if (this.plan.needsLaneGlobal) {
          emitter.get(lane);
          emitter.globalSet(this.table.laneGlobal);
        }
        return write();
      }
      const local = this.axisLocals[axis] ?? 0;
      emitter.i32(this.module.workgroupSize[axis] ?? 1);
      emitter.put(local);
      emitter.loop(null, 'none', () => {
        this.increment(local, -1);
        nest(axis - 1);
        emitter.get(local);
        emitter.branch(0, true);
      });
    };
    nest(2);
  }

  private increment(local: number, by = 1): void {
    this.emitter.get(local);
    this.emitter.i32(by);
    this.emitter.op('i32.add');
    this.emitter.put(local);
  }

  private pieces(list: readonly Piece[]): void {
    for (const piece of list) this.piece(piece);
  }

  private piece(piece: Piece): void {
    const { emitter } = this;
    if (piece.kind === 'if' || piece.kind === 'switch') this.firstInvocation(piece.prepare ?? []);
    switch (piece.kind) {
      case 'region':
        return this.region(piece);
      case 'uniform-set':
        emitter.expr(piece.value);
        return emitter.put(emitter.local(piece.local));
      case 'if':
        emitter.expr(piece.condition);
        return emitter.ifElse(() => this.pieces(piece.yes), piece.no.length === 0 ? null : () => this.pieces(piece.no));
      case 'block':
        return emitter.block(piece.label, 'break', () => this.pieces(piece.body));
      case 'loop':
        return emitter.block(piece.label, 'break', () => {
          emitter.loop(null, 'none', () => {
            emitter.tick();
            emitter.block(piece.label, 'continue', () => this.pieces(piece.body));
            this.pieces(piece.continuing);
            emitter.branch(0, false);
          });
        });
      case 'switch':
        return emitter.switchStmt(piece.label, piece.selector, piece.cases, (each) => this.pieces(each.body));
      case 'jump':
        return emitter.jump(piece.label, piece.jump);
    }
  }

  /** Runs statements for the first invocation. */
  private firstInvocation(prepare: readonly Stmt[]): void {
    const { emitter } = this;
    for (const local of [this.lane, ...this.axisLocals]) {
      emitter.i32(0);
      emitter.put(local);
    }
    emitter.stmts(prepare);
  }

  private region({ body: statements, lanes = 1, limit, rest }: Extract<Piece, { kind: 'region' }>): void {
    const body = this.meterForAll(statements);
    if (body.length === 0) return;
    const write = (): void => this.emitter.stmts(body);
    if (limit !== undefined && !this.plan.reversed) this.forEachBelow(limit, lanes, write, rest ?? null);
    else if (lanes > 1) this.forEachGroup(lanes, write);
    else this.forEachInvocation(write);
  }
}

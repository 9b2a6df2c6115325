/** Writes the function that runs one workgroup: memory zeroed, then the body for each invocation, region by region where there are barriers. */
import type { BuiltinName, Expr, IrModule, Stmt } from '../ir/ir.ts';
import { localsSetBy, walkExpr, walkStmts } from '../ir/walk.ts';
import type { LocalPlan } from '../transform/plan-locals.ts';
import { conditionOf } from '../transform/plan-locals.ts';
import type { Piece } from '../transform/split-regions.ts';
import { FunctionEmitter, type ModuleTable } from './function-emitter.ts';

export interface WorkgroupPlan {
  /** null: no barriers, one region. */
  readonly pieces: readonly Piece[] | null;
  readonly locals: LocalPlan;
  /** Where each spilled local's places start; invocations lie next to each other. */
  readonly spillBase: ReadonlyMap<number, number>;
  readonly workgroupBase: number;
  readonly workgroupBytes: number;
  /** True when functions need to be told which invocation runs. */
  readonly needsLaneGlobal: boolean;
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
    for (const type of module.entry.locals) emitter.addLocal(type);
    emitter.localShift = first;
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
    emitter.stmts(this.module.entry.prologue);
    if (pieces === null) this.forEachInvocation(() => emitter.stmts(this.module.entry.body));
    else this.pieces(pieces);
  }

  /** Runs `write` for every invocation, x fastest. */
  private forEachInvocation(write: () => void): void {
    const { emitter, lane } = this;
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

  private increment(local: number): void {
    this.emitter.get(local);
    this.emitter.i32(1);
    this.emitter.op('i32.add');
    this.emitter.put(local);
  }

  private pieces(list: readonly Piece[]): void {
    for (const piece of list) this.piece(piece);
  }

  private piece(piece: Piece): void {
    const { emitter } = this;
    const condition = conditionOf(piece);
    if (condition !== null) this.firstInvocation(condition);
    switch (piece.kind) {
      case 'region':
        return this.region(piece.body);
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

  /** Makes the locals that an expression reads those of the first invocation. */
  private firstInvocation(expr: Expr): void {
    const { emitter } = this;
    for (const local of [this.lane, ...this.axisLocals]) {
      emitter.i32(0);
      emitter.put(local);
    }
    const used = new Set<number>();
    walkExpr(expr, (each) => {
      if (each.kind === 'local') used.add(each.local);
    });
    this.prepare(used, used);
  }

  private region(body: readonly Stmt[]): void {
    const used = new Set<number>();
    const set = new Set<number>();
    walkStmts(
      body,
      (statement) => {
        for (const local of localsSetBy(statement)) set.add(local);
      },
      (expr) => {
        if (expr.kind === 'local') used.add(expr.local);
      },
    );
    const needed = readFirst(body);
    this.forEachInvocation(() => {
      this.prepare(used, needed);
      this.emitter.stmts(body);
      this.spill(set);
    });
  }

  /** Brings locals of other regions in: computed again, or loaded. */
  private prepare(used: ReadonlySet<number>, needed: ReadonlySet<number>): void {
    const { emitter, plan } = this;
    const wanted = new Set(used);
    // Backwards through the definitions, because each may need earlier ones.
    const entries = [...plan.locals.again].reverse();
    for (const [local, value] of entries) {
      if (!wanted.has(local)) continue;
      walkExpr(value, (each) => {
        if (each.kind === 'local') wanted.add(each.local);
      });
    }
    for (const [local, value] of plan.locals.again) {
      if (!wanted.has(local)) continue;
      emitter.expr(value);
      emitter.put(emitter.local(local));
    }
    for (const local of needed) {
      const base = plan.spillBase.get(local);
      if (base === undefined) continue;
      const type = this.module.entry.locals[local] ?? 'i32';
      const isWide = type === 'i64' || type === 'f64';
      this.laneOffset(isWide ? 3 : 2);
      emitter.code.byte({ i32: 0x28, i64: 0x29, f32: 0x2a, f64: 0x2b }[type], isWide ? 3 : 2).unsigned(base);
      emitter.put(emitter.local(local));
    }
  }

  private spill(set: ReadonlySet<number>): void {
    const { emitter, plan } = this;
    for (const local of set) {
      const base = plan.spillBase.get(local);
      if (base === undefined) continue;
      const type = this.module.entry.locals[local] ?? 'i32';
      const isWide = type === 'i64' || type === 'f64';
      this.laneOffset(isWide ? 3 : 2);
      emitter.get(emitter.local(local));
      emitter.code.byte({ i32: 0x36, i64: 0x37, f32: 0x38, f64: 0x39 }[type], isWide ? 3 : 2).unsigned(base);
    }
  }

  private laneOffset(shift: number): void {
    this.emitter.get(this.lane);
    this.emitter.i32(shift);
    this.emitter.op('i32.shl');
  }
}

/** The locals of a region whose value from before may be read: all but those that the region surely sets first. */
function readFirst(body: readonly Stmt[]): ReadonlySet<number> {
  const needed = new Set<number>();
  const surelySet = new Set<number>();
  for (const statement of body) {
    if (statement.kind === 'block' && body.length === 1) return readFirst(statement.body);
    const mentioned = new Set<number>();
    walkStmts(
      [statement],
      (each) => {
        if (each !== statement) for (const local of localsSetBy(each)) mentioned.add(local);
      },
      (expr) => {
        if (expr.kind === 'local') mentioned.add(expr.local);
      },
    );
    for (const local of mentioned) if (!surelySet.has(local)) needed.add(local);
    for (const local of localsSetBy(statement)) if (!mentioned.has(local)) surelySet.add(local);
  }
  return needed;
}

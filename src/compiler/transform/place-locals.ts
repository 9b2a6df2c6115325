/**
 * Writes down what plan-locals.ts decided: each region computes again, or loads, the locals it needs of other regions, and stores those it leaves to them.
 * Behind this pass a region is complete: it reads nothing that an earlier region left in a WebAssembly local, but for what is the same for the workgroup.
 */
import { i32, op } from '../ir/build.ts';
import type { Expr, IrModule, MemoryVariable, Stmt, ValueType } from '../ir/ir.ts';
import { localsSetBy, walkExpr, walkStmts } from '../ir/walk.ts';
import { conditionOf, type LocalPlan } from './plan-locals.ts';
import type { Piece } from './split-regions.ts';

export interface PlacedRegions {
  readonly pieces: readonly Piece[];
  /** The module's variables, then one for each spilled local: an element for each invocation, next to each other. */
  readonly variables: readonly MemoryVariable[];
}

export function placeLocals(module: IrModule, pieces: readonly Piece[], plan: LocalPlan): PlacedRegions {
  const [x, y, z] = module.workgroupSize;
  // Four side by side may reach past the last invocation.
  const places = Math.ceil((x * y * z) / 4) * 4;
  const variables = [...module.variables];
  const spills = new Map<number, number>();
  for (const local of plan.spilledLocals) {
    const bytes = places * widthOf(module.entry.locals[local] ?? 'i32');
    spills.set(local, variables.push({ name: `local ${local}`, space: 'spill', bytes, align: 16, data: null }) - 1);
  }
  const placer = new LocalPlacer(module.entry.locals, plan, spills);
  return { pieces: placer.list(pieces), variables };
}

function widthOf(type: ValueType): number {
  return type === 'i64' || type === 'f64' ? 8 : 4;
}

class LocalPlacer {
  private readonly types: readonly ValueType[];
  private readonly plan: LocalPlan;
  private readonly spills: ReadonlyMap<number, number>;

  constructor(types: readonly ValueType[], plan: LocalPlan, spills: ReadonlyMap<number, number>) {
    this.types = types;
    this.plan = plan;
    this.spills = spills;
  }

  list(pieces: readonly Piece[]): readonly Piece[] {
    return pieces.map((piece) => this.piece(piece));
  }

  private piece(piece: Piece): Piece {
    switch (piece.kind) {
      case 'region':
        return { kind: 'region', body: this.region(piece.body) };
      case 'if':
        return { ...piece, prepare: this.conditionLocals(piece), yes: this.list(piece.yes), no: this.list(piece.no) };
      case 'switch':
        return {
          ...piece,
          prepare: this.conditionLocals(piece),
          cases: piece.cases.map((each) => ({ ...each, body: this.list(each.body) })),
        };
      case 'block':
        return { ...piece, body: this.list(piece.body) };
      case 'loop':
        return { ...piece, body: this.list(piece.body), continuing: this.list(piece.continuing) };
      case 'uniform-set':
      case 'jump':
        return piece;
    }
  }

  private conditionLocals(piece: Piece): readonly Stmt[] {
    const used = new Set<number>();
    const condition = conditionOf(piece);
    if (condition !== null) noteLocals(condition, used);
    return this.bringIn(used, used);
  }

  private region(body: readonly Stmt[]): readonly Stmt[] {
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
    return [...this.bringIn(used, readFirst(body)), ...body, ...this.putDown(set)];
  }

  private bringIn(used: ReadonlySet<number>, needed: ReadonlySet<number>): readonly Stmt[] {
    const wanted = new Set(used);
    // Backwards through the definitions, because each may need earlier ones.
    for (const [local, value] of [...this.plan.again].reverse()) if (wanted.has(local)) noteLocals(value, wanted);
    const sets: Stmt[] = [];
    for (const [local, value] of this.plan.again) if (wanted.has(local)) sets.push({ kind: 'set', local, value });
    for (const local of needed) {
      const address = this.placeOf(local);
      const type = this.types[local] ?? 'i32';
      if (address !== null) sets.push({ kind: 'set', local, value: { kind: 'load', type, address, offset: 0 } });
    }
    return sets;
  }

  private putDown(set: ReadonlySet<number>): readonly Stmt[] {
    return [...set].flatMap((local): readonly Stmt[] => {
      const address = this.placeOf(local);
      const value: Expr = { kind: 'local', type: this.types[local] ?? 'i32', local };
      return address === null ? [] : [{ kind: 'store', address, offset: 0, value }];
    });
  }

  /** Where this invocation's copy of a spilled local lies. */
  private placeOf(local: number): Expr | null {
    const variable = this.spills.get(local);
    if (variable === undefined) return null;
    const shift = widthOf(this.types[local] ?? 'i32') === 8 ? 3 : 2;
    const index: Expr = { kind: 'builtin', type: 'i32', name: 'local-index' };
    return op('i32.add', { kind: 'address', type: 'i32', variable }, op('i32.shl', index, i32(shift)));
  }
}

function noteLocals(expr: Expr, into: Set<number>): void {
  walkExpr(expr, (each) => {
    if (each.kind === 'local') into.add(each.local);
  });
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

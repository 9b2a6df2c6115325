/** What is at hand while a region is written for four lanes: the list under way, the mask of lanes that take part, and the locals made for it. */
import { op } from '../ir/build.ts';
import type { ConstExpr, Expr, Stmt, ValueType } from '../ir/ir.ts';
import type { Roots } from './lane-roots.ts';
import type { Shapes } from './lane-shapes.ts';

export const laneNumbers = [0, 1, 2, 3] as const;

/** A local whose lanes lie `stride` apart behind `base` whenever `isInside` is not 0. */
export interface Alias {
  readonly base: Expr;
  readonly stride: number;
  readonly isInside: Expr;
}

export interface LaneWorld {
  readonly shapes: Shapes;
  readonly roots: Roots;
  /** Locals of the entry function; new ones are added. */
  readonly types: ValueType[];
  readonly newLabel: () => number;
  /** The variable with the x, y or z of each invocation, in order. */
  readonly axisTable: (axis: number) => number;
}

export class LaneContext {
  readonly world: LaneWorld;
  readonly shapes: Shapes;
  out: Stmt[] = [];
  /** All ones in the lanes that take part, zeros in the others; null: all take part. At least one always does. */
  mask: Expr | null = null;
  readonly aliases = new Map<number, Alias>();
  private readonly vectors = new Map<number, number>();
  private readonly wides = new Map<number, readonly number[]>();

  constructor(world: LaneWorld) {
    this.world = world;
    this.shapes = world.shapes;
  }

  emit(statement: Stmt): void {
    this.out.push(statement);
  }

  /** Runs `build` over a fresh list and gives that list. */
  collect(build: () => void): Stmt[] {
    const outer = this.out;
    const list: Stmt[] = [];
    this.out = list;
    build();
    this.out = outer;
    return list;
  }

  /** Runs `build` while only the lanes of `mask` take part. */
  masked(mask: Expr | null, build: () => void): void {
    const outer = this.mask;
    this.mask = mask;
    build();
    this.mask = outer;
  }

  newLocal(type: ValueType): Expr & { kind: 'local' } {
    return { kind: 'local', type, local: this.world.types.push(type) - 1 };
  }

  set(target: Expr & { kind: 'local' }, value: Expr): void {
    this.emit({ kind: 'set', local: target.local, value });
  }

  /** A value that may be used often. */
  keep(expr: Expr): Expr {
    if (expr.kind === 'local' || expr.kind === 'const') return expr;
    const kept = this.newLocal(expr.type);
    this.set(kept, expr);
    return kept;
  }

  /** The v128 that holds a local's lanes. */
  vectorLocal(local: number): Expr & { kind: 'local' } {
    let vector = this.vectors.get(local);
    if (vector === undefined) {
      vector = this.newLocal('v128').local;
      this.vectors.set(local, vector);
    }
    return { kind: 'local', type: 'v128', local: vector };
  }

  /** The four locals of a 64-bit local's lanes. */
  wideLocals(local: number, type: ValueType): readonly (Expr & { kind: 'local' })[] {
    let four = this.wides.get(local);
    if (four === undefined) {
      four = laneNumbers.map(() => this.newLocal(type).local);
      this.wides.set(local, four);
    }
    return four.map((each) => ({ kind: 'local', type, local: each }));
  }

  /** One bit for each lane that takes part; null: all do. */
  maskBits(): Expr | null {
    return this.mask === null ? null : this.keep(op('i32x4.bitmask', this.mask));
  }
}

/** Four i32 as one constant. */
export function laneConst(values: readonly number[]): ConstExpr {
  let bits = 0n;
  values.forEach((value, lane) => {
    bits |= BigInt(value >>> 0) << BigInt(32 * lane);
  });
  return { kind: 'const', type: 'v128', value: bits };
}

const scratch = new DataView(new ArrayBuffer(4));
const canonicalNan = 0x7fc00000;

export function splat(value: Expr): Expr {
  if (value.kind !== 'const') return op(value.type === 'f32' ? 'f32x4.splat' : 'i32x4.splat', value);
  if (value.type !== 'f32') return laneConst(laneNumbers.map(() => Number(value.value)));
  scratch.setFloat32(0, Number(value.value));
  const bits = Number.isNaN(Number(value.value)) ? canonicalNan : scratch.getInt32(0);
  return laneConst(laneNumbers.map(() => bits));
}

export function extract(vector: Expr, lane: number, type: ValueType): Expr {
  return op(`${type === 'f32' ? 'f32x4' : 'i32x4'}.extract_lane_${lane}`, vector);
}

/** Four scalars as one v128. */
export function gatherLanes(lanes: readonly Expr[]): Expr {
  const [first, ...others] = lanes;
  if (first === undefined) throw new Error('no lanes');
  const shape = first.type === 'f32' ? 'f32x4' : 'i32x4';
  return others.reduce((vector, value, i) => op(`${shape}.replace_lane_${i + 1}`, vector, value), op(`${shape}.splat`, first));
}

export function anyLane(mask: Expr): Expr {
  return op('v128.any_true', mask);
}

export function allLanes(mask: Expr): Expr {
  return op('i32x4.all_true', mask);
}

/** `a` where the mask is set, `b` elsewhere. */
export function blend(mask: Expr, a: Expr, b: Expr): Expr {
  return { kind: 'op', type: 'v128', op: 'v128.bitselect', args: [a, b, mask] };
}

// One row of the tables: an expression, the arguments it is tried with, and what it may give.
import { exactly, type Interval } from './interval.ts';

export type Kind = 'f32' | 'f16' | 'i32' | 'u32' | 'bool';

/** A scalar (1 x 1), a vector (1 column) or a matrix. */
export interface Shape {
  readonly kind: Kind;
  readonly cols: number;
  readonly rows: number;
}

export interface Row {
  readonly category: string;
  readonly name: string;
  readonly args: readonly Shape[];
  readonly result: Shape;
  /** The expression over the texts of its arguments. */
  readonly text: (...args: readonly string[]) => string;
  /** The scalars of all arguments, one argument after the other. */
  readonly cases: readonly (readonly number[])[];
  /** What each scalar of the result may be. */
  readonly expect: (scalars: readonly number[]) => readonly Interval[];
  /** False for cases that are no valid constant expression. */
  readonly isConstant: (scalars: readonly number[]) => boolean;
  /** False where literals without a suffix would make another type, or no valid shader. */
  readonly isAbstract?: boolean;
  /** Functions and variables that the expression names; such an expression is never constant. */
  readonly before?: string;
  /** True where invocations of one workgroup would disturb each other. */
  readonly isAlone?: boolean;
  /** The size of a buffer `cells` that `before` declares. */
  readonly cellsBytes?: number;
}

export const scalar = (kind: Kind): Shape => ({ kind, cols: 1, rows: 1 });
export const vector = (kind: Kind, rows: number): Shape => ({ kind, cols: 1, rows });
export const matrix = (kind: Kind, cols: number, rows: number): Shape => ({ kind, cols, rows });

export function countOf(shape: Shape): number {
  return shape.cols * shape.rows;
}

export function typeText(shape: Shape): string {
  if (shape.cols > 1) return `mat${shape.cols}x${shape.rows}<${shape.kind}>`;
  return shape.rows > 1 ? `vec${shape.rows}<${shape.kind}>` : shape.kind;
}

export const widths = [1, 2, 3, 4] as const;

export interface ScalarRow {
  readonly category: string;
  readonly name: string;
  readonly args: readonly Kind[];
  readonly result: Kind;
  readonly text: Row['text'];
  readonly cases: readonly (readonly number[])[];
  readonly expect: (...scalars: readonly number[]) => Interval;
  readonly isConstant?: (...scalars: readonly number[]) => boolean;
  readonly isAbstract?: boolean;
}

/** A function of scalars that also works component by component: one row a width, its cases dealt out to components. */
export function componentwise(row: ScalarRow, only: readonly number[] = widths): Row[] {
  const arity = row.args.length;
  return only.map((width) => ({
    category: row.category,
    name: row.name,
    args: row.args.map((kind) => vector(kind, width)),
    result: vector(row.result, width),
    text: row.text,
    isAbstract: row.isAbstract ?? true,
    cases: deal(row.cases, width).map((group) => row.args.flatMap((_, arg) => group.map((each) => each[arg] ?? 0))),
    expect: (scalars) => perComponent(scalars, arity, width).map((each) => row.expect(...each)),
    isConstant: (scalars) => perComponent(scalars, arity, width).every((each) => row.isConstant?.(...each) ?? true),
  }));
}

function perComponent(scalars: readonly number[], arity: number, width: number): number[][] {
  return Array.from({ length: width }, (_, i) => Array.from({ length: arity }, (__, arg) => scalars[arg * width + i] ?? 0));
}

/** Groups of `width`; the last one is filled up from the start. */
function deal<T>(items: readonly T[], width: number): T[][] {
  const groups: T[][] = [];
  for (let at = 0; at < items.length; at += width) {
    groups.push(Array.from({ length: width }, (_, i) => items[(at + i) % items.length] as T));
  }
  return groups;
}

/** An integer or bool result. */
export const integer = (value: number): Interval => exactly(value);

export function product<T>(...lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>((tuples, list) => tuples.flatMap((tuple) => list.map((item) => [...tuple, item])), [[]]);
}

// Builtins and products over whole vectors and matrices: f32 and f16.
import { Arithmetic, any, exactly, type Format, f32, type Interval } from './interval.ts';
import { countOf, matrix, type Row, type Shape, scalar, vector } from './row.ts';
import { tameFloats } from './values.ts';

const tameHalves: readonly number[] = [0.125, -0.25, 0.333251953125, 1, -1.5, 2, -3.5, 7.5];

/** Cases of so many scalars, taken round and round from a list with a stride that mixes them. */
function mixCases(values: readonly number[], scalars: number, count = 24): number[][] {
  return Array.from({ length: count }, (_, c) =>
    Array.from({ length: scalars }, (__, i) => values[(c * 7 + i * 5 + c * i * 3) % values.length] ?? 0),
  );
}

interface Builder {
  readonly format: Format;
  readonly math: Arithmetic;
  readonly values: readonly number[];
}

type Expect = (math: Arithmetic, ...args: readonly (readonly Interval[])[]) => readonly Interval[];

function row(
  { format, math, values }: Builder,
  name: string,
  args: readonly Shape[],
  result: Shape,
  expect: Expect,
  text: Row['text'] = (...texts) => `${name}(${texts.join(', ')})`,
): Row {
  const sizes = args.map(countOf);
  return {
    category: `${format.name} vectors`,
    name,
    args,
    result,
    text,
    cases: mixCases(
      values,
      sizes.reduce((sum, size) => sum + size, 0),
    ),
    expect: (scalars) => {
      let at = 0;
      const split = sizes.map((size) => {
        at += size;
        return scalars.slice(at - size, at).map(exactly);
      });
      return expect(math, ...split);
    },
    isConstant: () => true,
  };
}

const first = (list: readonly Interval[] | undefined): Interval => list?.[0] ?? any;
const zip = (a: readonly Interval[], b: readonly Interval[], apply: (x: Interval, y: Interval) => Interval): Interval[] =>
  a.map((each, i) => apply(each, b[i] ?? any));

function lengthRows(b: Builder): Row[] {
  const kind = b.format.name;
  return [1, 2, 3, 4].flatMap((n) => {
    const v = vector(kind, n);
    const difference: Expect = (m, x = [], y = []) => [m.length(zip(x, y, (p, q) => m.sub(p, q)))];
    const rows = [row(b, 'length', [v], scalar(kind), (m, x = []) => [m.length(x)]), row(b, 'distance', [v, v], scalar(kind), difference)];
    if (n === 1) return rows;
    return [
      ...rows,
      row(b, 'normalize', [v], v, (m, x = []) => x.map((each) => m.div(each, m.length(x)))),
      row(b, 'dot', [v, v], scalar(kind), (m, x = [], y = []) => [m.dot(x, y)]),
      row(b, 'reflect', [v, v], v, reflect),
      row(b, 'faceForward', [v, v, v], v, faceForward),
      row(b, 'refract', [v, v, scalar(kind)], v, refract),
      row(b, 'mix', [v, v, scalar(kind)], v, (m, x = [], y = [], t = []) =>
        zip(x, y, (p, q) => m.add(m.mul(p, m.sub(exactly(1), first(t))), m.mul(q, first(t)))),
      ),
    ];
  });
}

const reflect: Expect = (m, incident = [], normal = []) => {
  const twice = m.mul(exactly(2), m.dot(normal, incident));
  return zip(incident, normal, (x, n) => m.sub(x, m.mul(twice, n)));
};

/** The sign decides; where it is not clear, either will do. */
const faceForward: Expect = (m, normal = [], incident = [], reference = []) => {
  const along = m.dot(incident, reference);
  if (along.isAny) return normal.map(() => any);
  return normal.map((each) => {
    const turned = m.neg(each);
    if (along.high < 0) return each;
    if (along.low >= 0) return turned;
    return { low: Math.min(each.low, turned.low), high: Math.max(each.high, turned.high), isAny: false };
  });
};

const refract: Expect = (m, incident = [], normal = [], eta = []) => {
  const ratio = first(eta);
  const along = m.dot(normal, incident);
  const one = exactly(1);
  const k = m.sub(one, m.mul(m.mul(ratio, ratio), m.sub(one, m.mul(along, along))));
  if (k.isAny || (k.low < 0 && k.high >= 0)) return incident.map(() => any);
  if (k.high < 0) return incident.map(() => exactly(0));
  const bend = m.add(m.mul(ratio, along), m.sqrt(k));
  return zip(incident, normal, (x, n) => m.sub(m.mul(ratio, x), m.mul(bend, n)));
};

const cross: Expect = (m, a = [], b = []) => {
  const at = (list: readonly Interval[], i: number): Interval => list[i] ?? any;
  const component = (i: number, j: number): Interval => m.sub(m.mul(at(a, i), at(b, j)), m.mul(at(a, j), at(b, i)));
  return [component(1, 2), component(2, 0), component(0, 1)];
};

const infix =
  (operator: string): Row['text'] =>
  (a, b) =>
    `${a} ${operator} ${b}`;

const sizes = [2, 3, 4] as const;

const column = (m: readonly Interval[], c: number, rows: number): readonly Interval[] => m.slice(c * rows, (c + 1) * rows);
const line = (m: readonly Interval[], r: number, rows: number): readonly Interval[] => m.filter((_, i) => i % rows === r);
const listOf = (count: number, make: (i: number) => Interval): Interval[] => Array.from({ length: count }, (_, i) => make(i));

function matrixRows(b: Builder): Row[] {
  return sizes.flatMap((cols) => sizes.flatMap((rows) => [...entryRows(b, cols, rows), ...productRows(b, cols, rows)]));
}

/** What goes entry by entry, and what makes one number of all. */
function entryRows(b: Builder, cols: number, rows: number): Row[] {
  const kind = b.format.name;
  const mat = matrix(kind, cols, rows);
  const each = (apply: (m: Arithmetic, x: Interval, y: Interval) => Interval): Expect => {
    return (m, x = [], y = []) => x.map((p, i) => apply(m, p, y[y.length === 1 ? 0 : i] ?? any));
  };
  const turned: Expect = (_, x = []) => listOf(rows * cols, (i) => x[(i % cols) * rows + Math.floor(i / cols)] ?? any);
  const plus = each((m, x, y) => m.add(x, y));
  const minus = each((m, x, y) => m.sub(x, y));
  const times = each((m, x, y) => m.mul(x, y));
  const timesEach: Expect = (m, x = [], y = []) => y.map((p) => m.mul(first(x), p));
  return [
    row(b, 'transpose', [mat], matrix(kind, rows, cols), turned),
    row(b, 'matrix +', [mat, mat], mat, plus, infix('+')),
    row(b, 'matrix -', [mat, mat], mat, minus, infix('-')),
    row(b, 'matrix * scalar', [mat, scalar(kind)], mat, times, infix('*')),
    row(b, 'scalar * matrix', [scalar(kind), mat], mat, timesEach, infix('*')),
    ...(cols === rows ? [row(b, 'determinant', [mat], scalar(kind), (m, x = []) => [determinant(m, x, cols)])] : []),
  ];
}

function productRows(b: Builder, cols: number, rows: number): Row[] {
  const kind = b.format.name;
  const mat = matrix(kind, cols, rows);
  const byVector: Expect = (m, x = [], y = []) => listOf(rows, (r) => m.dot(line(x, r, rows), y));
  const ofVector: Expect = (m, x = [], y = []) => listOf(cols, (c) => m.dot(x, column(y, c, rows)));
  const byMatrix =
    (other: number): Expect =>
    (m, x = [], y = []) =>
      listOf(other * rows, (i) => m.dot(line(x, i % rows, rows), column(y, Math.floor(i / rows), cols)));
  return [
    row(b, 'matrix * vector', [mat, vector(kind, cols)], vector(kind, rows), byVector, infix('*')),
    row(b, 'vector * matrix', [vector(kind, rows), mat], vector(kind, cols), ofVector, infix('*')),
    ...(b.format === f32 ? sizes : [cols]).map((other) =>
      row(b, 'matrix * matrix', [mat, matrix(kind, other, cols)], matrix(kind, other, rows), byMatrix(other), infix('*')),
    ),
  ];
}

/** Along the first column; any order of adding is within what these intervals allow, up to a few units of the largest term. */
function determinant(m: Arithmetic, x: readonly Interval[], n: number): Interval {
  const exact = exactDeterminant(
    x.map((each) => each.low),
    n,
  );
  const size = permanent(
    x.map((each) => Math.abs(each.low)),
    n,
  );
  const room = size * n * n * 2 ** -(m.format.fractionBits + 1);
  return { low: exact - room, high: exact + room, isAny: size > m.format.max };
}

function minors(x: readonly number[], n: number): { readonly head: number; readonly minor: readonly number[] }[] {
  return Array.from({ length: n }, (_, row) => ({ head: x[row] ?? 0, minor: x.slice(n).filter((__, i) => i % n !== row) }));
}

function exactDeterminant(x: readonly number[], n: number): number {
  if (n === 1) return x[0] ?? 0;
  return minors(x, n).reduce((sum, { head, minor }, row) => sum + (row % 2 === 0 ? 1 : -1) * head * exactDeterminant(minor, n - 1), 0);
}

function permanent(x: readonly number[], n: number): number {
  if (n === 1) return x[0] ?? 0;
  return minors(x, n).reduce((sum, { head, minor }) => sum + head * permanent(minor, n - 1), 0);
}

export function vectorRows(format: Format): Row[] {
  const builder: Builder = { format, math: new Arithmetic(format), values: format === f32 ? tameFloats : tameHalves };
  const v3 = vector(format.name, 3);
  return [...lengthRows(builder), row(builder, 'cross', [v3, v3], v3, cross), ...matrixRows(builder)];
}

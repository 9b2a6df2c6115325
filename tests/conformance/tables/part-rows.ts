// Putting values together and taking them apart: constructors, swizzles and indices. The scalars only move, so each result is exact.
import { exactly } from './interval.ts';
import { countOf, type Kind, matrix, type Row, type Shape, scalar, typeText, vector } from './row.ts';
import { bools, fewHalves, fewInts, fewUints, tameFloats } from './values.ts';

const valuesOf: Readonly<Record<Kind, readonly number[]>> = { f32: tameFloats, f16: fewHalves, i32: fewInts, u32: fewUints, bool: bools };
const kinds: readonly Kind[] = ['f32', 'f16', 'i32', 'u32', 'bool'];
const sizes = [2, 3, 4] as const;

/** `from` names, for each scalar of the result, the scalar of the arguments it is. */
function moves(name: string, args: readonly Shape[], result: Shape, from: readonly number[], text: Row['text'], before?: string): Row {
  const values = valuesOf[args[0]?.kind ?? 'f32'];
  const total = args.reduce((sum, arg) => sum + countOf(arg), 0);
  return {
    category: 'parts',
    name,
    args,
    result,
    text,
    ...(before === undefined ? {} : { before }),
    cases: Array.from({ length: 6 }, (_, c) => Array.from({ length: total }, (__, i) => values[(c * 3 + i) % values.length] ?? 0)),
    expect: (scalars) => from.map((at) => exactly(scalars[at] ?? 0)),
    isConstant: () => true,
    // Unsigned parts without a suffix are i32's where nothing else asks.
    isAbstract: false,
  };
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** All ways to write n as a sum of two or more parts. */
function splits(n: number): number[][] {
  const rest = (left: number): number[][] =>
    left === 0 ? [[]] : upTo(left).flatMap((i) => rest(left - i - 1).map((more) => [i + 1, ...more]));
  return rest(n).filter((parts) => parts.length > 1);
}

function vectorConstructors(kind: Kind): Row[] {
  return sizes.flatMap((n) => [
    ...splits(n).flatMap((parts) =>
      [typeText(vector(kind, n)), `vec${n}`].map((name) =>
        moves(
          'vector of parts',
          parts.map((each) => vector(kind, each)),
          vector(kind, n),
          upTo(n),
          (...args) => `${name}(${args.join(', ')})`,
        ),
      ),
    ),
    moves('vector of one', [scalar(kind)], vector(kind, n), new Array(n).fill(0), (x) => `vec${n}(${x})`),
  ]);
}

function swizzles(kind: Kind): Row[] {
  const patterns = ['x', 'w', 'yx', 'zz', 'wx', 'xyz', 'zyx', 'bgr', 'wzyx', 'rrgg', 'yyyy', 'xyzw'];
  return patterns.map((pattern) => {
    const from = [...pattern].map((letter) => ('xyzw'.includes(letter) ? 'xyzw' : 'rgba').indexOf(letter));
    return moves('swizzle', [vector(kind, 4)], vector(kind, pattern.length), from, (v) => `${v}.${pattern}`);
  });
}

/** By a constant, and by a variable in a value, in a variable and behind a pointer. */
function indices(kind: Kind): Row[] {
  return sizes.flatMap((n) =>
    [0, n - 1].flatMap((i) => {
      const [v, one] = [vector(kind, n), scalar(kind)];
      const type = typeText(v);
      const by = (text: string): string => `var<private> at: i32 = ${i};
fn pick(p: ptr<function, ${type}>, k: i32) -> ${kind} { return (*p)[k]; }
fn read(v: ${type}) -> ${kind} { var copy = v; ${text} }`;
      return [
        moves('index', [v], one, [i], (x) => `${x}[${i}]`),
        moves('index', [v], one, [i], (x) => `read(${x})`, by('return v[at];')),
        moves('index', [v], one, [i], (x) => `read(${x})`, by('return copy[at];')),
        moves('index', [v], one, [i], (x) => `read(${x})`, by('return pick(&copy, at);')),
        moves('index', [v], one, [i], (x) => `read(${x})`, by('let old = copy[at]; copy[at] = copy[0]; copy[at] = old; return copy[at];')),
      ];
    }),
  );
}

function matrices(kind: 'f32' | 'f16'): Row[] {
  const other = kind === 'f32' ? 'f16' : 'f32';
  return sizes.flatMap((cols) =>
    sizes.flatMap((rows): Row[] => {
      const whole = matrix(kind, cols, rows);
      const count = cols * rows;
      const name = typeText(whole);
      const [c, r] = [cols - 1, rows - 1];
      const before = `var<private> at: i32 = ${c}; var<private> row: u32 = ${r}u;
fn read(m: ${name}) -> ${kind} { var copy = m; copy[at][row] = m[at][row]; return copy[at][row]; }`;
      const tamed = (row: Row): Row => ({ ...row, cases: row.cases.map((each) => each.map((x) => Math.round(x * 4) / 4)) });
      return [
        moves(
          'matrix of scalars',
          new Array<Shape>(count).fill(scalar(kind)),
          whole,
          upTo(count),
          (...args) => `${name}(${args.join(', ')})`,
        ),
        moves(
          'matrix of columns',
          new Array<Shape>(cols).fill(vector(kind, rows)),
          whole,
          upTo(count),
          (...args) => `mat${cols}x${rows}(${args.join(', ')})`,
        ),
        moves('matrix of matrix', [whole], whole, upTo(count), (m) => `${name}(${m})`),
        tamed(
          moves('matrix to other', [whole], matrix(other, cols, rows), upTo(count), (m) => `${typeText(matrix(other, cols, rows))}(${m})`),
        ),
        moves(
          'column',
          [whole],
          vector(kind, rows),
          upTo(rows).map((i) => c * rows + i),
          (m) => `${m}[${c}]`,
        ),
        moves('entry', [whole], scalar(kind), [c * rows + r], (m) => `${m}[${c}].${'xyzw'[r]}`),
        moves('entry', [whole], scalar(kind), [c * rows + r], (m) => `read(${m})`, before),
      ];
    }),
  );
}

export function partRows(): Row[] {
  return [
    ...kinds.flatMap((kind) => [...vectorConstructors(kind), ...swizzles(kind)]),
    ...(['f32', 'f16', 'bool'] as const).flatMap(indices),
    ...matrices('f32'),
    ...matrices('f16'),
  ];
}

// Operators, component by component and between a vector and a scalar.
import { Arithmetic, any, exactly, type Format, f32, type Interval, nearest, ulps } from './interval.ts';
import { componentwise, integer, type Kind, product, type Row, type ScalarRow, scalar, typeText, vector } from './row.ts';
import { bools, someFloats, someHalves, someInts, someUints } from './values.ts';

type IntKind = 'i32' | 'u32';

function infixText(operator: string): Row['text'] {
  return (a, b) => `(${a} ${operator} ${b})`;
}

/** The operator over two values of a kind, in all widths, and for arithmetic also between a vector and a scalar. */
function infix(
  category: string,
  operator: string,
  kind: Kind,
  result: Kind,
  cases: readonly (readonly number[])[],
  expect: (a: number, b: number) => Interval,
  more: { readonly mixes?: boolean; readonly isConstant?: (a: number, b: number) => boolean } = {},
): Row[] {
  const isConstant = more.isConstant ?? (() => true);
  const row: ScalarRow = { category, name: operator, args: [kind, kind], result, text: infixText(operator), cases, expect, isConstant };
  return [
    ...componentwise(row),
    ...(more.mixes === true ? mixed(row) : []),
    ...(isComparison(operator) || result !== kind ? [] : compound(row)),
  ];
}

const isComparison = (operator: string): boolean => comparisons.some(([each]) => each === operator);

/** `a += b` leaves what `a + b` gives: in an element, by a pointer. */
function compound(row: ScalarRow): Row[] {
  return componentwise(row, [1, 3]).map((each) => {
    const type = typeText(each.result);
    const before = `fn changed(x: ptr<function, ${type}>, y: ${typeText(each.args[1] ?? each.result)}) { *x ${row.name}= y; }
fn compound(a: ${type}, b: ${typeText(each.args[1] ?? each.result)}) -> ${type} { var both = array<${type}, 2>(a, a); changed(&both[1], b); return both[1]; }`;
    return { ...each, name: `${row.name}=`, text: (a, b) => `compound(${a}, ${b})`, before };
  });
}

function mixed(row: ScalarRow): Row[] {
  const [kind = 'f32'] = row.args;
  return [2, 3, 4].flatMap((width): Row[] => {
    const pairs = row.cases.map(([a = 0, b = 0]) => ({ a, b }));
    const spread = (one: number): number[] => new Array<number>(width).fill(one);
    const make = (isLeft: boolean): Row => ({
      category: row.category,
      name: row.name,
      args: isLeft ? [vector(kind, width), scalar(kind)] : [scalar(kind), vector(kind, width)],
      result: vector(row.result, width),
      text: row.text,
      cases: pairs.map(({ a, b }) => (isLeft ? [...spread(a), b] : [a, ...spread(b)])),
      expect: (s) => spread(0).map((_, i) => (isLeft ? row.expect(s[i] ?? 0, s[width] ?? 0) : row.expect(s[0] ?? 0, s[1 + i] ?? 0))),
      isConstant: (s) => row.isConstant?.(s[0] ?? 0, s[isLeft ? width : 1] ?? 0) ?? true,
    });
    return [make(true), make(false)];
  });
}

const comparisons: readonly [operator: string, truth: (a: number, b: number) => boolean][] = [
  ['==', (a, b) => a === b],
  ['!=', (a, b) => a !== b],
  ['<', (a, b) => a < b],
  ['<=', (a, b) => a <= b],
  ['>', (a, b) => a > b],
  ['>=', (a, b) => a >= b],
];

export function floatOperatorRows(format: Format): Row[] {
  const kind = format.name;
  const category = `${kind} operator`;
  const values = format === f32 ? someFloats : someHalves;
  const pairs = product(values, values);
  const math = new Arithmetic(format);
  const stays =
    (apply: (a: number, b: number) => number) =>
    (a: number, b: number): boolean =>
      Number.isFinite(format.round(apply(a, b)));
  const arithmetic = (operator: string, apply: (a: number, b: number) => number): Row[] =>
    infix(category, operator, kind, kind, pairs, (a, b) => nearest(format, apply(a, b)), { mixes: true, isConstant: stays(apply) });
  const divide = (a: number, b: number): Interval => {
    if (b === 0) return any;
    const isNormal = Math.abs(b) >= format.minNormal && Math.abs(b) <= format.max / 2;
    return isNormal ? ulps(format, a / b, 2.5) : any;
  };
  const remainder = (a: number, b: number): Interval => {
    const ratio = math.div(exactly(a), exactly(b));
    if (ratio.isAny || Math.trunc(ratio.low) !== Math.trunc(ratio.high)) return any;
    return math.sub(exactly(a), math.mul(exactly(b), exactly(Math.trunc(ratio.low))));
  };
  const negation = componentwise({
    category,
    name: '-x',
    args: [kind],
    result: kind,
    text: (x) => `-${x}`,
    cases: values.map((x) => [x]),
    expect: (x) => exactly(-x),
  });
  return [
    ...arithmetic('+', (a, b) => a + b),
    ...arithmetic('-', (a, b) => a - b),
    ...arithmetic('*', (a, b) => a * b),
    ...infix(category, '/', kind, kind, pairs, divide, {
      mixes: true,
      isConstant: (a, b) => b !== 0 && Number.isFinite(format.round(a / b)),
    }),
    ...infix(category, '%', kind, kind, pairs, remainder, {
      mixes: true,
      isConstant: (a, b) => b !== 0 && Number.isFinite(format.round(a / b)),
    }),
    ...comparisons.flatMap(([operator, truth]) => infix(category, operator, kind, 'bool', pairs, (a, b) => integer(Number(truth(a, b))))),
    ...negation,
  ];
}

const wrap = (kind: IntKind, value: bigint): number => Number(kind === 'i32' ? BigInt.asIntN(32, value) : BigInt.asUintN(32, value));

/** x / 0 is x, x % 0 is 0; the least i32 by -1 wraps to itself and leaves 0. */
function divided(a: bigint, b: bigint): bigint {
  return b === 0n ? a : a / b;
}

export function integerOperatorRows(): Row[] {
  return (['i32', 'u32'] as const).flatMap((kind) => {
    const values = kind === 'i32' ? someInts : someUints;
    const pairs = product(values, values);
    const category = 'integer operator';
    const arithmetic = (operator: string, apply: (a: bigint, b: bigint) => bigint, isBitwise = false): Row[] =>
      infix(category, operator, kind, kind, pairs, (a, b) => integer(wrap(kind, apply(BigInt(a), BigInt(b)))), {
        mixes: !isBitwise,
        isConstant: (a, b) => {
          const exact = apply(BigInt(a), BigInt(b));
          const isDivision = operator === '/' || operator === '%';
          return !(isDivision && (b === 0 || (a === -2147483648 && b === -1))) && exact === BigInt(wrap(kind, exact));
        },
      });
    return [
      ...arithmetic('+', (a, b) => a + b),
      ...arithmetic('-', (a, b) => a - b),
      ...arithmetic('*', (a, b) => a * b),
      ...arithmetic('/', divided),
      ...arithmetic('%', (a, b) => (b === 0n ? 0n : a % b)),
      ...arithmetic('&', (a, b) => a & b, true),
      ...arithmetic('|', (a, b) => a | b, true),
      ...arithmetic('^', (a, b) => a ^ b, true),
      ...comparisons.flatMap(([operator, truth]) => infix(category, operator, kind, 'bool', pairs, (a, b) => integer(Number(truth(a, b))))),
      ...shiftRows(kind, values),
      ...unaryRows(kind, values),
    ];
  });
}

function shiftRows(kind: IntKind, values: readonly number[]): Row[] {
  const counts = [0, 1, 2, 7, 15, 16, 30, 31, 32, 33, 63, 4294967295];
  const shift = (operator: string, apply: (a: number, by: number) => number, isConstant: (a: number, by: number) => boolean): Row[] =>
    componentwise({
      category: 'integer operator',
      name: operator,
      args: [kind, 'u32'],
      result: kind,
      text: infixText(operator),
      cases: product(values, counts),
      expect: (a, by) => integer(kind === 'i32' ? apply(a, by & 31) | 0 : apply(a, by & 31) >>> 0),
      isConstant: (a, by) => by < 32 && isConstant(a, by),
    });
  const keepsBits = (a: number, by: number): boolean => {
    const exact = BigInt(a) << BigInt(by);
    return exact === BigInt(wrap(kind, exact));
  };
  return [
    ...shift('<<', (a, by) => a << by, keepsBits),
    ...shift(
      '>>',
      (a, by) => (kind === 'i32' ? a >> by : a >>> by),
      () => true,
    ),
  ];
}

function unaryRows(kind: IntKind, values: readonly number[]): Row[] {
  const row = (operator: string, truth: (x: number) => number): Row[] =>
    componentwise({
      category: 'integer operator',
      name: `${operator}x`,
      args: [kind],
      result: kind,
      text: (x) => `${operator}${x}`,
      cases: values.map((x) => [x]),
      expect: (x) => integer(wrap(kind, BigInt(truth(x)))),
      isConstant: (x) => x !== -2147483648,
      isAbstract: kind === 'i32',
    });
  return [...row('~', (x) => ~x), ...(kind === 'i32' ? row('-', (x) => -x) : [])];
}

export function logicalRows(): Row[] {
  const pairs = product(bools, bools);
  const table: readonly [operator: string, truth: (a: number, b: number) => number][] = [
    ['&', (a, b) => a & b],
    ['|', (a, b) => a | b],
    ['==', (a, b) => Number(a === b)],
    ['!=', (a, b) => a ^ b],
  ];
  const short: typeof table = [
    ['&&', (a, b) => a & b],
    ['||', (a, b) => a | b],
  ];
  const row = (operator: string, truth: (a: number, b: number) => number, only?: readonly number[]): Row[] =>
    componentwise(
      {
        category: 'logical operator',
        name: operator,
        args: ['bool', 'bool'],
        result: 'bool',
        text: infixText(operator),
        cases: pairs,
        expect: (a, b) => integer(truth(a, b)),
      },
      only,
    );
  const negation = componentwise({
    category: 'logical operator',
    name: '!x',
    args: ['bool'],
    result: 'bool',
    text: (x) => `!${x}`,
    cases: bools.map((x) => [x]),
    expect: (x) => integer(1 - x),
  });
  return [
    ...table.flatMap(([operator, truth]) => row(operator, truth)),
    ...short.flatMap(([operator, truth]) => row(operator, truth, [1])),
    ...negation,
  ];
}

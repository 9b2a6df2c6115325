/**
 * Makes float expressions. What two implementations must agree on uses only operations that are exact or correctly rounded everywhere; what is merely
 * near goes to `approx` (see makeApproximate) and never decides anything. Wild shaders, which are compared among our own builds only, use everything.
 */
import { atRuntime, makeExpression, makeLiteral } from './make-expression.ts';
import type { Scene } from './scene.ts';
import { f32, keyOf, type ShaderType, scalarOf, scalarType, vectorType, withScalar } from './shader-type.ts';
import { type Expr, makeExpr, text } from './tree.ts';

type Maker = (scene: Scene, type: ShaderType, depth: number) => Expr;

/** Above this power of ten a product could leave f32. */
const maxMagnitude = 28;

const sub: Maker = (scene, type, depth) => makeExpression(scene, type, depth - 1);

const arithmetic: Maker = (scene, type, depth) => {
  const { random } = scene;
  const left = atRuntime(scene, sub(scene, type, depth));
  const right = sub(scene, type.kind === 'vector' && random.isTrue(0.25) ? scalarType(type.scalar) : type, depth);
  const operator = random.pick(['+', '-', '*']);
  if (operator === '*' && (scene.isWild || left.magnitude + right.magnitude <= maxMagnitude)) {
    return makeExpr(type, text`(${left} * ${right})`, { magnitude: Math.max(7, left.magnitude + right.magnitude) });
  }
  return makeExpr(type, text`(${left} ${operator === '*' ? '+' : operator} ${right})`, {
    magnitude: Math.max(left.magnitude, right.magnitude, 6) + 1,
  });
};

const unary: Maker = (scene, type, depth) => {
  const inner = atRuntime(scene, sub(scene, type, depth));
  const name = scene.random.pick(['-', 'abs', 'floor', 'ceil', 'trunc', 'round', 'sign', 'saturate']);
  return makeExpr(type, text`${name}(${inner})`, { magnitude: Math.max(7, inner.magnitude) });
};

const extremes: Maker = (scene, type, depth) => {
  const left = atRuntime(scene, sub(scene, type, depth));
  if (scene.random.isTrue(0.3)) {
    const low = scene.random.below(50) - 60;
    const [from, to] = [low, low + 1 + scene.random.below(80)].map((bound) => `${keyOf(type)}(${bound}.0)`);
    return makeExpr(type, text`clamp(${left}, ${from ?? ''}, ${to ?? ''})`, { magnitude: 7 });
  }
  const right = sub(scene, type, depth);
  const name = scene.random.pick(['min', 'max', 'step']);
  return makeExpr(type, text`${name}(${left}, ${right})`, { magnitude: Math.max(7, left.magnitude, right.magnitude) });
};

const conversion: Maker = (scene, type, depth) => {
  if (scene.hasHalf && scene.random.isTrue(0.5)) {
    const other = withScalar(type, isHalf(type) ? 'f32' : 'f16');
    return makeExpr(type, text`${keyOf(type)}(${atRuntime(scene, sub(scene, other, depth))})`);
  }
  const from = scene.random.pick(['u32', 'i32', 'bool'] as const);
  const inner = atRuntime(scene, sub(scene, withScalar(type, from), depth));
  if (from === 'bool') return makeExpr(type, text`${keyOf(type)}(${inner})`, { magnitude: 1 });
  if (scene.isWild && !isHalf(type) && scene.random.isTrue(0.3)) return makeExpr(type, text`bitcast<${keyOf(type)}>(${inner})`);
  if (scene.isWild && scene.random.isTrue(0.5)) return makeExpr(type, text`${keyOf(type)}(${inner})`);
  const mask = from === 'u32' ? '4095u' : '4095i';
  return makeExpr(type, text`${keyOf(type)}(${inner} & ${type.kind === 'vector' ? `vec${type.n}<${from}>(${mask})` : mask})`, {
    magnitude: 4,
  });
};

const scaled: Maker = (scene, type, depth) => {
  const inner = sub(scene, type, depth);
  if (inner.isConst || inner.magnitude > 20) return makeLiteral(scene, type);
  const power = scene.random.below(7) - 3;
  const amount = type.kind === 'vector' ? `vec${type.n}<i32>(${power})` : String(power);
  return makeExpr(type, text`ldexp(${inner}, ${amount})`, { magnitude: Math.max(7, inner.magnitude + 1) });
};

const wildNames = [
  ...[
    'sqrt',
    'inverseSqrt',
    'exp',
    'exp2',
    'log',
    'log2',
    'sin',
    'cos',
    'tan',
    'atan',
    'asin',
    'acos',
    'sinh',
    'cosh',
    'tanh',
    'asinh',
    'acosh',
  ],
  ...['atanh', 'fract', 'degrees', 'radians', 'quantizeToF16'],
];

const wild: Maker = (scene, type, depth) => {
  const { random } = scene;
  const [a, b, c] = [atRuntime(scene, sub(scene, type, depth)), sub(scene, type, depth), sub(scene, type, depth)];
  switch (random.below(type.kind === 'vector' ? 6 : 7)) {
    case 0:
      return makeExpr(type, text`(${a} ${random.pick(['/', '%'])} ${atRuntime(scene, b)})`);
    case 1:
      return makeExpr(type, text`fma(${a}, ${b}, ${c})`);
    case 2:
      return makeExpr(type, text`mix(${a}, ${b}, ${c})`);
    case 3:
      return makeExpr(type, text`${random.pick(['pow', 'atan2'])}(${a}, ${atRuntime(scene, b)})`);
    case 4:
      return makeExpr(type, text`clamp(${a}, ${atRuntime(scene, b)}, ${atRuntime(scene, c)})`);
    case 5:
      return makeExpr(type, text`${random.pick(isHalf(type) ? wildNames.filter((name) => name !== 'quantizeToF16') : wildNames)}(${a})`);
    default: {
      const wide = vectorType(random.pick([2, 3, 4] as const), isHalf(type) ? 'f16' : 'f32');
      const [x, y] = [makeExpression(scene, wide, depth - 2), makeExpression(scene, wide, depth - 2)];
      return makeExpr(type, text`${random.pick(['dot', 'distance'])}(${atRuntime(scene, x)}, ${y})`);
    }
  }
};

function isHalf(type: ShaderType): boolean {
  return scalarOf(type) === 'f16';
}

const exact: readonly Maker[] = [
  arithmetic,
  arithmetic,
  arithmetic,
  arithmetic,
  unary,
  unary,
  extremes,
  extremes,
  conversion,
  conversion,
  scaled,
];

export function makeFloat(scene: Scene, type: ShaderType, depth: number): Expr {
  if (scene.isWild && scene.random.isTrue(0.25)) return wild(scene, type, depth);
  return scene.random.pick(exact)(scene, type, depth);
}

/** Builtins of one float, each with the range in which WGSL bounds its error well. */
const bounded: readonly (readonly [name: string, low: number, high: number])[] = [
  ['sin', -3, 3],
  ['cos', -3, 3],
  ['tan', -1.25, 1.25],
  ['atan', -8, 8],
  ['asin', -0.9, 0.9],
  ['acos', -0.9, 0.9],
  ['sinh', -3, 3],
  ['cosh', -3, 3],
  ['tanh', -3, 3],
  ['asinh', -8, 8],
  ['acosh', 1.5, 9],
  ['atanh', -0.9, 0.9],
  ['exp', -5, 5],
  ['exp2', -6, 6],
  ['log', 2.5, 900],
  ['log2', 2.5, 900],
  ['sqrt', 0, 900],
  ['inverseSqrt', 0.25, 900],
  ['degrees', -9, 9],
  ['radians', -900, 900],
];

/** A number that two implementations need only agree on nearly. */
export function makeApproximate(scene: Scene, depth: number): Expr {
  const { random } = scene;
  const within = (type: ShaderType, low: number, high: number): Expr => {
    const bound = (value: number): string => `${keyOf(type)}(${Number.isInteger(value) ? `${value}.0` : value})`;
    return makeExpr(type, text`clamp(${makeExpression(scene, type, depth - 1)}, ${bound(low)}, ${bound(high)})`);
  };
  const wide = vectorType(random.pick([2, 3, 4] as const), 'f32');
  switch (random.below(8)) {
    case 0:
      return makeExpr(f32, text`dot(${within(wide, -9, 9)}, ${within(wide, -9, 9)})`);
    case 1:
      return makeExpr(f32, text`(${within(f32, -90, 90)} / ${within(f32, 1, 90)})`);
    case 2:
      return makeExpr(f32, text`mix(${within(f32, -9, 9)}, ${within(f32, -9, 9)}, ${within(f32, 0, 1)})`);
    case 3:
      return makeExpr(f32, text`pow(${within(f32, 0.5, 4)}, ${within(f32, -3, 3)})`);
    case 4:
      return makeExpr(f32, text`length(${within(wide, -9, 9)})`);
    case 5:
      return makeExpr(f32, text`fma(${within(f32, -9, 9)}, ${within(f32, -9, 9)}, ${within(f32, -9, 9)})`);
    default: {
      const [name, low, high] = random.pick(bounded);
      return makeExpr(f32, text`${name}(${within(f32, low, high)})`);
    }
  }
}

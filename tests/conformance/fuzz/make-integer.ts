/** Makes integer expressions, scalar or vector: operators with every defined corner, builtins, conversions. */
import { atRuntime, makeExpression, makeLiteral } from './make-expression.ts';
import type { Scene } from './scene.ts';
import { bool, keyOf, type ShaderType, scalarType, u32, vectorType, withScalar } from './shader-type.ts';
import { type Expr, makeExpr, text } from './tree.ts';

type Maker = (scene: Scene, type: ShaderType, depth: number) => Expr;

const sub: Maker = (scene, type, depth) => makeExpression(scene, type, depth - 1);

const arithmetic: Maker = (scene, type, depth) => {
  const { random } = scene;
  const scalar = scalarType(isSigned(type) ? 'i32' : 'u32');
  const isMixed = type.kind === 'vector' && random.isTrue(0.25);
  const left = atRuntime(scene, sub(scene, type, depth));
  const operator = random.pick(['+', '+', '-', '*', '*', '/', '%']);
  const other = isMixed ? scalar : type;
  const right = operator === '/' || operator === '%' ? makeDivisor(scene, other, depth) : sub(scene, other, depth);
  if (isMixed && random.isTrue(0.4) && operator !== '/' && operator !== '%') return makeExpr(type, text`(${right} ${operator} ${left})`);
  return makeExpr(type, text`(${left} ${operator} ${right})`);
};

function makeDivisor(scene: Scene, type: ShaderType, depth: number): Expr {
  if (scene.random.isTrue(0.3)) {
    const scalar = isSigned(type) ? 'i32' : 'u32';
    const value = scene.random.pick([1, 2, 3, 4, 5, 7, 8, 10, 16, 100, 255, 641, 65536]);
    const literal = scalar === 'i32' ? (scene.random.isTrue(0.3) ? `(-${value}i)` : `${value}i`) : `${value}u`;
    return makeExpr(type, [type.kind === 'vector' ? `${keyOf(type)}(${literal})` : literal], { isConst: true });
  }
  return atRuntime(scene, sub(scene, type, depth));
}

const bitwise: Maker = (scene, type, depth) => {
  const operator = scene.random.pick(['&', '|', '^']);
  return makeExpr(type, text`(${atRuntime(scene, sub(scene, type, depth))} ${operator} ${sub(scene, type, depth)})`);
};

const shift: Maker = (scene, type, depth) => {
  const amounts = withScalar(type, 'u32');
  const literal = `${scene.random.below(32)}u`;
  const amount = scene.random.isTrue(0.4)
    ? makeExpr(amounts, [type.kind === 'vector' ? `${keyOf(amounts)}(${literal})` : literal], { isConst: true })
    : atRuntime(scene, sub(scene, amounts, depth));
  return makeExpr(type, text`(${atRuntime(scene, sub(scene, type, depth))} ${scene.random.pick(['<<', '>>'])} ${amount})`);
};

const rotate: Maker = (scene, type, depth) => {
  const amount = 1 + scene.random.below(31);
  const inner = atRuntime(scene, makeExpression(scene, withScalar(type, 'u32'), 0));
  const wide = (count: number): string => (type.kind === 'vector' ? `vec${type.n}<u32>(${count}u)` : `${count}u`);
  const rotated = makeExpr(withScalar(type, 'u32'), text`((${inner} << ${wide(amount)}) | (${inner} >> ${wide(32 - amount)}))`);
  return isSigned(type) ? makeExpr(type, text`bitcast<${keyOf(type)}>(${rotated})`) : depth < 0 ? inner : rotated;
};

const unary: Maker = (scene, type, depth) =>
  makeExpr(type, text`(${isSigned(type) ? scene.random.pick(['~', '-']) : '~'}${atRuntime(scene, sub(scene, type, depth))})`);

const oneArgument: Maker = (scene, type, depth) => {
  const names = ['abs', 'countLeadingZeros', 'countOneBits', 'countTrailingZeros', 'firstLeadingBit', 'firstTrailingBit', 'reverseBits'];
  const name = scene.random.pick(isSigned(type) ? [...names, 'sign'] : names);
  return makeExpr(type, text`${name}(${atRuntime(scene, sub(scene, type, depth))})`);
};

const extremes: Maker = (scene, type, depth) => {
  if (scene.random.isTrue(0.3)) {
    const [value, low, high] = [
      sub(scene, type, depth),
      atRuntime(scene, sub(scene, type, depth)),
      atRuntime(scene, sub(scene, type, depth)),
    ];
    // Where low exceeds high, WGSL says which of the two forms holds; implementations differ all the same.
    if (scene.isWild) return makeExpr(type, text`clamp(${value}, ${low}, ${high})`);
    return makeExpr(type, text`clamp(${value}, min(${low}, ${high}), max(${low}, ${high}))`);
  }
  return makeExpr(
    type,
    text`${scene.random.pick(['min', 'max'])}(${atRuntime(scene, sub(scene, type, depth))}, ${sub(scene, type, depth)})`,
  );
};

const bitFields: Maker = (scene, type, depth) => {
  const count = (): Expr =>
    scene.random.isTrue(0.5) ? makeExpr(u32, [`${scene.random.below(17)}u`], { isConst: true }) : atRuntime(scene, sub(scene, u32, depth));
  const value = atRuntime(scene, sub(scene, type, depth));
  if (scene.random.isTrue(0.5)) return makeExpr(type, text`extractBits(${value}, ${count()}, ${count()})`);
  return makeExpr(type, text`insertBits(${value}, ${sub(scene, type, depth)}, ${count()}, ${count()})`);
};

const conversion: Maker = (scene, type, depth) => {
  const { random } = scene;
  const from = random.pick(['u32', 'i32', scene.hasHalf ? 'f16' : 'f32', 'bool'] as const);
  const inner = atRuntime(scene, sub(scene, withScalar(type, from), depth));
  const own = isSigned(type) ? 'i32' : 'u32';
  if (from === own) return inner;
  if (from === 'f32') {
    if (scene.isWild && random.isTrue(0.4)) return makeExpr(type, text`bitcast<${keyOf(type)}>(${inner})`);
    if (!scene.isWild && inner.magnitude > 9)
      return makeExpr(type, text`${keyOf(type)}(${makeLiteral(scene, withScalar(type, 'u32'))})`, { isConst: true });
  }
  if ((from === 'i32' || from === 'u32') && random.isTrue(0.5)) return makeExpr(type, text`bitcast<${keyOf(type)}>(${inner})`);
  return makeExpr(type, text`${keyOf(type)}(${inner})`);
};

const dotProduct: Maker = (scene, type, depth) => {
  const wide = vectorType(scene.random.pick([2, 3, 4] as const), isSigned(type) ? 'i32' : 'u32');
  return makeExpr(type, text`dot(${atRuntime(scene, sub(scene, wide, depth))}, ${sub(scene, wide, depth)})`);
};

const packed: Maker = (scene, type, depth) => {
  const { random } = scene;
  const words = (): Expr => atRuntime(scene, sub(scene, u32, depth));
  if (isSigned(type)) return makeExpr(type, text`dot4I8Packed(${words()}, ${words()})`);
  if (random.isTrue(0.3)) return makeExpr(type, text`dot4U8Packed(${words()}, ${words()})`);
  const name = random.pick(['pack4xI8', 'pack4xU8', 'pack4xI8Clamp', 'pack4xU8Clamp']);
  return makeExpr(type, text`${name}(${atRuntime(scene, sub(scene, vectorType(4, name.includes('I8') ? 'i32' : 'u32'), depth))})`);
};

const unpacked: Maker = (scene, type, depth) =>
  makeExpr(type, text`${isSigned(type) ? 'unpack4xI8' : 'unpack4xU8'}(${atRuntime(scene, sub(scene, u32, depth))})`);

const carry: Maker = (scene, type, depth) => {
  const value = atRuntime(scene, sub(scene, withScalar(type, 'f32'), depth));
  const small = value.magnitude > 6 ? makeExpr(value.type, text<Expr>`floor(${keyOf(value.type)}(1.5))`) : value;
  if (isSigned(type) && scene.random.isTrue(0.5)) return makeExpr(type, text`${keyOf(type)}(frexp(${small}).fract * 64.0)`);
  return makeExpr(type, text`${keyOf(type)}(modf(abs(${small})).whole)`);
};

const choice: Maker = (scene, type, depth) => {
  const condition = sub(scene, bool, depth);
  return makeExpr(type, text`select(${atRuntime(scene, sub(scene, type, depth))}, ${sub(scene, type, depth)}, ${condition})`);
};

const length: Maker = (scene, type) =>
  scene.random.isTrue(0.5) ? makeExpr(type, ['arrayLength(&data)']) : makeExpr(type, [`(arrayLength(&fdata) - ${scene.random.below(9)}u)`]);

function isSigned(type: ShaderType): boolean {
  return (type.kind === 'scalar' ? type.name : type.kind === 'vector' ? type.scalar : '') === 'i32';
}

const anyShape: readonly Maker[] = [
  ...[arithmetic, arithmetic, arithmetic, arithmetic, bitwise, bitwise, shift, shift, rotate, unary, oneArgument, oneArgument],
  ...[extremes, bitFields, conversion, conversion, choice, carry],
];
const scalarOnly: readonly Maker[] = [dotProduct, packed];

export function makeInteger(scene: Scene, type: ShaderType, depth: number): Expr {
  const isByteVector = type.kind === 'vector' && type.n === 4;
  const own = type.kind === 'scalar' ? [...scalarOnly, ...(isSigned(type) ? [] : [length])] : isByteVector ? [unpacked] : [];
  return scene.random.pick([...anyShape, ...own])(scene, type, depth);
}

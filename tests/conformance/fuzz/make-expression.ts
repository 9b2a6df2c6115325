/** Makes an expression of a wanted type: constants, variables and ways into them, loads, operators, builtins, calls. */
import { makeBool } from './make-bool.ts';
import { makeFloat } from './make-float.ts';
import { makeInteger } from './make-integer.ts';
import { type FunctionShape, makeDataIndex, maxCost, pickVariable, reachInto, type Scene, type Variable } from './scene.ts';
import { canReach, f32, i32, keyOf, type ShaderType, scalarType, u32, vectorType } from './shader-type.ts';
import { type Expr, makeExpr, text } from './tree.ts';

export function makeExpression(scene: Scene, type: ShaderType, depth: number): Expr {
  const { random } = scene;
  if (depth > 0 && random.isTrue(0.08)) {
    const call = makeCall(scene, type, depth);
    if (call !== null) return call;
  }
  if (depth <= 0 || random.isTrue(0.25)) return makeLeaf(scene, type, depth);
  switch (type.kind) {
    case 'scalar':
    case 'vector':
      return makePlain(scene, type, depth);
    case 'matrix':
      return makeMatrix(scene, type, depth);
    case 'array':
    case 'struct':
      return random.isTrue(0.5) ? makeLeaf(scene, type, depth) : makeComposite(scene, type, depth);
  }
}

function makePlain(scene: Scene, type: ShaderType & { kind: 'scalar' | 'vector' }, depth: number): Expr {
  const { random } = scene;
  const name = type.kind === 'scalar' ? type.name : type.scalar;
  if (type.kind === 'vector' && random.isTrue(0.3)) return makeVector(scene, type, depth);
  if (random.isTrue(0.12)) {
    const isWide = type.kind === 'vector' && random.isTrue(0.5);
    const condition = makeExpression(scene, isWide ? vectorType(type.n, 'bool') : scalarType('bool'), depth - 1);
    const [no, yes] = [makeExpression(scene, type, depth - 1), makeExpression(scene, type, depth - 1)];
    const isConst = no.isConst && yes.isConst && condition.isConst;
    return makeExpr(type, text`select(${no}, ${yes}, ${condition})`, { isConst, magnitude: Math.max(no.magnitude, yes.magnitude) });
  }
  if (name === 'bool') return makeBool(scene, type, depth);
  return name === 'f32' || name === 'f16' ? makeFloat(scene, type, depth) : makeInteger(scene, type, depth);
}

/** Something that stands for itself: never a const-expression, so that it may meet any operator. */
export function makeRuntime(scene: Scene, type: ShaderType): Expr {
  const variable = pickVariable(scene, (each) => !each.isConst && keyOf(each.type) === keyOf(type));
  if (variable !== null) return makeExpr(type, [variable.text]);
  switch (type.kind) {
    case 'scalar':
      return makeRuntimeScalar(scene, type);
    case 'vector':
      return makeExpr(type, text`${keyOf(type)}(${makeRuntime(scene, scalarType(type.scalar))})`);
    default:
      return makeComposite(scene, type, 0);
  }
}

function makeRuntimeScalar(scene: Scene, type: ShaderType & { kind: 'scalar' }): Expr {
  const { random } = scene;
  if (type.name === 'bool') {
    const limit = `${random.below(40)}u`;
    return makeExpr(
      type,
      random.isTrue(0.3) ? [`(params.u > ${limit})`] : text`(${makeRuntime(scene, u32)} ${random.pick(['<', '>', '!='])} ${limit})`,
    );
  }
  if (type.name === 'f16') return makeExpr(type, text`f16(${makeRuntime(scene, f32)})`);
  const variable = random.isTrue(0.5) ? pickVariable(scene, (each) => !each.isConst && canReach(each.type, type)) : null;
  const way =
    variable === null
      ? null
      : reachInto(scene, [variable.text], variable.type, type, (count) => makeExpr(u32, [`${random.below(count)}u`]));
  if (way !== null) return makeExpr(type, way.pieces);
  return random.isTrue(0.5) ? makeLoad(scene, type, 0) : makeExpr(type, [`params.${type.name[0]}`], { magnitude: 2 });
}

export function atRuntime(scene: Scene, expr: Expr): Expr {
  return expr.isConst ? makeRuntime(scene, expr.type) : expr;
}

const integerEdges = [0, 1, 2, 3, 7, 31, 32, 33, 255, 65535, 65536, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

export function makeLiteral(scene: Scene, type: ShaderType): Expr {
  const { random } = scene;
  if (type.kind === 'vector')
    return makeExpr(type, [`${keyOf(type)}(`, makeLiteral(scene, scalarType(type.scalar)), ')'], { isConst: true, magnitude: 2 });
  if (type.kind !== 'scalar') return makeExpr(type, [`${keyOf(type)}()`], { isConst: true, magnitude: 2 });
  if (type.name === 'bool') return makeExpr(type, [random.pick(['true', 'false'])], { isConst: true });
  if (type.name === 'f32' || type.name === 'f16') {
    const value = random.isTrue(0.4) ? random.below(9) : (random.below(1600) - 800) / 8;
    const digits = Number.isInteger(value) ? `${value}.0` : String(value);
    return makeExpr(type, [type.name === 'f16' ? `${digits}h` : digits], { isConst: true, magnitude: 2 });
  }
  const bits = random.isTrue(0.6) ? random.below(10) : random.isTrue(0.7) ? random.pick(integerEdges) : Math.floor(random.next() * 2 ** 32);
  if (type.name === 'u32') return makeExpr(type, [random.isTrue(0.2) ? `0x${bits.toString(16)}u` : `${bits}u`], { isConst: true });
  return makeExpr(type, [(bits | 0) < 0 ? `i32(${bits | 0})` : `${bits}i`], { isConst: true });
}

export function makeLeaf(scene: Scene, type: ShaderType, depth: number): Expr {
  const { random } = scene;
  const chance = random.next();
  if (chance < 0.15 && type.kind !== 'array' && type.kind !== 'struct' && type.kind !== 'matrix') return makeLiteral(scene, type);
  if (chance < 0.35 && type.kind === 'scalar' && type.name !== 'bool') return makeLoad(scene, type, depth);
  const variable = pickVariable(scene, (each) => canReach(each.type, type));
  const way = variable === null ? null : readVariable(scene, variable, type, depth);
  return way ?? (type.kind === 'scalar' || type.kind === 'vector' ? makeRuntime(scene, type) : makeComposite(scene, type, depth));
}

function readVariable(scene: Scene, variable: Variable, type: ShaderType, depth: number): Expr | null {
  const way = reachInto(scene, [variable.text], variable.type, type, (count) => makeIndex(scene, count, depth - 1));
  return way === null ? null : makeExpr(type, way.pieces, { isConst: way.isConst && variable.isConst });
}

/** An index for `count` elements. */
export function makeIndex(scene: Scene, count: number, depth: number): Expr {
  const { random } = scene;
  const counter = pickVariable(scene, (variable) => variable.below !== null && variable.below <= count);
  const chance = random.next();
  if (counter !== null && chance < 0.5) return makeExpr(counter.type, [counter.text]);
  if (chance < 0.7) return makeExpr(u32, [random.isTrue(0.5) ? `${random.below(count)}u` : String(random.below(count))], { isConst: true });
  if (scene.affine.length > 0 && chance < 0.85) {
    const affine = random.pick(scene.affine);
    const forms = [
      affine,
      `(${affine} + ${random.below(count)}u)`,
      `(${affine} * ${1 + random.below(5)}u)`,
      `(${affine} ^ ${random.below(4)}u)`,
      `(${affine} / 2u)`,
    ];
    if (counter !== null) forms.push(`(${affine} + u32(${counter.text}))`);
    return makeExpr(u32, [`${random.pick(forms)} % ${count}u`]);
  }
  const isSigned = random.isTrue(0.3);
  const inner = atRuntime(scene, makeExpression(scene, isSigned && scene.isWild ? i32 : u32, Math.max(0, depth)));
  if (scene.isWild && random.isTrue(0.3)) return inner;
  if (isSigned && scene.isWild) return makeExpr(u32, text`u32(${inner}) % ${count}u`);
  if (isSigned) return makeExpr(i32, text`i32((${inner}) % ${count}u)`);
  return makeExpr(u32, text`(${inner}) % ${count}u`);
}

function makeLoad(scene: Scene, type: ShaderType & { kind: 'scalar' }, depth: number): Expr {
  const index = makeDataIndex(scene, () => atRuntime(scene, makeExpression(scene, u32, Math.max(0, depth - 1))));
  if (type.name === 'f16') return makeExpr(type, text`f16(fdata[${index}])`);
  if (type.name === 'f32') return makeExpr(f32, text`fdata[${index}]`, { magnitude: 2 });
  return makeExpr(type, type.name === 'u32' ? text`data[${index}]` : text`bitcast<i32>(data[${index}])`);
}

/** Floats that grew are brought back before they are kept; see `sane` in make-program.ts. */
export function settle(scene: Scene, expr: Expr): Expr {
  const { type } = expr;
  if (scene.isWild || expr.magnitude <= 6 || expr.isConst) return expr;
  if (type.kind === 'scalar' && type.name === 'f32') return makeExpr(type, text`sane(${expr})`);
  if (type.kind === 'vector' && type.scalar === 'f32') return makeExpr(type, text`sane${type.n}(${expr})`);
  return expr;
}

function makeVector(scene: Scene, type: ShaderType & { kind: 'vector' }, depth: number): Expr {
  const { random } = scene;
  const scalar = scalarType(type.scalar);
  const make = (wanted: ShaderType): Expr => settle(scene, makeExpression(scene, wanted, depth - 1));
  const chance = random.next();
  if (chance < 0.25) {
    const from = make(vectorType(random.pick([2, 3, 4] as const), type.scalar));
    const size = from.type.kind === 'vector' ? from.type.n : 2;
    const letters = random.isTrue(0.5) ? 'xyzw' : 'rgba';
    const swizzle = Array.from({ length: type.n }, () => letters[random.below(size)]).join('');
    return makeExpr(type, text`(${from}).${swizzle}`, { isConst: from.isConst });
  }
  if (chance < 0.35) {
    const part = make(scalar);
    return makeExpr(type, text`${keyOf(type)}(${part})`, { isConst: part.isConst });
  }
  if (chance < 0.5 && type.n > 2) {
    const head = make(vectorType(2, type.scalar));
    const tail = type.n === 3 ? [make(scalar)] : random.isTrue(0.5) ? [make(vectorType(2, type.scalar))] : [make(scalar), make(scalar)];
    return makeConstructor(type, [head, ...tail]);
  }
  return makeConstructor(
    type,
    Array.from({ length: type.n }, () => make(scalar)),
  );
}

function makeConstructor(type: ShaderType, parts: readonly Expr[]): Expr {
  const pieces = parts.flatMap((part, i) => (i === 0 ? [part] : [', ', part]));
  return makeExpr(type, [`${keyOf(type)}(`, ...pieces, ')'], { isConst: parts.every((part) => part.isConst) });
}

function makeMatrix(scene: Scene, type: ShaderType & { kind: 'matrix' }, depth: number): Expr {
  const { random } = scene;
  const chance = random.next();
  const column = vectorType(type.rows, 'f32');
  if (chance < 0.2)
    return makeExpr(type, text`transpose(${makeLeaf(scene, { kind: 'matrix', cols: type.rows, rows: type.cols }, depth - 1)})`);
  if (scene.isWild && chance < 0.4) {
    const [left, right] = [makeExpression(scene, type, depth - 1), makeExpression(scene, type, depth - 1)];
    return makeExpr(type, text`(${left} ${random.pick(['+', '-'])} ${right})`);
  }
  if (scene.isWild && chance < 0.6)
    return makeExpr(type, text`(${makeLeaf(scene, type, depth - 1)} * ${makeExpression(scene, f32, depth - 1)})`);
  if (chance < 0.8)
    return makeConstructor(
      type,
      Array.from({ length: type.cols }, () => settle(scene, makeExpression(scene, column, depth - 1))),
    );
  return makeLeaf(scene, type, depth);
}

function makeComposite(scene: Scene, type: ShaderType, depth: number): Expr {
  const make = (wanted: ShaderType): Expr => settle(scene, makeExpression(scene, wanted, depth - 1));
  if (depth <= 0 || scene.random.isTrue(0.1)) return makeExpr(type, [`${keyOf(type)}()`], { isConst: true });
  if (type.kind === 'array')
    return makeConstructor(
      type,
      Array.from({ length: type.count }, () => make(type.element)),
    );
  if (type.kind === 'struct')
    return makeConstructor(
      type,
      type.members.map((member) => make(member.type)),
    );
  if (type.kind === 'matrix')
    return makeConstructor(
      type,
      Array.from({ length: type.cols }, () => make(vectorType(type.rows, 'f32'))),
    );
  return make(type);
}

/** A call of a helper with this result; null where none fits, or it would take too long. */
export function makeCall(scene: Scene, result: ShaderType | null, depth: number): Expr | null {
  const key = result === null ? null : keyOf(result);
  const fit = scene.functions.filter(
    (each) => (each.result === null ? null : keyOf(each.result)) === key && scene.cost + each.cost * scene.turns < maxCost,
  );
  if (fit.length === 0) return null;
  const picked = scene.random.pick(fit);
  const args = makeArguments(scene, picked, depth);
  if (args === null) return null;
  scene.cost += picked.cost * scene.turns;
  return makeExpr(result ?? u32, [`${picked.name}(`, ...args.flatMap((part, i) => (i === 0 ? [part] : [', ', part])), ')']);
}

function makeArguments(scene: Scene, callee: FunctionShape, depth: number): Expr[] | null {
  const args: Expr[] = [];
  const roots = new Set<string>();
  for (const { type, pointsTo } of callee.parameters) {
    if (pointsTo === null) {
      args.push(settle(scene, makeExpression(scene, type, Math.max(0, depth - 2))));
      continue;
    }
    const variable = pickVariable(
      scene,
      (each) => each.isMutable && each.space === pointsTo && !roots.has(each.root) && canReach(each.type, type),
    );
    const way = variable === null ? null : reachInto(scene, [variable.text], variable.type, type, (count) => makeIndex(scene, count, 0));
    if (variable === null || way === null || way.isComponent) return null;
    roots.add(variable.root);
    args.push(makeExpr(type, way.pieces.length === 1 && variable.address !== null ? [variable.address] : ['&', ...way.pieces]));
  }
  return args;
}

/** Makes statements: declarations, assignments, every control flow (each loop counts its turns), calls, pointers, order-independent atomics. */
import { atRuntime, makeCall, makeExpression, makeIndex, settle } from './make-expression.ts';
import { makeApproximate } from './make-float.ts';
import { makeLoop } from './make-loop.ts';
import { declare, maxCost, newName, pickPlainTypeFor, pickTypeFor, pickVariable, plainVariable, reachInto, type Scene } from './scene.ts';
import { bool, countScalars, keyOf, type ShaderType, scalarOf, scalarType, u32, vectorType } from './shader-type.ts';
import { type Block, type Expr, makeBlock, makeExpr, makeStmt, type Stmt, text } from './tree.ts';

/** Where control may go from here. */
export interface Flow {
  readonly canBreak: boolean;
  readonly canContinue: boolean;
  /** undefined: not from here; null: without a value. */
  readonly returns: ShaderType | null | undefined;
  readonly depth: number;
  readonly isEntry: boolean;
}

export function inside(flow: Flow, changes: Partial<Flow> = {}): Flow {
  return { ...flow, depth: flow.depth - 1, ...changes };
}

export function pickDepth(scene: Scene): number {
  return scene.random.pick([0, 1, 1, 2, 2, 3]);
}

/** A list of statements in a scope of its own. */
export function makeBody(scene: Scene, flow: Flow, count: number): Block {
  scene.scopes.push([]);
  const body: Stmt[] = [];
  for (let i = 0; i < count && scene.cost < maxCost; i++) body.push(...makeStatement(scene, flow));
  scene.scopes.pop();
  return makeBlock(body);
}

export function makeStatement(scene: Scene, flow: Flow): Stmt[] {
  scene.cost += scene.turns;
  const chance = scene.random.next();
  if (flow.depth > 0 && chance < 0.34) return makeControl(scene, flow);
  if (chance < 0.5) return [makeDeclaration(scene)];
  if (chance < 0.78) return [makeAssignment(scene)];
  if (chance < 0.82) return makePointer(scene);
  if (chance < 0.86) return makeAtomic(scene);
  if (chance < 0.9) return [makeJump(scene, flow)];
  if (chance < 0.94 && flow.isEntry) return [makeStmt(text`approx[${'slot'}] = ${makeApproximate(scene, 2)};`)];
  return [makeCallStatement(scene)];
}

function makeCallStatement(scene: Scene): Stmt {
  const result = scene.random.isTrue(0.5) ? null : pickPlainTypeFor(scene);
  const call = makeCall(scene, result, 2);
  if (call === null) return makeAssignment(scene);
  return makeStmt([result !== null && scene.random.isTrue(0.5) ? '_ = ' : '', call, ';']);
}

function makeDeclaration(scene: Scene): Stmt {
  const { random } = scene;
  const picked = pickTypeFor(scene);
  const type = countScalars(picked) > 24 ? pickPlainTypeFor(scene) : picked;
  const value = settle(scene, makeExpression(scene, type, pickDepth(scene)));
  const chance = random.next();
  if (chance < 0.4) {
    const name = newName(scene, 'k');
    declare(scene, plainVariable(name, type));
    return makeStmt(text`let ${name}${random.isTrue(0.3) ? `: ${keyOf(type)}` : ''} = ${value};`);
  }
  const name = newName(scene, 'v');
  declare(scene, plainVariable(name, type, { isMutable: true, space: 'function', address: `&${name}` }));
  if (chance < 0.6) return makeStmt([`var ${name}: ${keyOf(type)};`]);
  return makeStmt(text`var ${name}${random.isTrue(0.5) ? `: ${keyOf(type)}` : ''} = ${value};`);
}

/** A type to be found within `type`, itself among them. */
function pickTarget(scene: Scene, type: ShaderType): ShaderType {
  if (scene.random.isTrue(type.kind === 'vector' ? 0.6 : 0.2)) return type;
  switch (type.kind) {
    case 'scalar':
      return type;
    case 'vector':
      return scalarType(type.scalar);
    case 'matrix':
      return pickTarget(scene, vectorType(type.rows, 'f32'));
    case 'array':
      return pickTarget(scene, type.element);
    case 'struct':
      return pickTarget(scene, scene.random.pick(type.members).type);
  }
}

function makeAssignment(scene: Scene): Stmt {
  const { random } = scene;
  const variable = pickVariable(scene, (each) => each.isMutable);
  if (variable === null) return makeDeclaration(scene);
  const target = pickTarget(scene, variable.type);
  const way = reachInto(scene, [variable.text], variable.type, target, (count) => makeIndex(scene, count, 1));
  if (way === null) return makeDeclaration(scene);
  const place = makeExpr(target, way.pieces);
  const scalar = scalarOf(target);
  const isPlain = target.kind === 'scalar' || target.kind === 'vector';
  const value = settle(scene, makeExpression(scene, target, pickDepth(scene)));
  if (!isPlain || scalar === null || random.isTrue(0.4)) return makeStmt(text`${place} = ${value};`);
  if (scalar === 'f32' || scalar === 'f16') {
    if (!scene.isWild)
      return makeStmt(
        text`${place} = ${settle(scene, makeExpr(target, text`(${place} ${random.pick(['+', '-'])} ${value})`, { magnitude: 8 }))};`,
      );
    return makeStmt(text`${place} ${random.pick(['+', '-', '*', '/'])}= ${atRuntime(scene, value)};`);
  }
  if (scalar === 'bool') return makeStmt(text`${place} ${random.pick(['&', '|'])}= ${value};`);
  if (target.kind === 'scalar' && random.isTrue(0.15)) return makeStmt(text`${place}${random.pick(['++', '--'])};`);
  if (random.isTrue(0.15)) {
    const amounts: ShaderType = target.kind === 'vector' ? vectorType(target.n, 'u32') : u32;
    return makeStmt(text`${place} ${random.pick(['<<', '>>'])}= ${atRuntime(scene, makeExpression(scene, amounts, 1))};`);
  }
  const operator = random.pick(['+', '+', '-', '*', '&', '|', '^', '^', '/', '%']);
  return makeStmt(text`${place} ${operator}= ${operator === '/' || operator === '%' ? atRuntime(scene, value) : value};`);
}

function makePointer(scene: Scene): Stmt[] {
  const variable = pickVariable(scene, (each) => each.isMutable && each.space !== null);
  if (variable === null || variable.space === null) return [makeDeclaration(scene)];
  const target = pickTarget(scene, variable.type);
  const way = reachInto(scene, [variable.text], variable.type, target, (count) => makeIndex(scene, count, 1));
  if (way === null || way.isComponent) return [makeDeclaration(scene)];
  const name = newName(scene, 'p');
  const address: (string | Expr)[] = way.pieces.length === 1 && variable.address !== null ? [variable.address] : ['&', ...way.pieces];
  declare(scene, plainVariable(`(*${name})`, target, { isMutable: true, space: variable.space, address: name, root: variable.root }));
  return [makeStmt([`let ${name} = `, makeExpr(target, address), ';']), makeAssignment(scene)];
}

/** Words of `acc` by what may be done to them in any order. */
const atomics: readonly (readonly [operation: string, first: number, count: number])[] = [
  ['Add', 0, 4],
  ['Sub', 0, 4],
  ['Or', 4, 2],
  ['And', 6, 2],
  ['Xor', 8, 2],
  ['Max', 10, 2],
  ['Min', 12, 2],
];

function makeAtomic(scene: Scene): Stmt[] {
  const { random } = scene;
  const [operation, first, count] = random.pick(atomics);
  const isSigned = random.isTrue(0.3);
  const value = makeExpression(scene, isSigned ? scalarType('i32') : u32, pickDepth(scene));
  const index: (string | Expr)[] = random.isTrue(0.5)
    ? [`${first + random.below(count)}u`]
    : text`${first}u + (${atRuntime(scene, makeExpression(scene, u32, 1))}) % ${count}u`;
  const place = ['&', isSigned ? 'iacc' : 'acc', '[', ...index, ']'];
  const chance = random.next();
  if (chance < 0.1 && !isSigned) {
    const ticket = newName(scene, 't');
    // One statement, so that no jump comes between: the tickets that are added up would then depend on the order of the invocations.
    return [makeStmt([`{ let ${ticket} = atomicAdd(&acc[14], 1u); atomicAdd(&acc[15], ${ticket} * ${ticket}); }`])];
  }
  if (chance < 0.2 && !isSigned) {
    const name = newName(scene, 't');
    const cell = `&acc[${random.below(4)}]`;
    const attempt = [
      `let o = atomicLoad(${cell});`,
      `let r = atomicCompareExchangeWeak(${cell}, o, o + ${name});`,
      'if (r.exchanged) { break; }',
    ];
    return [makeStmt(text`let ${name} = ${value};`), makeStmt([`loop { ${attempt.join(' ')} }`])];
  }
  return [makeStmt([`atomic${operation}(`, ...place, ', ', value, ');'])];
}

function makeJump(scene: Scene, flow: Flow): Stmt {
  const { random } = scene;
  const jumps: (string | Expr)[][] = [];
  if (flow.canBreak) jumps.push(['break;']);
  if (flow.canContinue) jumps.push(['continue;']);
  if (flow.returns === null) jumps.push(['return;']);
  else if (flow.returns !== undefined) jumps.push(text`return ${settle(scene, makeExpression(scene, flow.returns, pickDepth(scene)))};`);
  if (jumps.length === 0) return makeAssignment(scene);
  const condition = makeExpression(scene, bool, pickDepth(scene));
  scene.scopes.push([]);
  const before = random.isTrue(0.3) ? [makeAssignment(scene)] : [];
  scene.scopes.pop();
  return makeStmt(text<Expr | Block>`if (${condition}) ${makeBlock([...before, makeStmt(random.pick(jumps))])}`);
}

function makeControl(scene: Scene, flow: Flow): Stmt[] {
  const chance = scene.random.next();
  if (chance < 0.42) return [makeStmt(makeIf(scene, flow))];
  if (chance < 0.85) return makeLoop(scene, flow);
  if (chance < 0.95) return [makeSwitch(scene, flow)];
  return [makeStmt([makeBody(scene, inside(flow), 1 + scene.random.below(3))])];
}

function makeIf(scene: Scene, flow: Flow): (string | Expr | Block)[] {
  const { random } = scene;
  const pieces: (string | Expr | Block)[] = text<
    Expr | Block
  >`if (${makeExpression(scene, bool, pickDepth(scene))}) ${makeBody(scene, inside(flow), 1 + random.below(3))}`;
  if (random.isTrue(0.5)) return pieces;
  if (random.isTrue(0.3)) return [...pieces, ' else ', ...makeIf(scene, flow)];
  return [...pieces, ' else ', makeBody(scene, inside(flow), 1 + random.below(3))];
}

function makeSwitch(scene: Scene, flow: Flow): Stmt {
  const { random } = scene;
  const suffix = random.isTrue(0.7) ? 'u' : 'i';
  const isSparse = random.isTrue(0.2);
  const selector = atRuntime(scene, makeExpression(scene, scalarType(suffix === 'u' ? 'u32' : 'i32'), pickDepth(scene)));
  const pieces: (string | Expr | Block)[] = text`switch (${selector} % 7${suffix}) {`;
  const values = [0, 1, 2, 3, 4, 5, 6].map((value) => `${isSparse && value > 3 ? value * 100003 : value}${suffix}`);
  const cases = 1 + random.below(4);
  const fallback = random.below(cases + 1);
  for (let i = 0; i <= cases; i++) {
    const body = makeBody(scene, inside(flow, { canBreak: true }), 1 + random.below(2));
    const own = values.splice(random.below(values.length), 1 + random.below(2));
    if (i === fallback) pieces.push(random.isTrue(0.5) || own.length === 0 ? ' default: ' : ` case ${own.join(', ')}, default: `, body);
    else if (own.length > 0) pieces.push(` case ${own.join(', ')}: `, body);
  }
  return makeStmt([...pieces, ' }']);
}

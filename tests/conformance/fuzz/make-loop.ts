/** Makes loops of every form whose turns are bounded: fixed, uniform or different for each invocation. */
import { atRuntime, makeExpression } from './make-expression.ts';
import { type Flow, inside, makeBody, pickDepth } from './make-statement.ts';
import { declare, newName, plainVariable, type Scene } from './scene.ts';
import { bool, i32, u32 } from './shader-type.ts';
import { type Block, type Expr, makeBlock, makeExpr, makeStmt, type Stmt, text } from './tree.ts';

interface Bound {
  readonly expr: Expr;
  /** The bound's largest value. */
  readonly most: number;
}

function makeBound(scene: Scene): Bound {
  const { random } = scene;
  const most = 1 + random.below(scene.turns > 20 ? 3 : 9);
  const chance = random.next();
  if (chance < 0.3) return { expr: makeExpr(u32, [`${most}u`], { isConst: true }), most };
  if (chance < 0.45) return { expr: makeExpr(u32, [`(params.u % ${most + 1}u)`]), most };
  if (chance < 0.65 && scene.affine.length > 0) return { expr: makeExpr(u32, [`(${random.pick(scene.affine)} % ${most + 1}u)`]), most };
  return { expr: makeExpr(u32, text`((${atRuntime(scene, makeExpression(scene, u32, pickDepth(scene)))}) % ${most + 1}u)`), most };
}

/** Runs `build` for a body that is gone through `turns` times. */
function repeated<T>(scene: Scene, turns: number, build: () => T): T {
  const outer = scene.turns;
  scene.turns = outer * Math.max(1, turns);
  const result = build();
  scene.turns = outer;
  return result;
}

export function makeLoop(scene: Scene, flow: Flow): Stmt[] {
  const chance = scene.random.next();
  const bound = makeBound(scene);
  const body = inside(flow, { canBreak: true, canContinue: true });
  scene.scopes.push([]);
  const made =
    chance < 0.55 ? makeFor(scene, body, bound) : chance < 0.75 ? makeWhile(scene, body, bound) : makePlainLoop(scene, body, bound);
  scene.scopes.pop();
  return made;
}

function makeFor(scene: Scene, flow: Flow, bound: Bound): Stmt[] {
  const { random } = scene;
  const name = newName(scene, 'i');
  const count = 1 + random.below(3);
  const chance = random.next();
  if (chance < 0.15) {
    declare(scene, plainVariable(name, i32, { below: bound.most + 1 }));
    const body = repeated(scene, bound.most + 1, () => makeBody(scene, flow, count));
    return [makeStmt(text<Expr | Block>`for (var ${name} = i32(${bound.expr}); ${name} >= 0i; ${name} -= 1i) ${body}`)];
  }
  if (chance < 0.3) {
    declare(scene, plainVariable(name, i32, { below: Math.max(1, bound.most) }));
    const body = repeated(scene, bound.most + 2, () => makeBody(scene, flow, count));
    const from = scene.isWild ? -random.below(3) : 0;
    return [makeStmt(text<Expr | Block>`for (var ${name} = ${from}i; ${name} < i32(${bound.expr}); ${name}++) ${body}`)];
  }
  const step = random.pick([1, 1, 1, 2, 3]);
  const isPushed = random.isTrue(0.12);
  const start = random.isTrue(0.3) ? random.below(3) : 0;
  declare(scene, plainVariable(name, u32, { below: isPushed ? null : Math.max(1, bound.most) }));
  const body = repeated(scene, Math.ceil(bound.most / step), () => makeBody(scene, flow, count));
  if (isPushed)
    body.body.splice(
      random.below(body.body.length + 1),
      0,
      makeStmt(text`${name} += (${atRuntime(scene, makeExpression(scene, u32, 1))}) & 3u;`),
    );
  const update = step === 1 ? random.pick([`${name}++`, `${name} += 1u`, `${name} = ${name} + 1u`]) : `${name} += ${step}u`;
  // The bound may be computed each turn anew; the counter only grows, and the bound stays small.
  return [makeStmt(text<Expr | Block>`for (var ${name} = ${start}u; ${name} < ${bound.expr}; ${update}) ${body}`)];
}

function makeWhile(scene: Scene, flow: Flow, bound: Bound): Stmt[] {
  const name = newName(scene, 'n');
  declare(scene, plainVariable(name, u32, { below: bound.most + 1 }));
  const body = repeated(scene, bound.most, () => makeBody(scene, flow, 1 + scene.random.below(3)));
  body.body.unshift(makeStmt([`${name} += 1u;`]));
  const also = scene.random.isTrue(0.4) ? text` && ${makeExpression(scene, bool, 1)}` : [];
  return [
    makeStmt([
      makeBlock([makeStmt([`var ${name} = 0u;`]), makeStmt([...text<Expr>`while (${name} < ${bound.expr}`, ...also, ') ', body])]),
    ]),
  ];
}

function makePlainLoop(scene: Scene, flow: Flow, bound: Bound): Stmt[] {
  const { random } = scene;
  const name = newName(scene, 'n');
  declare(scene, plainVariable(name, u32, { below: bound.most + 2 }));
  const isLate = random.isTrue(0.5);
  const body = repeated(scene, bound.most + 1, () => makeBody(scene, flow, 1 + random.below(3)));
  const leave = makeStmt(text<Expr>`if (${name} >= ${bound.expr}) { break; }`);
  if (!isLate) body.body.splice(random.isTrue(0.7) ? 0 : random.below(body.body.length + 1), 0, leave);
  if (!isLate) body.body.unshift(makeStmt([`if (${name} > ${bound.most}u) { break; }`]));
  const quiet: Flow = { canBreak: false, canContinue: false, returns: undefined, depth: 0, isEntry: flow.isEntry };
  const continuing = random.isTrue(0.4) ? repeated(scene, bound.most, () => makeBody(scene, quiet, 1 + random.below(2))) : makeBlock([]);
  continuing.body.unshift(makeStmt([`${name} += 1u;`]));
  const end: string | Expr = makeExpr(bool, text`(${name} > ${bound.expr})`);
  const early: (string | Expr)[] = random.isTrue(0.3) ? text` || ${makeExpression(scene, bool, 1)}` : [];
  if (isLate) continuing.body.push(makeStmt(['break if ', end, ...early, ';']));
  body.body.push(makeStmt(['continuing ', continuing]));
  return [makeStmt([makeBlock([makeStmt([`var ${name} = 0u;`]), makeStmt(['loop ', body])])])];
}

/** Makes conditions, scalar or vector. */
import { atRuntime, makeExpression } from './make-expression.ts';
import type { Scene } from './scene.ts';
import { type ShaderType, vectorType, withScalar } from './shader-type.ts';
import { type Expr, makeExpr, text } from './tree.ts';

export function makeBool(scene: Scene, type: ShaderType, depth: number): Expr {
  const { random } = scene;
  const sub = (wanted: ShaderType): Expr => makeExpression(scene, wanted, depth - 1);
  const chance = random.next();
  if (chance < 0.5) {
    const operands = withScalar(type, random.pick(['u32', 'u32', 'i32', scene.hasHalf ? 'f16' : 'f32'] as const));
    const operator = random.pick(['<', '<=', '>', '>=', '==', '!=']);
    return makeExpr(type, text`(${atRuntime(scene, sub(operands))} ${operator} ${sub(operands)})`);
  }
  if (chance < 0.58) return makeExpr(type, text`(!${sub(type)})`);
  if (chance < 0.66) return makeExpr(type, text`(${sub(type)} ${random.pick(['&', '|', '==', '!='])} ${atRuntime(scene, sub(type))})`);
  if (type.kind === 'scalar' && chance < 0.8)
    return makeExpr(type, text`(${atRuntime(scene, sub(type))} ${random.pick(['&&', '||'])} ${sub(type)})`);
  if (type.kind === 'scalar' && chance < 0.9) {
    return makeExpr(type, text`${random.pick(['any', 'all'])}(${sub(vectorType(random.pick([2, 3, 4] as const), 'bool'))})`);
  }
  const from = withScalar(type, random.pick(['u32', 'i32', 'f32'] as const));
  const name = type.kind === 'vector' ? `vec${type.n}<bool>` : 'bool';
  return makeExpr(type, text`${name}(${atRuntime(scene, sub(from))})`);
}

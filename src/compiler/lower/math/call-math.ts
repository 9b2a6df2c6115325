/** Uses a function of the math library: folded for constants, else as one shared function of the module, float in and float out. */
import { isConst, op } from '../../ir/build.ts';
import type { Expr } from '../../ir/ir.ts';
import { voidType } from '../../resolve/types.ts';
import { FunctionBuilder } from '../function-builder.ts';
import type { Unit } from '../unit.ts';
import { library, type MathName } from './library.ts';

type MathBody = (keep: (expr: Expr) => Expr, ...args: readonly Expr[]) => Expr;

export function callMath(builder: FunctionBuilder, name: MathName, args: readonly Expr[]): Expr {
  const body = library[name] as MathBody;
  if (args.every((arg) => arg.type === 'f64')) return body((expr) => builder.keep(expr), ...args);
  if (args.every(isConst))
    return op(
      'f32.demote_f64',
      body((expr) => expr, ...args.map((arg) => op('f64.promote_f32', arg))),
    );
  return { kind: 'call', type: 'f32', callee: mathFunction(builder.requireUnit(), name, args.length), args };
}

function mathFunction(unit: Unit, name: MathName, arity: number): number {
  const key = `math:${name}`;
  const known = unit.functionIndex.get(key);
  if (known !== undefined) return known;
  const builder = new FunctionBuilder(unit.scope, unit, {
    names: [],
    jumps: [],
    returns: { kind: 'function', type: voidType },
    memoryNames: new Set(),
  });
  const parameters = Array.from({ length: arity }, () => builder.read(builder.newStableLocal('f32')));
  const body = library[name] as MathBody;
  const result = body((expr) => builder.keep(expr), ...parameters.map((parameter) => op('f64.promote_f32', parameter)));
  builder.emit({ kind: 'return', values: [op('f32.demote_f64', result)] });
  const index =
    unit.functions.push({
      name: key,
      parameterCount: arity,
      locals: builder.locals,
      results: ['f32'],
      prologue: [],
      body: builder.statements,
    }) - 1;
  unit.functionIndex.set(key, index);
  return index;
}

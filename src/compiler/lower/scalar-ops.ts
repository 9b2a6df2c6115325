/** Binary operators on one pair of scalars, with the results WGSL defines where the hardware traps or wraps. */
import { i32, isConst, op, select } from '../ir/build.ts';
import type { Expr } from '../ir/ir.ts';
import type { BinaryOp } from '../parse/ast.ts';
import type { ScalarName } from '../resolve/types.ts';
import { roundHalf } from './f16.ts';
import type { FunctionBuilder } from './function-builder.ts';

type Prefix = 'i32' | 'i64' | 'f32' | 'f64';
const prefixes: Readonly<Record<ScalarName, Prefix>> = {
  bool: 'i32',
  i32: 'i32',
  u32: 'i32',
  f32: 'f32',
  f16: 'f32',
  'abstract-int': 'i64',
  'abstract-float': 'f64',
};
const comparisons: Readonly<Partial<Record<BinaryOp, string>>> = { '==': 'eq', '!=': 'ne', '<': 'lt', '>': 'gt', '<=': 'le', '>=': 'ge' };
const simple: Readonly<Partial<Record<BinaryOp, string>>> = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'div',
  '&': 'and',
  '|': 'or',
  '^': 'xor',
};

export function isComparison(operator: BinaryOp): boolean {
  return comparisons[operator] !== undefined;
}

/** null when the operator does not exist for this scalar. */
export function scalarOp(builder: FunctionBuilder, operator: BinaryOp, scalar: ScalarName, a: Expr, b: Expr): Expr | null {
  const prefix = prefixes[scalar];
  const isFloat = prefix === 'f32' || prefix === 'f64';
  const comparison = comparisons[operator];
  if (comparison !== undefined) {
    const isEquality = operator === '==' || operator === '!=';
    if (scalar === 'bool' && !isEquality) return null;
    const sign = isFloat || isEquality ? '' : scalar === 'u32' ? '_u' : '_s';
    return op(`${prefix}.${comparison}${sign}`, a, b);
  }
  if (operator === '%' && isFloat) return rounded(builder, scalar, floatRemainder(builder, prefix, a, b));
  if ((operator === '/' || operator === '%') && scalar !== 'bool' && !isFloat) return integerDivision(builder, operator, scalar, a, b);
  const name = simple[operator];
  if (name === undefined) return null;
  const isBitwise = operator === '&' || operator === '|' || operator === '^';
  if (isFloat ? isBitwise : scalar === 'bool' && !(operator === '&' || operator === '|')) return null;
  return rounded(builder, scalar, op(`${prefix}.${name}`, a, b));
}

function rounded(builder: FunctionBuilder, scalar: ScalarName, value: Expr): Expr {
  return scalar === 'f16' ? roundHalf(builder, value) : value;
}

/** x - y * trunc(x / y), the form WGSL gives for its accuracy. */
function floatRemainder(builder: FunctionBuilder, prefix: Prefix, x: Expr, y: Expr): Expr {
  const [a, b] = [builder.keep(x), builder.keep(y)];
  return op(`${prefix}.sub`, a, op(`${prefix}.mul`, b, op(`${prefix}.trunc`, op(`${prefix}.div`, a, b))));
}

/** x / 0 is x, x % 0 is 0, and the least i32 divided by -1 is itself. */
function integerDivision(builder: FunctionBuilder, operator: '/' | '%', scalar: ScalarName, a: Expr, b: Expr): Expr {
  const name = operator === '/' ? 'div' : 'rem';
  if (scalar === 'abstract-int') return op(`i64.${name}_s`, a, b);
  if (scalar === 'u32') {
    if (isConst(b)) return b.value === 0 ? zeroDivision(operator, a) : op(`i32.${name}_u`, a, b);
    const divisor = builder.keep(b);
    const guarded = op(`i32.${name}_u`, a, op('i32.add', divisor, op('i32.eqz', divisor)));
    // x % 0 with the divisor 1 is 0 already.
    return guarded;
  }
  if (isConst(b) && b.value === 0) return zeroDivision(operator, a);
  if (isConst(b) && b.value !== -1) return op(`i32.${name}_s`, a, b);
  const [dividend, divisor] = [builder.keep(a), builder.keep(b)];
  const overflows = op('i32.and', op('i32.eq', dividend, i32(-2147483648)), op('i32.eq', divisor, i32(-1)));
  const isBad = op('i32.or', op('i32.eqz', divisor), overflows);
  return op(`i32.${name}_s`, dividend, select(isBad, i32(1), divisor));
}

function zeroDivision(operator: '/' | '%', a: Expr): Expr {
  return operator === '/' ? a : i32(0);
}

/**
 * Which expressions are constant by the rules of the language (not merely foldable: a `let` never is), and what WGSL forbids there: results that do not
 * fit, division by zero, shifts by the whole width, indices out of range.
 */
import { SourceFault } from '../diagnostics.ts';
import { isConst } from '../ir/build.ts';
import type { Expr } from '../ir/ir.ts';
import type { BinaryOp, ExprNode } from '../parse/ast.ts';
import { type ScalarName, scalarOf, type Type } from '../resolve/types.ts';
import type { FunctionBuilder } from './function-builder.ts';
import type { PartsValue, Value } from './value.ts';

const known = new WeakMap<ExprNode, boolean>();

export function isConstExpression(builder: FunctionBuilder, node: ExprNode): boolean {
  const cached = known.get(node);
  if (cached !== undefined) return cached;
  const result = findConst(builder, node);
  known.set(node, result);
  return result;
}

function findConst(builder: FunctionBuilder, node: ExprNode): boolean {
  switch (node.kind) {
    case 'literal':
      return true;
    case 'ident': {
      const local = builder.lookupLocal(node.name);
      if (local !== null) return local.declared.how === 'const';
      const declaration = builder.scope.module.declarations.get(node.name);
      return declaration?.kind === 'const' || declaration?.kind === 'override';
    }
    case 'call':
      return (
        builder.scope.module.declarations.get(node.callee.name)?.kind !== 'function' &&
        !/^(atomic|workgroup|arrayLength$)/.test(node.callee.name) &&
        node.args.every((arg) => isConstExpression(builder, arg))
      );
    case 'index':
      return isConstExpression(builder, node.object) && isConstExpression(builder, node.index);
    case 'member':
      return isConstExpression(builder, node.object);
    case 'unary':
      return node.op !== '&' && node.op !== '*' && isConstExpression(builder, node.operand);
    case 'binary':
      return isConstExpression(builder, node.left) && isConstExpression(builder, node.right);
  }
}

/** A constant must be a number of its type: no infinity, no NaN. */
export function checkConstResult(builder: FunctionBuilder, node: ExprNode, value: Value): void {
  const scalar = scalarOf(value.type);
  if (value.kind !== 'parts' || scalar === null || !isFloat(scalar)) return;
  const bad = value.parts.find((part) => isConst(part) && !Number.isFinite(part.value));
  if (bad === undefined || !isConst(bad) || !isConstExpression(builder, node)) return;
  throw new SourceFault('type', `This constant does not fit ${nameOf(value.type)}: it would be ${String(bad.value)}.`, node.span);
}

function isFloat(scalar: ScalarName): boolean {
  return scalar === 'f32' || scalar === 'f16' || scalar === 'abstract-float';
}

function nameOf(type: Type): string {
  return type.key.replace('abstract-float', 'a 64-bit float').replace('abstract-int', 'a 64-bit integer');
}

/** What WGSL says of operands that are constant: no division by zero, no shift by the whole width, no overflow of an abstract integer. */
export function checkConstOperands(
  builder: FunctionBuilder,
  operator: BinaryOp,
  left: PartsValue,
  right: PartsValue,
  node: ExprNode,
  rightNode: ExprNode,
): void {
  const scalar = scalarOf(left.type);
  if (scalar === null || isFloat(scalar) || scalar === 'bool' || !right.parts.every(isConst)) return;
  const isDivision = operator === '/' || operator === '%';
  const isShift = operator === '<<' || operator === '>>';
  if (isDivision && right.parts.some(isZeroInteger) && scalarOf(right.type) !== 'abstract-float' && isConstExpression(builder, rightNode))
    throw new SourceFault('type', 'This divides a whole number by the constant zero.', node.span);
  if (isShift && isConstExpression(builder, rightNode)) checkShift(builder, operator, scalar, left, right, node);
  if (scalar === 'abstract-int' && scalarOf(right.type) === 'abstract-int') checkAbstract(operator, left, right, node);
}

function isZeroInteger(part: Expr): boolean {
  return isConst(part) && part.type !== 'f32' && part.type !== 'f64' && Number(part.value) === 0;
}

function bigOf(part: Expr | undefined): bigint {
  return part !== undefined && isConst(part) && typeof part.value === 'bigint' ? part.value : 0n;
}

function checkShift(
  builder: FunctionBuilder,
  operator: '<<' | '>>',
  scalar: ScalarName,
  left: PartsValue,
  right: PartsValue,
  node: ExprNode,
): void {
  const width = scalar === 'abstract-int' ? 64 : 32;
  right.parts.forEach((part, i) => {
    const by = isConst(part) ? Number(part.value) : 0;
    if (by < 0 || (by >= width && scalar !== 'abstract-int'))
      throw new SourceFault('type', `A shift by ${by} leaves nothing: the number has ${width} bits.`, node.span);
    const value = left.parts[i];
    if (operator === '>>' || value === undefined || !isConst(value) || !isConstExpression(builder, node)) return;
    // Too far for any number but zero; further than this BigInt would only take long.
    if (by > 128 && Number(value.value) !== 0) throw new SourceFault('type', `A shift by ${by} does not fit ${width} bits.`, node.span);
    const number = scalar === 'u32' ? BigInt.asUintN(32, BigInt(value.value)) : BigInt(value.value);
    const shifted = number << BigInt(Math.min(by, 128));
    const fits = scalar === 'u32' ? shifted < 1n << 32n : BigInt.asIntN(width, shifted) === shifted;
    if (!fits)
      throw new SourceFault('type', `${number} << ${by} does not fit ${scalar === 'abstract-int' ? '64 bits' : scalar}.`, node.span);
  });
}

function checkAbstract(operator: BinaryOp, left: PartsValue, right: PartsValue, node: ExprNode): void {
  if (operator !== '+' && operator !== '-' && operator !== '*') return;
  const count = Math.max(left.parts.length, right.parts.length);
  for (let i = 0; i < count; i++) {
    const a = bigOf(left.parts[left.parts.length === 1 ? 0 : i]);
    const b = bigOf(right.parts[right.parts.length === 1 ? 0 : i]);
    const result = operator === '+' ? a + b : operator === '-' ? a - b : a * b;
    if (BigInt.asIntN(64, result) !== result) throw new SourceFault('type', `${a} ${operator} ${b} does not fit 64 bits.`, node.span);
  }
}

/** A constant index must be one of the elements; `index` is what was written, `count` null for a runtime-sized array. */
export function checkConstIndex(builder: FunctionBuilder, index: Expr, isUnsigned: boolean, count: number | null, node: ExprNode): void {
  if (!isConst(index) || !isConstExpression(builder, node)) return;
  const at = isUnsigned ? Number(index.value) >>> 0 : Number(index.value);
  if (at < 0 || (count !== null && at >= count)) {
    const range = count === null ? 'An index is at least 0' : `The elements are numbered 0 to ${count - 1}`;
    throw new SourceFault('type', `${range}; ${at} is none of them.`, node.span);
  }
}

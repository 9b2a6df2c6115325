/** Lowers binary operators over scalars, vectors and matrices. */
import { SourceFault, type Span } from '../diagnostics.ts';
import { choose, i32, isConst, op } from '../ir/build.ts';
import type { Expr } from '../ir/ir.ts';
import type { BinaryOp, ExprNode } from '../parse/ast.ts';
import { isFloatScalar, isSameType, matrixType, scalarOf, scalarType, type Type, vectorType, withScalar } from '../resolve/types.ts';
import { convertTo, unify } from './convert.ts';
import { roundHalf } from './f16.ts';
import type { FunctionBuilder } from './function-builder.ts';
import { lowerCondition, lowerParts } from './lower-expression.ts';
import { isComparison, scalarOp } from './scalar-ops.ts';
import { type PartsValue, partsValue } from './value.ts';

export function lowerBinary(builder: FunctionBuilder, operator: BinaryOp, left: PartsValue, right: PartsValue, span: Span): PartsValue {
  if (operator === '<<' || operator === '>>') return lowerShift(operator, left, right, span);
  const [a, b] = unify([left, right], span);
  if (a === undefined || b === undefined) throw new Error('two operands');
  if (operator === '*' && (a.type.kind === 'matrix' || b.type.kind === 'matrix')) {
    const product = multiplyMatrices(builder, a, b, span);
    return scalarOf(product.type) === 'f16' ? { ...product, parts: product.parts.map((part) => roundHalf(builder, part)) } : product;
  }
  return componentwise(builder, operator, a, b, span);
}

function fail(operator: BinaryOp, a: PartsValue, b: PartsValue, span: Span): never {
  throw new SourceFault('type', `"${operator}" does not go with ${a.type.key} and ${b.type.key}.`, span);
}

function componentwise(builder: FunctionBuilder, operator: BinaryOp, left: PartsValue, right: PartsValue, span: Span): PartsValue {
  const scalar = scalarOf(left.type);
  const shape = shapeOf(operator, left.type, right.type);
  if (scalar === null || shape === null) return fail(operator, left, right, span);
  const count = Math.max(left.parts.length, right.parts.length);
  const [as, bs] = [spread(builder, left, count), spread(builder, right, count)];
  const parts = Array.from({ length: count }, (_, i) => {
    const part = scalarOp(builder, operator, scalar, as[i] ?? i32(0), bs[i] ?? i32(0));
    return part ?? fail(operator, left, right, span);
  });
  return { kind: 'parts', type: isComparison(operator) ? withScalar(shape, 'bool') : shape, parts };
}

function shapeOf(operator: BinaryOp, left: Type, right: Type): Type | null {
  if (isSameType(left, right)) return left.kind === 'matrix' && operator !== '+' && operator !== '-' ? null : left;
  const isArithmetic = operator === '+' || operator === '-' || operator === '*' || operator === '/' || operator === '%';
  if (!isArithmetic) return null;
  if (left.kind === 'vector' && right.kind === 'scalar') return left;
  return left.kind === 'scalar' && right.kind === 'vector' ? right : null;
}

/** A scalar operand of a vector is used once for each component. */
function spread(builder: FunctionBuilder, value: PartsValue, count: number): readonly Expr[] {
  const [only] = value.parts;
  if (value.parts.length === count || only === undefined) return value.parts;
  return new Array<Expr>(count).fill(builder.keep(only));
}

function lowerShift(operator: '<<' | '>>', left: PartsValue, right: PartsValue, span: Span): PartsValue {
  const isRuntime = !left.parts.every(isConst) || !right.parts.every(isConst);
  const value =
    isRuntime && scalarOf(left.type) === 'abstract-int' ? (convertTo(left, withScalar(left.type, 'i32'), span) as PartsValue) : left;
  const count = convertTo(right, withScalar(right.type, 'u32'), span) as PartsValue;
  const scalar = scalarOf(value.type);
  if (scalar !== 'i32' && scalar !== 'u32' && scalar !== 'abstract-int') return fail(operator, left, right, span);
  if (value.parts.length !== count.parts.length) return fail(operator, left, right, span);
  const parts = value.parts.map((part, i) => {
    const by = count.parts[i] ?? i32(0);
    if (scalar === 'abstract-int') {
      // A constant: past its width only the sign is left. To the left nothing but zero goes that far.
      const distance = isConst(by) ? i32(Math.min(Number(by.value) >>> 0, 63)) : by;
      return op(operator === '<<' ? 'i64.shl' : 'i64.shr_s', part, op('i64.extend_i32_u', distance));
    }
    // WebAssembly takes the count modulo 32, and so does WGSL.
    return op(operator === '<<' ? 'i32.shl' : scalar === 'i32' ? 'i32.shr_s' : 'i32.shr_u', part, by);
  });
  return { kind: 'parts', type: value.type, parts };
}

/** The sum of products, from the left, in the precision of the scalar. */
export function sumOfProducts(prefix: string, as: readonly Expr[], bs: readonly Expr[]): Expr {
  return as.map((a, i) => op(`${prefix}.mul`, a, bs[i] ?? i32(0))).reduce((sum, product) => op(`${prefix}.add`, sum, product));
}

function multiplyMatrices(builder: FunctionBuilder, left: PartsValue, right: PartsValue, span: Span): PartsValue {
  const scalar = scalarOf(left.type);
  if (scalar === null || !isFloatScalar(scalar)) return fail('*', left, right, span);
  const prefix = scalar === 'abstract-float' ? 'f64' : 'f32';
  const as = builder.keepAll(left.parts);
  const bs = builder.keepAll(right.parts);
  const { type: a } = left;
  const { type: b } = right;
  if (a.kind === 'scalar') return { kind: 'parts', type: b, parts: bs.map((part) => op(`${prefix}.mul`, as[0] ?? part, part)) };
  if (b.kind === 'scalar') return { kind: 'parts', type: a, parts: as.map((part) => op(`${prefix}.mul`, part, bs[0] ?? part)) };
  const rowOf = (row: number, rows: number, cols: number): Expr[] => Array.from({ length: cols }, (_, c) => as[c * rows + row] ?? i32(0));
  const columnOf = (col: number, rows: number): Expr[] => bs.slice(col * rows, (col + 1) * rows);
  const dot = (x: readonly Expr[], y: readonly Expr[]): Expr => sumOfProducts(prefix, x, y);
  if (a.kind === 'matrix' && b.kind === 'vector' && a.cols === b.n) {
    return partsValue(vectorType(a.rows, scalar), ...Array.from({ length: a.rows }, (_, row) => dot(rowOf(row, a.rows, a.cols), bs)));
  }
  if (a.kind === 'vector' && b.kind === 'matrix' && a.n === b.rows) {
    return partsValue(vectorType(b.cols, scalar), ...Array.from({ length: b.cols }, (_, col) => dot(as, columnOf(col, b.rows))));
  }
  if (a.kind === 'matrix' && b.kind === 'matrix' && a.cols === b.rows) {
    const parts = Array.from({ length: b.cols * a.rows }, (_, i) =>
      dot(rowOf(i % a.rows, a.rows, a.cols), columnOf(Math.floor(i / a.rows), b.rows)),
    );
    return { kind: 'parts', type: matrixType(b.cols, a.rows, scalar), parts };
  }
  return fail('*', left, right, span);
}

/** `&&` and `||` evaluate their right side only when it matters. */
export function lowerLogical(builder: FunctionBuilder, operator: '&&' | '||', leftNode: ExprNode, rightNode: ExprNode): PartsValue {
  const left = lowerCondition(builder, leftNode);
  const decided = i32(operator === '&&' ? 0 : 1);
  const bool = scalarType('bool');
  if (isConst(left) && (left.value === 0) === (operator === '&&')) return partsValue(bool, decided);
  if (isConst(left)) return lowerParts(builder, rightNode);
  let right: Expr = decided;
  const statements = builder.collect(() => {
    right = lowerCondition(builder, rightNode);
  });
  if (statements.length === 0) {
    if (isCheap(right)) return partsValue(bool, op(operator === '&&' ? 'i32.and' : 'i32.or', left, right));
    return partsValue(bool, operator === '&&' ? choose(left, right, decided) : choose(left, decided, right));
  }
  const result = builder.newStableLocal('i32');
  const inner = builder.collect(() => {
    for (const statement of statements) builder.emit(statement);
    builder.set(result, right);
  });
  const outer = builder.collect(() => builder.set(result, decided));
  builder.emit({ kind: 'if', condition: left, yes: operator === '&&' ? inner : outer, no: operator === '&&' ? outer : inner });
  builder.setLimit(result, 1);
  return partsValue(bool, builder.read(result));
}

/** Cheaper to compute than to jump over. */
function isCheap(expr: Expr, budget = 6): boolean {
  return costOf(expr) <= budget;
}

function costOf(expr: Expr): number {
  switch (expr.kind) {
    case 'const':
    case 'local':
    case 'builtin':
    case 'address':
      return 0;
    case 'op':
      return expr.args.reduce((sum, arg) => sum + costOf(arg), /div|rem|sqrt/.test(expr.op) ? 10 : 1);
    default:
      return 10;
  }
}

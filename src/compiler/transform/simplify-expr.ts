/**
 * Writes single operations in a simpler or more regular way; operands are simple already. Integers only: no float operation is left out or reordered, so
 * that every result stays the same to the bit.
 */
import { i32, isConst, op, select } from '../ir/build.ts';
import type { ConstExpr, Expr, OpExpr } from '../ir/ir.ts';
import { isComparison, opTest } from '../ir/ops.ts';
import { isSameExpr, someExpr, weightOf } from './expr-facts.ts';

export function simplifyExpr(expr: Expr): Expr {
  if (expr.kind === 'op') return simplifyOp(expr);
  if (expr.kind !== 'choose') return expr;
  if (isSameExpr(expr.yes, expr.no)) return expr.yes;
  return isFree(expr.yes) && isFree(expr.no) ? select(expr.condition, expr.yes, expr.no) : expr;
}

function simplifyOp(expr: OpExpr): Expr {
  const [a, b, c] = expr.args;
  if (a === undefined) return expr;
  if (b === undefined) return expr.op === 'i32.eqz' && a.kind === 'op' && a.op === 'i32.eqz' ? untwice(expr, a) : expr;
  switch (expr.op) {
    case 'select':
      return c === undefined ? expr : simplifySelect(expr, a, b, c);
    case 'i32.sub':
      if (isSameExpr(a, b)) return i32(0);
      // Sums gather their constants; differences do not.
      return isConst(b) ? op('i32.add', a, i32(-Number(b.value))) : expr;
    case 'i32.and':
      if (isNumber(b, -1) || isSameExpr(a, b)) return a;
      return isNumber(b, 0) || isNumber(a, 0) ? i32(0) : expr;
    case 'i32.or':
      return isSameExpr(a, b) ? a : (rotation(a, b, true) ?? rotation(b, a, true) ?? expr);
    case 'i32.xor':
      return isSameExpr(a, b)
        ? i32(0)
        : (rotation(a, b, false) ?? rotation(b, a, false) ?? majority(a, b) ?? choice(a, b) ?? choice(b, a) ?? expr);
    case 'i32.add':
      return rotation(a, b, false) ?? rotation(b, a, false) ?? expr;
    case 'i32.div_u':
      return isPowerOfTwo(b) ? op('i32.shr_u', a, i32(Math.log2(Number(b.value) >>> 0))) : expr;
    case 'i32.rem_u':
      return isPowerOfTwo(b) ? op('i32.and', a, i32((Number(b.value) >>> 0) - 1)) : expr;
    default:
      return expr;
  }
}

function isPowerOfTwo(expr: Expr): expr is ConstExpr {
  return isConst(expr) && expr.value !== 0 && (Number(expr.value) & (Number(expr.value) - 1)) === 0;
}

type Pair = readonly [Expr, Expr];

function operandsOf(expr: Expr, name: string): Pair | null {
  const [a, b] = expr.kind === 'op' && expr.op === name ? expr.args : [];
  return a === undefined || b === undefined ? null : [a, b];
}

/** For each bit y where the mask has one, else x: the one way in which such choices are written behind this pass. */
function chosenBits(x: Expr, y: Expr, mask: Expr): Expr {
  return op('i32.xor', x, op('i32.and', mask, op('i32.xor', x, y)));
}

/** (m & y) ^ (~m & x) */
function choice(left: Expr, right: Expr): Expr | null {
  const [taken, other] = [operandsOf(left, 'i32.and'), operandsOf(right, 'i32.and')];
  if (taken === null || other === null) return null;
  for (const [inverted, x] of [other, [other[1], other[0]] as const]) {
    const inner = operandsOf(inverted, 'i32.xor');
    if (inner === null || !isNumber(inner[1], -1)) continue;
    if (isSameExpr(inner[0], taken[0])) return chosenBits(x, taken[1], taken[0]);
    if (isSameExpr(inner[0], taken[1])) return chosenBits(x, taken[0], taken[1]);
  }
  return null;
}

/** (a & b) ^ (a & c) ^ (b & c), the bits that most of three have: c where a and b differ, else b. */
function majority(left: Expr, right: Expr): Expr | null {
  const [both, last] = [operandsOf(left, 'i32.xor'), operandsOf(right, 'i32.and')];
  const [first, second] = both === null ? [null, null] : [operandsOf(both[0], 'i32.and'), operandsOf(both[1], 'i32.and')];
  if (first === null || second === null || last === null) return null;
  const [a, b] = second.some((each) => isSameExpr(each, first[0])) ? first : [first[1], first[0]];
  const c = isSameExpr(second[0], a) ? second[1] : isSameExpr(second[1], a) ? second[0] : null;
  if (c === null) return null;
  const isRest = (isSameExpr(last[0], b) && isSameExpr(last[1], c)) || (isSameExpr(last[0], c) && isSameExpr(last[1], b));
  return isRest ? op('i32.xor', b, op('i32.and', op('i32.xor', a, b), op('i32.xor', b, c))) : null;
}

/** eqz(eqz(x)) is x where x is 0 or 1. */
function untwice(expr: OpExpr, inner: OpExpr): Expr {
  const [x] = inner.args;
  return x !== undefined && isTruth(x) ? x : expr;
}

function isTruth(expr: Expr): boolean {
  return expr.kind === 'op' && isComparison(expr.op);
}

function simplifySelect(expr: OpExpr, yes: Expr, no: Expr, condition: Expr): Expr {
  if (isSameExpr(yes, no)) return yes;
  if (isNumber(yes, 0) && isNumber(no, 1) && isTruth(condition)) return op('i32.eqz', condition);
  if (condition.kind === 'op' && condition.op === 'i32.eqz') {
    const [inner] = condition.args;
    if (inner !== undefined) return select(inner, no, yes);
  }
  return expr;
}

/**
 * x << n | x >> (32 - n), with n a constant or not. When n is not a constant it may be 0, or past 31: then both sides are x shifted by the same, and only
 * "or" of them is still a rotation.
 */
function rotation(left: Expr, right: Expr, isOr: boolean): Expr | null {
  if (left.kind !== 'op' || right.kind !== 'op' || left.op !== 'i32.shl' || right.op !== 'i32.shr_u') return null;
  const [x, up] = left.args;
  const [y, down] = right.args;
  if (x === undefined || y === undefined || up === undefined || down === undefined || !isSameExpr(x, y)) return null;
  if (isConst(up) && isConst(down)) {
    const [n, m] = [Number(up.value) & 31, Number(down.value) & 31];
    return n !== 0 && n + m === 32 ? op('i32.rotl', x, i32(n)) : null;
  }
  if (isOr && isRest(down, up)) return op('i32.rotl', x, up);
  if (isOr && isRest(up, down)) return op('i32.rotl', x, op('i32.sub', i32(32), down));
  return null;
}

/** Is `a` written as 32 - b (or 0 - b, which shifts alike)? */
function isRest(a: Expr, b: Expr): boolean {
  if (a.kind !== 'op' || a.op !== 'i32.sub') return false;
  const [whole, part] = a.args;
  return whole !== undefined && part !== undefined && (isNumber(whole, 32) || isNumber(whole, 0)) && isSameExpr(part, b);
}

function isNumber(expr: Expr, value: number): boolean {
  return expr.kind === 'const' && expr.type === 'i32' && expr.value === value;
}

const isWholeDivision = opTest(/i(32|64)\.(div|rem)/);

/** May be evaluated where it is not needed: cheap, and without a load whose address may only be good where it is needed. */
export function isFree(expr: Expr, budget = 4): boolean {
  return weightOf(expr) <= budget && !someExpr(expr, (each) => each.kind === 'load' || (each.kind === 'op' && isWholeDivision(each.op)));
}

/** Makes IR expressions, folding constants and the identities that lowering produces all the time. */
import type { ConstExpr, Expr, ValueType } from './ir.ts';
import { opInfo } from './ops.ts';

export const i32 = (value: number): ConstExpr => ({ kind: 'const', type: 'i32', value: value | 0 });
export const i64 = (value: bigint): ConstExpr => ({ kind: 'const', type: 'i64', value });
export const f32 = (value: number): ConstExpr => ({ kind: 'const', type: 'f32', value: Math.fround(value) });
export const f64 = (value: number): ConstExpr => ({ kind: 'const', type: 'f64', value });

export function zeroOf(type: ValueType): ConstExpr {
  return { kind: 'const', type, value: type === 'i64' || type === 'v128' ? 0n : 0 };
}

export function isConst(expr: Expr): expr is ConstExpr {
  return expr.kind === 'const';
}

/** +0, not -0: the bits are zero. */
export function isZero(expr: Expr): boolean {
  return expr.kind === 'const' && (expr.value === 0n || Object.is(expr.value, 0));
}

export function op(name: string, ...args: readonly Expr[]): Expr {
  const info = opInfo(name);
  if (info.fold !== null && args.every(isConst)) {
    const fold = info.fold as (...values: (number | bigint)[]) => number | bigint;
    return { kind: 'const', type: info.result, value: fold(...args.map((arg) => arg.value)) };
  }
  return simplify(name, args) ?? { kind: 'op', type: info.result, op: name, args };
}

function simplify(name: string, args: readonly Expr[]): Expr | null {
  const [a, b] = args;
  if (a === undefined) return null;
  switch (name) {
    case 'i32.add':
      return b === undefined ? null : simplifyAdd(a, b);
    case 'i32.sub':
    case 'i32.shl':
    case 'i32.shr_u':
    case 'i32.shr_s':
      return b !== undefined && isZero(b) ? a : null;
    case 'i32.mul':
      if (b === undefined) return null;
      if (isNumber(a, 1)) return b;
      if (isNumber(b, 1)) return a;
      return isZero(a) || isZero(b) ? i32(0) : null;
    case 'i32.or':
    case 'i32.xor':
      return b !== undefined && isZero(b) ? a : isZero(a) && b !== undefined ? b : null;
    case 'i32.eqz':
      return a.kind === 'op' ? negateComparison(a.op, a.args) : null;
    default:
      return null;
  }
}

/** Constants move right and together, so that they end in the offset of a load. */
function simplifyAdd(a: Expr, b: Expr): Expr | null {
  if (isZero(a)) return b;
  if (isZero(b)) return a;
  if (isConst(a)) return op('i32.add', b, a);
  if (isConst(b) && a.kind === 'op' && a.op === 'i32.add') {
    const [x, c] = a.args;
    if (x !== undefined && c !== undefined && isConst(c)) return op('i32.add', x, op('i32.add', c, b));
  }
  return null;
}

/** Holds where the other does not. */
export const opposites: Readonly<Record<string, string>> = {
  'i32.eq': 'i32.ne',
  'i32.ne': 'i32.eq',
  'i32.lt_s': 'i32.ge_s',
  'i32.ge_s': 'i32.lt_s',
  'i32.gt_s': 'i32.le_s',
  'i32.le_s': 'i32.gt_s',
  'i32.lt_u': 'i32.ge_u',
  'i32.ge_u': 'i32.lt_u',
  'i32.gt_u': 'i32.le_u',
  'i32.le_u': 'i32.gt_u',
  // Not the orderings of floats: a NaN makes both false.
  'f32.eq': 'f32.ne',
  'f32.ne': 'f32.eq',
};

function negateComparison(name: string, args: readonly Expr[]): Expr | null {
  const opposite = opposites[name];
  return opposite === undefined ? null : { kind: 'op', type: 'i32', op: opposite, args };
}

function isNumber(expr: Expr, value: number): boolean {
  return expr.kind === 'const' && expr.type === 'i32' && expr.value === value;
}

/** Both sides may be evaluated. */
export function select(condition: Expr, yes: Expr, no: Expr): Expr {
  if (isConst(condition)) return condition.value !== 0 ? yes : no;
  if (isConst(yes) && isConst(no) && Object.is(yes.value, no.value)) return yes;
  if (isNumber(yes, 1) && isNumber(no, 0)) return condition;
  return { kind: 'op', type: yes.type, op: 'select', args: [yes, no, condition] };
}

/** Only the chosen side is evaluated. */
export function choose(condition: Expr, yes: Expr, no: Expr): Expr {
  if (isConst(condition)) return condition.value !== 0 ? yes : no;
  return { kind: 'choose', type: yes.type, condition, yes, no };
}

export function not(condition: Expr): Expr {
  return op('i32.eqz', condition);
}

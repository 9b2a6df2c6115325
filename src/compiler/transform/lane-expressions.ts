/**
 * Expressions for four lanes. `scalarOf` gives the value of lane 0 of an expression whose lanes are known by their shape; `vectorOf` all four lanes in a
 * v128; `maskOf` a condition as all ones or zeros; `lanesOf` four scalars, for what has no SIMD form. Every lane does the operations it would do alone.
 */
import { i32, op, select } from '../ir/build.ts';
import type { Expr } from '../ir/ir.ts';
import { walkExpr } from '../ir/walk.ts';
import { allLanes, anyLane, blend, extract, gatherLanes, type LaneContext, laneConst, laneNumbers, splat } from './lane-context.ts';
import { loadVector } from './lane-memory.ts';

type Op = Extract<Expr, { kind: 'op' }>;

const floats = 'abs neg ceil floor trunc nearest sqrt add sub mul div min max pmin pmax';
const direct: Readonly<Record<string, string>> = {
  ...Object.fromEntries(floats.split(' ').map((name) => [`f32.${name}`, `f32x4.${name}`])),
  ...Object.fromEntries(['add', 'sub', 'mul'].map((name) => [`i32.${name}`, `i32x4.${name}`])),
  ...Object.fromEntries(['and', 'or', 'xor'].map((name) => [`i32.${name}`, `v128.${name}`])),
  'f32.convert_i32_s': 'f32x4.convert_i32x4_s',
  'f32.convert_i32_u': 'f32x4.convert_i32x4_u',
  'i32.trunc_sat_f32_s': 'i32x4.trunc_sat_f32x4_s',
  'i32.trunc_sat_f32_u': 'i32x4.trunc_sat_f32x4_u',
};
const comparison = /^(i32|f32)\.(eq|ne|[lg][te](_[su])?)$/;
const shifts: Readonly<Record<string, string>> = { 'i32.shl': 'i32x4.shl', 'i32.shr_s': 'i32x4.shr_s', 'i32.shr_u': 'i32x4.shr_u' };
const allOnes = laneConst([-1, -1, -1, -1]);

/** Does an operation run for four lanes at the price of one? */
export function isVectorOp(name: string): boolean {
  return direct[name] !== undefined || comparison.test(name) || /^(i32\.eqz|select|f32\.copysign|[if]32\.reinterpret_.32)$/.test(name);
}

export function isShift(name: string): boolean {
  return shifts[name] !== undefined || name === 'i32.rotl';
}

/** The value of lane 0; of a uniform expression that of all lanes. An interleaved variable's address is 0 here. */
export function scalarOf(context: LaneContext, expr: Expr): Expr {
  switch (expr.kind) {
    case 'address':
      return context.world.roots.of(expr) === null ? expr : i32(0);
    case 'op': {
      const args = expr.args.map((arg) => scalarOf(context, arg));
      return expr.op === 'select' ? { ...expr, args } : op(expr.op, ...args);
    }
    case 'choose':
      return {
        ...expr,
        condition: scalarOf(context, expr.condition),
        yes: scalarOf(context, expr.yes),
        no: scalarOf(context, expr.no),
      };
    case 'load':
      return { ...expr, address: scalarOf(context, expr.address) };
    case 'call':
      return { ...expr, args: expr.args.map((arg) => scalarOf(context, arg)) };
    default:
      return expr;
  }
}

export function vectorOf(context: LaneContext, expr: Expr): Expr {
  const shape = context.shapes.of(expr);
  if (shape === 0) return splat(scalarOf(context, expr));
  if (shape !== 'varying') {
    const steps = laneConst(laneNumbers.map((lane) => Math.imul(lane, shape)));
    return op('i32x4.add', splat(scalarOf(context, expr)), steps);
  }
  if (context.shapes.isBoolean(expr)) return op('v128.and', maskOf(context, expr), splat(i32(1)));
  switch (expr.kind) {
    case 'local':
      return context.vectorLocal(expr.local);
    case 'builtin': {
      const variable = context.world.axisTable('xyz'.indexOf(expr.name.slice(6)));
      const index = op('i32.shl', { kind: 'builtin', type: 'i32', name: 'local-index' }, i32(2));
      return { kind: 'load', type: 'v128', address: op('i32.add', { kind: 'address', type: 'i32', variable }, index), offset: 0 };
    }
    case 'op':
      return vectorOp(context, expr);
    case 'choose':
      return chooseVector(context, expr);
    case 'load':
      return loadVector(context, expr);
    case 'call':
      return gatherLanes(callLanes(context, expr));
    default:
      throw new Error(`${expr.kind} does not vary`);
  }
}

function vectorOp(context: LaneContext, expr: Op): Expr {
  const { op: name, args } = expr;
  const [a, b, c] = args;
  if (a === undefined) throw new Error('no operand');
  const name4 = direct[name];
  if (name4 !== undefined) return op(name4, ...args.map((arg) => vectorOf(context, arg)));
  if (name === 'i32.reinterpret_f32' || name === 'f32.reinterpret_i32') return vectorOf(context, a);
  if (expr.type === 'i64' || expr.type === 'f64' || args.some(isWide) || b === undefined) return perLane(context, expr);
  if (name === 'select' && c !== undefined) {
    if (context.shapes.of(c) === 0)
      return { ...expr, type: 'v128', args: [vectorOf(context, a), vectorOf(context, b), scalarOf(context, c)] };
    return blend(maskOf(context, c), vectorOf(context, a), vectorOf(context, b));
  }
  if (name === 'f32.copysign') return blend(splat(i32(0x7fffffff)), vectorOf(context, a), vectorOf(context, b));
  const shift = shifts[name];
  if (shift !== undefined && context.shapes.of(b) === 0) return op(shift, vectorOf(context, a), scalarOf(context, b));
  if (name === 'i32.rotl' && context.shapes.of(b) === 0) return rotate(context, a, b);
  if (b.kind === 'const' && (name === 'i32.div_u' || name === 'i32.rem_u')) {
    const divisor = Number(b.value) >>> 0;
    if (divisor > 0 && (divisor & (divisor - 1)) === 0) {
      const value = vectorOf(context, a);
      return name === 'i32.rem_u'
        ? op('v128.and', value, splat(i32(divisor - 1)))
        : op('i32x4.shr_u', value, i32(31 - Math.clz32(divisor)));
    }
  }
  return perLane(context, expr);
}

function rotate(context: LaneContext, a: Expr, b: Expr): Expr {
  const value = context.keep(vectorOf(context, a));
  const count = context.keep(scalarOf(context, b));
  return op('v128.or', op('i32x4.shl', value, count), op('i32x4.shr_u', value, op('i32.sub', i32(32), count)));
}

function isWide(expr: Expr): boolean {
  return expr.type === 'i64' || expr.type === 'f64';
}

function perLane(context: LaneContext, expr: Op): Expr {
  return gatherLanes(lanesOfOp(context, expr));
}

/** Four scalars, each good to use more than once. */
export function lanesOf(context: LaneContext, expr: Expr): readonly Expr[] {
  const shape = context.shapes.of(expr);
  if (shape !== 'varying') {
    const first = context.keep(scalarOf(context, expr));
    return laneNumbers.map((lane) => (shape === 0 ? first : op('i32.add', first, i32(Math.imul(lane, shape)))));
  }
  if (!isWide(expr)) {
    const vector = context.keep(vectorOf(context, expr));
    return laneNumbers.map((lane) => extract(vector, lane, expr.type));
  }
  switch (expr.kind) {
    case 'local':
      return context.wideLocals(expr.local, expr.type);
    case 'op':
      return keepAll(context, lanesOfOp(context, expr));
    case 'choose': {
      const [conditions, yes, no] = [expr.condition, expr.yes, expr.no].map((each) => lanesOf(context, each));
      return keepAll(
        context,
        laneNumbers.map((lane) => select(laneAt(conditions, lane), laneAt(yes, lane), laneAt(no, lane))),
      );
    }
    case 'load': {
      const addresses = safeAddresses(context, expr.address);
      return keepAll(
        context,
        addresses.map((address) => ({ ...expr, address })),
      );
    }
    case 'call':
      return keepAll(context, callLanes(context, expr));
    default:
      throw new Error(`${expr.kind} has no lanes`);
  }
}

function laneAt(lanes: readonly Expr[] | undefined, lane: number): Expr {
  const value = lanes?.[lane];
  if (value === undefined) throw new Error(`no lane ${lane}`);
  return value;
}

function keepAll(context: LaneContext, lanes: readonly Expr[]): readonly Expr[] {
  return lanes.map((each) => context.keep(each));
}

function safeAddresses(context: LaneContext, address: Expr): readonly Expr[] {
  if (context.mask === null) return lanesOf(context, address);
  const safe = context.keep(op('v128.and', vectorOf(context, address), context.mask));
  return laneNumbers.map((lane) => extract(safe, lane, 'i32'));
}

/** One operation, lane by lane. Lanes that do not take part divide by 1, so that they cannot trap. */
function lanesOfOp(context: LaneContext, expr: Op): readonly Expr[] {
  const isDivision = /\.(div|rem)_[su]$/.test(expr.op);
  const args = expr.args.map((arg, i) => {
    if (!isDivision || i === 0 || context.mask === null || arg.kind === 'const') return lanesOf(context, arg);
    if (isWide(arg)) {
      const bits = context.maskBits() ?? i32(15);
      return lanesOf(context, arg).map((value, lane) =>
        select(op('i32.and', bits, i32(1 << lane)), value, { ...value, kind: 'const', type: 'i64', value: 1n }),
      );
    }
    const safe = context.keep(blend(context.mask, vectorOf(context, arg), splat(i32(1))));
    return laneNumbers.map((lane) => extract(safe, lane, 'i32'));
  });
  return laneNumbers.map((lane) => {
    const values = args.map((each) => laneAt(each, lane));
    return expr.op === 'select' ? { ...expr, args: values } : op(expr.op, ...values);
  });
}

/** A call for each lane that takes part. */
function callLanes(context: LaneContext, expr: Extract<Expr, { kind: 'call' }>): readonly Expr[] {
  const args = expr.args.map((arg) => lanesOf(context, arg));
  const bits = context.maskBits();
  const zero: Expr = { kind: 'const', type: expr.type, value: expr.type === 'i64' ? 0n : 0 };
  return laneNumbers.map((lane) => {
    const call: Expr = { ...expr, args: args.map((each) => laneAt(each, lane)) };
    if (bits === null) return call;
    return { kind: 'choose', type: expr.type, condition: op('i32.and', bits, i32(1 << lane)), yes: call, no: zero };
  });
}

/** What may go wrong, or costs, in lanes that do not need it. */
function isHeavy(expr: Expr): boolean {
  let heavy = false;
  walkExpr(expr, (each) => {
    if (each.kind === 'load' || each.kind === 'call' || (each.kind === 'op' && /div_[su]|rem_[su]/.test(each.op))) heavy = true;
  });
  return heavy;
}

function chooseVector(context: LaneContext, expr: Extract<Expr, { kind: 'choose' }>): Expr {
  const { condition, yes, no } = expr;
  const isUniform = context.shapes.of(condition) === 0;
  if (!isHeavy(yes) && !isHeavy(no)) {
    if (!isUniform) return blend(maskOf(context, condition), vectorOf(context, yes), vectorOf(context, no));
    return { kind: 'op', type: 'v128', op: 'select', args: [vectorOf(context, yes), vectorOf(context, no), scalarOf(context, condition)] };
  }
  const result = context.newLocal('v128');
  if (isUniform) {
    const lists = [yes, no].map((value) => context.collect(() => context.set(result, vectorOf(context, value))));
    context.emit({ kind: 'if', condition: scalarOf(context, condition), yes: lists[0] ?? [], no: lists[1] ?? [] });
    return result;
  }
  const chosen = context.keep(maskOf(context, condition));
  const { mask } = context;
  const other = context.newLocal('v128');
  [yes, no].forEach((value, i) => {
    const inside = i === 0 ? (mask === null ? chosen : op('v128.and', mask, chosen)) : op('v128.andnot', mask ?? allOnes, chosen);
    const kept = context.keep(inside);
    const list = context.collect(() => context.masked(kept, () => context.set(i === 0 ? result : other, vectorOf(context, value))));
    context.emit({ kind: 'if', condition: anyLane(kept), yes: list, no: [] });
  });
  return blend(chosen, result, other);
}

export function maskOf(context: LaneContext, expr: Expr): Expr {
  const { shapes } = context;
  if (shapes.of(expr) === 0) {
    const scalar = scalarOf(context, expr);
    return splat(op('i32.sub', i32(0), shapes.isBoolean(expr) ? scalar : op('i32.ne', scalar, i32(0))));
  }
  if (shapes.isBoolean(expr)) {
    if (expr.kind === 'local') return context.vectorLocal(expr.local);
    if (expr.kind === 'choose' && !isHeavy(expr.yes) && !isHeavy(expr.no))
      return blend(maskOf(context, expr.condition), maskOf(context, expr.yes), maskOf(context, expr.no));
    if (expr.kind === 'op') {
      const mask = maskOfOp(context, expr);
      if (mask !== null) return mask;
    }
  }
  return op('i32x4.ne', expr.kind === 'choose' ? chooseVector(context, expr) : vectorPlain(context, expr), splat(i32(0)));
}

/** As vectorOf, for what maskOf could not make a mask of. */
function vectorPlain(context: LaneContext, expr: Expr): Expr {
  return expr.kind === 'op' && context.shapes.isBoolean(expr) ? vectorOp(context, expr) : vectorOf(context, expr);
}

function maskOfOp(context: LaneContext, expr: Op): Expr | null {
  const { op: name, args } = expr;
  const [a, b, c] = args;
  if (a === undefined) return null;
  if (name === 'i32.eqz') {
    if (context.shapes.isBoolean(a)) return op('v128.not', maskOf(context, a));
    return op('i32x4.eq', vectorOf(context, a), splat(i32(0)));
  }
  if (b === undefined || args.some(isWide)) return null;
  if (comparison.test(name)) return op(name.replace('32.', '32x4.'), vectorOf(context, a), vectorOf(context, b));
  if (name === 'select' && c !== undefined) return blend(maskOf(context, c), maskOf(context, a), maskOf(context, b));
  const bits = direct[name];
  return bits === undefined ? null : op(bits, maskOf(context, a), maskOf(context, b));
}

/** As one condition: do all lanes take part, and does each check hold? null: nothing to test. */
export function guardOf(context: LaneContext, checks: readonly Expr[]): Expr | null {
  const all = context.mask === null ? checks : [...checks, allLanes(context.mask)];
  const [first, ...others] = all;
  return first === undefined ? null : others.reduce((sum, each) => op('i32.and', sum, each), first);
}

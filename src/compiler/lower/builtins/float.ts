/** Float builtins that work component by component. */
import { f32, f64, i32, i64, isConst, op, select } from '../../ir/build.ts';
import type { ConstExpr, Expr } from '../../ir/ir.ts';
import { callMath } from '../math/call-math.ts';
import { library, type MathName } from '../math/library.ts';
import { type Builtin, type FloatFunction, type FloatPrefix, perFloat, perNumber } from './componentwise.ts';

const literal = (prefix: FloatPrefix, value: number): ConstExpr => (prefix === 'f32' ? f32(value) : f64(value));

function unaryOp(name: string): Builtin {
  return perFloat(1, (_, prefix, x) => op(`${prefix}.${name}`, x ?? i32(0)));
}

function float1(apply: (b: Parameters<FloatFunction>[0], p: FloatPrefix, x: Expr) => Expr): Builtin {
  return perFloat(1, (builder, prefix, x) => apply(builder, prefix, x ?? i32(0)));
}

function float3(apply: (b: Parameters<FloatFunction>[0], p: FloatPrefix, x: Expr, y: Expr, z: Expr) => Expr): Builtin {
  return perFloat(3, (builder, prefix, x, y, z) => apply(builder, prefix, x ?? i32(0), y ?? i32(0), z ?? i32(0)));
}

const mathBuiltins = Object.fromEntries(
  (Object.keys(library) as MathName[]).map((name) => {
    const arity = name === 'pow' || name === 'atan2' ? 2 : 1;
    return [name, perFloat(arity, (builder, _, ...parts) => callMath(builder, name, parts))];
  }),
);

/** x * (1 - t) + y * t. */
export function mixParts(builder: Parameters<FloatFunction>[0], prefix: FloatPrefix, x: Expr, y: Expr, t: Expr): Expr {
  const kept = builder.keep(t);
  return op(`${prefix}.add`, op(`${prefix}.mul`, x, op(`${prefix}.sub`, literal(prefix, 1), kept)), op(`${prefix}.mul`, y, kept));
}

function lesser(prefix: FloatPrefix, a: Expr, b: Expr): Expr {
  return op(prefix === 'f32' ? 'f32.pmin' : `${prefix}.min`, a, b);
}

function greater(prefix: FloatPrefix, a: Expr, b: Expr): Expr {
  return op(prefix === 'f32' ? 'f32.pmax' : `${prefix}.max`, a, b);
}

function clampParts(prefix: FloatPrefix, x: Expr, low: Expr, high: Expr): Expr {
  return lesser(prefix, greater(prefix, x, low), high);
}

/** x times 2 to a whole power, in doubles so that subnormal results are rounded once. */
export function scaleByPowerOfTwo(x: Expr, exponent: Expr): Expr {
  if (x.type === 'f64') return scaleDouble(x, isConst(exponent) ? Number(exponent.value) : 0);
  const bounded = isConst(exponent) ? i32(Math.max(-400, Math.min(400, Number(exponent.value)))) : clampInt(exponent, -400, 400);
  const power = op('f64.reinterpret_i64', op('i64.shl', op('i64.add', op('i64.extend_i32_s', bounded), i64(1023n)), i64(52n)));
  return op('f32.demote_f64', op('f64.mul', op('f64.promote_f32', x), power));
}

/** Of an abstract float, in steps that stay in the range of a double until the last. */
function scaleDouble(x: Expr, exponent: number): Expr {
  const step = Math.max(-900, Math.min(900, exponent));
  const scaled = op('f64.mul', x, f64(2 ** step));
  const rest = Math.max(-2200, Math.min(2200, exponent - step));
  return rest === 0 ? scaled : scaleDouble(scaled, rest);
}

function clampInt(x: Expr, low: number, high: number): Expr {
  const least = select(op('i32.gt_s', x, i32(low)), x, i32(low));
  return select(op('i32.lt_s', least, i32(high)), least, i32(high));
}

export const floatBuiltins: Readonly<Record<string, Builtin>> = {
  ...mathBuiltins,
  ceil: unaryOp('ceil'),
  floor: unaryOp('floor'),
  trunc: unaryOp('trunc'),
  round: unaryOp('nearest'),
  sqrt: unaryOp('sqrt'),
  inverseSqrt: float1((_, p, x) => op(`${p}.div`, literal(p, 1), op(`${p}.sqrt`, x))),
  fract: float1((builder, p, x) => {
    const kept = builder.keep(x);
    return op(`${p}.sub`, kept, op(`${p}.floor`, kept));
  }),
  saturate: float1((_, p, x) => clampParts(p, x, literal(p, 0), literal(p, 1))),
  degrees: float1((_, p, x) => op(`${p}.mul`, x, literal(p, 57.29577951308232))),
  radians: float1((_, p, x) => op(`${p}.mul`, x, literal(p, 0.017453292519943295))),
  step: perFloat(2, (_, p, edge = i32(0), x = i32(0)) => select(op(`${p}.le`, edge, x), literal(p, 1), literal(p, 0))),
  fma: float3((_, p, x, y, z) => op(`${p}.add`, op(`${p}.mul`, x, y), z)),
  smoothstep: float3((builder, p, low, high, x) => {
    const from = builder.keep(low);
    const t = builder.keep(
      clampParts(p, op(`${p}.div`, op(`${p}.sub`, x, from), op(`${p}.sub`, high, from)), literal(p, 0), literal(p, 1)),
    );
    return op(`${p}.mul`, op(`${p}.mul`, t, t), op(`${p}.sub`, literal(p, 3), op(`${p}.mul`, literal(p, 2), t)));
  }),
};

function prefixOf(scalar: string): 'i32' | 'i64' | 'f32' | 'f64' {
  return scalar === 'f32' ? 'f32' : scalar === 'abstract-float' ? 'f64' : scalar === 'abstract-int' ? 'i64' : 'i32';
}

function pickInteger(builder: Parameters<FloatFunction>[0], scalar: string, comparison: 'lt' | 'gt', a: Expr, b: Expr): Expr {
  const [x, y] = [builder.keep(a), builder.keep(b)];
  const name = `${prefixOf(scalar)}.${comparison}${scalar === 'u32' ? '_u' : '_s'}`;
  const picked = builder.keep(select(op(name, x, y), x, y));
  if (scalar === 'u32' && comparison === 'lt' && picked.kind === 'local')
    builder.setLimit(picked.local, Math.min(builder.limitOf(x), builder.limitOf(y)));
  return picked;
}

function pick(builder: Parameters<FloatFunction>[0], scalar: string, name: 'min' | 'max', a: Expr, b: Expr): Expr | null {
  if (scalar === 'bool') return null;
  if (scalar === 'f32' || scalar === 'abstract-float') return (name === 'min' ? lesser : greater)(scalar === 'f32' ? 'f32' : 'f64', a, b);
  return pickInteger(builder, scalar, name === 'min' ? 'lt' : 'gt', a, b);
}

const zero = (scalar: string): ConstExpr => (scalar === 'abstract-int' ? i64(0n) : i32(0));
const one = (scalar: string, sign: 1 | -1): ConstExpr => (scalar === 'abstract-int' ? i64(BigInt(sign)) : i32(sign));

/** Builtins for floats and integers alike. */
export const numberBuiltins: Readonly<Record<string, Builtin>> = {
  min: perNumber(2, (builder, scalar, a = i32(0), b = i32(0)) => pick(builder, scalar, 'min', a, b)),
  max: perNumber(2, (builder, scalar, a = i32(0), b = i32(0)) => pick(builder, scalar, 'max', a, b)),
  clamp: perNumber(3, (builder, scalar, x = i32(0), low = i32(0), high = i32(0)) => {
    const least = pick(builder, scalar, 'max', x, low);
    return least === null ? null : pick(builder, scalar, 'min', least, high);
  }),
  abs: perNumber(1, (builder, scalar, x = i32(0)) => {
    const p = prefixOf(scalar);
    if (scalar === 'bool') return null;
    if (p === 'f32' || p === 'f64') return op(`${p}.abs`, x);
    if (scalar === 'u32') return x;
    const kept = builder.keep(x);
    return select(op(`${p}.lt_s`, kept, zero(scalar)), op(`${p}.sub`, zero(scalar), kept), kept);
  }),
  sign: perNumber(1, (builder, scalar, x = i32(0)) => {
    const p = prefixOf(scalar);
    if (scalar === 'bool' || scalar === 'u32') return null;
    const kept = builder.keep(x);
    if (p === 'f32' || p === 'f64') {
      const unit = op(`${p}.copysign`, literal(p, 1), kept);
      return select(op(`${p}.gt`, op(`${p}.abs`, kept), literal(p, 0)), unit, kept);
    }
    const negative = select(op(`${p}.lt_s`, kept, zero(scalar)), one(scalar, -1), zero(scalar));
    return select(op(`${p}.gt_s`, kept, zero(scalar)), one(scalar, 1), negative);
  }),
};

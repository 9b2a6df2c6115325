/** Changes the type of values: the implicit way from abstract to concrete, and the explicit way of `f32(x)`. */
import { SourceFault, type Span } from '../diagnostics.ts';
import { f32, f64, i32, isConst, op, select } from '../ir/build.ts';
import { roundToHalf } from '../ir/half.ts';
import type { Expr } from '../ir/ir.ts';
import {
  countScalars,
  isAbstract,
  isSameType,
  type ScalarName,
  type StructType,
  scalarOf,
  scalarType,
  type Type,
  withScalar,
} from '../resolve/types.ts';
import { roundHalf } from './f16.ts';
import type { FunctionBuilder } from './function-builder.ts';
import type { PartsValue, Value } from './value.ts';

const rank: Readonly<Record<ScalarName, number>> = { 'abstract-int': 0, 'abstract-float': 1, bool: 2, i32: 2, u32: 2, f32: 2, f16: 2 };

/** How concrete a scalar is: what has a lower rank may become what has a higher one. */
export function rankOf(scalar: ScalarName): number {
  return rank[scalar];
}

/** The implicit conversion of one abstract constant. */
function convertAbstract(part: Expr, from: ScalarName, to: ScalarName, span: Span): Expr {
  if (from === to) return part;
  if (!isConst(part)) throw new Error('an abstract value that is not constant');
  const { value } = part;
  if (from === 'abstract-int') {
    if (to === 'abstract-float') return f64(Number(value));
    if (to === 'f32' || to === 'f16') return finite(Number(value), to, span);
    if (to === 'i32' && value >= -2147483648n && value <= 2147483647n) return i32(Number(value));
    if (to === 'u32' && value >= 0n && value <= 4294967295n) return i32(Number(BigInt.asIntN(32, BigInt(value))));
    if (to === 'i32' || to === 'u32') throw new SourceFault('type', `${value} does not fit ${to}.`, span);
  }
  if (from === 'abstract-float' && (to === 'f32' || to === 'f16')) return finite(Number(value), to, span);
  throw new SourceFault('type', `Expected ${to} here, found ${nameType(scalarType(from))}.`, span);
}

function finite(value: number, to: 'f32' | 'f16', span: Span): Expr {
  const rounded = to === 'f32' ? Math.fround(value) : roundToHalf(value);
  if (!Number.isFinite(rounded)) throw new SourceFault('type', `${value} does not fit ${to}.`, span);
  return f32(rounded);
}

/** Makes a value be of `wanted`, where WGSL does so by itself; an error where it does not. */
export function convertTo(value: Value, wanted: Type, span: Span): Value {
  if (isSameType(value.type, wanted)) return value;
  const converted = value.kind === 'parts' ? convertShape(value, wanted, span) : null;
  if (converted === null)
    throw new SourceFault(
      'type',
      `Expected ${nameType(wanted)} here, found ${nameType(value.type)}.`,
      span,
      howToConvert(value.type, wanted),
    );
  return converted;
}

/** A type in words for people: an abstract one by what it is. */
function nameType(type: Type): string {
  return type.key.replaceAll('abstract-int', 'a whole number').replaceAll('abstract-float', 'a number with a fraction');
}

function howToConvert(from: Type, to: Type): readonly string[] {
  const isSameShape = from.kind === to.kind && (from.kind !== 'vector' || to.kind !== 'vector' || from.n === to.n);
  const [a, b] = [scalarOf(from), scalarOf(to)];
  if (!isSameShape || a === null || b === null || from.kind === 'matrix') return [];
  return [`WGSL converts nothing by itself: write ${to.key}(...) around it.`];
}

function convertShape(value: PartsValue, wanted: Type, span: Span): PartsValue | null {
  const from = leafScalar(value.type);
  const to = leafScalar(wanted);
  if (from === null || to === null || !isAbstract(value.type) || !isSameType(withLeaf(value.type, to), wanted)) return null;
  return { kind: 'parts', type: wanted, parts: value.parts.map((part) => convertAbstract(part, from, to, span)) };
}

export function leafScalar(type: Type): ScalarName | null {
  return type.kind === 'array' ? leafScalar(type.element) : scalarOf(type);
}

function withLeaf(type: Type, scalar: ScalarName): Type {
  return withScalar(type, scalar);
}

/** Gives an abstract value the type it has where nothing else asks: i32 or f32. */
export function concretize(value: Value, span: Span): Value {
  if (value.kind !== 'parts' || !isAbstract(value.type)) return value;
  const { type, parts } = value;
  if (type.kind === 'struct') return concretizeStruct(type, parts, span);
  return convertTo(value, concreteType(type), span);
}

/** Only modf and frexp of constants make a struct of abstract members. */
function concretizeStruct(type: StructType, parts: readonly Expr[], span: Span): PartsValue {
  let at = 0;
  const members = type.members.map((member) => {
    const count = countScalars(member.type) ?? 0;
    const value = concretize({ kind: 'parts', type: member.type, parts: parts.slice(at, at + count) }, span) as PartsValue;
    at += count;
    return value;
  });
  return { kind: 'parts', type: concreteType(type), parts: members.flatMap((member) => member.parts) };
}

export function concreteType(type: Type): Type {
  if (type.kind === 'struct') {
    const members = type.members.map((member) => ({ ...member, type: concreteType(member.type) }));
    return isAbstract(type) ? { ...type, members, key: `${type.name}<${members[0]?.type.key ?? ''}>` } : type;
  }
  const scalar = leafScalar(type);
  return scalar === 'abstract-int' ? withLeaf(type, 'i32') : scalar === 'abstract-float' ? withLeaf(type, 'f32') : type;
}

/** The scalar that several number-like values can all become, or null. */
export function commonScalar(scalars: readonly ScalarName[]): ScalarName | null {
  let common: ScalarName | null = null;
  for (const scalar of scalars) {
    if (common === null || rank[scalar] > rank[common]) common = scalar;
  }
  if (common === null) return null;
  for (const scalar of scalars) {
    const fits =
      scalar === common || scalar === 'abstract-int'
        ? common !== 'bool' || scalar === 'bool'
        : scalar === 'abstract-float' && (common === 'f32' || common === 'f16');
    if (!fits) return null;
  }
  return common;
}

/** Brings number-like values to one scalar, each keeping its shape. If one is only known at run time, all become concrete. */
export function unify(values: readonly PartsValue[], span: Span, least: 'any' | 'float' = 'any'): readonly PartsValue[] {
  const scalars = values.map((value) => scalarOf(value.type));
  const known = scalars.filter((scalar) => scalar !== null);
  let common = known.length === values.length ? commonScalar(known) : null;
  if (common === null)
    throw new SourceFault(
      'type',
      `These types do not go together: ${values.map((value) => nameType(value.type)).join(', ')}.`,
      span,
      known.length === values.length && !known.includes('bool')
        ? ['WGSL converts nothing by itself: convert one, as in f32(x) or u32(x).']
        : [],
    );
  if (least === 'float' && common === 'abstract-int') common = 'abstract-float';
  const isRuntime = values.some((value) => !value.parts.every(isConst));
  if (isRuntime && common === 'abstract-int') common = 'i32';
  if (isRuntime && common === 'abstract-float') common = 'f32';
  const scalar = common;
  return values.map((value) => convertTo(value, withScalar(value.type, scalar), span) as PartsValue);
}

/** WGSL converts what is too large to the largest integer that is also a float. */
const largestFloatInI32 = 2147483520;
const largestFloatInU32 = 4294967040;

/** The explicit conversion of one scalar, as in `u32(x)`. */
export function convertScalar(builder: FunctionBuilder, part: Expr, from: ScalarName, to: ScalarName, span: Span): Expr {
  if (from === to) return part;
  if (from === 'abstract-int' || from === 'abstract-float') return explicitAbstract(part, from, to, span);
  const isFloat = from === 'f32' || from === 'f16';
  switch (to) {
    case 'bool':
      return isFloat ? op('f32.ne', part, f32(0)) : op('i32.ne', part, i32(0));
    case 'i32':
      return isFloat ? op('i32.trunc_sat_f32_s', op('f32.pmin', part, f32(largestFloatInI32))) : part;
    case 'u32':
      return isFloat ? op('i32.trunc_sat_f32_u', op('f32.pmin', part, f32(largestFloatInU32))) : part;
    case 'f32':
      if (from === 'bool') return select(part, f32(1), f32(0));
      if (from === 'f16') return part;
      return op(from === 'i32' ? 'f32.convert_i32_s' : 'f32.convert_i32_u', part);
    case 'f16':
      return roundHalf(builder, from === 'f32' ? part : convertScalar(builder, part, from, 'f32', span));
    default:
      throw new SourceFault('type', `${from} cannot become ${to}.`, span);
  }
}

function explicitAbstract(part: Expr, from: 'abstract-int' | 'abstract-float', to: ScalarName, span: Span): Expr {
  if (to === 'bool')
    return from === 'abstract-int' ? op('i64.ne', part, { kind: 'const', type: 'i64', value: 0n }) : op('f64.ne', part, f64(0));
  if (from === 'abstract-int' || to === 'f32' || to === 'f16') return convertAbstract(part, from, to, span);
  // A fraction is cut off first; then the whole number must fit.
  return op(to === 'i32' ? 'i32.trunc_sat_f64_s' : 'i32.trunc_sat_f64_u', part);
}

/** modf, frexp and ldexp: builtins that take floats apart or put them together. */
import { SourceFault, type Span } from '../../diagnostics.ts';
import { f64, i32, i64, isConst, op, select } from '../../ir/build.ts';
import type { Expr } from '../../ir/ir.ts';
import { isFloatScalar, type StructType, scalarOf, type Type, withScalar } from '../../resolve/types.ts';
import { convertTo, unify } from '../convert.ts';
import type { FunctionBuilder } from '../function-builder.ts';
import type { PartsValue } from '../value.ts';
import { type Builtin, countArguments, floatPrefix } from './componentwise.ts';
import { scaleByPowerOfTwo } from './float.ts';

function resultStruct(name: string, first: readonly [string, Type], second: readonly [string, Type]): StructType {
  const members = [first, second].map(([member, type]) => ({ name: member, type, align: null, size: null, builtin: null }));
  return { kind: 'struct', name, members, key: `${name}<${first[1].key}>` };
}

function oneFloat(builder: FunctionBuilder, args: readonly PartsValue[], span: Span): PartsValue {
  countArguments(args, 1, span);
  const [value] = unify(args, span, 'float');
  if (value === undefined) throw new Error('one argument');
  return { ...value, parts: builder.keepAll(value.parts) };
}

function modf(builder: FunctionBuilder, args: readonly PartsValue[], span: Span): PartsValue {
  const value = oneFloat(builder, args, span);
  const prefix = floatPrefix(value, span);
  const whole = value.parts.map((part) => builder.keep(op(`${prefix}.trunc`, part)));
  const fract = value.parts.map((part, i) => op(`${prefix}.sub`, part, whole[i] ?? part));
  return { kind: 'parts', type: resultStruct('__modf_result', ['fract', value.type], ['whole', value.type]), parts: [...fract, ...whole] };
}

/** Of doubles: below it the exponent's bits do not tell the exponent. */
const smallestNormal = 2 ** -1022;

/** The fraction in [0.5, 1) and the exponent, by the bits of a double, where no float is subnormal. */
function frexpPart(builder: FunctionBuilder, part: Expr): readonly [fraction: Expr, exponent: Expr] {
  if (part.type === 'f64' && isConst(part) && part.value !== 0 && Math.abs(Number(part.value)) < smallestNormal) {
    const [fraction, exponent] = frexpPart(builder, op('f64.mul', part, f64(2 ** 64)));
    return [fraction, op('i32.sub', exponent, i32(64))];
  }
  const wide = builder.keep(part.type === 'f64' ? part : op('f64.promote_f32', part));
  const bits = builder.keep(op('i64.reinterpret_f64', wide));
  const biased = builder.keep(op('i32.wrap_i64', op('i64.and', op('i64.shr_u', bits, i64(52n)), i64(2047n))));
  const fraction = op('f64.reinterpret_i64', op('i64.or', op('i64.and', bits, i64(-0x7ff0000000000001n)), i64(0x3fe0000000000000n)));
  const isPlain = builder.keep(op('i32.lt_u', op('i32.sub', biased, i32(1)), i32(2046)));
  const kept = builder.keep(select(isPlain, fraction, wide));
  const exponent = select(isPlain, op('i32.sub', biased, i32(1022)), i32(0));
  return [part.type === 'f64' ? kept : op('f32.demote_f64', kept), exponent];
}

function frexp(builder: FunctionBuilder, args: readonly PartsValue[], span: Span): PartsValue {
  const value = oneFloat(builder, args, span);
  const isAbstract = floatPrefix(value, span) === 'f64';
  const pairs = value.parts.map((part) => frexpPart(builder, part));
  const exponentType = withScalar(value.type, isAbstract ? 'abstract-int' : 'i32');
  const exponents = pairs.map(([, exponent]) => (isAbstract ? op('i64.extend_i32_s', exponent) : exponent));
  return {
    kind: 'parts',
    type: resultStruct('__frexp_result', ['fract', value.type], ['exp', exponentType]),
    parts: [...pairs.map(([fraction]) => fraction), ...exponents],
  };
}

function ldexp(builder: FunctionBuilder, args: readonly PartsValue[], span: Span): PartsValue {
  countArguments(args, 2, span);
  const [first, second] = args;
  if (first === undefined || second === undefined) throw new Error('two arguments');
  const isRuntime = [...first.parts, ...second.parts].some((part) => part.kind !== 'const');
  const [value = first] = unify([first], span, 'float');
  const scalar = scalarOf(value.type);
  if (scalar === null || !isFloatScalar(scalar)) throw new SourceFault('type', '"ldexp" takes a float.', span);
  const single = isRuntime && scalar === 'abstract-float' ? (convertTo(value, withScalar(value.type, 'f32'), span) as PartsValue) : value;
  const exponents = convertTo(second, withScalar(second.type, 'i32'), span) as PartsValue;
  const kept = builder.keepAll(exponents.parts);
  return { ...single, parts: single.parts.map((part, i) => scaleByPowerOfTwo(part, kept[i] ?? i32(0))) };
}

export const splitFloatBuiltins: Readonly<Record<string, Builtin>> = { modf, frexp, ldexp };

/** Shapes of builtins: the same scalar function over every component, floats or numbers only. */
import { SourceFault, type Span } from '../../diagnostics.ts';
import { i32 } from '../../ir/build.ts';
import type { Expr } from '../../ir/ir.ts';
import { isFloatScalar, isSameType, type ScalarName, scalarOf, withScalar } from '../../resolve/types.ts';
import { convertTo, unify } from '../convert.ts';
import type { FunctionBuilder } from '../function-builder.ts';
import type { PartsValue } from '../value.ts';

/** A builtin over values; arguments come lowered and split. */
export type Builtin = (builder: FunctionBuilder, args: readonly PartsValue[], span: Span) => PartsValue;

export type FloatPrefix = 'f32' | 'f64';
export type FloatFunction = (builder: FunctionBuilder, prefix: FloatPrefix, ...parts: readonly Expr[]) => Expr;
export type NumberFunction = (builder: FunctionBuilder, scalar: ScalarName, ...parts: readonly Expr[]) => Expr | null;

export function countArguments(args: readonly PartsValue[], count: number, span: Span): void {
  if (args.length !== count)
    throw new SourceFault('type', `This builtin takes ${count} argument${count === 1 ? '' : 's'}, not ${args.length}.`, span);
}

function requireSameShape(args: readonly PartsValue[], span: Span): PartsValue {
  const [first] = args;
  if (first === undefined || first.type.kind === 'matrix' || !args.every((arg) => isSameType(arg.type, first.type))) {
    throw new SourceFault('type', `These types do not go together: ${args.map((arg) => arg.type.key).join(', ')}.`, span);
  }
  return first;
}

/** Floats, or abstract numbers that become floats. */
export function perFloat(arity: number, apply: FloatFunction): Builtin {
  return (builder, args, span) => {
    countArguments(args, arity, span);
    const unified = unify(args, span, 'float');
    const first = requireSameShape(unified, span);
    const prefix = floatPrefix(first, span);
    const parts = first.parts.map((_, i) => apply(builder, prefix, ...unified.map((arg) => arg.parts[i] ?? i32(0))));
    return { kind: 'parts', type: first.type, parts };
  };
}

export function floatPrefix(value: PartsValue, span: Span): FloatPrefix {
  const scalar = scalarOf(value.type);
  if (scalar === null || !isFloatScalar(scalar)) throw new SourceFault('type', `Expected floats here, found ${value.type.key}.`, span);
  return scalar === 'f32' ? 'f32' : 'f64';
}

/** Any numbers, all of one type; `apply` gives null where the scalar is not fit. */
export function perNumber(arity: number, apply: NumberFunction): Builtin {
  return (builder, args, span) => {
    countArguments(args, arity, span);
    const unified = unify(args, span);
    const first = requireSameShape(unified, span);
    const scalar = scalarOf(first.type);
    const parts = first.parts.map((_, i) => {
      const part = scalar === null ? null : apply(builder, scalar, ...unified.map((arg) => arg.parts[i] ?? i32(0)));
      if (part === null) throw new SourceFault('type', `This builtin does not go with ${first.type.key}.`, span);
      return part;
    });
    return { kind: 'parts', type: first.type, parts };
  };
}

/** i32 or u32; abstract integers become i32. */
export function perInteger(
  arity: number,
  apply: (builder: FunctionBuilder, isSigned: boolean, ...parts: readonly Expr[]) => Expr,
): Builtin {
  const inner = perNumber(arity, (builder, scalar, ...parts) =>
    scalar === 'i32' || scalar === 'u32' ? apply(builder, scalar === 'i32', ...parts) : null,
  );
  return (builder, args, span) => {
    const concrete = args.map((arg) =>
      scalarOf(arg.type) === 'abstract-int' ? (convertTo(arg, withScalar(arg.type, 'i32'), span) as PartsValue) : arg,
    );
    const isUnsigned = args.some((arg) => scalarOf(arg.type) === 'u32');
    return inner(builder, isUnsigned ? args : concrete, span);
  };
}

/** Builtins over whole vectors and matrices. */
import { SourceFault, type Span } from '../../diagnostics.ts';
import { f32, f64, i32, op, select } from '../../ir/build.ts';
import type { ConstExpr, Expr } from '../../ir/ir.ts';
import { isFloatScalar, isSameType, matrixType, scalarOf, scalarType } from '../../resolve/types.ts';
import { convertTo, unify } from '../convert.ts';
import type { FunctionBuilder } from '../function-builder.ts';
import { sumOfProducts } from '../lower-binary.ts';
import { type PartsValue, partsValue } from '../value.ts';
import { type Builtin, countArguments, type FloatPrefix, floatPrefix } from './componentwise.ts';
import { mixParts } from './float.ts';

const literal = (prefix: FloatPrefix, value: number): ConstExpr => (prefix === 'f32' ? f32(value) : f64(value));

/** Unified float vectors of one type, their parts fixed. */
function floats(
  builder: FunctionBuilder,
  args: readonly PartsValue[],
  count: number,
  span: Span,
): { readonly vectors: readonly PartsValue[]; readonly prefix: FloatPrefix } {
  countArguments(args, count, span);
  const vectors = unify(args, span, 'float').map((arg) => ({ ...arg, parts: builder.keepAll(arg.parts) }));
  const [first] = vectors;
  if (first === undefined || !vectors.every((each) => isSameType(each.type, first.type)))
    throw new SourceFault('type', 'These vectors are not of one type.', span);
  return { vectors, prefix: floatPrefix(first, span) };
}

function dot(prefix: string, a: PartsValue, b: PartsValue): Expr {
  return sumOfProducts(prefix, a.parts, b.parts);
}

function lengthOf(prefix: FloatPrefix, value: PartsValue): Expr {
  return value.type.kind === 'scalar' ? op(`${prefix}.abs`, value.parts[0] ?? i32(0)) : op(`${prefix}.sqrt`, dot(prefix, value, value));
}

const scalarResult = (value: PartsValue, part: Expr): PartsValue => partsValue(scalarType(scalarOf(value.type) ?? 'f32'), part);

function at(values: readonly PartsValue[], index: number): PartsValue {
  const value = values[index];
  if (value === undefined) throw new Error('missing argument');
  return value;
}

function dotBuiltin(_: FunctionBuilder, args: readonly PartsValue[], span: Span): PartsValue {
  countArguments(args, 2, span);
  const vectors = unify(args, span);
  const [a, b] = [at(vectors, 0), at(vectors, 1)];
  const scalar = scalarOf(a.type);
  if (a.type.kind !== 'vector' || !isSameType(a.type, b.type) || scalar === 'bool' || scalar === null)
    throw new SourceFault('type', '"dot" takes two vectors of numbers of one type.', span);
  const prefix = scalar === 'f32' ? 'f32' : scalar === 'abstract-float' ? 'f64' : scalar === 'abstract-int' ? 'i64' : 'i32';
  return scalarResult(a, sumOfProducts(prefix, a.parts, b.parts));
}

function cross(builder: FunctionBuilder, args: readonly PartsValue[], span: Span): PartsValue {
  const { vectors, prefix } = floats(builder, args, 2, span);
  const [a, b] = [at(vectors, 0), at(vectors, 1)];
  if (a.type.kind !== 'vector' || a.type.n !== 3) throw new SourceFault('type', '"cross" takes two vectors of three floats.', span);
  const product = (i: number, j: number): Expr => op(`${prefix}.mul`, a.parts[i] ?? i32(0), b.parts[j] ?? i32(0));
  const component = (i: number, j: number): Expr => op(`${prefix}.sub`, product(i, j), product(j, i));
  return { ...a, parts: [component(1, 2), component(2, 0), component(0, 1)] };
}

function scaled(prefix: FloatPrefix, value: PartsValue, by: Expr, name: 'mul' | 'div'): Expr[] {
  return value.parts.map((part) => op(`${prefix}.${name}`, part, by));
}

function reflect(builder: FunctionBuilder, args: readonly PartsValue[], span: Span): PartsValue {
  const { vectors, prefix } = floats(builder, args, 2, span);
  const [incident, normal] = [at(vectors, 0), at(vectors, 1)];
  const twice = builder.keep(op(`${prefix}.mul`, literal(prefix, 2), dot(prefix, normal, incident)));
  return {
    ...incident,
    parts: incident.parts.map((part, i) => op(`${prefix}.sub`, part, op(`${prefix}.mul`, twice, normal.parts[i] ?? i32(0)))),
  };
}

function refract(builder: FunctionBuilder, args: readonly PartsValue[], span: Span): PartsValue {
  const all = unify(args, span, 'float');
  const { vectors, prefix } = floats(builder, all.slice(0, 2), 2, span);
  const [incident, normal] = [at(vectors, 0), at(vectors, 1)];
  const ratio = builder.keep(at(all, 2).parts[0] ?? i32(0));
  const along = builder.keep(dot(prefix, normal, incident));
  const mul = (a: Expr, b: Expr): Expr => op(`${prefix}.mul`, a, b);
  const one = literal(prefix, 1);
  const k = builder.keep(op(`${prefix}.sub`, one, mul(mul(ratio, ratio), op(`${prefix}.sub`, one, mul(along, along)))));
  const bend = builder.keep(op(`${prefix}.add`, mul(ratio, along), op(`${prefix}.sqrt`, k)));
  const isInside = builder.keep(op(`${prefix}.lt`, k, literal(prefix, 0)));
  const parts = incident.parts.map((part, i) =>
    select(isInside, literal(prefix, 0), op(`${prefix}.sub`, mul(ratio, part), mul(bend, normal.parts[i] ?? i32(0)))),
  );
  return { ...incident, parts };
}

function faceForward(builder: FunctionBuilder, args: readonly PartsValue[], span: Span): PartsValue {
  const { vectors, prefix } = floats(builder, args, 3, span);
  const isFacing = builder.keep(op(`${prefix}.lt`, dot(prefix, at(vectors, 1), at(vectors, 2)), literal(prefix, 0)));
  const first = at(vectors, 0);
  return { ...first, parts: first.parts.map((part) => select(isFacing, part, op(`${prefix}.neg`, part))) };
}

function mix(builder: FunctionBuilder, args: readonly PartsValue[], span: Span): PartsValue {
  countArguments(args, 3, span);
  const unified = unify(args, span, 'float');
  const [a, b, t] = [at(unified, 0), at(unified, 1), at(unified, 2)];
  const prefix = floatPrefix(a, span);
  if (!isSameType(a.type, b.type)) throw new SourceFault('type', '"mix" takes two values of one type.', span);
  const share = t.parts.length === 1 ? builder.keepAll(t.parts) : t.parts;
  return {
    ...a,
    parts: a.parts.map((part, i) => mixParts(builder, prefix, part, b.parts[i] ?? i32(0), share[t.parts.length === 1 ? 0 : i] ?? i32(0))),
  };
}

function selectBuiltin(builder: FunctionBuilder, args: readonly PartsValue[], span: Span): PartsValue {
  countArguments(args, 3, span);
  const [no, yes, condition] = [at(args, 0), at(args, 1), at(args, 2)];
  if (scalarOf(condition.type) !== 'bool') throw new SourceFault('type', 'The last argument of "select" is a bool.', span);
  const isConstant = condition.parts.every((part) => part.kind === 'const');
  const [a, b] = isSameType(no.type, yes.type) && scalarOf(no.type) === 'bool' ? [no, yes] : unifyPair(no, yes, isConstant, span);
  const conditions =
    condition.type.kind === 'scalar' ? new Array<Expr>(a.parts.length).fill(builder.keep(at(args, 2).parts[0] ?? i32(0))) : condition.parts;
  return { ...a, parts: a.parts.map((part, i) => select(conditions[i] ?? i32(0), b.parts[i] ?? part, part)) };
}

function unifyPair(no: PartsValue, yes: PartsValue, isConstant: boolean, span: Span): readonly [PartsValue, PartsValue] {
  let [a, b] = unify([no, yes], span) as [PartsValue, PartsValue];
  const scalar = scalarOf(a.type);
  if (!isConstant && (scalar === 'abstract-int' || scalar === 'abstract-float')) {
    const concrete = { ...no, parts: [], type: scalarType(scalar === 'abstract-int' ? 'i32' : 'f32') };
    [a, b] = [a, b].map((each) =>
      convertTo(
        each,
        each.type.kind === 'vector'
          ? { ...each.type, scalar: concrete.type.scalar, key: `vec${each.type.n}<${concrete.type.scalar}>` }
          : concrete.type,
        span,
      ),
    ) as [PartsValue, PartsValue];
  }
  if (!isSameType(a.type, b.type)) throw new SourceFault('type', '"select" takes two values of one type.', span);
  return [a, b];
}

function transpose(_: FunctionBuilder, args: readonly PartsValue[], span: Span): PartsValue {
  countArguments(args, 1, span);
  const value = at(args, 0);
  const { type } = value;
  if (type.kind !== 'matrix') throw new SourceFault('type', '"transpose" takes a matrix.', span);
  const parts = Array.from(
    { length: type.cols * type.rows },
    (__, i) => value.parts[(i % type.cols) * type.rows + Math.floor(i / type.cols)] ?? i32(0),
  );
  return { kind: 'parts', type: matrixType(type.rows, type.cols, type.scalar), parts };
}

function determinant(builder: FunctionBuilder, args: readonly PartsValue[], span: Span): PartsValue {
  countArguments(args, 1, span);
  const value = at(args, 0);
  const { type } = value;
  if (type.kind !== 'matrix' || type.cols !== type.rows || !isFloatScalar(type.scalar))
    throw new SourceFault('type', '"determinant" takes a square matrix.', span);
  const prefix = type.scalar === 'f32' ? 'f32' : 'f64';
  const kept = builder.keepAll(value.parts);
  const columns = Array.from({ length: type.cols }, (_, c) => kept.slice(c * type.rows, (c + 1) * type.rows));
  return partsValue(scalarType(type.scalar), expand(builder, prefix, columns));
}

/** Along the first column. */
function expand(builder: FunctionBuilder, prefix: FloatPrefix, columns: readonly (readonly Expr[])[]): Expr {
  const [first = [], ...rest] = columns;
  if (rest.length === 0) return first[0] ?? i32(0);
  const terms = first.map((head, row) => {
    const minor = builder.keep(
      expand(
        builder,
        prefix,
        rest.map((column) => column.filter((_, i) => i !== row)),
      ),
    );
    return op(`${prefix}.mul`, head, minor);
  });
  return terms.reduce((sum, term, row) => op(`${prefix}.${row % 2 === 0 ? 'add' : 'sub'}`, sum, term));
}

export const vectorBuiltins: Readonly<Record<string, Builtin>> = {
  dot: dotBuiltin,
  cross,
  length: (builder, args, span) => {
    const { vectors, prefix } = floats(builder, args, 1, span);
    return scalarResult(at(vectors, 0), lengthOf(prefix, at(vectors, 0)));
  },
  distance: (builder, args, span) => {
    const { vectors, prefix } = floats(builder, args, 2, span);
    const parts = at(vectors, 0).parts.map((part, i) => builder.keep(op(`${prefix}.sub`, part, at(vectors, 1).parts[i] ?? i32(0))));
    return scalarResult(at(vectors, 0), lengthOf(prefix, { ...at(vectors, 0), parts }));
  },
  normalize: (builder, args, span) => {
    const { vectors, prefix } = floats(builder, args, 1, span);
    const length = builder.keep(lengthOf(prefix, at(vectors, 0)));
    return { ...at(vectors, 0), parts: scaled(prefix, at(vectors, 0), length, 'div') };
  },
  reflect,
  refract,
  faceForward,
  mix,
  select: selectBuiltin,
  transpose,
  determinant,
};

/** Value constructors: `vec3f(a, b.xy)`, `array(1, 2)`, `mat2x2f()`, `Hit(...)`, `u32(x)`. */
import { SourceFault, type Span } from '../diagnostics.ts';
import { isConst } from '../ir/build.ts';
import {
  arrayType,
  countScalars,
  isAbstract,
  type MatrixType,
  matrixType,
  type ScalarName,
  scalarOf,
  scalarType,
  type Type,
  type VectorType,
  vectorType,
} from '../resolve/types.ts';
import { partsOf } from './access.ts';
import { concretize, convertScalar, convertTo, leafScalar, rankOf, unify } from './convert.ts';
import type { FunctionBuilder } from './function-builder.ts';
import { maxConstParts, type PartsValue, type Value, zeroValue } from './value.ts';

export function isInferredName(name: string): boolean {
  return /^(vec[234]|mat[234]x[234]|array)$/.test(name);
}

export function constructValue(builder: FunctionBuilder, type: Type, args: readonly Value[], span: Span): PartsValue {
  const count = countScalars(type);
  if (count === null || type.kind === 'atomic') throw new SourceFault('type', `${type.key} cannot be constructed.`, span);
  if (count > maxConstParts)
    throw new SourceFault('limit', `A value of more than ${maxConstParts} scalars is too large to be constructed.`, span);
  builder.scope.spend(count);
  if (args.length === 0) return zeroValue(type);
  switch (type.kind) {
    case 'scalar':
      return constructScalar(builder, type.scalar, args, span);
    case 'vector':
      return constructVector(builder, type, args, span);
    case 'matrix':
      return constructMatrix(builder, type, args, span);
    case 'array':
      return constructMembers(builder, type, new Array<Type>(type.count ?? 0).fill(type.element), args, span);
    case 'struct':
      return constructMembers(
        builder,
        type,
        type.members.map((member) => member.type),
        args,
        span,
      );
    default:
      throw new SourceFault('type', `${type.key} cannot be constructed.`, span);
  }
}

function wrongArguments(type: Type, span: Span): SourceFault {
  return new SourceFault('type', `These arguments do not make a ${type.key}.`, span);
}

function constructScalar(builder: FunctionBuilder, scalar: ScalarName, args: readonly Value[], span: Span): PartsValue {
  const [arg] = args;
  if (args.length !== 1 || arg?.type.kind !== 'scalar') throw wrongArguments(scalarType(scalar), span);
  const from = arg.type.scalar;
  return {
    kind: 'parts',
    type: scalarType(scalar),
    parts: partsOf(builder, arg, span).parts.map((part) => convertScalar(builder, part, from, scalar, span)),
  };
}

function constructVector(builder: FunctionBuilder, type: VectorType, args: readonly Value[], span: Span): PartsValue {
  const values = args.map((arg) => partsOf(builder, arg, span));
  const [only] = values;
  if (values.length === 1 && only !== undefined) {
    const from = scalarOf(only.type);
    if (only.type.kind === 'scalar') {
      const part = partsOf(builder, convertTo(only, scalarType(type.scalar), span), span).parts[0];
      if (part === undefined) throw wrongArguments(type, span);
      return { kind: 'parts', type, parts: new Array(type.n).fill(builder.keep(part)) };
    }
    if (only.type.kind !== 'vector' || only.type.n !== type.n || from === null) throw wrongArguments(type, span);
    return { kind: 'parts', type, parts: only.parts.map((part) => convertScalar(builder, part, from, type.scalar, span)) };
  }
  const parts = joinParts(builder, type.scalar, values, span, type);
  if (parts.length !== type.n) throw wrongArguments(type, span);
  return { kind: 'parts', type, parts };
}

function joinParts(
  builder: FunctionBuilder,
  scalar: ScalarName,
  values: readonly PartsValue[],
  span: Span,
  type: Type,
): PartsValue['parts'] {
  return values.flatMap((value) => {
    if (value.type.kind !== 'scalar' && value.type.kind !== 'vector') throw wrongArguments(type, span);
    const wanted = value.type.kind === 'scalar' ? scalarType(scalar) : vectorType(value.type.n, scalar);
    return partsOf(builder, convertTo(value, wanted, span), span).parts;
  });
}

function constructMatrix(builder: FunctionBuilder, type: MatrixType, args: readonly Value[], span: Span): PartsValue {
  const values = args.map((arg) => partsOf(builder, arg, span));
  const [only] = values;
  if (values.length === 1 && only?.type.kind === 'matrix' && only.type.cols === type.cols && only.type.rows === type.rows) {
    const from = only.type.scalar;
    if (isAbstract(only.type)) return partsOf(builder, convertTo(only, type, span), span);
    return { kind: 'parts', type, parts: only.parts.map((part) => convertScalar(builder, part, from, type.scalar, span)) };
  }
  const isColumns = values.length === type.cols && values.every((value) => value.type.kind === 'vector' && value.type.n === type.rows);
  const isScalars = values.length === type.cols * type.rows && values.every((value) => value.type.kind === 'scalar');
  if (!isColumns && !isScalars) throw wrongArguments(type, span);
  return { kind: 'parts', type, parts: joinParts(builder, type.scalar, values, span, type) };
}

function constructMembers(builder: FunctionBuilder, type: Type, members: readonly Type[], args: readonly Value[], span: Span): PartsValue {
  if (args.length !== members.length) throw wrongArguments(type, span);
  const parts = args.flatMap((arg, i) => {
    const member = members[i];
    if (member === undefined) throw wrongArguments(type, span);
    return partsOf(builder, convertTo(arg, member, span), span).parts;
  });
  return { kind: 'parts', type, parts };
}

/** `vec3(...)`, `mat2x2(...)`, `array(...)`: the element type comes from the arguments. */
export function inferredConstructor(builder: FunctionBuilder, name: string, args: readonly Value[], span: Span): PartsValue {
  if (args.length === 0 && name.startsWith('vec')) return zeroValue(vectorType(Number(name[3]), 'abstract-int'));
  const values = args.map((arg) => partsOf(builder, arg, span));
  if (values.length === 0) throw new SourceFault('type', `"${name}" needs arguments or an element type.`, span);
  if (name === 'array') return inferArray(builder, values, span);
  const isMatrix = name.startsWith('mat');
  const unified = unify(values, span, isMatrix ? 'float' : 'any');
  const scalar = unified[0] === undefined ? null : scalarOf(unified[0].type);
  if (scalar === null) throw new SourceFault('type', `"${name}" needs arguments of one type.`, span);
  const digits = name.replace(/[a-z]/g, (letter) => (letter === 'x' ? 'x' : ''));
  const [first = 2, second = 2] = digits.split('x').map(Number);
  return constructValue(builder, isMatrix ? matrixType(first, second, scalar) : vectorType(first, scalar), unified, span);
}

function inferArray(builder: FunctionBuilder, values: readonly PartsValue[], span: Span): PartsValue {
  const isRuntime = values.some((value) => !value.parts.every(isConst));
  const concrete = isRuntime ? values.map((value) => partsOf(builder, concretize(value, span), span)) : values;
  // Abstract elements take the type of the most concrete one among them.
  const element = concrete.map((value) => value.type).reduce((best, type) => (isMoreConcrete(type, best) ? type : best));
  return constructValue(builder, arrayType(element, values.length), concrete, span);
}

function isMoreConcrete(type: Type, than: Type): boolean {
  const [a, b] = [leafScalar(type), leafScalar(than)];
  return a !== null && b !== null && rankOf(a) > rankOf(b);
}

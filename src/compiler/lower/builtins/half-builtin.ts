/** Float builtins of halves: computed as the f32 builtin of the same values, and rounded to halves once at the end. */
import { SourceFault, type Span } from '../../diagnostics.ts';
import { type ScalarName, scalarOf, type Type, withScalar } from '../../resolve/types.ts';
import { convertTo } from '../convert.ts';
import { roundHalf } from '../f16.ts';
import type { PartsValue } from '../value.ts';
import type { Builtin } from './componentwise.ts';

/** Of halves these give halves as they are. */
const exact: ReadonlySet<string> = new Set([
  'abs',
  'ceil',
  'clamp',
  'faceForward',
  'floor',
  'frexp',
  'max',
  'min',
  'modf',
  'round',
  'saturate',
  'select',
  'sign',
  'step',
  'transpose',
  'trunc',
]);

export function hasHalf(args: readonly PartsValue[]): boolean {
  return args.some((arg) => scalarOf(arg.type) === 'f16');
}

export function overHalves(name: string, builtin: Builtin): Builtin {
  return (builder, args, span) => {
    const singles = args.map((arg, i) => asSingle(arg, name === 'ldexp' && i === 1, span));
    const result = builtin(builder, singles, span);
    const parts = exact.has(name) ? result.parts : result.parts.map((part) => (part.type === 'f32' ? roundHalf(builder, part) : part));
    return { kind: 'parts', type: relabel(result.type, 'f32', 'f16'), parts };
  };
}

/** The same numbers as f32; constants without a type become halves first. */
function asSingle(arg: PartsValue, isExponent: boolean, span: Span): PartsValue {
  const scalar = scalarOf(arg.type);
  if (isExponent) return arg;
  if (scalar === 'f32') throw new SourceFault('type', 'f16 and f32 do not go together; convert one of them.', span);
  const isAbstract = scalar === 'abstract-int' || scalar === 'abstract-float';
  const half = isAbstract ? (convertTo(arg, withScalar(arg.type, 'f16'), span) as PartsValue) : arg;
  return { ...half, type: relabel(half.type, 'f16', 'f32') };
}

function relabel(type: Type, from: ScalarName, to: ScalarName): Type {
  if (type.kind === 'struct') {
    const members = type.members.map((member) => ({ ...member, type: relabel(member.type, from, to) }));
    return { ...type, members, key: `${type.name}<${members[0]?.type.key ?? ''}>` };
  }
  return scalarOf(type) === from ? withScalar(type, to) : type;
}

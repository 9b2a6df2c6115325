/** Lowers `-`, `!` and `~`. */
import { SourceFault, type Span } from '../diagnostics.ts';
import { i32, i64, not, op } from '../ir/build.ts';
import type { Expr } from '../ir/ir.ts';
import { type ScalarName, scalarOf } from '../resolve/types.ts';
import type { PartsValue } from './value.ts';

export function lowerUnary(operator: '-' | '!' | '~', value: PartsValue, span: Span): PartsValue {
  const scalar = scalarOf(value.type);
  const apply = scalar === null ? null : unaryOf(operator, scalar);
  if (apply === null) throw new SourceFault('type', `"${operator}" does not go with ${value.type.key}.`, span);
  return { ...value, parts: value.parts.map(apply) };
}

function unaryOf(operator: '-' | '!' | '~', scalar: ScalarName): ((part: Expr) => Expr) | null {
  switch (operator) {
    case '!':
      return scalar === 'bool' ? not : null;
    case '~':
      if (scalar === 'abstract-int') return (part) => op('i64.xor', part, i64(-1n));
      return scalar === 'i32' || scalar === 'u32' ? (part) => op('i32.xor', part, i32(-1)) : null;
    case '-':
      return negationOf(scalar);
  }
}

function negationOf(scalar: ScalarName): ((part: Expr) => Expr) | null {
  switch (scalar) {
    case 'i32':
      return (part) => op('i32.sub', i32(0), part);
    case 'abstract-int':
      return (part) => op('i64.sub', i64(0n), part);
    case 'f32':
    case 'f16':
      return (part) => op('f32.neg', part);
    case 'abstract-float':
      return (part) => op('f64.neg', part);
    default:
      return null;
  }
}

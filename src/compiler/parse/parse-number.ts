/** Reads a WGSL number literal: decimal or hexadecimal, integer or float, with its suffix. */
import { SourceFault, type Span } from '../diagnostics.ts';
import { roundToHalf } from '../ir/half.ts';
import type { LiteralNode } from './ast.ts';

export function parseNumber(text: string, span: Span): LiteralNode {
  const isHex = /^0x/i.test(text);
  const suffix = /[iuh]$/.exec(text)?.[0] ?? (!isHex || /p/i.test(text) ? (/f$/.exec(text)?.[0] ?? '') : '');
  const digits = suffix === '' ? text : text.slice(0, -1);
  const isFloat = suffix === 'f' || suffix === 'h' || digits.includes('.') || (isHex ? /p/i.test(digits) : /e/i.test(digits));
  return isFloat ? floatLiteral(digits, isHex, suffix, span) : intLiteral(digits, suffix, span);
}

function floatLiteral(digits: string, isHex: boolean, suffix: string, span: Span): LiteralNode {
  if (suffix === 'i' || suffix === 'u') throw new SourceFault('syntax', `A number with a fraction cannot end in "${suffix}".`, span);
  const value = isHex ? hexFloat(digits) : Number(digits);
  const rounded = suffix === 'f' ? Math.fround(value) : suffix === 'h' ? roundToHalf(value) : value;
  if (!Number.isFinite(rounded)) throw new SourceFault('type', 'This number is too large.', span);
  return { kind: 'literal', type: suffix === 'f' ? 'f32' : suffix === 'h' ? 'f16' : 'abstract-float', value: rounded, span };
}

function hexFloat(digits: string): number {
  const [, whole = '', fraction = '', exponent = '0'] = /^0x([0-9a-f]*)\.?([0-9a-f]*)(?:p([+-]?[0-9]+))?$/i.exec(digits) ?? [];
  const mantissa = BigInt(`0x0${whole}${fraction}`);
  const scale = Number(exponent) - fraction.length * 4;
  // In two steps, so that neither factor leaves the range of a double before the product does.
  const half = Math.trunc(scale / 2);
  return Number(mantissa) * 2 ** half * 2 ** (scale - half);
}

function intLiteral(digits: string, suffix: string, span: Span): LiteralNode {
  if (/^0[0-9]/.test(digits)) throw new SourceFault('syntax', 'A whole number does not start with 0.', span);
  const value = BigInt(digits);
  const [type, limit] =
    suffix === 'i' ? (['i32', 31n] as const) : suffix === 'u' ? (['u32', 32n] as const) : (['abstract-int', 63n] as const);
  if (value >= 1n << limit) throw new SourceFault('type', `This number does not fit ${type === 'abstract-int' ? '64 bits' : type}.`, span);
  return { kind: 'literal', type, value: type === 'abstract-int' ? value : Number(value), span };
}

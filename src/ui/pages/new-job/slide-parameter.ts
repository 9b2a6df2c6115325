// Between a slider's position and a parameter's value: straight, or logarithmic where the hint says so.
import type { TemplateControl } from '../../../requester/list-templates.ts';

/** Fine enough that one step is under a percent of a logarithmic range. */
export const SLIDER_STEPS = 1_000;

type Bounds = Pick<TemplateControl, 'min' | 'max' | 'step' | 'isLogarithmic'>;

/** Where zero or less is allowed, a logarithm has nowhere to begin. */
function isLogarithmic({ isLogarithmic: asked, min }: Bounds): boolean {
  return asked === true && min > 0;
}

export function positionOf(value: number, bounds: Bounds): number {
  const { min, max } = bounds;
  const inside = Math.min(max, Math.max(min, value));
  const share = isLogarithmic(bounds) ? Math.log(inside / min) / Math.log(max / min) : (inside - min) / (max - min);
  return Math.round(share * SLIDER_STEPS);
}

export function valueAt(position: number, bounds: Bounds): number {
  const { min, max, step } = bounds;
  const share = position / SLIDER_STEPS;
  const raw = isLogarithmic(bounds) ? min * (max / min) ** share : min + (max - min) * share;
  if (step === undefined) return Number(raw.toPrecision(4));
  const stepped = min + Math.round((raw - min) / step) * step;
  return Number(Math.min(max, Math.max(min, stepped)).toPrecision(12));
}

/** A slider helps where its steps can be told apart; a seed of four thousand million values is typed. */
export function canSlide({ kind, min, max, isLogarithmic: asked }: TemplateControl): boolean {
  return (kind === 'integer' || kind === 'number') && (asked === true || max - min <= 10_000);
}

const WORD = 2n ** 32n;

export function joinWords(value: readonly number[]): bigint {
  return BigInt(value[0] ?? 0) + BigInt(value[1] ?? 0) * WORD;
}

/** Null when it is no whole number of at most 64 bits. */
export function splitWords(text: string): readonly [low: number, high: number] | null {
  if (!/^\d{1,20}$/.test(text.trim())) return null;
  const value = BigInt(text.trim());
  return value < WORD * WORD ? [Number(value % WORD), Number(value / WORD)] : null;
}

/** Linear light as the programs count it, sRGB as screens and colour pickers do. */
export function toHexColour(linear: readonly number[]): string {
  const byte = (value: number): string => {
    const encoded = value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055;
    return Math.round(Math.min(1, Math.max(0, encoded)) * 255)
      .toString(16)
      .padStart(2, '0');
  };
  return `#${[0, 1, 2].map((part) => byte(linear[part] ?? 0)).join('')}`;
}

export function fromHexColour(hex: string): readonly number[] {
  return [1, 3, 5].map((at) => {
    const encoded = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    const linear = encoded <= 0.04045 ? encoded / 12.92 : ((encoded + 0.055) / 1.055) ** 2.4;
    return Number(linear.toFixed(4));
  });
}

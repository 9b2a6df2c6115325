// Do two copies of an output agree within a tolerance, element by element?
import type { Comparison, Element } from './job.ts';

export type Tolerance = Extract<Comparison, { kind: 'tolerance' }>;

/**
 * Share of elements that differ by more than `abs + rel * max(|a|, |b|)`; 1 when the lengths differ.
 * Two NaN agree, and so do equal infinities.
 */
export function outlierShare(a: Uint8Array, b: Uint8Array, element: Element, tolerance: Tolerance): number {
  if (a.length !== b.length) return 1;
  const left = viewElements(a, element);
  const right = viewElements(b, element);
  if (left.length === 0) return 0;
  let outliers = 0;
  for (let i = 0; i < left.length; i++) {
    const [x, y] = [left[i] as number, right[i] as number];
    if (x === y || (Number.isNaN(x) && Number.isNaN(y))) continue;
    const bound = tolerance.abs + tolerance.rel * Math.max(Math.abs(x), Math.abs(y));
    // written so that NaN on one side counts as an outlier
    if (!(Math.abs(x - y) <= bound && Number.isFinite(bound))) outliers++;
  }
  return outliers / left.length;
}

/** The elements of an output's bytes; a rest that fills no element is left out. */
export function viewElements(bytes: Uint8Array, element: Element): ArrayLike<number> {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const [buffer, offset, length] = [aligned.buffer, aligned.byteOffset, aligned.length >> 2];
  switch (element) {
    case 'u8':
      return bytes;
    case 'u32':
      return new Uint32Array(buffer, offset, length);
    case 'i32':
      return new Int32Array(buffer, offset, length);
    case 'f32':
      return new Float32Array(buffer, offset, length);
  }
}

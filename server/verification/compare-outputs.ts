// Which of several copies of an output stands in the middle of the others?
import type { Element } from '../../src/protocol/job.ts';
import { viewElements } from '../../src/protocol/outlier-share.ts';

/** Mean absolute difference, which orders copies that all agree: the medoid has the smallest. */
export function meanDifference(a: Uint8Array, b: Uint8Array, element: Element): number {
  const left = viewElements(a, element);
  const right = viewElements(b, element);
  let sum = 0;
  for (let i = 0; i < left.length; i++) {
    const difference = Math.abs((left[i] as number) - (right[i] as number));
    if (Number.isFinite(difference)) sum += difference;
  }
  return left.length === 0 ? 0 : sum / left.length;
}

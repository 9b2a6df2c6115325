// How far two copies of an output are apart, counted element by element as its comparison says.
import type { OutputSpec } from '../../src/protocol/job.ts';

export interface Disagreement {
  readonly elements: number;
  /** Elements that are not equal bit for bit. */
  readonly differing: number;
  /** Elements further apart than the tolerance; every differing one where the comparison is exact. */
  readonly outliers: number;
  readonly maxOutlierShare: number;
}

const READERS = { u8: Uint8Array, u32: Uint32Array, i32: Int32Array, f32: Float32Array } as const;

export function measureDisagreement(output: OutputSpec, a: Uint8Array, b: Uint8Array): Disagreement {
  if (a.length !== b.length) throw new Error(`The copies have ${a.length} and ${b.length} bytes.`);
  const Reader = READERS[output.element];
  const left = new Reader(a.slice().buffer);
  const right = new Reader(b.slice().buffer);
  const { comparison } = output;
  const { abs, rel, maxOutlierShare } = comparison.kind === 'tolerance' ? comparison : { abs: 0, rel: 0, maxOutlierShare: 0 };
  let differing = 0;
  let outliers = 0;
  for (const [index, x] of left.entries()) {
    const y = right[index]!;
    if (Object.is(x, y)) continue;
    differing++;
    if (!(Math.abs(x - y) <= abs + rel * Math.max(Math.abs(x), Math.abs(y)))) outliers++;
  }
  return { elements: left.length, differing, outliers, maxOutlierShare };
}

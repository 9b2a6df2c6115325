// What work units mean to people: the figure a metered program counts, the same on every machine, as time on a processor core they can imagine.

/**
 * Units that one core of the reference machine does in a second. A convention, near what branching float programs reach there without SIMD (the path
 * tracer 4 thousand million, the fractal 5, hashing 20); it changes prices, so it changes with a release and never with a machine.
 */
export const REFERENCE_WORK_PER_SECOND = 5_000_000_000;

/** Seconds on one core of the reference machine. */
export function secondsOfWork(work: number): number {
  return work / REFERENCE_WORK_PER_SECOND;
}

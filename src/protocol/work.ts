// What work units mean to people: the figure a metered program counts, the same on every machine, as time on a processor core they can imagine.

/**
 * Units that one core of the reference machine does in a second. A convention, near what branching float programs reach there without SIMD (the path
 * tracer 4 thousand million, the fractal 5, hashing 20); it changes prices, so it changes with a release and never with a machine.
 */
export const REFERENCE_WORK_PER_SECOND = 5_000_000_000;

/** A program that only a GPU can run has no sample; a workgroup of it is priced, and counted, as a millisecond. */
export const ASSUMED_WORK_PER_WORKGROUP = REFERENCE_WORK_PER_SECOND / 1_000;

/** Seconds on one core of the reference machine. */
export function secondsOfWork(work: number): number {
  return work / REFERENCE_WORK_PER_SECOND;
}

/** Work units of one full shard; the last of a job may have less. */
export function workOfShard(manifest: { readonly workgroupsPerShard: number; readonly workPerWorkgroup?: number | null }): number {
  return manifest.workgroupsPerShard * (manifest.workPerWorkgroup ?? ASSUMED_WORK_PER_WORKGROUP);
}

/** What a job pays: micro-credits for a second of reference work. */
export function ratePerSecond(pricePerCopy: bigint, workOfOneShard: number): number {
  return Number(pricePerCopy) / Math.max(secondsOfWork(workOfOneShard), Number.MIN_VALUE);
}

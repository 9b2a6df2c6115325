// What a job costs: the measured CPU time of its sample, at one rate for everybody.
import type { QuoteLine } from '../../src/protocol/api.ts';
import { formatCredits } from '../../src/protocol/credit.ts';
import type { MicroCredits } from '../../src/protocol/ids.ts';

/** Micro-credits for one second of the coordinator's own core: ten seconds are one credit. */
export const MICRO_CREDITS_PER_CPU_SECOND = 100_000n;
/** A copy costs at least this: what handing out and checking it takes. */
export const MIN_PRICE_PER_COPY: MicroCredits = 1_000n;
/** A program that only a GPU can run has no sample; a workgroup of it is priced as this many milliseconds. */
export const ASSUMED_MS_PER_WORKGROUP = 1;

export interface PriceRequest {
  readonly shards: number;
  readonly workgroupsPerShard: number;
  readonly msPerWorkgroup: number | null;
  readonly quorum: number;
}

export interface Price {
  readonly pricePerCopy: MicroCredits;
  readonly total: MicroCredits;
  readonly lines: readonly QuoteLine[];
}

export function priceJob(request: PriceRequest): Price {
  const msPerCopy = (request.msPerWorkgroup ?? ASSUMED_MS_PER_WORKGROUP) * request.workgroupsPerShard;
  const measured = (BigInt(Math.ceil(msPerCopy * 1_000)) * MICRO_CREDITS_PER_CPU_SECOND) / 1_000_000n;
  const pricePerCopy = measured > MIN_PRICE_PER_COPY ? measured : MIN_PRICE_PER_COPY;
  const once = pricePerCopy * BigInt(request.shards);
  const total = once * BigInt(request.quorum);
  return {
    pricePerCopy,
    total,
    lines: [
      { label: `${request.shards} shards at ${formatCredits(pricePerCopy)} credits`, amount: once.toString() },
      { label: `checked by ${request.quorum} copies that agree`, amount: (total - once).toString() },
    ],
  };
}

/** Seconds until the last shard, with the speed connected now; null when nobody is connected or speeds are unknown. */
export function estimateSeconds(request: {
  readonly workgroups: number;
  readonly quorum: number;
  readonly workgroupsPerSecond: number;
}): number | null {
  if (request.workgroupsPerSecond <= 0) return null;
  return Math.ceil((request.workgroups * request.quorum) / request.workgroupsPerSecond);
}

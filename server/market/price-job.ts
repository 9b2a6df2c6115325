// What a job costs: the work that its sample counted, which is the same on every machine, at one rate for everybody.
import type { QuoteLine } from '../../src/protocol/api.ts';
import { formatCredits } from '../../src/protocol/credit.ts';
import type { MicroCredits } from '../../src/protocol/ids.ts';
import { ASSUMED_WORK_PER_WORKGROUP, REFERENCE_WORK_PER_SECOND } from '../../src/protocol/work.ts';

/** Micro-credits for the work of one second of a core of the reference machine: ten seconds are one credit. */
export const MICRO_CREDITS_PER_CPU_SECOND = 100_000n;
/** A copy costs at least this: what handing out and checking it takes. */
export const MIN_PRICE_PER_COPY: MicroCredits = 1_000n;

export interface PriceRequest {
  readonly shards: number;
  readonly workgroupsPerShard: number;
  readonly workPerWorkgroup: number | null;
  readonly quorum: number;
}

export interface Price {
  readonly pricePerCopy: MicroCredits;
  readonly total: MicroCredits;
  readonly lines: readonly QuoteLine[];
}

export function priceJob(request: PriceRequest): Price {
  const workPerCopy = BigInt(Math.ceil(request.workPerWorkgroup ?? ASSUMED_WORK_PER_WORKGROUP)) * BigInt(request.workgroupsPerShard);
  const counted = (workPerCopy * MICRO_CREDITS_PER_CPU_SECOND) / BigInt(REFERENCE_WORK_PER_SECOND);
  const pricePerCopy = counted > MIN_PRICE_PER_COPY ? counted : MIN_PRICE_PER_COPY;
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

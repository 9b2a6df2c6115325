// The smallest unit of a stage: a linear range of workgroups.
import type { JobId, ShardId } from './ids.ts';
import type { OutputLayout, Size3 } from './job.ts';

export interface Shard {
  readonly id: ShardId;
  readonly job: JobId;
  readonly stage: number;
  /** Position in the stage, from 0. */
  readonly index: number;
  /** First workgroup, linear: x + grid.x * (y + grid.y * z). */
  readonly base: number;
  /** Workgroups in the shard. */
  readonly count: number;
}

export function countWorkgroups(grid: Size3): number {
  return grid[0] * grid[1] * grid[2];
}

export function countShards(grid: Size3, workgroupsPerShard: number): number {
  return Math.ceil(countWorkgroups(grid) / workgroupsPerShard);
}

/** The workgroups of the shard at `index`; the last shard may hold fewer. */
export function rangeOfShard(grid: Size3, workgroupsPerShard: number, index: number): { readonly base: number; readonly count: number } {
  const base = index * workgroupsPerShard;
  return { base, count: Math.min(workgroupsPerShard, countWorkgroups(grid) - base) };
}

/** Bytes of one output of a shard of `count` workgroups. */
export function outputBytes(layout: OutputLayout, count: number): number {
  switch (layout.kind) {
    case 'byWorkgroup':
      return layout.bytesPerWorkgroup * count;
    case 'whole':
      return layout.bytes;
  }
}

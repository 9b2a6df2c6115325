/** Cuts a shard's linear range of workgroups into boxes that one dispatch can run: part of a row, whole rows, or whole planes. */
import type { DispatchBox } from './backend.ts';
import type { ShardUniform } from './shard-uniform.ts';

/**
 * The next box after `doneWorkgroups` of the shard, of at most `maxWorkgroups` (at least one row's part is always given); null when the shard is done.
 * Linear order is x fastest, then y, then z.
 */
export function sliceShard(shard: ShardUniform, doneWorkgroups: number, maxWorkgroups: number): DispatchBox | null {
  const [width, height] = shard.grid;
  const left = shard.count - doneWorkgroups;
  if (left <= 0) return null;
  const allowed = Math.max(1, Math.min(left, Math.floor(maxWorkgroups)));
  const linear = shard.base + doneWorkgroups;
  const x = linear % width;
  const row = Math.floor(linear / width);
  const y = row % height;
  const z = Math.floor(row / height);
  if (x !== 0 || allowed < width) return { first: [x, y, z], size: [Math.min(allowed, width - x), 1, 1] };
  const rows = Math.floor(allowed / width);
  if (y !== 0 || rows < height) return { first: [0, y, z], size: [width, Math.min(rows, height - y), 1] };
  return { first: [0, 0, z], size: [width, height, Math.floor(rows / height)] };
}

export function countBoxWorkgroups(box: DispatchBox): number {
  return box.size[0] * box.size[1] * box.size[2];
}

/** The bytes of `struct Shard`, the one uniform that every program takes. */
import type { Binding, Reflection } from '../compiler/reflection.ts';

/** The shard's linear range of workgroups and the grid of the whole stage; `first` comes from the dispatched box. */
export interface ShardUniform {
  readonly base: number;
  readonly count: number;
  readonly grid: readonly [number, number, number];
}

export const shardUniformBytes = 48;
/** Offsets by WGSL's rules for `{ first: vec3u, base: u32, count: u32, grid: vec3u }`. */
export const shardUniformOffsets = { first: 0, base: 12, count: 16, grid: 32 } as const;

export function encodeShardUniform(first: readonly [number, number, number], shard: ShardUniform): Uint8Array {
  const bytes = new Uint8Array(shardUniformBytes);
  const view = new DataView(bytes.buffer);
  for (let axis = 0; axis < 3; axis++) {
    view.setUint32(shardUniformOffsets.first + axis * 4, first[axis] ?? 0, true);
    view.setUint32(shardUniformOffsets.grid + axis * 4, shard.grid[axis] ?? 1, true);
  }
  view.setUint32(shardUniformOffsets.base, shard.base, true);
  view.setUint32(shardUniformOffsets.count, shard.count, true);
  return bytes;
}

/** Any uniform whose struct is named `Shard`; null where a program has none. */
export function findShardBinding(reflection: Reflection): Binding | null {
  return reflection.bindings.find((each) => each.space === 'uniform' && each.type.kind === 'struct' && each.type.name === 'Shard') ?? null;
}

/** One sentence on what is wrong with a program's `Shard`, or null when it has the layout above. */
export function faultOfShardBinding(binding: Binding): string | null {
  if (binding.type.kind !== 'struct') return 'The Shard uniform must be a struct.';
  const expected = Object.entries(shardUniformOffsets);
  const members = binding.type.members;
  const same =
    members.length === expected.length && expected.every(([name, offset], i) => members[i]?.name === name && members[i]?.offset === offset);
  const typed = members.every((member) =>
    member.name === 'first' || member.name === 'grid'
      ? member.type.kind === 'vector' && member.type.n === 3 && member.type.scalar === 'u32'
      : member.type.kind === 'scalar' && member.type.scalar === 'u32',
  );
  return same && typed ? null : 'struct Shard must be exactly { first: vec3u, base: u32, count: u32, grid: vec3u }.';
}

// What became of the copies of shards decided lately: a result that is sent again, because its receipt was lost, hears it.
import type { AssignmentClaim } from '../../src/protocol/assignment.ts';
import type { DeviceId, MicroCredits, ShardId } from '../../src/protocol/ids.ts';
import type { Verdict, VoteState } from '../../src/protocol/verdict.ts';
import type { CoordinatorState } from './state.ts';

/** Shards remembered at least; a device is back within seconds, and at 15,000 shards a second this is four. About 300 bytes each. */
export const MAX_REMEMBERED_SHARDS = 65_536;

export interface SettledCopy {
  readonly copy: number;
  /** Whose it was: another coordinator may have given the number to another device. */
  readonly device: DeviceId;
  readonly vote: VoteState;
  readonly paid: MicroCredits;
}

export interface SettledShard {
  readonly verdict: Verdict;
  readonly copies: readonly SettledCopy[];
}

/** Two generations: when the younger is full the older is dropped whole, which costs nothing a shard. */
export interface SettledMemory {
  young: Map<ShardId, SettledShard>;
  old: Map<ShardId, SettledShard>;
}

export function createSettledMemory(): SettledMemory {
  return { young: new Map(), old: new Map() };
}

export function rememberSettled(memory: SettledMemory, shard: ShardId, settled: SettledShard): void {
  memory.young.set(shard, settled);
  if (memory.young.size < MAX_REMEMBERED_SHARDS) return;
  memory.old = memory.young;
  memory.young = new Map();
}

/** Null when the copy never voted, or too long ago. */
export function recallSettled(
  { settled }: CoordinatorState,
  { shard, copy, device }: AssignmentClaim,
): (SettledCopy & { readonly verdict: Verdict }) | null {
  const known = settled.young.get(shard) ?? settled.old.get(shard);
  const found = known?.copies.find((candidate) => candidate.copy === copy && candidate.device === device);
  return known && found ? { ...found, verdict: known.verdict } : null;
}

export function voteOf(copies: readonly SettledCopy[], copy: number): VoteState | null {
  return copies.find((candidate) => candidate.copy === copy)?.vote ?? null;
}

// What became of the copies of shards decided lately: a result that is sent again, because its receipt was lost, hears it.
import type { AssignmentClaim } from '../../src/protocol/assignment.ts';
import type { MicroCredits, ShardId } from '../../src/protocol/ids.ts';
import type { Verdict, VoteState } from '../../src/protocol/verdict.ts';
import type { CoordinatorState } from './state.ts';

/** Shards remembered; a device is back within seconds, and at some hundred shards a second this is half a minute. About 500 bytes each. */
export const MAX_REMEMBERED_SHARDS = 8_192;

export interface SettledCopy {
  readonly vote: VoteState;
  readonly paid: MicroCredits;
}

export interface SettledShard {
  readonly verdict: Verdict;
  readonly copies: ReadonlyMap<number, SettledCopy>;
}

export function rememberSettled(state: CoordinatorState, shard: ShardId, settled: SettledShard): void {
  state.settled.set(shard, settled);
  const oldest = state.settled.keys().next().value;
  if (state.settled.size > MAX_REMEMBERED_SHARDS && oldest !== undefined) state.settled.delete(oldest);
}

/** Null when the copy never voted, or too long ago. */
export function recallSettled(
  state: CoordinatorState,
  { shard, copy }: AssignmentClaim,
): (SettledCopy & { readonly verdict: Verdict }) | null {
  const settled = state.settled.get(shard.id);
  const known = settled?.copies.get(copy);
  return settled && known ? { ...known, verdict: settled.verdict } : null;
}

// What became of the copies of shards decided lately: a result that is sent again, because its receipt was lost, hears it.
import type { AssignmentClaim } from '../../src/protocol/assignment.ts';
import type { DeviceId, MicroCredits, ShardId } from '../../src/protocol/ids.ts';
import { VERDICTS, type Verdict, VOTE_STATES, type VoteState } from '../../src/protocol/verdict.ts';

export interface SettledCopy {
  readonly copy: number;
  /** Whose it was: another coordinator may have given the number to another device. */
  readonly device: DeviceId;
  readonly vote: VoteState;
  readonly paid: MicroCredits;
}

/** Copies remembered, each in the one place its numbers give it, until another needs the place: at 15,000 a second for some 17 s. */
export const SETTLED_PLACES = 262_144;

/** Columns, not objects: half a million small objects that live for seconds cost a third of the coordinator's time in garbage collection. */
export interface SettledMemory {
  readonly shards: Float64Array;
  readonly copies: Float64Array;
  readonly devices: Float64Array;
  readonly paid: BigInt64Array;
  /** Place in VERDICTS, and in VOTE_STATES. */
  readonly verdicts: Uint8Array;
  readonly votes: Uint8Array;
}

export function createSettledMemory(places = SETTLED_PLACES): SettledMemory {
  return {
    // no shard has the number 0
    shards: new Float64Array(places),
    copies: new Float64Array(places),
    devices: new Float64Array(places),
    paid: new BigInt64Array(places),
    verdicts: new Uint8Array(places),
    votes: new Uint8Array(places),
  };
}

/** Shards of a block follow each other, so that those decided together lie in different places. */
function placeOf({ shards }: SettledMemory, shard: ShardId, copy: number): number {
  return (shard + copy * 7_919) % shards.length;
}

export function rememberSettled(memory: SettledMemory, shard: ShardId, verdict: Verdict, copies: readonly SettledCopy[]): void {
  for (const { copy, device, vote, paid } of copies) {
    const at = placeOf(memory, shard, copy);
    memory.shards[at] = shard;
    memory.copies[at] = copy;
    memory.devices[at] = device;
    memory.paid[at] = paid;
    memory.verdicts[at] = VERDICTS.indexOf(verdict);
    memory.votes[at] = VOTE_STATES.indexOf(vote);
  }
}

/** Null when the copy never voted, or its place was needed. */
export function recallSettled(
  memory: SettledMemory,
  { shard, copy, device }: AssignmentClaim,
): (SettledCopy & { readonly verdict: Verdict }) | null {
  const at = placeOf(memory, shard, copy);
  if (memory.shards[at] !== shard || memory.copies[at] !== copy || memory.devices[at] !== device) return null;
  return { copy, device, vote: VOTE_STATES[memory.votes[at]!]!, paid: memory.paid[at]!, verdict: VERDICTS[memory.verdicts[at]!]! };
}

export function voteOf(copies: readonly SettledCopy[], copy: number): VoteState | null {
  return copies.find((candidate) => candidate.copy === copy)?.vote ?? null;
}

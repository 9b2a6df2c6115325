// Is everything that was told still true? Compares what contributors were told with the shards as the coordinator shows them.
import type { ShardView } from '../../src/protocol/api.ts';
import type { ShardId } from '../../src/protocol/ids.ts';
import type { ToldVote } from './told-record.ts';

export const VIOLATION_KINDS = ['lost', 'doubled', 'wrong', 'stuck'] as const;
/** `lost`: an acknowledgement is not in the database. `doubled`: it counts twice. `wrong`: it says something else. `stuck`: nothing moved. */
export type ViolationKind = (typeof VIOLATION_KINDS)[number];

export interface Violation {
  readonly kind: ViolationKind;
  /** What was expected, and what was found. */
  readonly sentence: string;
}

/** `found` holds every shard that `told` speaks of, read after it was told; a shard that is not in it is lost. */
export function judgeTold(told: readonly ToldVote[], found: ReadonlyMap<ShardId, ShardView>): readonly Violation[] {
  return told.flatMap((vote) => judgeVote(vote, found.get(vote.shard)));
}

function judgeVote(told: ToldVote, shard: ShardView | undefined): readonly Violation[] {
  const who = `shard ${told.shard} and account ${told.account} (${told.contributor})`;
  if (!shard) return [lost(`${sayWhat(told)} was told for ${who}; the shard is in no job.`)];
  const votes = shard.votes.filter(({ account }) => account === told.account);
  const [vote] = votes;
  if (votes.length > 1)
    return [
      {
        kind: 'doubled',
        sentence: `One vote was expected for ${who}; ${votes.length} were found, paid ${votes.map(({ paid }) => paid).join(' and ')}.`,
      },
    ];
  if (!vote)
    return told.isTaken || told.paid !== null || told.state !== null
      ? [lost(`${sayWhat(told)} was told for ${who}; no vote was found.`)]
      : [];
  if (told.paid !== null && BigInt(vote.paid) !== told.paid)
    return [
      {
        kind: BigInt(vote.paid) < told.paid ? 'lost' : 'doubled',
        sentence: `Pay of ${told.paid} was told for ${who}; ${vote.paid} was found, the vote is "${vote.state}", the shard ${shard.verdict}.`,
      },
    ];
  if (told.state !== null && vote.state !== told.state)
    return [lost(`The vote of ${who} was told to be "${told.state}"; "${vote.state}" was found, the shard is ${shard.verdict}.`)];
  if (told.state === 'agreed' && shard.verdict !== 'final')
    return [lost(`${who} was told to be verified; its verdict is ${shard.verdict}.`)];
  return [];
}

const lost = (sentence: string): Violation => ({ kind: 'lost', sentence });

function sayWhat({ paid, state }: ToldVote): string {
  if (paid !== null) return `A credit of ${paid}`;
  return state === null ? 'A receipt' : `The verdict "${state}"`;
}

// Says when a job stands still because fewer contributors are connected than must agree.
import type { JobState } from '../../../protocol/api.ts';
import { readWords } from '../../state/words.ts';
import { WORDS } from './words.ts';

export interface WaitFacts {
  readonly state: JobState;
  /** Shards on which too few have agreed so far. */
  readonly waiting: number;
  readonly quorum: number;
  /** Accounts with a device connected; null: not known now. */
  readonly contributors: number | null;
}

/** One sentence, or null while nothing is missing. An account votes once on a shard, so devices of one account do not help. */
export function describeWait({ state, waiting, quorum, contributors }: WaitFacts): string | null {
  if (state !== 'running' || waiting === 0 || contributors === null || contributors >= quorum) return null;
  return readWords(WORDS).wait(contributors, quorum);
}

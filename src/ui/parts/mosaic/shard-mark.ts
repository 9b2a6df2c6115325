// What a shard looks like in the mosaic, from the one letter that the coordinator sends for it.
import type { Verdict } from '../../../protocol/verdict.ts';

export const SHARD_MARKS = ['pending', 'provisional', 'final', 'disputed', 'failed'] as const;
export type ShardMark = (typeof SHARD_MARKS)[number];

const MARK_OF_LETTER: Readonly<Record<string, ShardMark>> = { p: 'pending', v: 'provisional', f: 'final', d: 'disputed', x: 'failed' };

export function markOfLetter(letter: string): ShardMark {
  return MARK_OF_LETTER[letter] ?? 'pending';
}

/** A revoked shard is computed again, so it waits like any other. */
export function markOfVerdict(verdict: Verdict): ShardMark {
  return verdict === 'revoked' ? 'pending' : verdict;
}

export function countMarks(marks: readonly ShardMark[]): Readonly<Record<ShardMark, number>> {
  const counts = { pending: 0, provisional: 0, final: 0, disputed: 0, failed: 0 };
  for (const mark of marks) counts[mark] += 1;
  return counts;
}

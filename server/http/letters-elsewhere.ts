// Verdict letters of jobs that other coordinators work on too: read from the database, at most once a second a job however many watch.
import type { JobId } from '../../src/protocol/ids.ts';
import type { Verdict } from '../../src/protocol/verdict.ts';
import type { ShardChange } from './job-hub.ts';

/** How stale what is told of another coordinator's shards may be. */
export const STALE_LETTERS_MS = 1_000;
const MAX_JOBS = 256;

export interface LettersElsewhere {
  read(job: JobId): Promise<string>;
}

export function createLettersElsewhere(read: (job: JobId) => Promise<string>, nowMs: () => number): LettersElsewhere {
  const known = new Map<JobId, { readonly letters: Promise<string>; readonly atMs: number }>();
  return {
    read(job) {
      const last = known.get(job);
      if (last && nowMs() - last.atMs < STALE_LETTERS_MS) return last.letters;
      const letters = read(job);
      known.delete(job);
      known.set(job, { letters, atMs: nowMs() });
      const oldest = known.keys().next().value;
      if (known.size > MAX_JOBS && oldest !== undefined) known.delete(oldest);
      letters.catch(() => known.delete(job));
      return letters;
    },
  };
}

const VERDICT_OF: Readonly<Record<string, Verdict>> = { p: 'pending', v: 'provisional', f: 'final', d: 'disputed', x: 'failed' };

/** What differs. How many copies a shard has is not told by its letter. */
export function findChanges(before: string, after: string): readonly ShardChange[] {
  if (before === after) return [];
  const changes: ShardChange[] = [];
  for (let index = 0; index < after.length; index++) {
    if (before[index] === after[index]) continue;
    changes.push({ index, verdict: VERDICT_OF[after[index]!] ?? 'pending', copies: 0 });
  }
  return changes;
}

// Counts what commits made durable: votes, verdicts, credit, jobs; a plain number each, added up after the commit that wrote it.
import type { JobState } from '../src/protocol/api.ts';
import type { Verdict, VoteState } from '../src/protocol/verdict.ts';
import type { Change, Journal } from './coordinator/change.ts';
import type { Transfer } from './ledger/transfer.ts';
import type { Figure } from './observe/metrics.ts';

export interface ChangeCounts {
  readonly votesCast: Record<'gpu' | 'cpu', number>;
  readonly votesSettled: Partial<Record<VoteState, number>>;
  readonly shards: Partial<Record<Verdict, number>>;
  jobsOpened: number;
  readonly jobsEnded: Partial<Record<JobState, number>>;
  /** Micro-credits, by the movement's kind; what a wallet takes over from a guest and what is refunded is told by the ledger. */
  readonly credits: Partial<Record<Transfer['kind'], number>>;
  unitsRefused: number;
}

export interface CountedJournal {
  readonly journal: Journal;
  readonly counts: Readonly<ChangeCounts>;
  /** Called with each change after the commit that wrote it. */
  onWritten(listener: (change: Change) => void): void;
}

export function countChanges(journal: Journal): CountedJournal {
  const counts: ChangeCounts = {
    votesCast: { gpu: 0, cpu: 0 },
    votesSettled: {},
    shards: {},
    jobsOpened: 0,
    jobsEnded: {},
    credits: {},
    unitsRefused: 0,
  };
  const listeners: ((change: Change) => void)[] = [];
  return {
    counts,
    onWritten: (listener) => void listeners.push(listener),
    journal: {
      ...journal,
      async commit(units) {
        const report = await journal.commit(units);
        counts.unitsRefused += report.refused.size;
        units.forEach(({ changes }, at) => {
          if (report.refused.has(at)) return;
          for (const change of changes) {
            countChange(counts, change);
            for (const listener of listeners) listener(change);
          }
        });
        return report;
      },
    },
  };
}

function countChange(counts: ChangeCounts, change: Change): void {
  switch (change.kind) {
    case 'vote-cast':
      counts.votesCast[change.engine]++;
      if (change.state !== 'waiting') add(counts.votesSettled, change.state, 1);
      return;
    case 'vote-settled':
      return add(counts.votesSettled, change.state, 1);
    case 'shard-judged':
      return add(counts.shards, change.verdict, 1);
    case 'transfer':
      if ('amount' in change.transfer) add(counts.credits, change.transfer.kind, Number(change.transfer.amount));
      return;
    case 'job-created':
      counts.jobsOpened++;
      return;
    case 'job-ended':
      return add(counts.jobsEnded, change.state, 1);
    case 'device-judged':
    case 'results-rejected':
    case 'blocks-released':
    case 'job-left':
      return;
  }
}

function add<Key extends string>(sums: Partial<Record<Key, number>>, key: Key, amount: number): void {
  sums[key] = (sums[key] ?? 0) + amount;
}

export function changeFigures(counts: Readonly<ChangeCounts>): readonly Figure[] {
  const inCredits = (): Record<string, number> =>
    Object.fromEntries(Object.entries(counts.credits).map(([kind, micro]) => [kind, micro / 1_000_000]));
  const count = (name: string, help: string, label: string, read: () => Readonly<Record<string, number>>): Figure => ({
    name,
    kind: 'count',
    help,
    label,
    read,
  });
  return [
    count('votes_cast_total', 'Votes written, by engine.', 'engine', () => counts.votesCast),
    count('votes_settled_total', 'Votes whose fate is written, by fate; outvoted are those that lost.', 'state', () => counts.votesSettled),
    count('shards_judged_total', 'Verdicts written, by verdict.', 'verdict', () => counts.shards),
    count('credits_moved_total', 'Credits moved, by reason: pay is earned by contributors.', 'reason', inCredits),
    { name: 'jobs_opened_total', kind: 'count', help: 'Jobs opened.', read: () => counts.jobsOpened },
    count('jobs_ended_total', 'Jobs ended, by how.', 'state', () => counts.jobsEnded),
    {
      name: 'commit_units_refused_total',
      kind: 'count',
      help: 'Holds and the like that the ledger refused within a commit.',
      read: () => counts.unitsRefused,
    },
  ];
}

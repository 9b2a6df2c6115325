// What a run says at its end: a table of how soon work went on, the counts, and one JSON object.

import { KILL_KINDS, type KillKind } from './make-plan.ts';
import { indexHandOuts, judgeLease, type LostLease, percentile } from './measure-hand-outs.ts';
import type { KillOutcome } from './run-kills.ts';
import type { ToldRecord } from './told-record.ts';

/** The bound: within the lease and this. */
export const HAND_OUT_AGAIN_MS = 1_000;

export interface LeaseCounts {
  readonly held: number;
  readonly returned: number;
  readonly notNeeded: number;
  /** After the end of the lease, of each that was handed out again. */
  readonly lateMs: readonly number[];
  readonly sinceKillMs: readonly number[];
}

export function measureLeases(leases: readonly LostLease[], told: ToldRecord): LeaseCounts {
  const index = indexHandOuts(told.handOuts);
  const lateMs: number[] = [];
  const sinceKillMs: number[] = [];
  let [returned, notNeeded] = [0, 0];
  for (const lease of leases) {
    const hasReturned = told.hasSentSince(lease.contributor, lease.shard, lease.copy, lease.killedAtMs);
    const fate = judgeLease(lease, index, hasReturned);
    switch (fate.kind) {
      case 'again':
        lateMs.push(fate.lateMs);
        sinceKillMs.push(fate.sinceKillMs);
        break;
      case 'returned':
        returned++;
        break;
      case 'not-needed':
        notNeeded++;
        break;
    }
  }
  return { held: leases.length, returned, notNeeded, lateMs, sinceKillMs };
}

const WHAT: Readonly<Record<KillKind, string>> = {
  coordinator: 'coordinator',
  postgres: 'PostgreSQL',
  both: 'both',
  contributors: 'contributors',
};

export function isHandedOutInTime({ leases }: KillOutcome): boolean {
  return (percentile(leases.lateMs, 0.95) ?? 0) <= HAND_OUT_AGAIN_MS;
}

export function makeReport(outcome: KillOutcome): readonly string[] {
  const { rounds, leases, told, jobs, violations } = outcome;
  const lines = ['', 'p50 / p95 / max ms      rounds   kill to answers        to first hand-out      to first receipt'];
  for (const kind of KILL_KINDS) {
    const mine = rounds.filter((round) => round.kind === kind);
    if (mine.length === 0) continue;
    const columns = [mine.map(({ backMs }) => backMs), mine.map(({ handOutMs }) => handOutMs), mine.map(({ receiptMs }) => receiptMs)];
    lines.push(
      `  ${WHAT[kind].padEnd(20)} ${String(mine.length).padStart(6)}   ${columns.map((column) => spread(column).padEnd(22)).join(' ')}`,
    );
  }
  lines.push(
    `Shards in the hands of the killed: ${leases.held}; computed before and brought back: ${leases.returned}; not needed any more: ${leases.notNeeded}.`,
    `Handed out again: ${leases.lateMs.length}, ${spread(leases.lateMs)} ms after the lease had ended, ${spread(leases.sinceKillMs)} ms after the kill.`,
    `Told and checked: ${told.receipts} receipts, ${told.credited} credits (${told.creditsSaidAgain} said again after a lost connection), ${outcome.votesTold} votes; refused: ${JSON.stringify(told.refused)}.`,
    `Jobs: ${jobs.accepted} accepted, ${jobs.unanswered} submitted without an answer, ${jobs.cancelled} cancelled; ${jobs.ended} in the database have ended. ${outcome.shardsCompared} verified shards compared with the reference.`,
  );
  for (const { kind, sentence } of violations.slice(0, 50)) lines.push(`VIOLATION (${kind}): ${sentence}`);
  if (violations.length > 50) lines.push(`… and ${violations.length - 50} more.`);
  if (!isHandedOutInTime(outcome)) lines.push(`MISSED: hand-out again later than ${HAND_OUT_AGAIN_MS} ms after the lease at p95.`);
  return lines;
}

export function makeSummary(outcome: KillOutcome): string {
  const { rounds, leases, told, jobs, violations } = outcome;
  const count = (kind: string): number => violations.filter((violation) => violation.kind === kind).length;
  const kinds = Object.fromEntries(
    KILL_KINDS.map((kind) => {
      const mine = rounds.filter((round) => round.kind === kind);
      return [
        kind,
        {
          rounds: mine.length,
          backP95Ms: percentile(
            mine.map(({ backMs }) => backMs),
            0.95,
          ),
          firstHandOutP95Ms: percentile(
            mine.map(({ handOutMs }) => handOutMs),
            0.95,
          ),
        },
      ];
    }),
  );
  return JSON.stringify({
    kill: {
      rounds: rounds.length,
      lost: count('lost'),
      doubled: count('doubled'),
      wrong: count('wrong'),
      stuck: count('stuck'),
      handOutAgainP95Ms: percentile(leases.lateMs, 0.95),
      handOutAgainMaxMs: percentile(leases.lateMs, 1),
      leasesHandedOutAgain: leases.lateMs.length,
      ...kinds,
      receipts: told.receipts,
      credits: told.credited,
      jobs: jobs.ended,
      shardsCompared: outcome.shardsCompared,
    },
  });
}

function spread(values: readonly number[]): string {
  return [0.5, 0.95, 1].map((share) => percentile(values, share) ?? '–').join(' / ');
}

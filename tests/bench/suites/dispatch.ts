// Dispatch, ours and the peers', interleaved: A B C, A B C, ...; rates as median and spread, ratios within a round.
import { LEAVES_A_SHARD, OUTPUT_BYTES } from '../bench-job.ts';
import type { BenchOptions, SuiteName } from '../options.ts';
import { describeSpread, figure, printTable, type Spread, spreadOf } from '../print-table.ts';
import { type CpuShare, type DispatchRun, type RunPlace, runDispatch } from '../run-dispatch.ts';
import { runPeer } from '../run-peer.ts';

export const DISPATCH_SUITES = ['oneCopy', 'bullmqFsync', 'graphile', 'quorum2', 'inFlight1', 'bullmqFsync1', 'webrtc50'] as const;
export type DispatchName = (typeof DISPATCH_SUITES)[number] & SuiteName;

/** What every contender tells; a peer has no messages of its own to count. */
export type ContenderRun = Pick<DispatchRun, 'rate' | 'cpu'> & Partial<DispatchRun>;

interface Round {
  readonly name: DispatchName;
  readonly run: ContenderRun;
}

/** Contributors of the suites over WebSocket are the bench's `--contributors`. */
const RTC_CONTRIBUTORS = 50;
/** What each does best with, of 8 to 1,024 tried on two cores. */
const BULLMQ_CONCURRENCY = 256;
const GRAPHILE_CONCURRENCY = 64;

function runOnce(name: DispatchName, contributors: number, place: RunPlace): Promise<ContenderRun> {
  switch (name) {
    case 'oneCopy':
      return runDispatch({ contributors, kind: 'ws', quorum: 1, window: 64 }, place);
    case 'quorum2':
      return runDispatch({ contributors, kind: 'ws', quorum: 2, window: 64 }, place);
    case 'inFlight1':
      return runDispatch({ contributors, kind: 'ws', quorum: 1, window: 1 }, place);
    case 'webrtc50':
      return runDispatch({ contributors: Math.min(RTC_CONTRIBUTORS, contributors), kind: 'rtc', quorum: 1, window: 64 }, place);
    case 'bullmqFsync':
      return runPeer('bullmq', BULLMQ_CONCURRENCY, place);
    case 'bullmqFsync1':
      return runPeer('bullmq', contributors, place);
    case 'graphile':
      return runPeer('graphile', GRAPHILE_CONCURRENCY, place);
  }
}

export interface DispatchReport {
  /** Rates by suite, one a round; null for a run that failed. */
  readonly rates: Readonly<Record<string, readonly (number | null)[]>>;
  readonly failures: readonly string[];
}

export async function runDispatchSuites(
  names: readonly DispatchName[],
  { rounds, contributors }: Pick<BenchOptions, 'rounds' | 'contributors'>,
  place: RunPlace,
): Promise<DispatchReport> {
  if (names.length === 0) return { rates: {}, failures: [] };
  const done: Round[][] = [];
  const failures: string[] = [];
  for (let round = 1; round <= rounds; round++) {
    const runs: Round[] = [];
    for (const name of names) {
      try {
        const run = await runOnce(name, contributors, place);
        runs.push({ name, run });
        console.log(`round ${round}  ${name.padEnd(12)} ${figure(run.rate).padStart(8)} shards/s`);
      } catch (cause) {
        const sentence = `${name}, round ${round}: ${cause instanceof Error ? cause.message : String(cause)}`;
        failures.push(sentence);
        console.log(`round ${round}  ${name.padEnd(12)}   failed: ${sentence}`);
      }
    }
    done.push(runs);
  }
  console.log();
  printRates(names, done);
  const ratesOf = (name: DispatchName) => done.map((runs) => runs.find((run) => run.name === name)?.run.rate ?? null);
  return { rates: Object.fromEntries(names.map((name) => [name, ratesOf(name)])), failures };
}

function runsOf(name: DispatchName, rounds: readonly (readonly Round[])[]): readonly ContenderRun[] {
  return rounds.flatMap((runs) => runs.filter((run) => run.name === name).map(({ run }) => run));
}

function printRates(names: readonly DispatchName[], rounds: readonly (readonly Round[])[]): void {
  const rows = names.flatMap((name) => {
    const runs = runsOf(name, rounds);
    if (runs.length === 0) return [];
    const median = (pick: (run: ContenderRun) => number | undefined): string => {
      const values = runs.map(pick).filter((value) => value !== undefined);
      return values.length === 0 ? '-' : figure(spreadOf(values).median);
    };
    const cpu = (part: keyof CpuShare): string => median((run) => run.cpu[part]);
    const rate: Spread = spreadOf(runs.map((run) => run.rate));
    return [
      [
        name,
        describeSpread(rate),
        cpu('engine'),
        cpu('database'),
        cpu('load'),
        median((run) => run.copiesAMessage),
        median((run) => run.copiesACommit),
        median((run) => run.receiptP50Ms),
        median((run) => run.receiptP99Ms),
      ],
    ];
  });
  console.log(`A shard has ${OUTPUT_BYTES} bytes of output and ${LEAVES_A_SHARD} leaf; a peer's job has ${OUTPUT_BYTES} bytes of result.`);
  console.log('CPU is in seconds for 1,000 shards: the coordinator (or none), its database or Redis, the contributors or workers.');
  console.log(
    'Copies are counted a message of results and a commit. p50 and p99, in ms: a result sent to its receipt; at peers, a job taken to its end.',
  );
  printTable(
    ['dispatch', 'shards/s: median [min..max]', 'cpu ours', 'cpu database', 'cpu load', 'a message', 'a commit', 'p50', 'p99'],
    rows,
  );
}

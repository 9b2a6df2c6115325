// Throughput of 1, 2 and 4 coordinator processes over one PostgreSQL: each has its own contributors and its own job, all at once.
import { submitBenchJob } from '../bench-job.ts';
import { checkLedger } from '../check-ledger.ts';
import { signIn } from '../open-load-channel.ts';
import { figure, printTable } from '../print-table.ts';
import { type RunPlace, warmUpShards } from '../run-dispatch.ts';
import { type Load, startLoad } from '../start-load.ts';
import { type MeasuredCoordinator, startOurCoordinator } from '../start-our-coordinator.ts';

const COUNTS = [1, 2, 4] as const;

/** Shards a second by the number of processes; null where it failed. */
export type ProcessesReport = Readonly<Record<string, number | null>>;

export async function runProcesses(contributors: number, place: RunPlace): Promise<ProcessesReport> {
  const rates: Record<string, number | null> = {};
  for (const count of COUNTS) {
    try {
      rates[count] = Math.round(await runWith(count, contributors, place));
    } catch (cause) {
      rates[count] = null;
      console.log(`${count} processes: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
  }
  printTable(
    ['coordinator processes', 'shards/s'],
    Object.entries(rates).map(([count, rate]) => [count, rate === null ? 'failed' : figure(rate)]),
  );
  return rates;
}

async function runWith(count: number, contributors: number, place: RunPlace): Promise<number> {
  const first = await startOurCoordinator(place);
  const coordinators = [first];
  const load = startLoad(place.teardown);
  try {
    while (coordinators.length < count) coordinators.push(await startOurCoordinator({ ...place, beside: first }));
    const each = Math.floor(contributors / count);
    for (const { url } of coordinators) await load.connect({ url, kind: 'ws', contributors: each, window: 64, thinkMs: 0 });
    const shards = Math.max(1_000, Math.floor(place.shards / count / 1_000) * 1_000);
    await runJobs(coordinators, load, warmUpShards(shards));
    return await runJobs(coordinators, load, shards);
  } finally {
    await load.stop();
    for (const coordinator of coordinators.reverse()) await coordinator.stop();
  }
}

/** One job of so many shards at each; shards a second over all of them. */
async function runJobs(coordinators: readonly MeasuredCoordinator[], load: Load, shards: number): Promise<number> {
  const requesters = await Promise.all(coordinators.map(({ url }) => signIn(url)));
  const startedAtMs = performance.now();
  const jobs = await Promise.all(requesters.map((requester) => submitBenchJob(requester, shards, 1)));
  await Promise.all(jobs.map(({ job }) => load.awaitCredits(job.id, shards)));
  const seconds = (performance.now() - startedAtMs) / 1_000;
  await checkLedger(
    coordinators[0]!,
    jobs.map(({ job }) => ({ job: job.id, shards, quorum: 1 })),
  );
  return (shards * jobs.length) / seconds;
}

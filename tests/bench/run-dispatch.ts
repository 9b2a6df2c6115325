// One measured run of our dispatch: a fresh coordinator, a load, a warm-up job, then the job that counts, checked afterwards in the database.

import { submitBenchJob } from './bench-job.ts';
import { checkLedger, countCommits } from './check-ledger.ts';
import type { ConnectReport, CreditReport } from './load-orders.ts';
import { signIn } from './open-load-channel.ts';
import { readCpuSeconds, readServerCpuSeconds } from './processor-time.ts';
import { type Load, startLoad } from './start-load.ts';
import { type MeasuredCoordinator, startOurCoordinator } from './start-our-coordinator.ts';
import type { Teardown } from './teardown.ts';

export interface DispatchSetup {
  readonly contributors: number;
  readonly kind: 'ws' | 'rtc';
  readonly quorum: number;
  readonly window: number;
}

export interface RunPlace {
  readonly scratchDir: string;
  readonly teardown: Teardown;
  readonly profileDir: string | null;
  readonly shards: number;
}

/** CPU seconds for 1,000 shards. */
export interface CpuShare {
  readonly engine: number;
  readonly database: number;
  readonly load: number;
}

export interface DispatchRun {
  /** Shards a second, final and credited. */
  readonly rate: number;
  readonly cpu: CpuShare;
  readonly receiptP50Ms: number;
  readonly receiptP99Ms: number;
  /** Copies of shards in one message of results, and in one commit. */
  readonly copiesAMessage: number;
  readonly copiesACommit: number;
  readonly connectAttempts: number;
}

export async function runDispatch(setup: DispatchSetup, place: RunPlace): Promise<DispatchRun> {
  const coordinator = await startOurCoordinator(place);
  const load = startLoad(place.teardown);
  try {
    return await measure(setup, place.shards, coordinator, load);
  } finally {
    await load.stop();
    await coordinator.stop();
  }
}

async function measure(setup: DispatchSetup, shards: number, coordinator: MeasuredCoordinator, load: Load): Promise<DispatchRun> {
  const { contributors, kind, quorum, window } = setup;
  const requester = await signIn(coordinator.url);
  const connected: ConnectReport = await load.connect({ url: coordinator.url, contributors, kind, window, thinkMs: 0 });
  const warmUp = warmUpShards(shards);
  const first = await submitBenchJob(requester, warmUp, quorum);
  await load.awaitCredits(first.job.id, warmUp * quorum);

  const commitsBefore = await countCommits(coordinator);
  const before = await readCpu(coordinator, load);
  const { job } = await submitBenchJob(requester, shards, quorum);
  const report = await load.awaitCredits(job.id, shards * quorum);
  const after = await readCpu(coordinator, load);
  await checkLedger(coordinator, [
    { job: first.job.id, shards: warmUp, quorum },
    { job: job.id, shards, quorum },
  ]);
  const commits = Math.max(1, (await countCommits(coordinator)) - commitsBefore);
  return makeRun(report, { shards, copies: shards * quorum, commits, attempts: connected.attempts, before, after });
}

interface Facts {
  readonly shards: number;
  readonly copies: number;
  readonly commits: number;
  readonly attempts: number;
  readonly before: CpuShare;
  readonly after: CpuShare;
}

function makeRun(report: CreditReport, { shards, copies, commits, attempts, before, after }: Facts): DispatchRun {
  const each = (name: keyof CpuShare): number => ((after[name] - before[name]) * 1_000) / shards;
  return {
    rate: shards / report.seconds,
    cpu: { engine: each('engine'), database: each('database'), load: each('load') },
    receiptP50Ms: report.receiptP50Ms,
    receiptP99Ms: report.receiptP99Ms,
    copiesAMessage: copies / report.resultMessages,
    copiesACommit: copies / commits,
    connectAttempts: attempts,
  };
}

async function readCpu(coordinator: MeasuredCoordinator, load: Load): Promise<CpuShare> {
  const { cpuSeconds } = await load.look();
  return { engine: readCpuSeconds(coordinator.pid), database: readServerCpuSeconds(coordinator.databasePid), load: cpuSeconds };
}

/** Enough that code is compiled and tables have their statistics; never more than the run itself. */
export function warmUpShards(shards: number): number {
  return Math.min(shards, Math.max(100, Math.floor(shards / 5_000) * 1_000));
}

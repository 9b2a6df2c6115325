// How soon a large job is accepted, and whether the others are still served while it is: the longest time in which nobody was handed anything.
import { setTimeout as wait } from 'node:timers/promises';
import { submitBenchJob } from '../bench-job.ts';
import { checkLedger } from '../check-ledger.ts';
import { signIn } from '../open-load-channel.ts';
import { figure, printTable } from '../print-table.ts';
import type { RunPlace } from '../run-dispatch.ts';
import { startLoad } from '../start-load.ts';
import { startOurCoordinator } from '../start-our-coordinator.ts';

export interface AcceptedJob {
  readonly shards: number;
  readonly acceptedMs: number;
  /** While it was accepted, and for `WATCH_MS` after. */
  readonly longestGapMs: number;
  readonly receiptP99Ms: number;
  readonly shardsASecond: number;
}

const SIZES = [100_000, 1_000_000] as const;
/** The others: some 5,000 shards a second, so that a gap is seen and the machine is not full. */
const OTHERS = { contributors: 64, window: 8, thinkMs: 100 } as const;
/** Larger than the others can finish while this is measured. */
const OTHERS_SHARDS = 400_000;
/** Before and after a submission. */
const WATCH_MS = 2_000;

export async function runJobAccept(place: RunPlace): Promise<readonly AcceptedJob[]> {
  const coordinator = await startOurCoordinator(place);
  const load = startLoad(place.teardown);
  try {
    const requester = await signIn(coordinator.url);
    await load.connect({ url: coordinator.url, kind: 'ws', ...OTHERS });
    await submitBenchJob(requester, OTHERS_SHARDS, 1);
    await wait(WATCH_MS);
    const accepted: AcceptedJob[] = [];
    for (const shards of SIZES) {
      await load.look();
      const startedAtMs = performance.now();
      const { acceptedMs } = await submitBenchJob(requester, shards, 1);
      await wait(WATCH_MS);
      const { longestGapMs, receiptP99Ms, assigned } = await load.look();
      const shardsASecond = assigned / ((performance.now() - startedAtMs) / 1_000);
      accepted.push({ shards, acceptedMs, longestGapMs, receiptP99Ms, shardsASecond });
    }
    await checkLedger(coordinator, []);
    print(accepted);
    return accepted;
  } finally {
    await load.stop();
    await coordinator.stop();
  }
}

function print(accepted: readonly AcceptedJob[]): void {
  console.log(`Large jobs, submitted while ${OTHERS.contributors} contributors work on another.`);
  printTable(
    ['shards in the job', 'accepted in ms', 'longest gap ms', 'receipt p99 ms', 'shards/s meanwhile'],
    accepted.map((job) => [
      job.shards.toLocaleString('en-US'),
      figure(job.acceptedMs),
      figure(job.longestGapMs),
      figure(job.receiptP99Ms),
      figure(job.shardsASecond),
    ]),
  );
}

// Many contributors at once, each working slowly: what one costs in the coordinator's memory, and whether all are served in time.
import { setTimeout as wait } from 'node:timers/promises';
import { submitBenchJob } from '../bench-job.ts';
import { checkLedger } from '../check-ledger.ts';
import { signIn } from '../open-load-channel.ts';
import { figure, printTable } from '../print-table.ts';
import { readCpuSeconds, readResidentBytes } from '../processor-time.ts';
import type { RunPlace } from '../run-dispatch.ts';
import { startLoad } from '../start-load.ts';
import { startOurCoordinator } from '../start-our-coordinator.ts';

export interface LiveReport {
  readonly webSockets: number;
  readonly dataChannels: number;
  readonly kibPerWebSocket: number;
  readonly kibPerDataChannel: number;
  /** Contributors that were handed work; all of them, or something is wrong. */
  readonly served: number;
  readonly receiptP50Ms: number;
  readonly receiptP99Ms: number;
  readonly rate: number;
  /** Cores that were busy with it. */
  readonly coresOurs: number;
  readonly coresLoad: number;
  /** Tries it took to open the data channels: more than there are when handshakes were lost. */
  readonly dataChannelTries: number;
}

export interface LiveSize {
  readonly webSockets: number;
  readonly dataChannels: number;
}

export const LIVE_SIZE: LiveSize = { webSockets: 2_000, dataChannels: 500 };
const WINDOW = 2;
/** A contributor answers after this; 2,500 of them make some 2,500 shards a second. */
const THINK_MS = 2_000;
const SHARDS_EACH = 10;
/** Memory is read after the allocations of signing in have been collected, as far as they are. */
const SETTLE_MS = 3_000;

export async function runLive(size: LiveSize, place: RunPlace): Promise<LiveReport> {
  const coordinator = await startOurCoordinator(place);
  const load = startLoad(place.teardown);
  const { url, pid } = coordinator;
  try {
    const requester = await signIn(url);
    // the first few make the code warm and the pools full
    await load.connect({ url, kind: 'ws', contributors: 64, window: WINDOW, thinkMs: THINK_MS });
    const bytesAfter = async (kind: 'ws' | 'rtc', contributors: number): Promise<readonly [bytes: number, tries: number]> => {
      const before = readResidentBytes(pid);
      const { attempts } = await load.connect({ url, kind, contributors, window: WINDOW, thinkMs: THINK_MS });
      await wait(SETTLE_MS);
      return [(readResidentBytes(pid) - before) / contributors / 1_024, attempts];
    };
    const [kibPerWebSocket] = await bytesAfter('ws', size.webSockets - 64);
    const [kibPerDataChannel, dataChannelTries] = await bytesAfter('rtc', size.dataChannels);
    const shards = Math.ceil(((size.webSockets + size.dataChannels) * SHARDS_EACH) / 1_000) * 1_000;
    const before = { ours: readCpuSeconds(pid), load: (await load.look()).cpuSeconds };
    const { job } = await submitBenchJob(requester, shards, 1);
    const credits = await load.awaitCredits(job.id, shards);
    const { served, cpuSeconds } = await load.look();
    const coresOurs = (readCpuSeconds(pid) - before.ours) / credits.seconds;
    const coresLoad = (cpuSeconds - before.load) / credits.seconds;
    await checkLedger(coordinator, [{ job: job.id, shards, quorum: 1 }]);
    const { receiptP50Ms, receiptP99Ms, seconds } = credits;
    const rate = shards / seconds;
    const costs = { kibPerWebSocket, kibPerDataChannel, dataChannelTries, coresOurs, coresLoad };
    const report = { ...size, ...costs, served, receiptP50Ms, receiptP99Ms, rate };
    print(report);
    return report;
  } finally {
    await load.stop();
    await coordinator.stop();
  }
}

function print(report: LiveReport): void {
  const { webSockets, dataChannels, served } = report;
  console.log(
    `${webSockets} contributors over WebSocket and ${dataChannels} over WebRTC, live at once; ${served} of them were handed work.`,
  );
  const { kibPerWebSocket, kibPerDataChannel, rate, receiptP50Ms, receiptP99Ms, coresOurs, coresLoad, dataChannelTries } = report;
  printTable(
    ['KiB a WebSocket', 'KiB a data channel', 'shards/s', 'p50 ms', 'p99 ms', 'cores ours', 'cores load', 'tries of data channels'],
    [[kibPerWebSocket, kibPerDataChannel, rate, receiptP50Ms, receiptP99Ms, coresOurs, coresLoad, dataChannelTries].map(figure)],
  );
}

// Takes the network's figures once a minute, for the charts, and folds old ones into hours.
import type { CoordinatorRunner } from './coordinator/runner.ts';
import type { ChangeCounts } from './count-changes.ts';
import type { Log } from './observe/log.ts';
import { pruneBounds } from './operator/spread-samples.ts';
import type { NetworkQueries } from './storage/network-queries.ts';
import type { SampleFigures, SampleStore } from './storage/sample-store.ts';

const MINUTE_MS = 60_000;
/** Looked at this often, so that a sample stands near its whole minute. */
const LOOK_MS = 1_000;
const PRUNE_MS = 3_600_000;

export interface SampleParts {
  readonly samples: SampleStore;
  readonly network: Pick<NetworkQueries, 'countRunning'>;
  readonly runner: Pick<CoordinatorRunner, 'counts' | 'epoch'>;
  readonly changes: Readonly<ChangeCounts>;
  readonly log: Pick<Log, 'warn'>;
  readonly nowMs: () => number;
}

export interface Sampler {
  /** A sample when a new minute has begun; pruning when an hour has passed. */
  look(): Promise<void>;
  /** Verified in the last sixty seconds. */
  shardsPerMinute(): number;
  /** Decided since the last sample. */
  unsampledVotes(): { readonly agreed: number; readonly outvoted: number };
  stop(): void;
}

export function takeSamples(parts: SampleParts): Sampler {
  const { samples, network, runner, log, nowMs } = parts;
  const minuteOf = (atMs: number): number => Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
  let sampledMs = minuteOf(nowMs());
  let prunedAtMs = Number.NEGATIVE_INFINITY;
  let before = readCounts(parts.changes);
  const rate = createRate(nowMs, () => parts.changes.shards.final ?? 0);

  async function sample(atMs: number): Promise<void> {
    const { contributors, devices, copiesOut } = runner.counts();
    const now = readCounts(parts.changes);
    const countOf = (kind: 'gpu' | 'cpu'): number => devices.find((each) => each.kind === kind)?.count ?? 0;
    const figures: SampleFigures = {
      contributors,
      gpus: countOf('gpu'),
      cpus: countOf('cpu'),
      jobs: await network.countRunning(),
      copiesOut,
      shardsFinal: now.shardsFinal - before.shardsFinal,
      shardsFailed: now.shardsFailed - before.shardsFailed,
      votesAgreed: now.votesAgreed - before.votesAgreed,
      votesOutvoted: now.votesOutvoted - before.votesOutvoted,
    };
    await samples.keep({ atMs, epoch: runner.epoch, figures });
    // only now: what could not be kept is counted with the next minute
    before = now;
  }

  async function look(): Promise<void> {
    rate.look();
    const minuteMs = minuteOf(nowMs());
    if (minuteMs > sampledMs) {
      sampledMs = minuteMs;
      await sample(minuteMs);
    }
    if (nowMs() - prunedAtMs < PRUNE_MS) return;
    prunedAtMs = nowMs();
    await samples.prune(pruneBounds(nowMs()));
  }

  const timer = setInterval(
    () => void look().catch((cause: unknown) => log.warn({ err: cause }, 'A sample of the figures could not be kept.')),
    LOOK_MS,
  );
  return {
    look,
    shardsPerMinute: rate.read,
    unsampledVotes() {
      const now = readCounts(parts.changes);
      return { agreed: now.votesAgreed - before.votesAgreed, outvoted: now.votesOutvoted - before.votesOutvoted };
    },
    stop: () => clearInterval(timer),
  };
}

function readCounts({ shards, votesSettled }: Readonly<ChangeCounts>) {
  return {
    shardsFinal: shards.final ?? 0,
    shardsFailed: shards.failed ?? 0,
    votesAgreed: votesSettled.agreed ?? 0,
    votesOutvoted: votesSettled.outvoted ?? 0,
  };
}

/** How much a count has grown in the last minute; looked at once a second. */
function createRate(nowMs: () => number, count: () => number) {
  const seen: { readonly atMs: number; readonly count: number }[] = [{ atMs: nowMs(), count: count() }];
  return {
    look(): void {
      seen.push({ atMs: nowMs(), count: count() });
      while (seen.length > 2 && seen[1]!.atMs <= nowMs() - MINUTE_MS) seen.shift();
    },
    read: (): number => count() - seen[0]!.count,
  };
}

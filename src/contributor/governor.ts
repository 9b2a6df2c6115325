// How much of the device is used and how much work is kept in hand. Woken by: a finished shard, an answer to `want`, the load slider.
import { MAX_ASSIGNMENTS_IN_FLIGHT } from '../protocol/messages.ts';
import type { ContributorSettings, EngineKind } from './state.ts';

/** Work kept in hand, beyond what runs: enough to hide a round trip, little enough that a closed tab holds nobody up. */
export const PREFETCH_MS = 3_000;
/** Only shards of less than a tenth of a second reach it; with a `want` every 50 ms it feeds 640 shards a second. */
export const MAX_IN_HAND = 32;
/** Weight of the newest shard in the mean: after eight shards of another job the old speed is forgotten. */
const NEWEST_WEIGHT = 0.25;

export interface Load {
  /** Engine workers that compute at once. */
  readonly workers: number;
  /** Share of its time each of them works. */
  readonly duty: number;
}

/** A share of many threads is fewer threads at full duty; a GPU is one worker that rests. */
export function pickLoad({ gpu, cpu }: Pick<ContributorSettings, 'gpu' | 'cpu'>, kind: EngineKind): Load {
  if (kind === 'gpu') return { workers: 1, duty: gpu.duty };
  const wanted = cpu.share * cpu.threads;
  const workers = Math.max(1, Math.round(wanted));
  return { workers, duty: Math.min(1, wanted / workers) };
}

export interface Speed {
  /** Mean wall time of one shard on one worker; null until one is done. */
  readonly shardMs: number | null;
  /** Mean over one worker; 0 until one shard is done. */
  readonly workgroupsPerSecond: number;
}

export const UNKNOWN_SPEED: Speed = { shardMs: null, workgroupsPerSecond: 0 };

export function speedAfter(speed: Speed, done: { readonly elapsedMs: number; readonly workgroups: number }): Speed {
  const shardMs = Math.max(1, done.elapsedMs);
  const perSecond = (done.workgroups * 1000) / shardMs;
  if (speed.shardMs === null) return { shardMs, workgroupsPerSecond: perSecond };
  return {
    shardMs: mix(speed.shardMs, shardMs),
    workgroupsPerSecond: mix(speed.workgroupsPerSecond, perSecond),
  };
}

function mix(before: number, newest: number): number {
  return before + (newest - before) * NEWEST_WEIGHT;
}

export interface PacedEngine {
  readonly workers: number;
  readonly speed: Speed;
}

/** Shards to ask for now, for all engines together; 0 when enough is in hand. One a worker until the speed is known. */
export function pickWant(inHand: number, engines: readonly PacedEngine[]): number {
  const workers = sum(engines.map((engine) => engine.workers));
  if (workers === 0) return 0;
  const ahead = sum(
    engines.map(({ workers: count, speed }) => (speed.shardMs === null ? 0 : count * Math.ceil(PREFETCH_MS / speed.shardMs))),
  );
  const target = Math.min(MAX_ASSIGNMENTS_IN_FLIGHT, Math.max(workers, Math.min(MAX_IN_HAND, workers + ahead)));
  // Asking one by one would cost a message a shard: ask when a quarter is gone.
  return inHand <= target - Math.max(1, Math.floor(target / 4)) ? target - inHand : 0;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

// What a contributor shows of its engines as they come and go, and what a person is told of it; what they did themselves needs no telling.
import type { Clock } from './clock.ts';
import { ENGINE_KINDS, type EnginePool } from './engine-pool.ts';
import { makeNote } from './feed.ts';
import type { RuntimeView } from './runtime-view.ts';
import type { EngineReason, EngineViews, FeedItem, MissingEngines, NoEngineReason } from './state.ts';

export interface EngineSight {
  readonly engines: EngineViews;
  readonly missing: MissingEngines;
}

export interface EngineFollower {
  /** Shows what there is now; `isTold`: what changed by itself goes into the feed as well. */
  see(isTold: boolean): void;
  /** Those that are open, as one word to compare. */
  readonly kinds: string;
  /** It was asked for and cannot be had. */
  readonly isGpuMissing: boolean;
}

const OWN_DOING: ReadonlySet<EngineReason | NoEngineReason> = new Set(['not-opened', 'switched-off']);

export function createEngineFollower(pool: EnginePool, view: RuntimeView, clock: Clock): EngineFollower {
  let sight: EngineSight = { engines: pool.engines, missing: pool.missing };
  return {
    see(isTold) {
      const before = sight;
      sight = { engines: pool.engines, missing: pool.missing };
      view.show({ ...sight, gpuLoss: pool.gpuLoss });
      if (isTold) for (const note of noteEngines(before, sight, clock.nowMs())) view.tell(note);
    },
    get kinds() {
      return ENGINE_KINDS.filter((kind) => pool.engines[kind] !== null).join('+');
    },
    get isGpuMissing() {
      const { gpu } = pool.missing;
      return gpu !== null && !OWN_DOING.has(gpu.reason);
    },
  };
}

export function noteEngines(before: EngineSight, after: EngineSight, nowMs: number): readonly FeedItem[] {
  return ENGINE_KINDS.flatMap((kind) => {
    const was = before.engines[kind] ?? before.missing[kind];
    const is = after.engines[kind] ?? after.missing[kind];
    if (!was || !is || was.reason === is.reason || OWN_DOING.has(was.reason) || OWN_DOING.has(is.reason)) return [];
    return [makeNote(is.why, nowMs, { note: 'engine', engineReason: is.reason })];
  });
}

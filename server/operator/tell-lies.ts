// The story of the contributor that lies on purpose: its answers, which of them lost the vote, and when honest copies settled those shards. PURE.
import type { DeviceId, ShardId } from '../../src/protocol/ids.ts';

/** What a commit wrote, as far as it is part of the story. */
export type StoryChange =
  | {
      readonly kind: 'vote-cast';
      readonly shard: ShardId;
      readonly copy: number;
      readonly device: DeviceId;
      readonly state: string;
      readonly atMs: number;
    }
  | { readonly kind: 'vote-settled'; readonly shard: ShardId; readonly copy: number; readonly state: string }
  | { readonly kind: 'shard-judged'; readonly shard: ShardId; readonly verdict: string; readonly atMs: number };

export interface ToldLie {
  readonly shard: ShardId;
  readonly copy: number;
  readonly toldAtMs: number;
  isOutvoted: boolean;
  finalAtMs: number | null;
}

export interface LieStory {
  readonly answers: number;
  readonly outvoted: number;
  /** Newest first. */
  readonly lies: readonly Readonly<ToldLie>[];
  hear(change: StoryChange): void;
}

/** Older ones are counted, and forgotten. */
export const LIES_TOLD = 12;

export function createLieStory(isLiar: (device: DeviceId) => boolean): LieStory {
  const open = new Map<ShardId, ToldLie>();
  let answers = 0;
  let outvoted = 0;

  function remember(lie: ToldLie): void {
    open.set(lie.shard, lie);
    const [oldest] = open.keys();
    if (open.size > LIES_TOLD && oldest !== undefined) open.delete(oldest);
  }

  return {
    get answers() {
      return answers;
    },
    get outvoted() {
      return outvoted;
    },
    get lies() {
      return [...open.values()].reverse();
    },
    hear(change) {
      if (change.kind === 'vote-cast') {
        if (!isLiar(change.device)) return;
        answers++;
        // its shard was decided without it
        if (change.state !== 'waiting') return;
        remember({ shard: change.shard, copy: change.copy, toldAtMs: change.atMs, isOutvoted: false, finalAtMs: null });
        return;
      }
      const lie = open.get(change.shard);
      if (!lie) return;
      if (change.kind === 'shard-judged') {
        if (change.verdict === 'final') lie.finalAtMs = change.atMs;
        return;
      }
      if (change.copy !== lie.copy || change.state !== 'outvoted' || lie.isOutvoted) return;
      lie.isOutvoted = true;
      outvoted++;
    },
  };
}

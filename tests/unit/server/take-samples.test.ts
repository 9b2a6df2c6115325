// One sample a minute of what the core and the commits count, and pruning once an hour.
import { afterEach, expect, test } from 'vitest';
import type { ChangeCounts } from '../../../server/count-changes.ts';
import type { SampleStore } from '../../../server/storage/sample-store.ts';
import { type Sampler, takeSamples } from '../../../server/take-samples.ts';

const MINUTE = 60_000;
let sampler: Sampler | null = null;
afterEach(() => sampler?.stop());

function begin(keep: SampleStore['keep'] = async () => undefined) {
  const clock = { nowMs: 10 * MINUTE + 5_000 };
  const kept: Parameters<SampleStore['keep']>[0][] = [];
  const pruned: Parameters<SampleStore['prune']>[0][] = [];
  const counts: ChangeCounts = {
    votesCast: { gpu: 0, cpu: 0 },
    votesSettled: { agreed: 4 },
    shards: { final: 2 },
    jobsOpened: 0,
    jobsEnded: {},
    credits: {},
    unitsRefused: 0,
  };
  sampler = takeSamples({
    samples: {
      async keep(sample) {
        await keep(sample);
        kept.push(sample);
      },
      prune: async (bounds) => void pruned.push(bounds),
      read: async () => [],
      sumVotes: async () => ({ agreed: 0, outvoted: 0 }),
    },
    network: { countRunning: async () => 6 },
    runner: {
      epoch: 9,
      counts: () => ({
        contributors: 3,
        devices: [
          { kind: 'gpu', count: 2 },
          { kind: 'cpu', count: 1 },
        ],
        jobsRunning: 1,
        workgroupsPerSecond: 0,
        copiesOut: 5,
        shardsOpen: 0,
        otherCoordinators: 0,
      }),
    },
    changes: counts,
    log: { warn: () => undefined },
    nowMs: () => clock.nowMs,
  });
  const advance = (ms: number) => {
    clock.nowMs += ms;
    return sampler!.look();
  };
  return { clock, kept, pruned, counts, sampler, advance };
}

test('is taken when a minute begins, with what happened since the one before', async () => {
  const { kept, counts, sampler: taken, advance } = begin();
  await advance(0);
  expect(kept).toEqual([]);
  counts.shards.final = 5;
  counts.votesSettled.outvoted = 1;
  expect(taken.unsampledVotes()).toEqual({ agreed: 0, outvoted: 1 });
  await advance(56_000);
  await advance(1_000);
  expect(kept).toEqual([
    {
      atMs: 11 * MINUTE,
      epoch: 9,
      figures: {
        contributors: 3,
        gpus: 2,
        cpus: 1,
        jobs: 6,
        copiesOut: 5,
        shardsFinal: 3,
        shardsFailed: 0,
        votesAgreed: 0,
        votesOutvoted: 1,
      },
    },
  ]);
  expect(taken.unsampledVotes()).toEqual({ agreed: 0, outvoted: 0 });
});

test('that cannot be kept is counted with the next', async () => {
  let isBroken = true;
  const { kept, counts, advance } = begin(async () => {
    if (isBroken) throw new Error('no disk');
  });
  counts.shards.final = 5;
  await expect(advance(MINUTE)).rejects.toThrow('no disk');
  isBroken = false;
  counts.shards.final = 6;
  await advance(MINUTE);
  expect(kept.map(({ atMs, figures }) => [atMs, figures.shardsFinal])).toEqual([[12 * MINUTE, 4]]);
});

test('old ones are folded once an hour', async () => {
  const { pruned, advance } = begin();
  await advance(0);
  await advance(59 * MINUTE);
  expect(pruned).toHaveLength(1);
  await advance(MINUTE);
  expect(pruned).toHaveLength(2);
});

test('the rate is of the last minute', async () => {
  const { counts, sampler: taken, advance } = begin();
  counts.shards.final = 12;
  expect(taken.shardsPerMinute()).toBe(10);
  await advance(30_000);
  counts.shards.final = 13;
  await advance(31_000);
  await advance(30_000);
  expect(taken.shardsPerMinute()).toBe(1);
  await advance(MINUTE);
  await advance(1_000);
  expect(taken.shardsPerMinute()).toBe(0);
});

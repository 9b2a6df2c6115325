// Which job a shard's number belongs to and how large the shard is, found by the test itself: a claim says neither.
import type { JobRecord } from '../../server/jobs/job-record.ts';
import { blockOfShard, offsetOfShard, type ShardId } from '../../src/protocol/ids.ts';
import { rangeOfShard } from '../../src/protocol/shard.ts';

export function whereIsShard(records: Iterable<JobRecord>, shard: ShardId) {
  for (const record of records) {
    const block = record.blocks.find(({ id }) => id === blockOfShard(shard));
    if (!block) continue;
    const { grid, workgroupsPerShard } = record.manifest;
    return { record, ...rangeOfShard(grid, workgroupsPerShard, block.lo + offsetOfShard(shard)) };
  }
  throw new Error(`Shard ${shard} is of no job of this test.`);
}

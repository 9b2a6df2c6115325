// What the page of the network reads: shards decided lately, and what a number or a digest belongs to. Reads only, bounded.

import type { JobState } from '../../src/protocol/api.ts';
import type { LookUpFind, RecentShard } from '../../src/protocol/api-network.ts';
import type { Digest, JobId, ShardId } from '../../src/protocol/ids.ts';
import type { Verdict } from '../../src/protocol/verdict.ts';
import type { Database } from './database.ts';
import type { JobDigest } from './schema.ts';

export interface ShardPlaceInJob {
  readonly job: JobId;
  readonly index: number;
}

export interface NetworkQueries {
  countRunning(): Promise<number>;
  /** Those that have a verdict, in no order. */
  describeShards(places: readonly ShardPlaceInJob[]): Promise<readonly RecentShard[]>;
  /** Shards decided last, of the newest jobs: for a process that has just begun. */
  findRecent(limit: number): Promise<readonly ShardPlaceInJob[]>;
  placeShards(shards: readonly ShardId[]): Promise<ReadonlyMap<ShardId, ShardPlaceInJob>>;
  findJob(job: JobId): Promise<LookUpFind | null>;
  /** Among the newest `SEARCHED_BLOCKS` blocks of shards; there is no index by digest, which would cost every commit. */
  findDigest(digest: Digest, limit: number): Promise<readonly LookUpFind[]>;
}

/** Of 1,024 shards each; a search of so many takes some 100 ms. */
export const SEARCHED_BLOCKS = 200;
const SEARCH_TIMEOUT_MS = 2_000;
/** Jobs of more shards are not looked through for the last ones. */
const SMALL_JOB_SHARDS = 20_000;

const DESCRIBE = `
  select w.job, w.index, j.summary, s.verdict, s.judged_at as "atMs", count(v.copy)::int as copies,
    count(*) filter (where v.state = 'outvoted')::int as outvoted,
    coalesce(array_agg(distinct v.engine) filter (where v.state = 'agreed'), '{}') as engines,
    (select min(o.elapsed_ms) from votes o
      where o.shard = s.id and (o.state = 'agreed' or (o.state = 'waiting' and o.copy = any(s.agreed)))) as "computeMs"
  from unnest($1::bigint[], $2::int[]) as w(job, index)
  join jobs j on j.id = w.job
  join blocks k on k.job = w.job and w.index >= k.lo and w.index < k.lo + k.n
  join shards s on s.id = k.id * 1024 + w.index - k.lo
  left join settled_votes v on v.shard = s.id
  group by w.job, w.index, j.id, s.id`;

const FIND_RECENT = `
  select k.job, (k.lo + s.id - k.id * 1024)::int as index
  from (select id from jobs where final_shards > 0 and shards <= $2 order by id desc limit 3) j
  join blocks k on k.job = j.id
  join shards s on s.id between k.id * 1024 and k.id * 1024 + 1023
  where s.verdict = 'final' order by s.judged_at desc limit $1`;

const FIND_DIGEST = `
  select k.job, (k.lo + s.id - k.id * 1024)::int as index, s.verdict, j.summary
  from (select id, job, lo from blocks order by id desc limit ${SEARCHED_BLOCKS}) k
  join shards s on s.id between k.id * 1024 and k.id * 1024 + 1023
  join jobs j on j.id = k.job
  where s.digest = decode($1, 'hex') limit $2`;

interface DescribedRow extends Omit<RecentShard, 'title'> {
  readonly summary: JobDigest;
}

export function createNetworkQueries({ pool }: Pick<Database, 'pool'>): NetworkQueries {
  return {
    async countRunning() {
      const { rows } = await pool.query<{ readonly count: number }>("select count(*) as count from jobs where state = 'running'");
      return rows[0]!.count;
    },
    async describeShards(places) {
      if (places.length === 0) return [];
      const values = [places.map(({ job }) => job), places.map(({ index }) => index)];
      const { rows } = await pool.query<DescribedRow>(DESCRIBE, values);
      return rows.map(({ summary, ...shard }) => ({ ...shard, title: summary.title }));
    },
    async findRecent(limit) {
      const { rows } = await pool.query<ShardPlaceInJob>(FIND_RECENT, [limit, SMALL_JOB_SHARDS]);
      return rows;
    },
    async placeShards(shards) {
      const { rows } = await pool.query<ShardPlaceInJob & { readonly shard: ShardId }>(
        `select w.shard, k.job, (k.lo + w.shard - k.id * 1024)::int as index
         from unnest($1::bigint[]) as w(shard) join blocks k on k.id = w.shard / 1024`,
        [shards],
      );
      return new Map(rows.map(({ shard, job, index }) => [shard, { job, index }]));
    },
    async findJob(job) {
      const { rows } = await pool.query<{ readonly id: JobId; readonly summary: JobDigest; readonly state: JobState }>(
        'select id, summary, state from jobs where id = $1',
        [job],
      );
      const [row] = rows;
      return row ? { kind: 'job', job: row.id, title: row.summary.title, state: row.state } : null;
    },
    findDigest: (digest, limit) => findDigest(pool, digest, limit),
  };
}

async function findDigest(pool: Database['pool'], digest: Digest, limit: number): Promise<readonly LookUpFind[]> {
  const client = await pool.connect();
  let isClean = false;
  try {
    await client.query('begin read only');
    await client.query(`set local statement_timeout = ${SEARCH_TIMEOUT_MS}`);
    const { rows } = await client.query<ShardPlaceInJob & { readonly verdict: Verdict; readonly summary: JobDigest }>(FIND_DIGEST, [
      digest,
      limit,
    ]);
    await client.query('commit');
    isClean = true;
    return rows.map(({ job, index, verdict, summary }) => ({ kind: 'shard', job, title: summary.title, index, verdict, digest }));
  } finally {
    client.release(!isClean);
  }
}

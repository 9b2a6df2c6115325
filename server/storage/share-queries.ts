// How coordinators share one database: a process proves by its epoch that it lives, and owns the blocks that carry that epoch.
import type pg from 'pg';
import { Fault } from '../../src/protocol/fault.ts';
import type { BlockId, JobId } from '../../src/protocol/ids.ts';
import type { Sharing } from '../coordinator/change.ts';
import type { Statement } from './pipeline.ts';
import { plainArray } from './plain-array.ts';

/** A process that was not seen for so long is thought dead; its blocks may be taken, and what it still writes to them is refused. */
export const SEEN_WITHIN = "interval '10 seconds'";

export interface ShareQueries {
  /** A new epoch for this instance; an earlier process of the same instance writes nothing from then on. */
  claimEpoch(): Promise<number>;
  renew(epoch: number): Promise<Sharing>;
  /**
   * After a commit whose end is not known: waits until it has ended in the database, and lets none that was sent before begin. The number
   * that commits must carry from now on.
   */
  fenceAnew(epoch: number): Promise<number>;
  claimBlocks(epoch: number, limit: number): Promise<readonly BlockId[]>;
}

const CLAIM_EPOCH = `
  with earlier as (delete from processes where instance = $1), next as (
    update epochs set epoch = epoch + 1 where name = 'coordinator' returning epoch
  )
  select epoch from next`;

const RENEW = `
  with seen as (update processes set seen_at = now() where epoch = $1 returning epoch)
  select (select count(*) from seen)::int as mine,
    (select count(*) from processes where epoch <> $1 and seen_at > now() - ${SEEN_WITHIN})::int as others,
    (select count(*) from blocks b join jobs j on j.id = b.job where b.owner = $1 and j.state = 'running')::int as blocks`;

/** Jobs that ended, by whomever, while blocks of them were owned. */
const FIND_ENDED = "select distinct b.job from blocks b join jobs j on j.id = b.job where b.owner = $1 and j.state <> 'running'";

const CLAIM_BLOCKS = `
  update blocks b set owner = $1 from (
    select k.id from blocks k join jobs j on j.id = k.job
    where j.state = 'running' and k.owner is distinct from $1 and (k.owner is null or not exists (
      select from processes p where p.epoch = k.owner and p.seen_at > now() - ${SEEN_WITHIN}))
    order by k.job, k.lo limit $2 for update of k skip locked
  ) free where b.id = free.id returning b.id`;

export function createShareQueries(pool: pg.Pool, instance: string): ShareQueries {
  return {
    async claimEpoch() {
      const { rows } = await pool.query<{ readonly epoch: number }>(CLAIM_EPOCH, [instance]);
      const { epoch } = rows[0]!;
      // apart from the deletion: one statement sees the table as it was before
      await pool.query('insert into processes (epoch, instance) values ($1, $2)', [epoch, instance]);
      return epoch;
    },
    async renew(epoch) {
      const { rows } = await pool.query<{ readonly mine: number; readonly others: number; readonly blocks: number }>(RENEW, [epoch]);
      const { mine, others, blocks } = rows[0]!;
      if (mine === 0) throw makeFenced();
      const ended = await pool.query<{ readonly job: JobId }>(FIND_ENDED, [epoch]);
      return { others, blocks, ended: ended.rows.map((row) => row.job) };
    },
    async fenceAnew(epoch) {
      const client = await pool.connect();
      try {
        await client.query("begin; set local lock_timeout = '5s'");
        const { rows } = await client.query<{ readonly generation: number }>(FENCE_ANEW, [epoch]);
        await client.query('commit');
        client.release();
        if (rows.length === 0) throw makeFenced();
        return rows[0]!.generation;
      } catch (cause) {
        client.release(true);
        throw cause;
      }
    },
    async claimBlocks(epoch, limit) {
      const { rows } = await pool.query<{ readonly id: BlockId }>(CLAIM_BLOCKS, [epoch, limit]);
      return rows.map((row) => row.id);
    },
  };
}

/** A commit holds a share of this row from its first statement. */
const FENCE_ANEW = 'update processes set generation = generation + 1 where epoch = $1 returning generation';

const LEAVE_JOBS = 'update blocks set owner = null where job = any($1::bigint[]) and owner = $2';

export function leaveJobs(jobs: readonly JobId[], epoch: number): Statement {
  return { name: 'leave-jobs', text: LEAVE_JOBS, values: [plainArray(jobs), String(epoch)] };
}

const RELEASE_BLOCKS = 'update blocks set owner = null where id = any($1::bigint[]) and owner = $2';

export function releaseBlocks(blocks: readonly BlockId[], epoch: number): Statement {
  return { name: 'release-blocks', text: RELEASE_BLOCKS, values: [plainArray(blocks), String(epoch)] };
}

/** Nothing this process decides can be written any more. */
export function makeFenced(): Fault {
  return new Fault('storage-failed', 'Another coordinator has taken this one’s place in the database; this one stops.', {
    facts: { isFenced: true },
  });
}

/** What it decided about blocks or jobs that are no longer its own is void; it reads again what is. */
export function makeStale(what: string): Fault {
  return new Fault('storage-failed', `${what}; nothing of this commit was written.`, { facts: { isStale: true } });
}

// Results of one account that were not accepted, newest first, each with why and what is known of the difference.
import type pg from 'pg';
import { type Difference, type RejectionReason, type RejectionsPage, STANDING_LIMITS } from '../../src/protocol/api-standing.ts';
import type { AccountId, DeviceId, Digest, JobId, ShardId } from '../../src/protocol/ids.ts';

export interface RejectionQueries {
  readRejections(page: { readonly account: AccountId; readonly before: number | null }): Promise<RejectionsPage>;
}

interface RejectionRow {
  readonly id: number;
  readonly job: JobId;
  readonly title: string;
  readonly shard: ShardId;
  readonly index: number;
  readonly at: number;
  readonly device: DeviceId;
  readonly engine: 'gpu' | 'cpu';
  readonly reason: RejectionReason;
  readonly digest: Digest;
  readonly accepted: Digest | null;
  readonly difference: Difference | null;
}

const READ = `
  select r.id, r.job, j.summary->>'title' as title, r.shard, (k.lo + r.shard - k.id * 1024)::int as index, r.at, r.device, r.engine, r.reason,
    encode(r.digest, 'hex') as digest, encode(r.accepted, 'hex') as accepted, r.difference
  from rejections r join jobs j on j.id = r.job join blocks k on k.id = r.shard / 1024
  where r.account in (select id from accounts where id = $1 or attached_to = $1) and ($2::bigint is null or r.id < $2)
  order by r.id desc limit $3`;

const SENTENCES: Readonly<Record<RejectionReason, string>> = {
  outvoted: 'Enough other devices agreed on another result, so this one was not counted or paid.',
  withheld:
    'The result was agreed, but its bytes did not come when they were asked for, so the vote was void and the shard was computed again.',
  failed: 'The copies of this shard never agreed on one result, so none of them was counted or paid.',
};

export function createRejectionQueries(pool: pg.Pool): RejectionQueries {
  return {
    async readRejections({ account, before }) {
      const limit = STANDING_LIMITS.rejectionsAPage;
      const { rows } = await pool.query<RejectionRow>(READ, [account, before, limit + 1]);
      const rejections = rows.slice(0, limit).map(({ id: _, at, accepted, ...row }) => ({
        ...row,
        atMs: at,
        acceptedDigest: accepted,
        sentence: SENTENCES[row.reason],
      }));
      return { rejections, next: rows.length > limit ? rows[limit - 1]!.id : null };
    },
  };
}

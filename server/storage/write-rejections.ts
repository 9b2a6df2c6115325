// Rejected results as statements of a commit: there are none in almost every one.
import type { Change } from '../coordinator/change.ts';
import type { Statement } from './pipeline.ts';

export type RejectedChange = Extract<Change, { readonly kind: 'results-rejected' }>;

/** Of one shard more are not kept: a program that never agrees would fill the table. */
export const MAX_REJECTED_A_SHARD = 32;

const WRITE_REJECTIONS = `
  insert into rejections (account, job, shard, copy, device, engine, reason, digest, accepted, difference, at)
  select account, job, shard, copy, device, engine, reason, decode(digest, 'hex'), decode(accepted, 'hex'), difference, at
  from json_to_recordset($1::json) as r(account bigint, job bigint, shard bigint, copy int, device bigint, engine text, reason text, digest text,
    accepted text, difference json, at bigint)`;

/** In one order, so that two coordinators never wait for each other in a circle. */
const WRITE_CATCHES = `
  insert into catches as c (account, shards) select account, shards from unnest($1::bigint[], $2::bigint[]) as u(account, shards) order by account
  on conflict (account) do update set shards = c.shards + excluded.shards`;

export function writeRejections(changes: readonly RejectedChange[]): readonly Statement[] {
  if (changes.length === 0) return [];
  const rows = changes.flatMap(({ job, shard, reason, accepted, rejected, atMs }) =>
    rejected.slice(0, MAX_REJECTED_A_SHARD).map((result) => ({ ...result, job, shard, reason, accepted, at: atMs })),
  );
  const caught = new Map<number, number>();
  for (const { caughtBy } of changes) for (const account of caughtBy) caught.set(account, (caught.get(account) ?? 0) + 1);
  const statements = [{ name: 'write-rejections', text: WRITE_REJECTIONS, values: [JSON.stringify(rows)] }];
  if (caught.size === 0) return statements;
  const values = [`{${[...caught.keys()].join(',')}}`, `{${[...caught.values()].join(',')}}`];
  return [...statements, { name: 'write-catches', text: WRITE_CATCHES, values }];
}

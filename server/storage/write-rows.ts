// The statements of a commit: arrays through unnest, so that each is one constant text however many rows it carries.
import type pg from 'pg';
import type { JobId } from '../../src/protocol/ids.ts';
import type { DeviceRow, SettledRow, ShardRow, VoteRow } from './gather-rows.ts';
import { plainArray } from './plain-array.ts';
import type { StoredOutput } from './schema.ts';

/** Outputs as they are stored, instead of their bytes. */
export type WithStored<Row> = Omit<Row, 'outputs'> & { readonly outputs: readonly StoredOutput[] | null };

const asJson = (outputs: readonly StoredOutput[] | null): string | null => (outputs ? JSON.stringify(outputs) : null);

/** Counts once for a shard and account, unless the account's earlier vote was void because it kept back its bytes. */
const WRITE_VOTES = `
  insert into votes (shard, account, copy, device, address_range, engine, digest, state, paid, elapsed_ms, at, outputs)
  select shard, account, copy, device, address_range, engine, decode(digest, 'hex'), state, paid, elapsed_ms, at, outputs::json
  from unnest($1::bigint[], $2::bigint[], $3::int[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::numeric[], $10::float8[], $11::bigint[],
    $12::text[]) as u(shard, account, copy, device, address_range, engine, digest, state, paid, elapsed_ms, at, outputs)
  on conflict (shard, account) do update set copy = excluded.copy, device = excluded.device, address_range = excluded.address_range,
    engine = excluded.engine, digest = excluded.digest,
    state = excluded.state, paid = excluded.paid, elapsed_ms = excluded.elapsed_ms, at = excluded.at, outputs = excluded.outputs
  where votes.state = 'withheld'`;

export async function writeVotes(client: pg.PoolClient, votes: readonly WithStored<VoteRow>[]): Promise<void> {
  if (votes.length === 0) return;
  const values = [
    plainArray(votes.map((vote) => vote.shard)),
    plainArray(votes.map((vote) => vote.account)),
    plainArray(votes.map((vote) => vote.copy)),
    plainArray(votes.map((vote) => vote.device)),
    votes.map((vote) => vote.addressRange),
    plainArray(votes.map((vote) => vote.engine)),
    plainArray(votes.map((vote) => vote.digest)),
    plainArray(votes.map((vote) => vote.state)),
    plainArray(votes.map((vote) => vote.paid)),
    plainArray(votes.map((vote) => vote.elapsedMs)),
    plainArray(votes.map((vote) => vote.atMs)),
    votes.map((vote) => asJson(vote.outputs)),
  ];
  await client.query({ name: 'write-votes', text: WRITE_VOTES, values });
}

/** Only votes that still wait: copy numbers start again after a restart where the earlier copy was void. */
const SETTLE_VOTES = `
  update votes v set state = u.state, paid = u.paid, outputs = case when u.state = 'waiting' then v.outputs end
  from unnest($1::bigint[], $2::int[], $3::text[], $4::numeric[]) as u(shard, copy, state, paid)
  where v.shard = u.shard and v.copy = u.copy and v.state = 'waiting'`;

export async function settleVotes(client: pg.PoolClient, settled: readonly SettledRow[]): Promise<void> {
  if (settled.length === 0) return;
  const values = [
    plainArray(settled.map((row) => row.shard)),
    plainArray(settled.map((row) => row.copy)),
    plainArray(settled.map((row) => row.state)),
    plainArray(settled.map((row) => row.paid)),
  ];
  await client.query({ name: 'settle-votes', text: SETTLE_VOTES, values });
}

/** The outer query still sees the shards as they were before the insert: so it knows what each job gains. */
const JUDGE_SHARDS = `
  with input as (
    select * from unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::bigint[]) as u(id, job, verdict, digest, outputs, at)
  ), written as (
    insert into shards (id, verdict, digest, outputs, judged_at)
    select id, verdict, decode(digest, 'hex'), outputs::json, at from input
    on conflict (id) do update set verdict = excluded.verdict, digest = excluded.digest, outputs = excluded.outputs, judged_at = excluded.judged_at
  )
  select i.job,
    sum((i.verdict = 'final')::int - coalesce((s.verdict = 'final')::int, 0)) as final,
    sum((i.verdict = 'failed')::int - coalesce((s.verdict = 'failed')::int, 0)) as failed
  from input i left join shards s on s.id = i.id group by i.job`;

export interface JobGain {
  readonly job: JobId;
  readonly final: number;
  readonly failed: number;
}

export async function judgeShards(client: pg.PoolClient, shards: readonly WithStored<ShardRow>[]): Promise<readonly JobGain[]> {
  if (shards.length === 0) return [];
  const values = [
    plainArray(shards.map((row) => row.shard)),
    plainArray(shards.map((row) => row.job)),
    plainArray(shards.map((row) => row.verdict)),
    plainArray(shards.map((row) => row.digest)),
    shards.map((row) => asJson(row.outputs)),
    plainArray(shards.map((row) => row.atMs)),
  ];
  const { rows } = await client.query<JobGain>({ name: 'judge-shards', text: JUDGE_SHARDS, values });
  return rows;
}

const ADD_TO_DEVICES = `
  update devices d set verified = d.verified + u.verified, outvoted_exact = d.outvoted_exact + u.exact,
    outvoted_tolerance = d.outvoted_tolerance + u.tolerance, failed = d.failed + u.failed
  from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[]) as u(id, verified, exact, tolerance, failed)
  where d.id = u.id`;

export async function addToDevices(client: pg.PoolClient, devices: readonly DeviceRow[]): Promise<void> {
  if (devices.length === 0) return;
  const values = [
    plainArray(devices.map((row) => row.device)),
    plainArray(devices.map((row) => row.verified)),
    plainArray(devices.map((row) => row.outvotedExact)),
    plainArray(devices.map((row) => row.outvotedTolerance)),
    plainArray(devices.map((row) => row.failed)),
  ];
  await client.query({ name: 'add-to-devices', text: ADD_TO_DEVICES, values });
}

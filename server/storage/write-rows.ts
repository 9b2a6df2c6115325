// The rows of a commit as statements of its pipeline: votes and shards by COPY, updates as arrays through unnest.
import type { AccountId, Digest, JobId, ShardId } from '../../src/protocol/ids.ts';
import type { OutputBytes } from '../coordinator/change.ts';
import { createCopyBytes } from './copy-bytes.ts';
import type { DeviceRow, SettledRow, ShardRow, VoteRow } from './gather-rows.ts';
import { fitsRow, packOutputs } from './packed-outputs.ts';
import type { Statement, TextRow } from './pipeline.ts';
import { plainArray } from './plain-array.ts';
import type { StoredOutput } from './schema.ts';

/** Digest of the blob that holds these bytes. */
export type FindBlob = (output: OutputBytes) => Digest;

const VOTE_COLUMNS = 13;
const COPY_VOTES = `
  copy votes (shard, account, copy, device, address_range, engine, digest, state, paid, elapsed_ms, at, inline_outputs, outputs)
  from stdin (format binary)`;
const SHARD_COLUMNS = 8;
const COPY_SHARDS = 'copy shards (id, verdict, digest, judged_at, agreed, paid_each, inline_outputs, outputs) from stdin (format binary)';
/** A row with a 64-byte output takes about this much. */
const ROW_BYTES = 256;

/** Fails with `23505` when an account has voted on the shard before. */
export function copyVotes(votes: readonly VoteRow[], findBlob: FindBlob): Statement {
  const copy = createCopyBytes(votes.length * ROW_BYTES);
  for (const vote of votes) {
    copy.row(VOTE_COLUMNS);
    copy.int8(vote.shard);
    copy.int8(vote.account);
    copy.int4(vote.copy);
    copy.int8(vote.device);
    if (vote.addressRange === null) copy.null();
    else copy.text(vote.addressRange);
    copy.text(vote.engine);
    copy.hex(vote.digest);
    copy.text(vote.state);
    copy.bigint(vote.paid);
    copy.float8(vote.elapsedMs);
    copy.int8(vote.atMs);
    addOutputs(copy, vote.outputs, findBlob);
  }
  return { name: 'copy-votes', text: COPY_VOTES, data: copy.finish() };
}

/** Fails with `23505` when a shard has a verdict already. */
export function copyShards(shards: readonly ShardRow[], findBlob: FindBlob): Statement {
  const copy = createCopyBytes(shards.length * ROW_BYTES);
  for (const shard of shards) {
    copy.row(SHARD_COLUMNS);
    copy.int8(shard.shard);
    copy.text(shard.verdict);
    if (shard.digest === null) copy.null();
    else copy.hex(shard.digest);
    copy.int8(shard.atMs);
    if (shard.agreed.length === 0) {
      copy.null();
      copy.null();
    } else {
      copy.int4Array(shard.agreed);
      copy.bigint(shard.paidEach);
    }
    addOutputs(copy, shard.outputs, findBlob);
  }
  return { name: 'copy-shards', text: COPY_SHARDS, data: copy.finish() };
}

/** Two columns: in the row when they are small, else where their blobs are. */
function addOutputs(copy: ReturnType<typeof createCopyBytes>, outputs: readonly OutputBytes[] | null, findBlob: FindBlob): void {
  if (outputs === null) {
    copy.null();
    copy.null();
  } else if (fitsRow(outputs)) {
    copy.bytes(packOutputs(outputs));
    copy.null();
  } else {
    const stored: readonly StoredOutput[] = outputs.map((output) => ({
      name: output.name,
      root: output.root,
      blob: findBlob(output),
      bytes: output.bytes.length,
    }));
    copy.null();
    copy.text(JSON.stringify(stored));
  }
}

/** Only votes that still wait: copy numbers start again after a restart where the earlier copy was void. */
const SETTLE_VOTES = `
  update votes v set state = u.state, paid = u.paid,
    outputs = case when u.state = 'waiting' then v.outputs end,
    inline_outputs = case when u.state = 'waiting' then v.inline_outputs end
  from unnest($1::bigint[], $2::int[], $3::text[], $4::bigint[]) as u(shard, copy, state, paid)
  where v.shard = u.shard and v.copy = u.copy and v.state = 'waiting'`;

export function settleVotes(settled: readonly SettledRow[]): Statement {
  const values = [
    plainArray(settled.map((row) => row.shard)),
    plainArray(settled.map((row) => row.copy)),
    plainArray(settled.map((row) => row.state)),
    plainArray(settled.map((row) => row.paid)),
  ];
  return { name: 'settle-votes', text: SETTLE_VOTES, values };
}

/** Takes out the votes that an account may cast anew, and tells those that stand. */
const CLEAR_VOTES = `
  with asked as (
    select * from unnest($1::bigint[], $2::bigint[]) as u(shard, account)
  ), gone as (
    delete from votes v using asked u where v.shard = u.shard and v.account = u.account and v.state = 'withheld'
  )
  select v.shard, v.account from asked u join votes v on v.shard = u.shard and v.account = u.account where v.state <> 'withheld'`;

export function clearVotes(votes: readonly VoteRow[]): Statement {
  const values = [plainArray(votes.map((vote) => vote.shard)), plainArray(votes.map((vote) => vote.account))];
  return { name: 'clear-votes', text: CLEAR_VOTES, values };
}

/** Votes without those that `clearVotes` found standing. */
export function withoutStanding(votes: readonly VoteRow[], rows: readonly TextRow[]): readonly VoteRow[] {
  const standing = new Map<ShardId, Set<AccountId>>();
  for (const [shard, account] of rows) {
    const id = Number(shard) as ShardId;
    standing.set(id, (standing.get(id) ?? new Set()).add(Number(account) as AccountId));
  }
  return votes.filter((vote) => !standing.get(vote.shard)?.has(vote.account));
}

/** Takes out verdicts that may change; one that is final stands. */
const CLEAR_SHARDS = `
  with asked as (
    select id from unnest($1::bigint[]) as u(id)
  ), gone as (
    delete from shards s using asked u where s.id = u.id and s.verdict <> 'final' returning s.id, s.verdict
  )
  select id, verdict from gone union all select s.id, s.verdict from asked u join shards s on s.id = u.id where s.verdict = 'final'`;

export function clearShards(shards: readonly ShardRow[]): Statement {
  return { name: 'clear-shards', text: CLEAR_SHARDS, values: [plainArray(shards.map((row) => row.shard))] };
}

/** Verdicts that `clearShards` found, by shard. */
export function readVerdicts(rows: readonly TextRow[]): ReadonlyMap<ShardId, string> {
  return new Map(rows.map(([id, verdict]) => [Number(id) as ShardId, verdict ?? '']));
}

export interface JobGain {
  final: number;
  failed: number;
}

/** What each job gains by these verdicts over those that stood `before`. */
export function sumVerdicts(shards: readonly ShardRow[], before: ReadonlyMap<ShardId, string>): ReadonlyMap<JobId, JobGain> {
  const gains = new Map<JobId, JobGain>();
  let lastJob: JobId | null = null;
  let gain: JobGain = { final: 0, failed: 0 };
  for (const { job, shard, verdict } of shards) {
    if (job !== lastJob) {
      gain = gains.get(job) ?? { final: 0, failed: 0 };
      gains.set(job, gain);
      lastJob = job;
    }
    if (verdict === 'final') gain.final++;
    if (verdict === 'failed') gain.failed++;
    if (before.size > 0 && before.get(shard) === 'failed') gain.failed--;
  }
  return gains;
}

const ADD_TO_DEVICES = `
  update devices d set verified = d.verified + u.verified, outvoted_exact = d.outvoted_exact + u.exact,
    outvoted_tolerance = d.outvoted_tolerance + u.tolerance, failed = d.failed + u.failed
  from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[]) as u(id, verified, exact, tolerance, failed)
  where d.id = u.id`;

export function addToDevices(devices: readonly DeviceRow[]): Statement {
  const values = [
    plainArray(devices.map((row) => row.device)),
    plainArray(devices.map((row) => row.verified)),
    plainArray(devices.map((row) => row.outvotedExact)),
    plainArray(devices.map((row) => row.outvotedTolerance)),
    plainArray(devices.map((row) => row.failed)),
  ];
  return { name: 'add-to-devices', text: ADD_TO_DEVICES, values };
}

// Reads back what the core needs to go on after a restart: running jobs, their judged shards, the votes of shards not yet decided.
import { type Kysely, sql } from 'kysely';
import type { Digest, JobId } from '../../src/protocol/ids.ts';
import type { LoadedState, LoadedVote, OutputBytes } from '../coordinator/change.ts';
import type { BlockRecord, JobRecord } from '../jobs/job-record.ts';
import { reviveSpec } from './revive-spec.ts';
import type { StoredOutput, Tables } from './schema.ts';

export interface BlobReader {
  /** Null when the blob is not there or its bytes have rotted. */
  get(digest: Digest): Promise<Uint8Array | null>;
}

async function loadJobs(db: Kysely<Tables>): Promise<readonly JobRecord[]> {
  const jobs = await db
    .selectFrom('jobs')
    .innerJoin('accounts', 'accounts.id', 'jobs.requester')
    .selectAll('jobs')
    .select([sql<Digest>`encode(jobs.manifest_digest, 'hex')`.as('manifest_hex'), 'accounts.attached_to'])
    .where('jobs.state', '=', 'running')
    .orderBy('jobs.id')
    .execute();
  const blocks = await db
    .selectFrom('blocks')
    .innerJoin('jobs', 'jobs.id', 'blocks.job')
    .select(['blocks.id', 'blocks.job', 'blocks.lo', 'blocks.n'])
    .where('jobs.state', '=', 'running')
    .orderBy('blocks.lo')
    .execute();
  const byJob = new Map<JobId, BlockRecord[]>();
  for (const { id, job, lo, n } of blocks) byJob.set(job, [...(byJob.get(job) ?? []), { id, lo, n }]);
  return jobs.map((job) => ({
    id: job.id,
    requester: job.attached_to ?? job.requester,
    escrow: job.escrow,
    spec: reviveSpec(job.spec),
    manifestDigest: job.manifest_hex,
    manifest: job.manifest,
    pricePerCopy: job.price_per_copy,
    escrowAmount: job.escrow_amount,
    shards: job.shards,
    blocks: byJob.get(job.id) ?? [],
    createdAtMs: job.created_at,
    state: job.state,
    reason: job.reason,
    endedAtMs: job.ended_at,
  }));
}

/** Blocks of running jobs name ranges of shard ids: both tables are read by their keys. */
const RUNNING_BLOCKS = sql`(select k.id * 1024 as lo, k.id * 1024 + 1023 as hi from blocks k join jobs j on j.id = k.job where j.state = 'running')`;

async function loadShards(db: Kysely<Tables>): Promise<LoadedState['shards']> {
  const { rows } = await sql<LoadedState['shards'][number]>`
    select s.id as shard, s.verdict, encode(s.digest, 'hex') as digest
    from ${RUNNING_BLOCKS} b join shards s on s.id between b.lo and b.hi order by s.id`.execute(db);
  return rows;
}

interface VoteRow extends Omit<LoadedVote, 'outputs' | 'elapsedMs'> {
  readonly elapsed_ms: number;
  readonly outputs: readonly StoredOutput[] | null;
}

/** A guest that was attached counts as its wallet, so that the wallet is not asked for a second copy. */
async function readVotes(db: Kysely<Tables>): Promise<readonly VoteRow[]> {
  const { rows } = await sql<VoteRow>`
    select v.shard, v.copy, coalesce(a.attached_to, v.account) as account, v.device,
      v.address_range as "addressRange", v.engine, encode(v.digest, 'hex') as digest, v.state, v.elapsed_ms,
      v.outputs
    from ${RUNNING_BLOCKS} b
    join votes v on v.shard between b.lo and b.hi
    join accounts a on a.id = v.account
    where not exists (select from shards s where s.id = v.shard and s.verdict in ('final', 'failed'))
    order by v.shard, v.copy`.execute(db);
  return rows;
}

/** Null when bytes of a copy are gone or rotted: such a vote cannot be compared, so it is as if it was never cast. */
async function loadVote({ elapsed_ms: elapsedMs, outputs, ...vote }: VoteRow, blobs: BlobReader): Promise<LoadedVote | null> {
  if (!outputs) return { ...vote, elapsedMs, outputs: null };
  const read: OutputBytes[] = [];
  for (const { name, root, blob } of outputs) {
    const bytes = await blobs.get(blob);
    if (!bytes) return null;
    read.push({ name, root, bytes });
  }
  return { ...vote, elapsedMs, outputs: read };
}

export async function loadState(db: Kysely<Tables>, blobs: BlobReader): Promise<LoadedState> {
  const jobs = await loadJobs(db);
  const shards = await loadShards(db);
  const votes: LoadedVote[] = [];
  for (const row of await readVotes(db)) {
    const vote = await loadVote(row, blobs);
    if (vote) votes.push(vote);
  }
  const ids = [...new Set(votes.map((vote) => vote.device))];
  const devices = await db
    .selectFrom('devices')
    .select(['id as device', 'verified', 'outvoted_exact as outvotedExact', 'outvoted_tolerance as outvotedTolerance', 'failed'])
    .where('id', '=', sql<(typeof ids)[number]>`any(${ids}::bigint[])`)
    .execute();
  return { jobs, shards, votes, devices };
}

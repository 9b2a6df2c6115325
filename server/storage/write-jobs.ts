// Jobs in a commit: made with their escrow, blocks and the blobs they name; counted up; ended.
import type pg from 'pg';
import type { Digest, JobId, MicroCredits } from '../../src/protocol/ids.ts';
import type { JobRecord } from '../jobs/job-record.ts';
import type { PostedEntry } from '../ledger/post-transfers.ts';
import type { EndedRow } from './gather-rows.ts';
import { plainArray } from './plain-array.ts';
import type { JobDigest } from './schema.ts';
import type { JobGain } from './write-rows.ts';

/** Everything a contributor or a reader may fetch of the job, so that none of it is collected. */
function listJobBlobs({ manifestDigest, manifest, spec }: JobRecord): readonly Digest[] {
  const asked = spec.stages.flatMap((stage) => Object.values(stage.inputs).flatMap((input) => ('digest' in input ? [input.digest] : [])));
  const given = manifest.inputs.map((input) => input.digest);
  return [...new Set([manifestDigest, manifest.wgsl, ...(manifest.module ? [manifest.module] : []), ...given, ...asked])];
}

function summarise({ spec, manifest }: JobRecord): JobDigest {
  return { title: spec.title, template: spec.template, view: spec.view, grid: manifest.grid };
}

/** As job specs travel: micro-credits as decimal strings. */
function writeBigint(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

const CREATE_JOB = `
  insert into jobs (id, requester, escrow, spec, manifest, summary, manifest_digest, price_per_copy, escrow_amount, shards, state, reason, created_at, ended_at)
  values ($1, $2, $3, $4, $5, $6, decode($7, 'hex'), $8, $9, $10, $11, $12, $13, $14)`;

export async function createJob(client: pg.PoolClient, job: JobRecord): Promise<void> {
  await client.query("insert into accounts (id, kind, created_at) values ($1, 'escrow', $2)", [job.escrow, job.createdAtMs]);
  await client.query(CREATE_JOB, [
    job.id,
    job.requester,
    job.escrow,
    JSON.stringify(job.spec, writeBigint),
    JSON.stringify(job.manifest),
    JSON.stringify(summarise(job)),
    job.manifestDigest,
    job.pricePerCopy,
    job.escrowAmount,
    job.shards,
    job.state,
    job.reason ? JSON.stringify(job.reason) : null,
    job.createdAtMs,
    job.endedAtMs,
  ]);
  await client.query(
    'insert into blocks (id, job, lo, n) select id, $1, lo, n from unnest($2::bigint[], $3::int[], $4::int[]) as u(id, lo, n)',
    [job.id, job.blocks.map((block) => block.id), job.blocks.map((block) => block.lo), job.blocks.map((block) => block.n)],
  );
  const digests = listJobBlobs(job);
  await writeReferences(
    client,
    digests.map((digest) => ({ digest, job: job.id })),
  );
}

export interface BlobReference {
  readonly digest: Digest;
  readonly job: JobId;
}

const WRITE_REFERENCES = `
  insert into blob_references (digest, job) select distinct decode(digest, 'hex'), job from unnest($1::text[], $2::bigint[]) as u(digest, job)
  on conflict do nothing`;

export async function writeReferences(client: pg.PoolClient, references: readonly BlobReference[]): Promise<void> {
  if (references.length === 0) return;
  const values = [plainArray(references.map((row) => row.digest)), plainArray(references.map((row) => row.job))];
  await client.query({ name: 'write-references', text: WRITE_REFERENCES, values });
}

interface Counters {
  final: number;
  failed: number;
  paid: MicroCredits;
  refunded: MicroCredits;
}

/** What left each escrow is the negative side of its lines. */
export function sumGains(gains: readonly JobGain[], entries: readonly PostedEntry[]): ReadonlyMap<JobId, Counters> {
  const counters = new Map<JobId, Counters>();
  const of = (job: JobId): Counters => {
    const known = counters.get(job) ?? { final: 0, failed: 0, paid: 0n, refunded: 0n };
    counters.set(job, known);
    return known;
  };
  for (const { job, final, failed } of gains) {
    of(job).final += final;
    of(job).failed += failed;
  }
  for (const { job, amount, reason } of entries) {
    if (job === null || amount >= 0n) continue;
    if (reason === 'pay') of(job).paid -= amount;
    if (reason === 'refund') of(job).refunded -= amount;
  }
  return counters;
}

const COUNT_JOBS = `
  update jobs j set final_shards = j.final_shards + u.final, failed_shards = j.failed_shards + u.failed,
    paid = j.paid + u.paid, refunded = j.refunded + u.refunded
  from unnest($1::bigint[], $2::int[], $3::int[], $4::numeric[], $5::numeric[]) as u(id, final, failed, paid, refunded)
  where j.id = u.id`;

export async function countJobs(client: pg.PoolClient, counters: ReadonlyMap<JobId, Counters>): Promise<void> {
  if (counters.size === 0) return;
  const rows = [...counters.values()];
  const values = [
    [...counters.keys()],
    rows.map((row) => row.final),
    rows.map((row) => row.failed),
    rows.map((row) => row.paid),
    rows.map((row) => row.refunded),
  ];
  await client.query({ name: 'count-jobs', text: COUNT_JOBS, values });
}

/** A job ends once; what comes later changes nothing. */
const END_JOBS = `
  update jobs j set state = u.state, reason = u.reason::json, ended_at = u.at
  from unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[]) as u(id, state, reason, at)
  where j.id = u.id and j.state = 'running'`;

export async function endJobs(client: pg.PoolClient, ended: readonly EndedRow[]): Promise<void> {
  if (ended.length === 0) return;
  const values = [
    ended.map((row) => row.job),
    ended.map((row) => row.state),
    ended.map((row) => (row.reason ? JSON.stringify(row.reason) : null)),
    ended.map((row) => row.atMs),
  ];
  await client.query({ name: 'end-jobs', text: END_JOBS, values });
}

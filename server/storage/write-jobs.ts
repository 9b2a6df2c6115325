// Jobs in a commit: made with their escrow, blocks and the blobs they name; counted up; ended.
import type pg from 'pg';
import type { Digest, JobId, MicroCredits } from '../../src/protocol/ids.ts';
import { workOfShard } from '../../src/protocol/work.ts';
import type { JobRecord } from '../jobs/job-record.ts';
import type { PostedEntry } from '../ledger/post-transfers.ts';
import type { EndedRow } from './gather-rows.ts';
import { runPipeline, type Statement, type TextRow } from './pipeline.ts';
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
  return { title: spec.title, template: spec.template, view: spec.view, grid: manifest.grid, workPerShard: workOfShard(manifest) };
}

/** As job specs travel: micro-credits as decimal strings. */
function writeBigint(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

const CREATE_JOB = `
  insert into jobs (id, requester, escrow, spec, manifest, summary, manifest_digest, price_per_copy, escrow_amount, shards, state, reason, created_at, ended_at,
    block_shards)
  values ($1, $2, $3, $4, $5, $6, decode($7, 'hex'), $8, $9, $10, $11, $12, $13, $14, $15)`;

/** The first `owned` blocks belong to the process of that epoch. */
export async function createJob(
  client: pg.PoolClient,
  job: JobRecord,
  { epoch, owned }: { readonly epoch: number | null; readonly owned: number },
): Promise<void> {
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
    job.blockShards,
  ]);
  await client.query(
    `insert into blocks (id, job, lo, n, owner)
    select id, $1, lo, n, owner from unnest($2::bigint[], $3::int[], $4::int[], $5::bigint[]) as u(id, lo, n, owner)`,
    [
      job.id,
      job.blocks.map((block) => block.id),
      job.blocks.map((block) => block.lo),
      job.blocks.map((block) => block.n),
      job.blocks.map((_, at) => (at < owned ? epoch : null)),
    ],
  );
  const digests = listJobBlobs(job);
  await runPipeline(client, [writeReferences(digests.map((digest) => ({ digest, job: job.id })))]);
}

export interface BlobReference {
  readonly digest: Digest;
  readonly job: JobId;
}

const WRITE_REFERENCES = `
  insert into blob_references (digest, job) select distinct decode(digest, 'hex'), job from unnest($1::text[], $2::bigint[]) as u(digest, job)
  on conflict do nothing`;

export function writeReferences(references: readonly BlobReference[]): Statement {
  const values = [plainArray(references.map((row) => row.digest)), plainArray(references.map((row) => row.job))];
  return { name: 'write-references', text: WRITE_REFERENCES, values };
}

export interface Counters {
  final: number;
  failed: number;
  paid: MicroCredits;
  refunded: MicroCredits;
}

/** What left each escrow is the negative side of its lines. */
export function sumGains(gains: ReadonlyMap<JobId, JobGain>, entries: readonly PostedEntry[]): ReadonlyMap<JobId, Counters> {
  const counters = new Map<JobId, Counters>();
  const of = (job: JobId): Counters => {
    const known = counters.get(job) ?? { final: 0, failed: 0, paid: 0n, refunded: 0n };
    counters.set(job, known);
    return known;
  };
  for (const [job, { final, failed }] of gains) {
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
  where j.id = u.id
  returning j.id, j.failed_shards, j.state = 'running' and j.final_shards + j.failed_shards = j.shards`;

/** In one order, so that two coordinators never wait for each other in a circle. */
export function countJobs(counters: ReadonlyMap<JobId, Counters>): Statement {
  const rows = [...counters].sort(([a], [b]) => a - b);
  const values = [
    plainArray(rows.map(([job]) => job)),
    plainArray(rows.map(([, row]) => row.final)),
    plainArray(rows.map(([, row]) => row.failed)),
    plainArray(rows.map(([, row]) => row.paid)),
    plainArray(rows.map(([, row]) => row.refunded)),
  ];
  return { name: 'count-jobs', text: COUNT_JOBS, values };
}

/** What `countJobs` answers: jobs that still run and have no shard left to decide, with how many of those failed. */
export function readCompleted(rows: readonly TextRow[], ended: readonly EndedRow[]): ReadonlyMap<JobId, number> {
  const completed = new Map<JobId, number>();
  for (const [id, failed, isComplete] of rows) if (isComplete === 't') completed.set(Number(id) as JobId, Number(failed));
  for (const { job } of ended) completed.delete(job);
  return completed;
}

/** A job ends once; what comes later changes nothing. */
const END_JOBS = `
  update jobs j set state = u.state, reason = u.reason::json, ended_at = u.at
  from unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[]) as u(id, state, reason, at)
  where j.id = u.id and j.state = 'running'`;

export function endJobs(ended: readonly EndedRow[]): Statement {
  // JSON needs the quotes of the driver's own arrays
  const quote = (text: string | null): string => (text === null ? 'NULL' : `"${text.replace(/[\\"]/g, '\\$&')}"`);
  const values = [
    plainArray(ended.map((row) => row.job)),
    plainArray(ended.map((row) => row.state)),
    plainArray(ended.map((row) => quote(row.reason ? JSON.stringify(row.reason) : null))),
    plainArray(ended.map((row) => row.atMs)),
  ];
  return { name: 'end-jobs', text: END_JOBS, values };
}

// Reads back what the core needs to go on after a restart: running jobs, their judged shards, the votes of shards not yet decided.
import { type Kysely, sql } from 'kysely';
import { BLOCK_SHARDS, type BlockId, type Digest, type JobId, makeShardId } from '../../src/protocol/ids.ts';
import { VERDICTS, type Verdict } from '../../src/protocol/verdict.ts';
import type { LoadedShard, LoadedState, LoadedVote, OutputBytes } from '../coordinator/change.ts';
import type { BlockRecord, JobRecord } from '../jobs/job-record.ts';
import { unpackOutputs } from './packed-outputs.ts';
import { reviveSpec } from './revive-spec.ts';
import type { StoredOutput, Tables } from './schema.ts';

export interface BlobReader {
  /** Null when the blob is not there or its bytes have rotted. */
  get(digest: Digest): Promise<Uint8Array | null>;
}

/** Which blocks of running jobs are read: those of one coordinator (null: of all), and of these some or all. */
export interface LoadedPart {
  readonly owner: number | null;
  readonly blocks: readonly BlockId[] | null;
}

/** As a condition on `k`, the blocks, and `j`, their jobs. */
function isPart({ owner, blocks }: LoadedPart) {
  const isOwned = owner === null ? sql`true` : sql`k.owner = ${owner}`;
  const isNamed = blocks === null ? sql`true` : sql`k.id = any(${[...blocks]}::bigint[])`;
  return sql<boolean>`j.state = 'running' and ${isOwned} and ${isNamed}`;
}

async function loadJobs(db: Kysely<Tables>, part: LoadedPart): Promise<readonly JobRecord[]> {
  const jobs = await db
    .selectFrom('jobs')
    .innerJoin('accounts', 'accounts.id', 'jobs.requester')
    .selectAll('jobs')
    .select([sql<Digest>`encode(jobs.manifest_digest, 'hex')`.as('manifest_hex'), 'accounts.attached_to'])
    .where('jobs.id', 'in', sql<JobId>`(select j.id from blocks k join jobs j on j.id = k.job where ${isPart(part)})`)
    .orderBy('jobs.id')
    .execute();
  const blocks = await db
    .selectFrom('blocks as k')
    .innerJoin('jobs as j', 'j.id', 'k.job')
    .select(['k.id', 'k.job', 'k.lo', 'k.n'])
    .where(isPart(part))
    .orderBy('k.lo')
    .execute();
  const byJob = new Map<JobId, BlockRecord[]>();
  for (const { id, job, lo, n } of blocks) {
    const list = byJob.get(job) ?? [];
    list.push({ id, lo, n });
    byJob.set(job, list);
  }
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
    blockShards: job.block_shards,
    blocks: byJob.get(job.id) ?? [],
    createdAtMs: job.created_at,
    state: job.state,
    reason: job.reason,
    endedAtMs: job.ended_at,
  }));
}

interface JudgedBlock {
  readonly id: BlockId;
  readonly n: number;
  /** Two bytes a shard that has a verdict: its place in VERDICTS times 1,024, plus its place in the block. */
  readonly packed: Buffer;
}

/** A row a block, not one a shard: a million shards are read back in a fraction of a second of our time. */
async function readJudged(db: Kysely<Tables>, part: LoadedPart): Promise<readonly JudgedBlock[]> {
  const verdict = sql`array_position(${[...VERDICTS]}::text[], s.verdict) - 1`;
  const { rows } = await sql<JudgedBlock>`
    select k.id, k.n, (
      select coalesce(string_agg(int2send(((${verdict}) * 1024 + s.id - k.id * 1024)::int2), ''::bytea), ''::bytea)
      from shards s where s.id between k.id * 1024 and k.id * 1024 + 1023
    ) as packed
    from blocks k join jobs j on j.id = k.job where ${isPart(part)} order by k.id`.execute(db);
  return rows;
}

const verdictAt = (packed: Buffer, at: number): Verdict => VERDICTS[packed.readUInt16BE(at) >> 10]!;
const isDecided = (verdict: Verdict): boolean => verdict === 'final' || verdict === 'failed';

function* listShards(blocks: readonly JudgedBlock[]): Generator<LoadedShard> {
  for (const { id, packed } of blocks) {
    for (let at = 0; at < packed.length; at += 2) {
      const shard = makeShardId(id, packed.readUInt16BE(at) % BLOCK_SHARDS);
      yield { shard, verdict: verdictAt(packed, at), digest: null };
    }
  }
}

/** Blocks with a shard that may still be voted on: in the others no vote is looked for. */
function listOpenBlocks(blocks: readonly JudgedBlock[]): readonly BlockId[] {
  const isOpen = ({ n, packed }: JudgedBlock): boolean => {
    let decided = 0;
    for (let at = 0; at < packed.length; at += 2) if (isDecided(verdictAt(packed, at))) decided++;
    return decided < n;
  };
  return blocks.filter(isOpen).map((block) => block.id);
}

interface VoteRow extends Omit<LoadedVote, 'outputs' | 'elapsedMs' | 'isPhone'> {
  readonly is_phone: boolean | null;
  readonly job: JobId;
  readonly elapsed_ms: number;
  readonly inline_outputs: Buffer | null;
  readonly outputs: readonly StoredOutput[] | null;
}

/** A guest that was attached counts as its wallet, so that the wallet is not asked for a second copy. */
async function readVotes(db: Kysely<Tables>, blocks: readonly BlockId[]): Promise<readonly VoteRow[]> {
  const { rows } = await sql<VoteRow>`
    select b.job, v.shard, v.copy, coalesce(a.attached_to, v.account) as account, v.device,
      v.address_range as "addressRange", v.engine, encode(v.digest, 'hex') as digest, v.state, v.elapsed_ms,
      v.outputs, v.inline_outputs, d.is_phone
    from blocks b
    join votes v on v.shard between b.id * 1024 and b.id * 1024 + 1023
    join accounts a on a.id = v.account
    left join devices d on d.id = v.device
    where b.id = any(${blocks}::bigint[]) and not exists (select from shards s where s.id = v.shard and s.verdict in ('final', 'failed'))
    order by v.shard, v.copy`.execute(db);
  return rows;
}

/** Null when bytes of a copy are gone or rotted: such a vote cannot be compared, so it is as if it was never cast. */
async function loadVote(row: VoteRow, names: readonly string[], blobs: BlobReader): Promise<LoadedVote | null> {
  const { job: _job, elapsed_ms: elapsedMs, outputs, inline_outputs: packed, is_phone: isPhone, ...known } = row;
  const vote = isPhone ? { ...known, isPhone } : known;
  if (packed) return { ...vote, elapsedMs, outputs: unpackOutputs(packed, names) };
  if (!outputs) return { ...vote, elapsedMs, outputs: null };
  const read: OutputBytes[] = [];
  for (const { name, root, blob } of outputs) {
    const bytes = await blobs.get(blob);
    if (!bytes) return null;
    read.push({ name, root, bytes });
  }
  return { ...vote, elapsedMs, outputs: read };
}

const ALL: LoadedPart = { owner: null, blocks: null };

export async function loadState(db: Kysely<Tables>, blobs: BlobReader, part: LoadedPart = ALL): Promise<LoadedState> {
  const jobs = await loadJobs(db, part);
  const judged = await readJudged(db, part);
  const names = new Map(jobs.map((job) => [job.id, job.manifest.outputs.map((output) => output.name)]));
  const votes: LoadedVote[] = [];
  for (const row of await readVotes(db, listOpenBlocks(judged))) {
    const vote = await loadVote(row, names.get(row.job) ?? [], blobs);
    if (vote) votes.push(vote);
  }
  const ids = [...new Set(votes.map((vote) => vote.device))];
  const devices = await db
    .selectFrom('devices')
    .select(['id as device', 'verified', 'outvoted_exact as outvotedExact', 'outvoted_tolerance as outvotedTolerance', 'failed'])
    .where('id', '=', sql<(typeof ids)[number]>`any(${ids}::bigint[])`)
    .execute();
  return { jobs, shards: [...listShards(judged)], votes, devices };
}

// A job's shards as pages show them: verdicts, who voted what, who was paid and who was outvoted.
import { createHash } from 'node:crypto';
import { type Kysely, sql } from 'kysely';
import type { ShardView, VoteView } from '../../src/protocol/api.ts';
import { type AccountId, type BlockId, type DeviceId, type Digest, type JobId, makeShardId, type ShardId } from '../../src/protocol/ids.ts';
import type { StageManifest } from '../../src/protocol/job.ts';
import { rangeOfShard } from '../../src/protocol/shard.ts';
import type { Verdict, VoteState } from '../../src/protocol/verdict.ts';
import { unpackOutputs } from './packed-outputs.ts';
import { type PublicName, showName } from './public-name.ts';
import type { StoredOutput, Tables } from './schema.ts';

export interface OutvotedAccount {
  readonly account: AccountId;
  readonly name: string;
  readonly shards: number;
}

export interface PaidAccount extends OutvotedAccount {
  /** Micro-credits as a decimal string. */
  readonly amount: string;
}

/** Small outputs are here, larger ones are blobs. */
export interface ShardOutput {
  readonly index: number;
  readonly stored: Uint8Array | { readonly blob: Digest };
}

export interface ShardQueries {
  /** One letter a shard: p(ending) v(provisional) f(inal) x(failed) d(isputed); empty for an unknown job. */
  shardLetters(job: JobId): Promise<string>;
  readShard(job: JobId, index: number): Promise<ShardView | null>;
  /** In order of their index; `limit` is the caller's to bound. */
  readShards(job: JobId, page: { readonly from: number; readonly limit: number }): Promise<readonly ShardView[]>;
  /** What is stored of one output of final shards, in order of their index; `limit` is the caller's to bound. */
  readOutputs(
    job: JobId,
    page: { readonly output: string; readonly from: number; readonly limit: number },
  ): Promise<readonly ShardOutput[]>;
  /** Who was paid, most first. */
  readPayments(job: JobId): Promise<readonly PaidAccount[]>;
  readOutvoted(job: JobId): Promise<readonly OutvotedAccount[]>;
}

const LETTERS: Readonly<Record<Verdict, string>> = { pending: 'p', provisional: 'v', final: 'f', failed: 'x', disputed: 'd', revoked: 'd' };

interface ShardPlace {
  readonly shard: ShardId;
  readonly index: number;
}

interface OutputsRow {
  readonly id: ShardId;
  readonly outputs: readonly StoredOutput[] | null;
  readonly inline_outputs: Buffer | null;
}

interface JudgedRow extends OutputsRow {
  readonly verdict: Verdict;
  readonly digest: Digest | null;
}

interface VoteRow extends PublicName {
  readonly shard: ShardId;
  readonly device: DeviceId;
  readonly engine: 'gpu' | 'cpu';
  readonly copy: number;
  readonly digest: Digest;
  readonly state: VoteState;
  readonly paid: bigint;
  readonly at: number;
}

function makeVote(row: VoteRow): VoteView {
  const { id, device, engine, copy, digest, state, paid, at } = row;
  return { account: id, accountName: showName(row), device, engine, copy, digest, state, paid: paid.toString(), atMs: at };
}

export function createShardQueries(db: Kysely<Tables>): ShardQueries {
  return {
    shardLetters,
    readShard: async (job, index) =>
      Number.isSafeInteger(index) && index >= 0 ? ((await readShards(job, { from: index, limit: 1 }))[0] ?? null) : null,
    readShards,
    readOutputs,
    async readPayments(job) {
      const rows = await sumVotes(job, sql`v.paid > 0`);
      return rows.map((row) => ({ account: row.id, name: showName(row), shards: row.shards, amount: row.paid.toString() }));
    },
    async readOutvoted(job) {
      const rows = await sumVotes(job, sql`v.state = 'outvoted'`);
      return rows.map((row) => ({ account: row.id, name: showName(row), shards: row.shards }));
    },
  };

  async function shardLetters(job: JobId): Promise<string> {
    const found = await db.selectFrom('jobs').select('shards').where('id', '=', job).executeTakeFirst();
    if (!found) return '';
    const { rows } = await sql<{ readonly index: number; readonly verdict: Verdict }>`
      select k.lo + s.id - k.id * 1024 as index, s.verdict
      from blocks k join shards s on s.id between k.id * 1024 and k.id * 1024 + 1023 where k.job = ${job}`.execute(db);
    const letters = new Array<string>(found.shards).fill(LETTERS.pending);
    for (const { index, verdict } of rows) letters[index] = LETTERS[verdict];
    return letters.join('');
  }

  async function readShards(job: JobId, { from, limit }: { readonly from: number; readonly limit: number }): Promise<readonly ShardView[]> {
    const found = await db.selectFrom('jobs').select(['manifest', 'shards']).where('id', '=', job).executeTakeFirst();
    if (!found) return [];
    const places = await placeShards(job, from, Math.min(from + limit, found.shards));
    const ids = places.map((place) => place.shard);
    const judged = new Map((await readJudged(ids)).map((row) => [row.id, row]));
    const votes = new Map<ShardId, VoteView[]>();
    for (const row of await readVotes(ids)) votes.set(row.shard, [...(votes.get(row.shard) ?? []), makeVote(row)]);
    return places.map((place) => makeShard(place, found.manifest, judged.get(place.shard), votes.get(place.shard) ?? []));
  }

  async function readOutputs(
    job: JobId,
    { output, from, limit }: { readonly output: string; readonly from: number; readonly limit: number },
  ): Promise<readonly ShardOutput[]> {
    const found = await db.selectFrom('jobs').select(['manifest', 'shards']).where('id', '=', job).executeTakeFirst();
    if (!found) return [];
    const places = await placeShards(job, from, Math.min(from + limit, found.shards));
    const ids = places.map((place) => place.shard);
    const { rows } = await sql<OutputsRow>`
      select id, outputs, inline_outputs from shards where id = any(${ids}::bigint[]) and verdict = 'final'`.execute(db);
    const stored = new Map(rows.map((row) => [row.id, findOutput(row, found.manifest, output)]));
    return places.flatMap(({ shard, index }) => {
      const part = stored.get(shard);
      return part ? [{ index, stored: part }] : [];
    });
  }

  /** Shards `from` to `to` (not included) of a job, by the blocks they lie in. */
  async function placeShards(job: JobId, from: number, to: number): Promise<readonly ShardPlace[]> {
    const blocks = await db
      .selectFrom('blocks')
      .select(['id', 'lo', 'n'])
      .where('job', '=', job)
      .where('lo', '<', to)
      .where(sql<boolean>`lo + n > ${from}::bigint`)
      .orderBy('lo')
      .execute();
    return blocks.flatMap(({ id, lo, n }) => {
      const places: ShardPlace[] = [];
      for (let index = Math.max(lo, from); index < Math.min(lo + n, to); index++)
        places.push({ shard: makeShardId(id as BlockId, index - lo), index });
      return places;
    });
  }

  async function readJudged(ids: readonly ShardId[]): Promise<readonly JudgedRow[]> {
    const { rows } = await sql<JudgedRow>`
      select id, verdict, encode(digest, 'hex') as digest, outputs, inline_outputs from shards where id = any(${ids}::bigint[])`.execute(
      db,
    );
    return rows;
  }

  /** What still waits when its job has ended came too late, also where the coordinator that had it never came to say so. */
  async function readVotes(ids: readonly ShardId[]): Promise<readonly VoteRow[]> {
    const { rows } = await sql<VoteRow>`
      select v.shard, a.id, v.device, v.engine, v.copy, encode(v.digest, 'hex') as digest, v.paid, v.at, a.kind, p.pseudonym, p.is_listed,
        case when v.state = 'waiting' and j.state <> 'running' then 'late' else v.state end as state
      from settled_votes v join blocks k on k.id = v.shard / 1024 join jobs j on j.id = k.job
      join accounts o on o.id = v.account join accounts a on a.id = coalesce(o.attached_to, o.id) left join profiles p on p.account = a.id
      where v.shard = any(${ids}::bigint[]) order by v.shard, v.copy`.execute(db);
    return rows;
  }

  async function sumVotes(
    job: JobId,
    which: ReturnType<typeof sql>,
  ): Promise<readonly (PublicName & { readonly shards: number; readonly paid: bigint })[]> {
    const { rows } = await sql<PublicName & { shards: number; paid: bigint }>`
      select a.id, a.kind, p.pseudonym, p.is_listed, count(*) as shards, sum(v.paid) as paid
      from blocks k
      join settled_votes v on v.shard between k.id * 1024 and k.id * 1024 + 1023
      join accounts o on o.id = v.account join accounts a on a.id = coalesce(o.attached_to, o.id) left join profiles p on p.account = a.id
      where k.job = ${job} and ${which} group by a.id, p.account order by sum(v.paid) desc, count(*) desc, a.id`.execute(db);
    return rows;
  }
}

function makeShard(
  { shard, index }: ShardPlace,
  manifest: StageManifest,
  judged: JudgedRow | undefined,
  votes: readonly VoteView[],
): ShardView {
  return {
    shard,
    index,
    ...rangeOfShard(manifest.grid, manifest.workgroupsPerShard, index),
    verdict: judged?.verdict ?? 'pending',
    digest: judged?.digest ?? null,
    outputs: judged ? listOutputs(judged, manifest) : [],
    votes,
  };
}

const hashBytes = (bytes: Uint8Array): Digest => createHash('sha256').update(bytes).digest('hex') as Digest;
const namesOf = (manifest: StageManifest): readonly string[] => manifest.outputs.map((output) => output.name);

/** An output that lies in its row has the digest it would have as a blob. */
function listOutputs({ outputs, inline_outputs: packed }: OutputsRow, manifest: StageManifest): ShardView['outputs'] {
  const small = packed ? unpackOutputs(packed, namesOf(manifest)) : [];
  const large = outputs?.map(({ name, blob, root, bytes }) => ({ name, blob, root, bytes })) ?? [];
  return [...small.map(({ name, root, bytes }) => ({ name, blob: hashBytes(bytes), root, bytes: bytes.length })), ...large];
}

function findOutput({ outputs, inline_outputs: packed }: OutputsRow, manifest: StageManifest, name: string): ShardOutput['stored'] | null {
  const small = packed ? unpackOutputs(packed, namesOf(manifest)).find((output) => output.name === name) : undefined;
  if (small) return small.bytes;
  const large = outputs?.find((output) => output.name === name);
  return large ? { blob: large.blob } : null;
}

// The database's side of the blob store: rows, references, and which blobs nothing names any more.
import type pg from 'pg';
import type { Digest } from '../../src/protocol/ids.ts';
import type { BlobRows, StoredBlob } from '../blobs/blob-rows.ts';
import type { Database } from './database.ts';
import { withTransaction } from './with-transaction.ts';

/** A put this much later than the last one is written down; a younger one already keeps the blob from collection. */
const PUT_AGAIN_AFTER_MS = 60_000;

/** The conflicting row is locked either way, so a collection that runs now waits and then sees the later put. */
const WRITE_BLOBS = `
  insert into blobs (digest, bytes, inline, put_at)
  select decode(digest, 'hex'), bytes, inline, at from unnest($1::text[], $2::bigint[], $3::bytea[], $4::bigint[]) as u(digest, bytes, inline, at)
  on conflict (digest) do update set put_at = excluded.put_at where blobs.put_at < excluded.put_at - ${PUT_AGAIN_AFTER_MS}`;

/** In digest order, so that two writers never wait for each other in a circle. */
export async function writeBlobs(client: Pick<pg.ClientBase, 'query'>, blobs: Iterable<StoredBlob>): Promise<void> {
  const sorted = [...new Map([...blobs].map((blob) => [blob.digest, blob])).values()].sort((a, b) => (a.digest < b.digest ? -1 : 1));
  if (sorted.length === 0) return;
  const values = [
    sorted.map((blob) => blob.digest),
    sorted.map((blob) => blob.bytes),
    sorted.map((blob) => blob.inline),
    sorted.map((blob) => blob.putAtMs),
  ];
  await client.query({ name: 'write-blobs', text: WRITE_BLOBS, values });
}

/** Blobs of copies that may still be compared. */
const IN_PLAY = `
  in_play as materialized (
    select distinct decode(o.blob, 'hex') as digest from votes v, json_to_recordset(v.outputs) as o(blob text) where v.outputs is not null
  )`;

/** `b` is a blob's row, $1 the cutoff. */
const IS_COLLECTABLE = `
  b.put_at < $1
  and not exists (select from blob_references r where r.digest = b.digest)
  and not exists (select from uploads u where u.digest = b.digest and u.at >= $1)
  and not exists (select from in_play p where p.digest = b.digest)`;

/** Bytes kept with a vote are for comparing copies; once its shard or job is decided nobody compares any more. */
const RELEASE_VOTES = `
  update votes v set outputs = null, inline_outputs = null where (v.outputs is not null or v.inline_outputs is not null) and (
    exists (select from shards s where s.id = v.shard and s.verdict in ('final', 'failed'))
    or exists (select from blocks k join jobs j on j.id = k.job where k.id = v.shard / 1024 and j.state <> 'running')
  )`;

export function createBlobRows({ pool }: Pick<Database, 'pool'>): BlobRows {
  return {
    write: (blobs) => writeBlobs(pool, blobs),
    async find(digest) {
      const { rows } = await pool.query<{ readonly bytes: number; readonly inline: Buffer | null }>(
        "select bytes, inline from blobs where digest = decode($1, 'hex')",
        [digest],
      );
      const [row] = rows;
      return row ? { digest, bytes: row.bytes, inline: row.inline } : null;
    },
    async listKnown(digests) {
      const { rows } = await pool.query<{ readonly digest: Digest }>(
        "select encode(digest, 'hex') as digest from blobs where digest in (select decode(d, 'hex') from unnest($1::text[]) d)",
        [digests],
      );
      return rows.map((row) => row.digest);
    },
    async listCollectable(cutoffMs, limit) {
      await pool.query(RELEASE_VOTES);
      await pool.query('delete from uploads where at < $1', [cutoffMs]);
      const { rows } = await pool.query<{ readonly digest: Digest }>(
        `with ${IN_PLAY} select encode(b.digest, 'hex') as digest from blobs b where ${IS_COLLECTABLE} order by b.put_at limit $2`,
        [cutoffMs, limit],
      );
      return rows.map((row) => row.digest);
    },
    async remove(digests, cutoffMs) {
      const { rows } = await withTransaction(pool, (client) =>
        client.query<{ readonly digest: Digest; readonly bytes: number; readonly is_file: boolean }>(
          `with ${IN_PLAY} delete from blobs b where b.digest in (select decode(d, 'hex') from unnest($2::text[]) d) and ${IS_COLLECTABLE}
           returning encode(b.digest, 'hex') as digest, b.bytes, b.inline is null as is_file`,
          [cutoffMs, digests],
        ),
      );
      return rows.map(({ digest, bytes, is_file: isFile }) => ({ digest, bytes, isFile }));
    },
  };
}

// What the blob store needs of the database: a row for every blob, with the bytes in it when they are few.
import type { Digest } from '../../src/protocol/ids.ts';

/** Up to this many bytes a blob lies in its row; more go to a file. Measured: a file of its own costs as much as 20 rows. */
export const INLINE_BYTES = 4_096;

export interface StoredBlob {
  readonly digest: Digest;
  readonly bytes: number;
  /** Null when the bytes are in a file, which is durable before the row is written. */
  readonly inline: Uint8Array | null;
  readonly putAtMs: number;
}

export interface BlobRows {
  write(blobs: readonly StoredBlob[]): Promise<void>;
  find(digest: Digest): Promise<Omit<StoredBlob, 'putAtMs'> | null>;
  /** Those of `digests` that have a row. */
  listKnown(digests: readonly Digest[]): Promise<readonly Digest[]>;
  /** Blobs last put before `cutoffMs` that no job, no vote in play and no later upload names, oldest first. */
  listCollectable(cutoffMs: number, limit: number): Promise<readonly Digest[]>;
  /** Deletes what is still collectable of these and answers which of them had files. */
  remove(
    digests: readonly Digest[],
    cutoffMs: number,
  ): Promise<readonly { readonly digest: Digest; readonly bytes: number; readonly isFile: boolean }[]>;
}

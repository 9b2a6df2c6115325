// Bytes by digest: from memory, then the store, then the coordinator; never believed before they are hashed.
import { Fault } from '../protocol/fault.ts';
import type { Digest } from '../protocol/ids.ts';
import { digestOf, type HashFunction } from '../protocol/sha256.ts';
import { type BlobUse, type ContributorStore, pickEvictions } from './contributor-store.ts';

/** Rejects with a Fault: `not-found`, `offline`, … */
export type FetchBlob = (digest: Digest) => Promise<Uint8Array>;

export interface BlobSource {
  read(digest: Digest): Promise<Uint8Array>;
}

/** What stays in memory besides the store, so that a job's inputs are not read again for every shard. */
export const MEMORY_BLOB_BYTES = 64 * 1024 * 1024;

export interface BlobSourceOptions {
  readonly fetchBlob: FetchBlob;
  readonly store: ContributorStore;
  readonly hash: HashFunction;
  readonly memoryBytes?: number;
}

export function createBlobSource({ fetchBlob, store, hash, memoryBytes = MEMORY_BLOB_BYTES }: BlobSourceOptions): BlobSource {
  const loading = new Map<Digest, Promise<Uint8Array>>();
  const recent = new Map<Digest, Uint8Array>();
  const uses = new Map<Digest, BlobUse>();
  let turn = 0;

  const remember = (digest: Digest, bytes: Uint8Array): void => {
    if (bytes.length > memoryBytes) return;
    turn += 1;
    recent.set(digest, bytes);
    uses.set(digest, { digest, bytes: bytes.length, usedAtMs: turn });
    for (const evicted of pickEvictions([...uses.values()], memoryBytes)) {
      recent.delete(evicted);
      uses.delete(evicted);
    }
  };

  const load = async (digest: Digest): Promise<Uint8Array> => {
    // A store that cannot be read is a slow start, not a failure.
    const stored = await store.readBlob(digest).catch(() => null);
    if (stored && digestOf(stored, hash) === digest) return stored;
    const fetched = await fetchBlob(digest);
    if (digestOf(fetched, hash) !== digest) {
      throw new Fault('bad-request', `What came for blob ${digest.slice(0, 12)} has another digest; it was thrown away.`);
    }
    await store.keepBlob(digest, fetched).catch(() => undefined);
    return fetched;
  };

  return {
    async read(digest) {
      const known = recent.get(digest);
      if (known) {
        remember(digest, known);
        return known;
      }
      const pending = loading.get(digest) ?? load(digest).finally(() => loading.delete(digest));
      loading.set(digest, pending);
      const bytes = await pending;
      remember(digest, bytes);
      return bytes;
    },
  };
}

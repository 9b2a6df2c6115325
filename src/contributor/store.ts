// A contributor's store in IndexedDB: it survives a reload, a crash and a restart of the coordinator.
import type { IDBPDatabase } from 'idb';
import type { Digest } from '../protocol/ids.ts';
import { BLOB_CACHE_BYTES, type ContributorStore, pickEvictions } from './contributor-store.ts';
import type { ContributorSchema } from './open-contributor-database.ts';

/** How stale the time of a blob's last use may be: writing it at every read would cost more than it is worth. */
const USE_EVERY_MS = 60_000;

export interface StoreOptions {
  readonly database: IDBPDatabase<ContributorSchema>;
  readonly nowMs: () => number;
  readonly capBytes?: number;
}

export function createStore({ database, nowMs, capBytes = BLOB_CACHE_BYTES }: StoreOptions): ContributorStore {
  return {
    async keepResult(result) {
      // Strict: the browser says done when the bytes are on the disk, not when they are on their way.
      const transaction = database.transaction('results', 'readwrite', { durability: 'strict' });
      await Promise.all([transaction.store.put(result), transaction.done]);
    },
    async readResults() {
      return (await database.getAll('results')).sort((a, b) => a.keptAtMs - b.keptAtMs);
    },
    async readResult(key) {
      return (await database.get('results', key)) ?? null;
    },
    async forgetResults(keys) {
      const transaction = database.transaction('results', 'readwrite');
      await Promise.all([...keys.map((key) => transaction.store.delete(key)), transaction.done]);
    },
    async readBlob(digest) {
      const bytes = await database.get('blobs', digest);
      if (!bytes) return null;
      const use = await database.get('uses', digest);
      if (!use || nowMs() - use.usedAtMs > USE_EVERY_MS) await database.put('uses', { digest, bytes: bytes.length, usedAtMs: nowMs() });
      return bytes;
    },
    keepBlob: (digest, bytes) =>
      bytes.length > capBytes ? Promise.resolve() : keepBlob(database, { digest, bytes, nowMs: nowMs(), capBytes }),
  };
}

interface NewBlob {
  readonly digest: Digest;
  readonly bytes: Uint8Array;
  readonly nowMs: number;
  readonly capBytes: number;
}

async function keepBlob(database: IDBPDatabase<ContributorSchema>, { digest, bytes, nowMs, capBytes }: NewBlob): Promise<void> {
  const transaction = database.transaction(['blobs', 'uses'], 'readwrite');
  const blobs = transaction.objectStore('blobs');
  const uses = transaction.objectStore('uses');
  await blobs.put(bytes, digest);
  await uses.put({ digest, bytes: bytes.length, usedAtMs: nowMs });
  for (const evicted of pickEvictions(await uses.getAll(), capBytes)) {
    await blobs.delete(evicted);
    await uses.delete(evicted);
  }
  await transaction.done;
}

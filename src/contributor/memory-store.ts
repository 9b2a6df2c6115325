// A contributor's store that lives as long as its process: for headless runs that need not survive a restart.
import type { Digest } from '../protocol/ids.ts';
import { BLOB_CACHE_BYTES, type BlobUse, type ContributorStore, type KeptResult, pickEvictions } from './contributor-store.ts';

export function createMemoryStore(capBytes: number = BLOB_CACHE_BYTES): ContributorStore {
  const results = new Map<string, KeptResult>();
  const blobs = new Map<Digest, Uint8Array>();
  const uses = new Map<Digest, BlobUse>();
  let turn = 0;
  const touch = (digest: Digest, bytes: number): void => {
    turn += 1;
    uses.set(digest, { digest, bytes, usedAtMs: turn });
  };
  return {
    async keepResult(result) {
      results.set(result.key, result);
    },
    async readResults() {
      return [...results.values()].sort((a, b) => a.keptAtMs - b.keptAtMs);
    },
    async readResult(key) {
      return results.get(key) ?? null;
    },
    async forgetResults(keys) {
      for (const key of keys) results.delete(key);
    },
    async readBlob(digest) {
      const bytes = blobs.get(digest);
      if (bytes) touch(digest, bytes.length);
      return bytes ?? null;
    },
    async keepBlob(digest, bytes) {
      if (bytes.length > capBytes) return;
      blobs.set(digest, bytes);
      touch(digest, bytes.length);
      for (const evicted of pickEvictions([...uses.values()], capBytes)) {
        blobs.delete(evicted);
        uses.delete(evicted);
      }
    },
  };
}

// Content-addressed bytes: few in their row, many in a file named for their SHA-256; what is read is hashed again, so rot is found.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Fault } from '../../src/protocol/fault.ts';
import { type Digest, isDigest } from '../../src/protocol/ids.ts';
import { type BlobRows, INLINE_BYTES, type StoredBlob } from './blob-rows.ts';
import { isThere, syncFolder, writeDurably } from './durable-file.ts';

export interface BlobStoreOptions {
  readonly dir: string;
  readonly rows: BlobRows;
  readonly nowMs: () => number;
  /** Told when a stored blob no longer has its digest or its file is gone. */
  readonly onRot?: (digest: Digest) => void;
}

export interface Collected {
  readonly blobs: number;
  readonly bytes: number;
}

export interface BlobStore {
  put(bytes: Uint8Array): Promise<Digest>;
  putMany(parts: readonly Uint8Array[]): Promise<readonly Digest[]>;
  /** Files only, durable on return; whoever calls writes the rows (the journal, within its commit). */
  store(parts: readonly Uint8Array[]): Promise<readonly StoredBlob[]>;
  has(digest: Digest): Promise<boolean>;
  stat(digest: Digest): Promise<{ readonly bytes: number } | null>;
  /** Null when it is not here, or no longer has its digest. */
  get(digest: Digest): Promise<Uint8Array | null>;
  /** What the disk under the store still takes. */
  freeBytes(): Promise<number>;
  /** Deletes up to `limit` blobs last put more than `retentionMs` ago that no job, vote in play or upload names. */
  collectGarbage(options: { readonly nowMs: number; readonly retentionMs: number; readonly limit: number }): Promise<Collected>;
}

/** Below this a blob could be collected between its put and the commit that names it. */
export const MIN_RETENTION_MS = 300_000;
/** Files written at once: enough to keep a disk busy. */
const PARALLEL_WRITES = 16;

export function hashBytes(bytes: Uint8Array): Digest {
  return createHash('sha256').update(bytes).digest('hex') as Digest;
}

/** Throws `not-found` for what is no digest: nothing else may become a path. */
export function blobPath(dir: string, digest: string): string {
  if (!isDigest(digest)) throw new Fault('not-found', 'A blob is named by 64 lower-case hexadecimal digits.');
  return join(dir, 'sha256', digest.slice(0, 2), digest);
}

export function createBlobStore({ dir, rows, nowMs, onRot }: BlobStoreOptions): BlobStore {
  /** Put since the last collection, and since the one before: never collected, though no row may name them yet. */
  let fresh = new Set<Digest>();
  let recent = new Set<Digest>();
  /** Files being deleted now; a put of the same bytes waits and writes them anew. */
  const leaving = new Map<Digest, Promise<void>>();
  let sweepAt = 0;
  let folders: Promise<void> | null = null;

  return {
    async put(bytes) {
      const [blob] = await store([bytes]);
      await rows.write([blob!]);
      return blob!.digest;
    },
    async putMany(parts) {
      const blobs = await store(parts);
      await rows.write(blobs);
      return blobs.map((blob) => blob.digest);
    },
    store,
    has: async (digest) => (await rows.find(digest)) !== null,
    async stat(digest) {
      const found = await rows.find(digest);
      return found ? { bytes: found.bytes } : null;
    },
    get,
    async freeBytes() {
      await mkdir(dir, { recursive: true, mode: 0o700 });
      const { bavail, bsize } = await statfs(dir);
      return bavail * bsize;
    },
    collectGarbage,
  };

  async function store(parts: readonly Uint8Array[]): Promise<readonly StoredBlob[]> {
    const putAtMs = nowMs();
    const blobs = parts.map((part): StoredBlob => {
      const digest = hashBytes(part);
      return { digest, bytes: part.length, inline: part.length <= INLINE_BYTES ? part : null, putAtMs };
    });
    const files = new Map(blobs.flatMap((blob, at) => (blob.inline ? [] : [[blob.digest, parts[at]!] as const])));
    for (const digest of files.keys()) fresh.add(digest);
    const waiting = [...files];
    const touched = new Set<string>();
    const drain = async (): Promise<void> => {
      for (let next = waiting.pop(); next; next = waiting.pop()) {
        const folder = await storeFile(...next);
        if (folder) touched.add(folder);
      }
    };
    await Promise.all(Array.from({ length: Math.min(PARALLEL_WRITES, files.size) }, drain));
    await Promise.all([...touched].map(syncFolder));
    return blobs;
  }

  /** The folder to sync, or null when the file stood there already. */
  async function storeFile(digest: Digest, bytes: Uint8Array): Promise<string | null> {
    const path = blobPath(dir, digest);
    await leaving.get(digest);
    if (await isThere(path, bytes.length)) return null;
    folders ??= makeFolders();
    await folders;
    await writeDurably(path, bytes);
    return dirname(path);
  }

  /** All 256 at once, so that the names above them are synced once and not with every new folder. */
  async function makeFolders(): Promise<void> {
    const top = join(dir, 'sha256');
    await mkdir(top, { recursive: true, mode: 0o700 });
    const prefixes = Array.from({ length: 256 }, (_, at) => at.toString(16).padStart(2, '0'));
    await Promise.all(prefixes.map((prefix) => mkdir(join(top, prefix), { recursive: true, mode: 0o700 })));
    for (const folder of [top, dir, dirname(dir)]) await syncFolder(folder);
  }

  async function get(digest: Digest): Promise<Uint8Array | null> {
    const path = blobPath(dir, digest);
    const found = await rows.find(digest);
    if (!found) return null;
    const bytes = found.inline ?? (await readIfThere(path));
    if (bytes && hashBytes(bytes) === digest) return bytes;
    // A rotted file must not stand in the way of the same bytes being put again.
    if (bytes && !found.inline) await rm(path, { force: true });
    onRot?.(digest);
    return null;
  }

  async function collectGarbage(options: {
    readonly nowMs: number;
    readonly retentionMs: number;
    readonly limit: number;
  }): Promise<Collected> {
    const cutoffMs = options.nowMs - Math.max(options.retentionMs, MIN_RETENTION_MS);
    try {
      const listed = await rows.listCollectable(cutoffMs, options.limit);
      const collected = await leave(listed, (digests) => removeNamed(digests, cutoffMs));
      const swept = await sweepFolder(cutoffMs);
      return { blobs: collected.blobs + swept.blobs, bytes: collected.bytes + swept.bytes };
    } finally {
      recent = fresh;
      fresh = new Set();
    }
  }

  /** Runs a deletion of what nobody put lately, while a put of the same bytes waits for it. */
  async function leave(listed: readonly Digest[], remove: (digests: readonly Digest[]) => Promise<Collected>): Promise<Collected> {
    const digests = listed.filter((digest) => !fresh.has(digest) && !recent.has(digest));
    if (digests.length === 0) return NOTHING;
    const removal = remove(digests);
    for (const digest of digests) leaving.set(digest, removal.then(ignore, ignore));
    try {
      return await removal;
    } finally {
      for (const digest of digests) leaving.delete(digest);
    }
  }

  async function removeNamed(digests: readonly Digest[], cutoffMs: number): Promise<Collected> {
    const removed = await rows.remove(digests, cutoffMs);
    for (const { digest, isFile } of removed) if (isFile) await rm(blobPath(dir, digest), { force: true });
    return { blobs: removed.length, bytes: removed.reduce((sum, blob) => sum + blob.bytes, 0) };
  }

  /** Files that no row names, of commits that failed or were cut off: one folder of the 256 a call. */
  async function sweepFolder(cutoffMs: number): Promise<Collected> {
    const prefix = (sweepAt++ % 256).toString(16).padStart(2, '0');
    const folder = join(dir, 'sha256', prefix);
    const old = new Map<string, number>();
    for (const name of await readdir(folder).catch(() => [])) {
      const found = await stat(join(folder, name)).catch(() => null);
      if (found && found.mtimeMs < cutoffMs) old.set(name, found.size);
    }
    for (const name of old.keys()) if (!isDigest(name)) await rm(join(folder, name), { force: true });
    const known = new Set(await rows.listKnown([...old.keys()].filter(isDigest)));
    const unknown = [...old.keys()].filter(isDigest).filter((digest) => !known.has(digest));
    return leave(unknown, async (digests) => {
      for (const digest of digests) await rm(blobPath(dir, digest), { force: true });
      return { blobs: digests.length, bytes: digests.reduce((sum, digest) => sum + (old.get(digest) ?? 0), 0) };
    });
  }
}

const NOTHING: Collected = { blobs: 0, bytes: 0 };

async function readIfThere(path: string): Promise<Uint8Array | null> {
  try {
    return await readFile(path);
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw fault;
  }
}

function ignore(): void {
  // Whoever waits only wants to know that the deletion is over.
}

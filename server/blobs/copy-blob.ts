// Copies a blob's file from one folder of blobs to another, hashed on the way: nothing arrives under a digest that is not its own.
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { blobPath } from './blob-store.ts';
import { isThere, syncFolder } from './durable-file.ts';

export type BlobCopy = 'copied' | 'was-there' | 'missing' | 'damaged';

export interface BlobFolders {
  readonly from: string;
  readonly to: string;
}

export interface BlobName {
  readonly digest: string;
  readonly bytes: number;
}

/** Durable when it is answered. Throws what reading and writing throw, but for a file that is not there. */
export async function copyBlob({ from, to }: BlobFolders, { digest, bytes }: BlobName): Promise<BlobCopy> {
  const target = blobPath(to, digest);
  if (await isThere(target, bytes)) return 'was-there';
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  const draft = `${target}.${randomUUID()}`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    const hash = createHash('sha256');
    for await (const piece of createReadStream(blobPath(from, digest))) {
      hash.update(piece);
      await handle.appendFile(piece);
    }
    if (hash.digest('hex') !== digest) return 'damaged';
    await handle.datasync();
    await rename(draft, target);
    await syncFolder(dirname(target));
    return 'copied';
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return 'missing';
    throw fault;
  } finally {
    await handle.close();
    await rm(draft, { force: true });
  }
}

/** Reads it all. */
export async function checkBlob(dir: string, { digest, bytes }: BlobName): Promise<'sound' | 'missing' | 'damaged'> {
  const hash = createHash('sha256');
  let read = 0;
  try {
    for await (const piece of createReadStream(blobPath(dir, digest))) {
      hash.update(piece);
      read += (piece as Buffer).length;
    }
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return 'missing';
    throw fault;
  }
  return read === bytes && hash.digest('hex') === digest ? 'sound' : 'damaged';
}

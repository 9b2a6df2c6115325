// Uploads an input once; a job then names it by its digest.
import type { BlobView } from '../protocol/api.ts';
import type { Digest } from '../protocol/ids.ts';
import type { Client } from './create-client.ts';
import { digestBytes } from './digest-bytes.ts';

/** Sent even when the coordinator has it: an upload is what keeps unreferenced bytes from being collected. Throws `too-large`, `quota-exceeded`, `storage-low`. */
export async function uploadBlob(client: Client, bytes: Uint8Array, signal?: AbortSignal): Promise<Digest> {
  const digest = await digestBytes(bytes);
  const stored = await client.readJson<BlobView>('/api/blobs', {
    method: 'PUT',
    bytes,
    headers: { 'X-Sha256': digest },
    signal: signal ?? null,
  });
  return stored.digest;
}

// Fetches bytes by their digest and checks that they are the ones.
import { readWholeBody } from '../account/read-whole-body.ts';
import { Fault } from '../protocol/fault.ts';
import type { Digest } from '../protocol/ids.ts';
import type { Client } from './create-client.ts';
import { digestBytes } from './digest-bytes.ts';

/** Throws `not-found`, `offline`, or `bad-frame` when the coordinator sent other bytes. */
export async function readBlob(client: Client, digest: Digest, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  const response = await client.send(`/api/blobs/${digest}`, { signal: signal ?? null });
  const bytes = await readWholeBody(response);
  if ((await digestBytes(bytes)) !== digest)
    throw new Fault('bad-frame', `The coordinator sent other bytes for ${digest.slice(0, 12)}…; fetch them again.`);
  return bytes;
}

// SHA-256 by the platform where it has one; a page that is not secure has none and computes it itself, ten times slower.
import type { Digest } from '../protocol/ids.ts';

export async function digestBytes(bytes: Uint8Array): Promise<Digest> {
  const subtle = globalThis.crypto?.subtle;
  // Fetched only there: it would be a twentieth of the first page.
  if (subtle === undefined) return (await import('../protocol/sha256.ts')).digestOf(bytes);
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('') as Digest;
}

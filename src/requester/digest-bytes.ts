// SHA-256 by the platform where it has one; a page that is not secure has none and computes it itself, ten times slower.
import type { Digest } from '../protocol/ids.ts';
import { digestOf, toHex } from '../protocol/sha256.ts';

export async function digestBytes(bytes: Uint8Array): Promise<Digest> {
  const subtle = globalThis.crypto?.subtle;
  if (subtle === undefined) return digestOf(bytes);
  return toHex(new Uint8Array(await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>))) as Digest;
}

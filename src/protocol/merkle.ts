// The Merkle tree over an output's leaves, so that one leaf can later be checked alone.
import { tagged } from './canonical.ts';
import type { Digest } from './ids.ts';
import type { ManifestOutput } from './job.ts';
import { type HashFunction, sha256, toHex } from './sha256.ts';

/** At most this many leaves an output: the resolution of an audit (256 leaves is 0.4 % a leaf). */
export const MAX_LEAVES = 256;

export function leafHash(bytes: Uint8Array, hash: HashFunction = sha256): Uint8Array {
  return hash(tagged('leaf', bytes));
}

/** Root of a binary tree; an odd last hash moves up unpaired. `leaves` must not be empty. */
export function merkleRoot(leaves: readonly Uint8Array[], hash: HashFunction = sha256): Uint8Array {
  let level = leaves;
  while (level.length > 1) {
    const above: Uint8Array[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const [left, right] = [level[i] as Uint8Array, level[i + 1]];
      above.push(right ? hash(tagged('pair', left, right)) : left);
    }
    level = above;
  }
  return level[0] as Uint8Array;
}

/** Bytes of one leaf of an output: k workgroups' pieces, or the whole. */
export function leafBytes(output: Pick<ManifestOutput, 'layout' | 'workgroupsPerLeaf'>): number {
  const { layout } = output;
  return layout.kind === 'byWorkgroup' ? layout.bytesPerWorkgroup * output.workgroupsPerLeaf : layout.bytes;
}

/** The root a device reports and the coordinator recomputes from stored bytes. */
export function outputRoot(
  output: Pick<ManifestOutput, 'layout' | 'workgroupsPerLeaf'>,
  bytes: Uint8Array,
  hash: HashFunction = sha256,
): Digest {
  const size = leafBytes(output);
  const leaves: Uint8Array[] = [];
  for (let at = 0; at < bytes.length || leaves.length === 0; at += size) leaves.push(leafHash(bytes.subarray(at, at + size), hash));
  return toHex(merkleRoot(leaves, hash)) as Digest;
}

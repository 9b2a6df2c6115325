// The Merkle root of an output's bytes, computed here with Node's one-shot hash.
import { hash } from 'node:crypto';
import { tagged } from '../../src/protocol/canonical.ts';
import type { Digest } from '../../src/protocol/ids.ts';
import type { ManifestOutput } from '../../src/protocol/job.ts';
import { leafBytes, outputRoot } from '../../src/protocol/merkle.ts';
import type { HashFunction } from '../../src/protocol/sha256.ts';

/** As a string of bytes and back: a fifth of the time of a hash object, and half of the one-shot call that makes a Buffer. */
const nodeSha256: HashFunction = (bytes) => {
  const text = hash('sha256', bytes, 'binary');
  const digest = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) digest[i] = text.charCodeAt(i);
  return digest;
};

const LEAF_TAG = tagged('leaf');
const MAX_SHORT = 4_096;
/** The tag and one short leaf behind it: most outputs are that, and making a fresh array for each costs as much as the hash. */
const leaf = new Uint8Array(LEAF_TAG.length + MAX_SHORT);
leaf.set(LEAF_TAG);

export function rootOfOutput(output: ManifestOutput, bytes: Uint8Array): Digest {
  if (bytes.length <= Math.min(leafBytes(output), MAX_SHORT)) {
    leaf.set(bytes, LEAF_TAG.length);
    return hash('sha256', leaf.subarray(0, LEAF_TAG.length + bytes.length), 'hex') as Digest;
  }
  return outputRoot(output, bytes, nodeSha256);
}

// The Merkle root of an output's bytes, computed here with Node's one-shot hash.
import { hash } from 'node:crypto';
import type { Digest } from '../../src/protocol/ids.ts';
import type { ManifestOutput } from '../../src/protocol/job.ts';
import { outputRoot } from '../../src/protocol/merkle.ts';
import type { HashFunction } from '../../src/protocol/sha256.ts';

/** As a string of bytes and back: a fifth of the time of a hash object, and half of the one-shot call that makes a Buffer. */
const nodeSha256: HashFunction = (bytes) => {
  const text = hash('sha256', bytes, 'binary');
  const digest = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) digest[i] = text.charCodeAt(i);
  return digest;
};

export function rootOfOutput(output: ManifestOutput, bytes: Uint8Array): Digest {
  return outputRoot(output, bytes, nodeSha256);
}

// SHA-256 that runs the same in a page, a worker and Node, synchronously.
import { sha256 as hash } from '@noble/hashes/sha2.js';
import type { Digest } from './ids.ts';

export type HashFunction = (bytes: Uint8Array) => Uint8Array;

export const sha256: HashFunction = (bytes) => hash(bytes);

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += HEX[byte];
  return text;
}

export function fromHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(text.slice(i * 2, i * 2 + 2), 16);
  return bytes;
}

export function digestOf(bytes: Uint8Array, hash: HashFunction = sha256): Digest {
  return toHex(hash(bytes)) as Digest;
}

// SHA-256 that runs the same in a page, a worker and Node, synchronously.
import { sha256 as hash } from '@noble/hashes/sha2.js';
import type { Digest } from './ids.ts';

export type HashFunction = (bytes: Uint8Array) => Uint8Array;

export const sha256: HashFunction = (bytes) => hash(bytes);

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i++) text += HEX[bytes[i]!];
  return text;
}

/** Value of each ASCII character as a hexadecimal digit. */
const DIGITS = new Uint8Array(128);
for (let value = 0; value < 16; value++) {
  DIGITS[value.toString(16).charCodeAt(0)] = value;
  DIGITS[value.toString(16).toUpperCase().charCodeAt(0)] = value;
}

/** Of a digest or another text that is known to be hexadecimal. */
export function fromHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (DIGITS[text.charCodeAt(2 * i)]! << 4) | DIGITS[text.charCodeAt(2 * i + 1)]!;
  return bytes;
}

export function digestOf(bytes: Uint8Array, hash: HashFunction = sha256): Digest {
  return toHex(hash(bytes)) as Digest;
}

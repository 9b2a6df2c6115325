// SHA-256 that runs the same in a page, a worker and Node, synchronously.
import { sha256 as hash } from '@noble/hashes/sha2.js';
import type { Digest } from './ids.ts';

export type HashFunction = (bytes: Uint8Array) => Uint8Array;

export const sha256: HashFunction = (bytes) => hash(bytes);

/** Character codes of each byte's two digits. */
const CODES = new Uint16Array(512);
for (let byte = 0; byte < 256; byte++)
  for (const digit of [0, 1]) CODES[2 * byte + digit] = byte.toString(16).padStart(2, '0').charCodeAt(digit);

/** Any engine's stack has room for so many arguments. */
const HEX_CHUNK = 512;

/** Made of codes at once: joined digit by digit it is a tree of 32 strings, which costs twice as much as soon as anyone looks at it. */
export function toHex(bytes: Uint8Array): string {
  if (bytes.length > HEX_CHUNK) return toHex(bytes.subarray(0, HEX_CHUNK)) + toHex(bytes.subarray(HEX_CHUNK));
  const codes: number[] = [];
  for (let i = 0; i < bytes.length; i++) codes.push(CODES[2 * bytes[i]!]!, CODES[2 * bytes[i]! + 1]!);
  return String.fromCharCode.apply(null, codes);
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

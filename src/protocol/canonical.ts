// The exact bytes that digests, MACs and signatures cover: domain-tagged, so that one can never be read as another.
import type { AssignmentClaim } from './assignment.ts';
import type { Digest } from './ids.ts';
import { fromHex, type HashFunction, sha256, toHex } from './sha256.ts';

const encoder = new TextEncoder();

/** Keys sorted, no spaces, bigints as decimal strings: equal values give equal bytes. */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'bigint') return `"${value}"`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`);
  return `{${fields.join(',')}}`;
}

export function canonicalBytes(value: unknown): Uint8Array {
  return encoder.encode(canonicalJson(value));
}

const tags = new Map<string, Uint8Array>();

function tagOf(domain: string): Uint8Array {
  const known = tags.get(domain);
  if (known) return known;
  const tag = encoder.encode(`ostraka:${domain}:v1\0`);
  tags.set(domain, tag);
  return tag;
}

/** `ostraka:<domain>:v1` NUL `bytes`. */
export function tagged(domain: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const tag = tagOf(domain);
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, tag.length));
  bytes.set(tag);
  let offset = tag.length;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** What an assignment's MAC covers: its tag and five doubles, little-endian. */
export const ASSIGNMENT_TAG = tagged('assignment');
export const ASSIGNMENT_BYTES = ASSIGNMENT_TAG.length + 5 * 8;

/** Writes the claim behind its tag, at `at` of a view that has room for ASSIGNMENT_BYTES. */
export function writeAssignment(view: DataView, at: number, { epoch, shard, copy, device, expiresAtMs }: AssignmentClaim): void {
  let offset = at + ASSIGNMENT_TAG.length;
  for (const number of [epoch, shard, copy, device, expiresAtMs]) {
    view.setFloat64(offset, number, true);
    offset += 8;
  }
}

/** What copies vote on: the roots of all outputs, in the manifest's order. */
export function resultDigest(roots: readonly Digest[], hash: HashFunction = sha256): Digest {
  return toHex(hash(tagged('result', ...roots.map(fromHex)))) as Digest;
}

export interface GuestChallenge {
  readonly origin: string;
  readonly nonce: string;
  readonly publicKey: string;
  readonly expiresAtMs: number;
}

/** What a guest or headless key signs to open a session. */
export function challengeBytes(challenge: GuestChallenge): Uint8Array {
  return tagged('session', canonicalBytes(challenge));
}

/** What a guest key signs to hand its credit to a wallet. */
export function attachBytes(attach: { readonly origin: string; readonly nonce: string; readonly wallet: string }): Uint8Array {
  return tagged('attach', canonicalBytes(attach));
}

/** What a coordinator's signature on a receipt covers: everything in it but the signature. */
export function receiptBytes(receipt: Readonly<Record<string, unknown>>): Uint8Array {
  const signed = Object.fromEntries(Object.entries(receipt).filter(([name]) => name !== 'signature'));
  return tagged('receipt', canonicalBytes(signed));
}

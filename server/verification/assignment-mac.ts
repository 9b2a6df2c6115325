// Proves that this coordinator handed an assignment out, without remembering it.
import { createHash, hash } from 'node:crypto';
import { type AssignmentClaim, type AssignmentProof, MAC_BYTES } from '../../src/protocol/assignment.ts';
import { ASSIGNMENT_BYTES, ASSIGNMENT_TAG, writeAssignment } from '../../src/protocol/canonical.ts';

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;

export interface ClaimSigner {
  sign(claim: AssignmentClaim): Uint8Array;
  isOurs(claim: AssignmentClaim, mac: Uint8Array): boolean;
}

/**
 * HMAC-SHA-256 (RFC 2104) over the claim's canonical bytes, cut to its first bytes. Written out over the one-shot hash, because making
 * an Hmac object for each claim costs four times as much (3.4 against 0.9 us).
 */
export function createClaimSigner(secret: Uint8Array): ClaimSigner {
  const key = new Uint8Array(BLOCK_BYTES);
  key.set(secret.length > BLOCK_BYTES ? createHash('sha256').update(secret).digest() : secret);
  const outer = new Uint8Array(BLOCK_BYTES + DIGEST_BYTES);
  outer.set(key.map((byte) => byte ^ 0x5c));
  const inner = new Uint8Array(BLOCK_BYTES + ASSIGNMENT_BYTES);
  inner.set(key.map((byte) => byte ^ 0x36));
  inner.set(ASSIGNMENT_TAG, BLOCK_BYTES);
  const view = new DataView(inner.buffer);

  const sign = (claim: AssignmentClaim): Uint8Array => {
    writeAssignment(view, BLOCK_BYTES, claim);
    copyBytes(hash('sha256', inner, 'binary'), outer, BLOCK_BYTES);
    const mac = new Uint8Array(MAC_BYTES);
    copyBytes(hash('sha256', outer, 'binary'), mac, 0);
    return mac;
  };
  return {
    sign,
    isOurs(claim, mac) {
      return mac.length === MAC_BYTES && isSameMac(sign(claim), mac);
    },
  };
}

/** What came back is what was handed out, to the last bit: comparing costs a tenth of making the MAC again. */
export function isSameProof(made: AssignmentProof, came: AssignmentProof): boolean {
  const [a, b] = [made.claim, came.claim];
  const isSameClaim =
    a.shard === b.shard && a.copy === b.copy && a.device === b.device && a.expiresAtMs === b.expiresAtMs && a.epoch === b.epoch;
  return isSameClaim && came.mac.length === MAC_BYTES && isSameMac(made.mac, came.mac);
}

/** Every byte is looked at, so that the time says nothing about where the first wrong one is. */
function isSameMac(right: Uint8Array, mac: Uint8Array): boolean {
  let difference = 0;
  for (let i = 0; i < MAC_BYTES; i++) difference |= right[i]! ^ mac[i]!;
  return difference === 0;
}

/** As many of the bytes as there is room for. */
function copyBytes(text: string, into: Uint8Array, at: number): void {
  const end = Math.min(text.length, into.length - at);
  for (let i = 0; i < end; i++) into[at + i] = text.charCodeAt(i);
}

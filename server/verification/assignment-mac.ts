// Proves that this coordinator handed an assignment out, without remembering it.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { type AssignmentClaim, MAC_BYTES } from '../../src/protocol/assignment.ts';
import { assignmentBytes } from '../../src/protocol/canonical.ts';

export function signClaim(secret: Uint8Array, claim: AssignmentClaim): Uint8Array {
  return new Uint8Array(createHmac('sha256', secret).update(assignmentBytes(claim)).digest().subarray(0, MAC_BYTES));
}

export function isClaimOurs(secret: Uint8Array, claim: AssignmentClaim, mac: Uint8Array): boolean {
  return mac.length === MAC_BYTES && timingSafeEqual(signClaim(secret, claim), mac);
}

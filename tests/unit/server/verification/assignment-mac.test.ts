// The MAC of a claim is Node's own HMAC, and nothing but the claim that was signed passes with it.
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createClaimSigner, isSameProof } from '../../../../server/verification/assignment-mac.ts';
import type { AssignmentClaim } from '../../../../src/protocol/assignment.ts';
import type { DeviceId, ShardId } from '../../../../src/protocol/ids.ts';
import { anyClaim } from '../../../support/message-arbitraries.ts';

const claim: AssignmentClaim = { epoch: 3, shard: 1_024 as ShardId, copy: 7, device: 11 as DeviceId, expiresAtMs: 1_763_700_000_000 };
const SECRET = Uint8Array.from({ length: 32 }, (_, i) => i * 7);

/** What is signed, written out here once more: the domain, then five doubles, little-endian. */
function assignmentBytes({ epoch, shard, copy, device, expiresAtMs }: AssignmentClaim): Uint8Array {
  const numbers = [epoch, shard, copy, device, expiresAtMs].map((number) => {
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(number);
    return bytes;
  });
  return Buffer.concat([Buffer.from('ostraka:assignment:v1\0'), ...numbers]);
}

const byNode = (secret: Uint8Array, signed: AssignmentClaim) =>
  new Uint8Array(createHmac('sha256', secret).update(assignmentBytes(signed)).digest().subarray(0, 16));

describe('a claim’s MAC', () => {
  it.each([1, 32, 63, 64, 65, 200])('is the first 16 bytes of HMAC-SHA-256, for a secret of %i bytes', (length) => {
    const secret = Uint8Array.from({ length }, (_, i) => 255 - i);
    expect(createClaimSigner(secret).sign(claim)).toEqual(byNode(secret, claim));
  });

  it('is so for any secret and claims, one after another', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.array(anyClaim, { minLength: 1, maxLength: 5 }), (secret, claims) => {
        const signer = createClaimSigner(secret);
        const macs = claims.map((one) => signer.sign(one));
        claims.forEach((one, i) => {
          expect(macs[i]).toEqual(byNode(secret, one));
          expect(signer.isOurs(one, macs[i]!)).toBe(true);
        });
      }),
    );
  });

  it('stays what it was when others are signed and judged after it', () => {
    const signer = createClaimSigner(SECRET);
    const mac = signer.sign(claim);
    const before = mac.slice();
    signer.isOurs({ ...claim, copy: 8 }, signer.sign({ ...claim, copy: 9 }));
    expect(mac).toEqual(before);
  });

  it('is refused when any one of its bits is another', () => {
    const signer = createClaimSigner(SECRET);
    const mac = signer.sign(claim);
    expect(signer.isOurs(claim, mac)).toBe(true);
    for (let bit = 0; bit < 128; bit++) {
      const flipped = mac.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(signer.isOurs(claim, flipped)).toBe(false);
    }
    expect(signer.isOurs(claim, mac)).toBe(true);
  });

  it.each(['epoch', 'shard', 'copy', 'device', 'expiresAtMs'] as const)('is refused for a claim of another %s', (field) => {
    const signer = createClaimSigner(SECRET);
    const mac = signer.sign(claim);
    for (const value of [claim[field] + 1, claim[field] - 1, 0, Number.MAX_SAFE_INTEGER, Number.NaN]) {
      expect(signer.isOurs({ ...claim, [field]: value }, mac)).toBe(false);
    }
  });

  it('is refused when it is of another length, even one that begins right', () => {
    const signer = createClaimSigner(SECRET);
    const mac = signer.sign(claim);
    const whole = new Uint8Array(createHmac('sha256', SECRET).update(assignmentBytes(claim)).digest());
    for (const wrong of [new Uint8Array(0), mac.subarray(0, 15), whole.subarray(0, 17), whole])
      expect(signer.isOurs(claim, wrong)).toBe(false);
  });

  it('is refused when it is another secret’s', () => {
    const other = SECRET.slice();
    other[31]! ^= 1;
    expect(createClaimSigner(SECRET).isOurs(claim, createClaimSigner(other).sign(claim))).toBe(false);
  });

  it('is the same proof only with every number and every bit as it was made', () => {
    const made = { claim, mac: createClaimSigner(SECRET).sign(claim) };
    expect(isSameProof(made, { claim: { ...claim }, mac: made.mac.slice() })).toBe(true);
    for (const [field, value] of Object.entries(claim))
      expect(isSameProof(made, { ...made, claim: { ...claim, [field]: value + 1 } })).toBe(false);
    for (let bit = 0; bit < 128; bit++) {
      const flipped = made.mac.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(isSameProof(made, { claim, mac: flipped })).toBe(false);
    }
    for (const length of [0, 15, 17]) expect(isSameProof(made, { claim, mac: new Uint8Array(length).fill(made.mac[0]!) })).toBe(false);
    expect(isSameProof(made, { claim, mac: Uint8Array.of(...made.mac, 0) })).toBe(false);
  });
});

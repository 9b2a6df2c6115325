// What a MAC and a vote cover: of one length, and different for whatever differs.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AssignmentClaim } from '../../../src/protocol/assignment.ts';
import { ASSIGNMENT_BYTES, ASSIGNMENT_TAG, resultDigest, writeAssignment } from '../../../src/protocol/canonical.ts';
import type { DeviceId, Digest, ShardId } from '../../../src/protocol/ids.ts';
import { anyClaim, anyDigest } from '../../support/message-arbitraries.ts';

const claim = { epoch: 1, shard: 2 as ShardId, copy: 3, device: 4 as DeviceId, expiresAtMs: 5 };

/** As the signer puts them together. */
function assignmentBytes(signed: AssignmentClaim): Uint8Array {
  const bytes = new Uint8Array(ASSIGNMENT_BYTES);
  bytes.set(ASSIGNMENT_TAG);
  writeAssignment(new DataView(bytes.buffer), 0, signed);
  return bytes;
}

describe('an assignment’s bytes', () => {
  it('are its domain and five doubles, little-endian', () => {
    const domain = new TextEncoder().encode('ostraka:assignment:v1\0');
    const bytes = assignmentBytes(claim);
    expect(bytes.subarray(0, domain.length)).toEqual(domain);
    const view = new DataView(bytes.buffer, bytes.byteOffset + domain.length);
    expect([0, 8, 16, 24, 32].map((at) => view.getFloat64(at, true))).toEqual([1, 2, 3, 4, 5]);
    expect(bytes).toHaveLength(domain.length + 40);
  });

  it('are equal for equal claims only', () => {
    fc.assert(
      fc.property(anyClaim, anyClaim, (one, other) => {
        const isSame = (Object.keys(one) as (keyof typeof one)[]).every((key) => one[key] === other[key]);
        expect(Buffer.compare(assignmentBytes(one), assignmentBytes(other)) === 0).toBe(isSame);
        expect(assignmentBytes({ ...one })).toEqual(assignmentBytes(one));
      }),
    );
  });

  it('are written where they are asked for, and nowhere else', () => {
    const room = new Uint8Array(ASSIGNMENT_BYTES + 20).fill(9);
    writeAssignment(new DataView(room.buffer), 10, claim);
    const from = 10 + ASSIGNMENT_TAG.length;
    expect(room.subarray(0, from).every((byte) => byte === 9)).toBe(true);
    expect(room.subarray(from, from + 40)).toEqual(assignmentBytes(claim).subarray(ASSIGNMENT_TAG.length));
    expect(room.subarray(from + 40).every((byte) => byte === 9)).toBe(true);
  });

  it('tell fields that were exchanged apart', () => {
    expect(assignmentBytes({ ...claim, epoch: claim.copy, copy: claim.epoch })).not.toEqual(assignmentBytes(claim));
  });
});

describe('a result’s digest', () => {
  it('differs with each root and with their order', () => {
    fc.assert(
      fc.property(anyDigest, anyDigest, (one, other) => {
        fc.pre(one !== other);
        const digests = [[one], [other], [one, other], [other, one], [one, one], []].map((roots) => resultDigest(roots as Digest[]));
        expect(new Set(digests).size).toBe(digests.length);
      }),
    );
  });
});

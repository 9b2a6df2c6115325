// The server's fast Merkle root is the one that devices compute.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rootOfOutput } from '../../../../server/gateway/root-of-output.ts';
import type { ManifestOutput } from '../../../../src/protocol/job.ts';
import { outputRoot } from '../../../../src/protocol/merkle.ts';

const OUTPUT: Omit<ManifestOutput, 'layout' | 'workgroupsPerLeaf'> = { name: 'out', element: 'u8', comparison: { kind: 'exact' } };
const byWorkgroup = (bytesPerWorkgroup: number, workgroupsPerLeaf: number): ManifestOutput => ({
  ...OUTPUT,
  layout: { kind: 'byWorkgroup', bytesPerWorkgroup },
  workgroupsPerLeaf,
});
const count = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => i * 37);

describe('the root of an output', () => {
  it.each([
    ['one leaf', 1],
    ['two leaves', 2],
    ['three leaves, the last unpaired', 3],
    ['five leaves, the last unpaired twice', 5],
    ['256 leaves', 256],
  ])('is outputRoot of %s', (_name, leaves) => {
    const output = byWorkgroup(8, 1);
    expect(rootOfOutput(output, count(8 * leaves))).toBe(outputRoot(output, count(8 * leaves)));
  });

  it('is outputRoot of a whole, which is one leaf whatever its size', () => {
    const output: ManifestOutput = { ...OUTPUT, layout: { kind: 'whole', bytes: 1_000 }, workgroupsPerLeaf: 1 };
    expect(rootOfOutput(output, count(1_000))).toBe(outputRoot(output, count(1_000)));
  });

  it.each([0, 4_096, 4_097])('is outputRoot of one leaf of %i bytes, on both sides of what is short', (length) => {
    const output: ManifestOutput = { ...OUTPUT, layout: { kind: 'whole', bytes: length }, workgroupsPerLeaf: 1 };
    expect(rootOfOutput(output, count(length))).toBe(outputRoot(output, count(length)));
  });

  it('is outputRoot of any bytes, also in a view, also when the last leaf is short', () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    fc.assert(
      fc.property(bytes, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 4 }), (bytes, bytesPerWorkgroup, workgroupsPerLeaf) => {
        const output = byWorkgroup(bytesPerWorkgroup, workgroupsPerLeaf);
        expect(rootOfOutput(output, bytes)).toBe(outputRoot(output, bytes));
        expect(rootOfOutput(output, bytes.subarray(1))).toBe(outputRoot(output, bytes.slice(1)));
      }),
    );
  });

  it('differs when one bit of any leaf differs', () => {
    const output = byWorkgroup(8, 1);
    const right = rootOfOutput(output, count(40));
    for (let at = 0; at < 40; at++) {
      const wrong = count(40);
      wrong[at]! ^= 1;
      expect(rootOfOutput(output, wrong)).not.toBe(right);
    }
  });
});

// Where two results first differ: by byte where they are compared exactly, by element where a tolerance counts.
import { describe, expect, it } from 'vitest';
import { findDifference } from '../../../../server/verification/find-difference.ts';
import type { Comparison, Element, ManifestOutput } from '../../../../src/protocol/job.ts';

const EXACT: Comparison = { kind: 'exact' };
const NEAR: Comparison = { kind: 'tolerance', abs: 0.1, rel: 0, maxOutlierShare: 0 };

const output = (comparison: Comparison, element: Element = 'f32', name = 'out'): ManifestOutput => ({
  name,
  layout: { kind: 'whole', bytes: 16 },
  element,
  comparison,
  workgroupsPerLeaf: 1,
});
const named = (bytes: Uint8Array, name = 'out') => [{ name, bytes }];
const floats = (...values: readonly number[]) => new Uint8Array(new Float32Array(values).buffer);

describe('the first difference', () => {
  it('is a byte where every byte counts, with up to sixteen bytes from there on', () => {
    const mine = new Uint8Array(40).fill(1);
    const accepted = mine.slice();
    accepted[5] = 2;
    expect(findDifference(named(mine), named(accepted), [output(EXACT)])).toEqual({
      output: 'out',
      byte: 5,
      mineHex: '01'.repeat(16),
      acceptedHex: `02${'01'.repeat(15)}`,
      element: null,
    });
    expect(findDifference(named(mine), named(mine.slice()), [output(EXACT)])).toBeNull();
  });

  it('is where the shorter one ends when it is the beginning of the other', () => {
    const found = findDifference(named(new Uint8Array(3)), named(new Uint8Array(5)), [output(EXACT)]);
    expect(found).toMatchObject({ byte: 3, mineHex: '', acceptedHex: '0000' });
  });

  it('is the first element outside the tolerance, not the first that is not equal', () => {
    const found = findDifference(named(floats(1, 2, 3)), named(floats(1.05, 2, 4)), [output(NEAR)]);
    expect(found).toMatchObject({ byte: 8, element: { index: 2, type: 'f32', mine: 3, accepted: 4 } });
  });

  it('is a byte again where all elements are within the tolerance, and has no values that JSON cannot say', () => {
    expect(findDifference(named(floats(1)), named(floats(1.05)), [output(NEAR)])).toMatchObject({ element: null });
    const found = findDifference(named(floats(1, Number.NaN)), named(floats(1, 2)), [output(NEAR)]);
    expect(found).toMatchObject({ byte: 4, element: null });
  });

  it('is looked for in every output in order, at any place in memory', () => {
    const outputs = [output(EXACT, 'u8', 'a'), output(NEAR, 'u32', 'b')];
    const shifted = new Uint8Array(9).fill(7).subarray(1);
    const other = shifted.slice();
    other[4] = 200;
    const found = findDifference(
      [...named(shifted, 'b'), ...named(new Uint8Array(2), 'a')],
      [...named(new Uint8Array(2), 'a'), ...named(other, 'b')],
      outputs,
    );
    expect(found).toMatchObject({ output: 'b', byte: 4, element: { index: 1, type: 'u32' } });
  });
});

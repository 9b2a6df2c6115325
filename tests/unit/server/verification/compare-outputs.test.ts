// Elementwise comparison within a tolerance, on both sides of its bounds.
import { describe, expect, it } from 'vitest';
import { meanDifference } from '../../../../server/verification/compare-outputs.ts';
import { outlierShare } from '../../../../src/protocol/outlier-share.ts';

const tolerance = (abs: number, rel = 0) => ({ kind: 'tolerance', abs, rel, maxOutlierShare: 0 }) as const;
const f32 = (...values: number[]) => new Uint8Array(new Float32Array(values).buffer);

describe('outlierShare', () => {
  it('holds abs and rel on both sides of the bound', () => {
    expect(outlierShare(f32(1), f32(1.5), 'f32', tolerance(0.5))).toBe(0);
    expect(outlierShare(f32(1), f32(1.5), 'f32', tolerance(0.49))).toBe(1);
    expect(outlierShare(f32(100), f32(101), 'f32', tolerance(0, 0.01))).toBe(0);
    expect(outlierShare(f32(100), f32(102), 'f32', tolerance(0, 0.01))).toBe(1);
  });

  it('lets NaN agree with NaN only, and infinity with itself only', () => {
    expect(outlierShare(f32(Number.NaN), f32(Number.NaN), 'f32', tolerance(1))).toBe(0);
    expect(outlierShare(f32(Number.NaN), f32(1), 'f32', tolerance(1e9))).toBe(1);
    expect(outlierShare(f32(Infinity), f32(Infinity), 'f32', tolerance(0))).toBe(0);
    expect(outlierShare(f32(Infinity), f32(1), 'f32', tolerance(1, 1))).toBe(1);
  });

  it('reads signed and unsigned elements, also from an odd offset', () => {
    const signed = new Uint8Array(new Int32Array([-3]).buffer);
    expect(outlierShare(signed, new Uint8Array(new Int32Array([-1]).buffer), 'i32', tolerance(2))).toBe(0);
    expect(outlierShare(signed, new Uint8Array(new Int32Array([-1]).buffer), 'u32', tolerance(2))).toBe(0);
    const shifted = new Uint8Array(5);
    shifted.set(signed, 1);
    expect(outlierShare(shifted.subarray(1), signed, 'i32', tolerance(0))).toBe(0);
  });

  it('counts a different length as wholly different', () => {
    expect(outlierShare(f32(1), f32(1, 2), 'f32', tolerance(9))).toBe(1);
  });
});

describe('meanDifference', () => {
  it('is the mean of absolute differences', () => {
    expect(meanDifference(new Uint8Array([1, 5]), new Uint8Array([3, 4]), 'u8')).toBe(1.5);
  });
});

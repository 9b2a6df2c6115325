// What the lint says to people, and what a suggestion does to the shape of the data.
import { describe, expect, it } from 'vitest';
import { type OutputLint, sayLines, warnOfLint } from '../../../src/protocol/lint.ts';
import { BLANK_SHAPE } from '../../../src/ui/pages/new-job/blank-program.ts';
import { putComparison } from '../../../src/ui/pages/new-job/shape-comparison.ts';
import { formatWork } from '../../../src/ui/state/format.ts';

const near: OutputLint = {
  name: 'pixels',
  verdict: 'tolerance',
  reasons: [{ sentence: 'Divides floats.', lines: [12, 14] }],
  suggested: { kind: 'tolerance', abs: 4, rel: 0, maxOutlierShare: 0.01 },
  fits: false,
};

describe('a finding', () => {
  it('warns where copies could not agree as the job asks, with the first line', () => {
    expect(warnOfLint(near)).toBe(
      'Output pixels is compared bit for bit, but devices may differ in it (line 12): compare it within a tolerance.',
    );
    expect(warnOfLint({ ...near, fits: true })).toBeNull();
    expect(warnOfLint({ ...near, verdict: 'order', fits: true, reasons: [] })).toBe(
      'Output pixels depends on the order in which invocations run, so copies from honest devices may never agree.',
    );
  });

  it('names its lines', () => {
    expect([[3], [3, 9], [1, 2, 5]].map(sayLines)).toEqual(['line 3', 'lines 3 and 9', 'lines 1, 2 and 5']);
  });

  it('shows work in three digits', () => {
    expect([940, 1_750_000, 31_246_000_000].map(formatWork)).toEqual(['940 units', '1.75M units', '31.2B units']);
  });
});

describe('the comparison that is suggested', () => {
  it('takes its place in the shape, the rest unchanged', () => {
    const shape = JSON.parse(putComparison(BLANK_SHAPE, 'pixels', near.suggested));
    const before = JSON.parse(BLANK_SHAPE);
    expect(shape).toEqual({ ...before, outputs: { pixels: { ...before.outputs.pixels, comparison: near.suggested } } });
  });

  it.each(['{', '[]', '{"outputs": {}}', '{"outputs": {"pixels": 3}}'])('is refused where %j has no such output', (shape) => {
    expect(() => putComparison(shape, 'pixels', near.suggested)).toThrow(/JSON with an output pixels/);
  });
});

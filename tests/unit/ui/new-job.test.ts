// The form of a new job: what is typed becomes a spec or one sentence at one field.
import { describe, expect, it } from 'vitest';
import { Fault } from '../../../src/protocol/fault.ts';
import { listTemplates } from '../../../src/requester/list-templates.ts';
import { BLANK_SHAPE } from '../../../src/ui/pages/new-job/blank-program.ts';
import { makeDraft, parseDraft } from '../../../src/ui/pages/new-job/draft.ts';
import { findField } from '../../../src/ui/pages/new-job/find-field.ts';
import { indent } from '../../../src/ui/pages/new-job/indent.ts';
import { makeBlankSpec, parseCredits } from '../../../src/ui/pages/new-job/make-spec.ts';
import {
  canSlide,
  fromHexColour,
  joinWords,
  positionOf,
  SLIDER_STEPS,
  splitWords,
  toHexColour,
  valueAt,
} from '../../../src/ui/pages/new-job/slide-parameter.ts';

const templates = listTemplates();

function faultOf(run: () => unknown): Fault {
  try {
    run();
  } catch (error) {
    if (error instanceof Fault) return error;
  }
  throw new Error('nothing was refused');
}

describe('a draft', () => {
  it.each(['bunny', 'fractal', 'collatz', 'blank'] as const)('of %s survives being kept', (source) => {
    const draft = makeDraft(source, templates);
    expect(parseDraft(JSON.parse(JSON.stringify(draft)), templates)).toEqual(draft);
  });
  it.each([
    null,
    'text',
    {},
    { ...makeDraft('blank', templates), source: 'gone' },
    { ...makeDraft('blank', templates), grid: [1, 2] },
    { ...makeDraft('blank', templates), quorum: null },
  ])('that is not one is dropped: %j', (value) => {
    expect(parseDraft(value, templates)).toBeNull();
  });
});

describe('a blank job', () => {
  const draft = makeDraft('blank', templates);
  it('is a valid spec as it comes', () => {
    const spec = makeBlankSpec(draft);
    expect(spec.stages[0]).toMatchObject({ grid: [64, 64, 1], workgroupsPerShard: 64 });
    expect(spec.view).toMatchObject({ kind: 'picture', output: 'pixels' });
  });
  it.each([
    [{ shape: '{' }, 'shape'],
    [{ shape: '[]' }, 'shape'],
    [{ shape: BLANK_SHAPE.replace('[8, 8]', '[4, 4]') }, 'shape'],
    [{ shape: BLANK_SHAPE.replace('"output": "pixels"', '"output": "other"') }, 'shape'],
    [{ title: '  ' }, 'title'],
    [{ wgsl: '' }, 'wgsl'],
    [{ grid: [70_000, 1, 1] as const }, 'grid'],
    [{ quorum: 6, maxCopies: 7 }, 'redundancy'],
    [{ quorum: 3, maxCopies: 2 }, 'redundancy'],
    [{ grid: [4096, 4096, 1] as const, workgroupsPerShard: 1 }, 'workgroupsPerShard'],
    [{ workgroupsPerShard: 65_536 }, 'workgroupsPerShard'],
  ])('refused for %j says so at %s', (change, field) => {
    const fault = faultOf(() => makeBlankSpec({ ...draft, ...change }));
    expect(findField(fault.body, true)).toBe(field);
    expect(fault.message).toMatch(/\.$/);
  });
});

describe('a refusal of the coordinator', () => {
  it.each([
    [{ code: 'bad-program', sentence: 's' }, 'wgsl'],
    [{ code: 'program-runs-away', sentence: 's' }, 'wgsl'],
    [{ code: 'price-too-low', sentence: 's' }, 'maxPrice'],
    [{ code: 'insufficient-credit', sentence: 's' }, 'form'],
    [{ code: 'bad-spec', sentence: 's', facts: { field: 'stages.0.grid.1' } }, 'grid'],
    [{ code: 'bad-spec', sentence: 's', facts: { field: 'stages.0.outputs.pixels.layout' } }, 'form'],
    [{ code: 'bad-spec', sentence: 's', facts: { parameter: 'samples' } }, 'parameters'],
    [{ code: 'bad-spec', sentence: 's', facts: { field: 'description' } }, 'description'],
    [{ code: 'offline', sentence: 's' }, 'form'],
  ] as const)('%j lands at %s', (fault, field) => {
    expect(findField(fault, false)).toBe(field);
  });
});

describe('an amount', () => {
  it.each([
    ['', null],
    ['12', 12_000_000n],
    ['12.5', 12_500_000n],
    ['0,000001', 1n],
    ['999999999999.999999', 999_999_999_999_999_999n],
  ])('%j is %s', (text, micro) => {
    expect(parseCredits(text)).toBe(micro);
  });
  it.each(['-1', '1e3', 'ten', '1.2345678', '1.', '1234567890123'])('%j is refused at its field', (text) => {
    expect(faultOf(() => parseCredits(text)).facts).toEqual({ field: 'maxPrice' });
  });
});

describe('sliders', () => {
  const samples = { min: 1, max: 1024, step: 1, isLogarithmic: true };
  it('end where the range ends', () => {
    expect(valueAt(0, samples)).toBe(1);
    expect(valueAt(SLIDER_STEPS, samples)).toBe(1024);
    expect(positionOf(1, samples)).toBe(0);
    expect(positionOf(1024, samples)).toBe(SLIDER_STEPS);
    expect(positionOf(5000, samples)).toBe(SLIDER_STEPS);
  });
  it('are logarithmic where asked', () => {
    expect(valueAt(SLIDER_STEPS / 2, samples)).toBe(32);
    expect(valueAt(SLIDER_STEPS / 2, { min: 0, max: 10, step: 1 })).toBe(5);
  });
  it('keep to steps without binary dust', () => {
    expect(valueAt(333, { min: 0.2, max: 4, step: 0.05 })).toBe(1.45);
  });
  it('every parameter of every template stays where it is set', () => {
    for (const template of templates) {
      for (const control of template.controls.filter(canSlide)) {
        const value = Number(template.stages[0].parameters[control.parameter]);
        const back = valueAt(positionOf(value, control), control);
        expect(Math.abs(back - value), `${template.id}.${control.parameter}`).toBeLessThanOrEqual(
          Math.max(Math.abs(value) * 0.02, (control.max - control.min) / 900),
        );
      }
    }
  });
});

describe('64-bit numbers and colours', () => {
  it.each(['0', '1', '4294967296', '18446744073709551615'])('%s comes back', (text) => {
    expect(joinWords(splitWords(text)!)).toBe(BigInt(text));
  });
  it.each(['18446744073709551616', '-1', '1.5', '', 'x'])('%j is refused', (text) => {
    expect(splitWords(text)).toBeNull();
  });
  it.each(['#000000', '#ffffff', '#c97a55'])('%s comes back', (hex) => {
    expect(toHexColour(fromHexColour(hex))).toBe(hex);
  });
});

describe('the tab key', () => {
  it('types a step', () => {
    expect(indent({ text: 'ab', start: 1, end: 1 }, false)).toEqual({ text: 'a  b', start: 3, end: 3 });
  });
  it('moves whole lines, there and back', () => {
    const there = indent({ text: 'x\na\nb\ny', start: 2, end: 5 }, false);
    expect(there.text).toBe('x\n  a\n  b\ny');
    expect(indent(there, true).text).toBe('x\na\nb\ny');
  });
  it('backwards takes only what is there', () => {
    expect(indent({ text: ' a', start: 2, end: 2 }, true)).toEqual({ text: 'a', start: 1, end: 1 });
    expect(indent({ text: 'a', start: 0, end: 0 }, true)).toEqual({ text: 'a', start: 0, end: 0 });
  });
});

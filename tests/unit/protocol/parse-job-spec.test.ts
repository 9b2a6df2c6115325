// The gate of job specs: limits on both sides, unknown fields, and what is in the format but not built.
import { describe, expect, it } from 'vitest';
import { JOB_LIMITS, parseJobSpec } from '../../../src/protocol/parse-job-spec.ts';
import { makeJobSpecJson, withField } from '../../support/make-job-spec.ts';

const refusal = (spec: unknown) => {
  try {
    parseJobSpec(spec);
    return null;
  } catch (fault) {
    return fault as { code: string; message: string };
  }
};

describe('parseJobSpec', () => {
  it('fills in what was left out', () => {
    expect(parseJobSpec(makeJobSpecJson())).toMatchObject({
      rounds: 1,
      redundancy: { quorum: 2, maxCopies: 5 },
      maxPrice: null,
      visibility: 'public',
      tier: 'voted',
    });
    expect(parseJobSpec(withField('maxPrice', '5000000')).maxPrice).toBe(5_000_000n);
  });

  it.each([
    ['title', 'x'.repeat(JOB_LIMITS.titleCharacters), 'x'.repeat(JOB_LIMITS.titleCharacters + 1)],
    ['description', 'x'.repeat(JOB_LIMITS.descriptionCharacters), 'x'.repeat(JOB_LIMITS.descriptionCharacters + 1)],
    ['stages.0.wgsl', 'x'.repeat(JOB_LIMITS.wgslBytes), 'x'.repeat(JOB_LIMITS.wgslBytes + 1)],
    ['stages.0.wgsl', 'x', ''],
    ['stages.0.grid', [JOB_LIMITS.gridSide, 1, 1], [JOB_LIMITS.gridSide + 1, 1, 1]],
    ['stages.0.grid', [1, 1, 1], [0, 1, 1]],
    ['stages.0.workgroupsPerShard', 1, 0],
    ['redundancy', { quorum: 5, maxCopies: 7 }, { quorum: 6, maxCopies: 7 }],
    ['redundancy', { quorum: 5, maxCopies: 7 }, { quorum: 5, maxCopies: 8 }],
    ['redundancy', { quorum: 3, maxCopies: 3 }, { quorum: 3, maxCopies: 2 }],
    ['maxPrice', '1', '-1'],
    [
      'stages.0.outputs.pixels.comparison',
      { kind: 'tolerance', abs: 0, rel: 0, maxOutlierShare: 1 },
      { kind: 'tolerance', abs: 0, rel: 0, maxOutlierShare: 1.01 },
    ],
    [
      'stages.0.outputs.pixels.comparison',
      { kind: 'tolerance', abs: 0, rel: 0, maxOutlierShare: 0 },
      { kind: 'tolerance', abs: -1, rel: 0, maxOutlierShare: 0 },
    ],
    ['view', { kind: 'bytes', output: 'pixels' }, { kind: 'bytes', output: 'nothing' }],
    [
      'view',
      { kind: 'picture', output: 'pixels', square: [8, 8], format: 'rgba8' },
      { kind: 'picture', output: 'pixels', square: [8, 9], format: 'rgba8' },
    ],
  ])('holds %s to its limit on both sides', (path, inside, outside) => {
    expect(refusal(withField(path, inside))).toBeNull();
    expect(refusal(withField(path, outside))?.code).toBe('bad-spec');
  });

  it('bounds shards and their output', () => {
    const spec = withField('stages.0.grid', [65_535, 62, 1]);
    expect(refusal(spec)?.message).toMatch(/The stage has 1015793 shards, the limit is 1000000/);
    const large = {
      pixels: { layout: { kind: 'byWorkgroup', bytesPerWorkgroup: 4_194_308 }, element: 'u8', comparison: { kind: 'exact' } },
    };
    const heavy = { ...withField('stages.0.outputs', large), view: { kind: 'bytes', output: 'pixels' } };
    expect(refusal(heavy)?.message).toMatch(/has 16777232 bytes a shard, the limit is 16777216/);
  });

  it('refuses fields it does not know, wherever they stand', () => {
    expect(refusal({ ...makeJobSpecJson(), priority: 1 })?.code).toBe('bad-spec');
    expect(refusal(JSON.parse('{"__proto__": {"title": "x"}}'))?.code).toBe('bad-spec');
    expect(refusal(withField('stages.0.inputs', JSON.parse('{"__proto__": {"digest": "x"}}')))).toBeNull();
    expect(({} as Record<string, unknown>).digest).toBeUndefined();
  });

  it.each([null, 1, 'x', [], {}])('refuses %j by code', (value) => {
    expect(refusal(value)?.code).toBe('bad-spec');
  });
});

describe('what is in the format and not built', () => {
  const second = { ...(makeJobSpecJson().stages as Record<string, unknown>[])[0], name: 'second' };
  const cases: Record<string, unknown> = {
    stages: withField('stages', [(makeJobSpecJson().stages as unknown[])[0], second]),
    rounds: withField('rounds', 2),
    'input of an earlier stage': withField('stages.0.inputs', { data: { stage: 'first', output: 'x', round: 0 } }),
    'comparison class': withField('stages.0.outputs.pixels.comparison', { kind: 'class' }),
    'comparison aggregate': withField('stages.0.outputs.pixels.comparison', { kind: 'aggregate', reduce: 'median' }),
    'provider price': withField('providers', { price: '5' }),
    'provider speed': withField('providers', { speed: 5 }),
    'provider reliability': withField('providers', { reliability: 0.9 }),
    visibility: withField('visibility', 'private'),
    tier: withField('tier', 'audited-single'),
  };

  it.each(Object.keys(cases))('%s parses and is refused as not-yet', (name) => {
    expect(refusal(cases[name])?.code).toBe('not-yet');
  });

  it('says so in the words of the golden', async () => {
    const sentences = Object.entries(cases).map(([name, spec]) => `${name}: ${refusal(spec)?.message}`);
    await expect(`${sentences.join('\n')}\n`).toMatchFileSnapshot('../../golden/protocol/not-yet.txt');
  });
});

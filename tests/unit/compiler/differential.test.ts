// Generated valid shaders with fixed seeds: every way to build and run them gives the same bytes, and SwiftShader agrees where a Chromium brings it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareOutputs } from '../../conformance/fuzz/compare-outputs.ts';
import { type Dawn, findSwiftShader, openSwiftShader, openTint } from '../../conformance/fuzz/dawn.ts';
import { describeFailure } from '../../conformance/fuzz/explain-failure.ts';
import { type Judges, judge } from '../../conformance/fuzz/judge.ts';
import { makeProgram } from '../../conformance/fuzz/make-program.ts';
import { findDifference, runOurs, variants } from '../../conformance/fuzz/run-ours.ts';
import { shrinkProgram } from '../../conformance/fuzz/shrink.ts';
import { printProgram } from '../../conformance/fuzz/tree.ts';

const OURS = 160;
const ELSEWHERE = 32;
/** So many parts, each quick enough for a busy machine. */
const PARTS = 16;
const parts = Array.from({ length: PARTS }, (_, part) => part);
const none: Judges = { tint: null, swiftShader: null };

/** Each seed meets the plain build and three others, so that all are met by many. */
function pickVariants(seed: number): readonly string[] {
  return [0, 1, 2].map((i) => variants[1 + ((seed * 3 + i) % (variants.length - 1))]?.name ?? '');
}

async function failuresOf(seeds: readonly number[], judges: Judges, only: (seed: number) => readonly string[]): Promise<readonly string[]> {
  const failures: string[] = [];
  for (const seed of seeds) {
    const program = makeProgram(seed);
    const verdict = await judge(program, judges, only(seed));
    if (verdict !== null) failures.push(describeFailure(seed, verdict, program));
  }
  return failures;
}

const range = (first: number, count: number): readonly number[] => Array.from({ length: count }, (_, i) => first + i);

describe('generated shaders', () => {
  it.each(parts)('give the same bytes however they are built, part %i', async (part) => {
    const seeds = range(10_000 + part * (OURS / PARTS), OURS / PARTS);
    expect(await failuresOf(seeds, none, pickVariants)).toEqual([]);
  });
});

describe('generated shaders elsewhere', () => {
  let tint: Dawn;
  let swiftShader: Dawn | null = null;
  const found = findSwiftShader();
  beforeAll(() => {
    tint = openTint();
    if ('path' in found) swiftShader = openSwiftShader(found.path);
    else console.log(`SwiftShader is left out: ${found.reason}.`);
  });
  afterAll(() => {
    tint.close();
    swiftShader?.close();
  });
  it.each(parts.slice(0, 8))('are valid to Tint, and SwiftShader computes the same, part %i', async (part) => {
    const seeds = range(20_000 + part * (ELSEWHERE / 8), ELSEWHERE / 8);
    const failures = await failuresOf(seeds, { tint, swiftShader }, () => ['plain']);
    // SwiftShader itself breaks on about one valid shader in a hundred.
    const lost = failures.filter((failure) => failure.includes(': lost (SwiftShader)'));
    expect(failures.filter((failure) => !lost.includes(failure))).toEqual([]);
    expect(lost.length).toBeLessThan(3);
  });
  it('is told when Tint refuses', async () => {
    const answer = await tint.ask({
      code: '@compute @workgroup_size(1) fn main() { let a: u32 = 1i; }',
      groups: null,
      overrides: {},
      buffers: [],
    });
    expect(answer).toMatchObject({ kind: 'invalid' });
  });
});

describe('the generator', () => {
  it('makes the same shader of the same seed, and another of another', () => {
    expect(printProgram(makeProgram(7))).toBe(printProgram(makeProgram(7)));
    expect(printProgram(makeProgram(7))).not.toBe(printProgram(makeProgram(8)));
  });
  it('covers the language', () => {
    const all = range(1, 150)
      .map((seed) => printProgram(makeProgram(seed)))
      .join('\n');
    const words = [
      ...[
        'if (',
        'else',
        'for (',
        'while (',
        'loop {',
        'continuing {',
        'break if',
        'switch (',
        'default',
        'break;',
        'continue;',
        'return;',
      ],
      ...[
        'workgroupBarrier',
        'workgroupUniformLoad',
        'storageBarrier',
        'atomicCompareExchangeWeak',
        'atomicMin',
        'ptr<function',
        'ptr<private',
      ],
      ...[
        'ptr<storage',
        'override',
        'const_assert',
        'struct',
        'mat2x3',
        'bitcast',
        'extractBits',
        'insertBits',
        'reverseBits',
        'transpose',
      ],
      ...[
        'pack4xI8',
        'unpack4xU8',
        'dot4I8Packed',
        'frexp',
        'modf',
        'ldexp',
        'arrayLength',
        'select',
        '<<=',
        '%=',
        '@align',
        '@size',
        'num_workgroups',
      ],
    ];
    expect(words.filter((word) => !all.includes(word))).toEqual([]);
  });
});

describe('what finds a bug', () => {
  it('sees a byte that differs between builds, and a number that differs elsewhere', () => {
    const one = { out: Uint8Array.of(1, 0, 0, 0), approx: new Uint8Array(Float32Array.of(1).buffer) };
    const other = { ...one, out: Uint8Array.of(1, 0, 0, 2) };
    expect(findDifference(one, one)).toBeNull();
    expect(findDifference(one, other)).toBe('out[0] is 0x2000001 instead of 0x1');
    expect(compareOutputs(one, other)).toMatch(/^out\[0\]/);
    expect(compareOutputs(one, { ...one, approx: new Uint8Array(Float32Array.of(1.0001).buffer) })).toBeNull();
    expect(compareOutputs(one, { ...one, approx: new Uint8Array(Float32Array.of(1.01).buffer) })).toMatch(/^approx\[0\]/);
  });
  it('tells a shader that we refuse, with the build that refused it', () => {
    const { failure } = runOurs(makeProgram(1), 'fn nothing() {}');
    expect(failure).toMatchObject({ kind: 'refused', variant: 'plain' });
  });
  it('shrinks to the statement that matters', async () => {
    const program = makeProgram(range(1, 100).find((seed) => printProgram(makeProgram(seed)).includes('dot4U8Packed')) ?? 0);
    const small = await shrinkProgram(program, async (candidate) => printProgram(candidate).includes('dot4U8Packed'));
    expect(printProgram(program)).toContain('dot4U8Packed');
    expect(printProgram(small).split('\n').length).toBeLessThan(4);
  });
});

// The lint's reading of a program: what may differ between devices reaches which output, by which line.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lintProgram } from '../../../src/compiler/lint/lint-program.ts';

const HEAD = `@group(0) @binding(0) var<storage, read_write> ints: array<u32>;
@group(0) @binding(1) var<storage, read_write> floats: array<f32>;
@group(0) @binding(2) var<storage, read> data: array<f32>;
@group(0) @binding(3) var<storage, read_write> count: atomic<u32>;
`;
/** The body begins at line 7. */
const kernel = (body: string, before = ''): string =>
  `${HEAD}${before}\n@compute @workgroup_size(4) fn main(@builtin(local_invocation_index) i: u32) {\n${body}\nif (i > 99u) { ints[0] = 1u; floats[0] = 1.0; _ = data[0]; atomicAdd(&count, 1u); }\n}`;
const lint = (body: string, before?: string) => {
  const outputs = lintProgram(kernel(body, before)).outputs;
  return Object.fromEntries(outputs.map((output) => [output.name, output]));
};
const saysOf = (reasons: readonly { readonly sentence: string; readonly lines: readonly number[] }[] = []) =>
  reasons.map(({ sentence, lines }) => `${lines.join()}: ${sentence.split(' ').slice(0, 2).join(' ')}`);

describe('lintProgram', () => {
  it.each([
    ['integers', 'ints[i] = (i * 7u) % 5u + countOneBits(i);'],
    ['copies of floats', 'floats[i] = data[i];'],
    ['what floats do alike everywhere', 'floats[i] = max(abs(-data[i]), floor(data[i]));'],
    ['a decision by given floats', 'ints[i] = select(1u, 2u, data[i] < 3.0); if (data[i] > 1.0) { floats[i] = 2.0; }'],
    ['folded constants', 'floats[i] = 2.0 * sqrt(3.0);'],
    ['a counter that is only added to', 'atomicAdd(&count, i);'],
  ])('finds nothing in %s', (_what, body) => {
    for (const output of Object.values(lint(body))) expect([output.near, output.jumps, output.order]).toEqual([[], false, []]);
  });

  it.each([
    ['arithmetic', 'floats[i] = data[i] * 2.0 + 1.0;', ['7: Adds or']],
    ['a division', 'floats[i] = 1.0 / data[i];', ['7: Divides floats,']],
    ['a root', 'floats[i] = sqrt(data[i]);', ['7: Takes a']],
    ['a function by its name', 'floats[i] = sin(data[i]);', ['7: Uses sin():']],
    ['through a variable', 'var a = data[i];\na = a + 1.0;\nfloats[i] = a;', ['8: Adds or']],
    ['through a function', 'floats[i] = twice(data[i]);', ['5: Adds or'], 'fn twice(x: f32) -> f32 { return x * 2.0; }'],
    [
      'through workgroup memory',
      'tile[i] = data[i] / 3.0;\nworkgroupBarrier();\nfloats[i] = tile[3u - i];',
      ['7: Divides floats,'],
      'var<workgroup> tile: array<f32, 4>;',
    ],
  ] as const)('follows %s to the output that it reaches', (_what, body, says, before?: string) => {
    const { floats, ints } = lint(body, before);
    expect(saysOf(floats?.near)).toEqual(says);
    expect(floats?.jumps).toBe(false);
    expect(ints?.near).toEqual([]);
  });

  it('knows a step from a jump', () => {
    const step = lint('ints[i] = u32(data[i] * 255.0);').ints;
    expect(saysOf(step?.near)).toEqual(['7: Rounds a', '7: Adds or']);
    expect(step?.jumps).toBe(false);
    for (const body of [
      'if (data[i] * 2.0 < 1.0) { ints[i] = 5u; }',
      'ints[i] = select(1u, 2u, data[i] * 2.0 < 1.0);',
      'for (var k = 0u; k < 9u; k++) { if (data[k] * 2.0 > 1.0) { break; } ints[i] += 1u; }',
      'ints[i] = u32(data[i] * 9.0) % 4u;',
      'ints[u32(data[i] * 3.0)] = 1u;',
      'var x = data[i]; while (x < 9.0) { x *= 1.5; ints[i] += 1u; }',
      'switch u32(data[i] * 3.0) { case 1u: { ints[i] = 9u; } default: {} }',
    ])
      expect([body, lint(body).ints?.jumps]).toEqual([body, true]);
  });

  it('names atomics whose answer is used, and the last writer', () => {
    expect(saysOf(lint('ints[atomicAdd(&count, 1u)] = i;').ints?.order)).toEqual(['7: Uses what']);
    expect(saysOf(lint('atomicExchange(&count, i);').count?.order)).toEqual(['7: Leaves what']);
    expect(lint('atomicMax(&count, i);').count?.order).toEqual([]);
    expect(lint('ints[i] = atomicAdd(&count, 1u);').ints?.order[0]?.sentence).toContain('atomicAdd()');
  });

  it('points at reads of shared memory that others write', () => {
    const tile = 'var<workgroup> tile: array<u32, 4>;';
    expect(lintProgram(kernel('tile[i] = i;\nints[i] = tile[3u - i];', tile)).sharedReads).toEqual([8]);
    expect(lintProgram(kernel('tile[i] = i;\nints[i] = tile[i];', tile)).sharedReads).toEqual([]);
  });

  it('judges the templates as they declare themselves', () => {
    const of = (path: string) => lintProgram(readFileSync(`shaders/${path}`, 'utf8')).outputs[0];
    expect(of('collatz/collatz.wgsl')).toMatchObject({ near: [], order: [] });
    expect(of('fractal/fractal.wgsl')).toMatchObject({ jumps: true, order: [] });
    expect(of('bunny/bunny.wgsl')).toMatchObject({ jumps: true, order: [] });
  });

  it('takes no longer for loops in loops that are left by a float', () => {
    const nest = (depth: number): string =>
      depth === 0
        ? 'ints[i] += 1u;'
        : `loop { if (data[i] * 2.0 > ${depth}.0) { break; } ${nest(depth - 1)} if (data[i] < 0.5) { break; } }`;
    expect(lint(nest(24)).ints).toMatchObject({ jumps: true, near: expect.arrayContaining([expect.objectContaining({ lines: [7] })]) });
  });

  it('stays small however many facts there are', () => {
    const names = [
      'sin',
      'cos',
      'tan',
      'exp',
      'exp2',
      'log',
      'log2',
      'sinh',
      'cosh',
      'tanh',
      'asin',
      'acos',
      'atan',
      'asinh',
      'acosh',
      'atanh',
    ];
    const lines = names.flatMap((name) => Array.from({ length: 5 }, () => `floats[i] += ${name}(data[i]) / sqrt(data[i]);`));
    const { floats } = lint(`${lines.join('\n')}\nif (floats[i] > 1.0) { ints[u32(floats[i])] = 1u; }`);
    expect(floats?.near.length).toBeGreaterThan(5);
    expect(floats?.near.flatMap((reason) => reason.lines).length).toBeLessThanOrEqual(30);
    expect(lint(`${lines.join('\n')}\nif (floats[i] > 1.0) { ints[u32(floats[i])] = 1u; }`).ints?.jumps).toBe(true);
  });
});

// Fuel ends every program that would not end by itself, wherever its loop stands and however the module was built.
import { describe, expect, it } from 'vitest';
import { type CompileOptions, compile } from '../../../src/compiler/compile.ts';
import { runSample } from '../../../src/engine/cpu/run-sample.ts';

const kernel = (body: string, before = '', size = '4'): string =>
  `@group(0) @binding(0) var<storage, read_write> out: array<u32>;
var<workgroup> tile: array<u32, 4>;
${before}
@compute @workgroup_size(${size}) fn main(@builtin(local_invocation_index) i: u32) {
${body}
}`;
/** Larger than what is put in place, so that it is a function of its own. */
const long = 'n = n * 1664525u + 1013904223u; n ^= n >> 7u; n += n << 3u; '.repeat(12);

const endless: Readonly<Record<string, string>> = {
  'an empty loop': kernel('loop { if (out[0] == 7u) { break; } }'),
  'while (true)': kernel('while (true) { out[i] += 1u; if (out[i] == 0u) { break; } out[i] |= 1u; }'),
  'for without parts': kernel('for (;;) { out[i] |= 1u; if (out[i] == 0u) { break; } }'),
  'a counter that is not moved': kernel('for (var k = 0u; k < 10u;) { out[i] += k; }'),
  'a counter that is moved back': kernel('for (var k = 0u; k < 10u; k++) { out[i] += k; k--; }'),
  'a bound that is never met': kernel('for (var k = 1u; k != 0u; k += 2u) { out[i] ^= k; }'),
  'continue for ever': kernel('var k = 0u; loop { if (k < 5u) { continue; } break; } out[i] = k;'),
  'break if that never holds': kernel('var k = 0u; loop { out[i] += 1u; continuing { k |= 1u; break if k == 0u; } }'),
  'an inner loop': kernel('for (var k = 0u; k < 3u; k++) { loop { out[i] |= 1u; if (out[i] == 0u) { break; } } }'),
  'a switch in a loop': kernel(
    'var k = 0u; loop { switch k & 1u { case 1u: { k += 2u; continue; } default: { k += 1u; } } if (k == 0u) { break; } } out[i] = k;',
  ),
  'a helper that is put in place': kernel(
    'out[i] = spin(i);',
    'fn spin(a: u32) -> u32 { var n = a; loop { n |= 1u; if (n == 0u) { return n; } } }',
  ),
  'a helper that is called': kernel(
    'out[i] = spin(i) + spin(i + 1u);',
    `fn spin(a: u32) -> u32 { var n = a; ${long} loop { n |= 1u; if (n == 0u) { return n; } } }`,
  ),
  'a helper in a condition': kernel(
    'while (more(i) > 0u) { out[i] += 1u; }',
    `fn more(a: u32) -> u32 { var n = a; ${long} return n | 1u; }`,
  ),
  'very many turns of nested bounded loops': kernel(
    'for (var a = 0u; a < 65535u; a++) { for (var b = 0u; b < 65535u; b++) { for (var c = 0u; c < 65535u; c++) { out[i] ^= a + b + c; } } }',
  ),
  'a loop with a barrier': kernel(
    'loop { tile[i] += 1u; workgroupBarrier(); if (workgroupUniformLoad(&tile[0]) == 0u) { break; } } out[i] = 1u;',
  ),
  'a bounded loop with a barrier that is turned back': kernel(
    'for (var k = 0u; k < 4u; k++) { tile[i] = k; workgroupBarrier(); k--; } out[i] = tile[0];',
  ),
  'a loop between barriers': kernel(
    'tile[i] = i; workgroupBarrier(); var n = tile[0]; loop { n |= 1u; if (n == 0u) { break; } } workgroupBarrier(); out[i] = n;',
  ),
  'one invocation of many': kernel('if (i == 3u) { loop { out[i] |= 1u; if (out[i] == 0u) { break; } } }'),
};

const builds: Readonly<Record<string, CompileOptions>> = {
  plain: {},
  optimized: { optimize: true },
  'not optimized': { optimize: false },
  metered: { metered: true },
  reversed: { reversed: true },
  'in four lanes': { optimize: true, lanes: 'always' },
};

const run = (wgsl: string, options: CompileOptions, fuel: bigint, groups: readonly [number, number, number] = [1, 1, 1]) =>
  runSample({
    program: { module: compile(wgsl, { ...options, fuel: true }).module },
    buffers: new Map([['out', { zeroBytes: 64 }]]),
    shard: { base: 0, count: 1, grid: groups },
    boxes: [{ first: [0, 0, 0], size: groups }],
    fuel,
  });

describe.each(Object.entries(builds))('a module that is %s', (_build, options) => {
  it.each(Object.entries(endless))('is stopped in %s', (_name, wgsl) => {
    expect(run(wgsl, options, 50_000n).kind).toBe('out-of-fuel');
  });

  it('does what it would have done when the fuel is enough, to the last unit', () => {
    const wgsl = kernel('for (var k = 0u; k < 20u + i; k++) { out[i] += k * k; }');
    const plenty = run(wgsl, options, 1_000_000n);
    if (plenty.kind !== 'done') throw new Error('out of fuel');
    expect([...new Uint32Array(plenty.outputs.get('out')!.buffer)].slice(0, 4)).toEqual([2470, 2870, 3311, 3795]);
    expect(run(wgsl, options, plenty.fuelUsed).kind).toBe('done');
    expect(run(wgsl, options, plenty.fuelUsed - 1n).kind).toBe('out-of-fuel');
  });

  it('takes fuel for each workgroup, so that no grid is too large to be stopped', () => {
    expect(run(kernel('out[i] = i;'), options, 1_000n, [65_535, 65_535, 1]).kind).toBe('out-of-fuel');
  });
});

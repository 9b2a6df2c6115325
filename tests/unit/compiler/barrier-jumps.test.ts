// Jumps out of code with barriers: uniform ones between barriers, and behind the last barrier those of some invocations only.
import { describe, expect, it } from 'vitest';
import { type CompileOptions, compile } from '../../../src/compiler/compile.ts';
import { readModuleInfo } from '../../../src/compiler/module-info.ts';
import { createModuleInstance } from '../../../src/engine/cpu/module-instance.ts';

const early = `fn early(l: u32, k: u32) -> u32 {
  w[l] = l * k; workgroupBarrier();
  if (k == 1u) { workgroupBarrier(); return w[7u - l]; }
  let r = w[(l + 1u) % 8u]; workgroupBarrier();
  if (l > 5u) { return 9u; }
  return r + 1u;
}`;

function run(body: string, options: CompileOptions): number[] {
  const wgsl = `@group(0) @binding(0) var<storage, read_write> out: array<u32>; var<workgroup> w: array<u32, 8>; ${body.includes('early') ? early : ''}
    @compute @workgroup_size(8) fn main(@builtin(local_invocation_index) l: u32, @builtin(workgroup_id) g: vec3u) {
      let me = g.x * 8u + l; var s = 0u; ${body} }`;
  const { module } = compile(wgsl, options);
  const instance = createModuleInstance(new WebAssembly.Module(module as BufferSource), readModuleInfo(module));
  instance.fill(new Map([['out', { bytes: new Uint8Array(96) }]]));
  instance.setGrid([3, 1, 1]);
  instance.run([0, 0, 0], [3, 1, 1]);
  return [...new Uint32Array(instance.read('out').buffer)];
}

const each = (value: (lane: number, group: number) => number): number[] =>
  Array.from({ length: 24 }, (_, i) => value(i % 8, Math.floor(i / 8)));

const cases: Readonly<Record<string, readonly [string, (lane: number, group: number) => number]>> = {
  'break between barriers': [
    'for (var i = 0u; i < 5u; i++) { w[l] = i + l; workgroupBarrier(); if (g.x == 1u && i == 2u) { break; } s += w[(l + 1u) % 8u]; workgroupBarrier(); } out[me] = s;',
    (l, g) => (g === 1 ? 1 : 10) + ((l + 1) % 8) * (g === 1 ? 2 : 5),
  ],
  'return between barriers': [
    'w[l] = l; workgroupBarrier(); if (g.x == 1u) { out[me] = 5u; return; } s = w[(l + 1u) % 8u]; workgroupBarrier(); out[me] = s;',
    (l, g) => (g === 1 ? 5 : (l + 1) % 8),
  ],
  'return of some behind the last barrier of a branch': [
    'if (g.x < 2u) { w[l] = l; workgroupBarrier(); if (l > 3u) { return; } out[me] = w[l + 1u]; } out[me] += 7u;',
    (l, g) => (g === 2 ? 7 : l > 3 ? 0 : l + 8),
  ],
  'return of some in the branch without a barrier': [
    'if (g.x == 0u) { w[l] = l; workgroupBarrier(); s = w[7u - l]; } else { if (l < 2u) { out[me] = 99u; return; } s = 4u; } out[me] = s;',
    (l, g) => (g === 0 ? 7 - l : l < 2 ? 99 : 4),
  ],
  'a flag that is lowered in each turn': [
    'for (var i = 0u; i < 3u; i++) { switch (i) { case 1u { if (g.x < 3u) { w[l] = l; workgroupBarrier(); if (l > i + 3u) { break; } s += w[l]; } s += 10u; } default { s += 100u; } } workgroupBarrier(); } out[me] = s;',
    (l) => 200 + (l > 4 ? 0 : l + 10),
  ],
  'functions that return early': [
    'out[me] = early(l, g.x) + early(l, 1u);',
    (l, g) => 7 - l + (g === 1 ? 7 - l : l > 5 ? 9 : ((l + 1) % 8) * g + 1),
  ],
};

describe('jumps out of code with barriers', () => {
  it.each(Object.entries(cases))('%s', (_, [body, expected]) => {
    for (const lanes of [1, 'always'] as const)
      for (const optimize of [false, true])
        expect(run(body, { lanes, optimize }), `lanes ${lanes}, optimize ${optimize}`).toEqual(each(expected));
  });
});

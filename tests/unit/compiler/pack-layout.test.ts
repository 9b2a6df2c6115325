// Layouts survive being packed into a module's description: every kind of type, nested, with the sizes and offsets that reflection found.
import { describe, expect, it } from 'vitest';
import { compile } from '../../../src/compiler/compile.ts';
import { ByteWriter } from '../../../src/compiler/emit/byte-writer.ts';
import { readModuleInfo, sectionName } from '../../../src/compiler/module-info.ts';
import { packLayout, unpackLayout } from '../../../src/compiler/pack-layout.ts';

const shader = `
struct Inner { a: f32, @size(32) b: vec3u, c: mat2x3f }
struct Outer { @align(64) list: array<Inner, 3>, m: mat4x2f, v: vec2i, n: mat3x3f, count: atomic<i32>, rest: array<vec3f> }
@group(0) @binding(0) var<storage, read_write> o: Outer;
@group(1) @binding(3) var<uniform> u: array<vec4f, 2>;
@group(1) @binding(4) var<storage, read> w: array<u32>;
@compute @workgroup_size(1) fn m() { o.rest[0] = u[0].xyz; o.v.x = i32(w[0]); }`;

describe('packed layouts', () => {
  const { reflection, module, abi } = compile(shader);

  it('are those of WGSL', () => {
    expect(reflection.bindings.map(({ type }) => packLayout(type))).toEqual([
      [
        'Outer',
        384,
        64,
        [
          [
            'list',
            0,
            [
              [
                'Inner',
                80,
                16,
                [
                  ['a', 0, 'f32'],
                  ['b', 16, 'u32x3'],
                  ['c', 48, 'f32x2x3'],
                ],
              ],
              3,
            ],
          ],
          ['m', 240, 'f32x4x2'],
          ['v', 272, 'i32x2'],
          ['n', 288, 'f32x3x3'],
          ['count', 336, '!i32'],
          ['rest', 352, ['f32x3', null]],
        ],
      ],
      ['f32x4', 2],
      ['u32', null],
    ]);
  });

  it('come back as they were', () => {
    for (const { type } of reflection.bindings) expect(unpackLayout(packLayout(type))).toEqual(type);
    expect(readModuleInfo(module)).toEqual({ reflection, abi });
  });

  it('were not packed in older modules, which are read all the same', () => {
    const json = new TextEncoder().encode(JSON.stringify({ reflection, abi }));
    const older = new ByteWriter().byte(0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    older.section(0, (out) => out.name(sectionName).append(json));
    expect(readModuleInfo(Uint8Array.from(older.bytes))).toEqual({ reflection, abi });
  });

  it('know that a half is half as large', () => {
    expect(unpackLayout('f16x3')).toEqual({ kind: 'vector', n: 3, scalar: 'f16', size: 6, align: 8 });
    expect(unpackLayout('f16x3x2')).toEqual({ kind: 'matrix', cols: 3, rows: 2, scalar: 'f16', size: 12, align: 4, stride: 4 });
    expect(unpackLayout('f16')).toEqual({ kind: 'scalar', scalar: 'f16', size: 2, align: 2 });
  });
});

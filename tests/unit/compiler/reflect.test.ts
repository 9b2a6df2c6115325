// Reflection, uniform packing and the description inside a module.
import { describe, expect, it } from 'vitest';
import { compile } from '../../../src/compiler/compile.ts';
import { CompileError } from '../../../src/compiler/diagnostics.ts';
import { readModuleInfo } from '../../../src/compiler/module-info.ts';
import { packUniform } from '../../../src/compiler/pack-uniform.ts';
import { reflect } from '../../../src/compiler/reflect.ts';

const shader = `
struct Shard { first: vec3u, base: u32, count: u32, grid: vec3u }
struct P { a: f32, b: vec3f, c: mat3x2f, @size(32) d: u32, e: array<vec4i, 2>, f: vec2u }
alias Table = array<P, 3>;
@group(1) @binding(0) var<uniform> shard: Shard;
@group(0) @binding(2) var<uniform> p: P;
@group(0) @binding(1) var<storage, read_write> out: array<vec3f>;
@group(0) @binding(0) var<storage> unused: Table;
@group(0) @binding(5) var<storage, read> tail: T;
struct T { n: u32, list: array<vec2f> }
fn helper() -> f32 { let unused = 1.0; return p.a + unused + tail.list[0].x; }
@compute @workgroup_size(4, 2) fn main(@builtin(workgroup_id) w: vec3u) { out[w.x + shard.base] = vec3f(helper()); }`;

describe('reflect', () => {
  const reflection = reflect(shader);
  it('lists the bindings that are reached, in order, with layouts', () => {
    expect(reflection.bindings.map((each) => [each.name, each.group, each.binding, each.space, each.access, each.minBytes])).toEqual([
      ['out', 0, 1, 'storage', 'read_write', 16],
      ['p', 0, 2, 'uniform', 'read', 144],
      ['tail', 0, 5, 'storage', 'read', 16],
      ['shard', 1, 0, 'uniform', 'read', 48],
    ]);
    const p = reflection.bindings[1]?.type;
    expect(p?.kind === 'struct' && p.members.map((member) => [member.name, member.offset])).toEqual([
      ['a', 0],
      ['b', 16],
      ['c', 32],
      ['d', 56],
      ['e', 96],
      ['f', 128],
    ]);
  });
  it('says what is used', () => {
    expect(reflection).toMatchObject({
      entryPoint: 'main',
      workgroupSize: [4, 2, 1],
      usesFloat: true,
      usesBarrier: false,
      usesAtomics: false,
      usesNumWorkgroups: false,
    });
    const integer = reflect(
      '@group(0) @binding(0) var<storage, read_write> o: array<atomic<u32>>; @compute @workgroup_size(1) fn m() { workgroupBarrier(); atomicAdd(&o[0], 1u); }',
    );
    expect(integer).toMatchObject({ usesFloat: false, usesBarrier: true, usesAtomics: true });
    const unpacked = reflect(
      '@group(0) @binding(0) var<storage, read_write> o: array<u32>; @compute @workgroup_size(1) fn m() { o[0] = pack2x16unorm(unpack2x16snorm(o[0])); }',
    );
    expect(unpacked.usesFloat).toBe(true);
  });
  it('comes back out of the module', () => {
    const { module, abi } = compile(shader);
    expect(readModuleInfo(module)).toEqual({ reflection, abi });
    expect(() => readModuleInfo(module.subarray(0, 40))).toThrow(CompileError);
    expect(() => readModuleInfo(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0))).toThrow(CompileError);
  });
});

describe('packUniform', () => {
  const type = reflect(shader).bindings[1]?.type;
  if (type === undefined) throw new Error('no type');
  const values = { a: 1.5, b: [1, 2, 3], c: [1, 2, 3, 4, 5, 6], d: 7, e: [1, 2, 3, 4, 5, 6, 7, -8], f: [9, 10] };
  it('puts every member where WGSL reads it', () => {
    const view = new DataView(packUniform(type, values).buffer);
    expect(view.byteLength).toBe(144);
    expect([
      view.getFloat32(0, true),
      view.getFloat32(24, true),
      view.getFloat32(40, true),
      view.getUint32(56, true),
      view.getInt32(124, true),
      view.getUint32(132, true),
    ]).toEqual([1.5, 3, 3, 7, -8, 10]);
  });
  it.each([
    ['unknown', { ...values, z: 1 }, 'no parameter "z"'],
    ['missing', { a: 1 }, '"b" has no value'],
    ['too short', { ...values, b: [1, 2] }, 'takes 3 numbers, not 2'],
    ['too large', { ...values, d: 4294967296 }, 'must be a u32'],
    ['a fraction', { ...values, d: 1.5 }, 'must be a u32'],
    ['below', { ...values, d: -1 }, 'must be a u32'],
    ['not finite', { ...values, a: Number.NaN }, 'must fit a 32-bit float'],
    ['beyond f32', { ...values, a: 1e39 }, 'must fit a 32-bit float'],
  ])('refuses %s', (_, bad, words) => {
    expect(() => packUniform(type, bad)).toThrow(words);
  });
  it('takes the ends of the ranges', () => {
    packUniform(type, { ...values, d: 4294967295, e: [-2147483648, 2147483647, 0, 0, 0, 0, 0, 0] });
  });
});

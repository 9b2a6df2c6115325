// Halves: their layout, their rounding, what they go together with, and that every way of compiling gives the same bytes.
import { describe, expect, it } from 'vitest';
import { type CompileOptions, compile } from '../../../src/compiler/compile.ts';
import { CompileError } from '../../../src/compiler/diagnostics.ts';
import { halfBits, roundToHalf } from '../../../src/compiler/ir/half.ts';
import { packUniform } from '../../../src/compiler/pack-uniform.ts';
import { runWgsl } from './run-wgsl.ts';

const members = 'a: f16, v: vec3h, b: f16, m: mat3x2<f16>, w: vec2<f16>, list: array<f16, 3>, last: f32';

const everywhere = `enable f16;
struct S { ${members} }
@group(0) @binding(0) var<storage, read> given: S;
@group(0) @binding(1) var<storage, read_write> out: S;
var<private> own: array<f16, 5>;
var<workgroup> shared_by_all: array<vec3h, 4>;
override factor: f16 = 2.5h;
const table = array<f16, 12>(0.5h, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11.5);
fn grow(x: ptr<function, f16>, by: f16) -> f16 { *x += by; return *x * 2; }
@compute @workgroup_size(4) fn main(@builtin(local_invocation_index) i: u32) {
  var s = given;
  own[i] = f16(i) + 0.1h;
  shared_by_all[i] = vec3h(own[i], s.a, table[i * 3u]);
  workgroupBarrier();
  var local: array<f16, 7>;
  local[i + 1u] = shared_by_all[(i + 1u) % 4u].x;
  var sum = 1.0h;
  let grown = grow(&sum, local[i + 1u]);
  if (i == 2u) {
    s.a = grown; s.v = s.v * factor; s.b += 1; s.m = s.m * 2.0h; s.w = s.m * s.v; s.list[i] = shared_by_all[3].z; s.last = f32(s.w.x);
    out = s;
    out.v[i] = 9;
  }
}`;

const values = { a: 3, v: [1, 2, 3], b: 7, m: [1, 2, 3, 4, 5, 6], w: [8, 9], list: [1, 2, 3], last: 1.25 };

describe('f16', () => {
  it('lies in two bytes', () => {
    const type = compile(everywhere).reflection.bindings[0]?.type;
    if (type?.kind !== 'struct') throw new Error('no struct');
    expect(type.members.map(({ name, offset, type: each }) => [name, offset, each.size, each.align])).toEqual([
      ['a', 0, 2, 2],
      ['v', 8, 6, 8],
      ['b', 14, 2, 2],
      ['m', 16, 12, 4],
      ['w', 28, 4, 4],
      ['list', 32, 6, 2],
      ['last', 40, 4, 4],
    ]);
    expect([type.size, type.align]).toEqual([48, 8]);
  });

  it('goes through every kind of memory, and through calls', () => {
    const type = compile(everywhere).reflection.bindings[0]?.type;
    if (type === undefined) throw new Error('no type');
    const got = runWgsl(everywhere, { given: packUniform(type, values), out: new Uint8Array(48) }).u32('out');
    // 3.1 and 4.1 as halves are 3.099609375 and 4.1015625.
    const want = { a: 8.203125, v: [2.5, 5, 9], b: 8, m: [2, 4, 6, 8, 10, 12], w: [110, 140], list: [1, 2, 9], last: 110 };
    expect(new Uint8Array(got.buffer)).toEqual(packUniform(type, want));
  });

  it.each<CompileOptions>([{}, { fuel: true }, { optimize: false }, { lanes: 1 }, { lanes: 4 }, { metered: true }])(
    'compiles to a valid module with %j',
    (options) => {
      expect(WebAssembly.validate(compile(everywhere, options).module as BufferSource)).toBe(true);
    },
  );

  it('rounds each operation to the nearest half, ties to even, and keeps subnormals', () => {
    const body = (expression: string): number => {
      const wgsl = `enable f16; @group(0) @binding(0) var<storage, read> x: array<f16>;
        @group(0) @binding(1) var<storage, read_write> out: array<f16>;
        @compute @workgroup_size(1) fn main() { out[0] = ${expression}; }`;
      const x = Uint16Array.from([2048, 1, 3, 65504, 2 ** -24, 2 ** -14].map(halfBits));
      return (runWgsl(wgsl, { x: new Uint8Array(x.buffer), out: new Uint32Array(1) }).u32('out')[0] ?? 0) & 0xffff;
    };
    expect(body('x[0] + x[1]')).toBe(halfBits(2048));
    expect(body('x[0] + x[2]')).toBe(halfBits(2052));
    expect(body('x[0] + x[1] + x[1]')).toBe(halfBits(2048));
    expect(body('x[3] + 15h')).toBe(halfBits(65504));
    expect(body('x[3] + 16h')).toBe(halfBits(Number.POSITIVE_INFINITY));
    expect(body('x[4] * 3')).toBe(3);
    expect(body('x[5] - x[4]')).toBe(0x3ff);
    expect(body('x[4] * 0.5h')).toBe(0);
    expect(body('(x[3] + x[3]) - (x[3] + x[3])')).toBe(0x7e00);
    expect(body('-x[4]')).toBe(0x8001);
    expect(body('f16(0.1) + x[0] * 0')).toBe(halfBits(roundToHalf(0.1)));
    expect(body('f16(f32(x[2]) / 7.0)')).toBe(halfBits(roundToHalf(3 / 7)));
  });

  it.each([
    ['let a = 1.0h + 1.0f;', 'do not go together'],
    ['let a = max(1.0h, 1.0f);', 'do not go together'],
    ['let a = 70000h;', 'too large'],
    ['let a: f16 = 70000;', 'does not fit f16'],
    ['let a: f32 = 1h;', 'Expected f32'],
    ['let a = bitcast<u32>(1h);', 'cannot be read as'],
    ['let a = pack2x16float(vec2h());', 'Expected vec2<f32>'],
    ['var a: atomic<f16>;', 'atomic'],
  ])('refuses %s', (body, words) => {
    expect(() => compile(`enable f16; @compute @workgroup_size(1) fn main() { ${body} }`)).toThrow(words);
  });

  it('must be enabled', () => {
    for (const text of ['f16(1)', 'vec2h()', 'mat2x2h()', '1h']) {
      expect(() => compile(`@compute @workgroup_size(1) fn main() { let a = ${text}; }`), text).toThrow(CompileError);
      compile(`enable f16; @compute @workgroup_size(1) fn main() { let a = ${text}; }`);
    }
  });
});

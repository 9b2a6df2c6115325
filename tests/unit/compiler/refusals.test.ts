// What is refused, and the limits from both sides.
import { describe, expect, it } from 'vitest';
import { compile } from '../../../src/compiler/compile.ts';
import { CompileError, renderDiagnostic } from '../../../src/compiler/diagnostics.ts';

const refusalOf = (wgsl: string): CompileError => {
  try {
    compile(wgsl);
  } catch (error) {
    if (error instanceof CompileError) return error;
    throw error;
  }
  throw new Error('was not refused');
};
const main = (body: string): string =>
  `@group(0) @binding(0) var<storage, read_write> out: array<u32>;\n@compute @workgroup_size(1) fn main() {\n${body}\n}`;

describe('refusals', () => {
  it.each([
    ['syntax', 'let = 3;', 'Expected a name'],
    ['syntax', 'let a = 3', 'Expected ";"'],
    ['type', 'let a = 1u + 1i;', 'do not go together'],
    ['type', 'out[0] = missing;', '"missing" is not declared'],
    ['type', 'out[0] = 1.5;', 'Expected u32'],
    ['type', 'if (1u) { }', 'Expected a bool'],
    ['type', 'let v = vec2u(1u); out[0] = v.z;', 'no component "z"'],
    ['type', 'out[0] = nothing(1u);', 'There is no function "nothing"'],
    ['type', 'let a: i32 = 3000000000;', 'does not fit i32'],
    ['unsupported', 'let s = subgroupAdd(1u);', 'subgroupAdd'],
    ['type', 'let h: f16 = 1.0;', 'enable f16'],
    ['type', 'let h = 1.0h;', 'enable f16'],
  ])('%s: %s', (code, body, words) => {
    const error = refusalOf(main(body));
    expect(error.code).toBe(code);
    expect(error.message).toContain(words);
    expect(error.diagnostics[0]?.line).toBeGreaterThanOrEqual(3);
  });

  it('points at the place', () => {
    const wgsl = main('  out[0] = 1u +\tmissing;');
    const error = refusalOf(wgsl);
    expect(error.diagnostics[0]).toMatchObject({ line: 3, column: 17, length: 7 });
    expect(renderDiagnostic(wgsl, error.diagnostics[0] ?? { message: '', line: 1, column: 1, length: 1, labels: [], notes: [] })).toBe(
      '3:17: "missing" is not declared.\n3 |   out[0] = 1u +\tmissing;\n  |                \t^~~~~~~',
    );
  });

  it('asks for an entry point by name when there are several', () => {
    const two = '@compute @workgroup_size(1) fn a() {} @compute @workgroup_size(2) fn b() {}';
    expect(refusalOf(two).code).toBe('no-entry-point');
    expect(compile(two, { entryPoint: 'b' }).reflection.workgroupSize).toEqual([2, 1, 1]);
    expect(refusalOf('fn a() {}').code).toBe('no-entry-point');
  });

  it('refuses recursion, textures, and nesting without end', () => {
    expect(refusalOf(`fn f(x: u32) -> u32 { return f(x); } ${main('out[0] = f(1u);')}`).message).toContain('calls itself');
    expect(refusalOf(`@group(0) @binding(1) var t: texture_2d<f32>; ${main('let d = textureDimensions(t);')}`).code).toBe('unsupported');
    expect(refusalOf(main(`out[0] = ${'('.repeat(250)}1u${')'.repeat(250)};`)).code).toBe('limit');
    compile(main(`out[0] = ${'('.repeat(100)}1u${')'.repeat(100)};`));
    expect(refusalOf(main(`out[0] = 1u${' + 1u'.repeat(50_000)};`)).code).toBe('limit');
    expect(refusalOf(`const a = b; const b = a; ${main('out[0] = a;')}`).message).toContain('by means of itself');
  });

  it.each([
    ['syntax', 'out[0] = 1u & 2u == 2u;', 'Put brackets'],
    ['syntax', 'out[0] = 1u << 2u + 1u;', 'Put brackets'],
    ['syntax', 'out[0] = u32(true || false && true);', 'Put brackets'],
    ['syntax', 'out[0] = u32(1 < 2 == true);', 'Put brackets'],
    ['syntax', 'let self = 1u;', 'kept for later'],
    ['syntax', 'let fn = 1u;', 'is a keyword'],
    ['syntax', 'let __a = 1u;', 'two underscores'],
    ['syntax', 'var a = 3; out[0] = u32(a--);', 'Expected'],
    ['type', 'const a = 1i / 0i;', 'divides a whole number by the constant zero'],
    ['type', 'out[0] = out[1] % 0u;', 'divides a whole number by the constant zero'],
    ['type', 'const a = 9223372036854775807 + 1;', 'does not fit 64 bits'],
    ['type', 'const a = 3e38f * 10f;', 'does not fit f32'],
    ['type', 'const a = sqrt(-1.0);', 'does not fit'],
    ['type', 'const a = 0x40000000i << 1u;', 'does not fit i32'],
    ['type', 'out[0] = out[1] << 32u;', 'A shift by 32'],
    ['type', 'out[0] = vec2u(1u)[2];', 'numbered 0 to 1'],
    ['type', 'out[-1] = 1u;', 'An index is at least 0'],
    ['type', 'out[0] = dpdx(1.0);', 'fragment shaders'],
    ['type', 'let x = 1; { const_assert x == 1; } break;', 'outside of any loop'],
    ['type', 'var v = vec3f(); v.xx = vec2f(1);', 'names a component twice'],
    ['unsupported', '_ = textureDimensions(1);', 'without textures'],
  ])('%s: %s', (code, body, words) => {
    const error = refusalOf(main(body));
    expect(error.message).toContain(words);
    expect(error.code).toBe(code);
  });

  it('takes what WGSL allows right beside that', () => {
    for (const body of [
      'out[0] = (1u & 2u) + (1u << (2u + 1u)) + u32((true || false) && true);',
      'let array = 1u; let vec3f = array; out[0] = vec3f;',
      'let zero = 0u; out[0] = 5u / zero; let far = 33u; out[1] = 1u << far; let max = 2147483647i; out[2] = u32(max + 1);',
      'const a = 9223372036854775807 - 1; const b = 1 >> 70; const c = 0x20000000i << 1u;',
    ])
      compile(main(body));
  });

  it('knows the directives', () => {
    for (const directive of ['enable subgroups;', 'requires nothing;'])
      expect(refusalOf(`${directive} ${main('')}`).code).toBe('unsupported');
    expect(refusalOf(`diagnostic(loud, derivative_uniformity); ${main('')}`).code).toBe('syntax');
    compile(
      `enable f16; requires pointer_composite_access, packed_4x8_integer_dot_product; diagnostic(off, chromium.unreachable_code); ${main('')}`,
    );
  });

  it('asks for a value on every way through a function', () => {
    const open = 'fn f(x: u32) -> u32 { if (x > 1u) { return 3u; } }';
    expect(refusalOf(`${open} ${main('out[0] = f(out[1]);')}`).message).toContain('can end without giving');
    const closed = 'fn f(x: u32) -> u32 { loop { if (x > 1u) { return 3u; } else { return 4u; } } }';
    compile(`${closed} ${main('out[0] = f(out[1]);')}`);
  });

  const many = (count: number, write: (i: number) => string, between = ' '): string =>
    Array.from({ length: count }, (_, i) => write(i)).join(between);
  it.each([
    ['operators in a row', 1000, (n: number) => main(`out[0] = 1u${many(n, () => ' + 1u', '')};`)],
    ['else ifs', 500, (n: number) => main(`if (out[0] == 0u) { } ${many(n, (i) => `else if (out[0] == ${i}u) { }`)}`)],
    ['members and indices in a row', 200, (n: number) => main(`var v = 1u; let p = &v; out[0] = vec4u(v)${many(n, () => '.xyzw', '')}.x;`)],
    ['selectors', 2048, (n: number) => main(`switch (out[0]) { case ${many(n - 1, (i) => `${i}u`, ', ')} { } default { } }`)],
    [
      'declarations in a chain',
      248,
      (n: number) => `const c0 = 1u; ${many(n, (i) => `const c${i + 1} = c${i};`)} ${main(`out[0] = c${n};`)}`,
    ],
    ['calls in a chain', 248, (n: number) => `${many(n, (i) => `fn f${i}() { f${i + 1}(); }`)} fn f${n}() { } ${main('f0();')}`],
    [
      'types in a type',
      31,
      (n: number) => `var<private> a: ${'array<'.repeat(n)}u32${', 1>'.repeat(n)}; ${main(`out[0] = a${'[0]'.repeat(n)};`)}`,
    ],
  ])('allows so many %s: %i', (_, count, write) => {
    compile(write(count - 1));
    const error = refusalOf(write(count + 3));
    expect(error.code).toBe('limit');
    expect(error.message).toMatch(/\d/);
  });

  it('stops what grows without end, in time', () => {
    const calls = `${many(40, (i) => `fn f${i}() { f${i + 1}(); f${i + 1}(); }`)} fn f40() { }`;
    expect(refusalOf(`${calls} ${main('f0();')}`).code).toBe('limit');
    const structs = `struct S0 { a: u32 } ${many(40, (i) => `struct S${i + 1} { a: S${i}, b: S${i} }`)}`;
    expect(refusalOf(`${structs} var<private> s: S40; ${main('_ = s.a.a;')}`).code).toBe('limit');
    expect(refusalOf(main(many(200, () => '_ = array<u32, 65536>();'))).code).toBe('limit');
    expect(refusalOf(main(`out[0] = 1${'-'.repeat(100_000)}1;`)).code).toBe('limit');
    expect(refusalOf(`var<private> a: array<array<u32, 100000>, 100000>; ${main('out[0] = a[0][0];')}`).code).toBe('limit');
  });

  it('gives no module that a browser would refuse for its many locals', () => {
    // All are needed to the end, so none can take the place of another.
    const lets = (count: number): string =>
      main(
        `let v0 = vec4u(out[0]); ${many(count, (i) => `let v${i + 1} = v${i}.yzwx * v${Math.floor(i / 2)};`)} ${many(count, (i) => `out[${i}] = v${i}.x + v${i}.y + v${i}.z + v${i}.w;`)}`,
      );
    const make = (count: number): Uint8Array => compile(lets(count), { optimize: false, lanes: 1 }).module;
    expect(WebAssembly.validate(make(6000) as BufferSource)).toBe(true);
    expect(() => make(12_500)).toThrow(/more than 49000/);
  });

  it('bounds memory and workgroups', () => {
    const sized = (n: number): string => `@compute @workgroup_size(${n}) fn main() {}`;
    expect(compile(sized(1024)).reflection.workgroupSize[0]).toBe(1024);
    expect(refusalOf(sized(1025)).code).toBe('limit');
    const workgroup = (n: number): string => `var<workgroup> w: array<u32, ${n}>; @compute @workgroup_size(1) fn main() { w[0] = 1u; }`;
    compile(workgroup(4 * 1024 * 1024));
    expect(refusalOf(workgroup(4 * 1024 * 1024 + 1)).code).toBe('limit');
  });
});

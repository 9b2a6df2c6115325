// What is refused, how it is said, and that nothing but a CompileError ever comes out.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compile } from '../../../src/compiler/compile.ts';
import { CompileError, renderDiagnostic } from '../../../src/compiler/diagnostics.ts';
import { reflect } from '../../../src/compiler/reflect.ts';

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
    ['unsupported', 'let h: f16 = 1.0h;', 'f16'],
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
    expect(renderDiagnostic(wgsl, error.diagnostics[0] ?? { message: '', line: 1, column: 1, length: 1, notes: [] })).toBe(
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

  it('bounds memory and workgroups', () => {
    const sized = (n: number): string => `@compute @workgroup_size(${n}) fn main() {}`;
    expect(compile(sized(1024)).reflection.workgroupSize[0]).toBe(1024);
    expect(refusalOf(sized(1025)).code).toBe('limit');
    const workgroup = (n: number): string => `var<workgroup> w: array<u32, ${n}>; @compute @workgroup_size(1) fn main() { w[0] = 1u; }`;
    compile(workgroup(4 * 1024 * 1024));
    expect(refusalOf(workgroup(4 * 1024 * 1024 + 1)).code).toBe('limit');
  });
});

/** Numbers that are the same in every run. */
function makeRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

describe('any text', () => {
  const folder = new URL('../../golden/compiler/', import.meta.url);
  const sources = readdirSync(folder)
    .filter((name) => name.endsWith('.wgsl'))
    .map((name) => readFileSync(new URL(name, folder), 'utf8'));

  const survives = (text: string): void => {
    for (const step of [compile, reflect]) {
      try {
        step(text);
      } catch (error) {
        if (!(error instanceof CompileError)) throw new Error(`not a CompileError for:\n${text}`, { cause: error });
      }
    }
  };

  it('random characters give a CompileError', () => {
    const random = makeRandom(1);
    for (let i = 0; i < 300; i++)
      survives(String.fromCharCode(...Array.from({ length: 80 }, () => Math.floor(random() * (i % 2 === 0 ? 128 : 65536)))));
  });

  it('mutated shaders compile or give a CompileError', () => {
    const random = makeRandom(2);
    for (let i = 0; i < 96; i++) {
      const source = sources[i % sources.length] ?? '';
      const tokens = source.split(/(\b|\s+)/);
      for (let k = 0; k < 1 + (i % 3); k++) {
        const at = Math.floor(random() * tokens.length);
        const other = tokens[Math.floor(random() * tokens.length)] ?? '';
        if (random() < 0.4) tokens.splice(at, 1);
        else tokens[at] = other;
      }
      survives(tokens.join(''));
    }
  });

  it('truncated shaders give a CompileError', () => {
    const [source = ''] = sources;
    for (let length = 0; length < source.length; length += 41) survives(source.slice(0, length));
  });
});

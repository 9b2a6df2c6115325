// How a refusal is told: places, labels, notes, and several at once.
import { describe, expect, it } from 'vitest';
import { compile } from '../../../src/compiler/compile.ts';
import { CompileError, maxFaults, renderDiagnostic } from '../../../src/compiler/diagnostics.ts';
import { nearestName } from '../../../src/compiler/nearest-name.ts';

const told = (wgsl: string): string => {
  try {
    compile(wgsl);
  } catch (error) {
    if (error instanceof CompileError) return error.diagnostics.map((each) => renderDiagnostic(wgsl, each)).join('\n\n');
    throw error;
  }
  throw new Error('was not refused');
};
const main = (body: string): string =>
  `@group(0) @binding(0) var<storage, read_write> out: array<u32>;\n@compute @workgroup_size(1) fn main() {\n${body}\n}`;

describe('diagnostics', () => {
  it('shows the declaration beside the fault, and what to do', () => {
    expect(told(main('let total = 1u;\ntotal += 2u;'))).toBe(
      [
        '4:1: "total" cannot be assigned to.',
        '4 | total += 2u;',
        '  | ^~~~~',
        '3 | let total = 1u;',
        '  |     ----- declared here as a let',
        '  = Declare it with "var" to change it later.',
      ].join('\n'),
    );
  });

  it('guesses what was meant', () => {
    expect(told(main('let total = 1u; out[0] = totla;'))).toContain('Did you mean "total"?');
    expect(told(main('out[0] = clmap(1u, 2u, 3u);'))).toContain('Did you mean "clamp"?');
    expect(told(`struct S { color: f32, depth: f32 }\n${main('var s: S; s.colour = 1.0;')}`)).toContain('Did you mean "color"?');
    expect(told(main('let a: vec3 = vec3f();'))).toContain('vec3<f32>');
    expect(told(main('let a: float = 1;'))).toContain('called f32');
    expect(told(main('out[0] = 1.5f;'))).toContain('write u32(...) around it');
    expect(nearestName('kernel', ['colonel', 'kernal', 'shell'])).toBe('kernal');
    expect(nearestName('ab', ['cd', 'xyz'])).toBeNull();
  });

  it('says what a const_assert compared, and the way around a recursion', () => {
    expect(told(main('const_assert 2 * 4 == 7;'))).toContain('It says 8 == 7.');
    expect(told(`const_assert K > 4u; const K = 4u; ${main('')}`)).toContain('It says 4 > 4.');
    const circle = told(`fn f(x: u32) -> u32 { return g(x); }\nfn g(x: u32) -> u32 { return f(x); }\n${main('out[0] = f(1u);')}`);
    expect(circle).toContain('The way around: f -> g -> f.');
    expect(circle).toContain('1 | fn f(x: u32) -> u32 { return g(x); }');
  });

  it('labels both of what collides', () => {
    const twice = told(`@group(0) @binding(0) var<storage, read_write> a: array<u32>;\n${main('out[0] = 1u; a[0] = 2u;')}`);
    expect(twice).toContain('"a" shares @group(0) @binding(0) with "out"');
    expect(twice).toContain('is taken here');
    expect(told(`fn f() {}\nfn f() {}\n${main('f();')}`)).toContain('declared here first');
    expect(told(main('let x = 1; let x = 2;'))).toContain('"x" is declared twice in this block');
    expect(told(`fn f(a: u32) {}\n${main('f();')}`)).toContain('"f" takes 1 argument, not 0.');
  });

  it('tells several faults in the order of the text, and does not repeat what follows from one', () => {
    const lines = told(main('let a = missing;\nlet b = a + 1u;\nout[0] = b;\nout[1] = nothing();\nout[2] = 1.5;'))
      .split('\n')
      .filter((line) => /^\d+:\d+: /.test(line));
    expect(lines).toEqual([
      '3:9: "missing" is not declared.',
      '6:10: There is no function "nothing".',
      '7:10: Expected u32 here, found a number with a fraction.',
    ]);
    const syntax = told('fn a( { }\nfn b() { let = 3; }\n@compute @workgroup_size(1) fn main() { let x = 1 }');
    expect(syntax.match(/^\d+:\d+:/gm)).toEqual(['1:7:', '2:14:', '3:51:']);
  });

  it('stops at so many', () => {
    const faults = (count: number): number =>
      told(main(Array.from({ length: count }, (_, i) => `out[${i}] = m${i};`).join('\n'))).match(/^\d+:\d+:/gm)?.length ?? 0;
    expect(faults(maxFaults - 1)).toBe(maxFaults - 1);
    expect(faults(maxFaults + 5)).toBe(maxFaults);
  });

  it('shows only the place of a very long line', () => {
    const text = told(`${main('')} /* ${'x'.repeat(5000)} */ fn f( { } /* ${'y'.repeat(5000)} */`);
    expect(text).toContain('fn f( {');
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(180);
  });
});

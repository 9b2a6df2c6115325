// Shaders that were compiled wrongly once, cut down to what mattered: each must give the words written in its first lines, however it is built.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type CompileOptions, compile } from '../../../src/compiler/compile.ts';
import { readModuleInfo } from '../../../src/compiler/module-info.ts';
import { createModuleInstance } from '../../../src/engine/cpu/module-instance.ts';
import { variants } from '../../conformance/fuzz/run-ours.ts';

const folder = new URL('./regressions/', import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith('.wgsl'));

/** `// groups 2 1 1`, then `// out: 1 2 3` for each buffer that is written; `7x3` stands for three sevens. */
function readNumbers(line: string): readonly number[] {
  return line.split(' ').flatMap((word) => {
    const [value, times = '1'] = word.split('x');
    return new Array<number>(Number(times)).fill(Number(value) >>> 0);
  });
}

function readGroups(wgsl: string): readonly [number, number, number] {
  const [x = 1, y = 1, z = 1] = readNumbers(/^\/\/ groups (.*)$/m.exec(wgsl)?.[1] ?? '1');
  return [x, y, z];
}

/** The words of each buffer: from another implementation, or by hand from what WGSL says. */
function readExpected(wgsl: string): ReadonlyMap<string, readonly number[]> {
  return new Map([...wgsl.matchAll(/^\/\/ (\w+): ([-\dx ]+)$/gm)].map(([, name = '', words = '']) => [name, readNumbers(words)]));
}

/** Where a regression reads `data`, it finds these words. */
const data = Uint32Array.from({ length: 256 }, (_, i) => i * 3 + 1);

describe('shaders that failed once', () => {
  it('has some', () => expect(names.length).toBeGreaterThan(0));
  it.each(names)('%s', (name) => {
    const wgsl = readFileSync(new URL(name, folder), 'utf8');
    const [groups, expected] = [readGroups(wgsl), readExpected(wgsl)];
    expect(expected.size).toBeGreaterThan(0);
    const work = new Set<bigint>();
    for (const { name: variant, options } of variants) {
      const { module, reflection } = compile(wgsl, options as CompileOptions);
      const instance = createModuleInstance(new WebAssembly.Module(module as BufferSource), readModuleInfo(module));
      const buffers = reflection.bindings.map(({ name: buffer, minBytes }): [string, { readonly bytes: Uint8Array }] => {
        const bytes = (expected.get(buffer)?.length ?? 64) * 4;
        return [buffer, { bytes: buffer === 'data' ? new Uint8Array(data.buffer) : new Uint8Array(Math.max(bytes, minBytes)) }];
      });
      instance.fill(new Map(buffers));
      instance.setFuel(1n << 30n);
      instance.setGrid(groups);
      instance.run([0, 0, 0], groups);
      for (const [buffer, words] of expected)
        expect([...new Uint32Array(instance.read(buffer).buffer)], `${buffer}, ${variant}`).toEqual(words);
      if (options.metered === true) work.add(instance.workDone());
    }
    expect(work.size, 'work counted by the metered builds').toBe(1);
  });
});

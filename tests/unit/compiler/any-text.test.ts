// Any text at all compiles or gives a CompileError, and soon: characters, words without sense, and shaders with something changed.
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { compile } from '../../../src/compiler/compile.ts';
import { CompileError } from '../../../src/compiler/diagnostics.ts';
import { reflect } from '../../../src/compiler/reflect.ts';

const golden = new URL('../../golden/', import.meta.url);
const templates = new URL('../../../shaders/', import.meta.url);

function readSources(): readonly string[] {
  const shaders = (folder: URL): string[] =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.wgsl'))
      .map((name) => readFileSync(new URL(name, folder), 'utf8'));
  const checklist = ['statements', 'memory', 'rules', 'order', 'barriers'].flatMap((name) => {
    const cases = JSON.parse(readFileSync(new URL(`checklist/${name}.json`, golden), 'utf8')) as readonly { readonly wgsl: string }[];
    return cases.map((each) => each.wgsl).filter((wgsl) => wgsl.length < 3000);
  });
  return [...shaders(new URL('stages/', golden)), ...shaders(templates), ...checklist];
}

const sources = readSources();
const cut = (text: string): string[] => text.match(/[A-Za-z_]\w*|\d[\w.]*|\s+|[-+*/%<>=!&|^]+|\S/g) ?? [];
const words = [...new Set(sources.flatMap(cut))];
const numbers = ['0', '1u', '-1', '3i', '1.5', '4294967295u', '2147483647', '1e39', '1e30f', '65536u', '0x7fffffff', '1h'];

/** Only a CompileError may come out, and no module that the host refuses. */
function survives(text: string): void {
  for (const step of [compile, reflect]) {
    try {
      const made = step(text);
      if ('module' in made && !WebAssembly.validate(made.module as BufferSource)) throw new Error('not a WebAssembly module');
    } catch (error) {
      if (!(error instanceof CompileError)) throw new Error(`${String(error)} for:\n${text}`, { cause: error });
      if (error.message.includes('does not know')) throw new Error(`${error.message} for:\n${text}`);
    }
  }
}

const aSource = fc.constantFrom(...sources);
const anEdit = fc.record({ at: fc.nat(), kind: fc.constantFrom('drop', 'double', 'swap', 'word', 'number'), other: fc.nat() });

function edit(tokens: string[], { at, kind, other }: { readonly at: number; readonly kind: string; readonly other: number }): void {
  const i = at % tokens.length;
  const j = other % tokens.length;
  const [a = '', b = ''] = [tokens[i], tokens[j]];
  if (kind === 'drop') tokens.splice(i, 1);
  else if (kind === 'double') tokens.splice(i, 0, b);
  else if (kind === 'swap') [tokens[i], tokens[j]] = [b, a];
  else if (kind === 'word' && /^\w/.test(a)) tokens[i] = words[other % words.length] ?? a;
  else if (/^\d/.test(a)) tokens[i] = numbers[other % numbers.length] ?? a;
}

describe('any text', () => {
  it('of bytes', () => {
    const text = fc.uint8Array({ maxLength: 300 }).map((bytes) => new TextDecoder().decode(bytes));
    fc.assert(fc.property(text, survives), { seed: 1, numRuns: 400 });
    const units = fc.uint16Array({ maxLength: 200 }).map((codes) => String.fromCharCode(...codes));
    fc.assert(fc.property(units, survives), { seed: 2, numRuns: 400 });
  });

  it('of words without sense', () => {
    const soup = fc.array(fc.constantFrom(...words), { maxLength: 60 }).map((list) => list.join(' '));
    fc.assert(fc.property(soup, survives), { seed: 3, numRuns: 300 });
    const inMain = soup.map((text) => `@compute @workgroup_size(1) fn main() { ${text} }`);
    fc.assert(fc.property(inMain, survives), { seed: 4, numRuns: 300 });
  });

  it('that was a shader before something was changed', () => {
    const changed = fc.tuple(aSource, fc.array(anEdit, { minLength: 1, maxLength: 3 })).map(([source, edits]) => {
      const tokens = cut(source);
      for (const each of edits) edit(tokens, each);
      return tokens.join('');
    });
    fc.assert(fc.property(changed, survives), { seed: 5, numRuns: 200 });
  });

  it('that breaks off', () => {
    const broken = fc.tuple(aSource, fc.nat()).map(([source, at]) => source.slice(0, at % source.length));
    fc.assert(fc.property(broken, survives), { seed: 6, numRuns: 150 });
  });
});

// Shaders in, bytes out: each golden's output was computed by another implementation (Dawn on SwiftShader) and must be met to the bit.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { compile } from '../../../src/compiler/compile.ts';
import { printStages } from './print-stages.ts';
import { runWgsl } from './run-wgsl.ts';

const folder = new URL('../../golden/compiler/', import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith('.wgsl'));

/** The input every golden may read as `data`; the same was given to the other implementation. */
function makeData(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, i) => Math.imul(i + 1, 2654435761) ^ Math.imul(i * i + 7, 40503));
}

function trim(values: Uint32Array): number[] {
  const last = values.findLastIndex((value) => value !== 0);
  return [...values.subarray(0, last + 1)];
}

describe('golden shaders', () => {
  it('has goldens', () => expect(names.length).toBeGreaterThan(5));
  it.each(names)('%s', (name) => {
    const wgsl = readFileSync(new URL(name, folder), 'utf8');
    const expected = JSON.parse(readFileSync(new URL(name.replace('.wgsl', '.json'), folder), 'utf8')) as Record<string, number[]>;
    const [, x = '1', y = '1', z = '1'] = /groups (\d+) (\d+) (\d+)/.exec(wgsl) ?? [];
    const buffers: Record<string, Uint32Array> = {};
    for (const binding of compile(wgsl).reflection.bindings) {
      buffers[binding.name] = binding.name === 'data' ? makeData() : new Uint32Array(binding.name === 'out' ? 1024 : binding.minBytes / 4);
    }
    for (const small of ['cells', 'counts', 'small'])
      if (buffers[small] !== undefined) buffers[small] = new Uint32Array(small === 'small' ? 12 : 8);
    const result = runWgsl(wgsl, buffers, { groups: [Number(x), Number(y), Number(z)] });
    for (const [buffer, values] of Object.entries(expected)) expect(trim(result.u32(buffer)), buffer).toEqual(values);
  });
});

// Read by people before they were kept; `vitest -u` writes them anew after a wanted change, and the diff is read again.
describe('stages', () => {
  const stages = new URL('../../golden/stages/', import.meta.url);
  const shaders = readdirSync(stages).filter((name) => name.endsWith('.wgsl'));
  it('has shaders', () => expect(shaders.length).toBeGreaterThan(2));
  it.each(shaders)('%s', async (name) => {
    const printed = printStages(readFileSync(new URL(name, stages), 'utf8'));
    for (const [stage, text] of Object.entries(printed)) {
      await expect(text, stage).toMatchFileSnapshot(fileURLToPath(new URL(name.replace('.wgsl', `.${stage}.txt`), stages)));
    }
  });
});

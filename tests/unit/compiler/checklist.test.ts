// What a compute shader can write, feature by feature: each case's output was computed by Dawn on SwiftShader and must be met to the bit.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runWgsl } from './run-wgsl.ts';

interface Case {
  readonly wgsl: string;
  readonly groups?: readonly [number, number, number];
  readonly overrides?: Readonly<Record<string, number>>;
  /** Words of `out`; 64 where nothing is said. */
  readonly count?: number;
  /** What `out` holds before; zeros where nothing is said. */
  readonly init?: readonly number[];
  readonly hasInput?: boolean;
  /** `out` after the run, without the zeros at its end. */
  readonly out: readonly number[];
}

const folder = new URL('../../golden/checklist/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));

/** Numbers at the edges of what 32 bits hold, and others. */
const edges = [0, 1, 2, 3, 7, 31, 32, 33, 0x7fffffff, 0x80000000, 0x80000001, 0xffffffff, 0xfffffffe, 100, 255, 65536];
const input = Uint32Array.from({ length: 128 }, (_, i) => (i % 3 === 0 ? (edges[(i / 3) % 16] ?? 0) : Math.imul(i + 1, 2654435761)));

function runCase(each: Case, settings: { readonly lanes?: 1 | 'always'; readonly optimize?: boolean }): number[] {
  const out = new Uint32Array(each.count ?? 64);
  if (each.init !== undefined) out.set(each.init);
  const { groups = [1, 1, 1], overrides = {} } = each;
  const buffers = each.hasInput === true ? { out, input } : { out };
  const words = runWgsl(each.wgsl, buffers, { groups, overrides, ...settings }).u32('out');
  return [...words.subarray(0, words.findLastIndex((word) => word !== 0) + 1)];
}

describe('checklist', () => {
  it.each(files)('%s', (name) => {
    const cases = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as readonly Case[];
    expect(cases.length).toBeGreaterThan(5);
    for (const each of cases) {
      expect(runCase(each, { lanes: 1, optimize: false }), `plain: ${each.wgsl}`).toEqual(each.out);
      expect(runCase(each, {}), each.wgsl).toEqual(each.out);
    }
  });
});

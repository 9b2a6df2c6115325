// Every template we ship compiles for the CPU, quickly, and its shards do not depend on how they are sliced.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type CompileOptions, compile } from '../../../../src/compiler/compile.ts';
import { packUniform } from '../../../../src/compiler/pack-uniform.ts';
import type { ScalarLayout, TypeLayout } from '../../../../src/compiler/reflection.ts';
import type { BufferInit } from '../../../../src/engine/backend.ts';
import { createCpuBackend } from '../../../../src/engine/cpu/create-cpu-backend.ts';
import { sliceShard } from '../../../../src/engine/slice-shard.ts';

const root = new URL('../../../../shaders/', import.meta.url);
const names = readdirSync(root, { withFileTypes: true })
  .filter((each) => each.isDirectory())
  .map((each) => each.name);

/** Small values for any parameter, so that no template needs its own here: the point is slicing, not the picture. */
function smallValues(type: TypeLayout): Record<string, number | number[]> {
  if (type.kind !== 'struct') return {};
  const one = (scalar: ScalarLayout['scalar']): number => (scalar === 'f32' ? 0.5 : 2);
  return Object.fromEntries(
    type.members.map(({ name, type: member }) => [
      name,
      member.kind === 'vector'
        ? new Array<number>(member.n).fill(one(member.scalar))
        : one(member.kind === 'scalar' ? member.scalar : 'u32'),
    ]),
  );
}

const shard = { base: 3, count: 17, grid: [6, 4, 1] } as const;

/** The first output of a shard, computed in slices of at most `max` workgroups. */
async function runSliced(wgsl: string, max: number, options: CompileOptions = {}): Promise<Uint8Array> {
  const { module, reflection } = compile(wgsl, options);
  const program = await createCpuBackend().prepare({ wgsl, module, reflection });
  const buffers = new Map<string, BufferInit>();
  for (const binding of reflection.bindings) {
    if (binding.name === 'parameters') buffers.set(binding.name, { bytes: packUniform(binding.type, smallValues(binding.type)) });
    else if (binding.space === 'storage')
      buffers.set(binding.name, { zeroBytes: binding.access === 'read' ? Math.max(4096, binding.minBytes) : 17 * 1024 });
  }
  const bound = await program.bind(buffers);
  for (let done = 0; ; ) {
    const box = sliceShard(shard, done, max);
    if (box === null) break;
    await bound.dispatch(box, shard);
    done += box.size[0] * box.size[1];
  }
  const output = reflection.bindings.find((binding) => binding.access === 'read_write');
  return await bound.read(output?.name ?? '');
}

/** Every way to build a program; none may change a byte of what it computes. */
const builds: readonly Readonly<Record<string, unknown>>[] = [
  { lanes: 1, optimize: false },
  { lanes: 1, optimize: true },
  { lanes: 4, optimize: false },
  { lanes: 4, optimize: true },
  { metered: true },
  { reversed: true },
];

describe.each(names)('template %s', (name) => {
  const wgsl = readFileSync(new URL(`${name}/${name}.wgsl`, root), 'utf8');
  it('gives the same bytes at slice sizes 1, 7 and all', async () => {
    const [ones, sevens, whole] = [await runSliced(wgsl, 1), await runSliced(wgsl, 7), await runSliced(wgsl, 1000)];
    expect(whole.some((byte) => byte !== 0)).toBe(true);
    expect(ones).toEqual(whole);
    expect(sevens).toEqual(whole);
  });
  it('gives the same bytes with lanes and without, optimized or not, metered, and in reverse', async () => {
    const outputs = await Promise.all(builds.map((options) => runSliced(wgsl, 1000, options as CompileOptions)));
    expect(outputs[0]?.some((byte) => byte !== 0)).toBe(true);
    outputs.forEach((output, i) => expect(output, JSON.stringify(builds[i])).toEqual(outputs[0]));
  });
});

// The GPU engine in a real Chromium: every template in slices of any size, against the CPU, and what happens when things go wrong.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findCollatzRecord } from '../../shaders/collatz/reference.ts';
import type { Template, TemplateId } from '../../shaders/template.ts';
import { TEMPLATES } from '../../shaders/templates.ts';
import { reflect } from '../../src/compiler/reflect.ts';
import { createCpuBackend } from '../../src/engine/cpu/create-cpu-backend.ts';
import { makeTemplateRun, readTemplateProgram, type TemplateRun } from '../support/make-template-run.ts';
import { measureDisagreement } from '../support/measure-disagreement.ts';
import { EngineFault, type EnginePage, openEnginePage } from '../support/open-engine-page.ts';
import { PERTURBATIONS, perturbProgram } from '../support/perturb-program.ts';
import type { OpenReply, ProgramRun, RunReply } from './engine-calls.ts';

const ALL = 2 ** 30;
/** A part of each template's grid with something in it, small enough for a software GPU; not on a row's border. */
const PARTS: Readonly<Record<TemplateId, { readonly base: number; readonly count: number }>> = {
  fractal: { base: 50 * 128 + 70, count: 200 },
  collatz: { base: 37, count: 24 },
  bunny: { base: 20 * 48 + 10, count: 76 },
};

let page: EnginePage;
const outputs = new Map<TemplateId, Uint8Array>();

beforeAll(async () => {
  page = await openEnginePage();
});
afterAll(() => page?.close());

function withSlices(run: TemplateRun, slices: readonly number[]): ProgramRun {
  return { ...run, slices };
}

function templateOf(id: TemplateId): Template {
  return TEMPLATES.find((template) => template.id === id) as Template;
}

async function faultOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (fault) {
    if (fault instanceof EngineFault) return `${fault.code}: ${fault.message}`;
    throw fault;
  }
  return 'no fault';
}

test('a software adapter is used, but as a CPU', async () => {
  const reply = await page.call<OpenReply>({ kind: 'open' });
  expect(reply).toMatchObject({ reason: 'software-gpu', deviceClass: 'cpu', isFallback: true });
  expect(reply.label).toMatch(/^software GPU \(.+\)$/);
});

describe.each(TEMPLATES.map((template) => [template.id, template] as const))('%s', (id, template) => {
  test('slices of 1, 7 and all workgroups give the same bytes', async () => {
    const run = withSlices(await makeTemplateRun(template, PARTS[id]), [ALL, 7, 1]);
    const reply = await page.call<RunReply>({ kind: 'run-slices', run });
    const [whole, sevens, ones] = reply.outputs as [Uint8Array, Uint8Array, Uint8Array];
    expect(new Set(whole).size).toBeGreaterThan(20);
    expect(Buffer.compare(sevens, whole)).toBe(0);
    expect(Buffer.compare(ones, whole)).toBe(0);
    outputs.set(id, whole);
    console.log(`${id}: bind ${reply.bindMs.toFixed(0)} ms; all, 7 and 1 a slice: ${reply.runMs.map((ms) => ms.toFixed(0)).join(', ')} ms`);
  });

  test('the CPU agrees within the job’s comparison', async () => {
    const run = await makeTemplateRun(template, PARTS[id]);
    const backend = createCpuBackend();
    const program = await (await backend.prepare({ wgsl: run.wgsl, module: null, reflection: run.reflection })).bind(new Map(run.buffers));
    const startMs = performance.now();
    const rowWidth = run.shard.grid[0];
    // Whole rows at once would pass the shard's ends, so each row's part is its own box.
    for (let done = 0; done < run.shard.count; ) {
      const linear = run.shard.base + done;
      const x = linear % rowWidth;
      const size = Math.min(rowWidth - x, run.shard.count - done);
      await program.dispatch({ first: [x, Math.floor(linear / rowWidth), 0], size: [size, 1, 1] }, run.shard);
      done += size;
    }
    const tookMs = performance.now() - startMs;
    const cpu = await program.read(run.output);
    program.destroy();
    backend.destroy();
    const output = template.stages[0].outputs[run.output]!;
    const found = measureDisagreement(output, cpu, outputs.get(id)!);
    console.log(
      `${id}: CPU ${tookMs.toFixed(0)} ms; ${found.differing} of ${found.elements} elements differ from the GPU, ${found.outliers} beyond tolerance`,
    );
    expect(found.outliers / found.elements).toBeLessThanOrEqual(found.maxOutlierShare);
    // A tolerance that swallows anything would verify nothing.
    const shifted = outputs.get(id)!.map((byte) => byte ^ 0x30);
    const wrong = measureDisagreement(output, cpu, shifted);
    expect(wrong.outliers / wrong.elements).toBeGreaterThan(0.5);
  });
});

test.each(PERTURBATIONS)('float templates stay within their tolerance when arithmetic is %s', async (perturbation) => {
  for (const id of ['fractal', 'bunny'] as const) {
    const template = templateOf(id);
    const wgsl = perturbProgram(id, readTemplateProgram(template), perturbation);
    const run = withSlices(await makeTemplateRun(template, { ...PARTS[id], wgsl }), [ALL]);
    const { outputs: perturbed } = await page.call<RunReply>({ kind: 'run-slices', run });
    const found = measureDisagreement(template.stages[0].outputs[run.output]!, outputs.get(id)!, perturbed[0]!);
    console.log(`${id}, ${perturbation}: ${found.differing} of ${found.elements} elements differ, ${found.outliers} beyond tolerance`);
    // With the margin that other devices need: a quarter of what the job allows.
    expect(found.outliers / found.elements).toBeLessThanOrEqual(found.maxOutlierShare / 4);
  }
});

test.each([
  ['from 1', [1, 0], 1n],
  ['across the 32-bit border', [0xffff_ff00, 0], 0xffff_ff00n],
  ['where runs leave 64 bits', [0, 0x5555_5550], 0x5555_5550n << 32n],
  ['at the end of 64 bits', [0xffff_fc00, 0xffff_ffff], (1n << 64n) - 1024n],
])('collatz reports the reference’s records %s', async (_what, first, start) => {
  const count = 3;
  const numbersPerInvocation = 8;
  const run = await makeTemplateRun(templateOf('collatz'), { base: 0, count, parameters: { first, numbersPerInvocation } });
  const { outputs: found } = await page.call<RunReply>({ kind: 'run-slices', run: withSlices(run, [ALL]) });
  const words = new DataView(found[0]!.buffer, found[0]!.byteOffset);
  for (let workgroup = 0; workgroup < count; workgroup++) {
    const numbers = 64 * numbersPerInvocation;
    const expected = findCollatzRecord(start + BigInt(workgroup * numbers), numbers);
    const at = workgroup * 16;
    const isPast = expected.start >= 1n << 64n;
    expect(words.getUint32(at + 8, true)).toBe(expected.steps);
    expect(words.getUint32(at + 12, true)).toBe(expected.unfinished);
    if (!isPast) expect(words.getBigUint64(at, true)).toBe(expected.start);
  }
});

describe('faults', () => {
  const WGSL = `
    struct Shard { first: vec3u, base: u32, count: u32, grid: vec3u }
    @group(0) @binding(0) var<uniform> shard: Shard;
    @group(0) @binding(1) var<storage, read_write> words: array<u32>;
    @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
      words[id.x] = id.x + 1u + shard.base;
    }`;
  const run: ProgramRun = {
    wgsl: WGSL,
    reflection: reflect(WGSL),
    buffers: [['words', { zeroBytes: 65_536 }]],
    shard: { base: 0, count: 64, grid: [64, 1, 1] },
    output: 'words',
    slices: [ALL],
  };
  const runFault = (change: Partial<ProgramRun>): Promise<string> => faultOf(page.call({ kind: 'run-slices', run: { ...run, ...change } }));

  test('a program the GPU refuses is named with its line', async () => {
    expect(await runFault({ wgsl: WGSL.replace('id.x + 1u', 'id.x + 1i') })).toMatch(/^program: Line 6, column \d+: .*operator/);
    expect(await runFault({ wgsl: WGSL.replace('read_write', 'read') })).toMatch(/^program: Line 6/);
  });

  test('a program that differs from its reflection is refused', async () => {
    const [shard, words] = run.reflection.bindings;
    const reflection = { ...run.reflection, bindings: [shard!, { ...words!, access: 'read' as const }] };
    expect(await runFault({ reflection })).toMatch(/^program: /);
  });

  test('missing, unknown, small and large buffers are named', async () => {
    expect(await runFault({ buffers: [] })).toBe("missing-buffer: The program's buffer 'words' was not given.");
    expect(await runFault({ buffers: [...run.buffers, ['extra', { zeroBytes: 4 }]] })).toBe(
      "unknown-buffer: The program has no buffer named 'extra'.",
    );
    expect(await runFault({ buffers: [['words', { zeroBytes: 0 }]] })).toBe(
      "buffer-too-small: The buffer 'words' has 0 bytes; the program needs 4.",
    );
    expect(await runFault({ buffers: [['words', { zeroBytes: 2 ** 40 }]] })).toMatch(
      /^out-of-memory: The buffer 'words' has 1099511627776 bytes/,
    );
    expect(await runFault({ output: 'other' })).toBe("unknown-buffer: The program has no buffer named 'other'.");
  });

  test('after all that the engine still runs', async () => {
    const { outputs: found } = await page.call<RunReply>({ kind: 'run-slices', run });
    const words = new Uint32Array(found[0]!.buffer, found[0]!.byteOffset, 4096);
    expect([words[0], words[63], words[4095]]).toEqual([1, 64, 4096]);
  });

  test('a buffer that comes back from the pool holds nothing of the job before', async () => {
    const bytes = await page.call<Uint8Array>({ kind: 'read-fresh-buffer', run });
    expect(bytes.length).toBe(65_536);
    expect(bytes.some((byte) => byte !== 0)).toBe(false);
  });

  test('a crash of the GPU ends the dispatch with device-lost, is told once, and the engine opens again', async () => {
    const ended = faultOf(page.call({ kind: 'run-until-lost', run }));
    await page.crashGpu();
    expect(await ended).toMatch(/^device-lost: /);
    expect(await page.call({ kind: 'losses' })).toHaveLength(1);
    expect(await faultOf(page.call({ kind: 'prepare-after-destroy', run }))).toMatch(/^device-lost: /);
    expect(await page.call<OpenReply>({ kind: 'open' })).toMatchObject({ reason: 'software-gpu' });
    expect(await runFault({})).toBe('no fault');
  });

  test('a backend we destroy ourselves tells no loss and runs nothing more', async () => {
    expect(await faultOf(page.call({ kind: 'use-after-destroy', run }))).toMatch(/^device-lost: /);
    expect(await faultOf(page.call({ kind: 'prepare-after-destroy', run }))).toBe('destroyed: This GPU backend has been destroyed.');
    expect(await page.call({ kind: 'losses' })).toEqual([]);
  });
});

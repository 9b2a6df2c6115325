// The examination of uploaded programs: real Tint, real compiler, real samples; every refusal by code, naming field, limit and remedy.
import { spawn } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examineProgram } from '../../../../server/effects/examine-program.ts';
import { createProgramExaminer, MAX_WAITING, type ProgramExaminer } from '../../../../server/effects/program-examiner.ts';
import { MAX_SHARD_WORK } from '../../../../server/effects/sample-program.ts';
import { createValidator, type Validator } from '../../../../server/effects/validate-wgsl.ts';
import type { StageSpec } from '../../../../src/protocol/job.ts';
import { leafHash } from '../../../../src/protocol/merkle.ts';

const HEAD = `struct Shard { first: vec3u, base: u32, count: u32, grid: vec3u }
@group(0) @binding(0) var<uniform> shard: Shard;
@group(0) @binding(1) var<storage, read_write> out: array<u32>;
`;
const MAIN = '@compute @workgroup_size(1) fn main(@builtin(workgroup_id) id: vec3u) { let at = shard.first.x + id.x - shard.base;';
const GOOD = `${HEAD}${MAIN} out[at] = shard.first.x + id.x; }`;

const stageOf = (wgsl: string, more: Partial<StageSpec> = {}): StageSpec => ({
  name: 'main',
  wgsl,
  grid: [64, 1, 1],
  workgroupsPerShard: 16,
  parameters: {},
  inputs: {},
  outputs: { out: { layout: { kind: 'byWorkgroup', bytesPerWorkgroup: 4 }, element: 'u32', comparison: { kind: 'exact' } } },
  ...more,
});

let validator: Validator;
beforeAll(async () => {
  validator = await createValidator();
});

const examine = (wgsl: string, more: Partial<StageSpec> = {}, inputs: Record<string, Uint8Array> = {}) =>
  examineProgram(validator, { stage: stageOf(wgsl, more), inputs });
const refusal = (...asked: Parameters<typeof examine>) =>
  examine(...asked).then(
    () => null,
    (fault: unknown) => fault as { code: string; message: string; facts: Record<string, unknown> },
  );

describe('a good program', () => {
  it('is reflected, compiled and sampled', async () => {
    const report = await examine(GOOD);
    expect(report.reflection.entryPoint).toBe('main');
    expect(report.module?.subarray(0, 4)).toEqual(new Uint8Array([0, 0x61, 0x73, 0x6d]));
    expect(report.sample?.workgroups).toBe(6);
  });

  it('gets its parameters packed', async () => {
    const wgsl = `${HEAD}struct P { scale: f32, count: u32 }\n@group(0) @binding(2) var<uniform> parameters: P;\n${MAIN} out[at] = parameters.count + u32(parameters.scale); }`;
    const report = await examine(wgsl, { parameters: { scale: 1.5, count: 7 } });
    expect(report.parameters).toEqual(new Uint8Array([0, 0, 192, 63, 7, 0, 0, 0]));
    expect((await refusal(wgsl, { parameters: { scale: 1.5 } }))?.message).toMatch(/count/);
    expect((await refusal(wgsl, { parameters: { scale: 1.5, count: 7, more: 1 } }))?.message).toMatch(/more/);
  });
});

describe('a program is refused', () => {
  it.each([
    ['what Tint refuses, with its line', `${HEAD}${MAIN} out[at] = 1u + 1i; }`, 'bad-program', /Line 4, column \d+: no matching overload/],
    ['text that is no WGSL', 'hello', 'bad-program', /Line 1/],
    [
      'num_workgroups',
      `${HEAD}@compute @workgroup_size(1) fn main(@builtin(num_workgroups) n: vec3u) { out[0] = n.x; }`,
      'bad-program',
      /use shard.grid/,
    ],
    [
      'a missing Shard uniform',
      '@group(0) @binding(1) var<storage, read_write> out: array<u32>;\n@compute @workgroup_size(1) fn main() { out[0] = 1; }',
      'bad-program',
      /struct named Shard/,
    ],
    [
      'a barrier in non-uniform flow',
      `${HEAD}@compute @workgroup_size(2) fn main(@builtin(local_invocation_index) i: u32) { if (i == 0) { workgroupBarrier(); } out[0] = shard.base; }`,
      'bad-program',
      /Line/,
    ],
    [
      'a Shard with other members',
      `${HEAD.replace('base: u32, count', 'count: u32, base')}${MAIN} out[at] = 1u; }`,
      'bad-program',
      /Declare it as struct Shard/,
    ],
    [
      'textures',
      `${HEAD}@group(0) @binding(2) var t: texture_storage_2d<rgba8unorm, write>;\n${MAIN} textureStore(t, vec2u(0, 0), vec4f(1)); out[at] = 1u; }`,
      'bad-program',
      /texture_storage_2d/,
    ],
    ['a workgroup too large', `${HEAD}@compute @workgroup_size(257) fn main() { out[0] = shard.base; }`, 'bad-program', /257|256/],
    [
      'an endless loop',
      `${HEAD}${MAIN} var i = 0u; loop { i = i * 3u + 1u; if (i == 2u) { break; } } out[at] = i; }`,
      'program-runs-away',
      /bound its loops/,
    ],
    [
      'a workgroup that writes its neighbour’s piece',
      `${HEAD}${MAIN} out[at] = 7; out[at + 1u] = 9; }`,
      'program-not-separable',
      /writes outside its own 4 bytes/,
    ],
    [
      'a workgroup that writes by its place in the dispatch',
      `${HEAD}@compute @workgroup_size(1) fn main(@builtin(workgroup_id) id: vec3u) { out[id.x] = id.x + shard.grid.x; }`,
      'program-not-separable',
      /other bytes alone/,
    ],
  ])('for %s', async (_what, wgsl, code, sentence) => {
    const fault = await refusal(wgsl);
    expect(fault?.code).toBe(code);
    expect(fault?.message).toMatch(sentence);
  });

  it('for bindings that do not match the stage, each by its field', async () => {
    const more = `${HEAD}@group(0) @binding(2) var<storage, read> data: array<u32>;\n${MAIN} out[at] = data[at]; }`;
    expect(await refusal(more)).toMatchObject({ code: 'bad-spec', facts: { field: 'inputs.data' } });
    const digest = 'a'.repeat(64) as never;
    const inputs = { data: { digest } };
    expect(await refusal(more, { inputs }, { data: new Uint8Array(4) })).toBeNull();
    expect(await refusal(more, { inputs }, { data: new Uint8Array(0) })).toMatchObject({ facts: { field: 'inputs.data' } });
    const sliced = { data: { digest, slice: { bytesPerWorkgroup: 4 } } };
    expect(await refusal(more, { inputs: sliced }, { data: new Uint8Array(256) })).toBeNull();
    expect((await refusal(more, { inputs: sliced }, { data: new Uint8Array(252) }))?.message).toMatch(
      /252 bytes, 64 workgroups of 4 need 256/,
    );
    expect(await refusal(GOOD, { inputs })).toMatchObject({ code: 'bad-spec', facts: { field: 'inputs.data' } });
    expect(await refusal(GOOD, { parameters: { scale: 1 } })).toMatchObject({ code: 'bad-spec', facts: { field: 'parameters' } });
  });

  it('for shards of more work than a minute, with the number that fits', async () => {
    const heavy = `${HEAD}${MAIN} var sum = 0u; for (var k = 0u; k < 4000000u; k++) { sum += k ^ sum; } out[at] = sum; }`;
    const ask = (workgroupsPerShard: number) => examine(heavy, { grid: [40_000, 1, 1], workgroupsPerShard });
    const fault = await ask(40_000).catch((cause: { code: string; facts: { field: string; most: number } }) => cause);
    expect(fault).toMatchObject({ code: 'bad-spec', facts: { field: 'workgroupsPerShard', most: expect.any(Number) } });
    const { most } = (fault as { facts: { most: number } }).facts;
    const fitting = await ask(most);
    expect(fitting.sample!.workPerWorkgroup * most).toBeLessThanOrEqual(MAX_SHARD_WORK);
    await expect(ask(most + 1)).rejects.toMatchObject({ facts: { most } });
  });
});

describe('the lint of a program', () => {
  it('says which outputs are exact, near, or a matter of order, by running samples forwards and backwards', async () => {
    expect((await examine(GOOD)).lint).toMatchObject({ workgroups: 6, outputs: [{ name: 'out', verdict: 'exact', fits: true }] });
    const near = await examine(`${HEAD}${MAIN} out[at] = u32(sin(f32(shard.first.x + id.x)) * 9.0 + 9.0); }`);
    expect(near.lint?.outputs[0]).toMatchObject({
      verdict: 'tolerance',
      fits: false,
      reasons: [{ lines: [4] }, { lines: [4] }, { lines: [4] }],
    });
    const race = `${HEAD}@compute @workgroup_size(4) fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) i: u32) {
      let linear = shard.first.x + id.x;\nout[linear - shard.base] = i + linear;\n}`;
    expect((await examine(race)).lint?.outputs[0]).toMatchObject({ verdict: 'order', reasons: [{ lines: [6] }] });
  });
});

describe('work', () => {
  it('is counted the same at every sample and on every machine', async () => {
    const first = await examine(GOOD);
    expect(first.sample).toEqual((await examine(GOOD)).sample);
    // One invocation that reads four words and writes one.
    expect(first.sample?.workPerWorkgroup).toBeGreaterThan(8);
    expect(first.sample?.workPerWorkgroup).toBeLessThan(40);
  });
});

describe('where Dawn cannot be loaded', () => {
  it('no validator is made, and one sentence says why no job is accepted', async () => {
    const refused = createValidator(() => Promise.reject(new Error('no such binary')));
    await expect(refused).rejects.toMatchObject({ code: 'validator-unavailable', message: expect.stringMatching(/no job can be checked/) });
  });
});

/** A stand-in for the child process. */
const spawnScript = (script: string) =>
  spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], serialization: 'advanced' });

describe('the examiner’s process', () => {
  const opened: ProgramExaminer[] = [];
  const create = (...options: Parameters<typeof createProgramExaminer>) => {
    const examiner = createProgramExaminer(...options);
    opened.push(examiner);
    return examiner;
  };
  afterAll(() => opened.forEach((examiner) => examiner.stop()));

  it('answers reports and faults as the function does, one after the other', async () => {
    const examiner = create();
    const bad = examiner.examine({ stage: stageOf('hello'), inputs: {} });
    const good = examiner.examine({ stage: stageOf(GOOD), inputs: {} });
    await expect(bad).rejects.toMatchObject({ code: 'bad-program' });
    expect((await good).module?.length).toBeGreaterThan(100);
  });

  it('computes a leaf again there, with bounded fuel', async () => {
    const examiner = create();
    const output = { name: 'out', layout: { kind: 'byWorkgroup', bytesPerWorkgroup: 4 }, workgroupsPerLeaf: 2 } as const;
    const recheck = (wgsl: string, index: number) =>
      examiner.recheckLeaf({
        program: { program: { wgsl }, grid: [64, 1, 1], inputs: [], outputs: [output] },
        inputs: new Map(),
        shard: { base: 16, count: 5 },
        leaf: { output: 'out', index },
      });
    const bytes = new Uint8Array(Uint32Array.of(18, 19).buffer);
    expect(await recheck(GOOD, 1)).toEqual({ bytes, hash: leafHash(bytes) });
    expect((await recheck(GOOD, 2)).bytes).toEqual(new Uint8Array(Uint32Array.of(20).buffer));
    await expect(recheck(GOOD, 3)).rejects.toMatchObject({ code: 'bad-program', message: expect.stringMatching(/no leaf 3/) });
    await expect(recheck(GOOD.replace('out[at] =', 'loop { if (at > 99u) { break; } } out[at] ='), 0)).rejects.toMatchObject({
      code: 'program-runs-away',
    });
  });

  it('gives up a program after its time, and goes on with the next in a new process', async () => {
    let started = 0;
    // the first process never answers
    const start = () => {
      const script =
        started++ === 0
          ? 'process.on("message", () => {})'
          : 'process.on("message", () => process.send({ answer: { kind: "report", report: "fine" } }))';
      return spawnScript(script);
    };
    const examiner = create({ timeoutMs: 1_000, start });
    const first = examiner.examine({ stage: stageOf(GOOD), inputs: {} });
    await expect(first).rejects.toMatchObject({ code: 'program-runs-away' });
    await expect(examiner.examine({ stage: stageOf(GOOD), inputs: {} })).resolves.toBe('fine');
  });

  it('blames the program that made the process end', async () => {
    const examiner = create({ start: () => spawnScript('process.on("message", () => process.abort())') });
    await expect(examiner.examine({ stage: stageOf(GOOD), inputs: {} })).rejects.toMatchObject({ code: 'bad-program' });
  });

  it('takes so many waiting programs and no more', async () => {
    const examiner = create({ start: () => spawnScript('process.on("message", () => {})') });
    const ask = () => examiner.examine({ stage: stageOf(GOOD), inputs: {} });
    for (let i = 0; i < MAX_WAITING + 1; i++) void ask().catch(() => undefined);
    await expect(ask()).rejects.toMatchObject({ code: 'too-many-requests' });
  });
});

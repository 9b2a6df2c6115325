// One shard on this device: real compiler and CPU engine, inputs by digest and by slice, each refusal with its place.
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createApi } from '../../../src/account/create-api.ts';
import type { Digest } from '../../../src/protocol/ids.ts';
import type { JobSpec } from '../../../src/protocol/job.ts';
import { parseJobSpec } from '../../../src/protocol/parse-job-spec.ts';
import { digestOf } from '../../../src/protocol/sha256.ts';
import type { Client } from '../../../src/requester/create-client.ts';
import { listTemplates } from '../../../src/requester/list-templates.ts';
import { prepareTemplate } from '../../../src/requester/prepare-template.ts';
import { tryJob } from '../../../src/requester/try-job.ts';
import { faultOf } from '../server/http/start-app.ts';

const WGSL = `
struct Shard { first: vec3u, base: u32, count: u32, grid: vec3u }
struct Parameters { factor: u32 }
@group(0) @binding(0) var<uniform> shard: Shard;
@group(0) @binding(1) var<uniform> parameters: Parameters;
@group(0) @binding(2) var<storage, read> table: array<u32>;
@group(0) @binding(3) var<storage, read> own: array<u32>;
@group(0) @binding(4) var<storage, read_write> sums: array<u32>;
@compute @workgroup_size(1) fn main(@builtin(workgroup_id) id: vec3u) {
  let linear = shard.first.x + id.x;
  sums[linear - shard.base] = linear * parameters.factor + table[0] + own[linear - shard.base];
}`;

/** Serves blobs from memory and nothing else, and takes uploads. */
function createBlobClient(): { readonly client: Client; readonly put: (bytes: Uint8Array) => Digest } {
  const blobs = new Map<string, Uint8Array>();
  const put = (bytes: Uint8Array): Digest => {
    blobs.set(digestOf(bytes), bytes);
    return digestOf(bytes);
  };
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    if (init.method === 'PUT') return Response.json({ digest: put(init.body as Uint8Array), bytes: 0 }, { status: 201 });
    const bytes = blobs.get(url.split('/').at(-1) ?? '');
    return bytes === undefined ? Response.json({ code: 'not-found', sentence: 'No.' }, { status: 404 }) : new Response(bytes.slice());
  };
  return { client: createApi({ baseUrl: 'http://memory', fetch }), put };
}

function words(...values: number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(values).buffer);
}

function makeSpec(put: (bytes: Uint8Array) => Digest, change: object = {}): JobSpec {
  const stage = {
    name: 'main',
    wgsl: WGSL,
    grid: [10, 1, 1],
    workgroupsPerShard: 4,
    parameters: { factor: 100 },
    inputs: {
      table: { digest: put(words(7)) },
      own: { digest: put(words(...Array.from({ length: 10 }, (_, i) => i * 1_000))), slice: { bytesPerWorkgroup: 4 } },
    },
    outputs: { sums: { layout: { kind: 'byWorkgroup', bytesPerWorkgroup: 4 }, element: 'u32', comparison: { kind: 'exact' } } },
    ...change,
  };
  return parseJobSpec({ title: 'Sums', stages: [stage], view: { kind: 'bytes', output: 'sums' } });
}

describe('where the only GPU is one of software', () => {
  afterEach(() => vi.unstubAllGlobals());

  /** The adapter gives no device, so that what was tried ends at the CPU again. */
  function stubSoftwareGpu() {
    const requestDevice = vi.fn(() => Promise.reject(new Error('no device')));
    const info = { vendor: 'google', architecture: 'swiftshader', device: '', description: '', isFallbackAdapter: true };
    vi.stubGlobal('navigator', { gpu: { requestAdapter: async () => ({ info, limits: {}, requestDevice }) } });
    return requestDevice;
  }
  const ONLY_FOR_GPUS = WGSL.replace('linear * parameters.factor', 'subgroupAdd(linear)');

  test('it is left alone, and the trial says so', async () => {
    const requestDevice = stubSoftwareGpu();
    const { client, put } = createBlobClient();
    const { engine } = await tryJob(client, makeSpec(put));
    expect(engine).toMatchObject({ kind: 'cpu', sentence: expect.stringContaining('slower than the CPU itself') });
    expect(requestDevice).not.toHaveBeenCalled();
  });

  test.each([
    ['it is tried when it was asked for', WGSL, { softwareGpu: 'use' }, 1],
    ['it is tried when our compiler cannot do the program', ONLY_FOR_GPUS, {}, 1],
    ['it is not tried for a program that is wrong', WGSL.replace('table[0]', 'missing'), {}, 0],
  ] as const)('%s', async (_, wgsl, options, times) => {
    const requestDevice = stubSoftwareGpu();
    const { client, put } = createBlobClient();
    await tryJob(client, makeSpec(put, { wgsl }), options).catch(() => undefined);
    expect(requestDevice).toHaveBeenCalledTimes(times);
  });
});

describe('a trial', () => {
  test.each([
    [undefined, 4, [4, 5, 6, 7]],
    [0, 0, [0, 1, 2, 3]],
    [2, 8, [8, 9]],
  ])('of shard %s computes its workgroups, with its slice of the inputs', async (index, base, linear) => {
    const { client, put } = createBlobClient();
    const progress: number[] = [];
    const trial = await tryJob(client, makeSpec(put), {
      ...(index === undefined ? {} : { index }),
      want: 'cpu',
      onProgress: (done) => progress.push(done),
    });
    expect(trial).toMatchObject({ base, count: linear.length, engine: { kind: 'cpu', isFallback: false } });
    expect(new Uint32Array(trial.outputs.get('sums')!.slice().buffer)).toEqual(
      Uint32Array.from(linear.map((i) => i * 100 + 7 + i * 1_000)),
    );
    expect(progress.at(-1)).toBe(linear.length);
  });

  test('says how much work a workgroup is and by what its output can be compared', async () => {
    const { client, put } = createBlobClient();
    const found = async (wgsl: string) => (await tryJob(client, makeSpec(put, { wgsl }), { want: 'cpu' })).findings;
    const exact = await found(WGSL);
    expect(exact).toMatchObject({ lint: { workgroups: 2, outputs: [{ name: 'sums', verdict: 'exact' }] } });
    expect(exact).toEqual(await found(WGSL));
    const near = await found(WGSL.replace('linear * parameters', 'u32(sin(f32(linear)) * 9.0) * parameters'));
    expect(near?.lint.outputs[0]).toMatchObject({ verdict: 'tolerance', fits: false });
    expect(near!.workPerWorkgroup!).toBeGreaterThan(exact!.workPerWorkgroup! + 20);
    // Fifty million turns are more than a page waits for.
    const long = await found(
      WGSL.replace('let linear', 'for (var k = 0u; k < 50000000u; k++) { if (k > table[0] + 99999999u) { break; } }\nlet linear'),
    );
    expect(long).toMatchObject({ workPerWorkgroup: null, lint: { workgroups: 0 } });
  });

  test.each([
    ['a syntax error', { wgsl: `${WGSL}\nfn broken( {` }, 'bad-program', { field: 'wgsl', line: 13 }],
    ['an unknown parameter', { parameters: { factor: 1, other: 2 } }, 'bad-spec', { field: 'parameters' }],
    ['a missing parameter', { parameters: {} }, 'bad-spec', { field: 'parameters' }],
    ['an input that is not stored', { inputs: { table: { digest: 'ab'.repeat(32) }, own: { digest: 'ab'.repeat(32) } } }, 'not-found', {}],
    ['an input the program does not have', { inputs: {} }, 'bad-program', { field: 'wgsl' }],
  ])('with %s is refused at its place', async (_, change, code, facts) => {
    const { client, put } = createBlobClient();
    expect(await faultOf(tryJob(client, makeSpec(put, change), { want: 'cpu' }))).toMatchObject({ code, facts });
  });

  test('of a shard that is none, or stopped before it began, ends in a fault', async () => {
    const { client, put } = createBlobClient();
    expect(await faultOf(tryJob(client, makeSpec(put), { index: 3, want: 'cpu' }))).toMatchObject({ code: 'bad-spec' });
    expect(await faultOf(tryJob(client, makeSpec(put), { want: 'cpu', signal: AbortSignal.abort() }))).toMatchObject({ code: 'cancelled' });
  });
});

test.each(listTemplates().map((template) => [template.id, template] as const))(
  'the template %s can be tried as it ships',
  async (id, template) => {
    const { client } = createBlobClient();
    const [stage] = template.stages;
    const wgsl = readFileSync(new URL(`../../../shaders/${id}/${stage.wgslFile}`, import.meta.url), 'utf8');
    const spec = await prepareTemplate(client, template, { wgsl });
    expect(parseJobSpec({ ...spec, maxPrice: null })).toEqual(spec);
    const small: JobSpec = { ...spec, stages: [{ ...spec.stages[0]!, workgroupsPerShard: 1 }] };
    const trial = await tryJob(client, small, { want: 'cpu' });
    const bytes = trial.outputs.get(spec.view.output)!;
    expect(bytes.some((byte) => byte !== 0)).toBe(true);
  },
);

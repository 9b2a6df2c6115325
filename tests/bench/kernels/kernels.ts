// The kernels of the bench by name, with the data they run over; the same bytes in every process.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { prepareInputs } from '../../../shaders/prepare-inputs.ts';
import { compile } from '../../../src/compiler/compile.ts';
import { packUniform } from '../../../src/compiler/pack-uniform.ts';
import { type Buffers, type Kernel, type KernelName, wordsOf } from './kernel.ts';
import { mandelbrot } from './mandelbrot.ts';
import { matmul } from './matmul.ts';
import { nbody } from './nbody.ts';
import { pathTracer } from './path-tracer.ts';
import { reduction } from './reduction.ts';
import { sha256 } from './sha256.ts';

const here = import.meta.dirname;
const bodies = 4_096;
const messages = 131_072;
/** 1 MiB, so that it measures code: 16 MiB took everyone about the 3 ms that it takes to read them. */
const numbers = 2 ** 18;

export async function loadKernel(name: KernelName): Promise<Kernel> {
  switch (name) {
    case 'mandelbrot':
      return own(name, [128, 128, 1], ['turns'], mandelbrot, () => [['turns', zeros(2 ** 22)]]);
    case 'matmul':
      return own(name, [32, 32, 1], ['c'], matmul, () => [
        ['a', chanceFloats(1, 2 ** 18)],
        ['b', chanceFloats(2, 2 ** 18)],
        ['c', zeros(2 ** 20)],
      ]);
    case 'sha256':
      return own(name, [messages / 64, 1, 1], ['digests'], sha256, () => [
        ['messages', chanceWords(3, messages * 16)],
        ['digests', zeros(messages * 32)],
      ]);
    case 'nbody':
      return {
        ...own(name, [bodies / 64, 1, 1], ['velocities', 'moved'], nbody, () => [
          ['places', chanceFloats(4, bodies * 4)],
          ['velocities', zeros(bodies * 16)],
          ['moved', zeros(bodies * 16)],
        ]),
        overrides: { COUNT: bodies },
        // WGSL lets a GPU's inverseSqrt be off by 2 ULP.
        tolerance: { of: ['swiftshader'], element: 'f32', abs: 1e-6, rel: 1e-4, maxOutlierShare: 0 },
      };
    case 'reduction':
      return {
        ...own(name, [numbers / 1_024, 1, 1], ['total'], reduction, () => [
          ['numbers', chanceWords(5, numbers)],
          ['total', zeros(4)],
        ]),
        cSource: null,
      };
    case 'pathTracer':
      return loadPathTracer();
  }
}

function own(
  name: KernelName,
  workgroups: Kernel['workgroups'],
  outputs: readonly string[],
  javascript: Kernel['javascript'],
  makeBuffers: () => readonly (readonly [string, Uint8Array<ArrayBuffer>])[],
): Kernel {
  return {
    name,
    wgsl: readFileSync(join(here, `${name}.wgsl`), 'utf8'),
    overrides: {},
    workgroups,
    makeBuffers: () => new Map(makeBuffers()),
    outputs,
    cSource: join(here, `${name}.c`),
    javascript,
    tolerance: null,
  };
}

/** The template `bunny` with its prepared mesh, at 256 x 256 pixels and few paths a pixel. */
async function loadPathTracer(): Promise<Kernel> {
  const folder = join(here, '../../../shaders/bunny');
  const wgsl = readFileSync(join(folder, 'bunny.wgsl'), 'utf8');
  const { stages } = JSON.parse(readFileSync(join(folder, 'job.json'), 'utf8')) as {
    readonly stages: readonly { readonly parameters: Readonly<Record<string, number | number[]>> }[];
  };
  const type = compile(wgsl).reflection.bindings.find((binding) => binding.name === 'parameters')?.type;
  if (type === undefined) throw new Error('The path tracer has no parameters.');
  const parameters = new Uint8Array(packUniform(type, { ...stages[0]?.parameters, samples: 2 }));
  const inputs: Buffers = await prepareInputs('bunny');
  return {
    name: 'pathTracer',
    wgsl,
    overrides: {},
    workgroups: [32, 32, 1],
    makeBuffers: () => new Map([['parameters', parameters], ...inputs, ['pixels', zeros(32 * 32 * 256)]]),
    outputs: ['pixels'],
    cSource: null,
    javascript: pathTracer,
    // As its template allows: a rounding can decide what a ray hits. The twin computes in f64, as one would.
    tolerance: { of: ['swiftshader', 'javascript'], element: 'u8', abs: 4, rel: 0, maxOutlierShare: 0.01 },
  };
}

function zeros(bytes: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}

/** xorshift32: the same words in every language and process. */
function chanceWords(seed: number, count: number): Uint8Array<ArrayBuffer> {
  const bytes = zeros(count * 4);
  const words = wordsOf(new Map([['words', bytes]]), 'words');
  let state = seed * 0x9e3779b9;
  for (let i = 0; i < count; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[i] = state;
  }
  return bytes;
}

/** From 0 up to 1. */
function chanceFloats(seed: number, count: number): Uint8Array<ArrayBuffer> {
  const words = chanceWords(seed, count);
  const floats = Float32Array.from(new Uint32Array(words.buffer), (word) => (word >>> 8) / 2 ** 24);
  return new Uint8Array(floats.buffer);
}

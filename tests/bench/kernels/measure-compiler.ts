// What the compiler itself costs: how long it takes when warm, how large it is as a chunk of its own, how large its modules are.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { compile } from '../../../src/compiler/compile.ts';
import { spreadOf } from '../print-table.ts';
import type { KernelName } from './kernel.ts';
import { loadKernel } from './kernels.ts';
import { buildOptions } from './make-runner.ts';

const top = join(import.meta.dirname, '../../..');
/** Together a few times 200 lines, of all kinds. */
const SHADERS = ['bunny', 'collatz', 'fractal'] as const;
const rounds = 20;

export interface CompilerFigures {
  /** Medians, by template. */
  readonly compileMs: Readonly<Record<string, number>>;
  /** All of them, for 200 of their lines. */
  readonly compileMsOf200Lines: number;
  readonly minifiedBytes: number;
  readonly gzipBytes: number;
}

export async function measureCompiler(): Promise<CompilerFigures> {
  const texts = SHADERS.map((name) => readFileSync(join(top, 'shaders', name, `${name}.wgsl`), 'utf8'));
  for (const text of texts) for (let i = 0; i < rounds; i++) compileAndInstantiate(text);
  const medians = texts.map((text) => spreadOf(Array.from({ length: rounds }, () => compileAndInstantiate(text))).median);
  const lines = texts.reduce((sum, text) => sum + text.split('\n').length, 0);
  return {
    compileMs: Object.fromEntries(SHADERS.map((name, i) => [name, medians[i]!])),
    compileMsOf200Lines: (medians.reduce((sum, ms) => sum + ms, 0) * 200) / lines,
    ...(await measureSize()),
  };
}

/** CPU milliseconds; instantiated with the smallest memory it takes. */
function compileAndInstantiate(wgsl: string): number {
  const before = process.cpuUsage();
  const { module, abi } = compile(wgsl);
  const memory = new WebAssembly.Memory({ initial: Math.ceil(Math.max(1, abi.staticBytes) / 65_536) });
  new WebAssembly.Instance(new WebAssembly.Module(module as BufferSource), { env: { memory } });
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

async function measureSize(): Promise<{ readonly minifiedBytes: number; readonly gzipBytes: number }> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    root: top,
    publicDir: false,
    build: { write: false, minify: true, target: 'es2022', lib: { entry: join(top, 'src/compiler/compile.ts'), formats: ['es'] } },
  });
  const outputs = (Array.isArray(built) ? built : [built]).flatMap((each) => ('output' in each ? each.output : []));
  const code = outputs.map((output) => (output.type === 'chunk' ? output.code : '')).join('');
  return { minifiedBytes: Buffer.byteLength(code), gzipBytes: gzipSync(code, { level: 9 }).byteLength };
}

export async function measureModule(name: KernelName): Promise<{ readonly bytes: number; readonly compileMs: number }> {
  const kernel = await loadKernel(name);
  const startedAtMs = performance.now();
  const { module } = compile(kernel.wgsl, buildOptions(kernel, 'ours'));
  return { bytes: module.byteLength, compileMs: performance.now() - startedAtMs };
}

// What compiled kernels are held to, and whether a run met it: a line each, with how far it is when it was not met.
import { describeSpread, figure, type Spread } from '../print-table.ts';
import type { ContenderName } from './contender.ts';
import { KERNELS, type KernelName } from './kernel.ts';

export interface KernelFigures {
  /** How many times as long as ours each contender took. */
  readonly timesOurs: Readonly<Partial<Record<KernelName, Readonly<Partial<Record<ContenderName, Spread>>>>>>;
  /** Of the first shard of a fresh process to the later ones. */
  readonly firstShard: Readonly<Partial<Record<KernelName, number>>>;
  readonly moduleBytes: Readonly<Partial<Record<KernelName, number>>>;
  readonly compiler: { readonly compileMsOf200Lines: number; readonly gzipBytes: number } | null;
}

/** Our time at most so many times gcc's. */
export const OF_GCC: Readonly<Partial<Record<KernelName, number>>> = { mandelbrot: 0.7, matmul: 0.4, sha256: 0.75, nbody: 1.2 };
const BARRIER_KERNELS: readonly KernelName[] = ['matmul', 'reduction'];
const TIMES_SWIFTSHADER = 3;
const TIMES_SWIFTSHADER_BARRIERS = 50;
const TIMES_JAVASCRIPT = 3;
const FIRST_SHARD = 1.3;
const MODULE_BYTES = 10_000;
const COMPILER_BYTES = 90_000;
const COMPILE_MS = 15;

/** Only what was measured is judged. */
export function judgeKernels(figures: KernelFigures): readonly string[] {
  return [
    ...KERNELS.flatMap((kernel) => judgeSpeed(kernel, figures.timesOurs[kernel] ?? {})),
    ...KERNELS.flatMap((kernel) => {
      const first = figures.firstShard[kernel];
      return first === undefined
        ? []
        : [atMost(`${kernel}: first shard of a fresh process, in times of the later ones`, first, FIRST_SHARD)];
    }),
    ...KERNELS.flatMap((kernel) => {
      const bytes = figures.moduleBytes[kernel];
      return bytes === undefined ? [] : [atMost(`${kernel}: bytes of the module`, bytes, MODULE_BYTES)];
    }),
    ...judgeCompiler(figures.compiler),
  ];
}

function judgeSpeed(kernel: KernelName, timesOurs: Readonly<Partial<Record<ContenderName, Spread>>>): readonly string[] {
  const lines: string[] = [];
  const { gcc, swiftshader, javascript } = timesOurs;
  const most = OF_GCC[kernel];
  if (gcc !== undefined && most !== undefined) {
    const ours: Spread = { median: 1 / gcc.median, min: 1 / gcc.max, max: 1 / gcc.min };
    lines.push(`${atMost(`${kernel}: time in times of gcc's`, ours.median, most)} ${describeSpread(ours)}`);
  }
  const least = BARRIER_KERNELS.includes(kernel) ? TIMES_SWIFTSHADER_BARRIERS : TIMES_SWIFTSHADER;
  if (swiftshader !== undefined)
    lines.push(`${atLeast(`${kernel}: times faster than SwiftShader`, swiftshader.median, least)} ${describeSpread(swiftshader)}`);
  if (javascript !== undefined)
    lines.push(`${atLeast(`${kernel}: times faster than JavaScript`, javascript.median, TIMES_JAVASCRIPT)} ${describeSpread(javascript)}`);
  return lines;
}

function judgeCompiler(compiler: KernelFigures['compiler']): readonly string[] {
  if (compiler === null) return [];
  return [
    atMost('ms to compile and instantiate 200 lines, warm', compiler.compileMsOf200Lines, COMPILE_MS),
    atMost('bytes of the compiler, gzipped', compiler.gzipBytes, COMPILER_BYTES),
  ];
}

function atMost(what: string, value: number, most: number): string {
  return `${value <= most ? 'met    ' : 'not met'}  ${what} is ${figure(value)}, at most ${figure(most)}: ${figure(most / value)}x`;
}

function atLeast(what: string, value: number, least: number): string {
  return `${value >= least ? 'met    ' : 'not met'}  ${what} is ${figure(value)}, at least ${figure(least)}: ${figure(value / least)}x`;
}

// The kernel bench: its flags, what it calls met, what it calls the same bytes, and that it runs; how fast it is asserts nobody here.
import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compareOutputs } from '../../bench/kernels/compare-bytes.ts';
import type { Tolerance } from '../../bench/kernels/kernel.ts';
import { parseKernelOptions } from '../../bench/kernels/kernel-options.ts';
import { judgeKernels, type KernelFigures } from '../../bench/kernels/kernel-targets.ts';
import { timesOurs } from '../../bench/kernels/race-kernel.ts';

const PROJECT = dirname(dirname(dirname(import.meta.dirname)));

describe('flags', () => {
  test('without any, every kernel against every rival', () => {
    const { only, against, rounds, isQuick } = parseKernelOptions([]);
    expect(only).toEqual(['mandelbrot', 'matmul', 'sha256', 'nbody', 'reduction', 'pathTracer']);
    expect(against).toEqual(['ours', 'scalar', 'gcc', 'javascript', 'swiftshader']);
    expect({ rounds, isQuick }).toEqual({ rounds: 7, isQuick: false });
  });

  test('each is read, and ours always runs first', () => {
    const options = parseKernelOptions(['--only', 'nbody,sha256', '--against', 'gcc,plain', '--rounds', '50', '--quick']);
    expect(options).toEqual({ only: ['nbody', 'sha256'], against: ['ours', 'gcc', 'plain'], rounds: 50, isQuick: true });
    expect(parseKernelOptions(['--against', 'gcc,ours']).against).toEqual(['ours', 'gcc']);
  });

  test.each([
    [['--fast'], 'There is no flag --fast'],
    [['--rounds'], '--rounds wants a value'],
    [['--rounds', '0'], '--rounds must be a whole number from 1 to 50'],
    [['--rounds', '51'], '--rounds must be a whole number from 1 to 50'],
    [['--only', 'raytracer'], 'There is no kernel raytracer'],
    [['--against', 'clang'], 'There is no contender clang'],
  ])('%j is refused', (argv, sentence) => expect(() => parseKernelOptions(argv)).toThrow(sentence));
});

describe('targets', () => {
  const spread = (median: number) => ({ median, min: median / 2, max: median * 2 });
  const nothing: KernelFigures = { timesOurs: {}, firstShard: {}, moduleBytes: {}, compiler: null };
  const judge = (figures: Partial<KernelFigures>): readonly string[] => judgeKernels({ ...nothing, ...figures });

  test('what was not measured is not judged', () => expect(judge({})).toEqual([]));

  test.each([
    ['mandelbrot', { gcc: spread(1 / 0.699) }, 'met      mandelbrot: time in times of gcc'],
    ['mandelbrot', { gcc: spread(1 / 0.701) }, 'not met  mandelbrot: time in times of gcc'],
    ['matmul', { gcc: spread(2.51) }, 'met      matmul: time in times of gcc'],
    ['matmul', { gcc: spread(2.49) }, 'not met  matmul: time in times of gcc'],
    ['sha256', { gcc: spread(1.34) }, 'met      sha256: time in times of gcc'],
    ['sha256', { gcc: spread(1.33) }, 'not met  sha256: time in times of gcc'],
    ['nbody', { gcc: spread(0.84) }, 'met      nbody: time in times of gcc'],
    ['nbody', { gcc: spread(0.83) }, 'not met  nbody: time in times of gcc'],
    ['pathTracer', { swiftshader: spread(3) }, 'met      pathTracer: times faster than SwiftShader is 3,'],
    ['pathTracer', { swiftshader: spread(2.99) }, 'not met  pathTracer: times faster than SwiftShader is 2.99,'],
    ['reduction', { swiftshader: spread(50) }, 'met      reduction: times faster than SwiftShader is 50,'],
    ['reduction', { swiftshader: spread(49) }, 'not met  reduction: times faster than SwiftShader is 49,'],
    ['nbody', { javascript: spread(3) }, 'met      nbody: times faster than JavaScript is 3,'],
    ['nbody', { javascript: spread(2.9) }, 'not met  nbody: times faster than JavaScript is 2.9,'],
  ] as const)('%s %o', (kernel, ratios, sentence) => {
    const lines = judge({ timesOurs: { [kernel]: ratios } });
    expect(lines).toEqual([expect.stringContaining(sentence)]);
  });

  test('our time in times of gcc turns the spread around', () => {
    const [line] = judge({ timesOurs: { matmul: { gcc: { median: 4, min: 2, max: 5 } } } });
    expect(line).toBe("met      matmul: time in times of gcc's is 0.25, at most 0.4: 1.6x 0.25 [0.2..0.5]");
  });

  test.each([
    [{ firstShard: { nbody: 1.3 } }, 'met    '],
    [{ firstShard: { nbody: 1.31 } }, 'not met'],
    [{ moduleBytes: { nbody: 10_000 } }, 'met    '],
    [{ moduleBytes: { nbody: 10_001 } }, 'not met'],
  ])('%o is %s', (figures, begin) => expect(judge(figures)).toEqual([expect.stringMatching(new RegExp(`^${begin}  nbody`))]));

  test('the compiler is judged by its time and its size', () => {
    const compiler = { compileMsOf200Lines: 15, gzipBytes: 90_001 };
    expect(judge({ compiler }).map((line) => line.slice(0, 7))).toEqual(['met    ', 'not met']);
    const other = { compileMsOf200Lines: 15.1, gzipBytes: 90_000 };
    expect(judge({ compiler: other }).map((line) => line.slice(0, 7))).toEqual(['not met', 'met    ']);
  });
});

describe('ratios', () => {
  const race = { kernel: 'nbody', times: { ours: [10, 20, 40], gcc: [20, 20, 20], swiftshader: [100, 100] }, faults: [] } as const;

  test('are of the same round', () => expect(timesOurs(race, 'gcc')).toEqual({ median: 1, min: 0.5, max: 2 }));
  test('a slow one that was asked less often counts in its rounds', () =>
    expect(timesOurs(race, 'swiftshader')).toEqual({ median: 7.5, min: 5, max: 10 }));
  test('who did not run has none', () => expect(timesOurs(race, 'javascript')).toBeNull());
});

describe('the same bytes', () => {
  const floats = (...values: readonly number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);
  const tolerance: Tolerance = { of: ['swiftshader'], element: 'f32', abs: 0.5, rel: 0, maxOutlierShare: 0.25 };
  const of = (...bytes: readonly number[]): Uint8Array => Uint8Array.from(bytes);

  test('equal bytes are', () => expect(compareOutputs([of(1, 2)], [of(1, 2)], null)).toBeNull());
  test('one other byte is not', () => expect(compareOutputs([of(1, 2)], [of(1, 3)], null)).toBe('1 of 2 bytes differ'));
  test('fewer bytes are not', () => expect(compareOutputs([of(1, 2)], [of(1)], null)).toBe('1 bytes where ours are 2'));
  test('fewer outputs are not', () => expect(compareOutputs([of(1), of(2)], [of(1)], null)).toBe('1 outputs where ours are 2'));
  test('within a tolerance, a share may lie outside', () => {
    const ours = [floats(1, 2, 3, 4)];
    expect(compareOutputs(ours, [floats(1.5, 2, 3, 9)], tolerance)).toBeNull();
    expect(compareOutputs(ours, [floats(1.6, 2, 3, 9)], tolerance)).toBe('2 of 4 elements are too far apart');
    expect(compareOutputs(ours, [floats(Number.NaN, 2, 3, 9)], tolerance)).toBe('2 of 4 elements are too far apart');
  });
  test('a tolerance may be of single bytes', () => {
    const pixels: Tolerance = { ...tolerance, element: 'u8', abs: 4, maxOutlierShare: 0 };
    expect(compareOutputs([of(10, 20)], [of(14, 16)], pixels)).toBeNull();
    expect(compareOutputs([of(10, 20)], [of(15, 16)], pixels)).toBe('1 of 2 elements are too far apart');
  });
});

test('it runs: one kernel and its twin give the same bytes; the last line is one JSON object', { timeout: 120_000 }, async () => {
  const argv = ['--quick', '--rounds', '1', '--only', 'reduction', '--against', 'scalar,javascript'];
  const child = spawn(process.execPath, ['--import', 'tsx', 'tests/bench-kernels.ts', ...argv], {
    cwd: PROJECT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (part: Buffer) => {
    text += part.toString();
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  const lines = text.trimEnd().split('\n');
  expect(lines.filter((line) => line.startsWith('failed'))).toEqual([]);
  const { ms } = JSON.parse(lines.at(-1) ?? '') as { readonly ms: { readonly reduction: Readonly<Record<string, readonly number[]>> } };
  expect(Object.keys(ms.reduction)).toEqual(['ours', 'scalar', 'javascript']);
  expect(code).toBe(0);
});

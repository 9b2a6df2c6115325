// `npm run bench:kernels`: compiled kernels beside native code, hand-written JavaScript and SwiftShader on one core; the last line is one JSON object.
import { describeMachine } from './bench/describe-machine.ts';
import { CONTENDERS, type ContenderName } from './bench/kernels/contender.ts';
import type { KernelName } from './bench/kernels/kernel.ts';
import { type KernelOptions, parseKernelOptions } from './bench/kernels/kernel-options.ts';
import { judgeKernels, type KernelFigures } from './bench/kernels/kernel-targets.ts';
import { type CompilerFigures, measureCompiler, measureModule } from './bench/kernels/measure-compiler.ts';
import { type FirstShard, measureFirstShard } from './bench/kernels/measure-first-shard.ts';
import { type Race, type RacePlace, raceKernel, timesOurs } from './bench/kernels/race-kernel.ts';
import { findGcc, GCC_FLAGS } from './bench/kernels/start-c-twin.ts';
import { canPin, core, findSwiftShader } from './bench/kernels/start-contender.ts';
import { describeSpread, figure, printTable, type Spread, spreadOf } from './bench/print-table.ts';
import { runBench } from './bench/run-bench.ts';

interface Measured {
  readonly races: readonly Race[];
  readonly modules: Readonly<Partial<Record<KernelName, { readonly bytes: number; readonly compileMs: number }>>>;
  readonly firsts: Readonly<Partial<Record<KernelName, FirstShard>>>;
  readonly compiler: CompilerFigures | null;
  readonly failures: readonly string[];
}

async function measureAll(options: KernelOptions, place: RacePlace): Promise<Measured> {
  const failures: string[] = [];
  const races: Race[] = [];
  const modules: Partial<Record<KernelName, { readonly bytes: number; readonly compileMs: number }>> = {};
  const firsts: Partial<Record<KernelName, FirstShard>> = {};
  const attempt = async (what: string, run: () => Promise<void>): Promise<void> => {
    await run().catch((cause: unknown) => failures.push(`${what}: ${cause instanceof Error ? cause.message : String(cause)}`));
  };
  for (const kernel of options.only) {
    await attempt(kernel, async () => {
      modules[kernel] = await measureModule(kernel);
      const race = await raceKernel(kernel, options.against, options.rounds, place);
      races.push(race);
      failures.push(...race.faults);
      printRace(race);
      const runMs = Math.min(...(race.times.ours ?? [Number.POSITIVE_INFINITY]));
      if (!options.isQuick && Number.isFinite(runMs)) firsts[kernel] = await measureFirstShard(kernel, runMs, place);
    });
  }
  const compilers: CompilerFigures[] = [];
  if (!options.isQuick) await attempt('the compiler', async () => void compilers.push(await measureCompiler()));
  return { races, modules, firsts, compiler: compilers[0] ?? null, failures };
}

function printRace(race: Race): void {
  const rows = CONTENDERS.flatMap((name) => {
    const times = race.times[name];
    if (times === undefined) return [];
    const { median, min } = spreadOf(times);
    const ratio = name === 'ours' ? null : timesOurs(race, name);
    return [[name, figure(min), figure(median), ratio === null ? '' : describeSpread(ratio)]];
  });
  printTable([race.kernel, 'best ms', 'median ms', 'in times of ours'], rows);
}

function printRest({ modules, firsts, compiler }: Measured): void {
  const rows = Object.entries(modules).map(([kernel, { bytes }]) => {
    const first = firsts[kernel as KernelName];
    return [kernel, figure(bytes), first ? figure(first.firstShard) : '-', first ? figure(first.firstRun) : '-'];
  });
  printTable(['', 'module bytes', 'first shard : later', 'first run : later'], rows);
  if (compiler === null) return;
  const each = Object.entries(compiler.compileMs).map(([name, ms]) => `${name} ${figure(ms)} ms`);
  console.log(`Compile and instantiate, warm, median of 20: ${each.join(', ')}; ${figure(compiler.compileMsOf200Lines)} ms for 200 lines.`);
  console.log(`The compiler has ${figure(compiler.minifiedBytes)} bytes minified, ${figure(compiler.gzipBytes)} gzipped.\n`);
}

function figuresOf({ races, modules, firsts, compiler }: Measured): KernelFigures {
  const ratiosOf = (race: Race): Partial<Record<ContenderName, Spread>> =>
    Object.fromEntries(
      CONTENDERS.flatMap((name) => {
        const ratio = name === 'ours' ? null : timesOurs(race, name);
        return ratio === null ? [] : [[name, ratio]];
      }),
    );
  return {
    timesOurs: Object.fromEntries(races.map((race) => [race.kernel, ratiosOf(race)])),
    firstShard: Object.fromEntries(Object.entries(firsts).map(([kernel, { firstShard }]) => [kernel, firstShard])),
    moduleBytes: Object.fromEntries(Object.entries(modules).map(([kernel, { bytes }]) => [kernel, bytes])),
    compiler,
  };
}

async function bench(options: KernelOptions, scratchDir: string, teardown: RacePlace['teardown']): Promise<boolean> {
  const startedAtMs = performance.now();
  const machine = describeMachine(scratchDir);
  const gcc = findGcc();
  const place: RacePlace = { scratchDir, teardown, hasGcc: gcc !== null, swiftShader: findSwiftShader(scratchDir) };
  console.log(`${machine.cores} cores of ${machine.model}, Node ${machine.node}; load before ${machine.loadBefore}.`);
  console.log(canPin ? `Every contender runs on core ${core} alone.` : 'There is no taskset: contenders may use every core.');
  console.log(gcc === null ? 'There is no gcc: no C twins.' : `C twins: ${gcc}, ${GCC_FLAGS.join(' ')}.`);
  if (place.swiftShader === null) console.log('There is no SwiftShader (it comes with Chromium).');
  console.log('Milliseconds of CPU time of one run; ratios are of the same round, the median and [least..most].\n');
  const measured = await measureAll(options, place);
  printRest(measured);
  const figures = figuresOf(measured);
  for (const sentence of judgeKernels(figures)) console.log(sentence);
  for (const sentence of measured.failures) console.log(`failed   ${sentence}`);
  const seconds = Math.round((performance.now() - startedAtMs) / 1_000);
  console.log(`\nAll of this took ${seconds} s.`);
  const times = Object.fromEntries(measured.races.map(({ kernel, times: each }) => [kernel, each]));
  console.log(JSON.stringify({ ...figures, ms: times, firsts: measured.firsts, compiler: measured.compiler, gcc, machine, seconds }));
  return measured.failures.length === 0;
}

await runBench(
  parseKernelOptions,
  () => null,
  (options, { scratchDir, teardown }) => bench(options, scratchDir, teardown),
);

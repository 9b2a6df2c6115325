// `npm run fuzz:compiler -- --seeds 1000 --seed 1`: generated valid shaders before Tint, all our builds and SwiftShader; failures are shrunk and printed.
import { parseArgs } from 'node:util';
import { findSwiftShader, openSwiftShader, openTint } from './conformance/fuzz/dawn.ts';
import { describeFailure, shrinkFailure } from './conformance/fuzz/explain-failure.ts';
import { type Judges, judge, type Verdict } from './conformance/fuzz/judge.ts';
import { makeProgram } from './conformance/fuzz/make-program.ts';
import { printProgram } from './conformance/fuzz/tree.ts';

const USAGE = 'npm run fuzz:compiler -- [--seeds 1000] [--seed 1] [--ours] [--no-shrink] [--print]';

interface Options {
  readonly first: number;
  readonly count: number;
  readonly isOursOnly: boolean;
  readonly shrinks: boolean;
  readonly prints: boolean;
}

function parseOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      seeds: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      ours: { type: 'boolean', default: false },
      'no-shrink': { type: 'boolean', default: false },
      print: { type: 'boolean', default: false },
    },
  });
  const [count, first] = [Number(values.seeds), Number(values.seed)];
  if (!(count > 0 && first >= 0)) throw new Error(`--seeds and --seed want numbers. ${USAGE}`);
  return { first, count, isOursOnly: values.ours, shrinks: !values['no-shrink'], prints: values.print };
}

function openJudges(isOursOnly: boolean): Judges {
  if (isOursOnly) return { tint: null, swiftShader: null };
  const found = findSwiftShader();
  if ('reason' in found) console.log(`SwiftShader is left out: ${found.reason}.`);
  return { tint: openTint(), swiftShader: 'path' in found ? openSwiftShader(found.path) : null };
}

async function report(seed: number, verdict: Verdict, judges: Judges, shrinks: boolean): Promise<void> {
  console.log(`seed ${seed} fails: ${verdict.kind} ${verdict.variant}: ${verdict.message}`);
  if (!shrinks) return;
  const small = await shrinkFailure(makeProgram(seed), verdict, judges);
  console.log(describeFailure(seed, (await judge(small, judges, verdict.variant === '' ? [] : [verdict.variant])) ?? verdict, small));
}

async function run(options: Options): Promise<number> {
  const judges = openJudges(options.isOursOnly);
  const started = performance.now();
  const counts = { shaders: 0, wild: 0, failed: 0, lost: 0 };
  for (let seed = options.first; seed < options.first + options.count; seed++) {
    const program = makeProgram(seed);
    if (options.prints) console.log(printProgram(program));
    const verdict = await judge(program, judges);
    counts.shaders++;
    if (program.isWild) counts.wild++;
    if (verdict === null) continue;
    // SwiftShader breaks on some valid shaders; that says nothing about us.
    if (verdict.kind === 'lost') {
      counts.lost++;
      continue;
    }
    counts.failed++;
    await report(seed, verdict, judges, options.shrinks);
  }
  judges.tint?.close();
  judges.swiftShader?.close();
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(
    `${counts.shaders} shaders (${counts.wild} of them compared among our own builds only, ${counts.lost} given up by SwiftShader), ${counts.failed} failed, ${seconds} s`,
  );
  return counts.failed === 0 ? 0 : 1;
}

try {
  process.exitCode = await run(parseOptions(process.argv.slice(2)));
} catch (fault) {
  console.error(fault instanceof Error ? fault.message : fault);
  process.exitCode = 1;
}

// `npm run test:long`: a million fuzzed cases, ten minutes of three times the capacity, a hidden and a discarded tab; `-- --minutes 1` is the short way, a name picks a file.
import { dirname } from 'node:path';
import { type Reporter, startVitest, type TestModule } from 'vitest/node';
import { countOutcome, formatOutcome, type Outcome } from './support/count-outcome.ts';

const USAGE = 'npm run test:long -- [--minutes 10] [--seed number] [fuzz | overload | hidden | discard]';
const MAX_MINUTES = 600;
const HOUR_MS = 3_600_000;

/** What stands behind a flag, for the tests to read from the environment; the rest picks files. */
function parseFlags(argv: readonly string[]): readonly string[] {
  const rest: string[] = [];
  const names: Readonly<Record<string, string>> = { '--minutes': 'OSTRAKA_LONG_MINUTES', '--seed': 'OSTRAKA_FUZZ_SEED' };
  for (let at = 0; at < argv.length; at++) {
    const name = names[argv[at]!];
    if (name === undefined) {
      if (argv[at]!.startsWith('-')) throw new Error(`There is no flag ${argv[at]}. ${USAGE}`);
      rest.push(argv[at]!);
      continue;
    }
    const value = Number(argv[++at]);
    if (!(value > 0 && (name !== 'OSTRAKA_LONG_MINUTES' || value <= MAX_MINUTES)))
      throw new Error(`${argv[at - 1]} wants a number. ${USAGE}`);
    process.env[name] = String(value);
  }
  return rest;
}

async function run(): Promise<number> {
  process.chdir(dirname(import.meta.dirname));
  const filters = parseFlags(process.argv.slice(2));
  let outcome: Outcome = { passed: 0, failed: 0, skipped: 0 };
  const counter: Reporter = {
    onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]) {
      outcome = countOutcome(modules, errors.length);
    },
  };
  const vitest = await startVitest('test', [...filters], {
    config: false,
    watch: false,
    include: ['tests/long/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: HOUR_MS,
    hookTimeout: HOUR_MS,
    disableConsoleIntercept: true,
    reporters: ['default', counter],
  });
  await vitest.close();
  if (outcome.passed + outcome.failed === 0) console.error('No test ran.');
  console.log(formatOutcome(outcome));
  return outcome.failed > 0 || outcome.passed === 0 ? 1 : 0;
}

try {
  process.exitCode = await run();
} catch (fault) {
  console.error(fault instanceof Error ? fault.message : fault);
  process.exitCode = 1;
}

// `npm test`: finds a Chromium, builds the app, runs every vitest project and ends with one line that counts them.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { formatOutcome, type Outcome } from './support/count-outcome.ts';
import { findOrInstallChromium } from './support/find-chromium.ts';

process.chdir(dirname(import.meta.dirname));

let running: ChildProcess | null = null;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => running?.kill(signal));
}

function runNode(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    running = spawn(process.execPath, args, { stdio: 'inherit', env });
    running.once('error', reject);
    running.once('exit', (code) => resolve(code ?? 1));
  });
}

/** Vitest's own closing lines come first; ours only adds them up. A run without tests, or one that died before it could count, is a failure. */
async function runVitest(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'ostraka-outcome-'));
  const file = join(folder, 'outcome.json');
  try {
    const reporters = ['--reporter=default', '--reporter=tests/support/count-outcome.ts'];
    const code = await runNode(['node_modules/vitest/vitest.mjs', 'run', ...reporters, ...args], { ...env, OSTRAKA_OUTCOME_FILE: file });
    if (!existsSync(file)) {
      console.error(`Vitest ended with code ${code} before it could count: no test result is known.`);
      return code || 1;
    }
    const outcome = JSON.parse(readFileSync(file, 'utf8')) as Outcome;
    if (outcome.passed + outcome.failed === 0) console.error('No test ran.');
    console.log(formatOutcome(outcome));
    return code || (outcome.passed === 0 || outcome.failed > 0 ? 1 : 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runTests(args: readonly string[]): Promise<number> {
  const env: NodeJS.ProcessEnv = { ...process.env, CHROMIUM_PATH: findOrInstallChromium() };
  if (env.OSTRAKA_SKIP_BUILD !== '1') {
    const code = await runNode(['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn'], env);
    if (code !== 0) {
      console.error('The app could not be built (above), so no test ran.');
      return code;
    }
  }
  return runVitest(args, env);
}

try {
  process.exitCode = await runTests(process.argv.slice(2));
} catch (fault) {
  console.error(fault instanceof Error ? fault.message : fault);
  process.exitCode = 1;
}

// The bench runs: one small suite of it, with its own checks of the ledger; how fast it is asserts nobody here.
import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';

const PROJECT = dirname(dirname(dirname(import.meta.dirname)));

interface Ended {
  readonly code: number | null;
  readonly lines: readonly string[];
}

function runBench(argv: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'tests/bench.ts', ...argv], {
      cwd: PROJECT,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let text = '';
    child.stdout.on('data', (part: Buffer) => {
      text += part.toString();
    });
    child.once('close', (code) => resolve({ code, lines: text.trimEnd().split('\n') }));
  });
}

test('200 shards with quorum 2: dispatched, credited, checked in the database; the last line is one JSON object', {
  timeout: 60_000,
}, async () => {
  const argv = ['--only', 'quorum2', '--rounds', '1', '--shards', '200', '--contributors', '4'];
  const { code, lines } = await runBench(argv);
  expect(lines.filter((line) => line.startsWith('failed'))).toEqual([]);
  const report = JSON.parse(lines.at(-1) ?? '') as { readonly dispatch: Readonly<Record<string, number | null>> };
  expect(Object.keys(report.dispatch)).toEqual(['quorum2']);
  expect(report.dispatch.quorum2).toBeGreaterThan(0);
  expect(code).toBe(0);
});

test('a flag that is none ends it with one sentence', async () => {
  const { code } = await runBench(['--fast']);
  expect(code).toBe(1);
});

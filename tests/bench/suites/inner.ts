// The benches of single rooms, each a program of its own: started here so that one command knows them all.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Teardown } from '../teardown.ts';

const PROGRAMS = { storage: 'storage-commit.ts', core: 'core-steps.ts' } as const;
export type InnerName = keyof typeof PROGRAMS;

/** What it prints goes straight to the terminal. Throws one sentence when it is missing or fails. */
export async function runInner(name: InnerName, teardown: Teardown): Promise<void> {
  const path = join(import.meta.dirname, '..', PROGRAMS[name]);
  if (!existsSync(path)) throw new Error(`${name}: there is no ${PROGRAMS[name]} in tests/bench.`);
  const child = spawn(process.execPath, ['--import', 'tsx', path], { stdio: ['ignore', 'inherit', 'inherit'] });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const stop = teardown.add(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await ended;
  });
  const code = await ended;
  await stop();
  if (code !== 0) throw new Error(`${name}: ${PROGRAMS[name]} ended with code ${code}.`);
}

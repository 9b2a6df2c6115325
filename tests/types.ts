// Checks every environment's types with its own tsconfig, all of them even when the first fails.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const TSC = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

/** The projects are the references of the top tsconfig, so that an editor and this command see the same ones. */
export function listTypeProjects(): readonly string[] {
  const { references } = JSON.parse(readFileSync('tsconfig.json', 'utf8')) as { readonly references: readonly { readonly path: string }[] };
  return references.map((reference) => reference.path);
}

/** Runs one project; returns the compiler's output, empty when it is clean. A folder nobody filled yet ("No inputs were found") is clean. */
export function checkTypes(project: string): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [TSC, '--noEmit', '--pretty', 'false', '-p', project], {
    encoding: 'utf8',
  });
  const output = `${stdout}${stderr}`;
  const isEmptyProject = output.includes('TS18003') && !/error TS(?!18003)/.test(output);
  return status === 0 || isEmptyProject ? '' : output || `tsc ended with ${status}`;
}

if (import.meta.filename === process.argv[1]) {
  const faults = listTypeProjects().flatMap((project) => checkTypes(project) || []);
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length > 0 ? 1 : 0;
}

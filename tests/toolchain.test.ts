// Types, lint and dead code are part of `npm test`: each tool runs as a person would run it, and its own words are the failure.
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { checkTypes, listTypeProjects } from './types.ts';

function runTool(name: string, bin: string, args: readonly string[]): string {
  const path = `node_modules/${name}/${bin}`;
  const { status, stdout, stderr } = spawnSync(process.execPath, [path, ...args], {
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return status === 0 ? '' : `${stdout}${stderr}` || `${name} ended with ${status}`;
}

test.each(listTypeProjects())('types hold in %s', (project) => expect(checkTypes(project)).toBe(''));

test('Biome finds nothing to say and nothing to format', () =>
  expect(runTool('@biomejs/biome', 'bin/biome', ['ci', '--colors=off'])).toBe(''));

test('knip finds no unused file, export or dependency', () => expect(runTool('knip', 'bin/knip.js', ['--no-progress'])).toBe(''));

// THIRD_PARTY names everything that is shipped, at the version that is installed, and nothing that is not.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TOP } from '../support/generated-tables.ts';

const read = (file: string): string => readFileSync(join(TOP, file), 'utf8');
const page = read('THIRD_PARTY.md');
const { dependencies } = JSON.parse(read('package.json')) as { readonly dependencies: Readonly<Record<string, string>> };
const { packages } = JSON.parse(read('package-lock.json')) as {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly license?: string }>>;
};

/** As a word: `peer` is not `peerjs`. */
function isNamed(name: string): boolean {
  return new RegExp(`(^|[\\s|\`(,])${name.replaceAll('/', '\\/')}($|[\\s|\`),:])`, 'm').test(page);
}

test('every dependency is named', () => {
  expect(Object.keys(dependencies).filter((name) => !isNamed(name))).toEqual([]);
  expect(isNamed('peer')).toBe(true);
  expect(isNamed('left-pad')).toBe(false);
});

test('versions are those of the lock', () => {
  const said = [...page.matchAll(/`((?:@[\w-]+\/)?[\w<>-]+)` (\d+\.\d+\.\d+[\w.-]*)/g)].map(([, name = '', version]) => ({
    name,
    version,
  }));
  expect(said.length).toBeGreaterThan(4);
  for (const { name, version } of said) {
    const installed = packages[`node_modules/${name.replace('<platform>', name.includes('postgres') ? 'linux-x64' : 'linux-x64-gnu')}`];
    expect(installed?.version, name).toBe(version);
  }
});

test('the libraries that are listed are installed, under the licence that is said', () => {
  const rows = [...page.matchAll(/^\| ([^|]+?) +\| (MIT|ISC|Apache 2\.0|BSD [23]-Clause) +\|$/gm)];
  const said = rows.flatMap(([, cell = '', licence = '']) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => ({ name, licence })));
  expect(said.length).toBeGreaterThan(30);
  const plain = (licence: string | undefined): string | undefined => licence?.replace(/[- ]/g, '');
  expect(said.filter(({ name, licence }) => plain(packages[`node_modules/${name}`]?.license) !== plain(licence))).toEqual([]);
});

// CONTRIBUTING is the house as built: every file and folder it names is there, every room is in it, and its walls are those that are tested.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeImportTable, TOP } from '../support/generated-tables.ts';
import { IMPORT_TABLE } from '../support/import-table.ts';
import { listLinks, listNames } from '../support/read-page.ts';
import { listSourceFiles } from '../support/source-rules.ts';

const page = readFileSync(join(TOP, 'CONTRIBUTING.md'), 'utf8');
const sources = listSourceFiles(TOP).map(({ path }) => path);

/** A path from the top, or the end of the path of exactly those files that are called so. */
function isThere(name: string): boolean {
  return existsSync(join(TOP, name)) || sources.some((path) => path.endsWith(`/${name}`)) || isTemplateFile(name);
}

/** Every template has one. */
function isTemplateFile(name: string): boolean {
  return name === 'job.json' && existsSync(join(TOP, 'shaders/fractal/job.json'));
}

test('every file and folder it names is there', () => {
  const names = listNames(page);
  expect(names.length).toBeGreaterThan(100);
  expect(names.filter((name) => !isThere(name))).toEqual([]);
  expect(isThere('pick-nothing.ts')).toBe(false);
  expect(listLinks(page).filter((link) => !existsSync(join(TOP, link)))).toEqual([]);
});

test('every room that is built is in it, and every file that stands beside the rooms of the server', () => {
  const names = listNames(page);
  const rooms = IMPORT_TABLE.map(({ room }) => room).filter((room) => existsSync(join(TOP, room)));
  const roots = readdirSync(join(TOP, 'server')).filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'));
  expect(rooms.filter((room) => !['src', 'server'].includes(room) && !names.includes(room))).toEqual([]);
  expect(roots.filter((root) => !names.includes(root) && !names.includes(`server/${root}`))).toEqual([]);
});

test('a wall that moves moves in the table too', () => {
  const moved = IMPORT_TABLE.map((row) => (row.room === 'src/ui' ? { ...row, may: [...row.may, 'src/engine'] } : row));
  expect(makeImportTable(moved)).not.toBe(makeImportTable());
});

test('the table says of a room whether it is built', () => {
  const empty = mkdtempSync(join(tmpdir(), 'ostraka-rooms-'));
  try {
    expect(makeImportTable([{ room: 'src/ui', may: ['src/protocol'] }], empty)).toContain('src/ui*');
    expect(makeImportTable([{ room: 'src/ui', may: ['src/protocol'] }])).not.toContain('src/ui*');
  } finally {
    rmSync(empty, { recursive: true });
  }
});

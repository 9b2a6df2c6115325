// The precache list: the whole first page whatever its size, and lazy chunks up to the limit.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listFirstPageFiles, PRECACHE_CHUNK_MAX_BYTES, pickShellEntries } from '../../support/first-page.ts';

const MANIFEST = {
  'index.html': { file: 'assets/index.js', imports: ['_part.js'], css: ['assets/index.css'] },
  '_part.js': { file: 'assets/part.js', imports: ['index.html'] },
  'src/lazy.ts': { file: 'assets/lazy.js', imports: ['index.html'] },
};

let dist: string;
beforeEach(() => {
  dist = mkdtempSync(join(tmpdir(), 'ostraka-dist-'));
  mkdirSync(join(dist, '.vite'));
  mkdirSync(join(dist, 'assets'));
  writeFileSync(join(dist, '.vite/manifest.json'), JSON.stringify(MANIFEST));
});
afterEach(() => rmSync(dist, { recursive: true }));

function makeEntry(url: string, size: number) {
  writeFileSync(join(dist, url), new Uint8Array(size));
  return { url, size };
}

test('the first page is the entry, its static imports and their styles', () => {
  expect(listFirstPageFiles(MANIFEST)).toEqual(['assets/index.js', 'assets/index.css', 'assets/part.js']);
});

test('a heavy chunk of the first page is precached, a heavy lazy one is not', () => {
  const entry = makeEntry('assets/part.js', PRECACHE_CHUNK_MAX_BYTES + 1);
  const light = makeEntry('assets/lazy.js', PRECACHE_CHUNK_MAX_BYTES);
  const heavy = makeEntry('assets/heavy.js', PRECACHE_CHUNK_MAX_BYTES + 1);
  expect(pickShellEntries([entry, light, heavy], dist)).toEqual([entry, light]);
});

// What each page costs beyond the first one, in gzipped bytes of the real build: its own chunk and whatever only it imports.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { listFirstPageFiles, readBuildManifest } from '../support/first-page.ts';

const ROUTE_LIMIT_BYTES = 40_000;
const STYLE_LIMIT_BYTES = 12_000;
const dist = join(dirname(dirname(import.meta.dirname)), 'dist');
if (!existsSync(join(dist, 'index.html'))) throw new Error('There is no dist/ to measure: run npm run build first.');

const manifest = readBuildManifest(dist);
const firstPage = new Set(listFirstPageFiles(manifest));
const pages = Object.keys(manifest).filter((key) => /^src\/ui\/pages\/[\w-]+\/[\w-]+-page\.tsx$/.test(key));
const measured: string[] = [];
afterAll(() => console.log(measured.join('\n')));

function weigh(files: readonly string[]): number {
  return files.reduce((sum, file) => sum + gzipSync(readFileSync(join(dist, file)), { level: 9 }).length, 0);
}

describe('a page', () => {
  it.each(pages)('%s weighs at most 40 kB of script and 12 kB of style beyond the first page', (key) => {
    const own = listFirstPageFiles(manifest, key).filter((file) => !firstPage.has(file));
    const scripts = weigh(own.filter((file) => file.endsWith('.js')));
    const styles = weigh(own.filter((file) => file.endsWith('.css')));
    measured.push(`${key.split('/').at(-1)}: ${scripts} bytes of JavaScript and ${styles} of CSS`);
    expect(scripts).toBeGreaterThan(100);
    expect(scripts).toBeLessThanOrEqual(ROUTE_LIMIT_BYTES);
    expect(styles).toBeLessThanOrEqual(STYLE_LIMIT_BYTES);
  });

  it('has a chunk of its own for every route but the first', () => {
    expect(pages.map((key) => key.split('/')[3]).sort()).toEqual(
      ['account', 'embed', 'job', 'jobs', 'leaderboard', 'network', 'new-job', 'not-found', 'operator', 'security', 'settings'].sort(),
    );
  });
});

it('German is fetched by Germans only', () => {
  expect([...firstPage].filter((file) => /\.de-/.test(file))).toEqual([]);
});

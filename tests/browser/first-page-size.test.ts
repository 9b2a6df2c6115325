// What a first visit really downloads, measured in a browser so that lazy chunks of the first route count too.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../support/launch-browser.ts';
import { serveFolder } from '../support/serve-folder.ts';

const SCRIPT_LIMIT_BYTES = 60_000;
const STYLE_LIMIT_BYTES = 12_000;
const dist = join(dirname(dirname(import.meta.dirname)), 'dist');

let scriptBytes = 0;
let styleBytes = 0;
let strangers: readonly string[] = [];

beforeAll(async () => {
  if (!existsSync(join(dist, 'index.html'))) throw new Error('There is no dist/ to measure: run npm run build first.');
  const server = await serveFolder(dist);
  const browser = await launchBrowser({ gpu: 'none' });
  try {
    // The service worker fetches the whole offline shell after the first page: that is not the first page.
    const page = await browser.newPage({ serviceWorkers: 'block' });
    const bodies: Promise<void>[] = [];
    const urls: string[] = [];
    page.on('response', (response) => {
      urls.push(response.url());
      const type = response.headers()['content-type'] ?? '';
      if (!/javascript|css/.test(type)) return;
      bodies.push(
        response.body().then((body) => {
          const bytes = gzipSync(body, { level: 9 }).length;
          if (type.includes('css')) styleBytes += bytes;
          else scriptBytes += bytes;
        }),
      );
    });
    await page.goto(server.url, { waitUntil: 'networkidle' });
    await Promise.all(bodies);
    strangers = urls.filter((url) => !url.startsWith(server.url));
  } finally {
    await browser.close();
    await server.close();
  }
});

afterAll(() => console.log(`first page: ${scriptBytes} bytes of JavaScript and ${styleBytes} of CSS, gzipped`));

test('the first page is at most 60 kB of gzipped JavaScript', () => {
  expect(scriptBytes).toBeGreaterThan(1000);
  expect(scriptBytes).toBeLessThanOrEqual(SCRIPT_LIMIT_BYTES);
});

test('the first page is at most 12 kB of gzipped CSS', () => expect(styleBytes).toBeLessThanOrEqual(STYLE_LIMIT_BYTES));

test('the first page asks nobody but its own server', () => expect(strangers).toEqual([]));

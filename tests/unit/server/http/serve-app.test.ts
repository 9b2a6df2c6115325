// The built app: its files and no others, its page for every route, headers that let it compute and nobody frame it.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadApp } from '../../../../server/http/load-app.ts';
import { startApp } from './start-app.ts';

const PAGE = '<!doctype html><title>Ostraka</title>';
const SCRIPT = `export const text = '${'a'.repeat(2_000)}';`;
let folder: string;
let started: ReturnType<typeof startApp>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ostraka-app-'));
  await mkdir(join(folder, 'dist/assets'), { recursive: true });
  await mkdir(join(folder, 'dist/.vite'));
  await writeFile(join(folder, 'secret.txt'), 'secret');
  await writeFile(join(folder, 'dist/index.html'), PAGE);
  await writeFile(join(folder, 'dist/assets/main-abc.js'), SCRIPT);
  await writeFile(join(folder, 'dist/service-worker.js'), 'self;');
  await writeFile(join(folder, 'dist/.vite/manifest.json'), '{}');
  await writeFile(join(folder, 'dist/icon.png'), new Uint8Array(600));
  started = startApp({ dependencies: { app: await loadApp(join(folder, 'dist')) } });
});
afterAll(() => rm(folder, { recursive: true }));

describe('the app', () => {
  test.each([['/'], ['/index.html'], ['/jobs'], ['/jobs/17'], ['/account']])(
    'answers %s with its page, never cached, isolated',
    async (path) => {
      const response = await started.request(path);
      expect([response.status, await response.text()]).toEqual([200, PAGE]);
      const headers = Object.fromEntries(response.headers);
      expect(headers).toMatchObject({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
        'document-isolation-policy': 'isolate-and-credentialless',
      });
      for (const rule of [
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "frame-ancestors 'none'",
        "worker-src 'self'",
        "connect-src 'self'",
      ]) {
        expect(headers['content-security-policy']?.split('; ')).toContain(rule);
      }
    },
  );

  test('keeps hashed files for ever and others until they change', async () => {
    const script = await started.request('/assets/main-abc.js');
    expect(script.headers.get('Cache-Control')).toBe('public, max-age=31536000, immutable');
    const worker = await started.request('/service-worker.js');
    expect([worker.headers.get('Cache-Control'), worker.headers.get('Content-Type')]).toEqual([
      'no-cache',
      'text/javascript; charset=utf-8',
    ]);
    const again = await started.request('/service-worker.js', { headers: { 'If-None-Match': worker.headers.get('ETag') ?? '' } });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  test('compresses what gains by it, for those who can read it', async () => {
    const zipped = await started.request('/assets/main-abc.js', { headers: { 'Accept-Encoding': 'br, gzip' } });
    expect([zipped.headers.get('Content-Encoding'), zipped.headers.get('Vary')]).toEqual(['gzip', 'Accept-Encoding']);
    const bytes = new Uint8Array(await zipped.arrayBuffer());
    expect([bytes.length < 200, gunzipSync(bytes).toString()]).toEqual([true, SCRIPT]);
    expect((await started.request('/assets/main-abc.js')).headers.get('Content-Encoding')).toBeNull();
    expect((await started.request('/icon.png', { headers: { 'Accept-Encoding': 'gzip' } })).headers.get('Content-Encoding')).toBeNull();
  });

  test('answers HEAD without a body', async () => {
    const head = await started.request('/assets/main-abc.js', { method: 'HEAD' });
    expect([head.status, head.headers.get('Content-Length'), await head.text()]).toEqual([200, String(SCRIPT.length), '']);
  });

  test.each([
    ['/../secret.txt'],
    ['/%2e%2e/secret.txt'],
    ['/..%2fsecret.txt'],
    ['/assets/../../secret.txt'],
    ['/.vite/manifest.json'],
    ['/assets/gone.js'],
    ['/favicon.ico'],
  ])('has nothing at %s', async (path) => {
    expect((await started.request(path)).status).toBe(404);
  });

  test('says so when it was not built, and the resources work', async () => {
    const bare = startApp({ dependencies: { app: await loadApp(join(folder, 'nothing')) } });
    const response = await bare.request('/');
    expect([response.status, await response.text()]).toEqual([503, expect.stringContaining('npm run build')]);
    expect((await bare.request('/api/network')).status).toBe(200);
  });
});

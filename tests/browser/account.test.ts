// Accounts in a real Chromium, over the real resources and under their headers: the guest key, wallets, receipts, and pages of other sites.
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { generatePrivateKey } from 'viem/accounts';
import { build } from 'vite';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { loadApp } from '../../server/http/load-app.ts';
import type { SessionView } from '../../src/protocol/api.ts';
import type { JobId } from '../../src/protocol/ids.ts';
import { launchBrowser } from '../support/launch-browser.ts';
import { makeStoredJob, makeStoredShard } from '../unit/server/http/memory-stores.ts';
import { type StartedApp, startApp } from '../unit/server/http/start-app.ts';
import type { harness } from './account-harness.ts';

type Harness = typeof harness;
const JOB = 7 as JobId;
let folder: string;
let browser: Browser;
let started: StartedApp;
let server: Server;
let url: string;
let context: BrowserContext;
let page: Page;
/** What the page's console complained of: a broken policy would stand here. */
let complaints: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ostraka-account-'));
  await writeFile(
    join(folder, 'index.html'),
    '<!doctype html><link rel="icon" href="data:,"><title>account</title><script type="module" src="main.ts"></script>',
  );
  await writeFile(join(folder, 'main.ts'), `import ${JSON.stringify(join(import.meta.dirname, 'account-harness.ts'))};\n`);
  await build({
    root: folder,
    configFile: false,
    logLevel: 'error',
    build: { outDir: join(folder, 'dist'), target: 'es2022', minify: false },
  });
  started = startApp({ startMs: Date.now(), dependencies: { app: await loadApp(join(folder, 'dist')) } });
  started.pages.jobs.set(JOB, makeStoredJob());
  started.pages.shards.set(JOB, [makeStoredShard(0, null), makeStoredShard(1, null)]);
  server = createServer(getRequestListener(started.app.fetch, { overrideGlobalObjects: false }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await launchBrowser({ gpu: 'none' });
});

afterAll(async () => {
  await browser?.close();
  started.closeStreams();
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

async function open(at = url): Promise<void> {
  await page.goto(at);
  await page.waitForFunction(() => 'harness' in globalThis);
}

beforeEach(async () => {
  await context?.close();
  context = await browser.newContext();
  page = await context.newPage();
  complaints = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  started.clock.nowMs = Date.now();
  await open();
});

function call<Name extends keyof Harness>(name: Name, ...args: Parameters<Harness[Name]>): Promise<Awaited<ReturnType<Harness[Name]>>> {
  return page.evaluate(
    ([at, given]) => (globalThis as unknown as { harness: Record<string, (...each: unknown[]) => unknown> }).harness[at]!(...given),
    [name, args] as const,
  ) as Promise<Awaited<ReturnType<Harness[Name]>>>;
}

describe('the guest key', () => {
  test('lives in this browser: the same after a reload and for all who ask at once, another in another profile, gone when deleted', async () => {
    const keys = await call('publicKeysAtOnce');
    expect(new Set(keys).size).toBe(1);
    await open();
    expect(await call('publicKey')).toBe(keys[0]);
    const stored = await page.evaluate(
      () =>
        new Promise((resolve) => {
          const opening = indexedDB.open('ostraka-account');
          opening.onsuccess = () => {
            const reading = opening.result.transaction('keys').objectStore('keys').get('guest');
            reading.onsuccess = () =>
              crypto.subtle.exportKey('jwk', reading.result.privateKey).then(
                () => resolve('exported'),
                (error) => resolve(error.name),
              );
          };
        }),
    );
    expect(stored).toBe('InvalidAccessError');
    await call('deleteKey');
    expect(await call('publicKey')).not.toBe(keys[0]);
  });

  test('opens a session that scripts cannot read and a reload keeps', async () => {
    expect(await call('session')).toBeNull();
    expect(await call('signInGuest')).toMatchObject({ account: { kind: 'guest', granted: '100000000' }, token: null });
    expect(await call('cookies')).toBe('');
    await open();
    const { account } = (await call('session')) as SessionView;
    expect(account.kind).toBe('guest');
    await call('signOut');
    expect(await call('session')).toBeNull();
    expect(complaints).toEqual([]);
  });
});

describe('wallets', () => {
  test('announce themselves and are told apart; one signs in', async () => {
    const address = await call('announceWallet', 'example.one', generatePrivateKey(), 'sign');
    await call('announceWallet', 'example.two', generatePrivateKey(), 'reject');
    await call('announceWallet', 'example.three', generatePrivateKey(), 'pending');
    expect(await call('walletNames')).toEqual(['example.one true', 'example.two true', 'example.three true']);
    expect(await call('signInWallet', 'example.two')).toMatchObject({ code: 'cancelled' });
    expect(await call('signInWallet', 'example.three')).toMatchObject({ code: 'conflict' });
    expect(await call('signInWallet', 'example.one')).toMatchObject({ account: { kind: 'wallet', wallet: address } });
    expect(await call('session')).toMatchObject({ account: { wallet: address } });
    expect(complaints).toEqual([]);
  });

  test('take a guest over, with all its credit, once', async () => {
    await call('signInGuest');
    const address = await call('announceWallet', 'example.one', generatePrivateKey(), 'sign');
    await call('announceWallet', 'example.two', generatePrivateKey(), 'sign');
    expect(await call('attach', 'example.one')).toMatchObject({ account: { kind: 'wallet', wallet: address, granted: '100000000' } });
    expect(await call('attach', 'example.one')).toMatchObject({ account: { wallet: address, granted: '100000000' } });
    expect(await call('attach', 'example.two')).toMatchObject({ code: 'already-attached' });
    await call('signOut');
    expect(await call('signInGuest')).toMatchObject({ account: { kind: 'wallet', wallet: address } });
  });
});

describe('under the coordinator’s headers', () => {
  test('the page is isolated, runs WebAssembly, checks receipts and follows jobs, and breaks no policy', async () => {
    expect(await call('isIsolated')).toBe(true);
    const wgsl = `
      struct Shard { first: vec3u, base: u32, count: u32, grid: vec3u }
      @group(0) @binding(0) var<uniform> shard: Shard;
      @group(0) @binding(1) var<storage, read_write> data: array<u32>;
      @compute @workgroup_size(1) fn main(@builtin(workgroup_id) id: vec3u) { data[shard.first.x + id.x - shard.base] = 258u; }`;
    const output = { layout: { kind: 'byWorkgroup', bytesPerWorkgroup: 4 }, element: 'u32', comparison: { kind: 'exact' } } as const;
    const stage = {
      name: 'main',
      wgsl,
      grid: [2, 1, 1],
      workgroupsPerShard: 2,
      parameters: {},
      inputs: {},
      outputs: { data: output },
    } as const;
    const spec = {
      ...makeStoredJob().spec,
      stages: [stage],
      maxPrice: null,
      providers: { price: null, speed: null, reliability: null },
    } as const;
    expect(await call('tryOnCpu', spec)).toEqual([[2, 1, 0, 0, 2, 1, 0, 0]]);
    expect(await call('checkReceipt', JOB)).toMatchObject({ kind: 'genuine' });
    const watching = call('watch', JOB);
    await expect.poll(() => started.countWatchers(), { interval: 5 }).toBe(1);
    started.pages.jobs.set(JOB, makeStoredJob({ state: 'done' }));
    started.notify([
      { job: JOB, type: 'shard', index: 0, verdict: 'final', copies: 2 },
      { job: JOB, type: 'ended' },
    ]);
    expect(await watching).toEqual(['snapshot', 'shards', 'job', 'done']);
    expect(complaints).toEqual([]);
  });

  test('a page of another site gets in by no door: no call and no form', async () => {
    await call('signInGuest');
    const evil = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>evil</title>'));
    evil.listen(0, '127.0.0.1');
    await once(evil, 'listening');
    // Another port of the same machine: the same site, so that even SameSite cookies go along.
    await page.goto(`http://127.0.0.1:${(evil.address() as AddressInfo).port}`);
    const before = started.accounts.sessions.size;
    const outcome = await page.evaluate(async (target) => {
      const blocked = await fetch(`${target}/api/session`, { credentials: 'include' }).then(
        () => 'read',
        () => 'blocked',
      );
      const sent = await fetch(`${target}/api/session`, { method: 'DELETE', credentials: 'include' }).then(
        () => 'answered',
        () => 'blocked',
      );
      const plain = await fetch(`${target}/api/session/ticket`, { method: 'POST', mode: 'no-cors', credentials: 'include' }).then(
        (response) => response.type,
        () => 'blocked',
      );
      return [blocked, sent, plain];
    }, url);
    expect(outcome).toEqual(['blocked', 'blocked', 'blocked']);
    expect(started.accounts.sessions.size).toBe(before);
    const [response] = await Promise.all([
      page.waitForResponse(`${url}/api/jobs/7/cancel`),
      page.evaluate((target) => {
        const form = document.body.appendChild(document.createElement('form'));
        form.method = 'post';
        form.action = `${target}/api/jobs/7/cancel`;
        form.submit();
      }, url),
    ]);
    expect(response.status()).toBe(403);
    evil.close();
  });
});

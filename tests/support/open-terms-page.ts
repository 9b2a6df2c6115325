// A page with the contributor in it whose engine workers tell every piece of work they really do, on an origin of its own or beside a coordinator.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import type { BrowserContext, Page } from '@playwright/test';
import { build } from 'vite';
import type { TermsHarness } from '../browser/terms-harness.ts';
import { launchProfile } from './launch-browser.ts';
import { type EditingProxy, type OwnFiles, openEditingProxy } from './open-editing-proxy.ts';

declare global {
  var termsHarness: TermsHarness;
}

/** Put before the engine worker's own code: what runs on the GPU or in a module, and rests on a timer, from when to when. */
const RECORDER = `
{
  const channel = new BroadcastChannel('engine-work');
  const wall = () => performance.timeOrigin + performance.now();
  const tell = (kind, startMs) => channel.postMessage({ kind, startMs, endMs: wall() });
  if (globalThis.GPUQueue) {
    let submittedMs = 0;
    const { submit, onSubmittedWorkDone } = GPUQueue.prototype;
    GPUQueue.prototype.submit = function (...given) { submittedMs = wall(); return submit.apply(this, given); };
    GPUQueue.prototype.onSubmittedWorkDone = function () {
      const startMs = submittedMs;
      return onSubmittedWorkDone.apply(this).then(() => tell('gpu', startMs));
    };
    const { mapAsync } = GPUBuffer.prototype;
    GPUBuffer.prototype.mapAsync = function (...given) {
      const startMs = wall();
      return mapAsync.apply(this, given).then(() => tell('gpu', startMs));
    };
  }
  const { setTimeout } = globalThis;
  globalThis.setTimeout = (done, ms) => {
    const startMs = wall();
    return setTimeout(() => { tell('rest', startMs); done(); }, ms);
  };
  const Real = WebAssembly.Instance;
  WebAssembly.Instance = function (module, imports) {
    const exports = {};
    for (const [name, part] of Object.entries(new Real(module, imports).exports)) {
      exports[name] = typeof part !== 'function' ? part : (...given) => {
        const startMs = wall();
        try { return part(...given); } finally { tell('cpu', startMs); }
      };
    }
    return { exports };
  };
}
`;

const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript' };
const PAGE = '<!doctype html><title>terms</title><script type="module" src="/terms-harness.js"></script>';
export const PAGE_PATH = '/terms.html';

export interface TermsBrowser {
  readonly context: BrowserContext;
  /** A tab of the one profile, with `globalThis.termsHarness` in it. */
  openTab(): Promise<Page>;
  reload(page: Page): Promise<void>;
  close(): Promise<void>;
}

/** `coordinator`: where everything goes that is not the page; without one nothing answers. */
export async function openTermsBrowser(coordinator: string | null): Promise<TermsBrowser> {
  const proxy: EditingProxy = await openEditingProxy(coordinator ?? 'http://127.0.0.1:9', () => null, await buildFiles());
  const context = await launchProfile({ gpu: 'software' });
  const ready = (page: Page): Promise<unknown> => page.waitForFunction(() => 'termsHarness' in globalThis);
  return {
    context,
    async openTab() {
      const page = await context.newPage();
      await page.goto(`${proxy.url}${PAGE_PATH}`);
      await ready(page);
      return page;
    },
    async reload(page) {
      await page.reload();
      await ready(page);
    },
    async close() {
      await context.close();
      await proxy.close();
    },
  };
}

async function buildFiles(): Promise<OwnFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'ostraka-terms-'));
  await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    worker: { format: 'es' },
    build: {
      outDir: folder,
      target: 'es2022',
      minify: false,
      rollupOptions: {
        input: join(dirname(import.meta.dirname), 'browser/terms-harness.ts'),
        output: { entryFileNames: 'terms-harness.js' },
      },
    },
  });
  const names = (await readdir(folder, { recursive: true })).filter((name) => extname(name) === '.js');
  const files = await Promise.all(names.map((name) => readOne(folder, name)));
  await rm(folder, { recursive: true });
  return new Map([...files, [PAGE_PATH, { type: TYPES['.html'] as string, body: Buffer.from(PAGE) }]]);
}

async function readOne(folder: string, name: string) {
  const text = await readFile(join(folder, name), 'utf8');
  const body = Buffer.from(/engine-worker[^/]*\.js$/.test(name) ? `${RECORDER}${text}` : text);
  return [`/${name}`, { type: TYPES[extname(name)] as string, body }] as const;
}

// A page in a real browser with the engine in a Web Worker; a test calls it as if it were a function.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { build } from 'vite';
import type { HarnessCall, HarnessFault } from '../browser/engine-calls.ts';
import { launchBrowser } from './launch-browser.ts';
import { type FolderServer, serveFolder } from './serve-folder.ts';

export interface EnginePage {
  /** Resolves with the worker's answer; a fault comes as an EngineFault. Arrays of bytes cross as they are. */
  call<T>(call: HarnessCall): Promise<T>;
  crashGpu(): Promise<void>;
  close(): Promise<void>;
}

export class EngineFault extends Error {
  readonly code: string;

  constructor({ code, message }: HarnessFault) {
    super(message);
    this.code = code;
  }
}

/** The page's side of the conversation: bytes cross to the test as base64, the only fast way through the debugging protocol. */
const PAGE_SCRIPT = `
const worker = new Worker('/engine-harness.js', { type: 'module' });
const encode = (value) => value instanceof Uint8Array ? { base64: value.toBase64 ? value.toBase64() : btoa(Array.from(value, (b) => String.fromCharCode(b)).join('')) }
  : Array.isArray(value) ? value.map(encode)
  : value !== null && typeof value === 'object' ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, encode(each)])) : value;
const decode = (value) => value !== null && typeof value === 'object' && 'base64' in value ? Uint8Array.from(atob(value.base64), (c) => c.charCodeAt(0))
  : Array.isArray(value) ? value.map(decode)
  : value !== null && typeof value === 'object' ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, decode(each)])) : value;
globalThis.callEngine = (call) => new Promise((resolve, reject) => {
  worker.onmessage = ({ data }) => resolve(encode(data));
  worker.onerror = (event) => reject(new Error(event.message));
  worker.postMessage(decode(call));
});
`;

export async function openEnginePage(): Promise<EnginePage> {
  const folder = await buildHarness();
  const server = await serveFolder(folder);
  const browser = await launchBrowser({ gpu: 'software' });
  const page = await browser.newPage();
  await page.goto(server.url);
  return {
    call: (call) => callPage(page, call),
    async crashGpu() {
      const session = await browser.newBrowserCDPSession();
      // The answer comes only if the browser outlives its GPU process; it does, and nothing here waits for it.
      await session.send('Browser.crashGpuProcess');
    },
    close: () => closeAll(browser, server, folder),
  };
}

async function closeAll(browser: Browser, server: FolderServer, folder: string): Promise<void> {
  await browser.close();
  await server.close();
  await rm(folder, { recursive: true });
}

async function buildHarness(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ostraka-engine-'));
  await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: {
      outDir: folder,
      minify: false,
      lib: { entry: join(dirname(import.meta.dirname), 'browser/engine-harness.ts'), formats: ['es'], fileName: () => 'engine-harness.js' },
    },
  });
  await writeFile(join(folder, 'index.html'), `<!doctype html><title>engine</title><script>${PAGE_SCRIPT}</script>`);
  return folder;
}

type Answer<T> = { readonly value: T } | { readonly fault: HarnessFault };

async function callPage<T>(page: Page, call: HarnessCall): Promise<T> {
  const raw = await page.evaluate(
    (sent) => (globalThis as unknown as { callEngine(call: unknown): Promise<unknown> }).callEngine(sent),
    encode(call),
  );
  const answer = decode(raw) as Answer<T>;
  if ('fault' in answer) throw new EngineFault(answer.fault);
  return answer.value;
}

function encode(value: unknown): unknown {
  if (value instanceof Uint8Array) return { base64: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return value.map(encode);
  return value !== null && typeof value === 'object' ? mapValues(value, encode) : value;
}

function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode);
  if (value === null || typeof value !== 'object') return value;
  return 'base64' in value ? new Uint8Array(Buffer.from(String(value.base64), 'base64')) : mapValues(value, decode);
}

function mapValues(value: object, change: (each: unknown) => unknown): object {
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, change(each)]));
}

// Starts a real Chromium for a test: headless, silent towards the network, with a software GPU or none, each launch a profile of its own.
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium } from '@playwright/test';
import { findChromium } from './find-chromium.ts';

/** `software` offers WebGPU on SwiftShader; `none` is a browser whose requestAdapter() gives null. */
export type TestGpu = 'software' | 'none';

const QUIET_FLAGS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
] as const;
const SOFTWARE_GPU_FLAGS = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'] as const;

export interface LaunchOptions {
  readonly gpu?: TestGpu;
  readonly extraFlags?: readonly string[];
}

export function makeLaunchOptions({ gpu = 'software', extraFlags = [] }: LaunchOptions) {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('No Chromium was found: run npm test once, which installs one, or set CHROMIUM_PATH.');
  const args = [...QUIET_FLAGS, ...(gpu === 'software' ? SOFTWARE_GPU_FLAGS : ['--disable-gpu']), ...extraFlags];
  return { executablePath, headless: true, args };
}

/** One browser process; its contexts share the process and nothing else. The caller closes it. */
export function launchBrowser(options: LaunchOptions = {}): Promise<Browser> {
  return chromium.launch(makeLaunchOptions(options));
}

/** A browser process with a profile of its own on disk (IndexedDB, service worker, Web Locks); Playwright removes it when the context is closed. */
export function launchProfile(options: LaunchOptions = {}, context: BrowserContextOptions = {}): Promise<BrowserContext> {
  return chromium.launchPersistentContext('', { ...context, ...makeLaunchOptions(options) });
}

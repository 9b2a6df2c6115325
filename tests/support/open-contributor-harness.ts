// The contributor's page side in a real browser, without an app around it and without a coordinator behind it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { BrowserContext, Page } from '@playwright/test';
import { build } from 'vite';
import type { ContributorHarness } from '../browser/contributor-harness.ts';
import { launchProfile } from './launch-browser.ts';
import { serveFolder } from './serve-folder.ts';

export interface HarnessBrowser {
  readonly context: BrowserContext;
  /** A tab of the one profile, with `globalThis.contributorHarness` in it; `before` runs in the page before every load. */
  openTab(before?: () => void): Promise<Page>;
  close(): Promise<void>;
}

declare global {
  var contributorHarness: ContributorHarness;
}

export async function openContributorHarness(): Promise<HarnessBrowser> {
  const folder = await mkdtemp(join(tmpdir(), 'ostraka-contributor-'));
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
        input: join(dirname(import.meta.dirname), 'browser/contributor-harness.ts'),
        output: { entryFileNames: 'contributor-harness.js' },
      },
    },
  });
  await writeFile(
    join(folder, 'index.html'),
    '<!doctype html><title>contributor</title><script type="module" src="/contributor-harness.js"></script>',
  );
  const server = await serveFolder(folder);
  const context = await launchProfile({ gpu: 'none' });
  return {
    context,
    async openTab(before) {
      const page = await context.newPage();
      if (before) await page.addInitScript(before);
      await page.goto(server.url);
      await page.waitForFunction(() => 'contributorHarness' in globalThis);
      return page;
    },
    async close() {
      await context.close();
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}

// A contributor in a real Chromium profile of its own: opens the app and presses Contribute.
import type { BrowserContext, Page } from '@playwright/test';
import { launchProfile, type TestGpu } from './launch-browser.ts';
import { openLyingProxy } from './open-lying-proxy.ts';

export interface ContributorPage {
  readonly context: BrowserContext;
  readonly page: Page;
  close(): Promise<void>;
}

export interface ContributorPageOptions {
  readonly url: string;
  /** `software` is asked for by its flag: a page left to itself leaves such a GPU alone. */
  readonly gpu: TestGpu;
  readonly isLeftToItself?: boolean;
  /** Whatever its engine worker hands over is spoilt before it leaves the worker. */
  readonly isLying?: boolean;
}

export async function openContributorPage(options: ContributorPageOptions): Promise<ContributorPage> {
  const proxy = options.isLying ? await openLyingProxy(options.url) : null;
  const context = await launchProfile({ gpu: options.gpu }, { serviceWorkers: 'block' });
  const page = context.pages()[0] ?? (await context.newPage());
  const url = new URL(proxy?.url ?? options.url);
  if (options.gpu === 'software' && !options.isLeftToItself) url.searchParams.set('gpu', 'software');
  await page.goto(url.href);
  await page.getByRole('button', { name: 'Full', exact: true }).click();
  await page.getByRole('button', { name: /^Contribute/ }).click();
  return {
    context,
    page,
    async close() {
      await context.close();
      await proxy?.close();
    },
  };
}

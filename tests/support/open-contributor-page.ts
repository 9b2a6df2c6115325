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
  readonly gpu: TestGpu;
  /** Whatever its engine worker hands over is spoilt before it leaves the worker. */
  readonly isLying?: boolean;
}

export async function openContributorPage(options: ContributorPageOptions): Promise<ContributorPage> {
  const proxy = options.isLying ? await openLyingProxy(options.url) : null;
  const context = await launchProfile({ gpu: options.gpu }, { serviceWorkers: 'block' });
  const page = context.pages()[0] ?? (await context.newPage());
  await page.goto(proxy?.url ?? options.url);
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

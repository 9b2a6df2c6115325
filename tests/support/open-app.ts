// Opens pages of the app before a coordinator of fixtures, and writes down what must never happen on any of them.
import { rmSync } from 'node:fs';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from '@playwright/test';
import { APP_PAGE, buildAppPage } from './build-app-page.ts';
import { type FakeCoordinator, startFakeCoordinator } from './fake-coordinator.ts';
import { launchBrowser } from './launch-browser.ts';

export interface OpenedApp {
  readonly coordinator: FakeCoordinator;
  readonly browser: Browser;
  /** Errors, refusals of the content policy, requests to anyone else; emptied by whoever reads them. */
  readonly complaints: string[];
  newPage(context: BrowserContext, contributor?: string): Promise<Page>;
  newContext(options?: BrowserContextOptions): Promise<BrowserContext>;
  close(): Promise<void>;
}

export async function openApp(): Promise<OpenedApp> {
  const dist = await buildAppPage();
  const coordinator = await startFakeCoordinator(dist, APP_PAGE);
  const browser = await launchBrowser();
  const complaints: string[] = [];
  return {
    coordinator,
    browser,
    complaints,
    newContext: (options = {}) => browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce', ...options }),
    async newPage(context, contributor) {
      const page = await context.newPage();
      page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
      page.on('console', (message) => {
        if (/Content Security Policy/i.test(message.text())) complaints.push(message.text());
      });
      page.on('request', (request) => {
        if (!request.url().startsWith(coordinator.url) && !/^(blob|data):/.test(request.url())) complaints.push(`asked ${request.url()}`);
      });
      if (contributor !== undefined) await page.addInitScript(`sessionStorage.setItem('scenario', '${contributor}')`);
      return page;
    },
    async close() {
      await browser.close();
      await coordinator.close();
      rmSync(dist, { recursive: true, force: true });
    },
  };
}

/** Waits until the page stands and nothing in it is being loaded any more. */
export async function settle(page: Page): Promise<void> {
  await page.locator('main h1').first().waitFor({ state: 'attached' });
  await page.waitForFunction(() => document.querySelector('.skeleton') === null);
}

/** Pixels by which a page is wider than its window; a scroll bar's room counts as the window's edge. */
export function countOverflow(): number {
  return Math.max(0, document.documentElement.scrollWidth - document.body.clientWidth);
}

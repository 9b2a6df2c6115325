// A job whose every text is a script, in a real browser: the page shows the texts and runs none of them.
import { rmSync } from 'node:fs';
import type { Browser, Page } from '@playwright/test';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { APP_PAGE, buildAppPage } from '../support/build-app-page.ts';
import { type FakeCoordinator, startFakeCoordinator } from '../support/fake-coordinator.ts';
import { launchBrowser } from '../support/launch-browser.ts';

const SCRIPT = `<img src=x onerror="globalThis.ran='image'"><script>globalThis.ran='script'</script><svg onload="globalThis.ran='svg'">`;
const LINK = `javascript:globalThis.ran='link'`;

let dist: string;
let coordinator: FakeCoordinator;
let browser: Browser;
beforeAll(async () => {
  dist = await buildAppPage();
  coordinator = await startFakeCoordinator(dist, APP_PAGE);
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await coordinator?.close();
  if (dist) rmSync(dist, { recursive: true, force: true });
});

/** Every text that a stranger may choose, replaced in whatever the resources answer. */
function spoil(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const spoilt: Record<string, unknown> = { ...value };
  for (const name of ['title', 'description', 'wgsl', 'sentence']) if (typeof spoilt[name] === 'string') spoilt[name] = `${SCRIPT}${LINK}`;
  if (typeof spoilt.requester === 'object' && spoilt.requester !== null) spoilt.requester = { ...spoilt.requester, name: SCRIPT };
  return spoilt;
}

async function open(
  path: string,
): Promise<{ readonly page: Page; readonly complaints: readonly string[]; readonly end: () => Promise<void> }> {
  const context = await browser.newContext({ serviceWorkers: 'block', reducedMotion: 'reduce' });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('dialog', (dialog) => void complaints.push(dialog.message()));
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) complaints.push(message.text());
  });
  page.on('request', (request) => {
    if (/\/x$/.test(request.url())) complaints.push(`asked ${request.url()}`);
  });
  await page.route(/\/api\/jobs(\?|\/\d+($|\?|\/shards))/, async (route) => {
    const response = await route.fetch();
    const type = response.headers()['content-type'] ?? '';
    if (!type.includes('json')) return route.fulfill({ response });
    return route.fulfill({ response, json: JSON.parse(await response.text(), spoil) });
  });
  await page.addInitScript(`sessionStorage.setItem('scenario', 'off')`);
  // what comes as an event stream is parsed in the page
  await page.addInitScript(
    `{ const SCRIPT = ${JSON.stringify(SCRIPT)}, LINK = ${JSON.stringify(LINK)}; const parse = JSON.parse; const spoil = ${spoil}; JSON.parse = (text) => parse(text, spoil); }`,
  );
  await page.goto(coordinator.url + path);
  await page.locator('main h1').first().waitFor({ state: 'attached' });
  return { page, complaints, end: () => context.close() };
}

it.each(['/jobs', '/jobs/41', '/jobs/37', '/jobs/41?shard=6', '/'])('%s shows them as texts', async (path) => {
  const { page, complaints, end } = await open(path);
  const shown = page.getByText(SCRIPT, { exact: false }).first();
  if (path !== '/') await shown.waitFor({ state: 'attached' });
  const found = await page.evaluate(() => ({
    ran: (globalThis as { ran?: string }).ran ?? null,
    images: document.querySelectorAll('img[src="x"], svg[onload]').length,
    scripts: [...document.querySelectorAll('script')].filter((script) => script.textContent?.includes('globalThis.ran')).length,
    links: [...document.querySelectorAll('a')].filter((link) => link.protocol === 'javascript:').length,
  }));
  expect(found).toEqual({ ran: null, images: 0, scripts: 0, links: 0 });
  expect(complaints).toEqual([]);
  await end();
});

it('a page that made markup of them would be found', async () => {
  const { page, complaints, end } = await open('/jobs/41');
  await page.evaluate((markup) => {
    document.querySelector('h1')!.innerHTML = markup;
  }, SCRIPT);
  expect(await page.locator('img[src="x"]').count()).toBe(1);
  await expect.poll(() => complaints.length).toBeGreaterThan(0);
  expect(await page.evaluate(() => (globalThis as { ran?: string }).ran ?? null)).toBeNull();
  await end();
});

// The pages Network and Operator over fixtures: live and stale figures, charts as tables, look-ups, who is let in, and acts that want a word.
import { rmSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { OPERATOR_REFUSALS, type OperatorMe } from '../../src/protocol/api-operator.ts';
import { APP_PAGE, buildAppPage } from '../support/build-app-page.ts';
import { type FakeCoordinator, startFakeCoordinator } from '../support/fake-coordinator.ts';
import { makeOperatorMe } from '../support/fake-operator.ts';
import { launchBrowser } from '../support/launch-browser.ts';

let dist: string;
let coordinator: FakeCoordinator;
let browser: Browser;
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  dist = await buildAppPage();
  coordinator = await startFakeCoordinator(dist, APP_PAGE);
  browser = await launchBrowser({ gpu: 'none' });
});
afterEach(async () => {
  coordinator.scenario = 'full';
  coordinator.operator.me = makeOperatorMe(Date.now());
  await Promise.all(contexts.splice(0).map((context) => context.close()));
});
afterAll(async () => {
  await browser?.close();
  await coordinator?.close();
  rmSync(dist, { recursive: true, force: true });
});

async function open(path: string, options: { readonly width?: number; readonly locale?: string } = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: options.width ?? 1280, height: 900 }, locale: options.locale ?? 'en' });
  contexts.push(context);
  const page = await context.newPage();
  await page.addInitScript("sessionStorage.setItem('scenario', 'off')");
  await page.goto(coordinator.url + path);
  return page;
}

const card = (page: Page, name: string) => page.locator('section').filter({ has: page.getByRole('heading', { name, level: 2 }) });
const overflow = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

describe('Network', () => {
  test('shows what flows, and says since when it stands once nothing flows', async () => {
    const page = await open('/network');
    await page.getByText('Live', { exact: true }).waitFor();
    await page.getByText('1,284,551').waitFor();
    coordinator.scenario = 'down';
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await page.getByText(/^As of \d\d:\d\d$/).waitFor();
    expect(await page.getByText('1,284,551').isVisible()).toBe(true);
    coordinator.scenario = 'full';
    await page.getByText('Live', { exact: true }).waitFor();
  });

  test('tells each chart in words and as a table', async () => {
    const page = await open('/network');
    const chart = page.getByRole('img', { name: /^Outvoted results\. Outvoted results: between 0 and 9, last \d+\.$/ });
    await chart.locator('canvas').waitFor();
    const figure = page.locator('figure').filter({ has: chart });
    await figure.getByText('Show as table').click();
    const rows = figure.getByRole('row');
    await rows.nth(2).waitFor();
    expect(await rows.count()).toBeLessThanOrEqual(97);
    const [before] = await page.locator('figure').first().locator('.chart-moment').allTextContents();
    await page
      .locator('figure')
      .first()
      .locator('.u-over')
      .hover({ position: { x: 120, y: 60 } });
    await expect.poll(async () => (await page.locator('figure').first().locator('.chart-moment').allTextContents())[0]).not.toBe(before);
  });

  test('goes back a week, and a gap in the samples is no line', async () => {
    const page = await open('/network');
    const [asked] = await Promise.all([
      page.waitForRequest((request) => request.url().endsWith('samples?hours=168')),
      page.getByRole('button', { name: '7 days' }).click(),
    ]);
    expect(asked.method()).toBe('GET');
    await page.getByText('Verified shards, each 36 minutes').waitFor();
  });

  test('looks up a job, and takes no other file for a receipt', async () => {
    const page = await open('/network');
    await page.getByLabel('Job or digest').fill('41');
    await page.getByLabel('Job or digest').press('Enter');
    await page.getByRole('link', { name: 'Job 41' }).waitFor();
    await page.getByLabel('Job or digest').fill('9999');
    await page.getByRole('button', { name: 'Look up' }).click();
    await page.getByText(/^Nothing here has that number/).waitFor();
    await page
      .getByLabel('Receipt file')
      .setInputFiles({ name: 'cat.json', mimeType: 'application/json', buffer: Buffer.from('{"cat":1}') });
    await page.getByText('This file is no receipt').waitFor();
  });

  test('without anybody invites to be the first', async () => {
    coordinator.scenario = 'empty';
    const page = await open('/network');
    await page.getByRole('heading', { name: 'You would be device no. 1' }).waitFor();
    expect(await page.locator('.state').getByRole('link', { name: 'Contribute' }).getAttribute('href')).toBe('/');
  });

  test('that cannot be read says so and tries again', async () => {
    coordinator.scenario = 'failing';
    const page = await open('/network');
    await page.getByRole('alert').first().waitFor();
    coordinator.scenario = 'full';
    await page.getByRole('button', { name: 'Try again' }).first().click();
    await page.getByText('1,284,551').waitFor();
  });

  test('speaks German', async () => {
    const page = await open('/network', { locale: 'de-DE' });
    await page.getByRole('heading', { name: 'Netzwerk', level: 1 }).waitFor();
    await page.getByText('1.284.551').waitFor();
    await page.getByText('Zuletzt entschieden').waitFor();
  });
});

describe('Operator', () => {
  test.each(OPERATOR_REFUSALS)('who is refused as %s reads what to do, and sees no console', async (why) => {
    const me: OperatorMe = { kind: 'refused', why, fault: { code: 'forbidden', sentence: 'No.' } };
    coordinator.operator.me = me;
    const page = await open('/operator');
    await page.getByRole('heading', { name: 'Operators sign in with their wallet' }).waitFor();
    expect(await page.getByRole('heading', { name: 'Audit log' }).count()).toBe(0);
    const text = await page.locator('.gate').textContent();
    expect(text).toContain(why === 'none-configured' ? 'npm start -- --operators' : 'wallet');
  });

  test('an act wants a reason and, where it hurts, a typed word', async () => {
    const page = await open('/operator');
    await card(page, 'Devices').getByRole('button', { name: 'Ban… 41', exact: true }).click();
    const dialog = page.getByRole('dialog');
    const send = dialog.getByRole('button', { name: 'Ban it' });
    expect(await send.isDisabled()).toBe(true);
    await dialog.getByLabel('Why').fill('It answers nonsense.');
    expect(await send.isDisabled()).toBe(true);
    await dialog.getByLabel('Type 41 to confirm').fill('42');
    expect(await send.isDisabled()).toBe(true);
    await dialog.getByLabel('Type 41 to confirm').fill('41');
    await send.click();
    await page.getByText('Device 41 is banned.').waitFor();
    expect(coordinator.operator.acts.at(-1)).toEqual({ path: '/api/operator/devices/41/ban', reason: 'It answers nonsense.' });
    await card(page, 'Devices').getByRole('button', { name: 'Ban… 12', exact: true }).click();
    // nothing typed for another device counts for this one
    expect(await dialog.getByLabel('Why').inputValue()).toBe('');
  });

  test('the log is searched, and what was read stays while the coordinator is away', async () => {
    const page = await open('/operator');
    await page.getByLabel('Contains').fill('damaged');
    await expect.poll(() => card(page, 'Log').locator('li').count()).toBe(1);
    coordinator.scenario = 'down';
    await page.getByText(/^As of \d\d:\d\d\. The coordinator does not answer\.$/).waitFor();
    expect(await card(page, 'Health').isVisible()).toBe(true);
  });
});

test.each(['/network', '/operator'])('%s fits 320 pixels, empty and full', async (path) => {
  for (const scenario of ['full', 'empty'] as const) {
    coordinator.scenario = scenario;
    const page = await open(path, { width: 320 });
    await page.getByRole('heading', { level: 2 }).nth(4).waitFor({ state: 'attached' });
    expect(await overflow(page)).toBeLessThanOrEqual(0);
  }
});

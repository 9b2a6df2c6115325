// The app as it is built and served: installable, there without a network, and updated only when the person says so.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { BrowserContext, Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakeCoordinator, startFakeCoordinator } from '../support/fake-coordinator.ts';
import { launchProfile } from '../support/launch-browser.ts';

let coordinator: FakeCoordinator;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin/vite.js');
  // vitest sets NODE_ENV=test, under which Solid would be built for tests.
  const built = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'error'], {
    encoding: 'utf8',
    env: { ...process.env, NODE_ENV: 'production' },
  });
  expect(built.status, built.stderr + built.stdout).toBe(0);
  coordinator = await startFakeCoordinator('dist');
  context = await launchProfile({}, { serviceWorkers: 'allow' });
  page = await context.newPage();
});
afterAll(async () => {
  await context?.close();
  await coordinator?.close();
});

describe('the built app', () => {
  it('keeps its shell for a reload and a deep link without a network', async () => {
    await page.goto(coordinator.url);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.evaluate(async () => void (await navigator.serviceWorker.ready));
    await context.setOffline(true);
    await page.reload();
    await page.getByRole('heading', { name: 'Lend this browser', exact: false }).waitFor();
    await page.getByText('Offline. Work that is already here goes on.').waitFor();
    await page.goto(`${coordinator.url}/jobs/new`);
    await page.getByRole('heading', { name: 'New job' }).waitFor();
    await context.setOffline(false);
  });

  it('can be installed', async () => {
    const session = await context.newCDPSession(page);
    await page.goto(coordinator.url);
    const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
    expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito')).toEqual([]);
    const { errors, url } = await session.send('Page.getAppManifest');
    expect(errors).toEqual([]);
    expect(url).toContain('manifest');
  });

  it('says that a new version is ready and waits for a yes', async () => {
    await page.goto(coordinator.url);
    await page.getByRole('heading', { level: 1 }).waitFor();
    coordinator.edition = 2;
    await page.reload();
    await page.getByText('A new version is ready.').waitFor();
    const before = await page.evaluate(() => performance.timeOrigin);
    expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.waiting?.state)).toBe('installed');
    await page.getByRole('button', { name: 'Update' }).click();
    await page.waitForFunction((origin) => performance.timeOrigin !== origin, before);
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.waiting ?? null)).toBeNull();
  });
});

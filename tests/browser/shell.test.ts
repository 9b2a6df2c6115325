// What stands around every page, in a real browser: the bars, More, two languages, appearance, and the focus that comes back.
import type { BrowserContext, Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type OpenedApp, openApp } from '../support/open-app.ts';

let app: OpenedApp;
let context: BrowserContext | undefined;

beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app?.close());
afterEach(async () => {
  await context?.close();
  context = undefined;
  expect(app.complaints.splice(0)).toEqual([]);
});

interface OpenOptions {
  readonly width?: number;
  readonly locale?: string;
}

async function open(path: string, { width = 1280, locale = 'en' }: OpenOptions = {}): Promise<Page> {
  context ??= await app.newContext({ viewport: { width, height: 800 }, locale });
  const page = await app.newPage(context, 'off');
  await page.goto(app.coordinator.url + path);
  await page.locator('main h1').first().waitFor({ state: 'attached' });
  return page;
}

describe('the shell', () => {
  const more = (page: Page) => page.locator('.topnav').getByRole('button', { name: 'More' });

  it('puts under More what has no room, in the order of the bar, and nothing twice', async () => {
    const page = await open('/jobs');
    const inBar = () => page.locator('.topnav > a').allTextContents();
    const all = ['Contribute', 'Jobs', 'New job', 'Leaderboard', 'Network', 'Embed'];
    expect(await inBar()).toEqual(all);
    await page.setViewportSize({ width: 760, height: 800 });
    await more(page).click();
    // The bar measures itself anew when it changes: what counts is where it comes to rest.
    const read = () =>
      page.evaluate(() => {
        const texts = (query: string) => [...document.querySelectorAll(query)].map((link) => link.textContent?.trim());
        const end = document.querySelector('.topbar .end')!.getBoundingClientRect();
        const isOver = [...document.querySelectorAll('.topnav > a, .topnav > button')].some(
          (item) => item.getBoundingClientRect().right > end.left,
        );
        return { places: [...texts('.topnav > a'), ...texts('.topnav .more-menu a')], isOver };
      });
    await expect.poll(read).toEqual({ places: all, isOver: false });
  });

  it('opens More by keyboard, walks it with the arrows, and gives the focus back on Escape', async () => {
    const page = await open('/jobs', { width: 760 });
    await more(page).focus();
    await page.keyboard.press('Enter');
    const focused = () => page.evaluate(() => document.activeElement?.textContent?.trim());
    const first = await page.locator('.topnav .more-menu a').first().textContent();
    await expect.poll(focused).toBe(first);
    await page.keyboard.press('End');
    expect(await focused()).toBe('Embed');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    expect(await focused()).toBe('Embed');
    await page.keyboard.press('Escape');
    expect(await more(page).evaluate((button) => button === document.activeElement)).toBe(true);
    await page.keyboard.press('Enter');
    await expect.poll(focused).toBe(first);
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/embed');
    expect(await page.locator('.more-menu:popover-open').count()).toBe(0);
  });

  it('on a phone reaches every page by its bottom bar', async () => {
    const page = await open('/', { width: 390 });
    const bar = page.locator('.bottomnav');
    expect(await bar.locator(':scope > a').allTextContents()).toEqual(['Contribute', 'Jobs', 'Leaderboard', 'Account']);
    await bar.getByRole('button', { name: 'More' }).click();
    expect(await bar.locator('.more-menu a').allTextContents()).toEqual(['New job', 'Network', 'Embed', 'Settings']);
    await bar.getByRole('link', { name: 'Settings' }).click();
    await page.waitForURL('**/settings');
  });

  it('speaks the browser’s language, or the one that was chosen, and keeps the choice', async () => {
    const page = await open('/jobs', { locale: 'de-AT' });
    await page.getByRole('heading', { name: 'Aufträge', level: 1 }).waitFor();
    expect(await page.title()).toContain('Aufträge');
    await page.getByLabel('Sprache').selectOption('English');
    await page.getByRole('heading', { name: 'Jobs', level: 1 }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    await page.reload();
    await page.getByRole('heading', { name: 'Jobs', level: 1 }).waitFor();
  });

  it('never first draws in the other language', async () => {
    context = await app.newContext({ locale: 'de' });
    await context.addInitScript(() => {
      const seen = new Set<string>();
      Object.assign(globalThis, { seenPlaces: seen });
      new MutationObserver(() => {
        for (const link of document.querySelectorAll('.topnav > a')) seen.add(link.textContent ?? '');
      }).observe(document, { childList: true, subtree: true, characterData: true });
    });
    const page = await open('/jobs');
    await page.getByRole('heading', { name: 'Aufträge', level: 1 }).waitFor();
    const seen = await page.evaluate(() => [...(globalThis as unknown as { seenPlaces: Set<string> }).seenPlaces]);
    expect(seen).toContain('Mitrechnen');
    expect(seen).not.toContain('Contribute');
  });

  it('wears the appearance that was chosen, also after a reload', async () => {
    const page = await open('/jobs');
    const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    await page.getByLabel('Appearance').selectOption('Light');
    const light = await ground();
    await page.getByLabel('Appearance').selectOption('Dark');
    expect(await ground()).not.toBe(light);
    await page.reload();
    await page.locator('main h1').waitFor();
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark');
  });

  it('describes every page to search engines in a sentence of its own', async () => {
    const page = await open('/jobs');
    const sentence = () => page.locator('meta[name="description"]').getAttribute('content');
    const jobs = await sentence();
    await page.keyboard.press('g');
    await page.keyboard.press('a');
    await page.waitForURL('**/account');
    await page.getByRole('heading', { name: 'Account', level: 1 }).waitFor();
    expect(await sentence()).not.toBe(jobs);
  });

  it('gives the focus back when the list of keys is closed', async () => {
    const page = await open('/jobs');
    const keys = page.getByRole('button', { name: 'Keys' });
    await keys.press('Enter');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    expect(await keys.evaluate((button) => button === document.activeElement)).toBe(true);
  });
});

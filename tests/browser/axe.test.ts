// Every page, light and dark, full, empty and failing, in English and German: no violation that axe finds, no sideways scrolling, no motion where none is wanted.
import { AxeBuilder } from '@axe-core/playwright';
import type { BrowserContext, Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { APP_ROUTES } from '../support/app-routes.ts';
import { countOverflow, type OpenedApp, openApp, settle } from '../support/open-app.ts';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const SCHEMES = ['light', 'dark'] as const;
/** What can differ between two colour schemes of one document. */
const OF_COLOURS = ['color-contrast', 'link-in-text-block'] as const;
const STATES = ['full', 'empty', 'failing'] as const;
/** A phone held upright, and a desktop of 1280 at 200 % zoom. */
const WIDTHS = [320, 640] as const;

let app: OpenedApp;
let english: BrowserContext;
let german: BrowserContext;

beforeAll(async () => {
  app = await openApp();
  english = await app.newContext();
  german = await app.newContext({ locale: 'de-DE' });
});
afterAll(() => app?.close());
afterEach(() => expect(app.complaints.splice(0)).toEqual([]));

async function open(context: BrowserContext, path: string, state: (typeof STATES)[number]): Promise<Page> {
  app.coordinator.scenario = state;
  const page = await app.newPage(context, state === 'full' ? 'working' : 'off');
  await page.goto(app.coordinator.url + path);
  await settle(page);
  return page;
}

async function findViolations(page: Page, isWhole: boolean): Promise<readonly string[]> {
  // Legacy mode looks at this page only, and does not open another to put results of frames together.
  const axe = new AxeBuilder({ page }).setLegacyMode(true);
  const { violations } = await (isWhole ? axe.withTags(TAGS) : axe.withRules([...OF_COLOURS])).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
}

/** What is wider than the window, for whoever has to mend it. */
function findWide(): readonly string[] {
  const edge = document.body.clientWidth + 1;
  return [...document.querySelectorAll('body *')]
    .filter((element) => element.getBoundingClientRect().right > edge && !element.closest('.scroller'))
    .slice(0, 5)
    .map((element) => `${element.tagName.toLowerCase()}.${element.className}`);
}

async function findOverflow(page: Page): Promise<readonly string[]> {
  const found: string[] = [];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 640 });
    const pixels = await page.evaluate(countOverflow);
    if (pixels > 0) found.push(`${pixels} pixels beyond ${width}: ${(await page.evaluate(findWide)).join(', ')}`);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  return found;
}

function listRunningAnimations(): readonly string[] {
  return document
    .getAnimations()
    .filter(({ playState }) => playState === 'running')
    .map((animation) => String((animation as CSSAnimation).animationName ?? 'transition'));
}

async function inspect(page: Page, at: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const scheme of SCHEMES) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    found.push(...(await findViolations(page, scheme === SCHEMES[0])).map((one) => `${at}, ${scheme}: ${one}`));
  }
  found.push(...(await page.evaluate(listRunningAnimations)).map((one) => `${at}: ${one} moves`));
  found.push(...(await findOverflow(page)).map((one) => `${at}: ${one}`));
  return found;
}

describe.each(APP_ROUTES)('$name', ({ path }) => {
  it.each(STATES)('%s: accessible in both colours, still, and no wider than a phone', async (state) => {
    const page = await open(english, path, state);
    expect(await inspect(page, state)).toEqual([]);
    expect(await page.evaluate(() => document.querySelectorAll('h1').length), 'one heading of the first rank').toBe(1);
    await page.close();
  });

  it('in German: said to be German, accessible, and no wider than a phone', async () => {
    const page = await open(german, path, 'full');
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
    expect(await inspect(page, 'German')).toEqual([]);
    await page.close();
  });
});

// npm run screenshots: every page at 390 and 1280 px, light and dark, empty and full, as PNG files and one sheet to look at them all.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { BrowserContext, Page } from '@playwright/test';
import { APP_ROUTES, type AppRoute } from './support/app-routes.ts';
import { APP_PAGE, buildAppPage } from './support/build-app-page.ts';
import { type FakeCoordinator, type FakeScenario, startFakeCoordinator } from './support/fake-coordinator.ts';
import { launchBrowser } from './support/launch-browser.ts';

const FOLDER = join(dirname(import.meta.dirname), 'screenshots');
const WIDTHS = [390, 1280] as const;
const SCHEMES = ['light', 'dark'] as const;
/** Longer than any page needs from fixtures; a page that is still loading then is a picture of that. */
const SETTLE_MS = 4_000;
/** A page that follows a job is never quiet. */
const QUIET_MS = 1_200;
const MAX_HEIGHT = 8_000;

interface Shot {
  readonly route: AppRoute;
  readonly width: number;
  readonly scheme: (typeof SCHEMES)[number];
  readonly scenario: FakeScenario;
}

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    states: { type: 'string', default: 'full,empty' },
    language: { type: 'string', default: 'en' },
    folder: { type: 'string', default: FOLDER },
  },
});

function listShots(): readonly Shot[] {
  const wanted = values.only.split(',').filter(Boolean);
  const routes = APP_ROUTES.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  const scenarios = values.states.split(',') as FakeScenario[];
  return scenarios.flatMap((scenario) =>
    WIDTHS.flatMap((width) => SCHEMES.flatMap((scheme) => routes.map((route) => ({ route, width, scheme, scenario })))),
  );
}

function nameOf({ route, width, scheme, scenario }: Shot): string {
  return `${route.name}-${width}-${scheme}-${scenario}.png`;
}

async function settle(page: Page): Promise<void> {
  await page.locator('main h1').first().waitFor({ state: 'attached', timeout: SETTLE_MS });
  await page.waitForFunction(() => document.querySelector('.skeleton') === null, undefined, { timeout: SETTLE_MS }).catch(() => undefined);
  await page.waitForLoadState('networkidle', { timeout: QUIET_MS }).catch(() => undefined);
}

async function take(context: BrowserContext, coordinator: FakeCoordinator, shot: Shot): Promise<void> {
  coordinator.scenario = shot.scenario;
  const page = await context.newPage();
  try {
    await page.setViewportSize({ width: shot.width, height: shot.width < 600 ? 844 : 800 });
    await page.emulateMedia({ colorScheme: shot.scheme, reducedMotion: 'reduce' });
    await page.addInitScript(`sessionStorage.setItem('scenario', '${shot.scenario === 'full' ? 'working' : 'off'}')`);
    await page.goto(coordinator.url + shot.route.path);
    await settle(page);
    // Bars that stay at the window's edge belong below the page, not across it.
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    await page.setViewportSize({ width: shot.width, height: Math.min(height, MAX_HEIGHT) });
    await page.screenshot({ path: join(values.folder, nameOf(shot)), fullPage: true });
  } finally {
    await page.close();
  }
}

function makeSheet(shots: readonly Shot[]): string {
  const rows = groupByRoute(shots);
  const sections = rows.map(
    ([route, some]) =>
      `<section><h2>${route}</h2><div>${some.map((shot) => `<a href="${nameOf(shot)}"><img loading="lazy" src="${nameOf(shot)}" alt="${nameOf(shot)}" height="420"><br>${shot.width} ${shot.scheme} ${shot.scenario}</a>`).join('\n')}</div></section>`,
  );
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Every page</title>
<style>body{font:14px system-ui;margin:24px;background:#888;color:#fff}div{display:flex;flex-wrap:wrap;gap:16px}a{color:inherit}</style>
<h1>Every page, ${values.language}</h1>
${sections.join('\n')}</html>
`;
}

function groupByRoute(shots: readonly Shot[]): readonly (readonly [string, readonly Shot[]])[] {
  return [...new Set(shots.map(({ route }) => route.name))].map((name) => [name, shots.filter(({ route }) => route.name === name)]);
}

const shots = listShots();
rmSync(values.folder, { recursive: true, force: true });
mkdirSync(values.folder, { recursive: true });
const dist = await buildAppPage();
const coordinator = await startFakeCoordinator(dist, APP_PAGE);
const browser = await launchBrowser();
try {
  const desktop = await browser.newContext({ locale: values.language });
  // A phone's scroll bar takes no room.
  const phone = await browser.newContext({ locale: values.language, isMobile: true, hasTouch: true });
  for (const shot of shots)
    await take(shot.width < 600 ? phone : desktop, coordinator, shot).catch((error: unknown) => console.error(`${nameOf(shot)}: ${error}`));
  writeFileSync(join(values.folder, 'index.html'), makeSheet(shots));
  console.log(`${shots.length} pictures: ${join(values.folder, 'index.html')}`);
} finally {
  await browser.close();
  await coordinator.close();
  rmSync(dist, { recursive: true, force: true });
}

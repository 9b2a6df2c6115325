// The widget in real Chromium on somebody else's pages: what it asks, what it does before and after, what a host cannot make it do, and under which policies it works.
import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { BrowserContext } from '@playwright/test';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { SiteView, WidgetBuild } from '../../src/protocol/api-sites.ts';
import { registerSite } from '../../src/requester/sites.ts';
import { SETTLED_MS } from '../../src/widget/watch-seen.ts';
import { signInHeadless } from '../support/sign-in-headless.ts';
import { type RunningCoordinator, startCoordinator } from '../support/start-coordinator.ts';
import { launchVisitor, makeHostPage, sayYes, startWidgetHost, type Visitor, visit, type WidgetHost } from '../support/widget-host.ts';

const LOADER_MAX_BYTES = 1_536;
const BEFORE_YES_MAX_BYTES = 15 * 1_024;

let coordinator: RunningCoordinator;
let host: WidgetHost;
let near: WidgetHost;
let site: SiteView;
let elsewhere: SiteView;
const opened: BrowserContext[] = [];

beforeAll(async () => {
  if (!existsSync('dist/w.js')) throw new Error('The app is not built: run npm run build:app first.');
  coordinator = await startCoordinator({ env: { HOUSE_JOBS: 'on' } });
  host = await startWidgetHost();
  near = await startWidgetHost('127.0.0.1');
  const owner = await signInHeadless(coordinator.url);
  site = await registerSite(owner, host.domain);
  elsewhere = await registerSite(owner, 'localhost:1');
  host.pages.set('/', makeHostPage(snippet()));
  near.pages.set('/', makeHostPage(snippet()));
});
afterEach(async () => {
  for (const context of opened.splice(0)) await context.close();
});
afterAll(async () => {
  await host?.close();
  await near?.close();
  await coordinator?.destroy();
});

function snippet(attributes = '', id = site.id): string {
  return `<script src="${coordinator.url}/w.js" async></script><ostraka-widget site="${id}"${attributes}></ostraka-widget>`;
}

async function newVisitor(path = '/', options: Parameters<typeof launchVisitor>[0] = {}) {
  const context = await launchVisitor(options);
  opened.push(context);
  return { context, ...(await visit(context, `${host.url}${path}`)) };
}

/** In plain view for longer than a click has to wait for, or with something over it, as the browser itself says. */
async function untilSeen({ frame }: Visitor, isSeen: boolean): Promise<void> {
  await frame.locator('html').evaluate(
    (root, { wanted, settledMs }) =>
      new Promise<void>((resolve) => {
        const options = { trackVisibility: true, delay: 100 } as IntersectionObserverInit;
        let timer: ReturnType<typeof setTimeout> | undefined;
        new IntersectionObserver((entries) => {
          clearTimeout(timer);
          const last = entries.at(-1) as IntersectionObserverEntry & { readonly isVisible: boolean };
          if (last.isVisible === wanted) timer = setTimeout(resolve, wanted ? settledMs : 0);
        }, options).observe(root);
      }),
    { wanted: isSeen, settledMs: SETTLED_MS * 2 },
  );
}

describe('bytes', () => {
  const build = () => JSON.parse(readFileSync('dist/widget/build.json', 'utf8')) as WidgetBuild;

  test('the loader weighs at most 1.5 kB, and the frame before Yes at most 15 kB, gzipped', () => {
    expect(gzipSync(readFileSync('dist/w.js'), { level: 9 }).length).toBeLessThanOrEqual(LOADER_MAX_BYTES);
    const before = build().files.filter(({ when }) => when === 'before');
    expect(before.reduce((sum, { gzipBytes }) => sum + gzipBytes, 0)).toBeLessThanOrEqual(BEFORE_YES_MAX_BYTES);
    expect(before.map(({ path }) => path).join()).not.toMatch(/host-|supervisor|engine|run-widget/);
  });

  test('the loader is one script that imports nothing, and its page names nothing else of ours', () => {
    expect(readFileSync('dist/w.js', 'utf8')).not.toMatch(/\bimport\b|\brequire\(|sourceMappingURL/);
    expect(readFileSync('dist/widget/frame.html', 'utf8')).not.toMatch(/manifest|index-/);
  });
});

describe('a visitor', () => {
  test('is asked first: nothing computes, nothing is stored, nothing but the question is fetched', async () => {
    const context = await launchVisitor();
    opened.push(context);
    const requests: string[] = [];
    context.on('request', (request) => requests.push(new URL(request.url()).pathname));
    const visitor = await visit(context, `${host.url}/`);
    await visitor.until('state asking');
    const text = await visitor.frame.locator('#frame').textContent();
    expect(text).toContain(`Lend ${host.domain} a little computing power?`);
    expect(text).toContain('up to 20 %');
    expect(text).toContain(`70 % for ${host.domain}, 30 % for you`);
    const [yes, no] = await visitor.frame.getByRole('button').all();
    const [yesBox, noBox] = [await yes!.boundingBox(), await no!.boundingBox()];
    expect(Math.abs(yesBox!.width - noBox!.width)).toBeLessThan(2);
    expect(yesBox!.height).toBe(noBox!.height);
    const stored = await visitor.frame
      .locator('#frame')
      .evaluate(async () => [Object.keys(localStorage), await indexedDB.databases(), document.cookie]);
    expect(stored).toEqual([[], [], '']);
    expect(visitor.page.workers()).toEqual([]);
    const allowed = /^\/($|w\.js$|widget\/frame$|api\/widget$|favicon\.ico$|assets\/(frame|preload-helper)-)/;
    expect(requests.filter((path) => !allowed.test(path))).toEqual([]);
    expect(visitor.complaints).toEqual([]);
  });

  test('says Yes: it computes, shows what and for whom, and stops on a press for good', async () => {
    const visitor = await newVisitor();
    await sayYes(visitor);
    await visitor.until('state running');
    await visitor.frame.getByText('Computing').waitFor();
    expect(visitor.page.workers().length).toBeGreaterThan(1);
    await visitor.frame
      .getByRole('link', { name: /house|picture/i })
      .first()
      .waitFor();
    const text = await visitor.frame.locator('#frame').textContent();
    expect(text).toContain(`70 % for ${host.domain}, 30 % for you`);
    expect(text).toMatch(/Load\s*20 %/);
    expect(await visitor.frame.locator('#frame').evaluate(() => Object.keys(localStorage).length)).toBe(1);
    const gone = Promise.all(visitor.page.workers().map((worker) => new Promise((resolve) => worker.once('close', resolve))));
    await visitor.frame.getByRole('button', { name: 'Stop' }).click();
    await visitor.until('state stopped');
    expect(await visitor.frame.locator('#frame').evaluate(() => Object.keys(localStorage))).toEqual([]);
    await visitor.frame.getByText('Nothing runs, and your Yes is forgotten.').waitFor();
    await gone;
    expect(visitor.page.workers()).toEqual([]);
    expect(visitor.complaints).toEqual([]);
  });

  test('said Yes before: within the day it goes on without a question, and No holds as well', async () => {
    const visitor = await newVisitor();
    await sayYes(visitor);
    await visitor.until('state running');
    visitor.heard.length = 0;
    await visitor.page.reload();
    await visitor.until('state running');
    expect(visitor.heard).not.toContain('state asking');
    await visitor.frame.getByRole('button', { name: 'Stop' }).click();
    await visitor.page.reload();
    await visitor.frame.getByRole('button', { name: 'No, thanks' }).click();
    await visitor.until('state declined');
    visitor.heard.length = 0;
    await visitor.page.reload();
    await visitor.until('state declined');
    expect(await visitor.page.locator('ostraka-widget').isHidden()).toBe(true);
    expect(visitor.heard).not.toContain('state asking');
  });

  test('with few cores is left alone until they say otherwise', async () => {
    const visitor = await newVisitor('/', { cores: 3 });
    await sayYes(visitor);
    await visitor.frame.getByText('Your device has few processor cores.').waitFor();
    expect(visitor.page.workers()).toEqual([]);
    await visitor.frame.getByRole('button', { name: 'Compute all the same' }).click();
    await visitor.until('state running');
  });

  test('on battery is left alone until they say otherwise', async () => {
    const context = await launchVisitor();
    opened.push(context);
    await context.addInitScript(() => {
      const battery = Object.assign(new EventTarget(), { charging: false });
      Object.defineProperty(Navigator.prototype, 'getBattery', { value: async () => battery });
    });
    const visitor = await visit(context, `${host.url}/`);
    await sayYes(visitor);
    await visitor.frame.getByText('Your device runs on its battery.').waitFor();
    expect(visitor.page.workers()).toEqual([]);
    await visitor.frame.getByRole('button', { name: 'Compute all the same' }).click();
    await visitor.until('state running');
    await visitor.frame.getByText('Computing').waitFor();
  });

  test('is asked in German on a German page', async () => {
    host.pages.set('/de', makeHostPage(snippet(' lang="de"')));
    const visitor = await newVisitor('/de');
    await visitor.frame.getByRole('button', { name: 'Ja, leihen' }).waitFor();
    expect(await visitor.frame.locator('html').getAttribute('lang')).toBe('de');
  });
});

describe('a host', () => {
  test('cannot start it: no message does, and no click that a person did not make', async () => {
    const visitor = await newVisitor();
    await visitor.until('state asking');
    await visitor.page.evaluate((origin) => {
      const frame = document.querySelector('ostraka-widget')!.shadowRoot!.querySelector('iframe')!;
      for (const ostraka of ['start', 'yes', 'run', 'resume']) frame.contentWindow!.postMessage({ ostraka, value: 1 }, origin);
    }, coordinator.url);
    await visitor.frame.getByRole('button', { name: 'Yes, lend' }).evaluate((button: HTMLElement) => button.click());
    await visitor.frame.getByRole('button', { name: 'Yes, lend' }).dispatchEvent('click');
    expect(await visitor.frame.getByRole('button', { name: 'Yes, lend' }).isVisible()).toBe(true);
    expect(visitor.heard).toEqual(['ready', 'state asking']);
    expect(visitor.page.workers()).toEqual([]);
  });

  test('cannot have a Yes clicked through something that lies over it', async () => {
    const visitor = await newVisitor();
    await visitor.until('state asking');
    await untilSeen(visitor, true);
    await visitor.page.evaluate(() => {
      const cover = document.createElement('div');
      cover.style.cssText = 'position:fixed;inset:0;background:#fff;pointer-events:none;z-index:9';
      cover.textContent = 'Win a prize';
      document.body.append(cover);
    });
    await untilSeen(visitor, false);
    await visitor.frame.getByRole('button', { name: 'Yes, lend' }).click({ force: true });
    await visitor.frame.getByText('Something lies over this frame.').waitFor();
    expect(visitor.heard).not.toContain('state starting');
    await visitor.page.evaluate(() => document.body.lastElementChild!.remove());
    await untilSeen(visitor, true);
    await sayYes(visitor);
    await visitor.until('state running');
  });

  test('can lower the load and never raise it', async () => {
    host.pages.set('/throttled', makeHostPage(snippet(' throttle="0.1"')));
    const visitor = await newVisitor('/throttled');
    await visitor.until('state asking');
    expect(await visitor.frame.locator('#frame').textContent()).toContain('up to 10 %');
    const throttle = (value: number) =>
      visitor.page.evaluate(
        (to) => (document.querySelector('ostraka-widget') as unknown as { setThrottle(v: number): void }).setThrottle(to),
        value,
      );
    await throttle(1);
    await sayYes(visitor);
    await visitor.until('state running');
    await visitor.frame.getByText('This page allows at most 10 %.').waitFor();
    await visitor.frame.getByText('Computing').waitFor();
    const told = await visitor.frame.getByText(/\d+ % now/).textContent();
    expect(Number.parseInt(told ?? '', 10)).toBeLessThanOrEqual(20);
  });

  test('can pause it, undo that, and stop it', async () => {
    const visitor = await newVisitor();
    await sayYes(visitor);
    await visitor.until('state running');
    const call = (name: 'pause' | 'resume' | 'stop') =>
      visitor.page.evaluate((verb) => (document.querySelector('ostraka-widget') as unknown as Record<string, () => void>)[verb]!(), name);
    await call('pause');
    await visitor.frame.getByText('Paused by this page.').waitFor();
    visitor.heard.length = 0;
    await call('resume');
    await visitor.until('state running');
    await call('stop');
    await visitor.until('state stopped');
  });

  test('that hides it, scrolls it away or makes it a sliver has it rest, and go on when it is seen', async () => {
    const visitor = await newVisitor();
    await sayYes(visitor);
    await visitor.until('state running');
    const style = (css: string) =>
      visitor.page.evaluate((text) => document.querySelector('ostraka-widget')!.setAttribute('style', text), css);
    for (const css of ['display:none', 'position:absolute;top:4000px', 'position:absolute;left:-390px']) {
      visitor.heard.length = 0;
      await style(css);
      await visitor.until('state paused');
      visitor.heard.length = 0;
      await style('');
      await visitor.until('state running');
    }
    visitor.heard.length = 0;
    await visitor.page.evaluate(() => {
      document.querySelector('ostraka-widget')!.shadowRoot!.querySelector('iframe')!.height = '47';
    });
    await visitor.until('state paused');
  });

  test('that another registered is refused with a sentence', async () => {
    host.pages.set('/foreign', makeHostPage(snippet('', elsewhere.id)));
    const visitor = await newVisitor('/foreign');
    await sayYes(visitor);
    await visitor.frame.getByText(`registered for localhost:1 and not for ${host.domain}`).waitFor();
    expect(visitor.heard).toContain('state error');
  });

  test('without a registered site has a widget that runs nothing', async () => {
    host.pages.set('/unknown', makeHostPage(snippet('', 999_999 as typeof site.id)));
    const visitor = await newVisitor('/unknown');
    await visitor.frame.getByText('This widget names no site that is registered.').waitFor();
  });

  test('may make it by hand, and take it away', async () => {
    const script = `<div id="slot"></div><script>function place(){ostrakaWidget.render('#slot',{site:${site.id},theme:'dark'})}</script><script src="${coordinator.url}/w.js?onload=place" async></script>`;
    host.pages.set('/hand', makeHostPage(script));
    const visitor = await newVisitor('/hand');
    await visitor.until('state asking');
    await visitor.page.evaluate(() =>
      (globalThis as unknown as { ostrakaWidget: { remove(at: string): void } }).ostrakaWidget.remove('#slot'),
    );
    expect(await visitor.page.locator('ostraka-widget').count()).toBe(0);
  });
});

describe('two pages of a site', () => {
  test('have one widget that runs; the other waits and takes over', async () => {
    const first = await newVisitor();
    await sayYes(first);
    await first.until('state running');
    const second = await visit(first.context, `${host.url}/`);
    await second.frame.getByText('Another page of this site computes already; this one waits.').waitFor();
    await first.page.close();
    await second.until('state running');
  });
});

describe('policies', () => {
  test('a strict one needs two permissions and nothing else', async () => {
    const policy = `default-src 'none'; script-src ${coordinator.url}; frame-src ${coordinator.url}`;
    host.pages.set('/strict', makeHostPage(snippet(), { 'Content-Security-Policy': policy }));
    const visitor = await newVisitor('/strict');
    await sayYes(visitor);
    await visitor.until('state running');
    expect(visitor.complaints).toEqual([]);
    expect((await visitor.page.locator('ostraka-widget').boundingBox())!.width).toBeGreaterThan(300);
  });

  test('a page that isolates itself shows it and has it compute', async () => {
    const headers = { 'Cross-Origin-Embedder-Policy': 'require-corp', 'Cross-Origin-Opener-Policy': 'same-origin' };
    host.pages.set('/isolated', makeHostPage(snippet(), headers));
    const visitor = await newVisitor('/isolated');
    expect(await visitor.page.evaluate(() => crossOriginIsolated)).toBe(true);
    await sayYes(visitor);
    await visitor.until('state running');
    await visitor.frame.getByText('Computing').waitFor();
  });

  test('one without frame-src blocks it, and the host is told', async () => {
    host.pages.set(
      '/no-frames',
      makeHostPage(snippet(), { 'Content-Security-Policy': `default-src 'none'; script-src ${coordinator.url}` }),
    );
    const visitor = await newVisitor('/no-frames');
    await visitor.until('state blocked');
    expect(visitor.heard).toEqual(['state blocked']);
  });

  test('the script may be pinned by its hash', async () => {
    const build = JSON.parse(readFileSync('dist/widget/build.json', 'utf8')) as WidgetBuild;
    const { path, integrity } = build.files.find(({ when }) => when === 'loader')!;
    const script = `<script src="${coordinator.url}${path}" integrity="${integrity}" crossorigin="anonymous" async></script>`;
    host.pages.set('/pinned', makeHostPage(`${script}<ostraka-widget site="${site.id}"></ostraka-widget>`));
    await (await newVisitor('/pinned')).until('state asking');
  });

  test('our own site, and no page around it at all, are refused', async () => {
    const context = await launchVisitor();
    opened.push(context);
    const visitor = await visit(context, `${near.url}/`);
    await visitor.until('state blocked');
    const page = await context.newPage();
    const answer = await page.goto(`${coordinator.url}/widget/frame?site=${site.id}`);
    expect(answer!.status()).toBe(403);
  });
});

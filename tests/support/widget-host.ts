// Somebody else's website on loopback, under the other name of this machine: its pages, their headers, its well-known file, and a browser that visits it.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BrowserContext, FrameLocator, Page } from '@playwright/test';
import { launchProfile } from './launch-browser.ts';

export interface HostPage {
  readonly html: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface WidgetHost {
  /** As a site is registered: host and port. */
  readonly domain: string;
  readonly url: string;
  /** By path; whatever else is asked for is not there. */
  readonly pages: Map<string, HostPage>;
  close(): Promise<void>;
}

/** `localhost`, where the app is at 127.0.0.1: for a browser that is another site. */
export async function startWidgetHost(name: 'localhost' | '127.0.0.1' = 'localhost'): Promise<WidgetHost> {
  const pages = new Map<string, HostPage>();
  const server = createServer((request, response) => {
    const page = pages.get(request.url ?? '');
    // asked for by every browser, and missed by nobody
    if (request.url === '/favicon.ico') return void response.writeHead(204).end();
    if (!page) return void response.writeHead(404).end();
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', ...page.headers }).end(page.html);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    domain: `${name}:${port}`,
    url: `http://${name}:${port}`,
    pages,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A page with this snippet, plain or under a policy. */
export function makeHostPage(snippet: string, headers: HostPage['headers'] = {}): HostPage {
  const html = `<!doctype html><html lang="en"><head><title>A blog</title></head><body><h1>A blog</h1>${snippet}<p id="end">End</p></body></html>`;
  return { html, headers };
}

export interface Visitor {
  readonly page: Page;
  readonly frame: FrameLocator;
  /** What the widget told its host, oldest first: "state asking". */
  readonly heard: string[];
  /** What the browser complained about. */
  readonly complaints: string[];
  /** Resolves when it was heard, from now on or before. */
  until(what: string): Promise<void>;
}

/**
 * A profile whose storage is kept apart by site, as browsers have it: Playwright turns that off. Devices of four cores and more, so that none
 * is left alone for being small.
 */
export async function launchVisitor(options: { readonly cores?: number } = {}): Promise<BrowserContext> {
  const context = await launchProfile(
    { gpu: 'none', extraFlags: ['--disable-features=Translate'] },
    { viewport: { width: 800, height: 600 } },
  );
  await context.addInitScript((cores) => {
    Object.defineProperty(Navigator.prototype, 'hardwareConcurrency', { get: () => cores });
  }, options.cores ?? 4);
  return context;
}

export async function visit(context: BrowserContext, url: string): Promise<Visitor> {
  const page = await context.newPage();
  const heard: string[] = [];
  const complaints: string[] = [];
  const waiting = new Set<() => void>();
  await page.exposeFunction('hearWidget', (what: string) => {
    heard.push(what);
    for (const look of waiting) look();
  });
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.addInitScript(() => {
    const hear = (globalThis as unknown as { hearWidget(what: string): void }).hearWidget;
    const listen = (element: Element): void => {
      for (const type of ['ready', 'state', 'progress', 'error'])
        element.addEventListener(type, (event) => {
          const { state = '' } = ((event as CustomEvent).detail ?? {}) as { readonly state?: string };
          hear(`${type} ${state}`.trim());
        });
    };
    new MutationObserver((records) => {
      for (const { addedNodes } of records)
        for (const node of addedNodes) if (node instanceof Element && node.localName === 'ostraka-widget') listen(node);
    }).observe(document, { childList: true, subtree: true });
  });
  await page.goto(url);
  return {
    page,
    frame: page.frameLocator('ostraka-widget iframe'),
    heard,
    complaints,
    until: (what) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!heard.includes(what)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}

/** Presses Yes as a person does, who has seen it for a moment. */
export async function sayYes({ frame }: Pick<Visitor, 'frame'>, name = 'Yes, lend'): Promise<void> {
  const yes = frame.getByRole('button', { name });
  await yes.waitFor();
  // A click that comes before the frame was in view for half a second says so; the next one counts.
  for (;;) {
    await yes.click();
    const outcome = await Promise.race([
      frame
        .locator('.warning:not([hidden])')
        .waitFor()
        .then(() => 'early' as const),
      frame
        .locator('.answers')
        .waitFor({ state: 'detached' })
        .then(() => 'started' as const),
    ]);
    if (outcome === 'started') return;
    await frame.locator('.warning').evaluate((line: HTMLElement) => {
      line.hidden = true;
    });
  }
}

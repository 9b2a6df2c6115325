// A page in a real browser that opens connections to a wire server, which also serves the page.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { build } from 'vite';
import { COORDINATOR_PEER } from '../../server/gateway/signalling.ts';
import { PEER_PATH } from '../../server/gateway/upgrade.ts';
import type { PageTarget, TransportHarness } from '../browser/transport-calls.ts';
import type { WireServer } from './wire-server.ts';

/** Builds the harness and its worker; returns the folder, which the caller removes. */
export async function buildTransportHarness(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ostraka-transport-'));
  const entry = {
    'transport-harness': join(dirname(import.meta.dirname), 'browser/transport-harness.ts'),
    'transport-worker': join(dirname(import.meta.dirname), 'browser/transport-worker.ts'),
  };
  await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: { outDir: folder, minify: false, lib: { entry, formats: ['es'], fileName: (_format, name) => `${name}.js` } },
  });
  await writeFile(
    join(folder, 'index.html'),
    '<!doctype html><title>transport</title><script type="module" src="/transport-harness.js"></script>',
  );
  return folder;
}

export function removeFolder(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true });
}

export async function openTransportPage(browser: Browser, wire: WireServer, folder: string): Promise<Page> {
  wire.server.on('request', async (request, response) => {
    const name = request.url === '/' ? 'index.html' : (request.url ?? '').slice(1);
    try {
      const file = await readFile(join(folder, name));
      response.writeHead(200, { 'content-type': name.endsWith('.js') ? 'text/javascript' : 'text/html' }).end(file);
    } catch {
      response.writeHead(404).end();
    }
  });
  const page = await browser.newPage();
  await page.goto(wire.baseUrl);
  await page.waitForFunction(() => 'transport' in globalThis);
  return page;
}

export function makeTarget(wire: WireServer): PageTarget {
  const { ticket, peer } = wire.issueTicket();
  const spareTicket = wire.issueTicket().ticket;
  return { baseUrl: wire.baseUrl, peerPath: PEER_PATH, coordinator: COORDINATOR_PEER, peerId: peer, ticket, spareTicket };
}

/** Calls one of the page's functions with its arguments. */
export function callPage<Name extends keyof TransportHarness>(
  page: Page,
  name: Name,
  ...args: Parameters<TransportHarness[Name]>
): ReturnType<TransportHarness[Name]> {
  return page.evaluate(
    ([called, given]) => {
      const { transport } = globalThis as unknown as { readonly transport: Record<string, (...args: unknown[]) => unknown> };
      return transport[called]?.(...given);
    },
    [name, args] as const,
  ) as ReturnType<TransportHarness[Name]>;
}

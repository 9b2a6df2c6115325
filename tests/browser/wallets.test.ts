// Every way a wallet can answer, on the built Account page before the real resources: wallets announce themselves and sign for real.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadApp } from '../../server/http/load-app.ts';
import { launchBrowser } from '../support/launch-browser.ts';
import { announceWallets, type MoodyWallet } from '../support/test-wallets.ts';
import { type StartedApp, startApp } from '../unit/server/http/start-app.ts';

let started: StartedApp;
let server: Server;
let url: string;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let heron: MoodyWallet;
let owl: MoodyWallet;
const complaints: string[] = [];

beforeAll(async () => {
  const app = await loadApp(join(dirname(dirname(import.meta.dirname)), 'dist'));
  if (!app) throw new Error('There is no dist/ to open: run npm run build first.');
  started = startApp({ startMs: Date.now(), dependencies: { app } });
  server = createServer(getRequestListener(started.app.fetch, { overrideGlobalObjects: false }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await launchBrowser({ gpu: 'none' });
});
afterAll(async () => {
  await browser?.close();
  started.closeStreams();
  server.closeAllConnections();
  server.close();
});
beforeEach(async () => {
  started.clock.nowMs = Date.now();
  context = await browser.newContext({ serviceWorkers: 'block' });
  [heron, owl] = (await announceWallets(context, ['Heron', 'Owl'])) as [MoodyWallet, MoodyWallet];
  page = await context.newPage();
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${url}/account?service-worker=off`);
  await page.getByRole('heading', { name: 'I have a wallet' }).waitFor();
});
afterEach(async () => {
  await context.close();
  expect(complaints.splice(0)).toEqual([]);
});

const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
const keyLine = () => page.locator('.key-line').textContent();

async function beGuest(): Promise<void> {
  await press('Make a guest key');
  await page.getByRole('heading', { name: 'Attach a wallet' }).waitFor();
}

describe('a wallet', () => {
  it('is listed beside every other, by its own name', async () => {
    expect(await page.locator('button.wallet').allTextContents()).toEqual(['Sign in with Heron', 'Sign in with Owl']);
  });

  it('signs in, and the page shows its address and its ledger', async () => {
    await press('Sign in with Owl');
    await page.getByText('Signed in with Owl.').waitFor();
    expect(await keyLine()).toBe(owl.address());
    expect([heron.questions(), owl.questions()]).toEqual([0, 1]);
    await page.getByRole('heading', { name: 'Ledger' }).waitFor();
  });

  it('that says no is taken at its word: quietly, with everything still there to press', async () => {
    heron.mood = 'reject';
    await press('Sign in with Heron');
    const sentence = page.getByText('You said no in the wallet; nothing was signed.');
    await sentence.waitFor();
    expect(await sentence.evaluate((element) => element.closest('.refusal'))).toBeNull();
    heron.mood = 'sign';
    await press('Sign in with Heron');
    await page.getByText('Signed in with Heron.').waitFor();
    expect(await sentence.count()).toBe(0);
  });

  it.each([
    ['pending', 'Your wallet has a question open already: look for its window.'],
    ['locked', 'The wallet shared no account; unlock it and choose one.'],
  ] as const)('that is %s says what to do', async (mood, sentence) => {
    heron.mood = mood;
    await press('Sign in with Heron');
    await page.getByText(sentence).waitFor();
    expect(await page.getByRole('button', { name: 'Sign in with Owl' }).isEnabled()).toBe(true);
  });

  it('on any chain signs in: nothing is sent to a chain', async () => {
    heron.chainId = '0x89';
    await press('Sign in with Heron');
    await page.getByText('Signed in with Heron.').waitFor();
    expect(await keyLine()).toBe(heron.address());
  });

  it('that switches to another account signs this browser out, and signs in again with the other', async () => {
    await press('Sign in with Heron');
    await page.getByText('Signed in with Heron.').waitFor();
    const first = heron.address();
    await heron.switchAccount(page);
    await page.getByText('The wallet switched to another account').waitFor();
    await press('Sign in with Heron');
    await page.locator('.key-line', { hasText: heron.address() }).waitFor();
    expect(heron.address()).not.toBe(first);
  });

  it('is followed after a reload, too, and one that was not signed in with is not', async () => {
    await press('Sign in with Heron');
    await page.getByText('Signed in with Heron.').waitFor();
    await page.reload();
    await page.locator('.key-line').waitFor();
    await owl.switchAccount(page);
    await page.getByRole('heading', { name: 'Ledger' }).waitFor();
    expect(await keyLine()).toBe(heron.address());
    // The wallet may be listened to a moment after the page has drawn.
    await expect
      .poll(async () => {
        await heron.switchAccount(page);
        return await page.getByRole('heading', { name: 'I have a wallet' }).count();
      })
      .toBe(1);
  });
});

describe('a guest', () => {
  it('is taken over by a wallet with all its credit, and a second time changes nothing', async () => {
    await beGuest();
    const balance = await page.locator('.balance .big').textContent();
    await press('Attach Heron');
    await page.locator('.key-line', { hasText: heron.address() }).waitFor();
    expect(await page.locator('.balance .big').textContent()).toBe(balance);
    await press('Sign out');
    await press('Make a guest key');
    await page.locator('.key-line', { hasText: heron.address() }).waitFor();
    expect(await page.locator('.balance .big').textContent()).toBe(balance);
    // What was merged once is the wallet's: there is nothing left to attach.
    expect(await page.getByRole('button', { name: 'Attach Owl' }).count()).toBe(0);
  });

  it('stays a guest when the wallet says no', async () => {
    await beGuest();
    const key = await keyLine();
    heron.mood = 'reject';
    await press('Attach Heron');
    await page.getByText('You said no in the wallet; nothing was signed.').waitFor();
    expect(await keyLine()).toBe(key);
  });
});

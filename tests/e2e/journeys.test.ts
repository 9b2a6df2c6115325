// What people do, in real browsers against a real coordinator: ask for a picture, lend a device, attach a wallet.
import { readFile } from 'node:fs/promises';
import type { BrowserContext, Page } from '@playwright/test';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobReceipt, SessionView } from '../../src/protocol/api.ts';
import { verifyReceipt } from '../../src/requester/verify-receipt.ts';
import { announceWallet, type TestWallet } from '../support/announce-wallet.ts';
import { launchProfile } from '../support/launch-browser.ts';
import { openContributorPage } from '../support/open-contributor-page.ts';
import { type RunningCoordinator, startCoordinator } from '../support/start-coordinator.ts';

/** The house contributor and its jobs are on, as for a newcomer who runs `npm start`. */
let coordinator: RunningCoordinator;
const opened: BrowserContext[] = [];

beforeAll(async () => {
  coordinator = await startCoordinator({ env: { HOUSE_CONTRIBUTOR: 'on', HOUSE_JOBS: 'on' } });
});
afterAll(async () => {
  await Promise.allSettled(opened.map((context) => context.close()));
  await coordinator?.destroy();
});

async function openPage(path: string, prepare?: (context: BrowserContext) => Promise<void>): Promise<Page> {
  const context = await launchProfile({ gpu: 'none' }, { serviceWorkers: 'block', acceptDownloads: true });
  opened.push(context);
  await prepare?.(context);
  const page = context.pages()[0] ?? (await context.newPage());
  await page.goto(`${coordinator.url}${path}`);
  return page;
}

/** Null for the moment in which one session has given way to the next. */
const findSession = (page: Page) =>
  page.evaluate(async () => {
    const response = await fetch('/api/session');
    return response.status === 200 ? ((await response.json()) as SessionView) : null;
  });
const readSession = async (page: Page) => (await findSession(page))!;
const spendable = ({ account }: SessionView) => BigInt(account.earned) + BigInt(account.granted);

async function download(page: Page, name: string): Promise<Buffer> {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name, exact: true }).click()]);
  return readFile(await file.path());
}

describe('a newcomer', () => {
  it('presses Contribute and has a first verified, credited shard within seconds', async () => {
    const { context, page } = await openContributorPage({ url: coordinator.url, gpu: 'none' });
    opened.push(context);
    const startedAt = performance.now();
    await page
      .getByText(/was verified: [\d.]+ credits/)
      .first()
      .waitFor();
    const seconds = (performance.now() - startedAt) / 1_000;
    console.log(`first credited shard ${seconds.toFixed(1)} s after the click`);
    expect(seconds).toBeLessThan(30);
    const { account } = await readSession(page);
    expect(account).toMatchObject({ kind: 'guest', wallet: null });
    expect(account.verifiedShards).toBeGreaterThan(0);
  });
});

describe('a requester', () => {
  it('picks a template, tries it, sees a price, submits, watches it fill in and takes everything home', async () => {
    const page = await openPage('/jobs/new');
    await page.locator('label.template').filter({ hasText: 'Mandelbrot' }).click();
    await page.getByLabel('Size').selectOption({ label: '512 × 320' });
    await page.getByRole('button', { name: 'Try it here' }).click();
    await page.getByText(/took .* on the CPU/).waitFor();
    await page.getByRole('button', { name: 'Get a price' }).click();
    await page.getByText('Contributors can see the program and its inputs').waitFor();
    await page.getByRole('button', { name: /^Submit for/ }).click();
    await page.waitForURL(/\/jobs\/\d+$/);
    await page.getByText('100 %').waitFor();
    await page.getByText('Done', { exact: false }).first().waitFor();

    const png = PNG.sync.read(await download(page, 'PNG'));
    expect([png.width, png.height]).toEqual([512, 320]);
    expect(new Set(png.data).size).toBeGreaterThan(100);
    expect(await download(page, 'Bytes')).toHaveLength(512 * 320 * 4);
    const receipt = JSON.parse((await download(page, 'receipt.json')).toString()) as JobReceipt;
    expect(await verifyReceipt(receipt)).toMatchObject({ kind: 'genuine' });
    expect(
      receipt.shards.every((shard) => shard.verdict === 'final' && shard.votes.filter((vote) => vote.state === 'agreed').length >= 2),
    ).toBe(true);

    await page.getByRole('img').first().click();
    await page.getByText('agreed', { exact: false }).first().waitFor();
  });

  it('writes a program of her own and is told at its line what is wrong with it', async () => {
    const page = await openPage('/jobs/new');
    await page.locator('label.template').filter({ hasText: 'Blank' }).click();
    const editor = page.getByLabel('WGSL', { exact: true });
    const program = await editor.inputValue();
    await editor.fill(program.replace(/fn main\(/, 'fn main(oops '));
    await page.getByRole('button', { name: 'Get a price' }).click();
    await page
      .getByText(/Line \d+, column \d+/)
      .first()
      .waitFor();
    await editor.fill(program);
    await page.getByRole('button', { name: 'Get a price' }).click();
    await page.getByRole('button', { name: /^Submit for/ }).waitFor();
  });
});

describe('a guest who has earned', () => {
  it('attaches a wallet and keeps all credit, once', async () => {
    let wallet: TestWallet | null = null;
    const page = await openPage('/', async (context) => {
      wallet = await announceWallet(context);
    });
    await page.getByRole('button', { name: /^Contribute/ }).click();
    await page
      .getByText(/was verified: [\d.]+ credits/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: /^Stop/ }).first().click();
    await page.goto(`${coordinator.url}/account`);
    await page.getByRole('heading', { name: 'Attach a wallet' }).waitFor();
    const guest = await readSession(page);
    await page.getByRole('button', { name: new RegExp(wallet!.name) }).click();
    await expect.poll(async () => (await findSession(page))?.account.kind, { timeout: 10_000 }).toBe('wallet');
    const attached = await readSession(page);
    expect(attached.account.wallet).toBe(wallet!.address);
    expect(spendable(attached)).toBeGreaterThanOrEqual(spendable(guest));
    // nothing but what the guest's last open votes still brought
    expect(spendable(attached) - spendable(guest)).toBeLessThan(1_000_000n);
    expect(attached.account.verifiedShards).toBeGreaterThanOrEqual(guest.account.verifiedShards);

    await page.reload();
    expect(spendable(await readSession(page))).toBe(spendable(attached));
    const health = await page.evaluate(
      async () => (await (await fetch('/api/health')).json()) as { checks: { name: string; ok: boolean }[] },
    );
    expect(health.checks.find((check) => check.name === 'ledger')?.ok).toBe(true);
  });
});

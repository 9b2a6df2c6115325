// The app in a real browser before a coordinator of fixtures: what its pages do, by keyboard, in two languages, and when things fail.
import type { BrowserContext, Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FakeCoordinator, FakeScenario } from '../support/fake-coordinator.ts';
import { type OpenedApp, openApp } from '../support/open-app.ts';

let app: OpenedApp;
let coordinator: FakeCoordinator;
let context: BrowserContext | undefined;

beforeAll(async () => {
  app = await openApp();
  coordinator = app.coordinator;
});
afterAll(() => app?.close());
afterEach(async () => {
  await context?.close();
  context = undefined;
  coordinator.scenario = 'full';
  coordinator.quoteFault = null;
  expect(app.complaints.splice(0)).toEqual([]);
});

interface OpenOptions {
  readonly scenario?: FakeScenario;
  readonly contributor?: string;
  readonly width?: number;
  readonly locale?: string;
}

async function open(
  path: string,
  { scenario = 'full', contributor = 'off', width = 1280, locale = 'en' }: OpenOptions = {},
): Promise<Page> {
  coordinator.scenario = scenario;
  context ??= await app.newContext({ viewport: { width, height: 800 }, locale });
  const page = await app.newPage(context, contributor);
  await page.goto(coordinator.url + path);
  await page.locator('main h1').first().waitFor({ state: 'attached' });
  return page;
}

/** A page that tries again by itself may have done so before the button is pressed; then there is none any more. */
function press(page: Page, name: string): Promise<void> {
  return page.getByRole('button', { name }).evaluateAll((buttons) => {
    for (const button of buttons) (button as HTMLButtonElement).click();
  });
}

describe('every page', () => {
  it.each([
    ['/jobs', 'database'],
    ['/jobs/41', 'keeps trying'],
    ['/account', 'Your key stays in this browser'],
    ['/', 'cannot be seen right now'],
  ])('%s says what failed and tries again', async (route, words) => {
    const page = await open(route, { scenario: 'failing' });
    await page.getByText(words).waitFor();
    coordinator.scenario = 'full';
    await press(page, 'Try again');
    await page.getByText(words).waitFor({ state: 'detached' });
  });

  it('says when the coordinator is away, and comes back', async () => {
    const page = await open('/jobs', { scenario: 'down' });
    await page.getByText('The coordinator does not answer.').waitFor();
    coordinator.scenario = 'full';
    await press(page, 'Try now');
    await page.getByText('The coordinator does not answer.').waitFor({ state: 'detached' });
  });

  it('says when the device is offline', async () => {
    const page = await open('/jobs');
    await context?.setOffline(true);
    await page.getByText('Offline. Work that is already here goes on.').waitFor();
    await context?.setOffline(false);
    await page.getByText('Offline.').waitFor({ state: 'detached' });
  });
});

describe('the keyboard', () => {
  it('goes to places, opens the list of keys and pauses', async () => {
    const page = await open('/', { contributor: 'working' });
    await page.locator('.pill', { hasText: 'Computing' }).waitFor();
    await page.keyboard.press('Space');
    await page.locator('.pill', { hasText: 'Paused' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('j');
    await page.waitForURL('**/jobs');
    await page.getByRole('heading', { name: 'Jobs', level: 1 }).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('n');
    await page.waitForURL('**/jobs/new');
    await page.getByLabel('Title').fill('');
    await page.getByLabel('Title').pressSequentially('n g j ?');
    expect(page.url()).toMatch(/\/jobs\/new$/);
    expect(await page.getByLabel('Title').inputValue()).toBe('n g j ?');
  });

  it('reaches the page past the navigation', async () => {
    const page = await open('/jobs');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
  });

  it('walks the mosaic and shows who agreed on what', async () => {
    const page = await open('/jobs/39');
    await page.getByRole('application').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.getByRole('heading', { name: 'Shard 1 · 100 in all' }).waitFor();
    await page.getByText('outvoted').waitFor();
    expect(page.url()).toContain('shard=1');
    await page.keyboard.press('End');
    await page.getByRole('heading', { name: 'Shard 99 · 100 in all' }).waitFor();
  });

  it('indents in the editor and leaves it after Escape', async () => {
    const page = await open('/jobs/new?template=blank');
    const editor = page.getByLabel('WGSL', { exact: true });
    await editor.fill('a');
    await editor.press('Tab');
    expect(await editor.inputValue()).toBe('a  ');
    await editor.press('Escape');
    await editor.press('Tab');
    expect(await editor.evaluate((area) => area === document.activeElement)).toBe(false);
  });
});

describe('Contribute', () => {
  it('starts and stops with one press, and says so', async () => {
    const page = await open('/');
    await page.getByText('Nothing runs on this device.').waitFor();
    await page.locator('.switch').click();
    await page.getByText('Shard 52 of “Path-traced bunny” and 1 more.').waitFor();
    await page.locator('.switch').click();
    await page.getByText('Nothing runs on this device.').waitFor();
  });

  it.each([
    ['idle', 'Every shard is already with another device'],
    ['paused', 'Credit is safe'],
    ['reconnecting', 'Results are kept and sent later'],
    ['other-tab', 'Use this tab'],
    ['insecure', 'open it over https'],
    ['stopped', 'reload this page'],
    ['starting', 'Opening a connection'],
  ])('says why when it is %s', async (contributor, words) => {
    const page = await open('/', { contributor });
    await page.locator('.why', { hasText: words }).waitFor();
  });

  it('counts credit up and tells it in the title of the tab', async () => {
    const page = await open('/', { contributor: 'working' });
    await page.locator('.earned', { hasText: '5.502' }).waitFor();
    await page.evaluate('ostrakaScene.credit(42000)');
    await page.locator('.earned', { hasText: '5.544' }).waitFor();
    expect(await page.title()).toContain('▶ 131');
  });

  it('paints the picture of the job with what is mine outlined', async () => {
    const page = await open('/', { contributor: 'working' });
    await page.getByText('3 mine').waitFor();
    await page.waitForFunction(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('.mosaic .pixels');
      const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data;
      return pixels?.some((value, index) => index % 4 === 0 && value > 60);
    });
  });

  it('moves the load with the arrow keys, and takes a preset', async () => {
    const page = await open('/');
    // the page takes its settings over before it takes keys
    await page.getByText('GPU and CPU apart').click();
    const load = page.getByLabel('GPU load');
    await page.getByRole('button', { name: 'Quiet', pressed: true }).waitFor();
    await load.press('ArrowRight');
    await page.getByRole('button', { name: 'Quiet', pressed: false }).waitFor();
    expect(Number(await load.inputValue())).toBeGreaterThan(20);
    await page.getByRole('button', { name: 'Balanced' }).click();
    await expect.poll(() => load.inputValue()).toBe('50');
  });
});

describe('a job', () => {
  it('downloads its picture, its bytes and its receipt file name', async () => {
    const page = await open('/jobs/39');
    const [png] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'PNG' }).click()]);
    expect(png.suggestedFilename()).toBe('ostraka-job-39.png');
    const [bytes] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Bytes' }).click()]);
    expect(bytes.suggestedFilename()).toBe('ostraka-job-39-pixels.bin');
  });

  it('asks before it is cancelled', async () => {
    const page = await open('/jobs/41');
    await page.getByRole('button', { name: 'Cancel job' }).click();
    const dialog = page.getByRole('dialog', { name: 'Cancel this job?' });
    await dialog.getByRole('button', { name: 'Keep it running' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('button', { name: 'Cancel job' }).click();
    await dialog.getByRole('button', { name: 'Cancel job' }).click();
    await page.getByText('Cancelled. What was not spent is back').waitFor();
  });

  it('that is a table shows its best rows, of verified shards only', async () => {
    const page = await open('/jobs/40');
    const steps = page.locator('section[aria-label="Best rows"] tbody td:nth-child(3)');
    await steps.first().waitFor();
    const values = (await steps.allTextContents()).map(Number);
    expect(values).toHaveLength(20);
    expect(values).toEqual([...values].sort((a, b) => b - a));
    expect(values.at(-1)).toBeGreaterThan(0);
  });

  it('that is not there says so', async () => {
    const page = await open('/jobs/4000');
    await page.getByText('There is no such job here').waitFor();
  });
});

describe('a new job', () => {
  it('is tried here on this device, priced and submitted', async () => {
    const page = await open('/jobs/new?template=fractal');
    await page.getByRole('button', { name: 'Try it here' }).click();
    await page.getByText(/Shard \d+ took/).waitFor({ timeout: 60_000 });
    await page.getByText(/A shard is .* units of work/).waitFor();
    await page.getByText('It is compared within a tolerance, as it must be.').waitFor();
    await page.getByRole('button', { name: 'Get a price' }).click();
    await page.getByText('Contributors can see the program and its inputs').waitFor();
    await page.getByText(/A copy is 42M units of work/).waitFor();
    await page.getByRole('button', { name: 'Submit for 8.064 credits' }).click();
    await page.waitForURL('**/jobs/41');
    expect(coordinator.submitted).toHaveLength(1);
    expect(coordinator.submitted[0]).toMatchObject({ quote: 'q1', spec: { template: 'fractal', title: 'Mandelbrot zoom' } });
  });

  it('is told that floats cannot be compared bit for bit, and takes the comparison that is suggested', async () => {
    const page = await open('/jobs/new?template=blank');
    const editor = page.getByLabel('WGSL', { exact: true });
    await editor.fill((await editor.inputValue()).replace('pixel.x * 255u / size.x', 'u32(sin(f32(pixel.x)) * 255.0)'));
    await page.getByRole('button', { name: 'Try it here' }).click();
    await page.getByText(/Output pixels is compared bit for bit, but devices may differ in it \(line 18\)/).waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Compare it so' }).click();
    expect(await page.getByLabel('Shape of the data').inputValue()).toContain('"kind": "tolerance", "abs": 4');
    await page.getByRole('button', { name: 'Try it here' }).click();
    await page.getByText('It is compared within a tolerance, as it must be.').waitFor({ timeout: 60_000 });
  });

  it('keeps what was written over a reload', async () => {
    const page = await open('/jobs/new?template=collatz');
    await page.getByLabel('Title').fill('Mine');
    await page.reload();
    await page.locator('main h1').waitFor();
    expect(await page.getByLabel('Title').inputValue()).toBe('Mine');
  });

  it.each([
    [{ code: 'bad-program', sentence: 'Line 3: there is no function named foo.' }, 'WGSL'],
    [{ code: 'price-too-low', sentence: 'It would cost 8.064 credits, more than you allow.' }, 'May cost at most'],
    [{ code: 'bad-spec', sentence: 'Samples must be at most 8.', facts: { field: 'stages.0.parameters.samples' } }, 'Smoothing'],
  ] as const)('refused with %j says so at its field', async (fault, label) => {
    const page = await open('/jobs/new?template=fractal');
    coordinator.quoteFault = fault;
    await page.getByRole('button', { name: 'Get a price' }).click();
    await page.getByText(fault.sentence).waitFor();
    const field = page.getByLabel(label, { exact: true });
    expect(await field.getAttribute('aria-invalid')).toBe('true');
    const described = (await field.getAttribute('aria-describedby')) ?? '';
    const texts = await Promise.all(
      described.split(' ').map((id) =>
        page
          .locator(`[id="${id}"]`)
          .textContent()
          .catch(() => ''),
      ),
    );
    expect(texts.join(' ')).toContain(fault.sentence);
    expect(await field.evaluate((element) => element === document.activeElement)).toBe(true);
  });
});

describe('the account', () => {
  /** A wallet that announces itself by EIP-6963 and answers as told. */
  const wallet = (name: string, code: number) => `
    addEventListener('eip6963:requestProvider', () => dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail: Object.freeze({
      info: { uuid: '${name}', name: '${name}', icon: 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg"/>', rdns: 'test.${name}' },
      provider: { request: async () => { throw Object.assign(new Error('no'), { code: ${code} }); } },
    }) })));`;

  it('lists every wallet and takes a no for a no', async () => {
    coordinator.scenario = 'full';
    context = await app.newContext();
    await context.addInitScript(wallet('Heron', 4001) + wallet('Owl', -32002));
    await context.route('**/api/session/challenge', (route) =>
      route.fulfill({
        json: {
          nonce: 'abcdefgh12345678',
          origin: coordinator.url,
          domain: new URL(coordinator.url).host,
          chainId: 1,
          expiresAtMs: Date.now() + 60_000,
        },
      }),
    );
    const page = await open('/account');
    await page.getByRole('button', { name: 'Attach Heron' }).click();
    await page.getByText('You said no in the wallet').waitFor();
    await page.getByRole('button', { name: 'Attach Owl' }).click();
    await page.getByText('look for its window').last().waitFor();
  });

  it('shows the ledger with its running balance', async () => {
    const page = await open('/account');
    const first = page.locator('section[aria-label="Ledger lines"] tbody tr').first();
    await first.waitFor();
    expect(await first.textContent()).toContain('−8.064');
    expect(await first.textContent()).toContain('88.114');
  });
});

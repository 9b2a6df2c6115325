// Files as inputs of a blank job, and a job that waits for contributors, in a real browser before a coordinator of fixtures.
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { APP_PAGE, buildAppPage } from '../support/build-app-page.ts';
import { type FakeCoordinator, startFakeCoordinator } from '../support/fake-coordinator.ts';
import { makeFakeNetwork } from '../support/fake-jobs.ts';
import { launchBrowser } from '../support/launch-browser.ts';

const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
/** Paints every pixel with what the file says at its workgroup. */
const PROGRAM = `struct Shard { first: vec3u, base: u32, count: u32, grid: vec3u }
@group(0) @binding(0) var<uniform> shard: Shard;
@group(0) @binding(1) var<storage, read> colours: array<u32>;
@group(0) @binding(2) var<storage, read_write> pixels: array<u32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) box: vec3u, @builtin(local_invocation_index) local: u32) {
  let at = shard.first + box;
  let linear = at.x + shard.grid.x * (at.y + shard.grid.y * at.z);
  pixels[(linear - shard.base) * 64u + local] = colours[linear % 4u];
}
`;
const BYTES = Buffer.from([200, 40, 20, 255, 20, 200, 40, 255, 20, 40, 200, 255, 90, 90, 90, 255]);
const DIGEST = createHash('sha256').update(BYTES).digest('hex');
const FILE = { name: 'colours.bin', mimeType: 'application/octet-stream', buffer: BYTES };

let dist: string;
let coordinator: FakeCoordinator;
let browser: Browser;
let context: BrowserContext | undefined;

beforeAll(async () => {
  dist = await buildAppPage();
  coordinator = await startFakeCoordinator(dist, APP_PAGE);
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser?.close();
  await coordinator?.close();
  if (dist) rmSync(dist, { recursive: true, force: true });
});
afterEach(async () => {
  await context?.close();
  coordinator.quoteFault = null;
});

async function open(path: string, prepare: (page: Page) => Promise<unknown> = async () => undefined): Promise<Page> {
  context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await prepare(page);
  await page.addInitScript("sessionStorage.setItem('scenario', 'off')");
  await page.goto(coordinator.url + path);
  await page.locator('main h1').first().waitFor({ state: 'attached' });
  return page;
}

async function findViolations(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(AXE_TAGS).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
}

const readShapeInputs = async (page: Page): Promise<unknown> => JSON.parse(await page.getByLabel('Shape of the data').inputValue()).inputs;

it('gives a program a file: uploaded, kept over a reload, tried here, submitted, removed', async () => {
  const page = await open('/jobs/new?template=blank');
  const card = page.locator('section', { has: page.getByRole('heading', { name: 'Inputs' }) });
  await card.getByText('The program reads none yet').waitFor();
  await page.getByLabel('WGSL', { exact: true }).fill(PROGRAM);
  expect(await card.getByLabel('Binding').inputValue()).toBe('colours');
  expect(await findViolations(page)).toEqual([]);
  await card.getByLabel('Choose a file for colours').setInputFiles(FILE);
  await card.getByText(`SHA-256 ${DIGEST}`).waitFor();
  await card.getByText('16 B', { exact: true }).waitFor();
  expect(await readShapeInputs(page)).toEqual({ colours: { digest: DIGEST } });
  expect(await card.getByLabel('Choose a file').count()).toBe(0);
  expect(await findViolations(page)).toEqual([]);
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth - document.body.clientWidth)).toBeLessThanOrEqual(0);
  await page.setViewportSize({ width: 1280, height: 800 });

  await page.reload();
  await card.getByText('colours.bin', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Try it here' }).click();
  await page.getByText(/Shard \d+ took/).waitFor({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Get a price' }).click();
  await page.getByRole('button', { name: /^Submit for/ }).click();
  await page.waitForURL('**/jobs/41');
  expect(coordinator.submitted.at(-1)).toMatchObject({ spec: { stages: [{ inputs: { colours: { digest: DIGEST } } }] } });
});

it('renames and removes an input, and the JSON follows; what is typed there follows, too', async () => {
  const page = await open('/jobs/new?template=blank');
  const card = page.locator('section', { has: page.getByRole('heading', { name: 'Inputs' }) });
  await card.getByRole('button', { name: 'Add an input' }).click();
  expect(await card.getByLabel('Binding').evaluate((field) => field === document.activeElement)).toBe(true);
  await card.getByLabel('Binding').fill('numbers');
  await card.getByLabel('Choose a file for numbers').setInputFiles(FILE);
  await card.getByText(`SHA-256 ${DIGEST}`).waitFor();
  await card.getByLabel('Binding').fill('2nd');
  await card.getByLabel('Binding').press('Enter');
  await card.getByText('no digit first. It is still numbers.').waitFor();
  await card.getByLabel('Binding').fill('values');
  await card.getByLabel('Binding').press('Enter');
  expect(await readShapeInputs(page)).toEqual({ values: { digest: DIGEST } });
  await card.getByRole('button', { name: 'Remove values' }).click();
  expect(await readShapeInputs(page)).toEqual({});
  await page.waitForFunction(() => document.activeElement?.textContent === 'Add an input');
  await page.getByLabel('Shape of the data').fill(`{ "inputs": { "typed": { "digest": "${DIGEST}" } } }`);
  expect(await card.getByLabel('Binding').inputValue()).toBe('typed');
});

it.each([
  ['too-large', 413, 'The body is larger than 67108864 bytes; send less.'],
  ['quota-exceeded', 429, 'You may upload 1 GiB a day; try again tomorrow.'],
  ['not-signed-in', 401, 'Sign in first.'],
] as const)('refused with %s says so at the file', async (code, status, sentence) => {
  const page = await open('/jobs/new?template=blank', (one) =>
    one.route('**/api/blobs', (route) => route.fulfill({ status, json: { code, sentence } })),
  );
  await page.getByLabel('WGSL', { exact: true }).fill(PROGRAM);
  const field = page.getByLabel('Choose a file for colours');
  await field.focus();
  await field.setInputFiles(FILE);
  await page.getByText(sentence).waitFor();
  expect(await field.getAttribute('aria-invalid')).toBe('true');
  await page.waitForFunction(() => document.activeElement?.getAttribute('type') === 'file');
  const described = await field.getAttribute('aria-describedby');
  expect(await page.locator(`[id="${described}"]`).textContent()).toBe(sentence);
  expect(await readShapeInputs(page)).toEqual({});
  expect(await findViolations(page)).toEqual([]);
});

it('stops an upload that is under way', async () => {
  const page = await open('/jobs/new?template=blank', (one) => one.route('**/api/blobs', () => undefined));
  await page.getByLabel('WGSL', { exact: true }).fill(PROGRAM);
  await page.getByLabel('Choose a file for colours').setInputFiles(FILE);
  await page.getByText('Uploading 16 B…').waitFor();
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByLabel('Choose a file for colours').waitFor();
  expect(await readShapeInputs(page)).toEqual({});
});

it('says at its row when the coordinator no longer has the file', async () => {
  const page = await open('/jobs/new?template=blank');
  await page.getByLabel('WGSL', { exact: true }).fill(PROGRAM);
  await page.getByLabel('Choose a file for colours').setInputFiles(FILE);
  await page.getByText(`SHA-256 ${DIGEST}`).waitFor();
  const sentence = 'Input colours names bytes that are not stored here; upload them first.';
  coordinator.quoteFault = { code: 'bad-spec', sentence, facts: { field: 'inputs.colours' } };
  await page.getByRole('button', { name: 'Get a price' }).click();
  await page.locator('.input-row').getByText(sentence).waitFor();
  await page.waitForFunction(() => (document.activeElement as HTMLInputElement | null)?.value === 'colours');
  await page.getByRole('button', { name: 'Remove colours' }).click();
  await page.getByText(sentence).waitFor({ state: 'detached' });
});

it('says on a running job when too few are connected, and nothing otherwise', async () => {
  const sentence = 'Waiting for contributors: 1 is connected, 2 must agree.';
  const alone = (one: Page) =>
    one.route('**/api/network', (route) => route.fulfill({ json: { ...makeFakeNetwork(false), contributors: 1 } }));
  const page = await open('/jobs/41', alone);
  await page.getByText(sentence).waitFor();
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('link', { name: 'Contribute' }).last().click();
  await page.waitForURL(`${coordinator.url}/`);
  await context?.close();
  const done = await open('/jobs/39', alone);
  await done.getByText('Took').waitFor();
  expect(await done.getByText('Waiting for contributors').count()).toBe(0);
  await context?.close();
  const busy = await open('/jobs/41');
  await busy.getByText('Shards are being computed.').waitFor();
  expect(await busy.getByText('Waiting for contributors').count()).toBe(0);
});

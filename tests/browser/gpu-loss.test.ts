// The GPU goes away under a page that contributes to a real coordinator: it asks for the GPU again, then computes on the CPU, and loses no result.
import type { BrowserContext, Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SessionView } from '../../src/protocol/api.ts';
import { readReceipt } from '../../src/requester/read-receipt.ts';
import { watchJob } from '../../src/requester/watch-job.ts';
import { type ContributorPage, openContributorPage } from '../support/open-contributor-page.ts';
import { runContributor } from '../support/run-contributor.ts';
import { signInHeadless } from '../support/sign-in-headless.ts';
import { type RunningCoordinator, startCoordinator } from '../support/start-coordinator.ts';
import { submitTemplate } from '../support/submit-template.ts';

/** 64 shards: enough that some are left for each engine, however fast. */
const JOB = { grid: [2048, 1, 1] } as const;

let coordinator: RunningCoordinator;
let contributor: ContributorPage;

beforeAll(async () => {
  coordinator = await startCoordinator();
});
afterAll(() => coordinator?.destroy());

async function crashGpu(context: BrowserContext): Promise<void> {
  const session = await context.browser()!.newBrowserCDPSession();
  await session.send('Browser.crashGpuProcess');
}

const engineOf = (page: Page) => page.locator('dt:text-is("Engine") + dd');
const readStat = async (page: Page, label: string): Promise<number> =>
  Number(await page.locator(`.stats dt:text-is("${label}") + dd`).textContent());

/** Waits until the page has computed more than `before`, and says how many. */
async function waitForMore(page: Page, before: number): Promise<number> {
  await page.waitForFunction((least) => {
    const label = [...document.querySelectorAll('.stats dt')].find(({ textContent }) => textContent === 'Shards computed');
    return Number(label?.nextElementSibling?.textContent) > least;
  }, before);
  return await readStat(page, 'Shards computed');
}

const readAccount = (page: Page): Promise<number> =>
  page.evaluate(async () => ((await (await fetch('/api/session')).json()) as SessionView).account.id);

describe('a page whose GPU is lost', () => {
  beforeAll(async () => {
    contributor = await openContributorPage({ url: coordinator.url, gpu: 'software' });
  });
  afterAll(() => contributor?.close());

  test('goes on with the GPU after the first loss and with the CPU after the second, and every result arrives', async () => {
    const { context, page } = contributor;
    const requester = await signInHeadless(coordinator.url);
    const { id, shards } = await submitTemplate(requester, 'collatz', JOB);

    const first = await waitForMore(page, 1);
    await engineOf(page).getByText('Software GPU').waitFor();
    await crashGpu(context);
    await page.getByText('The GPU was lost; asking the browser for it again.').first().waitFor();
    const second = await waitForMore(page, first);
    await engineOf(page).getByText('Software GPU').waitFor();

    await crashGpu(context);
    await engineOf(page).getByText('The GPU was lost twice within two minutes').waitFor();
    await engineOf(page).getByText('CPU', { exact: true }).waitFor();
    await waitForMore(page, second);

    // The second copies, and those that went with the GPU, are two other devices' to compute.
    const others = await Promise.all([runContributor({ url: coordinator.url }), runContributor({ url: coordinator.url })]);
    try {
      expect(await watchJob(requester, id, { onEvent: () => {} })).toMatchObject({ state: 'done', finalShards: shards });
    } finally {
      await Promise.all(others.map((other) => other.stop()));
    }
    const receipt = await readReceipt(requester, id);
    const account = await readAccount(page);
    const votes = receipt.shards.flatMap((shard) => shard.votes.filter((vote) => vote.account === account));
    expect(new Set(votes.map(({ engine }) => engine))).toEqual(new Set(['gpu', 'cpu']));
    expect(votes).toHaveLength(await readStat(page, 'Shards computed'));
    expect(await readStat(page, 'Outvoted')).toBe(0);
  });
});

describe('a page whose browser has a GPU of software only', () => {
  test('leaves it alone when nobody asked for it, and says so', async () => {
    const { page, close } = await openContributorPage({ url: coordinator.url, gpu: 'software', isLeftToItself: true });
    try {
      await engineOf(page).getByText('which is slower than the CPU itself, so the CPU computes.').waitFor();
      await engineOf(page).getByText('CPU', { exact: true }).waitFor();
    } finally {
      await close();
    }
  });
});

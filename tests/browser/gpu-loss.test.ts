// The GPU goes away under a page that contributes to a real coordinator: it asks for the GPU again, then computes on the CPU, and loses no result.
import type { BrowserContext, Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { SessionView, ShardsPage, VoteView } from '../../src/protocol/api.ts';
import type { JobId } from '../../src/protocol/ids.ts';
import { readReceipt } from '../../src/requester/read-receipt.ts';
import { watchJob } from '../../src/requester/watch-job.ts';
import { type ContributorPage, openContributorPage } from '../support/open-contributor-page.ts';
import { runContributor } from '../support/run-contributor.ts';
import { signInHeadless } from '../support/sign-in-headless.ts';
import { type RunningCoordinator, startCoordinator } from '../support/start-coordinator.ts';
import { submitTemplate } from '../support/submit-template.ts';

/** 256 shards: enough that some are left for each engine, however fast. */
const JOB = { grid: [8192, 1, 1] } as const;

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

/** The badge of an engine that computes now, on the card of this device. */
const engineBadge = (page: Page, name: string) => page.locator('section[aria-labelledby="device"] .badge').getByText(name, { exact: true });
const readStat = async (page: Page, label: string): Promise<number> =>
  Number(await page.locator(`.stats dt:text-is("${label}") + dd`).textContent());

const readAccount = (page: Page): Promise<number> =>
  page.evaluate(async () => ((await (await fetch('/api/session')).json()) as SessionView).account.id);

/** The account's votes on the job, as the coordinator tells everybody. */
async function listVotes(job: JobId, account: number): Promise<readonly VoteView[]> {
  const page = (await (await fetch(`${coordinator.url}/api/jobs/${job}/shards?limit=256`)).json()) as ShardsPage;
  return page.shards.flatMap(({ votes }) => votes.filter((vote) => vote.account === account));
}

/** Resolves when the engine has had this many more results counted than at the call. */
async function waitForMore(job: JobId, account: number, engine: 'gpu' | 'cpu', more = 2): Promise<void> {
  const countNow = async (): Promise<number> => (await listVotes(job, account)).filter((vote) => vote.engine === engine).length;
  const before = await countNow();
  await vi.waitFor(async () => expect(await countNow()).toBeGreaterThanOrEqual(before + more), { timeout: 60_000, interval: 200 });
}

describe('a page whose GPU is lost', () => {
  beforeAll(async () => {
    contributor = await openContributorPage({ url: coordinator.url, gpu: 'software' });
  });
  afterAll(() => contributor?.close());

  test('goes on with the GPU after the first loss and with the CPU after the second, and every result arrives', async () => {
    const { context, page } = contributor;
    const requester = await signInHeadless(coordinator.url);
    const { id, shards } = await submitTemplate(requester, 'collatz', JOB);

    const account = await readAccount(page);
    await engineBadge(page, 'Software GPU').waitFor();
    await waitForMore(id, account, 'gpu', 1);

    await crashGpu(context);
    await page.getByText('The GPU was lost; asking the browser for it again.').first().waitFor();
    await engineBadge(page, 'Software GPU').waitFor();
    await waitForMore(id, account, 'gpu');

    await crashGpu(context);
    await page
      .getByText(/lost twice .+ until the page is reloaded/)
      .first()
      .waitFor();
    await engineBadge(page, 'Software GPU').waitFor({ state: 'detached' });
    await waitForMore(id, account, 'cpu');

    // The second copies, and those that went with the GPU, are two other devices' to compute.
    const others = await Promise.all([runContributor({ url: coordinator.url }), runContributor({ url: coordinator.url })]);
    try {
      expect(await watchJob(requester, id, { onEvent: () => {} })).toMatchObject({ state: 'done', finalShards: shards });
    } finally {
      await Promise.all(others.map((other) => other.stop()));
    }
    const receipt = await readReceipt(requester, id);
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
      await page.getByText('a GPU made of software only, which is slower than the CPU itself').first().waitFor();
      await engineBadge(page, 'CPU').waitFor();
      expect(await engineBadge(page, 'Software GPU').count()).toBe(0);
    } finally {
      await close();
    }
  });
});

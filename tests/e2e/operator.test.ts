// The operator's first minute on a real coordinator, with a wallet that really signs: a liar is outvoted, a device banned, hand-outs stopped and let go on.
import type { BrowserContext, Page } from '@playwright/test';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApi } from '../../src/account/create-api.ts';
import { signInWithKey } from '../../src/account/sign-in.ts';
import type { JobReceipt, JobsPage, JobView } from '../../src/protocol/api.ts';
import type { AuditView, OperatorDevicesView, OperatorView } from '../../src/protocol/api-operator.ts';
import type { Client } from '../../src/requester/create-client.ts';
import { readReceipt } from '../../src/requester/read-receipt.ts';
import { watchJob } from '../../src/requester/watch-job.ts';
import { announceWallet, type TestWallet } from '../support/announce-wallet.ts';
import { launchProfile } from '../support/launch-browser.ts';
import { makeFreshKey, type RunningContributor, runContributor } from '../support/run-contributor.ts';
import { signInHeadless } from '../support/sign-in-headless.ts';
import { type RunningCoordinator, startCoordinator } from '../support/start-coordinator.ts';
import { submitTemplate } from '../support/submit-template.ts';

let coordinator: RunningCoordinator;
let context: BrowserContext;
let page: Page;
let wallet: TestWallet;
let requester: Client;
const honest: RunningContributor[] = [];
const ENV = { DEMO: 'on', CONTACT: 'mailto:ops@example.org' } as const;
const keys = { first: makeFreshKey(), second: makeFreshKey() };

beforeAll(async () => {
  context = await launchProfile({ gpu: 'none' }, { serviceWorkers: 'block', viewport: { width: 1280, height: 900 } });
  wallet = await announceWallet(context, 'Operator’s wallet');
  coordinator = await startCoordinator({ env: { ...ENV, OPERATORS: wallet.address } });
  requester = await signInHeadless(coordinator.url);
  honest.push(await runContributor({ url: coordinator.url, key: await keys.first }));
  honest.push(await runContributor({ url: coordinator.url, key: await keys.second }));
  page = context.pages()[0] ?? (await context.newPage());
  await page.goto(`${coordinator.url}/operator`);
});
afterAll(async () => {
  await Promise.allSettled([...honest.map((contributor) => contributor.stop()), context?.close()]);
  await coordinator?.destroy();
});

const card = (name: string) => page.locator('section').filter({ has: page.getByRole('heading', { name, exact: false, level: 2 }) });
const ask = <Answer>(path: string): Promise<Answer> =>
  page.evaluate(async (asked) => (await fetch(asked)).json() as Promise<unknown>, path) as Promise<Answer>;

/** Fills the dialog that stands open and sends it. */
async function act(reason: string, word: string | null, button: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  const send = dialog.getByRole('button', { name: button, exact: true });
  await dialog.getByLabel('Why').fill('no');
  if (word !== null) await dialog.getByLabel(/^Type/).fill(word);
  expect(await send.isDisabled()).toBe(true);
  await dialog.getByLabel('Why').fill(reason);
  await send.click();
  await dialog.waitFor({ state: 'hidden' });
}

/** What it was told when it was stopped for good. */
const readRefusal = (contributor: RunningContributor): Promise<string> =>
  contributor
    .until(() => false)
    .then(
      () => '',
      (fault: Error) => fault.message,
    );
const watchToEnd = (job: JobView): Promise<JobView> => watchJob(requester, job.id, { onEvent: () => {} });

it('a wallet that OPERATORS names signs in and finds the coordinator well', async () => {
  await page.getByRole('heading', { name: 'Operators sign in with their wallet' }).waitFor();
  expect((await fetch(`${coordinator.url}/api/operator`)).status).toBe(401);
  const startedAt = performance.now();
  await page.getByRole('button', { name: `Sign in with ${wallet.name}` }).click();
  await card('Health').getByText('Well').waitFor();
  expect((performance.now() - startedAt) / 1_000).toBeLessThan(15);
  await card('Devices').getByRole('row').nth(2).waitFor();
  await card('Keys and versions').getByText(wallet.address.toLowerCase()).waitFor();
});

it('a lying contributor is outvoted, and the job still finishes', async () => {
  await card('A lying contributor').getByRole('button', { name: 'Inject a lying contributor…' }).click();
  await act('To see it caught.', 'lie', 'Inject it');
  // it must be there before the honest ones have done all the work
  await card('A lying contributor')
    .getByText(/It is connected as device \d+\./)
    .waitFor({ timeout: 90_000 });
  const startedAt = performance.now();
  const job = await submitTemplate(requester, 'collatz');
  await card('A lying contributor')
    .getByText(/Outvoted (once|\d+ times)\./)
    .waitFor({ timeout: 90_000 });
  console.log(`outvoted ${((performance.now() - startedAt) / 1_000).toFixed(1)} s after the job was submitted`);
  await card('A lying contributor')
    .getByText(/others settled it/)
    .first()
    .waitFor();
  const ended = await watchToEnd(job);
  expect(ended).toMatchObject({ state: 'done', finalShards: ended.shards });

  const { demo } = await ask<OperatorView>('/api/operator');
  const { devices } = await ask<OperatorDevicesView>('/api/operator/devices?show=doubtful');
  const liar = devices.find(({ device }) => device === demo?.device);
  expect(liar).toMatchObject({ verified: 0 });
  expect(liar!.outvotedExact + liar!.outvotedTolerance).toBeGreaterThan(0);
  const receipt: JobReceipt = await readReceipt(requester, job.id);
  expect(receipt.outvoted.map(({ account }) => account)).toEqual([liar!.account]);
  expect(receipt.payments.some(({ account }) => account === liar!.account)).toBe(false);
});

it('a device is banned with a reason: it is sent away, told why and how to appeal, and comes back nowhere, not after a restart either', async () => {
  const key = await keys.first;
  const { device } = await signInWithKey(createApi({ baseUrl: coordinator.url }), key, 'headless');
  await card('Devices')
    .getByRole('button', { name: `Ban… ${device}`, exact: true })
    .click();
  await act('Seen lying elsewhere.', String(device), 'Ban it');
  const told = await readRefusal(honest[0]!);
  expect(told).toBe(
    `This device was banned by the operator: Seen lying elsewhere. To appeal, write to ops@example.org and name device ${device}.`,
  );
  await card('Audit log')
    .getByRole('row', { name: new RegExp(`Banned device ${device} Seen lying elsewhere\\.`) })
    .waitFor();
  await card('Devices').getByRole('button', { name: 'Banned', exact: true }).click();
  await card('Devices')
    .getByText(/^Banned .*: Seen lying elsewhere\.$/)
    .waitFor();

  await coordinator.stop();
  const { port } = new URL(coordinator.url);
  coordinator = await startCoordinator({ dataDir: coordinator.dataDir, env: { ...ENV, OPERATORS: wallet.address, PORT: port } });
  const again = await runContributor({ url: coordinator.url, key });
  expect(await readRefusal(again)).toBe(told);
  await again.stop();

  // the session that the wallet signed is still good
  await page.reload();
  await card('Health').getByText('Well').waitFor();
  await card('Devices').getByRole('button', { name: 'Banned', exact: true }).click();
  await card('Devices')
    .getByRole('button', { name: `Lift the ban… ${device}`, exact: true })
    .click();
  await act('It was a mistake.', null, 'Lift the ban');
  await card('Devices').getByText('No device is banned.').waitFor();
  const forgiven = await runContributor({ url: coordinator.url, key });
  honest.push(forgiven);
  await forgiven.until(({ state }) => state.kind === 'idle' || state.kind === 'working');
});

it('hand-outs are stopped and let go on before the process ends', async () => {
  await card('Health').getByRole('button', { name: 'Stop hand-outs…' }).click();
  await act('The disk is being changed.', 'stop', 'Stop hand-outs');
  await card('Health')
    .getByText(/Hand-outs are stopped since .*: The disk is being changed\./)
    .waitFor();
  await card('Health').getByText('Degraded').waitFor();
  expect((await fetch(`${coordinator.url}/api/health`)).status).toBe(200);
  const refused = await submitTemplate(requester, 'collatz').catch((fault: { readonly code: string }) => fault.code);
  expect(refused).toBe('draining');
  await card('Health').getByRole('button', { name: 'Let hand-outs go on…' }).click();
  await act('It is changed.', null, 'Let them go on');
  await card('Health').getByText('Well').waitFor();
  const job = await submitTemplate(requester, 'collatz');
  expect(await watchToEnd(job)).toMatchObject({ state: 'done' });
});

it('a job is ended with a reason that stands with the job, and what was not paid comes back', async () => {
  const job = await submitTemplate(requester, 'bunny');
  // however quick the devices are, they cannot finish it meanwhile
  await card('Health').getByRole('button', { name: 'Stop hand-outs…' }).click();
  await act('To end a job in peace.', 'stop', 'Stop hand-outs');
  await card('Jobs running')
    .getByRole('button', { name: `End… ${job.id}`, exact: true })
    .click();
  await act('Its owner asked for it.', String(job.id), 'End the job');
  const ended = await watchToEnd(job);
  expect(ended).toMatchObject({ state: 'cancelled', reason: { sentence: expect.stringContaining('Its owner asked for it.') } });
  expect(BigInt(ended.paid) + BigInt(ended.refunded)).toBe(BigInt(ended.escrow));
  const { lines } = await ask<AuditView>('/api/operator/audit');
  expect(lines.map(({ act: what }) => what)).toEqual(['cancel-job', 'drain', 'undrain', 'drain', 'unban', 'ban', 'inject-liar']);
  expect(lines.every(({ wallet: who }) => who === wallet.address)).toBe(true);
  await card('Health').getByRole('button', { name: 'Let hand-outs go on…' }).click();
  await act('It is ended.', null, 'Let them go on');
});

it('and the network’s page tells everyone the same, without a name or a place', async () => {
  await page.goto(`${coordinator.url}/network`);
  await page.getByText('Live', { exact: true }).waitFor();
  await card('Decided lately').getByRole('link').first().waitFor();
  await card('Devices').getByRole('row').nth(1).waitFor();
  const devices = await (await fetch(`${coordinator.url}/api/network/devices`)).text();
  expect(devices).not.toMatch(/127\.0\.0|0x[0-9a-fA-F]{40}|"account|"device":/);
  const newest = (await ask<JobsPage>('/api/jobs')).jobs[0]!;
  await page.getByLabel('Job or digest').fill(String(newest.id));
  await page.getByRole('button', { name: 'Look up' }).click();
  await page.getByRole('link', { name: `Job ${newest.id}` }).waitFor();
});

// A coordinator killed in the middle of a job: nothing that anyone was told is lost, and the job ends.
import { afterEach, expect, it } from 'vitest';
import { readJob } from '../../src/requester/read-job.ts';
import { readReceipt } from '../../src/requester/read-receipt.ts';
import { watchJob } from '../../src/requester/watch-job.ts';
import { type RunningContributor, runContributor } from '../support/run-contributor.ts';
import { signInHeadless } from '../support/sign-in-headless.ts';
import { type RunningCoordinator, startCoordinator } from '../support/start-coordinator.ts';
import { submitTemplate } from '../support/submit-template.ts';

let coordinator: RunningCoordinator | null = null;
let contributors: readonly RunningContributor[] = [];
afterEach(async () => {
  await Promise.all(contributors.map((contributor) => contributor.stop()));
  await coordinator?.destroy();
});

it('goes on after kill -9 of the coordinator, with every verified shard and credit it had told of', async () => {
  coordinator = await startCoordinator();
  const { url, dataDir } = coordinator;
  contributors = await Promise.all([runContributor({ url }), runContributor({ url })]);
  const requester = await signInHeadless(url);
  const { id } = await submitTemplate(requester, 'collatz', { grid: [1024, 1, 1], parameters: { numbersPerInvocation: 96 } });
  const before = await Promise.all(contributors.map((contributor) => contributor.until((snapshot) => snapshot.counts.verified >= 3)));
  const told = await readJob(requester, id);

  await coordinator.kill();
  coordinator = await startCoordinator({ dataDir, env: { PORT: new URL(url).port } });
  const found = await readJob(requester, id);
  expect(found.finalShards).toBeGreaterThanOrEqual(told.finalShards);
  expect(BigInt(found.paid)).toBeGreaterThanOrEqual(before.reduce((sum, snapshot) => sum + snapshot.creditedMicro, 0n));

  const ended = await watchJob(requester, id, { onEvent: () => {} });
  expect(ended.state).toBe('done');
  const receipt = await readReceipt(requester, id);
  const price = BigInt(ended.pricePerCopy);
  expect(BigInt(ended.paid)).toBe(price * 2n * BigInt(ended.shards));
  expect(receipt.payments.map((payment) => BigInt(payment.amount))).toEqual([price * BigInt(ended.shards), price * BigInt(ended.shards)]);
  const health = await requester.readJson<{ readonly checks: readonly { readonly name: string; readonly ok: boolean }[] }>('/api/health');
  expect(health.checks.find((check) => check.name === 'ledger')?.ok).toBe(true);
});

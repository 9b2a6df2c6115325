// Three real browsers, two honest on different engines and one liar, and an honest headless device whose arithmetic is another GPU's.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recheckLeaves } from '../../src/cli/recheck-leaves.ts';
import type { JobReceipt } from '../../src/protocol/api.ts';
import { createClient } from '../../src/requester/create-client.ts';
import { readReceipt } from '../../src/requester/read-receipt.ts';
import { verifyReceipt } from '../../src/requester/verify-receipt.ts';
import { watchJob } from '../../src/requester/watch-job.ts';
import { createDemoNetwork, type DemoNetwork } from '../support/demo-network.ts';
import { PERTURBATIONS } from '../support/perturb-program.ts';
import { createPerturbedPool } from '../support/perturbed-engine-pool.ts';
import { runContributor } from '../support/run-contributor.ts';
import { submitTemplate } from '../support/submit-template.ts';

let network: DemoNetwork;

beforeAll(async () => {
  network = await createDemoNetwork();
});
afterAll(() => network?.close());

async function runJob(...job: Parameters<typeof submitTemplate> extends [unknown, ...infer Rest] ? Rest : never): Promise<JobReceipt> {
  const { id } = await submitTemplate(network.requester, ...job);
  const ended = await watchJob(network.requester, id, { onEvent: () => {} });
  expect(ended.reason).toBeNull();
  expect(ended.state).toBe('done');
  return readReceipt(network.requester, id);
}

const paidTo = (receipt: JobReceipt, account: number) =>
  BigInt(receipt.payments.find((payment) => payment.account === account)?.amount ?? 0);
const outvoted = (receipt: JobReceipt, account: number) => receipt.outvoted.find((entry) => entry.account === account)?.shards ?? 0;

describe('three browsers', () => {
  it('agree on an exact job across engines, and the liar is outvoted, stopped and unpaid', async () => {
    const receipt = await runJob('collatz', { grid: [256, 1, 1] });
    const [gpu, cpu, liar] = network.contributors;
    const engines = (account: number) =>
      new Set(receipt.shards.flatMap((shard) => shard.votes.filter((vote) => vote.account === account).map((vote) => vote.engine)));
    // One with a GPU lends its CPU as well; some shards must have come from the GPU.
    expect(engines(gpu!.account)).toContain('gpu');
    expect(engines(cpu!.account)).toEqual(new Set(['cpu']));
    expect(paidTo(receipt, gpu!.account)).toBeGreaterThan(0n);
    expect(paidTo(receipt, cpu!.account)).toBeGreaterThan(0n);
    expect(paidTo(receipt, liar!.account)).toBe(0n);
    expect(outvoted(receipt, liar!.account)).toBeGreaterThan(0);
    expect(await verifyReceipt(receipt)).toMatchObject({ kind: 'genuine' });
    expect(await verifyReceipt({ ...receipt, payments: [] })).toMatchObject({ kind: 'forged' });
    const { leaves } = await recheckLeaves(createClient({ baseUrl: network.url }), receipt, 6, 1);
    expect(leaves.map(({ holds }) => holds)).toEqual(Array.from({ length: 6 }, () => 'exactly'));
    expect(receipt.job.workPerWorkgroup).toBeGreaterThan(0);
    const escrow = BigInt(receipt.job.paid) + BigInt(receipt.job.refunded);
    expect(escrow).toBe(BigInt(receipt.job.shards * 2) * BigInt(receipt.job.pricePerCopy));
  });

  it('come over WebRTC, with the frames that a headless device sends over WebSocket', async () => {
    const metrics = await (await fetch(`${network.url}/metrics`)).text();
    const read = (name: string) => Number(new RegExp(`^ostraka_${name} (\\d+)$`, 'm').exec(metrics)?.[1]);
    expect(read('sessions_live')).toBe(network.contributors.length);
    expect(read('sessions_rtc')).toBe(network.contributors.length);
  });

  it.each(PERTURBATIONS)('accept an honest device whose arithmetic is %s as a real GPU’s may be', async (perturbation) => {
    const honest = await runContributor({ url: network.url, wrapPool: (pool) => createPerturbedPool(pool, 'fractal', perturbation) });
    try {
      const started = await honest.until((snapshot) => snapshot.state.kind === 'working' || snapshot.state.kind === 'idle');
      expect(started.counts.outvoted).toBe(0);
      const receipt = await runJob('fractal', { grid: [64, 40, 1], parameters: { samples: 1 } });
      const ended = await honest.until((snapshot) => snapshot.counts.verified > 0 && snapshot.counts.waiting === 0);
      expect(ended.counts.outvoted).toBe(0);
      expect(ended.creditedMicro).toBeGreaterThan(0n);
      expect(paidTo(receipt, network.contributors[2]!.account)).toBe(0n);
    } finally {
      await honest.stop();
    }
  });
});

// Abuse of credit, tried on a whole coordinator with its real database: whoever races, every credit is somewhere and none is there twice.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '../../../src/account/create-api.ts';
import { readSession } from '../../../src/account/session.ts';
import { encodeClientMessage } from '../../../src/protocol/encode-message.ts';
import { cancelJob } from '../../../src/requester/cancel-job.ts';
import { listJobs } from '../../../src/requester/list-jobs.ts';
import { quoteJob } from '../../../src/requester/quote-job.ts';
import { readJob } from '../../../src/requester/read-job.ts';
import { submitJob } from '../../../src/requester/submit-job.ts';
import { makeBenchSpec, OUTPUT_BYTES } from '../../bench/bench-job.ts';
import { answer, assignmentsOf, expectMore, makeResult, type Network, openNetwork, take } from './open-network.ts';

const BYTES = new Uint8Array(OUTPUT_BYTES).fill(5);
const BALANCED = 'It balances.';

let network: Network;
beforeAll(async () => {
  network = await openNetwork();
});
afterAll(async () => {
  // whatever the tests did, the books must be right
  const sentence = await network.checkLedger();
  await network.stop();
  expect(sentence).toBe(BALANCED);
});

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'accepted',
    (fault: { readonly code: string }) => fault.code,
  );
const balanceOf = async (api: Api): Promise<bigint> => {
  const { account } = (await readSession(api))!;
  return BigInt(account.earned) + BigInt(account.granted);
};
const countOf = (codes: readonly string[], code: string): number => codes.filter((each) => each === code).length;

/** A spec that costs more than half of what the account has. */
async function makeDearSpec(api: Api) {
  const { total } = await quoteJob(api, makeBenchSpec(1_000, 1));
  const thousands = Number(((await balanceOf(api)) * 6n) / 10n / BigInt(total)) + 1;
  return makeBenchSpec(thousands * 1_000, 1);
}

/** Nothing of it may be handed out in the tests that follow. */
async function cancelAll(api: Api): Promise<void> {
  const { jobs } = await listJobs(api, { isMine: true });
  for (const { id, state } of jobs) if (state === 'running') await cancelJob(api, id);
}

describe('a balance', () => {
  it('is spent to its end and no further when jobs are submitted at once', async () => {
    const me = await network.signIn();
    const before = await balanceOf(me);
    const spec = await makeDearSpec(me);
    const totals = new Map<string, bigint>();
    // each is measured anew, so that they differ
    for (let times = 0; times < 6; times++) {
      const { id, total } = await quoteJob(me, spec);
      totals.set(id, BigInt(total));
    }
    const codes = await Promise.all([...totals.keys()].map((id) => codeOf(submitJob(me, spec, id))));
    const after = await balanceOf(me);
    const costs = [...totals.values()];
    expect(after).toBe(before - costs.filter((_, at) => codes[at] === 'accepted').reduce((sum, cost) => sum + cost, 0n));
    expect(after).toBeGreaterThanOrEqual(0n);
    const refused = costs.filter((_, at) => codes[at] === 'insufficient-credit');
    expect([refused.length > 0, refused.length + countOf(codes, 'accepted')]).toEqual([true, 6]);
    expect(refused.every((cost) => cost > after)).toBe(true);
    await cancelAll(me);
    expect(await balanceOf(me)).toBe(before);
  });

  it('is held once for a quote that is submitted eight times at once', async () => {
    const me = await network.signIn();
    const before = await balanceOf(me);
    const spec = makeBenchSpec(10, 1);
    const { id, total } = await quoteJob(me, spec);
    const codes = await Promise.all(Array.from({ length: 8 }, () => codeOf(submitJob(me, spec, id))));
    expect([countOf(codes, 'accepted'), countOf(codes, 'quote-expired')]).toEqual([1, 7]);
    expect(await balanceOf(me)).toBe(before - BigInt(total));
    await cancelAll(me);
  });

  it('is not held by a stranger with the quote of another', async () => {
    const [me, stranger] = [await network.signIn(), await network.signIn()];
    const spec = makeBenchSpec(10, 1);
    const { id } = await quoteJob(me, spec);
    expect(await codeOf(submitJob(stranger, spec, id))).toBe('quote-expired');
    expect(await codeOf(submitJob(me, { ...spec, title: 'another' }, id))).toBe('quote-expired');
    expect(await codeOf(submitJob(me, spec, id))).toBe('accepted');
    await cancelAll(me);
  });
});

describe('an escrow', () => {
  it.each([0, 1, 2, 3])('is paid and refunded to the last credit when the last result meets the cancellation, try %i', async (round) => {
    const [me, worker] = [await network.signIn(), await network.signIn()];
    const before = await balanceOf(me);
    const earnedBefore = await balanceOf(worker);
    const device = await network.open(worker);
    const spec = makeBenchSpec(2, 1);
    const { id } = await quoteJob(me, spec);
    const job = await submitJob(me, spec, id);
    device.say({ type: 'want', count: 1, workgroupsPerSecond: 1 });
    await expectMore(device, 'assignments', 0);
    await answer(device, makeResult(assignmentsOf(device)[0]!, BYTES), BYTES);
    device.say({ type: 'want', count: 1, workgroupsPerSecond: 1 });
    await expectMore(device, 'assignments', 1);
    const result = makeResult(assignmentsOf(device)[1]!, BYTES);
    const last = encodeClientMessage({ type: 'results', results: [result], wanted: 0, workgroupsPerSecond: 1 }, BYTES);
    const receipts = take(device, 'receipts').length;
    // whichever of the two is first
    if (round % 2 === 0) device.pipe.send(last);
    const cancelled = codeOf(cancelJob(me, job.id));
    if (round % 2 === 1) device.pipe.send(last);
    expect(['accepted', 'conflict']).toContain(await cancelled);
    await expectMore(device, 'receipts', receipts);
    const { state, paid, refunded, escrow } = await readJob(me, job.id);
    expect(['done', 'cancelled']).toContain(state);
    expect(BigInt(paid) + BigInt(refunded)).toBe(BigInt(escrow));
    expect([await balanceOf(me), await balanceOf(worker)]).toEqual([before - BigInt(paid), earnedBefore + BigInt(paid)]);
    expect(await codeOf(cancelJob(me, job.id))).toBe('conflict');
    device.pipe.close();
  });

  it('is cancelled by nobody but its requester', async () => {
    const [me, stranger] = [await network.signIn(), await network.signIn()];
    const spec = makeBenchSpec(2, 1);
    const { id } = await quoteJob(me, spec);
    const job = await submitJob(me, spec, id);
    expect(await codeOf(cancelJob(stranger, job.id))).toBe('forbidden');
    expect((await readJob(me, job.id)).state).toBe('running');
    const codes = await Promise.all(Array.from({ length: 6 }, () => codeOf(cancelJob(me, job.id))));
    expect(codes.every((code) => code === 'accepted' || code === 'conflict')).toBe(true);
    const { paid, refunded, escrow } = await readJob(me, job.id);
    expect([paid, refunded]).toEqual(['0', escrow]);
  });
});

it('many guests at once get the day’s cap of start grants and no more', async () => {
  const small = await openNetwork({ START_GRANT: '100', DAILY_GRANT_CAP: '250' });
  try {
    const guests = await Promise.all(Array.from({ length: 12 }, () => small.signIn()));
    const balances = await Promise.all(guests.map(balanceOf));
    expect(balances.filter((balance) => balance > 0n)).toEqual([100_000_000n, 100_000_000n]);
    expect(await small.checkLedger()).toBe(BALANCED);
  } finally {
    await small.stop();
  }
});

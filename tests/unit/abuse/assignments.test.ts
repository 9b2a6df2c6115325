// Abuse of assignments, tried on a whole coordinator: forged, altered, stolen and sent again; the honest answer is paid all the same, once.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Api } from '../../../src/account/create-api.ts';
import { readSession } from '../../../src/account/session.ts';
import type { AssignmentClaim } from '../../../src/protocol/assignment.ts';
import type { ShardId } from '../../../src/protocol/ids.ts';
import { quoteJob } from '../../../src/requester/quote-job.ts';
import { readJob } from '../../../src/requester/read-job.ts';
import { submitJob } from '../../../src/requester/submit-job.ts';
import { makeBenchSpec, OUTPUT_BYTES } from '../../bench/bench-job.ts';
import type { FakeDevice } from '../../support/fake-gateway.ts';
import { answer, assignmentsOf, expectMore, makeResult, type Network, openNetwork } from './open-network.ts';

const BYTES = new Uint8Array(OUTPUT_BYTES).fill(5);

let network: Network;
beforeAll(async () => {
  network = await openNetwork();
});
afterAll(async () => {
  const sentence = await network.checkLedger();
  await network.stop();
  expect(sentence).toBe('It balances.');
});

const START = 100_000_000n;
/** Beyond the start grant; paid from granted credit it is granted too. */
const earned = async (api: Api): Promise<bigint> => {
  const { account } = (await readSession(api))!;
  return BigInt(account.earned) + BigInt(account.granted) - START;
};

async function openJob(shards: number, quorum: number) {
  const requester = await network.signIn();
  const spec = makeBenchSpec(shards, quorum);
  const { id } = await quoteJob(requester, spec);
  return { requester, job: await submitJob(requester, spec, id) };
}

async function wantOne(device: FakeDevice) {
  device.say({ type: 'want', count: 1, workgroupsPerSecond: 1 });
  await expectMore(device, 'assignments', 0);
  return assignmentsOf(device)[0]!;
}

it('a claim altered in any field, or with another MAC, is refused as bad-assignment and earns nothing; the true one is paid', async () => {
  const { requester, job } = await openJob(2, 1);
  const worker = await network.signIn();
  const device = await network.open(worker);
  const assignment = await wantOne(device);
  const { claim } = assignment;
  const changes: readonly Partial<AssignmentClaim>[] = [
    { epoch: claim.epoch + 1 },
    { shard: (claim.shard + 1) as ShardId },
    { copy: claim.copy + 1 },
    { expiresAtMs: claim.expiresAtMs + 3_600_000 },
  ];
  for (const change of changes) {
    expect((await answer(device, makeResult(assignment, BYTES, change), BYTES)).refusal?.code, Object.keys(change)[0]).toBe(
      'bad-assignment',
    );
  }
  const forged = { ...assignment, mac: assignment.mac.map((byte, at) => (at === 15 ? byte ^ 1 : byte)) };
  expect((await answer(device, makeResult(forged, BYTES), BYTES)).refusal?.code).toBe('bad-assignment');
  expect([await earned(worker), (await readJob(requester, job.id)).finalShards]).toEqual([0n, 0]);
  expect((await answer(device, makeResult(assignment, BYTES), BYTES)).refusal).toBeNull();
  await expectMore(device, 'credited', 0);
  expect([await earned(worker), (await readJob(requester, job.id)).finalShards]).toEqual([assignment.priceMicroCredits, 1]);
  device.pipe.close();
});

it('a thief who sends another device’s assignment gets a refusal, and the owner the credit', async () => {
  await openJob(2, 1);
  const [owner, thief] = [await network.signIn(), await network.signIn()];
  const [ownDevice, thiefDevice] = [await network.open(owner), await network.open(thief)];
  const assignment = await wantOne(ownDevice);
  const { device } = (await readSession(thief))!;
  expect((await answer(thiefDevice, makeResult(assignment, BYTES), BYTES)).refusal?.code).toBe('bad-assignment');
  expect((await answer(thiefDevice, makeResult(assignment, BYTES, { device }), BYTES)).refusal?.code).toBe('bad-assignment');
  expect((await answer(ownDevice, makeResult(assignment, BYTES), BYTES)).refusal).toBeNull();
  await expectMore(ownDevice, 'credited', 0);
  expect([await earned(thief), await earned(owner)]).toEqual([0n, assignment.priceMicroCredits]);
  ownDevice.pipe.close();
  thiefDevice.pipe.close();
});

it('a result that is sent ten times is paid once', async () => {
  await openJob(2, 1);
  const worker = await network.signIn();
  const device = await network.open(worker);
  const assignment = await wantOne(device);
  for (let times = 0; times < 10; times++) expect((await answer(device, makeResult(assignment, BYTES), BYTES)).refusal).toBeNull();
  expect(await earned(worker)).toBe(assignment.priceMicroCredits);
  device.pipe.close();
});

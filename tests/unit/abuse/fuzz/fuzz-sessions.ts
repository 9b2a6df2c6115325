// Fuzzes whole sessions: strangers say hello and then anything to the real gateway and the real core, beside one device that works on.
import { runCoordinator } from '../../../../server/coordinator/run-coordinator.ts';
import { createGateway, type Gateway } from '../../../../server/gateway/gateway.ts';
import type { Assignment } from '../../../../src/protocol/assignment.ts';
import { encodeClientMessage } from '../../../../src/protocol/encode-message.ts';
import { isFaultCode } from '../../../../src/protocol/fault.ts';
import { makeFrames } from '../../../../src/protocol/frame.ts';
import type { AccountId, DeviceId } from '../../../../src/protocol/ids.ts';
import type { ClientMessage } from '../../../../src/protocol/messages.ts';
import type { Channel } from '../../../../src/transport/channel.ts';
import { createMemoryPair } from '../../../../src/transport/memory.ts';
import { addAccount, addDevice, createTables } from '../../../simulation/journal-tables.ts';
import { createMemoryJournal } from '../../../simulation/memory-journal.ts';
import { createFakeClock, type FakeClock, settle } from '../../../support/fake-clock.ts';
import { BYTES_PER_WORKGROUP, makeJobRecord } from '../../../support/make-job-record.ts';
import { type Chance, createChance, spoilBytes } from './chance.ts';
import { createHonestDevice, type HonestDevice } from './honest-device.ts';
import { CLIENT_SAMPLES, HELLO } from './sample-messages.ts';
import { createTally, type FuzzFamily } from './tally.ts';

const REQUESTER = 100 as AccountId;
const HONEST = 101;
const STRANGERS = 8;
const TURN_MS = 1_000;
const MESSAGES_A_SESSION = 6;

interface Network {
  readonly gateway: Gateway;
  readonly clock: FakeClock;
  readonly honest: HonestDevice;
  tick(): Promise<void>;
  check(): void;
}

/** Each case is a message or a frame that a stranger sends. */
export const fuzzSessions: FuzzFamily = async (cases, seed) => {
  const chance = createChance(seed);
  const tally = createTally();
  const network = await startNetwork(Math.ceil(cases / 2) + 1_000);
  while (tally.cases < cases) {
    tally.cases += await storm(chance, network);
    network.honest.work();
    await network.tick();
  }
  // what strangers left open is given up, and what the honest device sent is credited
  for (let turn = 0; turn < 20; turn++) await network.tick();
  network.check();
  const { refused, ended, sessionsLive, sessionsWaiting } = network.gateway.counts;
  if (sessionsLive !== 1 || sessionsWaiting !== 0)
    throw new Error(`${sessionsLive} sessions are live and ${sessionsWaiting} wait; only one should be left.`);
  if (!Object.keys(refused).every(isFaultCode)) throw new Error(`Refusals were counted under ${Object.keys(refused)}.`);
  Object.assign(tally.refused, refused);
  tally.taken = tally.cases - Object.values(refused).reduce((sum, count) => sum + count, 0);
  if (ended['bad-frame'] === 0) throw new Error('No stranger was sent away for its frames.');
  return tally;
};

async function startNetwork(shards: number): Promise<Network> {
  const clock = createFakeClock();
  const tables = createTables(10n ** 15n);
  const bugs: unknown[] = [];
  const job = makeJobRecord({ requester: REQUESTER, workgroups: shards, quorum: 1 });
  for (const id of [REQUESTER, job.escrow, ...Array.from({ length: STRANGERS + 1 }, (_, at) => HONEST + at)])
    addAccount(tables, id as AccountId, 'headless');
  for (let at = 0; at <= STRANGERS; at++) addDevice(tables, (HONEST + at) as DeviceId);
  tables.accounts.set(REQUESTER, { ...tables.accounts.get(REQUESTER)!, earned: 10n ** 12n });
  const runner = await runCoordinator({
    journal: createMemoryJournal(tables),
    macSecret: new Uint8Array(32).fill(7),
    nowMs: clock.nowMs,
    wait: async () => {},
    onFailedCommit: (cause) => void bugs.push(cause),
  });
  const gateway = createGateway({
    runner,
    build: 'fuzz',
    epoch: runner.epoch,
    readDevice: async () => null,
    log: { info: () => {}, warn: (facts) => void bugs.push((facts as { readonly err?: unknown }).err) },
    timers: clock,
  });
  runner.connect(gateway);
  await runner.openJob(job);
  const honest = createHonestDevice(connect(gateway, HONEST), clock, job.manifest.outputs[0]!, BYTES_PER_WORKGROUP);
  await settle();
  return {
    gateway,
    clock,
    honest,
    async tick() {
      await clock.advance(TURN_MS);
      runner.post({ type: 'clock' });
      await settle();
    },
    check() {
      if (bugs.length > 0) throw new Error('The gateway or the core failed by a fault of its own.', { cause: bugs[0] });
      if (honest.complaints.length > 0) throw new Error(`The honest device heard: ${honest.complaints[0]}`);
      if (honest.sent === 0 || honest.credited !== honest.sent)
        throw new Error(`${honest.sent} honest results, ${honest.credited} credited.`);
    },
  };
}

function connect(gateway: Gateway, device: number): Channel {
  const [here, there] = createMemoryPair();
  gateway.accept(there, { account: device as AccountId, accountKind: 'headless', device: device as DeviceId, addressRange: null });
  return here;
}

/** One stranger's connection; how many messages it sent. */
async function storm(chance: Chance, network: Network): Promise<number> {
  const channel = connect(network.gateway, HONEST + 1 + chance.below(STRANGERS));
  await settle();
  let lastId = 0;
  const say = (bytes: Uint8Array): void => {
    for (const frame of makeFrames(++lastId, bytes)) channel.send(chance.happens(0.02) ? spoilBytes(chance, frame) : frame);
  };
  if (chance.happens(0.9)) say(encodeClientMessage(HELLO));
  await settle();
  const count = 1 + chance.below(MESSAGES_A_SESSION);
  for (let at = 0; at < count; at++) {
    if (chance.happens(0.03)) channel.send(chance.bytes(chance.below(60)));
    else say(makeMessage(chance, network.honest.assignments[0] ?? null));
  }
  await settle();
  if (chance.happens(0.7)) channel.close('the stranger left');
  return count;
}

/** A sample, or what would be the honest device's own answer; mostly spoilt. */
function makeMessage(chance: Chance, stolen: Assignment | null): Uint8Array {
  const bytes = stolen && chance.happens(0.4) ? encodeStolen(chance, stolen) : chance.pick(CLIENT_SAMPLES);
  return chance.happens(0.3) ? bytes : spoilBytes(chance, bytes, 4);
}

function encodeStolen(chance: Chance, { claim, mac }: Assignment): Uint8Array {
  const spoilt = chance.happens(0.5)
    ? { ...claim, device: (claim.device + 1) as DeviceId }
    : { ...claim, expiresAtMs: claim.expiresAtMs + 1 };
  const message: ClientMessage = chance.happens(0.3)
    ? { type: 'bytes', claim: spoilt, mac, lengths: [BYTES_PER_WORKGROUP] }
    : {
        type: 'results',
        results: [
          {
            claim: chance.happens(0.5) ? claim : spoilt,
            mac,
            outcome: {
              kind: 'done',
              outputs: [{ root: 'ab'.repeat(32) as never, bytes: BYTES_PER_WORKGROUP, payloadOffset: 0 }],
              elapsedMs: 1,
              engine: 'cpu',
            },
          },
        ],
        wanted: chance.below(3),
        workgroupsPerSecond: 1,
      };
  return encodeClientMessage(message, new Uint8Array(BYTES_PER_WORKGROUP));
}

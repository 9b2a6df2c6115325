// Fuzzes the gate of the wire: good messages with a few bytes spoilt, noise, and headers that claim more than they hold.
import { deepEqual } from 'node:assert';
import { collectOutputs } from '../../../../server/gateway/collect-outputs.ts';
import { judgeVersion } from '../../../../server/gateway/judge-hello.ts';
import { makeEvent } from '../../../../server/gateway/message-event.ts';
import { encodeClientMessage, encodeServerMessage } from '../../../../src/protocol/encode-message.ts';
import { parseClientMessage, parseServerMessage } from '../../../../src/protocol/parse-message.ts';
import { type Chance, createChance, spoilBytes } from './chance.ts';
import { CLIENT_SAMPLES, SERVER_SAMPLES } from './sample-messages.ts';
import { countRefusal, createTally, type FuzzFamily, showBytes } from './tally.ts';

const LENGTH_FIELD_BYTES = 4;
const SHAPE = {
  outputs: [
    {
      name: 'out',
      layout: { kind: 'byWorkgroup', bytesPerWorkgroup: 8 },
      element: 'u8',
      comparison: { kind: 'exact' },
      workgroupsPerLeaf: 1,
    },
  ],
  count: 1,
} as const;

/** What passes the gate is written and read again as the very same, and means an event or nothing. */
export const fuzzMessages: FuzzFamily = async (cases, seed) => {
  const chance = createChance(seed);
  const tally = createTally();
  while (tally.cases < cases) {
    tally.cases++;
    const isClient = chance.happens(0.7);
    const bytes = makeBytes(chance, isClient ? CLIENT_SAMPLES : SERVER_SAMPLES);
    try {
      if (isClient) takeAsServer(bytes);
      else takeAsClient(bytes);
      tally.taken++;
    } catch (cause) {
      countRefusal(tally, cause, ['bad-message'], () => `seed ${seed}, ${isClient ? 'to the server' : 'to a device'}, ${showBytes(bytes)}`);
    }
  }
  return tally;
};

function takeAsServer(bytes: Uint8Array): void {
  judgeVersion(bytes);
  const envelope = parseClientMessage(bytes);
  const again = parseClientMessage(encodeClientMessage(envelope.message, envelope.payload));
  // loosely: MessagePack writes -0 as 0
  deepEqual(again, envelope, 'A message that passed the gate is another one after its second reading.');
  if (envelope.message.type === 'results') collectOutputs(envelope.message.results, envelope.payload, () => null);
  makeEvent(1, envelope, () => SHAPE);
}

function takeAsClient(bytes: Uint8Array): void {
  const { message } = parseServerMessage(bytes);
  // an empty hand-out says nothing, and is not written as it was read
  if (message.type === 'assignments' || message.type === 'receipts') return;
  deepEqual(parseServerMessage(encodeServerMessage(message)).message, message, 'A message is another one after its second reading.');
}

function makeBytes(chance: Chance, samples: readonly Uint8Array[]): Uint8Array {
  if (chance.happens(0.05)) return chance.bytes(chance.below(200));
  const sample = chance.pick(samples);
  const spoilt = spoilBytes(chance, sample, LENGTH_FIELD_BYTES);
  // most of the time the header's length is true again, so that the injury itself is looked at
  if (chance.happens(0.8) && spoilt.length > LENGTH_FIELD_BYTES) {
    const grown = spoilt.length - sample.length;
    const header = new DataView(sample.buffer, sample.byteOffset).getUint32(0, true) + grown;
    new DataView(spoilt.buffer).setUint32(0, Math.max(0, Math.min(header, spoilt.length - LENGTH_FIELD_BYTES)), true);
  }
  return spoilt;
}

// One message of each kind that a contributor or the coordinator may send: what the fuzzers begin from.
import { encodeClientMessage, encodeServerMessage } from '../../../../src/protocol/encode-message.ts';
import type { AccountId, DeviceId, Digest, JobId, ShardId } from '../../../../src/protocol/ids.ts';
import { type ClientMessage, PROTOCOL_VERSION, type ServerMessage } from '../../../../src/protocol/messages.ts';
import type { Result } from '../../../../src/protocol/result.ts';

export const CLAIM = { epoch: 1, shard: 5_120 as ShardId, copy: 0, device: 4 as DeviceId, expiresAtMs: 1_700_000_000_000 };
const MAC = new Uint8Array(16).fill(3);
const DIGEST = 'ab'.repeat(32) as Digest;
const SHARD = { id: CLAIM.shard, job: 5 as JobId, stage: 0, index: 0, base: 0, count: 1 };

const RESULTS: readonly Result[] = [
  {
    claim: CLAIM,
    mac: MAC,
    outcome: { kind: 'done', outputs: [{ root: DIGEST, bytes: 8, payloadOffset: 0 }], elapsedMs: 1.5, engine: 'gpu' },
  },
  { claim: CLAIM, mac: MAC, outcome: { kind: 'failed', code: 'gpu-lost', message: 'it was löst' } },
  { claim: CLAIM, mac: MAC, outcome: { kind: 'released' } },
];

export const HELLO: ClientMessage = {
  type: 'hello',
  v: PROTOCOL_VERSION,
  build: 'fuzz',
  capabilities: { engines: [{ kind: 'cpu', label: 'fuzz', isFallback: false, maxBufferBytes: 1 << 20 }], threads: 1 },
};

export const CLIENT_SAMPLES: readonly Uint8Array[] = [
  encodeClientMessage(HELLO),
  encodeClientMessage({ type: 'want', count: 4, workgroupsPerSecond: 12.5 }),
  encodeClientMessage({ type: 'results', results: RESULTS, wanted: 2, workgroupsPerSecond: 3 }, new Uint8Array(8)),
  encodeClientMessage({ type: 'bytes', claim: CLAIM, mac: MAC, lengths: [8] }, new Uint8Array(8)),
  encodeClientMessage({ type: 'heartbeat', sentAtMs: 1 }),
];

const SERVER_MESSAGES: readonly ServerMessage[] = [
  { type: 'welcome', v: 2, build: 'b', epoch: 1, account: 3 as AccountId, device: 4 as DeviceId, heartbeatMs: 3_000, deadAfterMs: 10_000 },
  {
    type: 'assignments',
    assignments: [{ claim: CLAIM, shard: SHARD, manifest: DIGEST, mac: MAC, leaseMs: 30_000, priceMicroCredits: 1n }],
  },
  { type: 'idle', reason: 'no-jobs', retryAfterMs: 5_000 },
  {
    type: 'receipts',
    receipts: [
      { shard: CLAIM.shard, copy: 0, verdict: 'final', vote: 'agreed', refusal: { code: 'conflict', sentence: 's', facts: { a: 1 } } },
    ],
  },
  { type: 'credited', shards: [{ shard: CLAIM.shard, amount: 5n }], balance: 9_007_199_254_740_993n },
  { type: 'settled', shards: [{ shard: CLAIM.shard, vote: 'outvoted' }] },
  { type: 'bytes-wanted', claim: CLAIM },
  { type: 'cancel', shards: [CLAIM.shard], reason: 'surplus' },
  { type: 'refused', fault: { code: 'upgrade-required', sentence: 's', facts: { v: 1 } } },
  { type: 'draining', retryAfterMs: 1 },
  { type: 'heartbeat', sentAtMs: 1 },
];
export const SERVER_SAMPLES = SERVER_MESSAGES.map((message) => encodeServerMessage(message));

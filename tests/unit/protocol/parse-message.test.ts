// The gate of the wire: every message passes unchanged, everything else is refused by code.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeMessage } from '../../../src/protocol/frame.ts';
import type { AccountId, DeviceId, Digest, JobId, ShardId } from '../../../src/protocol/ids.ts';
import {
  type ClientMessage,
  MAX_ASSIGNMENTS_IN_FLIGHT,
  MAX_RESULTS_A_MESSAGE,
  NO_PAYLOAD,
  type ServerMessage,
} from '../../../src/protocol/messages.ts';
import { parseClientMessage, parseServerMessage } from '../../../src/protocol/parse-message.ts';

const claim = {
  epoch: 1,
  copy: 0,
  account: 3 as AccountId,
  device: 4 as DeviceId,
  expiresAtMs: 1_700_000_000_000,
  shard: { id: 2_199_023_255_552 as ShardId, job: 5 as JobId, stage: 0, index: 0, base: 0, count: 16 },
};
const mac = new Uint8Array(16).fill(3);
const digest = 'ab'.repeat(32) as Digest;
const done = {
  claim,
  mac,
  outcome: { kind: 'done', outputs: [{ name: 'pixels', root: digest, bytes: 8, payloadOffset: 0 }], elapsedMs: 1.5, engine: 'gpu' },
} as const;

const fromClient: readonly ClientMessage[] = [
  {
    type: 'hello',
    v: 1,
    build: 'b',
    capabilities: { engines: [{ kind: 'cpu', label: 'wasm', isFallback: false, maxBufferBytes: 1_073_741_824 }], threads: 2 },
  },
  { type: 'want', count: 1, workgroupsPerSecond: 12.5 },
  {
    type: 'results',
    results: [
      done,
      { claim, mac, outcome: { kind: 'failed', code: 'gpu-lost', message: 'x' } },
      { claim, mac, outcome: { kind: 'released' } },
    ],
  },
  { type: 'bytes', claim, mac, lengths: [8] },
  { type: 'heartbeat', sentAtMs: 1 },
];

const fromServer: readonly ServerMessage[] = [
  { type: 'welcome', v: 1, build: 'b', epoch: 1, account: 3 as AccountId, device: 4 as DeviceId, heartbeatMs: 3_000, deadAfterMs: 10_000 },
  { type: 'assignments', assignments: [{ claim, manifest: digest, mac, leaseMs: 30_000, priceMicroCredits: 1_000n }] },
  { type: 'idle', reason: 'no-jobs', retryAfterMs: 5_000 },
  {
    type: 'receipts',
    receipts: [{ shard: claim.shard.id, copy: 0, verdict: 'final', vote: 'agreed', refusal: { code: 'bad-assignment', sentence: 's' } }],
  },
  { type: 'credited', shards: [{ shard: claim.shard.id, amount: 5n }], balance: 9_007_199_254_740_993n },
  { type: 'settled', shards: [{ shard: claim.shard.id, vote: 'outvoted' }] },
  { type: 'bytes-wanted', claim },
  { type: 'cancel', shards: [claim.shard.id], reason: 'surplus' },
  { type: 'refused', fault: { code: 'upgrade-required', sentence: 's', facts: { v: 1 } } },
  { type: 'draining', retryAfterMs: 1 },
  { type: 'heartbeat', sentAtMs: 1 },
];

const encode = (message: unknown) => encodeMessage(message, NO_PAYLOAD);

describe('the gate', () => {
  it.each(fromClient)('lets $type through unchanged', (message) => {
    expect(parseClientMessage(encode(message)).message).toEqual(message);
  });

  it.each(fromServer)('lets $type through unchanged', (message) => {
    expect(parseServerMessage(encode(message)).message).toEqual(message);
  });

  it('holds counts to their limits on both sides', () => {
    const want = (count: number) => () => parseClientMessage(encode({ type: 'want', count, workgroupsPerSecond: 0 }));
    expect(want(MAX_ASSIGNMENTS_IN_FLIGHT)).not.toThrow();
    expect(want(MAX_ASSIGNMENTS_IN_FLIGHT + 1)).toThrow(/count/);
    expect(want(0)).toThrow(/count/);
    const results = (count: number) => () => parseClientMessage(encode({ type: 'results', results: Array(count).fill(done) }));
    expect(results(MAX_RESULTS_A_MESSAGE)).not.toThrow();
    expect(results(MAX_RESULTS_A_MESSAGE + 1)).toThrow(/results/);
    expect(results(0)).toThrow(/results/);
  });

  it.each([
    { type: 'want', count: 1 },
    { type: 'want', count: 1.5, workgroupsPerSecond: 0 },
    { type: 'want', count: 1, workgroupsPerSecond: Number.POSITIVE_INFINITY },
    { type: 'want', count: 1, workgroupsPerSecond: 0, extra: 1 },
    { type: 'results', results: [{ ...done, mac: new Uint8Array(15) }] },
    { type: 'results', results: [{ ...done, outcome: { ...done.outcome, outputs: [] } }] },
    { type: 'welcome' },
    { type: 'toString' },
    {},
    null,
    [],
    'hello',
  ])('refuses %j', (message) => {
    expect(() => parseClientMessage(encode(message))).toThrow(expect.objectContaining({ code: 'bad-message' }));
  });

  it('refuses anything else by code, never by a bare exception', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: false, maxDepth: 3 }), (value) => {
        try {
          parseClientMessage(encode(value));
        } catch (fault) {
          if (fault instanceof Error && !('code' in fault)) expect(fault.message).toMatch(/Unrecognized object|Too deep/);
          else expect(fault).toMatchObject({ code: 'bad-message' });
        }
      }),
    );
  });
});

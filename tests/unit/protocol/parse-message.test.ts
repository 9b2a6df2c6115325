// The gate of the wire: every message passes unchanged, everything else is refused by code.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeClientMessage, encodeServerMessage } from '../../../src/protocol/encode-message.ts';
import { encodeMessage } from '../../../src/protocol/frame.ts';
import type { AccountId, DeviceId, Digest, JobId, ShardId } from '../../../src/protocol/ids.ts';
import { type Likes, MAX_LIKES, MAX_MIN_RATE, NO_LIKES } from '../../../src/protocol/likes.ts';
import {
  type ClientMessage,
  MAX_ASSIGNMENTS_IN_FLIGHT,
  MAX_RESULTS_A_MESSAGE,
  NO_PAYLOAD,
  type ServerMessage,
} from '../../../src/protocol/messages.ts';
import { MAX_OUTPUTS, packAssignments, packResults } from '../../../src/protocol/pack-messages.ts';
import { parseClientMessage, parseServerMessage } from '../../../src/protocol/parse-message.ts';
import type { Result } from '../../../src/protocol/result.ts';

const claim = {
  epoch: 1,
  shard: 2_199_023_255_552 as ShardId,
  copy: 0,
  device: 4 as DeviceId,
  expiresAtMs: 1_700_000_000_000,
};
const shard = { id: claim.shard, job: 5 as JobId, stage: 0, index: 0, base: 0, count: 16 };
const mac = new Uint8Array(16).fill(3);
const digest = 'ab'.repeat(32) as Digest;
const done: Result = {
  claim,
  mac,
  outcome: { kind: 'done', outputs: [{ root: digest, bytes: 8, payloadOffset: 0 }], elapsedMs: 1.5, engine: 'gpu' },
};

const fromClient: readonly ClientMessage[] = [
  {
    type: 'hello',
    v: 2,
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
    wanted: 0,
    workgroupsPerSecond: 12.5,
  },
  { type: 'bytes', claim, mac, lengths: [8] },
  {
    type: 'hello',
    v: 4,
    build: 'b',
    capabilities: { engines: [], threads: 2, form: 'phone' },
  },
  {
    type: 'prefer',
    likes: { pinnedJobs: [5 as JobId], blockedJobs: [6 as JobId], blockedRequesters: [7 as AccountId], minRate: 0.5 },
  },
  { type: 'heartbeat', sentAtMs: 1 },
];

const fromServer: readonly ServerMessage[] = [
  { type: 'welcome', v: 2, build: 'b', epoch: 1, account: 3 as AccountId, device: 4 as DeviceId, heartbeatMs: 3_000, deadAfterMs: 10_000 },
  { type: 'assignments', assignments: [{ claim, shard, manifest: digest, mac, leaseMs: 30_000, priceMicroCredits: 1_000n }] },
  { type: 'idle', reason: 'no-jobs', retryAfterMs: 5_000 },
  { type: 'idle', reason: 'nothing-you-like', retryAfterMs: 5_000 },
  {
    type: 'receipts',
    receipts: [{ shard: claim.shard, copy: 0, verdict: 'final', vote: 'agreed', refusal: { code: 'bad-assignment', sentence: 's' } }],
  },
  { type: 'credited', shards: [{ shard: claim.shard, amount: 5n }], balance: 9_007_199_254_740_993n },
  { type: 'settled', shards: [{ shard: claim.shard, vote: 'outvoted' }] },
  { type: 'bytes-wanted', claim },
  { type: 'cancel', shards: [claim.shard], reason: 'surplus' },
  { type: 'refused', fault: { code: 'upgrade-required', sentence: 's', facts: { v: 1 } } },
  { type: 'draining', retryAfterMs: 1 },
  { type: 'heartbeat', sentAtMs: 1 },
];

const encode = (message: unknown) => encodeMessage(message, NO_PAYLOAD);
const { grants } = packAssignments({
  type: 'assignments',
  assignments: [{ claim, shard, manifest: digest, mac, leaseMs: 1, priceMicroCredits: 1n }],
});
const [grant] = grants;
const { results: packed } = packResults({ type: 'results', results: [done], wanted: 0, workgroupsPerSecond: 0 });

describe('the gate', () => {
  it.each(fromClient)('lets $type through unchanged', (message) => {
    expect(parseClientMessage(encodeClientMessage(message)).message).toEqual(message);
  });

  it.each(fromServer)('lets $type through unchanged', (message) => {
    expect(parseServerMessage(encodeServerMessage(message)).message).toEqual(message);
  });

  it('holds counts to their limits on both sides', () => {
    const want = (count: number) => () => parseClientMessage(encode({ type: 'want', count, workgroupsPerSecond: 0 }));
    expect(want(MAX_ASSIGNMENTS_IN_FLIGHT)).not.toThrow();
    expect(want(MAX_ASSIGNMENTS_IN_FLIGHT + 1)).toThrow(/count/);
    expect(want(0)).toThrow(/count/);
    const results = (count: number, wanted: number) => () =>
      parseClientMessage(encodeClientMessage({ type: 'results', results: Array(count).fill(done), wanted, workgroupsPerSecond: 0 }));
    expect(results(MAX_RESULTS_A_MESSAGE, 0)).not.toThrow();
    expect(results(MAX_RESULTS_A_MESSAGE + 1, 0)).toThrow(/results/);
    expect(results(0, 0)).toThrow(/results/);
    expect(results(1, MAX_ASSIGNMENTS_IN_FLIGHT)).not.toThrow();
    expect(results(1, MAX_ASSIGNMENTS_IN_FLIGHT + 1)).toThrow(/wanted/);
    expect(results(1, -1)).toThrow(/wanted/);
    const lengths = (count: number) => () => parseClientMessage(encode({ type: 'bytes', claim, mac, lengths: Array(count).fill(1) }));
    expect(lengths(MAX_OUTPUTS)).not.toThrow();
    expect(lengths(MAX_OUTPUTS + 1)).toThrow(/lengths/);
    expect(lengths(0)).toThrow(/lengths/);
  });

  it('holds likes to their limits on both sides', () => {
    const prefer =
      (change: Partial<Likes>): (() => unknown) =>
      () =>
        parseClientMessage(encode({ type: 'prefer', likes: { ...NO_LIKES, ...change } }));
    const ids = (count: number) => Array.from({ length: count }, (_, id) => id);
    expect(prefer({})).not.toThrow();
    for (const list of ['pinnedJobs', 'blockedJobs', 'blockedRequesters'] as const) {
      expect(prefer({ [list]: ids(MAX_LIKES) })).not.toThrow();
      expect(prefer({ [list]: ids(MAX_LIKES + 1) })).toThrow(list);
      expect(prefer({ [list]: [-1] })).toThrow(list);
      expect(prefer({ [list]: [1.5] })).toThrow(list);
    }
    expect(prefer({ minRate: MAX_MIN_RATE })).not.toThrow();
    for (const minRate of [MAX_MIN_RATE + 1, -0.001, Number.NaN, Number.POSITIVE_INFINITY]) expect(prefer({ minRate })).toThrow(/minRate/);
  });

  it.each([
    { type: 'want', count: 1 },
    { type: 'want', count: 1.5, workgroupsPerSecond: 0 },
    { type: 'want', count: 1, workgroupsPerSecond: Number.POSITIVE_INFINITY },
    { type: 'want', count: 1, workgroupsPerSecond: 0, extra: 1 },
    { type: 'results', results: [], wanted: 0, workgroupsPerSecond: 0 },
    { type: 'results', results: [done], wanted: 0, workgroupsPerSecond: 0 },
    { type: 'results', results: 'text', wanted: 0, workgroupsPerSecond: 0 },
    { type: 'results', results: packed },
    { type: 'results', results: packed, wanted: 0 },
    { type: 'results', results: packed, wanted: 0.5, workgroupsPerSecond: 0 },
    { type: 'results', results: packed, wanted: 0, workgroupsPerSecond: -1 },
    { type: 'results', results: packed, wanted: 0, workgroupsPerSecond: Number.NaN },
    { type: 'results', results: packed, wanted: 0, workgroupsPerSecond: 0, extra: 1 },
    { type: 'prefer' },
    { type: 'prefer', likes: { pinnedJobs: [], blockedJobs: [], blockedRequesters: [] } },
    { type: 'prefer', likes: { pinnedJobs: [], blockedJobs: [], blockedRequesters: [], minRate: 0, extra: 1 } },
    { type: 'hello', v: 4, build: 'b', capabilities: { engines: [], threads: 1, form: 'fridge' } },
    { type: 'bytes', claim, mac: new Uint8Array(15), lengths: [1] },
    { type: 'bytes', claim, mac: new Uint8Array(17), lengths: [1] },
    { type: 'bytes', claim: { ...claim, shard }, mac, lengths: [1] },
    { type: 'bytes', claim: { ...claim, account: 3 }, mac, lengths: [1] },
    { type: 'bytes', claim: { ...claim, device: -1 }, mac, lengths: [1] },
    { type: 'welcome' },
    { type: 'toString' },
    {},
    null,
    [],
    'hello',
  ])('refuses what is no message of a contributor: %j', (message) => {
    expect(() => parseClientMessage(encode(message))).toThrow(expect.objectContaining({ code: 'bad-message' }));
  });

  it.each([
    { type: 'assignments' },
    { type: 'assignments', grants: packed },
    { type: 'assignments', grants: [{ ...grant, shards: [] }] },
    { type: 'assignments', grants: [{ ...grant, manifest: 'AB'.repeat(32) }] },
    { type: 'assignments', grants: [{ ...grant, price: 1.5 }] },
    { type: 'assignments', grants: [{ ...grant, device: -1 }] },
    { type: 'assignments', grants: [{ ...grant, expiresAtMs: Number.MAX_SAFE_INTEGER + 1 }] },
    { type: 'assignments', grants: [{ ...grant, account: 3 }] },
    { type: 'receipts', receipts: new Uint8Array(0) },
    { type: 'receipts', receipts: [], refusals: [] },
    { type: 'receipts', receipts: new Uint8Array(0), refusals: [[0]] },
    { type: 'receipts', receipts: new Uint8Array(0), refusals: [[-1, { code: 'conflict', sentence: 's' }]] },
    { type: 'receipts', receipts: new Uint8Array(0), refusals: [[0, { code: 'no-such-code', sentence: 's' }]] },
    { type: 'credited', shards: [], balance: 0n },
    { type: 'credited', shards: new Uint8Array(0), balance: 0.5 },
    { type: 'want', count: 1, workgroupsPerSecond: 0 },
    null,
  ])('refuses what is no message of the coordinator: %#', (message) => {
    expect(() => parseServerMessage(encode(message))).toThrow(expect.objectContaining({ code: 'bad-message' }));
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

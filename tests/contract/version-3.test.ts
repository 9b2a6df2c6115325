// The wire of version 3, frozen as bytes by the build that spoke it: such a contributor is still understood, and understands what it is told.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { judgeVersion } from '../../server/gateway/judge-hello.ts';
import { makeEvent } from '../../server/gateway/message-event.ts';
import { encodeServerMessage } from '../../src/protocol/encode-message.ts';
import { decodeMessage } from '../../src/protocol/frame.ts';
import type { AccountId, DeviceId, Digest, JobId, ShardId } from '../../src/protocol/ids.ts';
import { type ClientMessage, IDLE_REASONS, type ServerMessage } from '../../src/protocol/messages.ts';
import { parseClientMessage } from '../../src/protocol/parse-message.ts';
import type { Result } from '../../src/protocol/result.ts';
import { CoreDriver } from '../support/core-driver.ts';
import { makeJobRecord } from '../support/make-job-record.ts';

/** Written once by `encodeClientMessage` and `encodeServerMessage` of the last build of version 3; never written again. */
const FROZEN = JSON.parse(readFileSync(join(import.meta.dirname, '../golden/protocol/version-3.json'), 'utf8')) as {
  readonly client: Readonly<Record<string, string>>;
  readonly server: Readonly<Record<string, string>>;
};
const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64url'));

const claim = { epoch: 1, shard: 2_199_023_255_552 as ShardId, copy: 4_096, device: 4 as DeviceId, expiresAtMs: 1_700_000_000_000 };
const mac = new Uint8Array(16).fill(3);
const digest = 'ab'.repeat(32) as Digest;
const engines = [
  { kind: 'gpu', label: 'an adapter', isFallback: false, maxBufferBytes: 1_073_741_824 },
  { kind: 'cpu', label: 'wasm', isFallback: false, maxBufferBytes: 1_073_741_824 },
] as const;
const results: readonly Result[] = [
  { claim, mac, outcome: { kind: 'done', outputs: [{ root: digest, bytes: 8, payloadOffset: 0 }], elapsedMs: 1.5, engine: 'gpu' } },
  { claim, mac, outcome: { kind: 'failed', code: 'gpu-lost', message: 'x' } },
  { claim, mac, outcome: { kind: 'released' } },
];

const SAID: Readonly<Record<string, ClientMessage>> = {
  hello: { type: 'hello', v: 3, build: 'b', capabilities: { engines, threads: 2 } },
  want: { type: 'want', count: 2, workgroupsPerSecond: 12.5 },
  results: { type: 'results', results, wanted: 1, workgroupsPerSecond: 12.5 },
  bytes: { type: 'bytes', claim, mac, lengths: [8] },
  heartbeat: { type: 'heartbeat', sentAtMs: 1 },
};

const shard = { id: claim.shard, job: 5 as JobId, stage: 0, index: 3, base: 48, count: 16 };
const TOLD: Readonly<Record<string, ServerMessage>> = {
  welcome: {
    type: 'welcome',
    v: 3,
    build: 'b',
    epoch: 1,
    account: 3 as AccountId,
    device: 4 as DeviceId,
    heartbeatMs: 3_000,
    deadAfterMs: 10_000,
  },
  assignments: {
    type: 'assignments',
    assignments: [{ claim, shard, manifest: digest, mac, leaseMs: 30_000, priceMicroCredits: 1_000n }],
  },
  idle: { type: 'idle', reason: 'no-jobs', retryAfterMs: 5_000 },
  receipts: { type: 'receipts', receipts: [{ shard: claim.shard, copy: 4_096, verdict: 'final', vote: 'agreed', refusal: null }] },
  credited: { type: 'credited', shards: [{ shard: claim.shard, amount: 5n }], balance: 9_007_199_254_740_993n },
  settled: { type: 'settled', shards: [{ shard: claim.shard, vote: 'outvoted' }] },
  'bytes-wanted': { type: 'bytes-wanted', claim },
  cancel: { type: 'cancel', shards: [claim.shard], reason: 'surplus' },
  refused: { type: 'refused', fault: { code: 'upgrade-required', sentence: 's', facts: { oldest: 1 } } },
  draining: { type: 'draining', retryAfterMs: 1 },
  heartbeat: { type: 'heartbeat', sentAtMs: 1 },
};

/** Reasons that a parser of version 3 knows: it refuses a message with any other. */
const REASONS_OF_3 = [
  'no-jobs',
  'nothing-for-this-engine',
  'all-handed-out',
  'one-copy-an-account',
  'one-copy-an-address',
  'draining',
  'storage-low',
  'too-many-in-flight',
  'overloaded',
  'failed-too-often',
];

describe('a contributor of version 3', () => {
  it.each(Object.entries(SAID))('is understood when it says %s', (name, meant) => {
    expect(parseClientMessage(bytesOf(FROZEN.client[name]!)).message).toEqual(meant);
  });

  it('may open a session, and what it says then becomes the events it became', () => {
    expect(judgeVersion(bytesOf(FROZEN.client.hello!))).toBeNull();
    const want = makeEvent(7, parseClientMessage(bytesOf(FROZEN.client.want!)), () => null);
    expect(want).toEqual({ type: 'shards-wanted', session: 7, count: 2, workgroupsPerSecond: 12.5 });
  });

  it.each(Object.entries(TOLD))('is told %s in the same bytes', (name, message) => {
    expect(Buffer.from(encodeServerMessage(message)).toString('base64url')).toBe(FROZEN.server[name]);
  });

  it('never hears a reason that it does not know: only likes have a new one, and it tells none', () => {
    expect(IDLE_REASONS.filter((reason) => !REASONS_OF_3.includes(reason))).toEqual(['nothing-you-like']);
    const core = new CoreDriver({ jobs: [makeJobRecord({ workgroups: 2, quorum: 1 })] });
    core.join(1);
    for (let turn = 0; turn < 4; turn++) for (const assignment of core.want(1, 1, 1e6)) core.answer(1, assignment, 9);
    expect(core.take(1, 'idle').length).toBeGreaterThan(0);
    for (const { reason } of core.take(1, 'idle')) expect(REASONS_OF_3).toContain(reason);
  });

  it('is sent no message type that it does not know', () => {
    const types = Object.values(FROZEN.server).map((text) => (decodeMessage(bytesOf(text)).header as { readonly type: string }).type);
    const all: Readonly<Record<ServerMessage['type'], true>> = {
      welcome: true,
      assignments: true,
      idle: true,
      receipts: true,
      credited: true,
      settled: true,
      'bytes-wanted': true,
      cancel: true,
      refused: true,
      draining: true,
      heartbeat: true,
    };
    expect(types.sort()).toEqual(Object.keys(all).sort());
  });
});

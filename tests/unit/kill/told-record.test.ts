// From the wire to the record: what a tap writes down, what the log keeps, and what the record makes of it.
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { encodeClientMessage, encodeServerMessage } from '../../../src/protocol/encode-message.ts';
import { makeFrames } from '../../../src/protocol/frame.ts';
import type { AccountId, DeviceId, Digest, JobId, ShardId } from '../../../src/protocol/ids.ts';
import type { ServerMessage } from '../../../src/protocol/messages.ts';
import { createMemoryPair } from '../../../src/transport/memory.ts';
import { tapChannel } from '../../kill/tap-channel.ts';
import type { ToldLine } from '../../kill/told-line.ts';
import { createToldReader, openToldLog, type ToldEntry } from '../../kill/told-log.ts';
import { createToldRecord } from '../../kill/told-record.ts';

const [SHARD, JOB, ACCOUNT, DEVICE] = [4096 as ShardId, 3 as JobId, 7 as AccountId, 9 as DeviceId];
const CLAIM = { epoch: 2, shard: SHARD, copy: 1, device: DEVICE, expiresAtMs: 5_000 };

describe('a tapped channel', () => {
  test('writes down what is heard and said, and passes every frame on', async () => {
    const lines: ToldLine[] = [];
    const [here, there] = createMemoryPair();
    const tapped = tapChannel(
      here,
      (line) => lines.push(line),
      () => 42,
    );
    const [arrivedHere, arrivedThere]: [Uint8Array[], Uint8Array[]] = [[], []];
    tapped.onFrame = (frame) => arrivedHere.push(frame);
    there.onFrame = (frame) => arrivedThere.push(frame);
    const assignment = {
      claim: CLAIM,
      shard: { id: SHARD, job: JOB, stage: 0, index: 6, base: 6, count: 1 },
      manifest: 'a'.repeat(64) as Digest,
      mac: new Uint8Array(16),
      leaseMs: 1_000,
      priceMicroCredits: 10n,
    };
    const heard: readonly ServerMessage[] = [
      { type: 'assignments', assignments: [assignment] },
      { type: 'receipts', receipts: [{ shard: SHARD, copy: 1, verdict: 'final', vote: 'agreed', refusal: null }] },
      { type: 'credited', shards: [{ shard: SHARD, amount: 10n }], balance: 110n },
      { type: 'heartbeat', sentAtMs: 1 },
    ];
    heard.forEach((message, id) => {
      for (const frame of makeFrames(id, encodeServerMessage(message))) there.send(frame);
    });
    const result = { claim: CLAIM, mac: new Uint8Array(16), outcome: { kind: 'released' } } as const;
    const said = encodeClientMessage({ type: 'results', results: [result], wanted: 0, workgroupsPerSecond: 0 });
    for (const frame of makeFrames(1, said)) tapped.send(frame);
    await Promise.resolve();
    await Promise.resolve();
    expect([arrivedHere.length, arrivedThere.length]).toEqual([4, 1]);
    expect(lines.map(({ kind }) => kind).sort()).toEqual(['assigned', 'credited', 'receipts', 'sent']);
    expect(lines.find(({ kind }) => kind === 'credited')).toEqual({
      kind: 'credited',
      atMs: 42,
      shards: [{ shard: SHARD, amount: '10' }],
      balance: '110',
    });
  });
});

describe('the log', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ostraka-told-'));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('is read as it grows, in order of time; a line that is cut waits for its end', () => {
    const reader = createToldReader(folder);
    const [first, second] = [openToldLog(folder, 'c0', 0), openToldLog(folder, 'c1', 0)];
    first({ kind: 'lost', atMs: 2, why: 'b' });
    second({ kind: 'lost', atMs: 1, why: 'a' });
    expect(reader.readNew().map(({ contributor, line }) => [contributor, line.atMs])).toEqual([
      ['c1', 1],
      ['c0', 2],
    ]);
    appendFileSync(join(folder, 'c0.0.told'), '{"kind":"lost","atM');
    expect(reader.readNew()).toEqual([]);
    appendFileSync(join(folder, 'c0.0.told'), 's":3,"why":"ü"}\n');
    expect(reader.readNew().map(({ line }) => line)).toEqual([{ kind: 'lost', atMs: 3, why: 'ü' }]);
  });
});

describe('the record', () => {
  const entry = (line: ToldLine, contributor = 'c0'): ToldEntry => ({ contributor, line });
  const welcome = entry({ kind: 'welcome', atMs: 1, epoch: 1, account: ACCOUNT, device: DEVICE });
  const assigned = entry({
    kind: 'assigned',
    atMs: 2,
    copies: [
      { shard: SHARD, copy: 1, epoch: 1, job: JOB, index: 6, expiresAtMs: 900 },
      { shard: (SHARD + 1) as ShardId, copy: 0, epoch: 1, job: JOB, index: 7, expiresAtMs: 900 },
    ],
  });
  const credit = (amount: string, balance: string): ToldEntry =>
    entry({ kind: 'credited', atMs: 4, shards: [{ shard: SHARD, amount }], balance });
  const receipt = (vote: 'waiting' | 'late', refusal: string | null = null): ToldEntry =>
    entry({ kind: 'receipts', atMs: 3, receipts: [{ shard: SHARD, copy: 1, verdict: 'pending', vote, refusal }] });

  test('knows what a contributor holds until it sends it, hears that it is not wanted, or is killed', () => {
    const record = createToldRecord();
    record.add([welcome, assigned]);
    expect(record.heldBy('c0')).toHaveLength(2);
    record.add([entry({ kind: 'sent', atMs: 3, copies: [{ shard: SHARD, copy: 1, epoch: 1, outcome: 'done' }] })]);
    expect(record.heldBy('c0').map(({ shard }) => shard)).toEqual([SHARD + 1]);
    expect(record.hasSentSince('c0', SHARD, 1, 3)).toBe(true);
    expect(record.hasSentSince('c0', SHARD, 1, 4)).toBe(false);
    record.add([entry({ kind: 'cancelled', atMs: 4, shards: [(SHARD + 1) as ShardId] })]);
    expect(record.heldBy('c0')).toEqual([]);
    record.add([assigned]);
    record.forgetHeld('c0');
    expect(record.heldBy('c0')).toEqual([]);
    expect(record.isConnected('c0')).toBe(false);
  });

  test('keeps each promise once, and gives the fresh ones out once', () => {
    const record = createToldRecord();
    record.add([welcome, assigned, receipt('waiting'), credit('10', '110')]);
    const [fresh] = record.takeFresh();
    expect(fresh).toMatchObject({ shard: SHARD, account: ACCOUNT, isTaken: true, state: 'agreed', paid: 10n });
    expect(record.takeFresh()).toEqual([]);
    expect(record.balances.get(ACCOUNT)).toBe(110n);
    record.add([credit('10', '90')]);
    expect(record.balances.get(ACCOUNT)).toBe(110n);
    expect(record.counts.creditsSaidAgain).toBe(1);
    expect(record.contradictions).toEqual([]);
  });

  test('promises nothing by a refusal or by "late"', () => {
    const record = createToldRecord();
    record.add([welcome, receipt('waiting', 'bad-assignment'), receipt('late')]);
    expect(record.takeFresh()).toEqual([]);
    expect(record.counts.refused).toEqual({ 'bad-assignment': 1 });
  });

  test('sees by itself when it is told two things', () => {
    const record = createToldRecord();
    record.add([welcome, credit('10', '110'), credit('20', '120')]);
    expect(record.contradictions).toHaveLength(1);
    record.add([entry({ kind: 'settled', atMs: 5, shards: [{ shard: SHARD, vote: 'outvoted' }] })]);
    expect(record.contradictions).toHaveLength(2);
  });
});

// What the coordinator says about results and work: receipts, credit, votes, idle, cancel, refusals.
import { describe, expect, test } from 'vitest';
import type { ShardId } from '../../../src/protocol/ids.ts';
import { IDLE_REASONS } from '../../../src/protocol/messages.ts';
import { numberWorkgroups } from '../../support/puppet-engine-pool.ts';
import { computeOne, idleReasonOf, makeReceipt, startScene } from '../../support/runtime-scene.ts';
import { makeAssignment } from '../../support/scripted-coordinator.ts';

describe('receipts, credit and votes', () => {
  test('a receipt with an open vote keeps the bytes, and they are sent when asked for', async () => {
    const scene = await computeOne();
    const { coordinator, runtime, store } = scene;
    await coordinator.say({ type: 'receipts', receipts: [makeReceipt()] });
    expect(runtime.snapshot().counts).toMatchObject({ unsent: 0, waiting: 1 });
    expect((await store.readResults()).map(({ phase }) => phase)).toEqual(['waiting']);
    // A coordinator that was restarted asks in its new epoch.
    const claim = { ...makeAssignment(scene.stage, 0).claim, epoch: 2, expiresAtMs: 0 };
    await coordinator.say({ type: 'bytes-wanted', claim });
    const envelope = coordinator.log.find(({ message }) => message.type === 'bytes')!;
    expect(envelope.message).toMatchObject({ type: 'bytes', lengths: [16] });
    expect(new Uint8Array(envelope.payload)).toEqual(numberWorkgroups({ base: 0, count: 4 }));
  });

  test('bytes that are not kept are not sent, and that is noted', async () => {
    const { coordinator, runtime, stage } = await computeOne();
    await coordinator.say({ type: 'receipts', receipts: [makeReceipt({ verdict: 'final', vote: 'agreed' })] });
    await coordinator.say({ type: 'bytes-wanted', claim: makeAssignment(stage, 0).claim });
    expect(coordinator.heard('bytes')).toHaveLength(0);
    expect(runtime.snapshot().recent[0]?.sentence).toBe('The coordinator asked for shard 0, which is no longer kept here.');
    // a claim says no index: one that is not remembered has only its number
    await coordinator.say({ type: 'bytes-wanted', claim: makeAssignment(stage, 9).claim });
    expect(coordinator.heard('bytes')).toHaveLength(0);
    expect(runtime.snapshot().recent[0]?.sentence).toBe('The coordinator asked for a shard, which is no longer kept here.');
  });

  test('credit counts, shows in the feed, and ends the keeping', async () => {
    const { clock, coordinator, runtime, store } = await computeOne();
    await coordinator.say({ type: 'receipts', receipts: [makeReceipt()] });
    await coordinator.say({ type: 'credited', shards: [{ shard: 1_024 as ShardId, amount: 1_500_000n }], balance: 9_000_000n });
    await clock.advance(100);
    const { counts, creditedMicro, balanceMicro, recent } = runtime.snapshot();
    expect(counts).toMatchObject({ verified: 1, waiting: 0 });
    expect({ creditedMicro, balanceMicro }).toEqual({ creditedMicro: 1_500_000n, balanceMicro: 9_000_000n });
    expect(recent[0]).toMatchObject({
      kind: 'verified',
      amountMicro: 1_500_000n,
      index: 0,
      title: 'A test',
      sentence: 'Shard 0 was verified: 1.5 credits.',
    });
    expect(await store.readResults()).toEqual([]);
  });

  test('a receipt that is final already is followed by its credit, told once and by its title', async () => {
    const { clock, coordinator, runtime } = await computeOne();
    await coordinator.say({ type: 'receipts', receipts: [makeReceipt({ verdict: 'final', vote: 'agreed' })] });
    await coordinator.say({ type: 'credited', shards: [{ shard: 1_024 as ShardId, amount: 5n }], balance: 5n });
    await clock.advance(100);
    expect(runtime.snapshot().counts).toMatchObject({ verified: 1, waiting: 0, unsent: 0 });
    expect(runtime.snapshot().recent[0]).toMatchObject({ kind: 'verified', title: 'A test' });
  });

  test.each([
    { vote: 'outvoted', kind: 'outvoted', outvoted: 1 },
    { vote: 'late', kind: 'late', outvoted: 0 },
    { vote: 'withheld', kind: 'failed', outvoted: 0 },
    { vote: 'failed', kind: 'failed', outvoted: 0 },
  ] as const)('a vote that ends $vote is told and forgotten, by receipt as by settlement', async ({ vote, kind, outvoted }) => {
    const direct = await computeOne();
    await direct.coordinator.say({ type: 'receipts', receipts: [makeReceipt({ verdict: 'final', vote })] });
    const later = await computeOne();
    await later.coordinator.say({ type: 'receipts', receipts: [makeReceipt()] });
    await later.coordinator.say({ type: 'settled', shards: [{ shard: 1_024 as ShardId, vote }] });
    // Once more says nothing new.
    await later.coordinator.say({ type: 'settled', shards: [{ shard: 1_024 as ShardId, vote }] });
    for (const { clock, runtime, store } of [direct, later]) {
      await clock.advance(100);
      expect(runtime.snapshot().recent[0]).toMatchObject({ kind, index: 0 });
      expect(runtime.snapshot().counts).toMatchObject({ outvoted, unsent: 0, waiting: 0 });
      expect(await store.readResults()).toEqual([]);
    }
  });

  test('a refused result is forgotten with the reason', async () => {
    const { coordinator, runtime, store } = await computeOne();
    const refusal = { code: 'bad-assignment', sentence: 'This assignment belongs to another device.' } as const;
    await coordinator.say({ type: 'receipts', receipts: [makeReceipt({ vote: 'failed', refusal })] });
    expect(runtime.snapshot().recent[0]).toMatchObject({ kind: 'failed', sentence: refusal.sentence });
    expect(await store.readResults()).toEqual([]);
  });
});

describe('idle, cancel, refused, draining', () => {
  test.each(IDLE_REASONS)('idle because of %s says so, and asks again at the time it was told', async (reason) => {
    const scene = await startScene();
    const { clock, coordinator } = scene;
    await coordinator.say({ type: 'idle', reason, retryAfterMs: 2_000 });
    expect(idleReasonOf(scene)).toBe(reason);
    expect(scene.runtime.snapshot().state).toMatchObject({ retryAtMs: clock.nowMs() + 2_000 });
    coordinator.forget();
    await clock.advance(1_999);
    expect(coordinator.heard('want')).toHaveLength(0);
    await clock.advance(1);
    expect(coordinator.heard('want')).toHaveLength(1);
  });

  test('work that is pushed while idle is taken', async () => {
    const { coordinator, pool, stage } = await startScene();
    await coordinator.say({ type: 'idle', reason: 'no-jobs', retryAfterMs: 60_000 });
    await coordinator.say({ type: 'assignments', assignments: [makeAssignment(stage, 0)] });
    expect(pool.runs).toHaveLength(1);
  });

  test('cancel stops what runs, drops what waits, and reports neither', async () => {
    const { coordinator, pool, stage, runtime } = await startScene();
    await coordinator.say({ type: 'assignments', assignments: [0, 1, 2].map((index) => makeAssignment(stage, index)) });
    await coordinator.say({ type: 'cancel', shards: [1_024, 1_025] as ShardId[], reason: 'surplus' });
    expect(pool.runs[0]?.isStopped).toBe(true);
    expect(pool.runs.map(({ request }) => request.shard.base)).toEqual([0, 8]);
    expect(coordinator.heard('results')).toHaveLength(0);
    expect(runtime.snapshot().counts.computed).toBe(0);
  });

  test('the end of a job ends the keeping of its results', async () => {
    const { coordinator, store } = await computeOne();
    await coordinator.say({ type: 'receipts', receipts: [makeReceipt()] });
    await coordinator.say({ type: 'cancel', shards: [1_024] as ShardId[], reason: 'job-ended' });
    expect(await store.readResults()).toEqual([]);
  });

  test('a refusal that passes is a note; one that stays stops the contributor', async () => {
    const { clock, coordinator, runtime } = await startScene();
    await coordinator.say({ type: 'refused', fault: { code: 'bad-message', sentence: 'That was no message.' } });
    expect(runtime.snapshot().recent[0]).toMatchObject({ kind: 'note', sentence: 'That was no message.' });
    const fault = { code: 'upgrade-required', sentence: 'Reload to update.' } as const;
    await coordinator.say({ type: 'refused', fault });
    expect(runtime.snapshot().state).toEqual({ kind: 'stopped', fault });
    await clock.advance(120_000);
    expect(coordinator.connections).toBe(1);
  });

  test('draining is an idle moment with a reason', async () => {
    const scene = await startScene();
    await scene.coordinator.say({ type: 'draining', retryAfterMs: 3_000 });
    expect(idleReasonOf(scene)).toBe('pending-reconnect');
  });
});

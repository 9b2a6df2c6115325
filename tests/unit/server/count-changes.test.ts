// What is counted of a commit: only what was written, each thing under its own word.
import { expect, test } from 'vitest';
import type { Change, CommitReport, Journal } from '../../../server/coordinator/change.ts';
import { changeFigures, countChanges } from '../../../server/count-changes.ts';
import { countDeliveries, deliveryFigures } from '../../../server/count-deliveries.ts';
import type { AccountId, DeviceId } from '../../../src/protocol/ids.ts';
import type { ServerMessage } from '../../../src/protocol/messages.ts';
import { cast, finalise, opening, pay, settle, shardOf } from '../../support/make-changes.ts';
import { makeJobRecord } from '../../support/make-job-record.ts';

const job = makeJobRecord();
const shard = shardOf(job, 0);
const worker = { account: 5 as AccountId, device: 6 as DeviceId };
const NOTHING: CommitReport = { refused: new Map(), balances: new Map(), verifiedShards: new Map(), completed: new Map() };

function journalThat(commit: Journal['commit']): Journal {
  return { commit } as Journal;
}
const ended: Change = { kind: 'job-ended', job: job.id, state: 'done', reason: null, atMs: 1 };
const changes = [
  ...opening(job),
  cast(shard, worker, 0),
  settle(shard, 0, 5n),
  finalise(job, shard, new Uint8Array(1)),
  pay(job, shard, worker.account),
  ended,
];

test('a commit is counted when it is written', async () => {
  const counted = countChanges(journalThat(async () => NOTHING));
  await counted.journal.commit([{ changes }]);
  expect(counted.counts).toEqual({
    votesCast: { gpu: 0, cpu: 1 },
    votesSettled: { agreed: 1 },
    shards: { final: 1 },
    jobsOpened: 1,
    jobsEnded: { done: 1 },
    credits: { hold: Number(job.escrowAmount), pay: 1_000 },
    unitsRefused: 0,
  });
  const moved = changeFigures(counted.counts).find(({ name }) => name === 'credits_moved_total');
  expect(moved?.read()).toEqual({ hold: Number(job.escrowAmount) / 1e6, pay: 0.001 });
});

test('not when it fails, and not the unit that was refused', async () => {
  const failing = countChanges(journalThat(() => Promise.reject(new Error('no disk'))));
  await expect(failing.journal.commit([{ changes }])).rejects.toThrow('no disk');
  expect(failing.counts.jobsOpened).toBe(0);
  const refusing = countChanges(journalThat(async () => ({ ...NOTHING, refused: new Map([[0, { code: 'conflict', sentence: '' }]]) })));
  await refusing.journal.commit([{ changes }, { changes: [ended] }]);
  expect(refusing.counts).toMatchObject({ jobsOpened: 0, jobsEnded: { done: 1 }, unitsRefused: 1 });
});

test('what devices are told is counted and passed on', () => {
  const told: unknown[] = [];
  const { deliverer, counts } = countDeliveries({ deliver: (...all) => void told.push(all), resume: (...all) => void told.push(all) });
  const messages: ServerMessage[] = [
    { type: 'assignments', assignments: [{}, {}] as never },
    { type: 'idle', reason: 'overloaded', retryAfterMs: 1 },
    { type: 'cancel', shards: [shard, shard], reason: 'expired' },
    { type: 'heartbeat', sentAtMs: 1 },
  ];
  for (const message of messages) deliverer.deliver(3, message);
  deliverer.resume(4, { code: 'storage-failed', sentence: '' });
  expect(told).toHaveLength(5);
  expect(counts).toEqual({ handedOut: 2, idle: { overloaded: 1 }, cancelled: { expired: 2 }, bytesWanted: 0, resumed: 1 });
  expect(deliveryFigures(counts).map(({ name }) => name)).toContain('idle_answers_total');
});

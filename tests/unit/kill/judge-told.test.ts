// What the kill command calls lost and doubled: told records against shards as they are found, and jobs against later readings.
import { describe, expect, test } from 'vitest';
import type { JobView, ShardView, VoteView } from '../../../src/protocol/api.ts';
import type { AccountId, DeviceId, Digest, JobId, ShardId } from '../../../src/protocol/ids.ts';
import { judgeEnd, judgeLaterReading, judgeProgress } from '../../kill/job-mill.ts';
import { judgeTold } from '../../kill/judge-told.ts';
import type { ToldVote } from '../../kill/told-record.ts';

const SHARD = 2048 as ShardId;
const ACCOUNT = 7 as AccountId;

const told = (change: Partial<ToldVote> = {}): ToldVote => ({
  shard: SHARD,
  account: ACCOUNT,
  contributor: 'c0',
  isTaken: true,
  state: 'agreed',
  paid: 30n,
  timesPaid: 1,
  ...change,
});
const vote = (change: Partial<VoteView> = {}): VoteView => ({
  account: ACCOUNT,
  accountName: 'c0',
  device: 1 as DeviceId,
  engine: 'cpu',
  copy: 0,
  digest: '0' as Digest,
  state: 'agreed',
  paid: '30',
  atMs: 1,
  ...change,
});
const found = (votes: readonly VoteView[], verdict: ShardView['verdict'] = 'final'): ReadonlyMap<ShardId, ShardView> =>
  new Map([[SHARD, { shard: SHARD, index: 0, base: 0, count: 1, verdict, digest: null, outputs: [], votes }]]);

describe('what contributors were told', () => {
  test('holds when the vote, its pay and its verdict are there', () => expect(judgeTold([told()], found([vote()]))).toEqual([]));
  test('a receipt holds with any later state of the vote', () => {
    const receipt = told({ state: null, paid: null });
    for (const state of ['waiting', 'agreed', 'outvoted', 'late'] as const)
      expect(judgeTold([receipt], found([vote({ state, paid: '0' })], 'pending'))).toEqual([]);
  });

  test.each([
    ['a receipt without a vote', told({ state: null, paid: null }), found([]), 'lost'],
    ['a vote that settled and is gone', told({ isTaken: false, state: 'outvoted', paid: null }), found([]), 'lost'],
    ['a vote of somebody else only', told(), found([vote({ account: 8 as AccountId })]), 'lost'],
    ['a shard that is in no job', told(), new Map(), 'lost'],
    ['a credit that was not paid', told(), found([vote({ paid: '0' })]), 'lost'],
    ['a credit that was paid twice over', told(), found([vote({ paid: '60' })]), 'doubled'],
    ['two votes of one account', told(), found([vote(), vote({ copy: 1 })]), 'doubled'],
    ['a vote that changed its mind', told(), found([vote({ state: 'outvoted' })]), 'lost'],
    ['an agreement whose shard is not final', told(), found([vote()], 'provisional'), 'lost'],
  ] as const)('%s is a violation', (_, record, shards, kind) => {
    expect(judgeTold([record], shards).map((violation) => violation.kind)).toEqual([kind]);
  });
});

describe('what the requester was told', () => {
  const view = (change: Partial<JobView> = {}): JobView =>
    ({ id: 5 as JobId, state: 'running', finalShards: 3, escrow: '100', paid: '30', refunded: '0', reason: null, ...change }) as JobView;

  test('may go on', () => {
    expect(judgeLaterReading(view(), view({ finalShards: 4, paid: '40' }))).toEqual([]);
    expect(judgeLaterReading(view(), view({ state: 'done', finalShards: 9, paid: '90', refunded: '10' }))).toEqual([]);
  });
  test.each([
    ['fewer verified shards', view(), view({ finalShards: 2 }), 'lost'],
    ['less pay', view(), view({ paid: '29' }), 'lost'],
    ['an end taken back', view({ state: 'done' }), view(), 'lost'],
    ['a refund taken back', view({ refunded: '1' }), view(), 'lost'],
    ['another escrow', view(), view({ escrow: '99' }), 'wrong'],
  ] as const)('%s is a violation', (_, before, after, kind) => {
    expect(judgeLaterReading(before, after).map((violation) => violation.kind)).toEqual([kind]);
  });
  test('another end is a violation also where events overtake one another; an older reading is none', () => {
    expect(judgeProgress(view({ state: 'done' }), view({ state: 'cancelled' }))).toHaveLength(1);
    expect(judgeProgress(view({ finalShards: 4 }), view({ finalShards: 3 }))).toEqual([]);
  });
  test.each([
    ['no', 'done', 0],
    ['no', 'failed', 1],
    ['no', 'cancelled', 1],
    ['asked', 'cancelled', 0],
    ['asked', 'done', 0],
    ['yes', 'cancelled', 0],
    ['yes', 'done', 1],
  ] as const)('cancelled: %s and %s are %i violations', (cancelled, state, count) => {
    expect(judgeEnd(cancelled, view({ state }))).toHaveLength(count);
  });
});

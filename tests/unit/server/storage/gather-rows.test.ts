// Changes folded into rows: the last word on a shard, one vote an account, sums for a device.
import { describe, expect, test } from 'vitest';
import type { Change } from '../../../../server/coordinator/change.ts';
import { gatherRows } from '../../../../server/storage/gather-rows.ts';
import { MAX_TRIES, mayRetry, RetryTransaction, withTransaction } from '../../../../server/storage/with-transaction.ts';
import type { AccountId, DeviceId, Digest, JobId, ShardId } from '../../../../src/protocol/ids.ts';

const SHARD = 5 as ShardId;
const DIGEST = 'a'.repeat(64) as Digest;
const OUTPUTS = [{ name: 'out', root: DIGEST, bytes: new Uint8Array(1) }];
const cast = (copy: number, account: number): Change => ({
  kind: 'vote-cast',
  addressRange: null,
  shard: SHARD,
  copy,
  account: account as AccountId,
  device: 9 as DeviceId,
  engine: 'cpu',
  digest: DIGEST,
  elapsedMs: 1,
  outputs: OUTPUTS,
  state: 'waiting',
  atMs: 1,
});
const gather = (changes: readonly Change[]) => gatherRows([{ changes }]);
const settle = (copy: number, state: 'agreed' | 'withheld' | 'waiting'): Change => ({
  kind: 'vote-settled',
  shard: SHARD,
  copy,
  state,
  paid: 3n,
});

test('a vote cast and settled in one batch is one row, and its bytes are not kept', () => {
  const { votes, settled } = gather([cast(0, 1), settle(0, 'agreed')]);
  expect(votes).toMatchObject([{ copy: 0, account: 1, state: 'agreed', paid: 3n, outputs: null }]);
  expect(settled).toEqual([]);
});

test('a vote that still waits keeps its bytes; one of an earlier batch is settled by itself', () => {
  expect(gather([cast(0, 1)]).votes).toMatchObject([{ state: 'waiting', outputs: OUTPUTS }]);
  expect(gather([settle(0, 'agreed')])).toMatchObject({ votes: [], settled: [{ shard: SHARD, copy: 0, state: 'agreed', paid: 3n }] });
});

test('an account’s second vote is dropped, unless the first was withheld', () => {
  expect(gather([cast(0, 1), cast(1, 1), cast(2, 2)]).votes.map((vote) => vote.copy)).toEqual([0, 2]);
  expect(gather([cast(0, 1), settle(0, 'withheld'), cast(1, 1)]).votes.map((vote) => [vote.copy, vote.state])).toEqual([[1, 'waiting']]);
});

test('the last verdict counts, and a device’s gains add up', () => {
  const judged = (verdict: 'provisional' | 'final'): Change => ({
    kind: 'shard-judged',
    job: 1 as JobId,
    shard: SHARD,
    verdict,
    digest: DIGEST,
    outputs: null,
    atMs: 1,
  });
  const gained = (verified: number): Change => ({
    kind: 'device-judged',
    device: 9 as DeviceId,
    verified,
    outvotedExact: 1,
    outvotedTolerance: 2,
    failed: 3,
  });
  const rows = gather([judged('provisional'), gained(1), judged('final'), gained(4)]);
  expect(rows.shards).toMatchObject([{ verdict: 'final' }]);
  expect(rows.devices).toEqual([{ device: 9, verified: 5, outvotedExact: 2, outvotedTolerance: 4, failed: 6 }]);
});

describe('votes of earlier commits that agreed', () => {
  const judged = (verdict: 'provisional' | 'final' | 'failed'): Change => ({
    kind: 'shard-judged',
    job: 1 as JobId,
    shard: SHARD,
    verdict,
    digest: DIGEST,
    outputs: OUTPUTS,
    atMs: 1,
  });

  test('are named by the row of their shard once it is final, and need no update', () => {
    const rows = gather([cast(2, 1), judged('final'), settle(0, 'agreed'), settle(1, 'agreed'), settle(2, 'agreed')]);
    expect(rows.shards).toMatchObject([{ shard: SHARD, agreed: [0, 1], paidEach: 3n }]);
    expect(rows.settled).toEqual([]);
    expect(rows.votes).toMatchObject([{ copy: 2, state: 'agreed', paid: 3n }]);
  });

  test('are updated where another sum was paid, and so is every vote that did not agree', () => {
    const unpaid: Change = { kind: 'vote-settled', shard: SHARD, copy: 1, state: 'agreed', paid: 0n };
    const outvoted: Change = { kind: 'vote-settled', shard: SHARD, copy: 2, state: 'outvoted', paid: 0n };
    const rows = gather([judged('final'), outvoted, settle(0, 'agreed'), unpaid]);
    expect(rows.shards).toMatchObject([{ agreed: [0], paidEach: 3n }]);
    expect(rows.settled).toEqual([
      { shard: SHARD, copy: 2, state: 'outvoted', paid: 0n },
      { shard: SHARD, copy: 1, state: 'agreed', paid: 0n },
    ]);
  });

  test.each(['provisional', 'failed'] as const)('are updated beside a shard that is %s', (verdict) => {
    const rows = gather([judged(verdict), settle(0, 'agreed')]);
    expect(rows.shards).toMatchObject([{ agreed: [] }]);
    expect(rows.settled).toMatchObject([{ copy: 0, state: 'agreed' }]);
  });

  test('are told by their last word', () => {
    expect(gather([settle(0, 'waiting'), settle(0, 'agreed')]).settled).toMatchObject([{ copy: 0, state: 'agreed' }]);
  });
});

test('units of one shard meet in one row, in whatever order; devices come in the order of their numbers', () => {
  const other = { ...cast(0, 3), shard: 6 as ShardId, device: 4 as DeviceId } as Change;
  const gained = (device: number): Change => ({
    kind: 'device-judged',
    device: device as DeviceId,
    verified: 1,
    outvotedExact: 0,
    outvotedTolerance: 0,
    failed: 0,
  });
  const rows = gatherRows([{ changes: [cast(0, 1), gained(9)] }, { changes: [other, gained(4)] }, { changes: [settle(0, 'agreed')] }]);
  expect(rows.votes.map((vote) => [vote.shard, vote.state])).toEqual([
    [5, 'agreed'],
    [6, 'waiting'],
  ]);
  expect(rows.devices.map((row) => row.device)).toEqual([4, 9]);
});

/** A pool whose transactions only count. */
function makePool() {
  const said: string[] = [];
  const client = { query: async (text: string) => void said.push(text), release: () => undefined };
  return { said, pool: { connect: async () => client } as unknown as Parameters<typeof withTransaction>[0] };
}

test('a transaction is tried again when the database asks for it, a few times and no more', async () => {
  const { said, pool } = makePool();
  let tries = 0;
  const run = (failures: number) =>
    withTransaction(pool, async () => {
      if (++tries <= failures) throw new RetryTransaction('again');
      return tries;
    });
  expect(await run(MAX_TRIES - 1)).toBe(MAX_TRIES);
  expect(said).toEqual([...Array.from({ length: MAX_TRIES - 1 }, () => ['begin', 'rollback']).flat(), 'begin', 'commit']);
  tries = 0;
  await expect(run(MAX_TRIES)).rejects.toThrow('again');
});

test.each([
  [{ code: '40001' }, true],
  [{ code: '40P01' }, true],
  [{ code: '23505' }, false],
  [new Error('x'), false],
  [null, false],
])('%j is tried again: %s', (fault, is) => expect(mayRetry(fault)).toBe(is));

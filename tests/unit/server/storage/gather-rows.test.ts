// Changes folded into rows: the last word on a shard, one vote an account, sums for a device.
import { expect, test } from 'vitest';
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
const settle = (copy: number, state: 'agreed' | 'withheld' | 'waiting'): Change => ({
  kind: 'vote-settled',
  shard: SHARD,
  copy,
  state,
  paid: 3n,
});

test('a vote cast and settled in one batch is one row, and its bytes are not kept', () => {
  const { votes, settled } = gatherRows([cast(0, 1), settle(0, 'agreed')]);
  expect(votes).toMatchObject([{ copy: 0, account: 1, state: 'agreed', paid: 3n, outputs: null }]);
  expect(settled).toEqual([]);
});

test('a vote that still waits keeps its bytes; one of an earlier batch is settled by itself', () => {
  expect(gatherRows([cast(0, 1)]).votes).toMatchObject([{ state: 'waiting', outputs: OUTPUTS }]);
  expect(gatherRows([settle(0, 'agreed')])).toMatchObject({ votes: [], settled: [{ shard: SHARD, copy: 0, state: 'agreed', paid: 3n }] });
});

test('an account’s second vote is dropped, unless the first was withheld', () => {
  expect(gatherRows([cast(0, 1), cast(1, 1), cast(2, 2)]).votes.map((vote) => vote.copy)).toEqual([0, 2]);
  expect(gatherRows([cast(0, 1), settle(0, 'withheld'), cast(1, 1)]).votes.map((vote) => [vote.copy, vote.state])).toEqual([
    [1, 'waiting'],
  ]);
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
  const rows = gatherRows([judged('provisional'), gained(1), judged('final'), gained(4)]);
  expect(rows.shards).toMatchObject([{ verdict: 'final' }]);
  expect(rows.devices).toEqual([{ device: 9, verified: 5, outvotedExact: 2, outvotedTolerance: 4, failed: 6 }]);
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

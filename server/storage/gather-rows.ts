// PURE. Folds the changes of many events into rows: one row a shard, one a vote, one a device, whatever happened to it in between.

import type { JobState } from '../../src/protocol/api.ts';
import type { FaultBody } from '../../src/protocol/fault.ts';
import type { AccountId, DeviceId, Digest, JobId, MicroCredits, ShardId } from '../../src/protocol/ids.ts';
import type { Verdict, VoteState } from '../../src/protocol/verdict.ts';
import type { Change, OutputBytes } from '../coordinator/change.ts';
import type { JobRecord } from '../jobs/job-record.ts';

export interface VoteRow {
  readonly shard: ShardId;
  readonly account: AccountId;
  readonly copy: number;
  readonly device: DeviceId;
  readonly addressRange: string | null;
  readonly engine: 'gpu' | 'cpu';
  readonly digest: Digest;
  readonly state: VoteState;
  readonly paid: MicroCredits;
  readonly elapsedMs: number;
  readonly atMs: number;
  readonly outputs: readonly OutputBytes[] | null;
}

/** A vote of an earlier commit. */
export interface SettledRow {
  readonly shard: ShardId;
  readonly copy: number;
  readonly state: VoteState;
  readonly paid: MicroCredits;
}

export interface ShardRow {
  readonly shard: ShardId;
  readonly job: JobId;
  readonly verdict: Verdict;
  readonly digest: Digest | null;
  readonly outputs: readonly OutputBytes[] | null;
  readonly atMs: number;
}

export interface DeviceRow {
  readonly device: DeviceId;
  readonly verified: number;
  readonly outvotedExact: number;
  readonly outvotedTolerance: number;
  readonly failed: number;
}

export interface EndedRow {
  readonly job: JobId;
  readonly state: JobState;
  readonly reason: FaultBody | null;
  readonly atMs: number;
}

export interface Rows {
  readonly created: readonly JobRecord[];
  readonly ended: readonly EndedRow[];
  readonly votes: readonly VoteRow[];
  readonly settled: readonly SettledRow[];
  readonly shards: readonly ShardRow[];
  readonly devices: readonly DeviceRow[];
}

interface Gathering {
  readonly created: JobRecord[];
  readonly ended: Map<JobId, EndedRow>;
  /** By shard and account: a vote counts once. */
  readonly votes: Map<string, VoteRow>;
  /** By shard and copy, to the key in `votes`. */
  readonly castHere: Map<string, string>;
  readonly settled: Map<string, SettledRow>;
  readonly shards: Map<ShardId, ShardRow>;
  readonly devices: Map<DeviceId, DeviceRow>;
}

export function gatherRows(changes: readonly Change[]): Rows {
  const rows: Gathering = {
    created: [],
    ended: new Map(),
    votes: new Map(),
    castHere: new Map(),
    settled: new Map(),
    shards: new Map(),
    devices: new Map(),
  };
  for (const change of changes) gather(rows, change);
  return {
    created: rows.created,
    ended: [...rows.ended.values()],
    votes: [...rows.votes.values()],
    settled: [...rows.settled.values()],
    shards: [...rows.shards.values()],
    devices: [...rows.devices.values()],
  };
}

function gather(rows: Gathering, change: Change): void {
  switch (change.kind) {
    case 'job-created':
      rows.created.push(change.job);
      return;
    case 'job-ended':
      rows.ended.set(change.job, change);
      return;
    case 'vote-cast':
      return castVote(rows, { ...change, paid: 0n });
    case 'vote-settled':
      return settleVote(rows, change);
    case 'shard-judged':
      rows.shards.set(change.shard, change);
      return;
    case 'device-judged':
      return addToDevice(rows, change);
    case 'transfer':
      // Money is decided under locks, by the ledger.
      return;
  }
}

function castVote(rows: Gathering, vote: VoteRow): void {
  const key = `${vote.shard}:${vote.account}`;
  const known = rows.votes.get(key);
  if (known && known.state !== 'withheld') return;
  rows.votes.set(key, vote);
  rows.castHere.set(`${vote.shard}:${vote.copy}`, key);
}

/** A settled vote is not compared again, so its bytes are not kept. */
function settleVote(rows: Gathering, { shard, copy, state, paid }: SettledRow): void {
  const key = rows.castHere.get(`${shard}:${copy}`);
  const vote = key === undefined ? undefined : rows.votes.get(key);
  if (key !== undefined && vote) rows.votes.set(key, { ...vote, state, paid, outputs: state === 'waiting' ? vote.outputs : null });
  else rows.settled.set(`${shard}:${copy}`, { shard, copy, state, paid });
}

function addToDevice(rows: Gathering, { device, verified, outvotedExact, outvotedTolerance, failed }: DeviceRow): void {
  const known = rows.devices.get(device);
  rows.devices.set(device, {
    device,
    verified: verified + (known?.verified ?? 0),
    outvotedExact: outvotedExact + (known?.outvotedExact ?? 0),
    outvotedTolerance: outvotedTolerance + (known?.outvotedTolerance ?? 0),
    failed: failed + (known?.failed ?? 0),
  });
}

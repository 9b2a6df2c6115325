// PURE. Folds the changes of many events into rows: one row a shard, one a vote, one a device, whatever happened to it in between.

import type { JobState } from '../../src/protocol/api.ts';
import type { FaultBody } from '../../src/protocol/fault.ts';
import type { AccountId, BlockId, DeviceId, Digest, JobId, MicroCredits, ShardId } from '../../src/protocol/ids.ts';
import type { Verdict, VoteState } from '../../src/protocol/verdict.ts';
import type { Change, CommitUnit, OutputBytes } from '../coordinator/change.ts';
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
  /** Copies of earlier commits that agreed, each paid `paidEach`: their votes need no update. */
  readonly agreed: readonly number[];
  readonly paidEach: MicroCredits;
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
  /** Blocks of a created job that belong to this process at once; all where nothing is said. */
  readonly owned: ReadonlyMap<JobId, number>;
  readonly ended: readonly EndedRow[];
  readonly votes: readonly VoteRow[];
  readonly settled: readonly SettledRow[];
  readonly shards: readonly ShardRow[];
  readonly devices: readonly DeviceRow[];
  /** Blocks that another process may take. */
  readonly released: readonly BlockId[];
  /** Jobs that have ended elsewhere. */
  readonly left: readonly JobId[];
  readonly rejected: readonly Extract<Change, { kind: 'results-rejected' }>[];
}

type Writable<Row> = { -readonly [Column in keyof Row]: Row[Column] };
type Judged = Omit<Extract<Change, { kind: 'shard-judged' }>, 'kind'>;

/** All that happened to one shard; almost always one or two votes, so that they are found by looking at each. */
interface Gathered {
  judged: Judged | null;
  readonly votes: Writable<VoteRow>[];
  /** Of earlier commits; the last word on a copy counts. */
  settled: SettledRow[] | null;
}

interface Gathering {
  readonly released: BlockId[];
  readonly left: JobId[];
  readonly rejected: Extract<Change, { kind: 'results-rejected' }>[];
  readonly created: JobRecord[];
  readonly owned: Map<JobId, number>;
  readonly ended: Map<JobId, EndedRow>;
  readonly shards: Map<ShardId, Gathered>;
  readonly devices: Map<DeviceId, Writable<DeviceRow>>;
  /** The changes of one event mostly speak of one shard. */
  lastShard: ShardId | null;
  last: Gathered | null;
}

export function gatherRows(units: Iterable<CommitUnit>): Rows {
  const gathering: Gathering = {
    released: [],
    left: [],
    rejected: [],
    created: [],
    owned: new Map(),
    ended: new Map(),
    shards: new Map(),
    devices: new Map(),
    lastShard: null,
    last: null,
  };
  for (const { changes } of units) for (const change of changes) gather(gathering, change);
  const votes: VoteRow[] = [];
  const settled: SettledRow[] = [];
  const shards: ShardRow[] = [];
  for (const shard of gathering.shards.values()) {
    for (const vote of shard.votes) votes.push(vote);
    if (shard.judged) shards.push(makeShardRow(shard.judged, shard.settled, settled));
    else if (shard.settled) settled.push(...shard.settled);
  }
  return {
    released: gathering.released,
    left: gathering.left,
    rejected: gathering.rejected,
    created: gathering.created,
    owned: gathering.owned,
    ended: [...gathering.ended.values()],
    votes,
    settled,
    shards,
    // in one order, so that two coordinators never wait for each other in a circle
    devices: [...gathering.devices.values()].sort((a, b) => a.device - b.device),
  };
}

function gather(rows: Gathering, change: Change): void {
  switch (change.kind) {
    case 'job-created':
      rows.created.push(change.job);
      if (change.owned !== undefined) rows.owned.set(change.job.id, change.owned);
      return;
    case 'job-ended':
      rows.ended.set(change.job, change);
      return;
    case 'vote-cast':
      return castVote(shardOf(rows, change.shard), change);
    case 'vote-settled':
      return settleVote(shardOf(rows, change.shard), change);
    case 'shard-judged':
      shardOf(rows, change.shard).judged = change;
      return;
    case 'device-judged':
      return addToDevice(rows, change);
    case 'job-left':
      rows.left.push(change.job);
      return;
    case 'blocks-released':
      rows.released.push(...change.blocks);
      return;
    case 'results-rejected':
      rows.rejected.push(change);
      return;
    case 'transfer':
      // Money is decided under locks, by the ledger.
      return;
  }
}

function shardOf(rows: Gathering, id: ShardId): Gathered {
  if (rows.lastShard === id && rows.last) return rows.last;
  let shard = rows.shards.get(id);
  if (!shard) {
    shard = { judged: null, votes: [], settled: null };
    rows.shards.set(id, shard);
  }
  rows.lastShard = id;
  rows.last = shard;
  return shard;
}

function castVote(shard: Gathered, vote: Extract<Change, { kind: 'vote-cast' }>): void {
  const at = shard.votes.findIndex((known) => known.account === vote.account);
  if (at >= 0 && shard.votes[at]!.state !== 'withheld') return;
  const row: Writable<VoteRow> = {
    shard: vote.shard,
    account: vote.account,
    copy: vote.copy,
    device: vote.device,
    addressRange: vote.addressRange,
    engine: vote.engine,
    digest: vote.digest,
    state: vote.state,
    paid: 0n,
    elapsedMs: vote.elapsedMs,
    atMs: vote.atMs,
    outputs: vote.outputs,
  };
  if (at >= 0) shard.votes[at] = row;
  else shard.votes.push(row);
}

/** A settled vote is not compared again, so its bytes are not kept. */
function settleVote(shard: Gathered, settled: SettledRow): void {
  const vote = shard.votes.find((candidate) => candidate.copy === settled.copy);
  if (!vote) {
    const others = shard.settled?.filter((known) => known.copy !== settled.copy) ?? [];
    const { copy, state, paid } = settled;
    shard.settled = [...others, { shard: settled.shard, copy, state, paid }];
    return;
  }
  vote.state = settled.state;
  vote.paid = settled.paid;
  if (settled.state !== 'waiting') vote.outputs = null;
}

/** Copies that agreed are named by their shard's row; what became of others is `left` for an update of their own. */
function makeShardRow(judged: Judged, settled: readonly SettledRow[] | null, left: SettledRow[]): ShardRow {
  const { shard, job, verdict, digest, outputs, atMs } = judged;
  const agreed: number[] = [];
  let paidEach: MicroCredits = 0n;
  for (const vote of settled ?? []) {
    const isFirst = agreed.length === 0;
    const isTold = verdict === 'final' && vote.state === 'agreed' && (isFirst || vote.paid === paidEach);
    if (isTold) {
      agreed.push(vote.copy);
      paidEach = vote.paid;
    } else left.push(vote);
  }
  return { shard, job, verdict, digest, outputs, atMs, agreed, paidEach };
}

function addToDevice(rows: Gathering, gain: DeviceRow): void {
  const known = rows.devices.get(gain.device);
  if (!known) {
    const { device, verified, outvotedExact, outvotedTolerance, failed } = gain;
    rows.devices.set(device, { device, verified, outvotedExact, outvotedTolerance, failed });
    return;
  }
  known.verified += gain.verified;
  known.outvotedExact += gain.outvotedExact;
  known.outvotedTolerance += gain.outvotedTolerance;
  known.failed += gain.failed;
}

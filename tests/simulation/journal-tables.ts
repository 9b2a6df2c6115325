// The tables of a journal in memory: a commit writes all of its changes, in the order they were decided, or none.
import type { Change, CommitReport, CommitUnit, LoadedDevice } from '../../server/coordinator/change.ts';
import type { BlockRecord, JobRecord } from '../../server/jobs/job-record.ts';
import { type PostedEntry, type Posting, postTransfers } from '../../server/ledger/post-transfers.ts';
import type { LockedAccount, SiteShare } from '../../server/ledger/transfer.ts';
import type { AccountKind, JobState } from '../../src/protocol/api.ts';
import { Fault, type FaultBody } from '../../src/protocol/fault.ts';
import {
  type AccountId,
  type BlockId,
  type DeviceId,
  type JobId,
  type MicroCredits,
  makeShardId,
  type ShardId,
} from '../../src/protocol/ids.ts';
import { checkFence, leaveJob } from './journal-shares.ts';

export interface AccountRow {
  readonly id: AccountId;
  readonly kind: AccountKind;
  readonly earned: MicroCredits;
  readonly granted: MicroCredits;
  readonly verifiedShards: number;
}

export interface JobRow {
  readonly record: JobRecord;
  readonly state: JobState;
  readonly reason: FaultBody | null;
  readonly endedAtMs: number | null;
}

export type VoteRow = Omit<Extract<Change, { kind: 'vote-cast' }>, 'kind'> & { readonly paid: MicroCredits };
export type ShardRow = Omit<Extract<Change, { kind: 'shard-judged' }>, 'kind'>;

export interface BlockRow {
  readonly job: JobId;
  readonly block: BlockRecord;
  /** Epoch of the process that decides about its shards. */
  readonly owner: number | null;
}

export interface ProcessRow {
  readonly instance: string;
  readonly seenAtMs: number;
}

export interface JournalTables {
  readonly accounts: Map<AccountId, AccountRow>;
  readonly jobs: Map<JobId, JobRow>;
  readonly blocks: Map<BlockId, BlockRow>;
  /** Coordinators that may write, by epoch. */
  readonly processes: Map<number, ProcessRow>;
  readonly shards: Map<ShardId, ShardRow>;
  /** One vote counts for a shard and account. */
  readonly votes: Map<ShardId, Map<AccountId, VoteRow>>;
  readonly devices: Map<DeviceId, LoadedDevice>;
  /** Accounts that came through a site's widget. */
  readonly visitors: Map<AccountId, SiteShare>;
  readonly entries: PostedEntry[];
  readonly guestCap: MicroCredits;
  epoch: number;
  lastId: number;
  lastTransfer: number;
  commits: number;
}

export function createTables(guestCap: MicroCredits): JournalTables {
  return {
    accounts: new Map(),
    jobs: new Map(),
    blocks: new Map(),
    processes: new Map(),
    shards: new Map(),
    votes: new Map(),
    devices: new Map(),
    visitors: new Map(),
    entries: [],
    guestCap,
    epoch: 0,
    lastId: 100,
    lastTransfer: 0,
    commits: 0,
  };
}

export function addAccount(tables: JournalTables, id: AccountId, kind: AccountKind): void {
  tables.accounts.set(id, { id, kind, earned: 0n, granted: 0n, verifiedShards: 0 });
}

export function addDevice(tables: JournalTables, device: DeviceId): void {
  tables.devices.set(device, { device, verified: 0, outvotedExact: 0, outvotedTolerance: 0, failed: 0 });
}

/** `epoch`: of the process that writes; null where none was claimed. Throws when nothing was written. */
export function commitUnits(tables: JournalTables, units: readonly CommitUnit[], epoch: number | null): CommitReport {
  if (epoch !== null) checkFence(tables, units, epoch);
  const posting = postAll(tables, units);
  const changes = units.flatMap((unit, at) => (posting.refused.has(at) ? [] : unit.changes));
  for (const change of changes) {
    if (change.kind === 'job-created' && tables.jobs.has(change.job.id))
      throw new Fault('internal', `Job ${change.job.id} is there already.`);
  }
  // nothing below may fail: from here on it is written
  tables.commits++;
  for (const change of changes) writeChange(tables, change, epoch);
  // last, as nothing of the commit may be about blocks that are no longer the process's
  for (const change of changes) if (change.kind === 'job-left' || change.kind === 'job-ended') leaveJob(tables, change.job, epoch);
  const credit = writeCredit(tables, posting);
  return { ...credit, refused: posting.refused, completed: listCompleted(tables, changes) };
}

/** Running jobs of which this commit decided the last shard, with how many failed. */
function listCompleted(tables: JournalTables, changes: readonly Change[]): ReadonlyMap<JobId, number> {
  const completed = new Map<JobId, number>();
  const touched = new Set(changes.flatMap((change) => (change.kind === 'shard-judged' ? [change.job] : [])));
  for (const id of touched) {
    const job = tables.jobs.get(id);
    if (job?.state !== 'running') continue;
    const verdicts = listShards(job.record).map((shard) => tables.shards.get(shard)?.verdict);
    const failed = verdicts.filter((verdict) => verdict === 'failed').length;
    if (verdicts.every((verdict) => verdict === 'final' || verdict === 'failed')) completed.set(id, failed);
  }
  return completed;
}

export function listShards({ blocks }: JobRecord): readonly ShardId[] {
  return blocks.flatMap(({ id, n }) => Array.from({ length: n }, (_, offset) => makeShardId(id, offset)));
}

/** In the order in which it was decided: that is what a journal means, however it groups its statements. */
function writeChange(tables: JournalTables, change: Change, epoch: number | null): void {
  switch (change.kind) {
    case 'job-created':
      return createJob(tables, change.job, { owner: epoch, owned: change.owned ?? change.job.blocks.length });
    case 'job-ended': {
      const known = tables.jobs.get(change.job);
      const { state, reason, atMs } = change;
      if (known?.state === 'running') tables.jobs.set(change.job, { ...known, state, reason, endedAtMs: atMs });
      return;
    }
    case 'vote-cast':
      return castVote(tables, change);
    case 'vote-settled':
      return settleVote(tables, change);
    case 'shard-judged':
      tables.shards.set(change.shard, change);
      return;
    case 'device-judged':
      return addToDevice(tables, change);
    case 'results-rejected':
    case 'transfer':
    case 'job-left':
      // money is decided against the balances, all of it at once; blocks are left when all is written
      return;
    case 'blocks-released':
      for (const id of change.blocks) {
        const known = tables.blocks.get(id);
        if (known?.owner === epoch) tables.blocks.set(id, { ...known, owner: null });
      }
      return;
  }
}

function postAll(tables: JournalTables, units: readonly CommitUnit[]): Posting {
  const transfers = units.map((unit) =>
    unit.changes.filter((change) => change.kind === 'transfer').map((change) => splitForSite(tables, change)),
  );
  const accounts = new Map<AccountId, LockedAccount>();
  for (const { id, kind, earned, granted } of tables.accounts.values()) accounts.set(id, { id, kind, balance: { earned, granted } });
  for (const unit of units) {
    for (const change of unit.changes) {
      if (change.kind !== 'job-created') continue;
      accounts.set(change.job.escrow, { id: change.job.escrow, kind: 'escrow', balance: { earned: 0n, granted: 0n } });
    }
  }
  return postTransfers(accounts, transfers, { guestCap: tables.guestCap, nextId: () => ++tables.lastTransfer });
}

/** As storage does it: the core knows nothing of sites. */
function splitForSite<Posted extends Extract<Change, { kind: 'transfer' }>>({ visitors }: JournalTables, change: Posted): Posted {
  const { transfer } = change;
  const site = transfer.kind === 'pay' ? visitors.get(transfer.contributor) : undefined;
  return site === undefined ? change : { ...change, transfer: { ...transfer, site } };
}

function createJob(
  tables: JournalTables,
  record: JobRecord,
  { owner, owned }: { readonly owner: number | null; readonly owned: number },
): void {
  tables.jobs.set(record.id, { record, state: record.state, reason: record.reason, endedAtMs: record.endedAtMs });
  addAccount(tables, record.escrow, 'escrow');
  record.blocks.forEach((block, at) => tables.blocks.set(block.id, { job: record.id, block, owner: at < owned ? owner : null }));
}

/** Counts once for a shard and account, unless the account's earlier vote was void because it kept back its bytes. */
function castVote(tables: JournalTables, vote: Extract<Change, { kind: 'vote-cast' }>): void {
  const votes = tables.votes.get(vote.shard) ?? new Map<AccountId, VoteRow>();
  tables.votes.set(vote.shard, votes);
  const known = votes.get(vote.account);
  if (!known || known.state === 'withheld') votes.set(vote.account, { ...vote, paid: 0n });
}

/** A settled vote is not compared again, so its bytes are not kept. */
function settleVote(tables: JournalTables, { shard, copy, state, paid }: Extract<Change, { kind: 'vote-settled' }>): void {
  const votes = tables.votes.get(shard);
  for (const vote of votes?.values() ?? []) {
    if (vote.copy !== copy || vote.state !== 'waiting') continue;
    votes?.set(vote.account, { ...vote, state, paid, outputs: state === 'waiting' ? vote.outputs : null });
  }
}

function addToDevice(tables: JournalTables, row: LoadedDevice): void {
  const known = tables.devices.get(row.device);
  if (!known) return;
  tables.devices.set(row.device, {
    device: row.device,
    verified: known.verified + row.verified,
    outvotedExact: known.outvotedExact + row.outvotedExact,
    outvotedTolerance: known.outvotedTolerance + row.outvotedTolerance,
    failed: known.failed + row.failed,
  });
}

function writeCredit(tables: JournalTables, posting: Posting): Pick<CommitReport, 'balances' | 'verifiedShards'> {
  const balances = new Map<AccountId, MicroCredits>();
  const verifiedShards = new Map<AccountId, number>();
  for (const id of new Set([...posting.balances.keys(), ...posting.paidShards.keys()])) {
    const known = tables.accounts.get(id)!;
    const { earned, granted } = posting.balances.get(id) ?? known;
    const paid = posting.paidShards.get(id) ?? 0;
    tables.accounts.set(id, { ...known, earned, granted, verifiedShards: known.verifiedShards + paid });
    balances.set(id, earned + granted);
    if (paid > 0) verifiedShards.set(id, known.verifiedShards + paid);
  }
  for (const entry of posting.entries) tables.entries.push(entry);
  return { balances, verifiedShards };
}

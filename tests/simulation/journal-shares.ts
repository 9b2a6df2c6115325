// How coordinators share the tables of a journal in memory: who lives, who owns which blocks, what each may write and reads back.
import type { CommitUnit, LoadedShard, LoadedState, Sharing } from '../../server/coordinator/change.ts';
import type { BlockRecord } from '../../server/jobs/job-record.ts';
import { Fault } from '../../src/protocol/fault.ts';
import { type BlockId, blockOfShard, type JobId, type ShardId } from '../../src/protocol/ids.ts';
import type { BlockRow, JournalTables, VoteRow } from './journal-tables.ts';

/** A process that was not seen for so long is thought dead. */
export const SEEN_WITHIN_MS = 10_000;

export function claimEpoch(tables: JournalTables, instance: string, nowMs: number): number {
  for (const [epoch, row] of tables.processes) if (row.instance === instance) tables.processes.delete(epoch);
  tables.epoch++;
  tables.processes.set(tables.epoch, { instance, seenAtMs: nowMs });
  return tables.epoch;
}

/** Throws the fence where another has taken the process's place; changes nothing else. */
export function renewShare(tables: JournalTables, epoch: number, nowMs: number): Sharing {
  const own = tables.processes.get(epoch);
  if (!own) throw makeFenced();
  tables.processes.set(epoch, { ...own, seenAtMs: nowMs });
  const ended = new Set<JobId>();
  let blocks = 0;
  for (const row of tables.blocks.values()) {
    if (row.owner !== epoch) continue;
    if (tables.jobs.get(row.job)?.state === 'running') blocks++;
    else ended.add(row.job);
  }
  const others = [...tables.processes].filter(([other, row]) => other !== epoch && isLiving(row.seenAtMs, nowMs)).length;
  return { others, ended: [...ended], blocks };
}

function isLiving(seenAtMs: number, nowMs: number): boolean {
  return nowMs - seenAtMs < SEEN_WITHIN_MS;
}

/** The process's blocks of the job, which is over, are nobody's. */
export function leaveJob(tables: JournalTables, job: JobId, epoch: number | null): void {
  for (const [id, row] of tables.blocks) {
    if (row.job === job && row.owner === epoch) tables.blocks.set(id, { ...row, owner: null });
  }
}

/** Oldest jobs first. */
export function claimBlocks(tables: JournalTables, epoch: number, limit: number, nowMs: number): readonly BlockId[] {
  const free = [...tables.blocks].filter(([, row]) => {
    if (tables.jobs.get(row.job)?.state !== 'running' || row.owner === epoch) return false;
    const owner = row.owner === null ? undefined : tables.processes.get(row.owner);
    return !owner || !isLiving(owner.seenAtMs, nowMs);
  });
  free.sort(([, a], [, b]) => a.job - b.job || a.block.lo - b.block.lo);
  const claimed = free.slice(0, limit);
  for (const [id, row] of claimed) tables.blocks.set(id, { ...row, owner: epoch });
  return claimed.map(([id]) => id);
}

/** Throws when the process was replaced, when blocks it decided about are another's, when a job it judged shards of has ended. */
export function checkFence(tables: JournalTables, units: readonly CommitUnit[], epoch: number): void {
  if (!tables.processes.has(epoch)) throw makeFenced();
  const changes = units.flatMap((unit) => unit.changes);
  const created = new Set(changes.flatMap((change) => (change.kind === 'job-created' ? [change.job.id] : [])));
  for (const change of changes) {
    const isAboutShard = change.kind === 'vote-cast' || change.kind === 'vote-settled' || change.kind === 'shard-judged';
    if (isAboutShard && tables.blocks.get(blockOfShard(change.shard))?.owner !== epoch)
      throw makeStale('Another coordinator owns the blocks');
    if (change.kind !== 'shard-judged' || created.has(change.job)) continue;
    if (tables.jobs.get(change.job)?.state !== 'running') throw makeStale('Another coordinator has ended a job');
  }
}

function makeFenced(): Fault {
  return new Fault('storage-failed', 'Another coordinator has taken this one’s place.', { facts: { isFenced: true } });
}

function makeStale(what: string): Fault {
  return new Fault('storage-failed', `${what}; nothing of this commit was written.`, { facts: { isStale: true } });
}

export interface LoadedPart {
  /** Null: whoever owns it. */
  readonly owner: number | null;
  readonly named: readonly BlockId[] | null;
}

/** What the core needs to go on: running jobs, their judged shards, the votes of shards not yet decided. */
export function readState(tables: JournalTables, { owner, named }: LoadedPart): LoadedState {
  const isPart = (id: BlockId, row: BlockRow): boolean =>
    tables.jobs.get(row.job)?.state === 'running' && (owner === null || row.owner === owner) && (named === null || named.includes(id));
  const part = new Map<JobId, BlockRecord[]>();
  for (const [id, row] of tables.blocks) {
    if (!isPart(id, row)) continue;
    const blocks = part.get(row.job) ?? [];
    part.set(row.job, blocks);
    blocks.push(row.block);
  }
  const jobs = [...part].map(([id, blocks]) => ({
    ...tables.jobs.get(id)!.record,
    blocks: blocks.sort((one, other) => one.lo - other.lo),
  }));
  jobs.sort((one, other) => one.id - other.id);
  const ids = new Set(jobs.flatMap(({ blocks }) => blocks.map(({ id }) => id)));
  const isRead = (shard: ShardId): boolean => ids.has(blockOfShard(shard));
  const shards = [...tables.shards.values()]
    .filter(({ shard }) => isRead(shard))
    .map(({ shard, verdict, digest }): LoadedShard => ({ shard, verdict, digest }));
  shards.sort((a, b) => a.shard - b.shard);
  const decided = new Set(shards.filter(({ verdict }) => verdict === 'final' || verdict === 'failed').map(({ shard }) => shard));
  const votes: VoteRow[] = [];
  for (const [shard, byAccount] of tables.votes) if (isRead(shard) && !decided.has(shard)) votes.push(...byAccount.values());
  votes.sort((a, b) => a.shard - b.shard || a.copy - b.copy);
  const voters = new Set(votes.map(({ device }) => device));
  return {
    jobs,
    shards,
    votes: votes.map(({ shard, copy, account, device, addressRange, engine, digest, state, elapsedMs, outputs }) => ({
      shard,
      copy,
      account,
      device,
      addressRange,
      engine,
      digest,
      state,
      elapsedMs,
      outputs,
    })),
    devices: [...tables.devices.values()].filter(({ device }) => voters.has(device)),
  };
}

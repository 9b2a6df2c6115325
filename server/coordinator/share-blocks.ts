// Woken when this process renewed its share of the database: jobs that ended elsewhere are dropped, blocks that others could serve are given back.
import { isDecided, type JobInPlay, removeBlock } from '../jobs/job-in-play.ts';
import type { BlockRecord } from '../jobs/job-record.ts';
import { pickKeep } from '../scheduling/pick-claim.ts';
import type { Sharing } from './change.ts';
import { countFreshShards } from './count-state.ts';
import { closeShards } from './end-job.ts';
import { type CoordinatorState, type OutcomeBuilder, removeJob } from './state.ts';

/** Renewals (one a second) at which everybody here waited in vain before begun blocks are given to others, who may have other accounts. */
export const STUCK_RENEWALS = 10;
/** Then none are taken for so many: else the one who gave them back might be the first to take them. */
export const REST_RENEWALS = 5;

export function shareBlocks(state: CoordinatorState, sharing: Sharing, out: OutcomeBuilder): void {
  for (const id of sharing.ended) {
    const job = state.jobs.get(id);
    if (job) dropJob(state, job, out);
    out.changes.push({ kind: 'job-left', job: id });
  }
  const keep = pickKeep({ others: sharing.others, sessions: state.sessions.size, freshPerSecond: state.freshHandedOut });
  state.freshHandedOut = 0;
  state.stuckRenewals = isStuck(state) ? state.stuckRenewals + 1 : 0;
  if (sharing.others === 0) return;
  const isHopeless = state.sessions.size === 0 || state.stuckRenewals >= STUCK_RENEWALS;
  if (isHopeless) {
    state.stuckRenewals = 0;
    state.restRenewals = REST_RENEWALS;
  } else if (state.restRenewals > 0) state.restRenewals--;
  const released = isHopeless ? releaseAll(state) : releaseFresh(state, keep);
  if (released.length > 0) out.changes.push({ kind: 'blocks-released', blocks: released.map((block) => block.id) });
}

/** Everybody connected has asked, holds nothing, and could not be served. */
function isStuck(state: CoordinatorState): boolean {
  for (const session of state.sessions.values()) if (session.inFlight > 0 || session.pendingWant === 0) return false;
  return state.sessions.size > 0 && state.jobs.size > 0;
}

/** What was never begun and is more than can be handed out soon; the newest jobs first. */
function releaseFresh(state: CoordinatorState, keep: number): readonly BlockRecord[] {
  const released: BlockRecord[] = [];
  let excess = countFreshShards(state) - keep;
  for (const job of [...state.jobs.values()].reverse()) {
    const busy = findBusy(job);
    // the first may be begun
    for (const block of job.freshBlocks.slice(1).reverse()) {
      if (busy.has(positionOf(job, block))) continue;
      if (excess < block.n) return released;
      excess -= block.n;
      release(state, job, block);
      released.push(block);
    }
  }
  return released;
}

function releaseAll(state: CoordinatorState): readonly BlockRecord[] {
  return [...state.jobs.values()].flatMap((job) => releaseFrom(state, job));
}

/** Blocks in which nothing is out and nothing waits for bytes; their votes are in the journal. */
function releaseFrom(state: CoordinatorState, job: JobInPlay): readonly BlockRecord[] {
  const busy = findBusy(job);
  const spare = job.blocks.filter((block) => !busy.has(positionOf(job, block)) && !isDone(job, block));
  for (const block of spare) release(state, job, block);
  return spare;
}

/** Positions of blocks in which a copy is out, or bytes are waited for. */
function findBusy(job: JobInPlay): ReadonlySet<number> {
  const busy = new Set<number>();
  for (const shard of job.open.values()) {
    if (shard.leases.length > 0 || shard.provisional) busy.add(Math.floor(shard.index / job.record.blockShards));
  }
  return busy;
}

function positionOf(job: JobInPlay, block: BlockRecord): number {
  return block.lo / job.record.blockShards;
}

function release(state: CoordinatorState, job: JobInPlay, block: BlockRecord): void {
  removeBlock(job, block);
  state.blocks.delete(block.id);
  if (job.blocks.length === 0) removeJob(state, job);
}

function isDone(job: JobInPlay, { lo, n }: BlockRecord): boolean {
  for (let index = lo; index < lo + n; index++) if (!isDecided(job, index)) return false;
  return true;
}

/** Another process has written its end: what is open here is too late. */
function dropJob(state: CoordinatorState, job: JobInPlay, out: OutcomeBuilder): void {
  closeShards(state, job, out);
  out.notices.push({ job: job.record.id, type: 'ended' });
  removeJob(state, job);
}

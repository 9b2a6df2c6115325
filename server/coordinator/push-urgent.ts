// Woken by the clock after leases ended: copies that were lost go at once to devices that have room, so that nobody's shard waits behind what was never begun.
import type { Assignment } from '../../src/protocol/assignment.ts';
import { MAX_ASSIGNMENTS_IN_FLIGHT } from '../../src/protocol/messages.ts';
import type { JobInPlay, ShardInPlay } from '../jobs/job-in-play.ts';
import { takeFromQueue } from '../jobs/job-in-play.ts';
import { refuseHolder } from '../scheduling/pick-shard.ts';
import { leaseMs } from '../scheduling/size-grant.ts';
import { isDoubted } from '../verification/device-record.ts';
import { assign, isCanaryTurn, refuseJob, refuseSession } from './lease-shards.ts';
import type { CoordinatorState, DeviceSession, OutcomeBuilder } from './state.ts';

/** Copies looked at in one turn of the clock; the others wait for the next, or for a device that asks. */
const MAX_PUSHED = 512;
/** What one device is given in a turn without having asked. */
const MAX_PUSHED_A_DEVICE = 16;
/** Devices looked at for one copy. */
const MAX_LOOKED_AT = 64;
/** Who holds more than half of what it may is not given more unasked. */
const MAX_HELD = MAX_ASSIGNMENTS_IN_FLIGHT / 2;

interface Taker {
  readonly session: DeviceSession;
  readonly assignments: Assignment[];
}

export function pushUrgent(state: CoordinatorState, nowMs: number, out: OutcomeBuilder): void {
  const jobs = [...state.jobs.values()].filter((job) => job.urgent.size > 0);
  if (jobs.length === 0) return;
  const all = listTakers(state);
  const takers = [...all];
  let looked = 0;
  for (const job of jobs) {
    for (const index of [...job.urgent]) {
      const shard = job.open.get(index);
      if (!shard?.isQueued) {
        job.urgent.delete(index);
        continue;
      }
      if (takers.length === 0 || looked++ >= MAX_PUSHED) continue;
      push(state, job, shard, takers, nowMs);
    }
  }
  for (const { session, assignments } of all) {
    if (assignments.length > 0)
      out.messages.push({ session: session.session, message: { type: 'assignments', assignments }, afterCommit: false });
  }
}

/** Those with room, the least busy first. */
function listTakers(state: CoordinatorState): Taker[] {
  const takers: Taker[] = [];
  for (const session of state.sessions.values()) {
    // a device that never asked may be paused
    if (session.workgroupsPerSecond <= 0 || session.inFlight >= MAX_HELD || isDoubted(session.record)) continue;
    if (refuseSession(state, session) === null) takers.push({ session, assignments: [] });
  }
  return takers.sort((a, b) => loadOf(a.session) - loadOf(b.session));
}

function loadOf({ inFlight, workgroupsPerSecond }: DeviceSession): number {
  return inFlight / workgroupsPerSecond;
}

function push(state: CoordinatorState, job: JobInPlay, shard: ShardInPlay, takers: Taker[], nowMs: number): void {
  const { workgroupsPerShard } = job.record.manifest;
  const at = takers.slice(0, MAX_LOOKED_AT).findIndex(({ session }) => mayTake(job, shard, session));
  const taker = takers[at];
  if (!taker) return;
  const { session } = taker;
  takeFromQueue(job, shard);
  const duration = leaseMs({ held: session.inFlight + 1, workgroupsPerSecond: session.workgroupsPerSecond, workgroupsPerShard });
  taker.assignments.push(assign(state, job, shard, session, nowMs, duration));
  // the next copy begins with the next device
  takers.splice(at, 1);
  if (taker.assignments.length < MAX_PUSHED_A_DEVICE && session.inFlight < MAX_HELD) takers.push(taker);
}

function mayTake(job: JobInPlay, shard: ShardInPlay, session: DeviceSession): boolean {
  return refuseJob(job, session) === null && !isCanaryTurn(job, session) && refuseHolder(shard, session) === null;
}

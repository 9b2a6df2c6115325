// What must hold of the core after any event, whatever a crowd did; each check throws a sentence, so that thousands of runs stay fast.
import type { Change } from '../../server/coordinator/change.ts';
import type { CoordinatorState } from '../../server/coordinator/state.ts';
import { type JobInPlay, type ShardInPlay, verdictOf } from '../../server/jobs/job-in-play.ts';
import type { JobRecord } from '../../server/jobs/job-record.ts';

function must(isSo: boolean, sentence: () => string): void {
  if (!isSo) throw new Error(sentence());
}

const areDistinct = (values: readonly unknown[]): boolean => new Set(values).size === values.length;

/** Every shard is decided, fresh, or in somebody's hands; the queue holds what is wanted and nothing else. */
export function checkJobs({ jobs, sessions }: CoordinatorState): void {
  for (const job of jobs.values()) {
    const name = `Job ${job.record.id}`;
    must(areDistinct(job.again), () => `${name} queues a shard twice.`);
    let [final, failed] = [0, 0];
    for (let index = 0; index < job.record.shards; index++) {
      const verdict = verdictOf(job, index);
      const shard = job.open.get(index);
      if (verdict === 'final') final++;
      if (verdict === 'failed') failed++;
      if (verdict === 'final' || verdict === 'failed') {
        must(!shard && !job.again.includes(index), () => `${name}: shard ${index} is ${verdict} and still in flight or queued.`);
      } else if (shard) checkShard(job, shard);
      else must(isFresh(job, index), () => `${name}: shard ${index} was passed over.`);
    }
    must(final === job.finalShards && failed === job.failedShards, () => `${name} counts its shards wrongly.`);
    must(final + failed < job.record.shards, () => `${name} is complete and goes on.`);
    const { canary } = job;
    if (canary.kind !== 'out') continue;
    const isOut = [...job.open.values()].some(({ leases }) => leases.some(({ session }) => session === canary.session));
    must(isOut && sessions.has(canary.session), () => `${name} waits for a canary that is not out.`);
  }
}

/** Still to be handed out for the first time, here or by the process that has its block. */
function isFresh({ record, blockIds, freshBlocks, freshOffset }: JobInPlay, index: number): boolean {
  if (blockIds[Math.floor(index / record.blockShards)] === 0) return true;
  return freshBlocks.some(({ lo, n }, at) => index >= lo + (at === 0 ? freshOffset : 0) && index < lo + n);
}

function checkShard(job: JobInPlay, shard: ShardInPlay): void {
  const name = `Job ${job.record.id}: shard ${shard.index}`;
  const { quorum } = job.record.spec.redundancy;
  must(shard.wanted >= 0, () => `${name} wants ${shard.wanted} copies.`);
  must(shard.isQueued === shard.wanted > 0, () => `${name} wants ${shard.wanted} copies and isQueued is ${shard.isQueued}.`);
  must(job.again.includes(shard.index) === shard.isQueued, () => `${name} is not where its flag says.`);
  // enough votes after a restart: the next tick judges them
  const isReached = shard.isQueued || shard.leases.length > 0 || shard.provisional !== null || shard.votes.length >= quorum;
  must(isReached, () => `${name} is stranded.`);
  for (const copies of [shard.votes, shard.leases]) {
    must(areDistinct(copies.map(({ account }) => account)), () => `${name} has two copies of one account.`);
  }
  must(areDistinct([...shard.votes, ...shard.leases].map(({ copy }) => copy)), () => `${name} has two copies of one number.`);
}

export function checkSessions({ jobs, sessions, byDevice }: CoordinatorState): void {
  const held = new Map<number, number>();
  for (const job of jobs.values())
    for (const { leases } of job.open.values()) for (const { session } of leases) held.set(session, (held.get(session) ?? 0) + 1);
  for (const { session, inFlight, device } of sessions.values()) {
    must(inFlight === (held.get(session) ?? 0), () => `Session ${session} holds ${held.get(session) ?? 0} and counts ${inFlight}.`);
    must(sessions.get(byDevice.get(device)!)?.device === device, () => `Device ${device} is connected and not found.`);
  }
  for (const key of byDevice.values()) must(sessions.has(key), () => `Session ${key} is gone and still found.`);
}

/**
 * Over everything that was written: stored before it is paid, once an account, at most the quorum, never more than the escrow, never after the
 * refund. `truth` is the first byte of every right output: where two voices are needed, nothing else is paid.
 */
export function checkMoney(changes: readonly Change[], records: ReadonlyMap<number, JobRecord>, truth: number): void {
  const stored = new Map<number, number | undefined>();
  const paid = new Map<number, bigint>();
  const paidFor = new Map<number, number[]>();
  const refunded = new Set<number>();
  for (const change of changes) {
    if (change.kind === 'shard-judged' && change.verdict === 'final') stored.set(change.shard, change.outputs?.[0]?.bytes[0]);
    if (change.kind !== 'transfer' || !('job' in change.transfer)) continue;
    const { transfer } = change;
    const { job } = transfer;
    must(!refunded.has(job), () => `Job ${job} moves credit after its refund.`);
    if (transfer.kind === 'refund') refunded.add(job);
    if (transfer.kind !== 'pay') continue;
    const record = records.get(job)!;
    const { quorum } = record.spec.redundancy;
    const accounts = [...(paidFor.get(transfer.shard) ?? []), transfer.contributor];
    paidFor.set(transfer.shard, accounts);
    paid.set(job, (paid.get(job) ?? 0n) + transfer.amount);
    const found = stored.get(transfer.shard);
    must(quorum > 1 ? found === truth : found !== undefined, () => `Shard ${transfer.shard} is paid and ${found} is stored.`);
    must(areDistinct(accounts) && accounts.length <= quorum, () => `Shard ${transfer.shard} is paid to ${accounts.join(', ')}.`);
    must(paid.get(job)! <= record.escrowAmount, () => `Job ${job} pays more than it holds.`);
  }
}

// Requesters of the simulated world: they submit what the plan says to whatever coordinator answers, try again when it does not, and cancel.

import { hashBytes } from '../../server/blobs/blob-store.ts';
import type { JobRecord } from '../../server/jobs/job-record.ts';
import { canonicalBytes } from '../../src/protocol/canonical.ts';
import { Fault } from '../../src/protocol/fault.ts';
import type { AccountId, BlockId, Digest, JobId } from '../../src/protocol/ids.ts';
import type { Comparison, StageManifest } from '../../src/protocol/job.ts';
import { MAX_LEAVES } from '../../src/protocol/merkle.ts';
import { makeJobRecord } from '../support/make-job-record.ts';
import type { JobPlan } from './plan.ts';
import type { SimulatedCoordinator } from './simulated-coordinator.ts';
import type { ToldRecord } from './told-record.ts';
import { TOLERANCE } from './truth.ts';
import type { VirtualClock } from './virtual-clock.ts';
import type { WorldLog } from './world-log.ts';

/** A person looks at the page again after this long. */
const RETRY_MS = 2_000;
const MAX_TRIES = 12;

export interface RequesterWorld {
  readonly clock: VirtualClock;
  readonly log: WorldLog;
  readonly told: ToldRecord;
  /** Null when none answers. */
  readonly coordinator: () => SimulatedCoordinator | null;
  readonly putBlob: (bytes: Uint8Array) => Digest;
  readonly accountOf: (requester: number) => AccountId;
  readonly onManifest: (digest: Digest, manifest: StageManifest) => void;
}

export interface SimulatedRequest {
  /** Nobody will submit it any more, or it is known to be there. */
  readonly isSettled: boolean;
  readonly job: JobId | null;
}

export function startRequest(world: RequesterWorld, plan: JobPlan): SimulatedRequest {
  const { clock, log, told } = world;
  const who = `request ${plan.id}`;
  let tries = 0;
  let isSettled = false;
  let job: JobId | null = null;

  const retry = (): void => {
    if (tries >= MAX_TRIES) isSettled = true;
    else clock.after(RETRY_MS, submit);
  };
  const submit = (): void => {
    tries++;
    const coordinator = world.coordinator();
    const runner = coordinator?.runner;
    if (!coordinator || !runner || coordinator.process.isFrozen) return retry();
    let isAnswered = false;
    // the page gives up on a coordinator that died or froze under it
    clock.after(30_000, () => {
      if (isAnswered || isSettled) return;
      isAnswered = true;
      retry();
    });
    void prepare(world, coordinator, plan).then(async (record) => {
      job = record.id;
      log.note(who, () => `submits job ${record.id}: ${record.shards} shards, quorum ${plan.quorum}`);
      try {
        await runner.openJob(record);
        log.note(who, () => `job ${record.id} is accepted`);
        told.acceptedJob(record.id);
        isSettled = true;
        isAnswered = true;
        if (plan.cancelsAtMs !== null) clock.after(Math.max(0, plan.cancelsAtMs - plan.opensAtMs), () => cancel(record));
      } catch (cause) {
        if (!(cause instanceof Fault)) throw cause;
        log.note(who, () => `job ${record.id} is refused: ${cause.code}`);
        told.refusedJob(record.id);
        if (isAnswered) return;
        isAnswered = true;
        if (cause.code === 'insufficient-credit') isSettled = true;
        else retry();
      }
    });
  };
  const cancel = (record: JobRecord): void => {
    const { id } = record;
    const coordinator = world.coordinator();
    const runner = coordinator?.runner;
    if (!runner || coordinator.process.isFrozen) return void clock.after(RETRY_MS, () => cancel(record));
    log.note(who, () => `cancels job ${id}`);
    runner.cancelJob(record).then(
      () => {
        log.note(who, () => `job ${id} is cancelled`);
        told.cancelledJob(id);
      },
      () => clock.after(RETRY_MS, () => cancel(record)),
    );
  };
  clock.after(plan.opensAtMs, submit);
  return {
    get isSettled() {
      return isSettled;
    },
    get job() {
      return job;
    },
  };
}

/** As the coordinator prepares a job: numbers from the one sequence, the manifest as a blob. */
async function prepare(world: RequesterWorld, coordinator: SimulatedCoordinator, plan: JobPlan): Promise<JobRecord> {
  const draft = makeJobRecord({
    workgroups: plan.shards * plan.workgroupsPerShard,
    workgroupsPerShard: plan.workgroupsPerShard,
    quorum: plan.quorum,
    maxCopies: plan.maxCopies,
    deadlineMs: plan.deadlineAfterMs === null ? null : coordinator.process.nowMs() + plan.deadlineAfterMs,
  });
  const { blockShards } = plan;
  const [id, escrow, ...blocks] = (await coordinator.nextIds(2 + Math.ceil(draft.shards / blockShards))) as [number, number, ...number[]];
  const comparison: Comparison = plan.isTolerant ? { kind: 'tolerance', abs: TOLERANCE, rel: 0, maxOutlierShare: 0 } : { kind: 'exact' };
  const output = {
    layout: { kind: 'byWorkgroup', bytesPerWorkgroup: plan.bytesPerWorkgroup },
    element: plan.isTolerant ? 'f32' : 'u32',
    comparison,
  } as const;
  const manifest: StageManifest = {
    ...draft.manifest,
    job: id as JobId,
    wgsl: world.putBlob(new TextEncoder().encode('program')),
    module: plan.isGpuOnly ? null : world.putBlob(new Uint8Array([0, 97, 115, 109])),
    outputs: [{ name: 'out', ...output, workgroupsPerLeaf: Math.ceil(plan.workgroupsPerShard / MAX_LEAVES) }],
  };
  const bytes = canonicalBytes(manifest);
  const manifestDigest = hashBytes(bytes);
  world.putBlob(bytes);
  world.onManifest(manifestDigest, manifest);
  const pricePerCopy = BigInt(plan.pricePerCopy);
  return {
    ...draft,
    id: id as JobId,
    requester: world.accountOf(plan.requester),
    escrow: escrow as AccountId,
    manifest,
    manifestDigest,
    pricePerCopy,
    escrowAmount: pricePerCopy * BigInt(draft.shards * plan.quorum),
    blocks: blocks.map((block, at) => ({
      id: block as BlockId,
      lo: at * blockShards,
      n: Math.min(blockShards, draft.shards - at * blockShards),
    })),
    blockShards,
    createdAtMs: coordinator.process.nowMs(),
  };
}

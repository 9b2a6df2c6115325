// The coordinator as the rest of the server sees it: events in, group commits, promises kept only after them.
import type { AccountKind, NetworkView } from '../../src/protocol/api.ts';
import type { FaultBody } from '../../src/protocol/fault.ts';
import type { AccountId, DeviceId, JobId, ShardId } from '../../src/protocol/ids.ts';
import type { ManifestOutput } from '../../src/protocol/job.ts';
import type { Capabilities } from '../../src/protocol/messages.ts';
import type { JobRecord } from '../jobs/job-record.ts';
import type { CoordinatorEvent, Deliverer, JobNotice } from './event.ts';
import type { Backlog, CommitFigures } from './group-commit.ts';

export interface ShardShape {
  /** Of the stage, in order. */
  readonly outputs: readonly ManifestOutput[];
  /** Workgroups of the shard. */
  readonly count: number;
}

/** A device as it is connected now. */
export interface ConnectedDevice {
  readonly device: DeviceId;
  readonly accountKind: AccountKind;
  readonly capabilities: Capabilities;
  readonly inFlight: number;
}

export interface CoordinatorRunner {
  /** Of this process: greater than every one before. */
  readonly epoch: number;
  /** Handles an event at once; what it promises leaves after the next commit. */
  post(event: CoordinatorEvent): void;
  /** Writes the job and its hold; rejects with a Fault (`insufficient-credit`, `draining`, `storage-failed`) and leaves nothing behind. */
  openJob(job: JobRecord): Promise<void>;
  /** Resolves when the cancellation is durable. */
  cancelJob(job: Pick<JobRecord, 'id' | 'escrow' | 'requester'>, reason?: FaultBody | null): Promise<void>;
  /** Once a second: says that this process lives, takes blocks that are free, gives back what others could serve. */
  renewShare(): Promise<void>;
  /** What a result of the shard looks like, or null when the shard is of no running job. */
  shapeOf(shard: ShardId): ShardShape | null;
  /** Verdict letters of all shards of a running job (p v f x d), or null when not all of it is in play here. */
  shardLetters(job: JobId): string | null;
  counts(): Pick<NetworkView, 'contributors' | 'devices' | 'jobsRunning'> & {
    readonly workgroupsPerSecond: number;
    /** Copies that devices hold now. */
    readonly copiesOut: number;
    /** Shards that were handed out and are not decided. */
    readonly shardsOpen: number;
    readonly otherCoordinators: number;
  };
  /** Devices connected here, each once. */
  devices(): readonly ConnectedDevice[];
  /** Results here that wait for other copies, and shards whose copies differ so far. */
  votes(): { readonly waiting: number; readonly disputed: number };
  /** What is decided and not yet durable. */
  backlog(): Backlog;
  /** Some of the job's blocks are another coordinator's, so what happens to them is not told here. */
  isShared(job: JobId): boolean;
  /** Called after each commit, also a failed one. */
  onCommit(listener: (figures: CommitFigures) => void): () => void;
  /** Called after each commit with what changed; returns the way to stop. */
  onNotices(listener: (notices: readonly JobNotice[]) => void): () => void;
  /** Called when devices asked and no job was there for them (house jobs open on this). */
  onStarved(listener: () => void): () => void;
  /** Called after the commit that paid these accounts, with their verified shards. */
  onPaid(listener: (verified: ReadonlyMap<AccountId, number>) => void): () => void;
  connect(deliverer: Deliverer): void;
  /**
   * Stops handing out, waits up to `graceMs` for what devices hold and up to `timeoutMs` in all for the last commit.
   * False when something could not be written in time.
   */
  drain(graceMs: number, timeoutMs: number): Promise<boolean>;
}

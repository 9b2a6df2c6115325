// The coordinator as the rest of the server sees it: events in, group commits, promises kept only after them.
import type { NetworkView } from '../../src/protocol/api.ts';
import type { AccountId, JobId, ShardId } from '../../src/protocol/ids.ts';
import type { ManifestOutput } from '../../src/protocol/job.ts';
import type { JobRecord } from '../jobs/job-record.ts';
import type { CoordinatorEvent, Deliverer, JobNotice } from './event.ts';

export interface CoordinatorRunner {
  /** Of this process: greater than every one before. */
  readonly epoch: number;
  /** Handles an event at once; what it promises leaves after the next commit. */
  post(event: CoordinatorEvent): void;
  /** Writes the job and its hold; rejects with a Fault (`insufficient-credit`, `draining`, `storage-failed`) and leaves nothing behind. */
  openJob(job: JobRecord): Promise<void>;
  /** Resolves when the cancellation is durable. */
  cancelJob(job: JobId): Promise<void>;
  /** The outputs of the shard's stage, in order, or null when the shard is of no running job. */
  outputsOf(shard: ShardId): readonly ManifestOutput[] | null;
  /** Verdict letters of all shards of a running job (p v f x d), or null when it is not in play. */
  shardLetters(job: JobId): string | null;
  counts(): Pick<NetworkView, 'contributors' | 'devices' | 'jobsRunning'> & { readonly workgroupsPerSecond: number };
  /** Called after each commit with what changed; returns the way to stop. */
  onNotices(listener: (notices: readonly JobNotice[]) => void): () => void;
  /** Called when devices asked and no job was there for them (house jobs open on this). */
  onStarved(listener: () => void): () => void;
  /** Called after the commit that paid these accounts, with their verified shards. */
  onPaid(listener: (verified: ReadonlyMap<AccountId, number>) => void): () => void;
  connect(deliverer: Deliverer): void;
  /** Stops handing out, waits for the last commit. */
  drain(): Promise<void>;
}

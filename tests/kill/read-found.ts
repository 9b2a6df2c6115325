// Reads what the coordinator shows now, with patience for one that was killed a moment ago.
import type { JobSummary, JobsPage, JobView, ShardView } from '../../src/protocol/api.ts';
import { Fault } from '../../src/protocol/fault.ts';
import type { JobId, ShardId } from '../../src/protocol/ids.ts';
import type { Client } from '../../src/requester/create-client.ts';
import { type JobsFilter, listJobs } from '../../src/requester/list-jobs.ts';
import { readShards } from '../../src/requester/read-shards.ts';
import type { ShardPlace, ToldVote } from './told-record.ts';

const PAGE = 256;
const PATIENCE_MS = 30_000;
const AGAIN_MS = 100;

/** Runs it again while the coordinator is away; what it refuses for good is thrown. */
export async function withPatience<Value>(read: () => Promise<Value>): Promise<Value> {
  const endsAtMs = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await read();
    } catch (cause) {
      const isPassing = cause instanceof Fault && ['offline', 'storage-failed', 'internal', 'draining', 'overloaded'].includes(cause.code);
      if (!isPassing || Date.now() >= endsAtMs) throw cause;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}

/** The shards that `told` speaks of; those of no known job are left out. */
export async function readFoundShards(
  client: Client,
  told: readonly ToldVote[],
  places: ReadonlyMap<ShardId, ShardPlace>,
): Promise<ReadonlyMap<ShardId, ShardView>> {
  const found = new Map<ShardId, ShardView>();
  for (const [job, indices] of groupByJob(told, places)) {
    const last = Math.max(...indices);
    for (let from = Math.min(...indices); from <= last; from += PAGE) {
      const { shards } = await withPatience(() => readShards(client, job, from, Math.min(PAGE, last - from + 1)));
      for (const shard of shards) found.set(shard.shard, shard);
    }
  }
  return found;
}

function groupByJob(told: readonly ToldVote[], places: ReadonlyMap<ShardId, ShardPlace>): ReadonlyMap<JobId, readonly number[]> {
  const byJob = new Map<JobId, number[]>();
  for (const { shard } of told) {
    const place = places.get(shard);
    if (!place) continue;
    const indices = byJob.get(place.job) ?? [];
    byJob.set(place.job, indices);
    indices.push(place.index);
  }
  return byJob;
}

/** Null for a job that is not there. */
export async function readFoundJob(client: Client, id: JobId): Promise<JobView | null> {
  try {
    return await withPatience(() => client.readJson<JobView>(`/api/jobs/${id}`));
  } catch (cause) {
    if (cause instanceof Fault && cause.code === 'not-found') return null;
    throw cause;
  }
}

/** Every job of the requester: also one whose acceptance was decided and never told. */
export async function listMyJobs(client: Client): Promise<readonly JobSummary[]> {
  const jobs: JobSummary[] = [];
  for (let before: JobId | null = null; ; ) {
    const filter: JobsFilter = before === null ? { isMine: true, limit: 100 } : { isMine: true, limit: 100, before };
    const page: JobsPage = await withPatience(() => listJobs(client, filter));
    jobs.push(...page.jobs);
    if (page.next === null) return jobs;
    before = page.next;
  }
}

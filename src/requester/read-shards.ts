// Reads many shards of a job, a page at a time.
import type { ShardsPage } from '../protocol/api.ts';
import type { JobId } from '../protocol/ids.ts';
import type { Client } from './create-client.ts';

/** Shards from index `from`, at most `limit` (256 at most); the page's `next` is the `from` to go on with. */
export function readShards(client: Client, job: JobId, from: number, limit: number, signal?: AbortSignal): Promise<ShardsPage> {
  return client.readJson(`/api/jobs/${job}/shards?from=${from}&limit=${limit}`, { signal: signal ?? null });
}

// Reads one shard: its verdict, its outputs, and who voted what.
import type { ShardView } from '../protocol/api.ts';
import type { JobId } from '../protocol/ids.ts';
import type { Client } from './create-client.ts';

export function readShard(client: Client, job: JobId, index: number, signal?: AbortSignal): Promise<ShardView> {
  return client.readJson(`/api/jobs/${job}/shards/${index}`, { signal: signal ?? null });
}

// Fetches the signed receipt of a job: every shard, every vote, who was paid.
import type { JobReceipt } from '../protocol/api.ts';
import type { JobId } from '../protocol/ids.ts';
import type { Client } from './create-client.ts';

/** Check it with verifyReceipt before believing it. */
export function readReceipt(client: Client, job: JobId, signal?: AbortSignal): Promise<JobReceipt> {
  return client.readJson(`/api/jobs/${job}/receipt`, { signal: signal ?? null });
}

// Reads one job as it stands now.
import type { JobView } from '../protocol/api.ts';
import type { JobId } from '../protocol/ids.ts';
import type { Client } from './create-client.ts';

export function readJob(client: Client, job: JobId, signal?: AbortSignal): Promise<JobView> {
  return client.readJson(`/api/jobs/${job}`, { signal: signal ?? null });
}

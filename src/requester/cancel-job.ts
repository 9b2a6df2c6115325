// Cancels a job: nothing more is handed out, what is not spent comes back.
import type { JobView } from '../protocol/api.ts';
import type { JobId } from '../protocol/ids.ts';
import type { Client } from './create-client.ts';

/** The job after its cancellation; throws `forbidden` for another's job and `conflict` when it has ended. */
export function cancelJob(client: Client, job: JobId): Promise<JobView> {
  return client.readJson(`/api/jobs/${job}/cancel`, { method: 'POST' });
}

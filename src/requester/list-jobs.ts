// Lists jobs, newest first.
import type { JobState, JobsPage } from '../protocol/api.ts';
import type { JobId } from '../protocol/ids.ts';
import type { Client } from './create-client.ts';

export interface JobsFilter {
  readonly isMine?: boolean;
  readonly state?: JobState;
  /** `next` of the page before. */
  readonly before?: JobId;
  /** At most 100; 30 when not given. */
  readonly limit?: number;
}

export function listJobs(client: Client, filter: JobsFilter = {}, signal?: AbortSignal): Promise<JobsPage> {
  const query = new URLSearchParams();
  if (filter.isMine) query.set('mine', '1');
  if (filter.state !== undefined) query.set('state', filter.state);
  if (filter.before !== undefined) query.set('before', String(filter.before));
  if (filter.limit !== undefined) query.set('limit', String(filter.limit));
  const text = query.toString();
  return client.readJson(`/api/jobs${text === '' ? '' : `?${text}`}`, { signal: signal ?? null });
}

// Submits a job at the price that was quoted; the price is held at once.
import type { JobView, SubmitBody } from '../protocol/api.ts';
import type { JobSpec } from '../protocol/job.ts';
import type { Client } from './create-client.ts';

/** `quote` is the id of a QuoteView for this same spec. Throws `insufficient-credit`, `quote-expired`, … */
export function submitJob(client: Client, spec: JobSpec, quote: string): Promise<JobView> {
  const body: SubmitBody = { spec, quote };
  return client.readJson('/api/jobs', { method: 'POST', json: body });
}

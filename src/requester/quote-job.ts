// Asks what a job would cost and who could run it; nothing is held yet.
import type { QuoteView } from '../protocol/api.ts';
import type { JobSpec } from '../protocol/job.ts';
import type { Client } from './create-client.ts';

/** Throws the coordinator's refusal: `bad-spec`, `bad-program`, `not-yet`, … with the field in its facts. */
export function quoteJob(client: Client, spec: JobSpec, signal?: AbortSignal): Promise<QuoteView> {
  return client.readJson('/api/jobs/quote', { method: 'POST', json: { spec }, signal: signal ?? null });
}

// Reads why results of the account that is signed in were not accepted, newest first.
import type { RejectionsPage } from '../protocol/api-standing.ts';
import type { Client } from './create-client.ts';

/** `before` is `next` of the page before. */
export function readRejections(client: Client, before: number | null = null, signal?: AbortSignal): Promise<RejectionsPage> {
  return client.readJson(`/api/rejections${before === null ? '' : `?before=${before}`}`, { signal: signal ?? null });
}

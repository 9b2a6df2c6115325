// Reads what the account that is signed in did, by day and hour.
import type { HistoryView } from '../protocol/api-standing.ts';
import type { Client } from './create-client.ts';

/** `days`: 1 to 366, today among them. */
export function readHistory(client: Client, days: number, signal?: AbortSignal): Promise<HistoryView> {
  return client.readJson(`/api/history?days=${days}`, { signal: signal ?? null });
}

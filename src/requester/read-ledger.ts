// Reads the ledger of the account that is signed in, newest line first.
import type { LedgerPage } from '../protocol/api.ts';
import type { Client } from './create-client.ts';

/** `before` is `next` of the page before. */
export function readLedger(client: Client, before: number | null = null, signal?: AbortSignal): Promise<LedgerPage> {
  return client.readJson(`/api/ledger${before === null ? '' : `?before=${before}`}`, { signal: signal ?? null });
}

// Reads what the coordinator says of itself to everyone.
import type { NetworkView } from '../protocol/api.ts';
import type { Client } from './create-client.ts';

export function readNetwork(client: Client, signal?: AbortSignal): Promise<NetworkView> {
  return client.readJson('/api/network', { signal: signal ?? null });
}

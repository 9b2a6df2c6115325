// Reads and changes how the account that is signed in is shown.
import type { ProfileChange, ProfileView } from '../protocol/api-standing.ts';
import type { Client } from './create-client.ts';

export function readProfile(client: Client, signal?: AbortSignal): Promise<ProfileView> {
  return client.readJson('/api/profile', { signal: signal ?? null });
}

/** What is left out stays. Throws `bad-request` or `conflict` for a pseudonym that cannot be had. */
export function changeProfile(client: Client, change: ProfileChange): Promise<ProfileView> {
  return client.readJson('/api/profile', { method: 'PATCH', json: change });
}

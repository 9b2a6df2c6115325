// Sites that embed the widget, for the account that is signed in: list, register, read, prove, remove.
import type { RegisterSiteBody, SiteId, SiteView } from '../protocol/api-sites.ts';
import type { Client } from './create-client.ts';

export function listSites(client: Client, signal?: AbortSignal): Promise<readonly SiteView[]> {
  return client.readJson('/api/sites', { signal: signal ?? null });
}

/** The same domain again is the same site. Throws `bad-request` for what is no domain, `quota-exceeded`. */
export function registerSite(client: Client, domain: string): Promise<SiteView> {
  const body: RegisterSiteBody = { domain };
  return client.readJson('/api/sites', { method: 'POST', json: body });
}

export function readSite(client: Client, site: SiteId, signal?: AbortSignal): Promise<SiteView> {
  return client.readJson(`/api/sites/${site}`, { signal: signal ?? null });
}

/** Has the coordinator look for the code at the domain; `refusal` says why it was not found. What was held is released with the proof. */
export function checkSite(client: Client, site: SiteId): Promise<SiteView> {
  return client.readJson(`/api/sites/${site}/check`, { method: 'POST' });
}

/** Throws `conflict` while the site holds credit. */
export async function removeSite(client: Client, site: SiteId): Promise<void> {
  await client.send(`/api/sites/${site}`, { method: 'DELETE' });
}

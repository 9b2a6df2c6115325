// /api/sites: register a domain, see what its widget does, prove it, have its share released.
import * as v from 'valibot';
import { SITE_FIGURES_DAYS, type SiteId, type SiteView } from '../../src/protocol/api-sites.ts';
import { Fault } from '../../src/protocol/fault.ts';
import type { AccountId } from '../../src/protocol/ids.ts';
import type { StoredSite } from '../storage/site-store.ts';
import { answerJson } from './answer.ts';
import type { HttpApp, HttpContext } from './context.ts';
import type { HttpDependencies } from './dependencies.ts';
import { wantSession } from './find-session.ts';
import { readJson } from './read-body.ts';
import { parseSiteDomain } from './site-domain.ts';

const MAX_BODY_BYTES = 4_096;
const DAY_MS = 86_400_000;
/** A domain is asked again no sooner: a person waits for it, its name servers should not. */
export const CHECK_PAUSE_MS = 3_000;
const registerBody = v.strictObject({ domain: v.pipe(v.string(), v.minLength(1), v.maxLength(600)) });

export function addSiteRoutes(app: HttpApp, dependencies: HttpDependencies): void {
  const { nowMs, settings } = dependencies;
  const { store, checker, makeCode } = dependencies.sites;

  app.get('/api/sites', async (c) => {
    const { account } = await wantSession(c, dependencies);
    const sites = await store.listOf(account);
    return answerJson(c, await Promise.all(sites.map((site) => makeView(dependencies, site))));
  });

  app.post('/api/sites', async (c) => {
    const { account } = await wantSession(c, dependencies);
    const body = await readJson(c, registerBody, MAX_BODY_BYTES);
    const domain = parseSiteDomain(body.domain, settings);
    const id = await store.register({ owner: account, domain, code: makeCode(), nowMs: nowMs() });
    return answerJson(c, await makeView(dependencies, await wantSite(dependencies, account, id)), 201);
  });

  app.get('/api/sites/:id', async (c) => answerJson(c, await makeView(dependencies, await wantOwnSite(c, dependencies))));

  app.post('/api/sites/:id/check', async (c) => {
    const site = await wantOwnSite(c, dependencies);
    const now = nowMs();
    const waitMs = (site.checkedAtMs ?? Number.NEGATIVE_INFINITY) + CHECK_PAUSE_MS - now;
    if (waitMs > 0) {
      throw new Fault('too-many-requests', 'The domain was asked a moment ago; look again in a few seconds.', {
        facts: { retryAfterMs: waitMs },
      });
    }
    const { proof, refusal } = await checker.check(site);
    await store.noteCheck({ site: site.id, proof, refusal, nowMs: now });
    if (proof !== null) await store.release(site.id, nowMs());
    return answerJson(c, await makeView(dependencies, await wantOwnSite(c, dependencies)));
  });

  app.delete('/api/sites/:id', async (c) => {
    const site = await wantOwnSite(c, dependencies);
    await store.remove(site.id, nowMs());
    return c.body(null, 204);
  });
}

export function parseSiteId(text: string | undefined): SiteId {
  if (text === undefined || !/^[1-9]\d{0,14}$/.test(text))
    throw new Fault('not-found', 'There is no such site: its number is not a number.');
  return Number(text) as SiteId;
}

async function wantOwnSite(c: HttpContext, dependencies: HttpDependencies): Promise<StoredSite> {
  const { account } = await wantSession(c, dependencies);
  return wantSite(dependencies, account, parseSiteId(c.req.param('id')));
}

/** Somebody else's site is as good as none: its figures are its owner's. */
async function wantSite({ sites }: HttpDependencies, account: AccountId, id: SiteId): Promise<StoredSite> {
  const site = await sites.store.find(id);
  if (site === null || site.owner !== account) throw new Fault('not-found', 'This account has no such site.');
  return site;
}

async function makeView({ sites, nowMs }: HttpDependencies, site: StoredSite): Promise<SiteView> {
  const { owner: _, held, released, ...facts } = site;
  const today = Math.floor(nowMs() / DAY_MS);
  return {
    ...facts,
    held: held.toString(),
    released: released.toString(),
    sharePercent: sites.sharePercent,
    days: await sites.store.listDays(site.id, today - SITE_FIGURES_DAYS + 1),
  };
}

// /w.js, /widget/frame, /api/widget, /api/session/widget: what pages of other sites load, and what their visitors' frames ask and say.
import * as v from 'valibot';
import { WIDGET_ANSWERS, WIDGET_MINUTE_MS, type WidgetView } from '../../src/protocol/api-sites.ts';
import { Fault } from '../../src/protocol/fault.ts';
import type { AccountId } from '../../src/protocol/ids.ts';
import type { StoredSite } from '../storage/site-store.ts';
import { answerJson } from './answer.ts';
import type { HttpApp, HttpContext } from './context.ts';
import type { HttpDependencies } from './dependencies.ts';
import { wantSession } from './find-session.ts';
import { MAX_SIGN_IN_BYTES } from './limits.ts';
import { readJson } from './read-body.ts';
import { FRAME_HEADERS, PUBLIC_FILE_HEADERS } from './security-headers.ts';
import { answerFile } from './serve-app.ts';
import { openSession } from './session.ts';
import { isHostOfSite } from './site-domain.ts';
import type { SiteEvent } from './site-figures.ts';
import { parseSiteId } from './sites.ts';

const FRAME = '/widget/frame.html';
const SECURITY_TEXT_HOLDS_MS = 30 * 86_400_000;
const LOADER_CACHE = 'public, max-age=3600';
/** Devices whose minute was counted, so that none counts two; forgotten oldest first. */
const MAX_MINUTES_REMEMBERED = 100_000;

const text = (max: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(max));
const siteId = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const answerBody = v.strictObject({ site: siteId, answer: v.picklist(WIDGET_ANSWERS) });
const minuteBody = v.strictObject({ site: siteId });
const sessionBody = v.strictObject({
  publicKey: text(200),
  nonce: text(64),
  expiresAtMs: v.pipe(v.number(), v.safeInteger()),
  signature: text(200),
  site: siteId,
  /** Host and port of the page that shows the widget, as the browser named it to the frame. */
  host: text(300),
});
const EVENTS: Readonly<Record<(typeof WIDGET_ANSWERS)[number], SiteEvent>> = { yes: 'agreed', no: 'declined', blocked: 'blocked' };

export function addWidgetRoutes(app: HttpApp, dependencies: HttpDependencies): void {
  addWidgetFiles(app, dependencies);
  addSecurityText(app, dependencies);
  const { sites, rules, accounts, nowMs } = dependencies;
  const minutes = createMinuteGate();

  app.get('/api/widget', async (c) => answerJson(c, await makeWidgetView(c, dependencies)));

  app.post('/api/widget/answers', async (c) => {
    const { site, answer } = await readJson(c, answerBody, MAX_SIGN_IN_BYTES);
    sites.figures.note(site as AccountId, EVENTS[answer]);
    return c.body(null, 204);
  });

  // By the loader, from a page of another origin, where a frame did not come up: reading, for only that may come from there.
  app.get('/api/widget/blocked', (c) => {
    sites.figures.note(parseSiteId(c.req.query('site')), 'blocked');
    c.header('Cache-Control', 'no-store');
    return c.body(null, 204);
  });

  app.post('/api/widget/minutes', async (c) => {
    const { device } = await wantSession(c, dependencies);
    const { site } = await readJson(c, minuteBody, MAX_SIGN_IN_BYTES);
    if (minutes.pass(device, nowMs())) sites.figures.note(site as AccountId, 'minutes');
    return c.body(null, 204);
  });

  app.post('/api/session/widget', async (c) => {
    const { site: id, host, ...proof } = await readJson(c, sessionBody, MAX_SIGN_IN_BYTES);
    const { publicKey } = await rules.verifyKey({ kind: 'guest', ...proof }, c.var.origin, nowMs());
    const site = await sites.store.find(id as AccountId);
    judgeHost(site, host);
    const signedIn = await accounts.signInKey({ kind: 'guest', publicKey, nowMs: nowMs() });
    // A key that was attached to a wallet signs in as the wallet, and all that the wallet does elsewhere is not the site's.
    const account = await accounts.accountView(signedIn.account);
    if (account?.kind !== 'guest') throw new Fault('forbidden', 'This widget’s key belongs to a wallet; contribute in the app itself.');
    await sites.store.bindVisitor(signedIn.account, site.id);
    // A bearer token: a frame inside another site has no cookie of ours, or one that browsers keep apart in different ways.
    return answerJson(c, await openSession(c, dependencies, signedIn, true));
  });
}

/** RFC 9116; without a contact there is nobody to name. */
function addSecurityText(app: HttpApp, { sites, nowMs }: HttpDependencies): void {
  app.get('/.well-known/security.txt', (c) => {
    if (sites.contact === null) throw new Fault('not-found', 'The operator has named no contact; CONTACT sets one.');
    const expires = new Date(nowMs() + SECURITY_TEXT_HOLDS_MS).toISOString();
    c.header('Content-Type', 'text/plain; charset=utf-8');
    return c.body(`Contact: ${sites.contact}\nExpires: ${expires}\nPolicy: ${c.var.origin}/security\nPreferred-Languages: en, de\n`);
  });
}

function addWidgetFiles(app: HttpApp, { app: files, sites }: HttpDependencies): void {
  const serve = (c: HttpContext, path: string, cache: string): Response => {
    const file = files?.find(path) ?? null;
    if (file === null) throw new Fault('not-found', 'The widget is not built yet: run "npm run build" and start again.');
    const answer = answerFile(c, file);
    for (const [name, value] of Object.entries(path === FRAME ? FRAME_HEADERS : PUBLIC_FILE_HEADERS)) answer.headers.set(name, value);
    answer.headers.set('Cache-Control', cache);
    return answer;
  };
  app.get('/w.js', (c) => serve(c, '/w.js', LOADER_CACHE));
  app.get('/widget/build.json', (c) => serve(c, '/widget/build.json', 'no-cache'));
  app.get('/widget/:file{w\\.[0-9a-f]{16}\\.js}', (c) => serve(c, c.req.path, 'public, max-age=31536000, immutable'));
  app.get('/widget/frame', (c) => {
    judgeFraming(c);
    const asked = c.req.query('site');
    if (c.req.header('Sec-Fetch-Dest') === 'iframe' && /^[1-9]\d{0,14}$/.test(asked ?? ''))
      sites.figures.note(Number(asked) as AccountId, 'views');
    const answer = serve(c, FRAME, 'no-store');
    return answer;
  });
}

/** The browser itself says whose page asks: inside our own site the sandbox would hold nothing, and by itself the widget has no host. */
function judgeFraming(c: HttpContext): void {
  const destination = c.req.header('Sec-Fetch-Dest');
  const site = c.req.header('Sec-Fetch-Site');
  if (destination !== undefined && destination !== 'iframe')
    throw new Fault('forbidden', 'The widget works inside a page of another site only; open the app itself instead.');
  if (site !== undefined && site !== 'cross-site')
    throw new Fault('forbidden', 'The widget does not run on pages of its own site; open the app itself instead.');
}

function judgeHost(site: StoredSite | null, host: string): asserts site is StoredSite {
  if (site === null) throw new Fault('not-found', 'This widget names a site that is not registered here, so it does not run.');
  if (!isHostOfSite(host, site.domain))
    throw new Fault('bad-origin', `This widget is registered for ${site.domain} and not for ${host}, so it does not run here.`);
}

async function makeWidgetView(c: HttpContext, { sites, pages, settings }: HttpDependencies): Promise<WidgetView> {
  const id = c.req.query('site');
  const site = id === undefined ? null : await sites.store.find(parseSiteId(id));
  const [job] = await pages.listJobs({ state: 'running', limit: 1 });
  return {
    network: settings.name,
    site: site && { id: site.id, domain: site.domain },
    sharePercent: sites.sharePercent,
    contact: sites.contact,
    job: job ? { id: job.id, title: job.title, requester: job.requester.name } : null,
  };
}

function createMinuteGate() {
  const counted = new Map<number, number>();
  return {
    /** A little early is a minute: clocks of pages are not exact. */
    pass(device: number, nowMs: number): boolean {
      if (nowMs - (counted.get(device) ?? Number.NEGATIVE_INFINITY) < WIDGET_MINUTE_MS * 0.9) return false;
      counted.delete(device);
      counted.set(device, nowMs);
      if (counted.size > MAX_MINUTES_REMEMBERED) counted.delete(counted.keys().next().value as number);
      return true;
    },
  };
}

// What a site's owner and security people are told, as fixtures: a site with a month of visitors, one that waits for its first, and a build's files.
import type { Hono } from 'hono';
import type { SiteDay, SiteId, SiteView, WidgetBuild, WidgetView } from '../../src/protocol/api-sites.ts';
import type { JobId } from '../../src/protocol/ids.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

function makeDays(nowMs: number): readonly SiteDay[] {
  const today = Math.floor(nowMs / DAY_MS);
  return Array.from({ length: 30 }, (_, age) => {
    const views = Math.round(310 + 90 * Math.sin(age / 1.9) - 4 * age);
    const agreed = Math.round(views * 0.031);
    return {
      day: today - age,
      views,
      agreed,
      declined: Math.round(views * 0.22),
      blocked: Math.round(views * 0.04),
      minutes: agreed * 4,
      earned: String(agreed * 4 * 61_003),
    };
  });
}

export function makeFakeSites(nowMs: number): readonly SiteView[] {
  const common = { code: 'aBcDeFgHiJkLmNoPqRsTuVwX', sharePercent: 70, checkedAtMs: nowMs - 40 * MINUTE_MS } as const;
  return [
    {
      ...common,
      id: 500 as SiteId,
      domain: 'blog.example.org',
      createdAtMs: nowMs - 31 * DAY_MS,
      proof: 'dns',
      provedAtMs: nowMs - 40 * MINUTE_MS,
      refusal: null,
      held: '41250000',
      released: '1873000000',
      viewedAtMs: nowMs - 4_000,
      agreedAtMs: nowMs - 3 * MINUTE_MS,
      activeAtMs: nowMs - 20_000,
      days: makeDays(nowMs),
    },
    {
      ...common,
      id: 501 as SiteId,
      domain: 'new.example.net',
      createdAtMs: nowMs - MINUTE_MS,
      proof: null,
      provedAtMs: null,
      refusal:
        'new.example.net has no such record among its 3 TXT records, and the file at https://new.example.net/.well-known/ostraka-site.txt was answered with 404.',
      held: '0',
      released: '0',
      viewedAtMs: null,
      agreedAtMs: null,
      activeAtMs: null,
      days: [],
    },
  ];
}

const BUILD: WidgetBuild = {
  build: '0.1.0',
  files: [
    { path: '/widget/w.0123456789abcdef.js', bytes: 2_088, gzipBytes: 1_109, integrity: `sha384-${'A'.repeat(64)}`, when: 'loader' },
    { path: '/widget/frame', bytes: 573, gzipBytes: 318, integrity: `sha384-${'B'.repeat(64)}`, when: 'before' },
    { path: '/assets/frame-Abc123.js', bytes: 10_667, gzipBytes: 4_802, integrity: `sha384-${'C'.repeat(64)}`, when: 'before' },
    { path: '/assets/supervisor-Abc123.js', bytes: 105_338, gzipBytes: 35_246, integrity: `sha384-${'D'.repeat(64)}`, when: 'after' },
  ],
};

const VIEW: WidgetView = {
  network: 'Ostraka',
  site: null,
  sharePercent: 70,
  contact: 'mailto:security@example.org',
  job: { id: 41 as JobId, title: 'Path-traced bunny', requester: 'Amber Heron 1482' },
};

export function addWidgetFixtures(app: Hono, nowMs: number, isEmpty: () => boolean): void {
  const sites = new Map(makeFakeSites(nowMs).map((site) => [String(site.id), site]));
  app.get('/api/sites', (context) => context.json(isEmpty() ? [] : [...sites.values()]));
  app.get('/api/sites/:id', (context) => context.json(sites.get(context.req.param('id')) ?? [...sites.values()][0]!));
  app.post('/api/sites', async (context) => {
    const { domain } = (await context.req.json()) as { readonly domain: string };
    return context.json({ ...sites.get('501')!, domain }, 201);
  });
  app.post('/api/sites/:id/check', (context) => context.json(sites.get(context.req.param('id')) ?? [...sites.values()][1]!));
  app.delete('/api/sites/:id', (context) => context.body(null, 204));
  app.get('/api/widget', (context) => context.json(VIEW));
  app.get('/widget/build.json', (context) => context.json(BUILD));
}

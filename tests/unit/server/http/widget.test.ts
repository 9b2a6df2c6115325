// What strangers' pages and their visitors' frames get: the right headers, a session for the right host alone, counts without anybody in them.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { loadApp } from '../../../../server/http/load-app.ts';
import { CHECK_PAUSE_MS } from '../../../../server/http/sites.ts';
import { signInThroughWidget } from '../../../../src/account/sign-in-widget.ts';
import type { SiteView } from '../../../../src/protocol/api-sites.ts';
import type { AccountId } from '../../../../src/protocol/ids.ts';
import { makeStoredSite } from './memory-sites.ts';
import { createTestApi, faultOf, makeKey, type StartedApp, signInHeadless, startApp } from './start-app.ts';

const SITE = 500 as AccountId;
const FRAME = '/widget/frame?site=500';
const IN_FRAME = { 'Sec-Fetch-Dest': 'iframe', 'Sec-Fetch-Site': 'cross-site' };
let folder: string;
let app: Awaited<ReturnType<typeof loadApp>>;
let started: StartedApp;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ostraka-widget-'));
  await mkdir(join(folder, 'widget'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<!doctype html>');
  await writeFile(join(folder, 'w.js'), 'loader');
  await writeFile(join(folder, 'assets/a-1.js'), 'worker');
  await writeFile(join(folder, 'widget/frame.html'), '<!doctype html><title>frame</title>');
  await writeFile(join(folder, 'widget/build.json'), '{}');
  await writeFile(join(folder, 'widget/w.0123456789abcdef.js'), 'loader');
  app = await loadApp(folder);
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => {
  started = startApp({ dependencies: { app } });
  started.sites.sites.set(SITE, makeStoredSite());
});

const get = (path: string, headers: Record<string, string> = {}) => started.request(path, { headers });
const post = (path: string, json: unknown, headers: Record<string, string> = {}) =>
  started.request(path, { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(json) });

describe('files', () => {
  test('the frame may be shown by anybody, comes up in isolated pages, and is not kept', async () => {
    const answer = await get(FRAME, IN_FRAME);
    expect(answer.status).toBe(200);
    const headers = Object.fromEntries(answer.headers);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-resource-policy': 'cross-origin',
      'document-isolation-policy': 'isolate-and-credentialless',
      'x-content-type-options': 'nosniff',
    });
    expect(headers['x-frame-options']).toBeUndefined();
    const rules = headers['content-security-policy']?.split('; ') ?? [];
    for (const rule of ["default-src 'none'", "connect-src 'self'", 'frame-ancestors *', "form-action 'none'"])
      expect(rules).toContain(rule);
    expect(headers['content-security-policy']).not.toContain('unsafe-inline');
  });

  test.each([
    ['in a page of our own', { 'Sec-Fetch-Dest': 'iframe', 'Sec-Fetch-Site': 'same-origin' }],
    ['in a page of our own site', { 'Sec-Fetch-Dest': 'iframe', 'Sec-Fetch-Site': 'same-site' }],
    ['by itself', { 'Sec-Fetch-Dest': 'document', 'Sec-Fetch-Site': 'none' }],
    ['in a tab from a link', { 'Sec-Fetch-Dest': 'document', 'Sec-Fetch-Site': 'cross-site' }],
    ['as an object', { 'Sec-Fetch-Dest': 'object', 'Sec-Fetch-Site': 'cross-site' }],
  ])('the frame is refused %s', async (_, headers) => {
    const answer = await get(FRAME, headers);
    expect([answer.status, (await answer.json()).code]).toEqual([403, 'forbidden']);
    expect(started.sites.dependencies.figures.take()).toEqual([]);
  });

  test('a browser that says nothing of it gets the frame, which looks for itself', async () => expect((await get(FRAME)).status).toBe(200));

  test('the loader is read from everywhere and kept for an hour, under its hash for ever', async () => {
    const loader = await get('/w.js');
    expect(Object.fromEntries(loader.headers)).toMatchObject({
      'cache-control': 'public, max-age=3600',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
    });
    expect((await get('/widget/w.0123456789abcdef.js')).headers.get('Cache-Control')).toBe('public, max-age=31536000, immutable');
    expect((await get('/widget/w.ffffffffffffffff.js')).status).toBe(404);
    expect((await get('/widget/frame.html')).status).toBe(404);
    expect((await get('/widget/build.json')).status).toBe(200);
  });

  test('everything else stays ours: nobody frames the app, and its workers may start in an isolated frame', async () => {
    const page = await get('/');
    expect([page.headers.get('X-Frame-Options'), page.headers.get('Cross-Origin-Resource-Policy')]).toEqual(['DENY', 'same-origin']);
    expect(page.headers.get('Cross-Origin-Embedder-Policy')).toBeNull();
    expect((await get('/assets/a-1.js')).headers.get('Cross-Origin-Embedder-Policy')).toBe('require-corp');
    expect((await get('/api/widget')).headers.get('X-Frame-Options')).toBe('DENY');
  });

  test('the app shows a frame of this machine’s other name, and elsewhere none', async () => {
    expect((await get('/')).headers.get('Content-Security-Policy')).toMatch(/; frame-src http:\/\/localhost:8787$/);
    const open = startApp({ dependencies: { app }, settings: { allowedOrigins: ['https://app.example'] } });
    expect((await open.request('https://app.example/')).headers.get('Content-Security-Policy')).not.toContain('frame-src');
  });
});

test('security people find whom to write to', async () => {
  const text = await (await get('/.well-known/security.txt')).text();
  expect(text).toBe(
    'Contact: mailto:security@example.net\nExpires: 2030-01-31T00:00:00.000Z\nPolicy: http://127.0.0.1:8787/security\nPreferred-Languages: en, de\n',
  );
  const { sites } = started.dependencies;
  const silent = startApp({ dependencies: { sites: { ...sites, contact: null } } });
  expect((await silent.request('/.well-known/security.txt')).status).toBe(404);
});

describe('before Yes', () => {
  test('anybody is told the site, the split and a job', async () => {
    expect(await (await get('/api/widget?site=500')).json()).toMatchObject({
      network: 'test',
      site: { id: SITE, domain: 'example.net' },
      sharePercent: 70,
    });
    expect(await (await get('/api/widget?site=7')).json()).toMatchObject({ site: null });
    expect((await get('/api/widget?site=x')).status).toBe(404);
  });

  test('views, answers and blocked frames are counted, without anybody in them', async () => {
    await get(FRAME, IN_FRAME);
    await post('/api/widget/answers', { site: SITE, answer: 'yes' });
    await post('/api/widget/answers', { site: SITE, answer: 'no' });
    await get('/api/widget/blocked?site=500', { Origin: 'https://example.net', 'Sec-Fetch-Site': 'cross-site' });
    expect(started.sites.dependencies.figures.take()).toEqual([{ site: SITE, views: 1, agreed: 1, declined: 1, blocked: 1, minutes: 0 }]);
    expect(started.sites.dependencies.figures.take()).toEqual([]);
  });

  test('a page of another site cannot answer for a visitor', async () => {
    const answer = await post('/api/widget/answers', { site: SITE, answer: 'yes' }, { Origin: 'https://example.net' });
    expect([answer.status, (await answer.json()).code]).toEqual([403, 'bad-origin']);
  });
});

describe('a visitor’s session', () => {
  test('is a token, no cookie, and names the site', async () => {
    const api = createTestApi(started);
    const token = await signInThroughWidget(api, await makeKey(), { site: SITE, host: 'blog.example.net' });
    const session = await api
      .withToken(token)
      .readJson<{ readonly account: { readonly id: AccountId; readonly kind: string } }>('/api/session');
    expect(session.account.kind).toBe('guest');
    expect([...started.sites.visitors]).toEqual([[session.account.id, SITE]]);
  });

  test.each([
    ['evil.net', 500, 'bad-origin', /registered for example\.net and not for evil\.net/],
    ['example.net', 501, 'not-found', /not registered/],
  ])('from %s for site %i is refused', async (host, site, code, sentence) => {
    const fault = await faultOf(signInThroughWidget(createTestApi(started), await makeKey(), { site: site as AccountId, host }));
    expect(fault).toMatchObject({ code, message: expect.stringMatching(sentence) });
    expect(started.sites.visitors.size).toBe(0);
  });

  test('counts a minute of a device once a minute', async () => {
    const api = createTestApi(started);
    const token = await signInThroughWidget(api, await makeKey(), { site: SITE, host: 'example.net' });
    const minute = () => post('/api/widget/minutes', { site: SITE }, { Authorization: `Bearer ${token}` });
    expect((await minute()).status).toBe(204);
    await minute();
    started.clock.nowMs += 53_999;
    await minute();
    expect(started.sites.dependencies.figures.take()).toMatchObject([{ minutes: 1 }]);
    started.clock.nowMs += 1;
    await minute();
    expect(started.sites.dependencies.figures.take()).toMatchObject([{ minutes: 1 }]);
    expect((await post('/api/widget/minutes', { site: SITE })).status).toBe(401);
  });
});

describe('sites of an account', () => {
  test('are registered, listed, checked and removed by their owner alone', async () => {
    const api = await signInHeadless(started);
    const site = await api.readJson<SiteView>('/api/sites', { method: 'POST', json: { domain: 'https://Example.org/blog' } });
    expect(site).toMatchObject({ domain: 'example.org', proof: null, held: '0', sharePercent: 70, days: [] });
    expect(site.code.length).toBeGreaterThan(4);
    expect((await api.readJson<SiteView[]>('/api/sites')).map(({ id }) => id)).toEqual([site.id]);
    const other = await signInHeadless(started);
    expect(await other.readJson('/api/sites')).toEqual([]);
    for (const path of [`/api/sites/${site.id}`, '/api/sites/9999', '/api/sites/x'])
      expect((await faultOf(other.readJson(path))).code).toBe('not-found');
    expect((await faultOf(other.send(`/api/sites/${site.id}`, { method: 'DELETE' }))).code).toBe('not-found');
    await api.send(`/api/sites/${site.id}`, { method: 'DELETE' });
    expect(await api.readJson('/api/sites')).toEqual([]);
  });

  test('a check says why it failed, waits three seconds, and releases what is held when it succeeds', async () => {
    const api = await signInHeadless(started);
    const { id } = await api.readJson<SiteView>('/api/sites', { method: 'POST', json: { domain: 'example.org' } });
    started.sites.sites.set(id, { ...started.sites.sites.get(id)!, held: 70n });
    const check = () => api.readJson<SiteView>(`/api/sites/${id}/check`, { method: 'POST' });
    expect(await check()).toMatchObject({ proof: null, refusal: 'nothing was found.', held: '70', released: '0' });
    started.clock.nowMs += CHECK_PAUSE_MS - 1;
    expect(await faultOf(check())).toMatchObject({ code: 'too-many-requests', facts: { retryAfterMs: 1 } });
    started.clock.nowMs += 1;
    started.sites.verdict = { proof: 'dns', refusal: null };
    expect(await check()).toMatchObject({ proof: 'dns', refusal: null, held: '0', released: '70' });
  });

  test('want somebody signed in, and a name that can be proved', async () => {
    expect((await get('/api/sites')).status).toBe(401);
    const api = await signInHeadless(started);
    expect(await faultOf(api.send('/api/sites', { method: 'POST', json: { domain: 'printer.local' } }))).toMatchObject({
      code: 'bad-request',
    });
  });
});

// The door: names it is not served under, pages of other sites, too many requests, and the headers on everything.
import { describe, expect, test, vi } from 'vitest';
import { RATES } from '../../../../server/http/limits.ts';
import { createRateLimiter } from '../../../../server/http/rate-limiter.ts';
import { isForeignCaller, isOwnOrigin, originOf } from '../../../../server/http/site.ts';
import { PROTOCOL_VERSION } from '../../../../src/protocol/messages.ts';
import { readLedger } from '../../../../src/requester/read-ledger.ts';
import { readNetwork } from '../../../../src/requester/read-network.ts';
import { createTestApi, faultOf, ORIGIN, signInHeadless, startApp } from './start-app.ts';

const PUBLIC = { isLoopbackOnly: false, allowedOrigins: ['https://ostraka.example'], trustProxy: true } as const;
const PROXIED = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'ostraka.example' } as const;

describe('the name in a request', () => {
  test.each([
    ['http://127.0.0.1:8787', 200],
    ['http://localhost:5173', 200],
    ['http://[::1]:8787', 200],
    // What DNS rebinding looks like from here.
    ['http://rebound.example:8787', 403],
    ['http://127.0.0.1.nip.example', 403],
    ['http://localhost.example', 403],
  ])('%s is answered %i', async (origin, status) => {
    const { request } = startApp();
    expect((await request(`${origin}/api/network`)).status).toBe(status);
    expect((await request(`${origin}/api/health`)).status).toBe(200);
  });

  test('comes from the proxy only where one is trusted', async () => {
    expect((await startApp({ settings: PUBLIC }).request('http://10.0.0.3/api/network', { headers: PROXIED })).status).toBe(200);
    expect(
      (await startApp({ settings: { ...PUBLIC, trustProxy: false } }).request('http://10.0.0.3/api/network', { headers: PROXIED })).status,
    ).toBe(403);
  });

  test('is worked out from its facts', () => {
    const settings = { trustProxy: true, allowedOrigins: ['https://a.example'] };
    const facts = { url: 'http://inner:1/x', forwardedProto: 'https, http', forwardedHost: 'a.example, b.example' };
    expect(originOf(facts, settings)).toBe('https://a.example');
    expect(originOf(facts, { ...settings, trustProxy: false })).toBe('http://inner:1');
    expect(originOf({ ...facts, forwardedHost: 'a b' }, settings)).toBe('');
    expect([isOwnOrigin('', settings), isOwnOrigin('https://a.example', settings), isOwnOrigin('http://a.example', settings)]).toEqual([
      false,
      true,
      false,
    ]);
  });
});

describe('a page of another site', () => {
  test.each([
    [{ Origin: ORIGIN }, 200],
    [{ Origin: ORIGIN, 'Sec-Fetch-Site': 'same-origin' }, 200],
    [{ 'Sec-Fetch-Site': 'none' }, 200],
    [{}, 200],
    [{ Origin: 'https://evil.example' }, 403],
    [{ Origin: 'null' }, 403],
    [{ Origin: 'http://127.0.0.1:3000' }, 403],
    [{ 'Sec-Fetch-Site': 'cross-site' }, 403],
    [{ 'Sec-Fetch-Site': 'same-site' }, 403],
  ])('with %j may ask for a challenge: %i', async (headers, status) => {
    expect((await startApp().request('/api/session/challenge', { method: 'POST', headers })).status).toBe(status);
  });

  test.each(['POST', 'PUT', 'DELETE', 'PATCH'])('may not %s, whatever the path', async (method) => {
    const { request } = startApp();
    for (const path of ['/api/session', '/api/jobs', '/api/blobs', '/api/jobs/1/cancel', '/']) {
      const response = await request(path, { method, headers: { Origin: 'https://evil.example' } });
      expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([403, 'bad-origin']);
    }
  });

  test('may read what is public, without the cookie counting, and nothing is shared with it', async () => {
    const started = startApp();
    const findSession = vi.spyOn(started.accounts.store, 'findSession');
    const headers = { Origin: 'https://evil.example', Cookie: `ostraka_session_8787=${'A'.repeat(43)}` };
    expect((await started.request('/api/session', { headers })).status).toBe(204);
    expect(findSession).not.toHaveBeenCalled();
    const response = await started.request('/api/network', { headers });
    expect([response.headers.get('Access-Control-Allow-Origin'), response.headers.get('Cross-Origin-Resource-Policy')]).toEqual([
      null,
      'same-origin',
    ]);
  });

  test('is told by its facts', () => {
    expect(isForeignCaller({ origin: undefined, fetchSite: undefined }, 'http://a')).toBe(false);
    expect(isForeignCaller({ origin: 'http://a:1', fetchSite: undefined }, 'http://a')).toBe(true);
  });
});

describe('too many requests', () => {
  test('from one address are refused at the burst and let in again later; others are not held up', async () => {
    const started = startApp({ settings: { isLoopbackOnly: false } });
    started.caller.address = '203.0.113.7';
    const ask = () => started.request('/api/session/challenge', { method: 'POST' });
    for (let i = 0; i < RATES['sign-in'].burst; i++) expect((await ask()).status).toBe(200);
    const refused = await ask();
    expect([refused.status, refused.headers.get('Retry-After')]).toEqual([429, '2']);
    expect((await started.request('/api/network')).status).toBe(200);
    started.caller.address = '203.0.113.8';
    expect((await ask()).status).toBe(200);
    started.caller.address = '203.0.113.7';
    started.clock.nowMs += 2_000;
    expect((await ask()).status).toBe(200);
    expect((await ask()).status).toBe(429);
  });

  test.each([
    ['/api/jobs/1/receipt', 'GET', 'receipt'],
    ['/api/jobs/quote', 'POST', 'quote'],
    ['/api/jobs/1/cancel', 'POST', 'write'],
    ['/api/jobs/1', 'GET', 'read'],
  ] as const)('to %s are counted as their own kind', async (path, method, kind) => {
    const started = startApp({ settings: { isLoopbackOnly: false } });
    started.caller.address = '203.0.113.7';
    for (let i = 0; i < RATES[kind].burst; i++) expect((await started.request(path, { method })).status).not.toBe(429);
    expect((await started.request(path, { method })).status).toBe(429);
  });

  test('do not exist where only this machine can come in', async () => {
    const started = startApp();
    for (let i = 0; i <= RATES['sign-in'].burst; i++)
      expect((await started.request('/api/session/challenge', { method: 'POST' })).status).toBe(200);
  });

  test('count a /64 of IPv6 as one address, and forget the address unused for longest', () => {
    const limiter = createRateLimiter(2);
    const { burst } = RATES.write;
    for (let i = 0; i < burst; i++) expect(limiter.take(`2001:db8:0:1::${i + 1}`, 'write', 0)).toBeNull();
    expect(limiter.take('2001:db8:0:1:ffff::9', 'write', 0)).toBeCloseTo(1_000 / RATES.write.perSecond);
    expect(limiter.take('2001:db8:0:2::1', 'write', 0)).toBeNull();
    expect(limiter.take('198.51.100.1', 'write', 0)).toBeNull();
    expect(limiter.size).toBe(2);
    expect(limiter.take('2001:db8:0:1::1', 'write', 0)).toBeNull();
  });
});

describe('every answer', () => {
  test.each([['/api/network'], ['/api/nothing'], ['/api/jobs/x'], ['/nothing.png']])('of %s carries the headers', async (path) => {
    const response = await startApp().request(path);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'x-frame-options': 'DENY',
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
    });
    expect(response.headers.get('Strict-Transport-Security')).toBeNull();
  });

  test.each([
    ['GET', '/api/nothing'],
    ['POST', '/api/network'],
    ['PUT', '/anything'],
    ['GET', '/peer/x'],
    ['GET', '/transport'],
    ['GET', '/api'],
  ])('to %s %s is not-found as JSON', async (method, path) => {
    const response = await startApp().request(path, { method });
    expect([response.status, await response.json()]).toEqual([404, { code: 'not-found', sentence: expect.any(String), facts: {} }]);
  });

  test('is counted by its route, never by its path', async () => {
    const started = startApp();
    await started.request('/api/jobs/123');
    expect(started.dependencies.observeRequest).toHaveBeenCalledWith({ method: 'GET', route: '/api/jobs/:id', status: 404, elapsedMs: 0 });
  });
});

describe('what the coordinator says of itself', () => {
  test('to everyone', async () => {
    const started = startApp({ settings: { peer: { path: '/peer', coordinator: 'coordinator' } } });
    expect(await readNetwork(createTestApi(started))).toEqual({
      name: 'test',
      build: '0.0.0',
      protocol: PROTOCOL_VERSION,
      contributors: 2,
      devices: [{ kind: 'cpu', count: 2 }],
      jobsRunning: 1,
      shardsFinal: 5,
      peer: { path: '/peer', coordinator: 'coordinator' },
      isLoopbackOnly: true,
    });
  });

  test.each([
    ['ok', 200],
    ['degraded', 200],
    ['not-ready', 503],
    ['draining', 503],
  ] as const)('to probes: %s is %i', async (status, code) => {
    const started = startApp({ dependencies: { readHealth: async () => ({ status, checks: [], build: '0', upMs: 1 }) } });
    expect((await started.request('/api/health')).status).toBe(code);
    expect((await started.request('/api/health/live')).status).toBe(200);
  });

  test('to its operator, on the same machine only', async () => {
    const started = startApp();
    expect(await (await started.request('/metrics')).text()).toBe('ostraka_up 1\n');
    started.caller.address = '203.0.113.7';
    expect((await started.request('/metrics')).status).toBe(403);
  });

  test('to an account: its ledger', async () => {
    const started = startApp();
    const api = await signInHeadless(started);
    const ledgerPage = vi.spyOn(started.pages.store, 'ledgerPage');
    expect(await readLedger(api, 50)).toEqual({ lines: [], next: null });
    expect(ledgerPage).toHaveBeenCalledWith({ account: 10, before: 50, limit: 50 });
    expect(await faultOf(readLedger(createTestApi(started)))).toMatchObject({ code: 'not-signed-in' });
    expect(await faultOf(api.send('/api/ledger?before=x'))).toMatchObject({ code: 'bad-request' });
  });
});

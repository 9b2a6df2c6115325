// Fuzzes every HTTP resource: methods, paths that climb, queries, headers and bodies, signed in and not.
import fc from 'fast-check';
import { hashFast } from '../../../../server/http/hash-fast.ts';
import { signInWithKey } from '../../../../src/account/sign-in.ts';
import { isFaultCode } from '../../../../src/protocol/fault.ts';
import { digestOf } from '../../../../src/protocol/sha256.ts';
import { createTestApi, makeKey, ORIGIN, type StartedApp, startApp } from '../../server/http/start-app.ts';
import { type Chance, createChance, spoilBytes, spoilText } from './chance.ts';
import { makeText } from './fuzz-specs.ts';
import { createTally, type FuzzFamily } from './tally.ts';

const DIGEST = 'ab'.repeat(32);
/** Every route of API.md. */
export const ROUTES = [
  'POST /api/session/challenge',
  'POST /api/session',
  'GET /api/session',
  'DELETE /api/session',
  'POST /api/session/attach',
  'POST /api/session/ticket',
  'POST /api/jobs/quote',
  'POST /api/jobs',
  'GET /api/jobs',
  'GET /api/jobs/:id',
  'POST /api/jobs/:id/cancel',
  'GET /api/jobs/:id/shards',
  'GET /api/jobs/:id/shards/:index',
  'GET /api/jobs/:id/outputs/:name',
  'GET /api/jobs/:id/events',
  'GET /api/jobs/:id/receipt',
  'PUT /api/blobs',
  'GET /api/blobs/:digest',
  'HEAD /api/blobs/:digest',
  'GET /api/ledger',
  'GET /api/network',
  'GET /api/health',
  'GET /api/health/live',
  'GET /metrics',
  'GET /api/sites',
  'POST /api/sites',
  'GET /api/sites/:id',
  'POST /api/sites/:id/check',
  'DELETE /api/sites/:id',
  'GET /api/widget',
  'POST /api/widget/answers',
  'GET /api/widget/blocked',
  'POST /api/widget/minutes',
  'POST /api/session/widget',
  'GET /w.js',
  'GET /widget/:file{w\\.[0-9a-f]{16}\\.js}',
  'GET /widget/frame',
  'GET /widget/build.json',
  'GET /.well-known/security.txt',
  'GET /api/history',
  'GET /api/leaderboard',
  'GET /api/rejections',
  'GET /api/profile',
  'PATCH /api/profile',
  'GET /api/teams',
  'POST /api/teams',
  'GET /api/teams/:id',
  'POST /api/teams/:id/join',
  'POST /api/teams/:id/leave',
  'GET /api/network/live',
  'GET /api/network/live/events',
  'GET /api/network/samples',
  'GET /api/network/devices',
  'GET /api/network/look-up',
  'GET /api/operator/me',
  'GET /api/operator',
  'GET /api/operator/log',
  'GET /api/operator/devices',
  'GET /api/operator/audit',
  'POST /api/operator/devices/:id/ban',
  'POST /api/operator/devices/:id/unban',
  'POST /api/operator/jobs/:id/cancel',
  'POST /api/operator/drain',
  'POST /api/operator/undrain',
  'POST /api/operator/demo/inject-liar',
  'POST /api/operator/demo/stop-liar',
] as const;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'];
const PIECES = [
  '7',
  '0',
  '-1',
  '1e3',
  '9007199254740993',
  '99999999999999999999',
  'main',
  'out',
  'data',
  DIGEST,
  DIGEST.toUpperCase(),
  `${DIGEST}0`,
  DIGEST.slice(1),
  '..',
  '%2e%2e',
  '..%2f..%2fetc%2fpasswd',
  '%00',
  '%ff',
  '%',
  '%c0%ae',
  '__proto__',
  'constructor',
  'é',
  '%F0%9F%92%A9',
  '<script>',
  "'; drop table jobs;--",
  'a'.repeat(3_000),
] as const;
const QUERIES = [
  '',
  '?mine=1',
  '?limit=1',
  '?limit=-1',
  '?limit=1e9',
  '?before=7',
  '?before=x',
  '?state=running',
  '?state=__proto__',
  '?from=0&limit=256',
  '?from=%00',
  '?all=1',
  '?all=',
  '?%',
  '?limit=1&limit=2',
  '?shard=0',
  '?shard=-1',
  `?before=${'9'.repeat(400)}`,
];
const SIGN_IN = JSON.stringify({
  kind: 'guest',
  publicKey: 'A'.repeat(87),
  nonce: 'B'.repeat(22),
  expiresAtMs: 1,
  signature: 'C'.repeat(86),
});
const WALLET = JSON.stringify({
  kind: 'wallet',
  message: `${ORIGIN} wants you to sign in with your Ethereum account:\n0x`,
  signature: '0x',
});
const ATTACH = JSON.stringify({ message: 'm', walletSignature: '0x', guestSignature: 'x' });
const TOKENS = [
  '"',
  '{',
  '}',
  '[',
  ']',
  'null',
  '1e999',
  '"__proto__":{"isAdmin":true},',
  '"constructor":{"prototype":{}},',
  '\\u0000',
  '\ud800',
  '['.repeat(100),
  '{"a":'.repeat(100),
];
const HEADERS: readonly (readonly [string, string])[] = [
  ['Content-Encoding', 'gzip'],
  ['Content-Encoding', 'br'],
  ['Content-Length', '99999999999'],
  ['Content-Length', '-1'],
  ['Content-Length', 'x'],
  ['X-Sha256', '../../etc/passwd'],
  ['X-Sha256', DIGEST],
  ['Authorization', 'Bearer x'],
  ['Authorization', `Bearer ${'A'.repeat(43)}`],
  ['Cookie', `session=${'A'.repeat(43)}; __Host-session=`],
  ['Origin', 'https://evil.example'],
  ['Origin', 'null'],
  ['Sec-Fetch-Site', 'cross-site'],
  ['X-Forwarded-For', '1.2.3.4'],
  ['X-Forwarded-Host', 'evil.example'],
  ['Last-Event-ID', '-1'],
  ['Range', 'bytes=0-999999999999'],
  ['If-None-Match', '*'],
  ['Content-Type', 'text/plain'],
  ['Content-Type', 'application/json; charset=utf-16'],
];

const PAGE = {
  bytes: new TextEncoder().encode('<!doctype html>'),
  gzip: null,
  contentType: 'text/html',
  isImmutable: false,
  etag: '"page"',
};
const PAGE_ONLY = { find: (path: string) => (path === '/index.html' ? PAGE : null) };

/** Every answer is a success, or a refusal in the house's shape below 500; nothing is logged as our fault, and nothing but blobs stays. */
export const fuzzHttp: FuzzFamily = async (cases, seed) => {
  const chance = createChance(seed);
  const tally = createTally();
  const started = startApp({ settings: { blobQuotaBytes: Number.MAX_SAFE_INTEGER }, dependencies: { app: PAGE_ONLY } });
  const { token } = await signInWithKey(createTestApi(started), await makeKey(), 'headless');
  if (token === null) throw new Error('A headless client got no token.');
  const anything = fc.sample(fc.jsonValue({ maxDepth: 4 }), { seed, numRuns: 200 });
  const accounts = started.accounts.accounts.length;
  while (tally.cases < cases) {
    tally.cases++;
    const { path, init } = makeRequest(chance, token, anything);
    const show = (): string =>
      `seed ${seed}, ${init.method} ${path.slice(0, 300)} ${JSON.stringify([...new Headers(init.headers)])} ${String(init.body).slice(0, 500)}`;
    const response = await started.request(path, init);
    await judgeAnswer(response, tally, show);
    if (countFaults(started) > 0) throw new Error(`The coordinator logged a fault of its own: ${show()}`);
  }
  if (started.accounts.accounts.length !== accounts) throw new Error('An account was made by noise.');
  for (const [digest, bytes] of started.blobs.blobs)
    if (digestOf(bytes, hashFast) !== digest) throw new Error('A blob lies under another’s digest.');
  started.closeStreams();
  return tally;
};

async function judgeAnswer(response: Response, tally: ReturnType<typeof createTally>, show: () => string): Promise<void> {
  if (response.headers.get('X-Content-Type-Options') !== 'nosniff') throw new Error(`An answer lacks its headers: ${show()}`);
  if (response.status >= 500) throw new Error(`Answered ${response.status}: ${show()}\n${await response.text()}`);
  if (response.status < 400) {
    tally.taken++;
    await response.body?.cancel();
    return;
  }
  const text = await response.text();
  // HEAD answers have no body
  const code = text === '' ? 'not-found' : (JSON.parse(text) as { readonly code: string }).code;
  if (!isFaultCode(code)) throw new Error(`Refused without a code: ${show()}\n${text}`);
  tally.refused[code] = (tally.refused[code] ?? 0) + 1;
}

function countFaults(started: StartedApp): number {
  return (started.dependencies.log.error as unknown as { readonly mock: { readonly calls: readonly unknown[] } }).mock.calls.length;
}

function makeRequest(chance: Chance, token: string, anything: readonly unknown[]): { readonly path: string; readonly init: RequestInit } {
  const route = chance.pick(ROUTES);
  const [named, pattern] = route.split(' ') as [string, string];
  const method = chance.happens(0.9) ? named : chance.pick(METHODS);
  const filled = pattern.replace(/:\w+/g, () => (chance.happens(0.4) ? '7' : chance.pick(PIECES)));
  const path = `${chance.happens(0.9) ? filled : `${filled}/${chance.pick(PIECES)}`}${chance.happens(0.4) ? chance.pick(QUERIES) : ''}`;
  const headers = new Headers();
  // signing out would end the session that the others go by
  if (chance.happens(0.6) && method !== 'DELETE') headers.set('Authorization', `Bearer ${token}`);
  const body = method === 'GET' || method === 'HEAD' ? null : makeBody(chance, pattern, headers, anything);
  for (let times = chance.below(3); times > 0 && chance.happens(0.5); times--) headers.set(...(chance.pick(HEADERS) as [string, string]));
  return { path: path.startsWith('/') ? path : `/${path}`, init: { method, headers, body } };
}

function makeBody(chance: Chance, pattern: string, headers: Headers, anything: readonly unknown[]): BodyInit {
  if (pattern === '/api/blobs') {
    const bytes = chance.bytes(chance.below(64));
    headers.set('X-Sha256', digestOf(bytes, hashFast));
    return chance.happens(0.5) ? bytes : spoilBytes(chance, bytes);
  }
  headers.set('Content-Type', 'application/json');
  if (chance.happens(0.05)) return spoilBytes(chance, new TextEncoder().encode(SIGN_IN));
  if (chance.happens(0.1)) return JSON.stringify(chance.pick(anything)) ?? '';
  const text = pattern.startsWith('/api/jobs')
    ? `{"spec":${makeText(chance, anything)}${pattern === '/api/jobs' ? ',"quote":"quote-1"' : ''}}`
    : chance.pick([SIGN_IN, WALLET, ATTACH]);
  return chance.happens(0.5) ? text : spoilText(chance, text, TOKENS);
}

// Signing in, out and over: every way in, and every way that must stay shut.
import { verifyMessage } from 'ethers';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { createSiweMessage } from 'viem/siwe';
import { describe, expect, test } from 'vitest';
import { MAX_SIWE_CHARACTERS } from '../../../../server/accounts/verify-wallet.ts';
import { attachWallet } from '../../../../src/account/attach-wallet.ts';
import { readSession, requestTicket, signOut } from '../../../../src/account/session.ts';
import { signInWithKey, signInWithWallet } from '../../../../src/account/sign-in.ts';
import type { WalletProvider } from '../../../../src/account/sign-siwe-message.ts';
import type { ChallengeView, SignedInView } from '../../../../src/protocol/api.ts';
import { attachBytes, challengeBytes } from '../../../../src/protocol/canonical.ts';
import { createTestApi, faultOf, makeKey, ORIGIN, type StartedApp, signInHeadless, startApp } from './start-app.ts';

const JSON_HEADERS = { 'Content-Type': 'application/json' };
const DAY_MS = 24 * 3_600_000;

function makeWallet() {
  const account = privateKeyToAccount(generatePrivateKey());
  const provider: WalletProvider = {
    async request({ method, params }) {
      if (method === 'eth_requestAccounts') return [account.address.toLowerCase()];
      return account.signMessage({ message: { raw: params?.[0] as `0x${string}` } });
    },
  };
  return { account, provider };
}

async function post(started: StartedApp, path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await started.request(path, { method: 'POST', headers: { ...JSON_HEADERS, ...headers }, body: JSON.stringify(body) });
  return {
    status: response.status,
    body: (await response.json()) as { code?: string; sentence?: string } & Partial<SignedInView>,
    response,
  };
}

async function askChallenge(started: StartedApp, origin = ORIGIN): Promise<ChallengeView> {
  return (await (await started.request(`${origin}/api/session/challenge`, { method: 'POST' })).json()) as ChallengeView;
}

function cookieOf(response: Response): string {
  return (response.headers.get('Set-Cookie') ?? '').split(';')[0] ?? '';
}

async function signInByCookie(started: StartedApp) {
  const key = await makeKey();
  const { nonce, origin, expiresAtMs } = await askChallenge(started);
  const { publicKey } = key;
  const body = {
    kind: 'guest',
    publicKey,
    nonce,
    expiresAtMs,
    signature: await key.sign(challengeBytes({ origin, nonce, publicKey, expiresAtMs })),
  };
  const { response, status } = await post(started, '/api/session', body);
  expect(status).toBe(200);
  return { key, body, cookie: cookieOf(response), response };
}

/** What a wallet is asked to sign to answer a challenge. */
function makeMessage(address: `0x${string}`, { nonce, origin, domain, chainId, expiresAtMs }: ChallengeView): string {
  return createSiweMessage({ address, chainId, domain, nonce, uri: origin, version: '1', expirationTime: new Date(expiresAtMs) });
}

describe('a guest', () => {
  test('gets a cookie that scripts cannot read, and is known by it', async () => {
    const started = startApp();
    const { response, cookie } = await signInByCookie(started);
    expect(response.headers.get('Set-Cookie')).toMatch(/^ostraka_session_8787=[\w-]{43}; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/);
    const session = await started.request('/api/session', { headers: { Cookie: cookie } });
    expect(await session.json()).toMatchObject({ account: { kind: 'guest', granted: '100000000' }, device: 100 });
    expect(session.headers.get('Cache-Control')).toBe('no-store');
  });

  test('gets a __Host- Secure cookie where the page is secure', async () => {
    const started = startApp({ settings: { trustProxy: true, isLoopbackOnly: false, allowedOrigins: ['https://ostraka.example'] } });
    const proxied = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'ostraka.example' };
    const challenge = (await (
      await started.request('/api/session/challenge', { method: 'POST', headers: proxied })
    ).json()) as ChallengeView;
    expect(challenge).toMatchObject({ origin: 'https://ostraka.example', domain: 'ostraka.example' });
    const key = await makeKey();
    const { nonce, origin, expiresAtMs } = challenge;
    const signature = await key.sign(challengeBytes({ origin, nonce, publicKey: key.publicKey, expiresAtMs }));
    const { response } = await post(
      started,
      '/api/session',
      { kind: 'guest', publicKey: key.publicKey, nonce, expiresAtMs, signature },
      proxied,
    );
    expect(response.headers.get('Set-Cookie')).toMatch(/^__Host-ostraka_session=.*; HttpOnly; Secure; SameSite=Lax$/);
    expect(response.headers.get('Strict-Transport-Security')).toBe('max-age=31536000');
  });

  test('is granted at once only where nobody else can come in', async () => {
    const started = startApp({ settings: { isLoopbackOnly: false } });
    const api = await signInHeadless(started);
    expect(await readSession(api)).toMatchObject({ account: { granted: '0' } });
  });

  test('cannot use a challenge twice', async () => {
    const started = startApp();
    const { body } = await signInByCookie(started);
    expect(await post(started, '/api/session', body)).toMatchObject({ status: 401, body: { code: 'bad-nonce' } });
  });

  test.each([
    ['just in time', 5 * 60_000 - 1, 200],
    ['a moment too late', 5 * 60_000, 401],
  ])('signs %s', async (_, laterMs, status) => {
    const started = startApp();
    const key = await makeKey();
    const { nonce, origin, expiresAtMs } = await askChallenge(started);
    started.clock.nowMs += laterMs;
    const signature = await key.sign(challengeBytes({ origin, nonce, publicKey: key.publicKey, expiresAtMs }));
    expect((await post(started, '/api/session', { kind: 'guest', publicKey: key.publicKey, nonce, expiresAtMs, signature })).status).toBe(
      status,
    );
  });

  test('cannot sign with another key, for another origin, or for longer', async () => {
    const started = startApp();
    const [key, other] = [await makeKey(), await makeKey()];
    const attempts = [
      (c: ChallengeView) => ({ by: other, over: { ...c, publicKey: key.publicKey }, expiresAtMs: c.expiresAtMs }),
      (c: ChallengeView) => ({
        by: key,
        over: { ...c, publicKey: key.publicKey, origin: 'https://elsewhere.example' },
        expiresAtMs: c.expiresAtMs,
      }),
      (c: ChallengeView) => ({
        by: key,
        over: { ...c, publicKey: key.publicKey, expiresAtMs: c.expiresAtMs + DAY_MS },
        expiresAtMs: c.expiresAtMs + DAY_MS,
      }),
    ];
    for (const attempt of attempts) {
      const challenge = await askChallenge(started);
      const { by, over, expiresAtMs } = attempt(challenge);
      const { origin, nonce, publicKey } = over;
      const signature = await by.sign(challengeBytes({ origin, nonce, publicKey, expiresAtMs: over.expiresAtMs }));
      const answer = await post(started, '/api/session', {
        kind: 'guest',
        publicKey: key.publicKey,
        nonce: challenge.nonce,
        expiresAtMs,
        signature,
      });
      expect(answer).toMatchObject({ status: 401, body: { code: 'bad-signature' } });
    }
  });

  test.each([['AAAA'], ['not base64!'], ['A'.repeat(87)]])('cannot come with the key %s', async (publicKey) => {
    const started = startApp();
    const { nonce, expiresAtMs } = await askChallenge(started);
    const answer = await post(started, '/api/session', { kind: 'guest', publicKey, nonce, expiresAtMs, signature: 'A'.repeat(86) });
    expect(answer).toMatchObject({ status: 401, body: { code: 'bad-signature' } });
  });

  test('is refused by field when the body is malformed', async () => {
    const started = startApp();
    expect(await post(started, '/api/session', { kind: 'guest', nonce: 1 })).toMatchObject({
      status: 400,
      body: { code: 'bad-request', sentence: expect.stringContaining('publicKey') },
    });
    expect(await post(started, '/api/session', { kind: 'treasury' })).toMatchObject({ status: 400, body: { code: 'bad-request' } });
    expect((await post(started, '/api/session', { kind: 'guest', publicKey: 'x'.repeat(20_000) })).body.code).toBe('too-large');
  });

  test('never signs what a server carries over from another', async () => {
    const started = startApp();
    const api = createTestApi(started, 'http://localhost:9999');
    const carried = { ...api, origin: 'http://honest.example' };
    expect(await faultOf(signInWithKey(carried, await makeKey(), 'guest'))).toMatchObject({ code: 'bad-origin' });
  });

  test('cannot use a challenge of another of our origins', async () => {
    const started = startApp();
    const key = await makeKey();
    const { nonce, origin, expiresAtMs } = await askChallenge(started, 'http://localhost:8787');
    const signature = await key.sign(challengeBytes({ origin, nonce, publicKey: key.publicKey, expiresAtMs }));
    expect(
      (await post(started, '/api/session', { kind: 'guest', publicKey: key.publicKey, nonce, expiresAtMs, signature })).body.code,
    ).toBe('bad-origin');
  });
});

describe('a session', () => {
  test('of a headless client is a token, and of the house the house', async () => {
    const key = await makeKey();
    const started = startApp({ settings: { houseKey: key.publicKey } });
    const house = await signInHeadless(started, key);
    expect((await readSession(house))?.account.kind).toBe('house');
    expect((await readSession(await signInHeadless(started)))?.account.kind).toBe('headless');
    expect(house.token).toMatch(/^[\w-]{43}$/);
  });

  test('of nobody is no content, and a wrong token is nobody', async () => {
    const started = startApp();
    expect((await started.request('/api/session')).status).toBe(204);
    expect(await readSession(createTestApi(started).withToken('A'.repeat(43)))).toBeNull();
    expect(await readSession(createTestApi(started).withToken("' or 1=1 --"))).toBeNull();
    expect(await faultOf(requestTicket(createTestApi(started)))).toMatchObject({ code: 'not-signed-in' });
  });

  test('keeps only a hash in the store', async () => {
    const started = startApp();
    const api = await signInHeadless(started);
    expect([...started.accounts.sessions.keys()]).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
    expect([...started.accounts.sessions.keys()][0]).not.toContain(api.token);
  });

  test('ends when signed out, here or everywhere', async () => {
    const started = startApp();
    const key = await makeKey();
    const [first, second, third] = [
      await signInHeadless(started, key),
      await signInHeadless(started, key),
      await signInHeadless(started, key),
    ];
    await signOut(first);
    expect(await readSession(first)).toBeNull();
    expect(await readSession(second)).not.toBeNull();
    await signOut(second, 'everywhere');
    expect(await readSession(third)).toBeNull();
  });

  test('slides once a day and is over after seven days unused', async () => {
    const started = startApp();
    const { cookie } = await signInByCookie(started);
    const ask = () => started.request('/api/session', { headers: { Cookie: cookie } });
    started.clock.nowMs += DAY_MS - 1;
    expect((await ask()).headers.get('Set-Cookie')).toBeNull();
    started.clock.nowMs += 1;
    expect(cookieOf(await ask())).toBe(cookie);
    started.clock.nowMs += 7 * DAY_MS;
    expect((await ask()).status).toBe(204);
  });

  test('gives a ticket', async () => {
    const started = startApp();
    expect(await requestTicket(await signInHeadless(started))).toEqual({
      ticket: 'ticket-of-10',
      peer: 'abc',
      expiresAtMs: started.clock.nowMs + 30_000,
    });
  });
});

describe('a wallet', () => {
  test('signs in with a message that names this place', async () => {
    const started = startApp({ settings: { isLoopbackOnly: false }, startMs: Date.now() });
    const { account, provider } = makeWallet();
    const signedIn = await signInWithWallet(createTestApi(started), provider, await makeKey(), started.clock.nowMs);
    expect(signedIn).toMatchObject({ account: { kind: 'wallet', wallet: account.address, granted: '100000000' }, token: null });
  });

  const WRONG: readonly (readonly [string, string, (message: Parameters<typeof createSiweMessage>[0], nowMs: number) => object])[] = [
    ['another domain', 'bad-origin', () => ({ domain: 'elsewhere.example' })],
    ['another uri', 'bad-origin', () => ({ uri: 'http://127.0.0.1:8787/elsewhere' })],
    ['another chain', 'bad-signature', () => ({ chainId: 5 })],
    ['a nonce of its own', 'bad-nonce', () => ({ nonce: 'aaaaaaaaaaaaaaaa' })],
    ['a time that has passed', 'bad-nonce', (_, nowMs) => ({ expirationTime: new Date(nowMs) })],
    ['a time to come', 'bad-nonce', (_, nowMs) => ({ notBefore: new Date(nowMs + 60_000) })],
    ['no end', 'bad-signature', () => ({ expirationTime: undefined })],
  ];
  test.each(WRONG)('is refused with %s', async (_, code, change) => {
    const started = startApp();
    const { account } = makeWallet();
    const { nonce, origin, domain, chainId, expiresAtMs } = await askChallenge(started);
    const fields = {
      address: account.address,
      chainId,
      domain,
      nonce,
      uri: origin,
      version: '1' as const,
      issuedAt: new Date(0),
      expirationTime: new Date(expiresAtMs),
    };
    const message = createSiweMessage({ ...fields, ...change(fields, started.clock.nowMs) } as typeof fields);
    const answer = await post(started, '/api/session', { kind: 'wallet', message, signature: await account.signMessage({ message }) });
    expect(answer).toMatchObject({ body: { code } });
    expect([401, 403]).toContain(answer.status);
  });

  test('is refused with the signature of another, of no shape, and with text that is no message', async () => {
    const started = startApp();
    const { account } = makeWallet();
    for (const signature of [await makeWallet().account.signMessage({ message: 'x' }), '0x12', '0xnothing']) {
      const message = makeMessage(account.address, await askChallenge(started));
      expect((await post(started, '/api/session', { kind: 'wallet', message, signature })).body.code).toBe('bad-signature');
    }
    expect((await post(started, '/api/session', { kind: 'wallet', message: 'let me in', signature: '0x' })).body.code).toBe(
      'bad-signature',
    );
    for (const [characters, code] of [
      [MAX_SIWE_CHARACTERS, 'bad-signature'],
      [MAX_SIWE_CHARACTERS + 1, 'too-large'],
    ] as const) {
      expect((await post(started, '/api/session', { kind: 'wallet', message: 'x'.repeat(characters), signature: '0x' })).body.code).toBe(
        code,
      );
    }
  });

  test('cannot be replayed', async () => {
    const started = startApp();
    const { account } = makeWallet();
    const message = makeMessage(account.address, await askChallenge(started));
    const signature = await account.signMessage({ message });
    expect(verifyMessage(message, signature)).toBe(account.address);
    expect((await post(started, '/api/session', { kind: 'wallet', message, signature })).status).toBe(200);
    expect((await post(started, '/api/session', { kind: 'wallet', message, signature })).body.code).toBe('bad-nonce');
  });

  test.each([
    [4001, 'cancelled'],
    [-32002, 'conflict'],
    [undefined, 'bad-request'],
  ])('that answers with code %s ends in %s', async (walletCode, code) => {
    const provider: WalletProvider = { request: () => Promise.reject({ code: walletCode, message: 'no' }) };
    const started = startApp();
    expect(await faultOf(signInWithWallet(createTestApi(started), provider, await makeKey(), 0))).toMatchObject({ code });
  });
});

describe('attaching a wallet', () => {
  async function start() {
    const started = startApp({ startMs: Date.now() });
    const key = await makeKey();
    return { started, key, api: await signInHeadless(started, key), ...makeWallet() };
  }

  test('moves the account once; the key opens the wallet from then on', async () => {
    const { started, key, api, provider, account } = await start();
    const attached = await attachWallet(api, provider, key, started.clock.nowMs);
    expect(attached.account).toMatchObject({ kind: 'wallet', wallet: account.address, granted: '100000000' });
    expect(await readSession(api)).toBeNull();
    const again = await signInHeadless(started, key);
    expect((await readSession(again))?.account.id).toBe(attached.account.id);
    const repeated = await attachWallet(again, provider, key, started.clock.nowMs);
    expect(repeated.account).toMatchObject({ id: attached.account.id, granted: '100000000' });
    expect(await faultOf(attachWallet(again.withToken(repeated.token), makeWallet().provider, key, started.clock.nowMs))).toMatchObject({
      code: 'already-attached',
    });
  });

  test('wants a session, and the key of that session', async () => {
    const { started, key, api, provider } = await start();
    expect(await faultOf(attachWallet(createTestApi(started), provider, key, started.clock.nowMs))).toMatchObject({
      code: 'not-signed-in',
    });
    expect(await faultOf(attachWallet(api, provider, await makeKey(), started.clock.nowMs))).toMatchObject({ code: 'forbidden' });
  });

  test('refuses a replay, a key that signed for another wallet, and a message that names no key', async () => {
    const { started, key, api, account } = await start();
    const bearer = { Authorization: `Bearer ${api.token}` };
    const write = async (resources: string[], signedWallet: string) => {
      const { nonce, origin, domain, chainId, expiresAtMs } = await askChallenge(started);
      const message = createSiweMessage({
        address: account.address,
        chainId,
        domain,
        nonce,
        uri: origin,
        version: '1',
        expirationTime: new Date(expiresAtMs),
        resources,
      });
      const guestSignature = await key.sign(attachBytes({ origin, nonce, wallet: signedWallet }));
      return { message, walletSignature: await account.signMessage({ message }), guestSignature };
    };
    const resource = `urn:ostraka:device:${key.publicKey}`;
    const other = await post(started, '/api/session/attach', await write([resource], makeWallet().account.address.toLowerCase()), bearer);
    expect(other).toMatchObject({ status: 401, body: { code: 'bad-signature' } });
    const unnamed = await post(started, '/api/session/attach', await write(['https://example.com'], account.address.toLowerCase()), bearer);
    expect(unnamed).toMatchObject({ status: 401, body: { code: 'bad-signature' } });
    const good = await write([resource], account.address.toLowerCase());
    const attached = await post(started, '/api/session/attach', good, bearer);
    expect(attached.status).toBe(200);
    const replayed = await post(started, '/api/session/attach', good, { Authorization: `Bearer ${attached.body.token}` });
    expect(replayed).toMatchObject({ status: 401, body: { code: 'bad-nonce' } });
  });
});

// Who gets in at /api/operator, who does not and with which sentence, and that acts want a reason and our own page.

import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { createSiweMessage } from 'viem/siwe';
import { describe, expect, test } from 'vitest';
import type { ChallengeView } from '../../../../src/protocol/api.ts';
import { OPERATOR_LIMITS } from '../../../../src/protocol/api-operator.ts';
import type { JobId } from '../../../../src/protocol/ids.ts';
import { LIVE } from './memory-desks.ts';
import { makeStoredJob } from './memory-stores.ts';
import { type StartedApp, signInHeadless, startApp } from './start-app.ts';

const JSON_TYPE = { 'Content-Type': 'application/json' } as const;
const wallet = privateKeyToAccount(generatePrivateKey());
const listed = [wallet.address.toLowerCase()];

/** A session that the wallet itself has signed, as its cookie. */
async function signInWallet(started: StartedApp, account = wallet): Promise<string> {
  const { nonce, origin, domain, chainId, expiresAtMs } = (await (
    await started.request('/api/session/challenge', { method: 'POST' })
  ).json()) as ChallengeView;
  const message = createSiweMessage({
    address: account.address,
    chainId,
    domain,
    nonce,
    uri: origin,
    version: '1',
    expirationTime: new Date(expiresAtMs),
  });
  const body = { kind: 'wallet', message, signature: await account.signMessage({ message }) };
  const response = await started.request('/api/session', { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(body) });
  expect(response.status).toBe(200);
  return (response.headers.get('Set-Cookie') ?? '').split(';')[0] ?? '';
}

async function ask(started: StartedApp, path: string, init: RequestInit = {}) {
  const response = await started.request(path, { ...init, headers: { ...JSON_TYPE, ...(init.headers as Record<string, string>) } });
  const text = await response.text();
  return { status: response.status, body: text === '' ? null : JSON.parse(text) };
}

const READS = ['/api/operator', '/api/operator/log', '/api/operator/devices', '/api/operator/audit'];
const ACTS = [
  ...['/api/operator/devices/5/ban', '/api/operator/devices/5/unban', '/api/operator/jobs/7/cancel', '/api/operator/drain'],
  ...['/api/operator/undrain', '/api/operator/demo/inject-liar', '/api/operator/demo/stop-liar'],
];

describe('who is no operator', () => {
  test.each(READS)('is refused %s with one sentence', async (path) => {
    const started = startApp({ operators: listed });
    expect(await ask(started, path)).toMatchObject({ status: 401, body: { code: 'not-signed-in', facts: { why: 'nobody' } } });
    const stranger = await signInWallet(started, privateKeyToAccount(generatePrivateKey()));
    expect(await ask(started, path, { headers: { Cookie: stranger } })).toMatchObject({
      status: 403,
      body: { code: 'forbidden', sentence: 'This wallet is no operator here: OPERATORS does not name it.' },
    });
  });

  test.each(ACTS)('does nothing by %s', async (path) => {
    const started = startApp({ operators: listed });
    const { token } = await signInHeadless(started);
    const headers = { Authorization: `Bearer ${token}` };
    const body = JSON.stringify({ reason: 'because I can' });
    expect(await ask(started, path, { method: 'POST', headers, body })).toMatchObject({
      status: 403,
      body: { facts: { why: 'not-a-wallet' } },
    });
    expect(started.desks.done).toEqual([]);
  });

  test('learns on the page what is missing', async () => {
    const none = startApp();
    expect(await ask(none, '/api/operator/me')).toMatchObject({ status: 200, body: { kind: 'refused', why: 'none-configured' } });
    const started = startApp({ operators: listed });
    expect(await ask(started, '/api/operator/me')).toMatchObject({ status: 200, body: { kind: 'refused', why: 'nobody' } });
  });
});

describe('an operator', () => {
  test('is one for twelve hours after the wallet signed, however the session slides', async () => {
    const started = startApp({ operators: listed });
    const headers = { Cookie: await signInWallet(started) };
    expect(await ask(started, '/api/session', { headers })).toMatchObject({ body: { isOperator: true } });
    started.clock.nowMs += OPERATOR_LIMITS.sessionMs - 1;
    for (const path of READS) expect((await ask(started, path, { headers })).status).toBe(200);
    started.clock.nowMs += 1;
    expect(await ask(started, '/api/operator', { headers })).toMatchObject({ status: 403, body: { facts: { why: 'too-old' } } });
  });

  test('acts with a reason, and with none or too long a one does nothing', async () => {
    const started = startApp({ operators: listed });
    started.pages.jobs.set(7 as JobId, makeStoredJob());
    const headers = { Cookie: await signInWallet(started) };
    const act = (path: string, reason: unknown) => ask(started, path, { method: 'POST', headers, body: JSON.stringify({ reason }) });
    const { min, max } = OPERATOR_LIMITS.reasonLetters;
    for (const reason of ['', '  ', '..!', 'a'.repeat(min - 1), 'a'.repeat(max + 1), 7]) {
      expect(await act('/api/operator/drain', reason)).toMatchObject({ status: 400, body: { code: 'bad-request' } });
    }
    expect(started.desks.done).toEqual([]);
    expect((await act('/api/operator/devices/5/ban', 'lies')).status).toBe(204);
    expect((await act('/api/operator/devices/5/unban', 'a'.repeat(max))).status).toBe(204);
    expect((await act('/api/operator/jobs/7/cancel', 'its owner asked')).status).toBe(200);
    expect((await act('/api/operator/drain', 'a'.repeat(min))).status).toBe(200);
    expect(started.desks.done).toEqual(['ban 5 lies', `unban 5 ${'a'.repeat(max)}`, 'cancel 7 its owner asked', 'drain aaa']);
    expect(await act('/api/operator/devices/x/ban', 'lies')).toMatchObject({ status: 404 });
  });

  test('does not end a job that has ended', async () => {
    const started = startApp({ operators: listed });
    started.pages.jobs.set(7 as JobId, makeStoredJob({ state: 'done' }));
    const headers = { Cookie: await signInWallet(started) };
    const body = JSON.stringify({ reason: 'too late' });
    const answer = await ask(started, '/api/operator/jobs/7/cancel', { method: 'POST', headers, body });
    expect(answer).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect(started.desks.done).toEqual([]);
  });

  test('cannot be made to act by another site', async () => {
    const started = startApp({ operators: listed });
    const headers = { Cookie: await signInWallet(started), Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' };
    const body = JSON.stringify({ reason: 'a trap' });
    expect(await ask(started, '/api/operator/drain', { method: 'POST', headers, body })).toMatchObject({ body: { code: 'bad-origin' } });
    expect(started.desks.done).toEqual([]);
  });

  test('asks for what there is, within the limits', async () => {
    const started = startApp({ operators: listed });
    const headers = { Cookie: await signInWallet(started) };
    const statusOf = async (path: string) => (await ask(started, path, { headers })).status;
    const letters = OPERATOR_LIMITS.containsLetters;
    expect(await statusOf(`/api/operator/log?level=warn&contains=${'a'.repeat(letters)}&limit=${OPERATOR_LIMITS.logPage.max}`)).toBe(200);
    expect(await statusOf(`/api/operator/log?contains=${'a'.repeat(letters + 1)}`)).toBe(400);
    expect(await statusOf(`/api/operator/log?limit=${OPERATOR_LIMITS.logPage.max + 1}`)).toBe(400);
    expect(await statusOf('/api/operator/log?level=loud')).toBe(400);
    expect(await statusOf('/api/operator/devices?show=banned')).toBe(200);
    expect(await statusOf('/api/operator/devices?show=nice')).toBe(400);
    expect(await statusOf(`/api/operator/devices?limit=${OPERATOR_LIMITS.devices.max + 1}`)).toBe(400);
  });
});

describe('the network', () => {
  test('is told to anyone, now and as a stream', async () => {
    const started = startApp();
    expect((await ask(started, '/api/network/live')).body).toEqual(LIVE);
    const response = await started.request('/api/network/live/events');
    const reader = response.body!.getReader();
    const { value } = await reader.read();
    expect(new TextDecoder().decode(value)).toBe(`data: ${JSON.stringify(LIVE)}\n\n`);
    started.closeStreams();
    await reader.cancel();
    expect(started.countWatchers()).toBe(0);
  });

  test('has samples of at most a year and looks up what can be one', async () => {
    const started = startApp();
    const statusOf = async (path: string) => (await ask(started, path)).status;
    expect(await statusOf('/api/network/samples')).toBe(200);
    expect(await statusOf('/api/network/samples?hours=8784')).toBe(200);
    expect(await statusOf('/api/network/samples?hours=8785')).toBe(400);
    expect(await statusOf('/api/network/samples?hours=0')).toBe(400);
    expect(await statusOf('/api/network/devices')).toBe(200);
    expect(await statusOf('/api/network/look-up?for=12')).toBe(200);
    expect(await statusOf(`/api/network/look-up?for=${'aB'.repeat(32)}`)).toBe(200);
    expect(await statusOf('/api/network/look-up?for=everything')).toBe(400);
    expect(await statusOf('/api/network/look-up')).toBe(400);
  });
});

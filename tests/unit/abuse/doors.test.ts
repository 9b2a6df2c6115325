// Abuse at the doors of a whole coordinator: bombs, paths that climb, keys that reach into prototypes, scripts in texts.
import { connect } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Api } from '../../../src/account/create-api.ts';
import { requestTicket } from '../../../src/account/session.ts';
import { isFaultCode } from '../../../src/protocol/fault.ts';
import { decodeMessage } from '../../../src/protocol/frame.ts';
import { parseClientMessage } from '../../../src/protocol/parse-message.ts';
import { digestOf } from '../../../src/protocol/sha256.ts';
import { quoteJob } from '../../../src/requester/quote-job.ts';
import { submitJob } from '../../../src/requester/submit-job.ts';
import { makeBenchSpec } from '../../bench/bench-job.ts';
import { type Network, openNetwork } from './open-network.ts';

let network: Network;
let me: Api;
beforeAll(async () => {
  network = await openNetwork();
  me = await network.signIn();
});
afterAll(async () => {
  const sentence = await network.checkLedger();
  await network.stop();
  expect(sentence).toBe('It balances.');
});

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'accepted',
    (fault: { readonly code: string }) => fault.code,
  );

/** The code that a request of mine is refused with, or what it was answered. */
async function ask(method: string, path: string, headers: Readonly<Record<string, string>>, body: string | Uint8Array): Promise<string> {
  const response = await fetch(network.url + path, {
    method,
    headers: { Authorization: `Bearer ${me.token}`, ...headers },
    body: body as BodyInit,
  });
  const { code, sentence } = (await response.json()) as { readonly code?: string; readonly sentence?: string };
  return code === undefined ? 'accepted' : `${code}: ${sentence}`;
}

/** The raw first line and body: no client tidies the path. */
async function askRaw(head: string): Promise<{ readonly status: number; readonly body: string }> {
  const { port, host } = new URL(network.url);
  const socket = connect(Number(port), '127.0.0.1');
  socket.end(Buffer.from(`${head}\r\nHost: ${host}\r\nConnection: close\r\n\r\n`, 'latin1'));
  let text = '';
  for await (const part of socket) text += String(part);
  const [top = '', ...rest] = text.split('\r\n\r\n');
  return { status: Number(top.split(' ')[1]), body: rest.join('\r\n\r\n') };
}

describe('a body that would swell', () => {
  const zeros = Buffer.alloc(50_000_000);
  const bombs = { gzip: gzipSync(zeros), deflate: deflateSync(zeros), br: brotliCompressSync(zeros) };
  it.each(Object.entries(bombs))('in %s is refused and not inflated, as a job and as a blob', async (encoding, bomb) => {
    const before = process.memoryUsage().arrayBuffers;
    const headers = { 'Content-Encoding': encoding, 'Content-Type': 'application/json', 'X-Sha256': digestOf(bomb) };
    for (const [path, method] of [
      ['/api/jobs/quote', 'POST'],
      ['/api/blobs', 'PUT'],
      ['/api/session', 'POST'],
    ] as const) {
      expect(await ask(method, path, headers, bomb), path).toMatch(/^bad-request: .*Content-Encoding/);
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(zeros.length / 2);
  });

  it('cannot come over a socket either: compression is not agreed to', async () => {
    const { ticket } = await requestTicket(me);
    const socket = new WebSocket(`${network.url.replace(/^http/, 'ws')}/transport?ticket=${ticket}`, { perMessageDeflate: true });
    await new Promise((resolve) => socket.once('open', resolve));
    expect(socket.extensions).toBe('');
    socket.terminate();
  });
});

describe('a digest that is a path', () => {
  const good = 'ab'.repeat(32);
  it.each([
    '../../../../etc/passwd',
    '..%2f..%2f..%2fetc%2fpasswd',
    '%2e%2e/%2e%2e/config',
    `${good}/../../x`,
    good.toUpperCase(),
    `${good}0`,
    good.slice(1),
    `${good.slice(2)}%00`,
    `${good}%00.json`,
    `${good.slice(1)}\u00e9`,
    '%ff%fe',
    '%',
    '.',
    '-1',
    `${good.slice(0, 62)}%c0%ae`,
  ])('is refused by code: %s', async (digest) => {
    const { status, body } = await askRaw(`GET /api/blobs/${digest} HTTP/1.1`);
    // what climbs out of the resources is at most a page of the app
    if (body.includes('<html')) expect(digest).toMatch(/\.\.|%2e/);
    else expect([400, 403, 404, 503]).toContain(status);
    if (body.includes('{"code"'))
      expect(isFaultCode((JSON.parse(body.slice(body.indexOf('{'), body.lastIndexOf('}') + 1)) as { code: string }).code)).toBe(true);
    expect(body).not.toContain('root:');
    expect(await ask('PUT', '/api/blobs', { 'X-Sha256': encodeURI(digest) }, new Uint8Array(1))).toMatch(/^bad-request: A digest is/);
  });

  it('takes the place of an input in a job’s spec no more than that', async () => {
    const spec = makeBenchSpec(1, 1);
    for (const digest of ['../../etc/passwd', good.toUpperCase(), `${good}\u0000`, 'http://127.0.0.1/secret', 'file:///etc/passwd']) {
      const stages = [{ ...spec.stages[0]!, inputs: { data: { digest: digest as never } } }];
      expect(await codeOf(quoteJob(me, { ...spec, stages }))).toBe('bad-spec');
    }
  });
});

describe('a key that reaches into prototypes', () => {
  const send = (text: string) => ask('POST', '/api/jobs/quote', { 'Content-Type': 'application/json' }, text);
  const spec = JSON.stringify(makeBenchSpec(1, 1));
  it.each(['__proto__', 'constructor', 'prototype'])('%s is refused wherever it stands', async (key) => {
    expect(await send(`{"spec":${spec},"${key}":{"isAdmin":true}}`)).toMatch(/^bad-request: .*the key/);
    expect(await send(`{"spec":${spec.replace('"parameters":{}', `"parameters":{"${key}":1}`)}}`)).toMatch(/^bad-request: .*the key/);
    expect(await send(`{"spec":${spec.replace('"inputs":{}', `"inputs":{"${key}":{"digest":"x"}}`)}}`)).toMatch(/^bad-request: .*the key/);
    const view = spec.replace('"output":"words"', `"output":"${key}"`);
    expect(await send(`{"spec":${view}}`)).toMatch(/^bad-spec: view.output/);
    expect(await send(`{"spec":${spec}}`)).toBe('accepted');
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  it.each(['__proto__', 'constructor'])('%s in a message is refused as bad-message', (key) => {
    const text = Buffer.from(key);
    // { type: 'heartbeat', sentAtMs: 1, [key]: { isAdmin: true } }
    const header = Buffer.concat([
      Buffer.from([0x83, 0xa4]),
      Buffer.from('type'),
      Buffer.from([0xa9]),
      Buffer.from('heartbeat'),
      Buffer.from([0xa8]),
      Buffer.from('sentAtMs'),
      Buffer.from([1, 0xa0 | text.length]),
      text,
      Buffer.from([0x81, 0xa7]),
      Buffer.from('isAdmin'),
      Buffer.from([0xc3]),
    ]);
    const bytes = Buffer.concat([Buffer.from([header.length, 0, 0, 0]), header]);
    expect(() => parseClientMessage(bytes)).toThrow(expect.objectContaining({ code: 'bad-message' }));
    if (key === '__proto__') expect(() => decodeMessage(bytes)).toThrow(expect.objectContaining({ code: 'bad-message' }));
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });
});

it('a script in a job’s texts comes back as the data it is, under a policy that runs nothing', async () => {
  const title = '<script>alert(1)</script><img src=x onerror=alert(2)>\u0000\ud800"\'';
  const spec = { ...makeBenchSpec(1, 1), title, description: `${title}javascript:alert(3)` };
  const { id } = await quoteJob(me, spec);
  const job = await submitJob(me, spec, id);
  for (const path of [`/api/jobs/${job.id}`, '/api/jobs', `/api/jobs/${job.id}/receipt`, `/api/jobs/${job.id}/shards`]) {
    const response = await fetch(network.url + path);
    expect(response.status).toBe(200);
    expect(response.headers.get('Content-Type')).toMatch(/^application\/json/);
    expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect(response.headers.get('Content-Security-Policy')).toMatch(/^default-src 'none';.*sandbox/);
    await response.body?.cancel();
  }
  const { title: shown } = (await (await fetch(`${network.url}/api/jobs/${job.id}`)).json()) as { readonly title: string };
  expect(shown.startsWith('<script>alert(1)</script>')).toBe(true);
});

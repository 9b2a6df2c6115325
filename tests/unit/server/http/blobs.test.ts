// Uploads and downloads by digest: each refusal, each limit on both sides.
import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { createByteBudget } from '../../../../server/http/byte-budget.ts';
import { MAX_BLOB_BYTES, MAX_BYTES_IN_FLIGHT_AN_ADDRESS } from '../../../../server/http/limits.ts';
import type { Digest } from '../../../../src/protocol/ids.ts';
import type { Client } from '../../../../src/requester/create-client.ts';
import { readBlob } from '../../../../src/requester/read-blob.ts';
import { uploadBlob } from '../../../../src/requester/upload-blob.ts';
import { createTestApi, faultOf, type StartedApp, signInHeadless, startApp } from './start-app.ts';

const bytes = new TextEncoder().encode('<script>alert(1)</script>');

let started: StartedApp;
let client: Client;
beforeEach(async () => {
  started = startApp();
  client = await signInHeadless(started);
});

describe('an upload', () => {
  test('comes back by its digest, to everyone, for ever, as nothing a browser would run', async () => {
    const digest = await uploadBlob(client, bytes);
    expect(await readBlob(createTestApi(started), digest)).toEqual(bytes);
    const response = await started.request(`/api/blobs/${digest}`);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="${digest}"`,
      'content-length': String(bytes.length),
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
      'x-content-type-options': 'nosniff',
    });
    expect((await started.request(`/api/blobs/${digest}`, { headers: { 'If-None-Match': `"${digest}"` } })).status).toBe(304);
    const head = await started.request(`/api/blobs/${digest}`, { method: 'HEAD' });
    expect([head.status, head.headers.get('Content-Length'), await head.text()]).toEqual([200, String(bytes.length), '']);
  });

  test('wants a session', async () => {
    expect(await faultOf(uploadBlob(createTestApi(started), bytes))).toMatchObject({ code: 'not-signed-in' });
  });

  test.each([['ab'.repeat(32)], ['AB'.repeat(32)], ['../../etc/passwd'], ['']])('is refused when X-Sha256 is "%s"', async (digest) => {
    const call = client.send('/api/blobs', { method: 'PUT', bytes, headers: { 'X-Sha256': digest } });
    expect(await faultOf(call)).toMatchObject({ code: 'bad-request' });
    expect(started.blobs.blobs.size).toBe(0);
  });

  test('is refused above the quota, and not at it', async () => {
    await uploadBlob(client, new Uint8Array(1_000));
    expect(await faultOf(uploadBlob(client, new Uint8Array(1)))).toMatchObject({ code: 'quota-exceeded' });
    expect(started.blobs.blobs.size).toBe(1);
  });

  test('is refused while the disk is low', async () => {
    const low = startApp({ dependencies: { isStorageLow: () => true } });
    expect(await faultOf(uploadBlob(await signInHeadless(low), bytes))).toMatchObject({ code: 'storage-low' });
  });
});

describe('the size of an upload', () => {
  const stream = (total: number): ReadableStream => {
    let left = total;
    return new ReadableStream({
      pull(controller) {
        const size = Math.min(left, 1024 * 1024);
        left -= size;
        if (size > 0) controller.enqueue(new Uint8Array(size));
        else controller.close();
      },
    });
  };
  const put = async (total: number, headers: Record<string, string>) => {
    const wide = startApp({ settings: { blobQuotaBytes: Number.MAX_SAFE_INTEGER } });
    const api = await signInHeadless(wide);
    const init = { method: 'PUT', body: stream(total), duplex: 'half', headers: { Authorization: `Bearer ${api.token}`, ...headers } };
    const response = await wide.request('/api/blobs', init as RequestInit);
    return { status: response.status, body: (await response.json()) as { code?: string; bytes?: number } };
  };

  test('may be 64 MiB', async () => {
    const digest = createHash('sha256').update(new Uint8Array(MAX_BLOB_BYTES)).digest('hex');
    expect(await put(MAX_BLOB_BYTES, { 'X-Sha256': digest })).toEqual({ status: 201, body: { digest, bytes: MAX_BLOB_BYTES } });
  });

  test('may not be a byte more, announced or not', async () => {
    const digest = 'ab'.repeat(32);
    expect(await put(MAX_BLOB_BYTES + 1, { 'X-Sha256': digest })).toMatchObject({ status: 413, body: { code: 'too-large' } });
    expect(await put(1, { 'X-Sha256': digest, 'Content-Length': String(MAX_BLOB_BYTES + 1) })).toMatchObject({
      status: 413,
      body: { code: 'too-large' },
    });
  });
});

describe('bytes under way', () => {
  test('are bounded for a stranger and for all, and come back when they have left or their reader has', async () => {
    const budget = createByteBudget(10, 6);
    const first = budget.take(6, 'a', true);
    expect(() => budget.take(1, 'a', true)).toThrow('try again');
    const second = budget.take(4, 'b', true);
    expect(() => budget.take(1, 'c', true)).toThrow('try again');
    first();
    first();
    expect(budget.inFlight).toBe(4);
    budget.take(6, 'b', false);
    second();
    expect(budget.inFlight).toBe(6);
  });

  test('of a download that nobody reads are held until it is given up', async () => {
    const far = startApp({ settings: { isLoopbackOnly: false } });
    far.caller.address = '203.0.113.7';
    const digest = await far.blobs.store.put(new Uint8Array(MAX_BLOB_BYTES));
    const open: Response[] = [];
    for (let i = 0; i < MAX_BYTES_IN_FLIGHT_AN_ADDRESS / MAX_BLOB_BYTES; i++) open.push(await far.request(`/api/blobs/${digest}`));
    const refused = await far.request(`/api/blobs/${digest}`);
    expect([refused.status, refused.headers.get('Retry-After'), refused.headers.get('Cache-Control'), refused.headers.get('ETag')]).toEqual(
      [429, '1', 'no-store', null],
    );
    await open[0]?.body?.cancel();
    expect((await (await far.request(`/api/blobs/${digest}`)).arrayBuffer()).byteLength).toBe(MAX_BLOB_BYTES);
    expect((await far.request(`/api/blobs/${digest}`)).status).toBe(200);
  });
});

describe('a download', () => {
  test('whose bytes are gone is a refusal that no cache keeps', async () => {
    const digest = await uploadBlob(client, bytes);
    started.blobs.store.get = async () => null;
    const response = await started.request(`/api/blobs/${digest}`);
    expect([
      response.status,
      response.headers.get('Cache-Control'),
      response.headers.get('Content-Length'),
      response.headers.get('ETag'),
    ]).toEqual([404, 'no-store', null, null]);
    expect(await response.json()).toMatchObject({ code: 'not-found' });
  });

  test.each([
    ['ab'.repeat(32), 'not-found'],
    ['..%2f..%2fetc%2fpasswd', 'bad-request'],
    ['AB'.repeat(32), 'bad-request'],
    ['ab', 'bad-request'],
  ])('of %s is %s', async (digest, code) => {
    expect(await faultOf(client.send(`/api/blobs/${digest}`))).toMatchObject({ code });
  });

  test('of other bytes than asked for is noticed by the client', async () => {
    const digest = await uploadBlob(client, bytes);
    started.blobs.blobs.set(digest, new Uint8Array(3));
    expect(await faultOf(readBlob(client, digest as Digest))).toMatchObject({ code: 'bad-frame' });
  });
});

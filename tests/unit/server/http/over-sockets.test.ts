// The app behind a real HTTP server: streams that end, readers that leave, bodies that are too long, what Node makes of it all.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MAX_BLOB_BYTES, MAX_BYTES_IN_FLIGHT } from '../../../../server/http/limits.ts';
import { signInWithKey } from '../../../../src/account/sign-in.ts';
import type { JobId } from '../../../../src/protocol/ids.ts';
import { collectResults } from '../../../../src/requester/collect-results.ts';
import { type Client, createClient } from '../../../../src/requester/create-client.ts';
import { readJob } from '../../../../src/requester/read-job.ts';
import { uploadBlob } from '../../../../src/requester/upload-blob.ts';
import { watchJob } from '../../../../src/requester/watch-job.ts';
import { makeStoredJob, makeStoredShard } from './memory-stores.ts';
import { faultOf, makeKey, type StartedApp, startApp } from './start-app.ts';

const JOB = 7 as JobId;
let started: StartedApp;
let server: Server;
let client: Client;

beforeEach(async () => {
  started = startApp({ settings: { blobQuotaBytes: Number.MAX_SAFE_INTEGER } });
  server = createServer(getRequestListener(started.app.fetch, { overrideGlobalObjects: false }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stranger = createClient({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  client = stranger.withToken((await signInWithKey(stranger, await makeKey(), 'headless')).token);
  started.pages.jobs.set(JOB, makeStoredJob());
  started.pages.shards.set(JOB, [makeStoredShard(0, await started.blobs.store.put(new Uint8Array(16).fill(5))), makeStoredShard(1, null)]);
});
afterEach(async () => {
  started.closeStreams();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

test('a watcher that leaves is forgotten, and one that stays sees the end', async () => {
  const leave = new AbortController();
  await faultOf(watchJob(client, JOB, { onEvent: () => leave.abort(), signal: leave.signal }));
  await expect.poll(() => started.countWatchers(), { interval: 1 }).toBe(0);
  const seen: string[] = [];
  const ended = await watchJob(client, JOB, {
    onEvent: ({ type }) => {
      seen.push(type);
      if (type !== 'snapshot') return;
      started.pages.jobs.set(JOB, makeStoredJob({ state: 'done' }));
      started.notify([
        { job: JOB, type: 'shard', index: 1, verdict: 'final', copies: 2 },
        { job: JOB, type: 'ended' },
      ]);
    },
  });
  expect([ended.state, seen]).toEqual(['done', ['snapshot', 'shards', 'job']]);
  await expect.poll(() => started.countWatchers(), { interval: 1 }).toBe(0);
});

test('a result keeps its length and arrives whole; one that breaks off is noticed', async () => {
  const head = await client.send('/api/jobs/7/outputs/data', { method: 'HEAD' });
  expect(head.headers.get('Content-Length')).toBe('24');
  expect([...(await collectResults(client, await readJob(client, JOB))).bytes]).toEqual([
    ...new Array(16).fill(5),
    ...new Array(8).fill(0),
  ]);
  started.blobs.blobs.clear();
  expect(await faultOf(collectResults(client, await readJob(client, JOB)))).toMatchObject({ code: 'offline' });
});

test('64 MiB go in, a byte more does not, and the connection survives the refusal', async () => {
  expect(await uploadBlob(client, new Uint8Array(MAX_BLOB_BYTES))).toMatch(/^[0-9a-f]{64}$/);
  const fault = await faultOf(uploadBlob(client, new Uint8Array(MAX_BLOB_BYTES + 1)));
  expect(['too-large', 'offline']).toContain(fault.code);
  expect(started.blobs.blobs.size).toBe(2);
  expect((await readJob(client, JOB)).id).toBe(7);
});

test('downloads that are broken off give their bytes back', async () => {
  const digest = await started.blobs.store.put(new Uint8Array(MAX_BLOB_BYTES));
  for (let i = 0; i <= MAX_BYTES_IN_FLIGHT / MAX_BLOB_BYTES; i++) {
    const stop = new AbortController();
    const response = await client.send(`/api/blobs/${digest}`, { signal: stop.signal });
    await response.body?.getReader().read();
    stop.abort();
  }
  await expect.poll(async () => (await faultOf(client.send(`/api/blobs/${digest}`))).code, { interval: 5 }).toBe('none');
});

test('a path that climbs and a name that is not ours are refused as they come off the wire', async () => {
  const { port } = server.address() as AddressInfo;
  const ask = async (head: string): Promise<string> => {
    const socket = connect(port, '127.0.0.1');
    socket.end(`${head}\r\nConnection: close\r\n\r\n`);
    let text = '';
    for await (const part of socket) text += String(part);
    return text.split('\r\n')[0] ?? '';
  };
  expect(await ask(`GET /../../etc/passwd HTTP/1.1\r\nHost: 127.0.0.1:${port}`)).toMatch(/^HTTP\/1\.1 (404|503) /);
  expect(await ask('GET /api/network HTTP/1.1\r\nHost: rebound.example')).toContain(' 403 ');
  expect(await ask('GET /api/network HTTP/1.1\r\nHost: ')).toMatch(/ 40[03] /);
  expect(await ask('GET http://other.example/api/network HTTP/1.1\r\nHost: 127.0.0.1')).toMatch(/ 40[03] /);
});

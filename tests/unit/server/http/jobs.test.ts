// Jobs over HTTP: quote, submit, list, read, cancel, shards, receipt, results; each refusal and each limit on both sides.
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { MAX_JSON_BYTES, MAX_JSON_DEPTH, MAX_RECEIPT_SHARDS } from '../../../../server/http/limits.ts';
import { Fault } from '../../../../src/protocol/fault.ts';
import type { AccountId, Digest, JobId } from '../../../../src/protocol/ids.ts';
import type { JobSpec } from '../../../../src/protocol/job.ts';
import { parseJobSpec } from '../../../../src/protocol/parse-job-spec.ts';
import { cancelJob } from '../../../../src/requester/cancel-job.ts';
import { collectResults, readValues } from '../../../../src/requester/collect-results.ts';
import type { Client } from '../../../../src/requester/create-client.ts';
import { listJobs } from '../../../../src/requester/list-jobs.ts';
import { quoteJob } from '../../../../src/requester/quote-job.ts';
import { readJob } from '../../../../src/requester/read-job.ts';
import { readReceipt } from '../../../../src/requester/read-receipt.ts';
import { readShard } from '../../../../src/requester/read-shard.ts';
import { readShardOutput } from '../../../../src/requester/read-shard-output.ts';
import { readShards } from '../../../../src/requester/read-shards.ts';
import { submitJob } from '../../../../src/requester/submit-job.ts';
import { verifyReceipt } from '../../../../src/requester/verify-receipt.ts';
import { makeStoredJob, makeStoredShard } from './memory-stores.ts';
import { createTestApi, faultOf, type StartedApp, signInHeadless, startApp } from './start-app.ts';

const JOB = 7 as JobId;
const { maxPrice: _price, providers: _providers, ...written } = { maxPrice: null, providers: null, ...makeStoredJob().spec };
const spec: JobSpec = parseJobSpec({ ...written, maxPrice: '123456789' });

let started: StartedApp;
let client: Client;
beforeEach(async () => {
  started = startApp();
  client = await signInHeadless(started);
});

function postText(path: string, body: string, type = 'application/json') {
  return started.request(path, { method: 'POST', headers: { Authorization: `Bearer ${client.token}`, 'Content-Type': type }, body });
}

describe('a quote and a submit', () => {
  test('take a spec whose price is a bigint, and give the job back', async () => {
    expect(await quoteJob(client, spec)).toMatchObject({ id: 'quote-1', total: '4000' });
    expect(vi.mocked(started.dependencies.jobs.quote).mock.calls[0]?.[0].maxPrice).toBe(123_456_789n);
    const job = await submitJob(client, spec, 'quote-1');
    expect(job).toMatchObject({ id: 7, isMine: true });
    expect(started.dependencies.jobs.submit).toHaveBeenCalledWith('quote-1', spec, 10);
  });

  test('want a session', async () => {
    const stranger = createTestApi(started);
    expect(await faultOf(quoteJob(stranger, spec))).toMatchObject({ code: 'not-signed-in' });
    expect(await faultOf(submitJob(stranger, spec, 'quote-1'))).toMatchObject({ code: 'not-signed-in' });
  });

  test('carry the refusals of the spec and of the preparer, with field and facts', async () => {
    expect(await faultOf(quoteJob(client, { ...spec, title: '' }))).toMatchObject({ code: 'bad-spec', facts: { field: 'title' } });
    expect(await faultOf(quoteJob(client, { ...spec, tier: 'audited-pair' }))).toMatchObject({ code: 'not-yet' });
    vi.mocked(started.dependencies.jobs.submit).mockRejectedValueOnce(
      new Fault('insufficient-credit', 'Short by 3.', { facts: { missing: '3' } }),
    );
    expect(await faultOf(submitJob(client, spec, 'quote-1'))).toMatchObject({ code: 'insufficient-credit', facts: { missing: '3' } });
  });

  test('say nothing of what went wrong inside', async () => {
    vi.mocked(started.dependencies.jobs.quote).mockRejectedValueOnce(new Error('password is hunter2'));
    const fault = await faultOf(quoteJob(client, spec));
    expect(fault).toMatchObject({ code: 'internal' });
    expect(fault.message).not.toContain('hunter2');
    expect(started.dependencies.log.error).toHaveBeenCalledOnce();
  });

  test.each([
    ['{"spec":{},"__proto__":{"isAdmin":true}}', 'bad-request'],
    ['{"spec":{"stages":[{"parameters":{"__proto__":1}}]}}', 'bad-request'],
    ['{"spec":{"constructor":{"prototype":{}}}}', 'bad-request'],
    ['{"spec":', 'bad-request'],
    ['[]', 'bad-request'],
    ['null', 'bad-request'],
    ['', 'bad-request'],
    [`{"spec":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'bad-request'],
    [`{"spec":${'['.repeat(MAX_JSON_DEPTH)}${']'.repeat(MAX_JSON_DEPTH)}}`, 'bad-request'],
    [`{"spec":${'['.repeat(MAX_JSON_DEPTH - 1)}${']'.repeat(MAX_JSON_DEPTH - 1)}}`, 'bad-spec'],
    [`{"spec":"${' '.repeat(MAX_JSON_BYTES - 11)}"}`, 'bad-spec'],
    [`{"spec":"${' '.repeat(MAX_JSON_BYTES - 10)}"}`, 'too-large'],
  ])('refuse the body %#', async (body, code) => {
    expect(await (await postText('/api/jobs/quote', body)).json()).toMatchObject({ code });
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  test('take JSON only: a form of another site cannot send it', async () => {
    expect(await (await postText('/api/jobs/quote', '{"spec":{}}', 'text/plain')).json()).toMatchObject({ code: 'bad-request' });
  });
});

describe('reading jobs', () => {
  beforeEach(() => {
    for (let id = 1; id <= 5; id++) {
      started.pages.jobs.set(
        id as JobId,
        makeStoredJob({
          id: id as JobId,
          requester: { account: (id === 3 ? 10 : 11) as AccountId, name: 'x' },
          state: id < 3 ? 'done' : 'running',
        }),
      );
    }
  });

  test('pages from the newest, all of them or mine or of a state', async () => {
    const first = await listJobs(client, { limit: 2 });
    expect([first.jobs.map((job) => job.id), first.next]).toEqual([[5, 4], 4]);
    const second = await listJobs(client, { limit: 3, before: first.next as JobId });
    expect([second.jobs.map((job) => job.id), second.next]).toEqual([[3, 2, 1], null]);
    expect((await listJobs(client, { isMine: true })).jobs.map((job) => job.id)).toEqual([3]);
    expect((await listJobs(client, { state: 'done' })).jobs.map((job) => job.id)).toEqual([2, 1]);
    expect(await faultOf(listJobs(createTestApi(started), { isMine: true }))).toMatchObject({ code: 'not-signed-in' });
  });

  test.each([['limit=0'], ['limit=101'], ['limit=1e1'], ['limit=-1'], ['before=x'], ['state=lost'], ['limit=']])(
    'refuses ?%s',
    async (query) => {
      expect(await faultOf(client.send(`/api/jobs?${query}`))).toMatchObject({ code: 'bad-request' });
    },
  );
  test.each([['limit=1'], ['limit=100'], ['state=running']])('takes ?%s', async (query) => {
    expect((await client.send(`/api/jobs?${query}`)).status).toBe(200);
  });

  test('says whose a job is, and what is none', async () => {
    expect((await readJob(client, 3 as JobId)).isMine).toBe(true);
    expect((await readJob(client, 4 as JobId)).isMine).toBe(false);
    expect((await readJob(createTestApi(started), 3 as JobId)).isMine).toBe(false);
    for (const id of ['99', 'x', '-1', '1e3', '%00', '9'.repeat(40)])
      expect(await faultOf(client.send(`/api/jobs/${id}`))).toMatchObject({ code: 'not-found' });
  });

  test('serves a script in its text as data', async () => {
    started.pages.jobs.set(JOB, makeStoredJob({ title: '<script>alert(1)</script>' }));
    const response = await started.request('/api/jobs/7', { headers: { Accept: 'text/html' } });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
    });
  });
});

describe('cancelling', () => {
  test('is the requester’s, once', async () => {
    const job = await submitJob(client, spec, 'quote-1');
    expect(await faultOf(cancelJob(await signInHeadless(started), job.id))).toMatchObject({ code: 'forbidden' });
    expect(await faultOf(cancelJob(createTestApi(started), job.id))).toMatchObject({ code: 'not-signed-in' });
    expect(await cancelJob(client, job.id)).toMatchObject({ state: 'cancelled' });
    expect(await faultOf(cancelJob(client, job.id))).toMatchObject({ code: 'conflict', facts: { state: 'cancelled' } });
    expect(started.dependencies.coordinator.cancelJob).toHaveBeenCalledOnce();
  });
});

describe('what a job gave', () => {
  const first = Uint8Array.from({ length: 16 }, (_, i) => i + 1);
  beforeEach(async () => {
    const blob = await started.blobs.store.put(first);
    started.pages.jobs.set(JOB, makeStoredJob());
    started.pages.shards.set(JOB, [makeStoredShard(0, blob), makeStoredShard(1, null)]);
  });

  test('is one stream in order with holes of zeros', async () => {
    const progress: number[] = [];
    const output = await collectResults(client, await readJob(client, JOB), { onProgress: (received) => progress.push(received) });
    expect(output).toEqual({ name: 'data', element: 'u8', finalShards: 1, bytes: Uint8Array.from([...first, ...new Array(8).fill(0)]) });
    expect(progress.at(-1)).toBe(24);
    expect([...readValues({ element: 'u32', bytes: output.bytes })].slice(0, 2)).toEqual([0x04030201, 0x08070605]);
    const head = await started.request('/api/jobs/7/outputs/data', { method: 'HEAD' });
    expect([head.headers.get('X-Final-Shards'), head.headers.get('X-Shards'), head.headers.get('Content-Length')]).toEqual([
      '1',
      '2',
      '24',
    ]);
  });

  test('is read no further than the reader reads', async () => {
    const get = vi.spyOn(started.blobs.store, 'get');
    const response = await started.request('/api/jobs/7/outputs/data');
    expect(get).not.toHaveBeenCalled();
    await response.body?.cancel();
    expect(get).not.toHaveBeenCalled();
  });

  test('breaks off when bytes are missing, and the client notices', async () => {
    started.blobs.blobs.clear();
    expect(await faultOf(collectResults(client, await readJob(client, JOB)))).toBeInstanceOf(Error);
  });

  test('comes of one shard alone, and is checked against the digest that the shard names', async () => {
    const shard = await readShard(client, JOB, 0);
    expect(await readShardOutput(client, JOB, shard, 'data')).toEqual(Uint8Array.from(first));
    const other = { ...shard, outputs: [{ ...shard.outputs[0]!, blob: 'c'.repeat(64) as Digest }] };
    expect(await faultOf(readShardOutput(client, JOB, other, 'data'))).toMatchObject({ code: 'bad-frame' });
    const open = await readShard(client, JOB, 1);
    expect(await faultOf(readShardOutput(client, JOB, open, 'data'))).toMatchObject({ code: 'not-found' });
    for (const index of ['2', '-1', 'x'])
      expect(await faultOf(client.send(`/api/jobs/7/outputs/data?shard=${index}`))).toMatchObject({ code: 'bad-request' });
  });

  test.each([['nothing'], ['__proto__'], ['constructor'], ['toString']])('has no output "%s"', async (name) => {
    expect(await faultOf(client.send(`/api/jobs/7/outputs/${name}`))).toMatchObject({ code: 'not-found' });
  });

  test('is told shard by shard', async () => {
    expect(await readShard(client, JOB, 1)).toMatchObject({ index: 1, count: 1, verdict: 'pending' });
    expect(await faultOf(readShard(client, JOB, 2))).toMatchObject({ code: 'not-found' });
    expect(await readShards(client, JOB, 0, 1)).toMatchObject({ shards: [{ index: 0 }], next: 1 });
    expect(await readShards(client, JOB, 1, 256)).toMatchObject({ shards: [{ index: 1 }], next: null });
    expect(await faultOf(readShards(client, JOB, 0, 257))).toMatchObject({ code: 'bad-request' });
  });

  test('is signed in a receipt that any change breaks', async () => {
    const receipt = await readReceipt(client, JOB);
    const { publicKey } = started.dependencies.receipts;
    expect(receipt).toMatchObject({
      format: 'ostraka-receipt-1',
      job: { id: 7, isMine: false },
      shards: [{ index: 0 }, { index: 1 }],
      coordinator: { publicKey },
    });
    expect(await verifyReceipt(receipt)).toEqual({ kind: 'genuine', publicKey });
    expect(await verifyReceipt(receipt, publicKey)).toMatchObject({ kind: 'genuine' });
    expect(await verifyReceipt(receipt, startApp().dependencies.receipts.publicKey)).toMatchObject({ kind: 'forged' });
    expect(await verifyReceipt({ ...receipt, job: { ...receipt.job, paid: '2001' } })).toMatchObject({ kind: 'forged' });
    expect(await verifyReceipt({ ...receipt, manifest: 'cd'.repeat(32) as Digest })).toMatchObject({ kind: 'forged' });
    expect(await verifyReceipt({ ...receipt, signature: receipt.signature.slice(2) })).toMatchObject({ kind: 'forged' });
  });

  test.each([
    [MAX_RECEIPT_SHARDS, 200],
    [MAX_RECEIPT_SHARDS + 1, 413],
  ])('of %i shards has a receipt: %i', async (shards, status) => {
    started.pages.jobs.set(JOB, makeStoredJob({ shards }));
    expect((await started.request('/api/jobs/7/receipt')).status).toBe(status);
  });
});

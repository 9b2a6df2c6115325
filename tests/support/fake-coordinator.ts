// A small coordinator that speaks api.ts from fixtures, for looking at the app and testing it in a browser; it decides nothing.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { serve } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { compress } from 'hono/compress';
import { streamSSE } from 'hono/streaming';
import type { JobEvent, QuoteView } from '../../src/protocol/api.ts';
import { FAULT_STATUS, type FaultBody } from '../../src/protocol/fault.ts';
import { addHomeFixtures } from './fake-home.ts';
import { type FakeJob, makeFakeJobs, makeFakeLedger, makeFakeNetwork, makeFakeSession, makeFakeShard, shardBytes } from './fake-jobs.ts';
import { addOperatorFixtures, type FakeOperator } from './fake-operator.ts';
import { addStandingFixtures } from './fake-standing.ts';
import { addWidgetFixtures } from './fake-widget.ts';

/** `full`: jobs and a session. `visitor`: jobs, and nobody is signed in. `empty`: neither. `failing`: every resource but the network refuses. `slow`: nothing answers. `down`: connections are cut. */
export type FakeScenario = 'full' | 'visitor' | 'empty' | 'failing' | 'slow' | 'down';

export interface FakeCoordinator {
  readonly url: string;
  scenario: FakeScenario;
  /** What quoting answers; a fault when set. */
  quoteFault: FaultBody | null;
  /** Another number is another version of the app's service worker. */
  edition: number;
  readonly jobs: readonly FakeJob[];
  readonly submitted: readonly unknown[];
  readonly operator: FakeOperator;
  close(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
};
/** As server/http sends it. */
const POLICY =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; worker-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

function refuse(context: Context, fault: FaultBody) {
  return context.json(fault, FAULT_STATUS[fault.code] as 400);
}

export async function startFakeCoordinator(distFolder: string, page = 'index.html'): Promise<FakeCoordinator> {
  const nowMs = Date.now();
  const jobs = makeFakeJobs(nowMs);
  const app = new Hono();
  const submitted: unknown[] = [];
  const blobs = new Map<string, Uint8Array<ArrayBuffer>>();
  const state = { scenario: 'full' as FakeScenario, quoteFault: null as FaultBody | null, edition: 1 };
  const find = (id: string | undefined) => (state.scenario === 'empty' ? undefined : jobs.find(({ view }) => view.id === Number(id)));
  const missing = (context: Context) =>
    refuse(context, { code: 'not-found', sentence: 'There is no such job here; it may have been on another coordinator.' });

  app.use('/api/*', async (context, next) => {
    if (state.scenario === 'slow') await new Promise(() => undefined);
    if (state.scenario === 'failing' && context.req.path !== '/api/network') {
      return refuse(context, { code: 'storage-failed', sentence: 'The coordinator cannot reach its database right now; it keeps trying.' });
    }
    return next();
  });
  app.get('/api/network', (context) => context.json(makeFakeNetwork(state.scenario === 'empty')));
  app.get('/api/session', (context) =>
    state.scenario === 'empty' || state.scenario === 'visitor' ? context.body(null, 204) : context.json(makeFakeSession(nowMs)),
  );
  app.delete('/api/session', (context) => context.body(null, 204));
  app.get('/api/ledger', (context) => context.json({ lines: state.scenario === 'empty' ? [] : makeFakeLedger(nowMs), next: null }));
  app.get('/api/jobs', (context) => {
    const { mine, state: wanted } = context.req.query();
    const listed = state.scenario === 'empty' ? [] : jobs.map(({ view }) => view);
    return context.json({ jobs: listed.filter((job) => (!mine || job.isMine) && (!wanted || job.state === wanted)), next: null });
  });
  app.post('/api/jobs/quote', (context) => (state.quoteFault ? refuse(context, state.quoteFault) : context.json(makeQuote())));
  app.post('/api/jobs', async (context) => {
    submitted.push(await context.req.json());
    return context.json(jobs[0]!.view);
  });
  app.put('/api/blobs', async (context) => {
    const bytes = new Uint8Array(await context.req.arrayBuffer());
    const digest = createHash('sha256').update(bytes).digest('hex');
    blobs.set(digest, bytes);
    return context.json({ digest, bytes: bytes.length });
  });
  app.get('/api/jobs/:id', (context) => {
    const job = find(context.req.param('id'));
    return job ? context.json(job.view) : missing(context);
  });
  app.post('/api/jobs/:id/cancel', (context) => context.json({ ...find(context.req.param('id'))?.view, state: 'cancelled' }));
  app.get('/api/jobs/:id/shards/:index', (context) => {
    const job = find(context.req.param('id'));
    return job ? context.json(makeFakeShard(job, Number(context.req.param('index')), nowMs)) : missing(context);
  });
  app.get('/api/jobs/:id/outputs/:name', (context) => {
    const job = find(context.req.param('id'));
    if (!job) return missing(context);
    const asked = context.req.query('shard');
    if (asked !== undefined) return context.body(new Uint8Array(shardBytes(job, Number(asked))));
    const bytes = new Uint8Array(job.bytes.length);
    [...job.letters].forEach((letter, index) => {
      if (letter === 'f') bytes.set(shardBytes(job, index), shardBytes(job, 0).length * index);
    });
    return context.body(bytes, 200, { 'X-Total-Bytes': String(bytes.length), 'X-Final-Shards': String(job.view.finalShards) });
  });
  app.get('/api/blobs/:digest', (context) => {
    const uploaded = blobs.get(context.req.param('digest'));
    if (uploaded) return context.body(uploaded);
    for (const job of jobs) {
      for (let index = 0; index < job.view.shards; index += 1) {
        const bytes = shardBytes(job, index);
        if (createHash('sha256').update(bytes).digest('hex') === context.req.param('digest')) return context.body(new Uint8Array(bytes));
      }
    }
    return missing(context);
  });
  app.get('/api/jobs/:id/events', (context) => {
    const job = find(context.req.param('id'));
    if (!job) return missing(context);
    return streamSSE(context, async (stream) => {
      const event: JobEvent = { type: 'snapshot', job: job.view, shards: job.letters };
      await stream.writeSSE({ event: event.type, data: JSON.stringify(event) });
      if (job.view.state === 'running') await new Promise<void>((resolve) => stream.onAbort(resolve));
    });
  });
  const operator = addOperatorFixtures(app, nowMs, () => state.scenario === 'empty');
  addHomeFixtures(app, nowMs, () => state.scenario === 'empty');
  addStandingFixtures(app, nowMs, () => state.scenario === 'empty');
  addWidgetFixtures(app, nowMs, () => state.scenario === 'empty');
  app.all('/api/*', (context) => refuse(context, { code: 'not-found', sentence: 'This fixture does not know that resource.' }));
  app.get('*', compress(), (context) => {
    const asked = join(distFolder, context.req.path);
    const file = extname(context.req.path) && existsSync(asked) ? asked : join(distFolder, page);
    const mark = file.endsWith('service-worker.js') ? `// edition ${state.edition}\n` : '';
    const body = Buffer.concat([Buffer.from(mark), readFileSync(file)]);
    return context.body(new Uint8Array(body), 200, {
      'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
      'Content-Security-Policy': POLICY,
      // As server/http sends it.
      'Cache-Control': context.req.path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
    });
  });

  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
  await new Promise<void>((resolve) => (server.listening ? resolve() : server.once('listening', () => resolve())));
  server.on('request', (request, response) => {
    if (state.scenario === 'down' && request.url?.startsWith('/api')) response.socket?.destroy();
  });
  return Object.assign(state, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    jobs,
    submitted,
    operator,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  });
}

function makeQuote(): QuoteView {
  return {
    id: 'q1',
    shards: 96,
    workgroupsPerShard: 24,
    pricePerCopy: '42000',
    total: '8064000',
    lines: [
      { label: 'Computing, 96 shards', amount: '4032000' },
      { label: 'Second opinions, quorum of 2', amount: '4032000' },
    ],
    expiresAtMs: Date.now() + 300_000,
    estimateSeconds: 38,
    cpu: { isPossible: true, reason: null },
    workPerWorkgroup: 1_750_000,
    lint: {
      workgroups: 6,
      outputs: [
        {
          name: 'pixels',
          verdict: 'tolerance',
          reasons: [
            {
              sentence: 'Decides by a float: a last bit that differs can take the other way, and then everything behind it differs.',
              lines: [40, 54],
            },
            { sentence: 'Uses log2(): every GPU has an approximation of its own.', lines: [56] },
          ],
          suggested: { kind: 'tolerance', abs: 4, rel: 0, maxOutlierShare: 0.01 },
          fits: true,
        },
      ],
    },
    notices: ['Contributors can see the program and its inputs: submit nothing secret.'],
  };
}

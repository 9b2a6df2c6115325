// /api/jobs: quote, submit, list, read, cancel, shards, receipt.
import * as v from 'valibot';
import { JOB_STATES, type JobsPage, type ShardsPage } from '../../src/protocol/api.ts';
import { Fault } from '../../src/protocol/fault.ts';
import type { JobId } from '../../src/protocol/ids.ts';
import { JOB_LIMITS, parseJobSpec } from '../../src/protocol/parse-job-spec.ts';
import { answerJson } from './answer.ts';
import type { HttpApp } from './context.ts';
import type { HttpDependencies } from './dependencies.ts';
import { findSession, wantSession } from './find-session.ts';
import { DEFAULT_PAGE, MAX_JOBS_PAGE, MAX_JSON_BYTES, MAX_SHARDS_PAGE } from './limits.ts';
import { makeReceipt } from './make-receipt.ts';
import { parseChoice, parseJobId, parseWhole } from './parse-query.ts';
import { readJson } from './read-body.ts';
import { readJob } from './read-job.ts';

const quoteBody = v.strictObject({ spec: v.unknown() });
const submitBody = v.strictObject({ spec: v.unknown(), quote: v.pipe(v.string(), v.minLength(1), v.maxLength(200)) });
const ANY_ID = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;

export function addJobRoutes(app: HttpApp, dependencies: HttpDependencies): void {
  const { jobs, pages, coordinator } = dependencies;

  app.post('/api/jobs/quote', async (c) => {
    const { account } = await wantSession(c, dependencies);
    const { spec } = await readJson(c, quoteBody, MAX_JSON_BYTES);
    return answerJson(c, await jobs.quote(parseJobSpec(spec), account));
  });

  app.post('/api/jobs', async (c) => {
    const { account } = await wantSession(c, dependencies);
    const { spec, quote } = await readJson(c, submitBody, MAX_JSON_BYTES);
    const job = await jobs.submit(quote, parseJobSpec(spec), account);
    c.header('Location', `/api/jobs/${job}`);
    return answerJson(c, await readJob(pages, job, account), 201);
  });

  app.get('/api/jobs', async (c) => {
    const limit = parseWhole(c.req.query('limit'), 'limit', { min: 1, max: MAX_JOBS_PAGE }, DEFAULT_PAGE);
    const before = parseWhole(c.req.query('before'), 'before', ANY_ID, undefined);
    const state = parseChoice(c.req.query('state'), 'state', JOB_STATES);
    const requester = c.req.query('mine') === '1' ? (await wantSession(c, dependencies)).account : undefined;
    const found = await pages.listJobs({
      limit: limit + 1,
      ...(requester === undefined ? {} : { requester }),
      ...(state === undefined ? {} : { state }),
      ...(before === undefined ? {} : { before: before as JobId }),
    });
    const page: JobsPage = { jobs: found.slice(0, limit), next: found.length > limit ? (found[limit - 1]?.id ?? null) : null };
    return answerJson(c, page);
  });

  app.get('/api/jobs/:id', async (c) => {
    const session = await findSession(c, dependencies);
    return answerJson(c, await readJob(pages, parseJobId(c.req.param('id')), session?.account ?? null));
  });

  app.post('/api/jobs/:id/cancel', async (c) => {
    const { account } = await wantSession(c, dependencies);
    const job = await readJob(pages, parseJobId(c.req.param('id')), account);
    if (!job.isMine) throw new Fault('forbidden', 'Only the one who submitted a job can cancel it.');
    if (job.state !== 'running')
      throw new Fault('conflict', `Job ${job.id} has ended already: it is ${job.state}.`, { facts: { state: job.state } });
    await coordinator.cancelJob(job.id);
    return answerJson(c, await readJob(pages, job.id, account));
  });

  app.get('/api/jobs/:id/shards', async (c) => {
    const from = parseWhole(c.req.query('from'), 'from', { min: 0, max: JOB_LIMITS.shards }, 0);
    const limit = parseWhole(c.req.query('limit'), 'limit', { min: 1, max: MAX_SHARDS_PAGE }, MAX_SHARDS_PAGE);
    const job = await readJob(pages, parseJobId(c.req.param('id')), null);
    const shards = await pages.readShards(job.id, { from, limit });
    const page: ShardsPage = { shards, next: from + limit < job.shards ? from + limit : null };
    return answerJson(c, page);
  });

  app.get('/api/jobs/:id/shards/:index', async (c) => {
    const index = parseWhole(c.req.param('index'), 'index', { min: 0, max: JOB_LIMITS.shards }, 0);
    const shard = await pages.readShard(parseJobId(c.req.param('id')), index);
    if (shard === null) throw new Fault('not-found', 'There is no such shard.');
    return answerJson(c, shard);
  });

  app.get('/api/jobs/:id/receipt', async (c) => {
    const receipt = await makeReceipt(dependencies, parseJobId(c.req.param('id')));
    c.header('Content-Disposition', `attachment; filename="ostraka-job-${receipt.job.id}-receipt.json"`);
    return answerJson(c, receipt);
  });
}

// /api/operator: the state of the coordinator for its operators, and their acts; refused to everyone else with one sentence.
import * as v from 'valibot';
import { DEVICE_FILTERS, LOG_LEVELS, OPERATOR_LIMITS } from '../../src/protocol/api-operator.ts';
import { Fault } from '../../src/protocol/fault.ts';
import type { DeviceId } from '../../src/protocol/ids.ts';
import { answerJson } from './answer.ts';
import type { HttpApp, HttpContext } from './context.ts';
import type { HttpDependencies } from './dependencies.ts';
import { findSession } from './find-session.ts';
import type { OperatorAct } from './operator-desk.ts';
import { parseChoice, parseJobId, parseWhole } from './parse-query.ts';
import { readJson } from './read-body.ts';
import { readJob } from './read-job.ts';

/** Longer than any reason that is taken, so that its own sentence answers it. */
const reasonBody = v.strictObject({ reason: v.pipe(v.string(), v.maxLength(4_000)) });
const MAX_REASON_BYTES = 16 * 1024;
const ANY_ID = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;

export function addOperatorRoutes(app: HttpApp, dependencies: HttpDependencies): void {
  const { operators: desk } = dependencies;
  const judge = async (c: HttpContext) => desk.judge((await findSession(c, dependencies))?.tokenHash ?? null);
  const wantOperator = async (c: HttpContext): Promise<Omit<OperatorAct, 'reason'>> => {
    const { me, account } = await judge(c);
    if (me.kind === 'operator' && account !== null) return { account, wallet: me.wallet };
    if (me.kind === 'operator') throw new Fault('internal', 'An operator without an account.');
    throw new Fault(me.fault.code, me.fault.sentence, { facts: me.fault.facts ?? {} });
  };
  /** Who may act is asked before what was sent is read. */
  const readAct = async (c: HttpContext): Promise<OperatorAct> => {
    const who = await wantOperator(c);
    return { ...who, ...(await readJson(c, reasonBody, MAX_REASON_BYTES)) };
  };

  app.get('/api/operator/me', async (c) => answerJson(c, (await judge(c)).me));

  app.get('/api/operator', async (c) => {
    await wantOperator(c);
    return answerJson(c, await desk.overview());
  });

  app.get('/api/operator/log', async (c) => {
    await wantOperator(c);
    const { min, max, fallback } = OPERATOR_LIMITS.logPage;
    const contains = c.req.query('contains') ?? '';
    if (contains.length > OPERATOR_LIMITS.containsLetters) {
      throw new Fault('bad-request', `contains may have ${OPERATOR_LIMITS.containsLetters} letters.`, { facts: { field: 'contains' } });
    }
    const level = parseChoice(c.req.query('level'), 'level', LOG_LEVELS) ?? 'debug';
    return answerJson(c, desk.log({ level, contains, limit: parseWhole(c.req.query('limit'), 'limit', { min, max }, fallback) }));
  });

  app.get('/api/operator/devices', async (c) => {
    await wantOperator(c);
    const { min, max, fallback } = OPERATOR_LIMITS.devices;
    const show = parseChoice(c.req.query('show'), 'show', DEVICE_FILTERS) ?? 'connected';
    const before = parseWhole(c.req.query('before'), 'before', ANY_ID, null) as DeviceId | null;
    return answerJson(c, await desk.devices({ show, before, limit: parseWhole(c.req.query('limit'), 'limit', { min, max }, fallback) }));
  });

  app.get('/api/operator/audit', async (c) => {
    await wantOperator(c);
    const before = parseWhole(c.req.query('before'), 'before', ANY_ID, null);
    return answerJson(c, await desk.audit({ before, limit: OPERATOR_LIMITS.auditPage }));
  });

  app.post('/api/operator/devices/:id/ban', async (c) => {
    const act = await readAct(c);
    await desk.ban(parseDevice(c.req.param('id')), act);
    return c.body(null, 204);
  });

  app.post('/api/operator/devices/:id/unban', async (c) => {
    const act = await readAct(c);
    await desk.unban(parseDevice(c.req.param('id')), act);
    return c.body(null, 204);
  });

  app.post('/api/operator/jobs/:id/cancel', async (c) => {
    const act = await readAct(c);
    const job = await readJob(dependencies.pages, parseJobId(c.req.param('id')), null);
    if (job.state !== 'running') {
      throw new Fault('conflict', `Job ${job.id} has ended already: it is ${job.state}.`, { facts: { state: job.state } });
    }
    await desk.cancelJob(job.id, act);
    return answerJson(c, await readJob(dependencies.pages, job.id, null));
  });

  for (const [path, perform] of [
    ['/api/operator/drain', desk.drain],
    ['/api/operator/undrain', desk.undrain],
    ['/api/operator/demo/inject-liar', desk.injectLiar],
    ['/api/operator/demo/stop-liar', desk.stopLiar],
  ] as const) {
    app.post(path, async (c) => {
      await perform(await readAct(c));
      return answerJson(c, await desk.overview());
    });
  }
}

function parseDevice(text: string): DeviceId {
  if (!/^\d{1,15}$/.test(text)) throw new Fault('not-found', 'There is no such device: its number is not a number.');
  return Number(text) as DeviceId;
}

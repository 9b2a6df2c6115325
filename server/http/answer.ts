// Answers as JSON, and faults as their body with the status that belongs to their code.
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { FAULT_STATUS, Fault, type FaultBody } from '../../src/protocol/fault.ts';
import type { HttpContext } from './context.ts';
import type { HttpLog } from './dependencies.ts';
import { stringify } from './stringify.ts';

/** Never cached, for most of it belongs to one person. */
export function answerJson(c: HttpContext, value: unknown, status: ContentfulStatusCode = 200): Response {
  c.header('Content-Type', 'application/json; charset=utf-8');
  c.header('Cache-Control', 'no-store');
  return c.body(stringify(value), status);
}

export function answerFault(c: HttpContext, error: unknown, log: HttpLog): Response {
  if (error instanceof Fault) {
    // a line for each of those that are sent away would be more to do
    if (FAULT_STATUS[error.code] >= 500 && error.code !== 'overloaded')
      log.error({ request: c.var.requestId, code: error.code, facts: error.facts, cause: error.cause, path: c.req.path }, error.message);
    const { retryAfterMs } = error.facts;
    if (typeof retryAfterMs === 'number') c.header('Retry-After', String(Math.ceil(retryAfterMs / 1_000)));
    return answerJson(c, error.body, FAULT_STATUS[error.code] as ContentfulStatusCode);
  }
  log.error({ request: c.var.requestId, error, path: c.req.path }, 'A request failed by a fault of the coordinator.');
  // What went wrong inside stays inside.
  const body: FaultBody = { code: 'internal', sentence: 'The coordinator failed at this; try again, and tell its operator if it stays.' };
  return answerJson(c, body, FAULT_STATUS.internal);
}

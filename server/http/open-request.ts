// The outermost layer: works out where a request came from, and dresses and counts whatever is answered.
import { randomUUID } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import type { HttpEnvironment } from './context.ts';
import type { HttpDependencies } from './dependencies.ts';
import { addSecurityHeaders } from './security-headers.ts';
import { isForeignCaller, originOf } from './site.ts';

/** Matched routes in order: this layer, the guard, then the handler (and behind it the app's catch-all). */
const FIRST_HANDLER = 2;
const REQUEST_ID = /^[\w.-]{8,64}$/;

export function createRequestOpener(dependencies: HttpDependencies): MiddlewareHandler<HttpEnvironment> {
  const { settings, clientAddress, nowMs, observeRequest, log } = dependencies;
  return async (c, next) => {
    const startedMs = nowMs();
    const forwarded = { forwardedProto: c.req.header('X-Forwarded-Proto'), forwardedHost: c.req.header('X-Forwarded-Host') };
    const origin = originOf({ url: c.req.url, ...forwarded }, settings);
    c.set('origin', origin);
    c.set(
      'address',
      clientAddress({ remoteAddress: c.env?.incoming?.socket?.remoteAddress, forwardedFor: c.req.header('X-Forwarded-For') }),
    );
    c.set('isForeign', isForeignCaller({ origin: c.req.header('Origin'), fetchSite: c.req.header('Sec-Fetch-Site') }, origin));
    const givenId = settings.trustProxy ? c.req.header('X-Request-Id') : undefined;
    c.set('requestId', givenId !== undefined && REQUEST_ID.test(givenId) ? givenId : randomUUID());
    await next();
    addSecurityHeaders(c.res.headers, origin);
    c.res.headers.set('X-Request-Id', c.var.requestId);
    const answered = { method: c.req.method, route: routePath(c, FIRST_HANDLER), status: c.res.status, elapsedMs: nowMs() - startedMs };
    observeRequest(answered);
    log.debug({ request: c.var.requestId, ...answered }, 'Answered.');
  };
}

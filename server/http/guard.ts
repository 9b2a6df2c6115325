// The door: which origin a request names, whose page it comes from, how often its address asks.
import type { MiddlewareHandler } from 'hono';
import { Fault } from '../../src/protocol/fault.ts';
import type { HttpEnvironment } from './context.ts';
import type { HttpDependencies } from './dependencies.ts';
import { OVERLOADED_RETRY_MS, type RateKind } from './limits.ts';
import { createRateLimiter } from './rate-limiter.ts';
import { isLoopbackAddress, isOwnOrigin } from './site.ts';

/** Probes ask by address, whatever name the machine has. */
const ANY_HOST = new Set(['/api/health', '/api/health/live', '/metrics']);

export function createGuard({ settings, nowMs, isOverloaded }: HttpDependencies): MiddlewareHandler<HttpEnvironment> {
  const limiter = createRateLimiter();
  return async (c, next) => {
    const { origin, address, isForeign } = c.var;
    const { method, path } = c.req;
    if (!isOwnOrigin(origin, settings) && !ANY_HOST.has(path)) {
      throw new Fault(
        'bad-origin',
        `This coordinator is not served under ${origin || 'that name'}; its operator can add it to ALLOWED_ORIGINS.`,
      );
    }
    if (isForeign && !isReading(method)) {
      throw new Fault('bad-origin', 'This request comes from a page of another site; only pages of this coordinator may make it.');
    }
    // Where only this machine can come in, all share one address and none is a stranger.
    c.set('isStranger', !(settings.isLoopbackOnly && isLoopbackAddress(address)));
    if (c.var.isStranger) {
      const waitMs = limiter.take(address, kindOf(method, path), nowMs());
      if (waitMs !== null) {
        throw new Fault('too-many-requests', 'Too many requests from this address; wait a little.', {
          facts: { retryAfterMs: Math.ceil(waitMs) },
        });
      }
    }
    if (isOverloaded() && isShed(method, path)) {
      throw new Fault('overloaded', 'The coordinator has too much to do right now; try again in a few seconds.', {
        facts: { retryAfterMs: OVERLOADED_RETRY_MS },
      });
    }
    await next();
  };
}

/** What makes more work, or is much work itself. Reading, cancelling and signing out go on. */
function isShed(method: string, path: string): boolean {
  if (isReading(method)) return kindOf(method, path) === 'receipt';
  return method !== 'DELETE' && !/^\/api\/jobs\/[^/]+\/cancel$/.test(path);
}

function isReading(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

function kindOf(method: string, path: string): RateKind {
  if (isReading(method)) return path.endsWith('/receipt') ? 'receipt' : 'read';
  if (path === '/api/jobs/quote') return 'quote';
  return path.startsWith('/api/session') && path !== '/api/session/ticket' ? 'sign-in' : 'write';
}

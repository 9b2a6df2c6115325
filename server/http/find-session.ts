// Who is asking: by the bearer token of a headless client or the cookie of our own pages; looked up once a request, and only when asked.
import { Fault } from '../../src/protocol/fault.ts';
import type { ActiveSession, HttpContext } from './context.ts';
import type { HttpDependencies } from './dependencies.ts';
import { SESSION_LIFETIME_MS, SESSION_RENEWAL_MS } from './limits.ts';
import { readSessionCookie, writeSessionCookie } from './session-cookie.ts';

const TOKEN = /^[A-Za-z0-9_-]{43}$/;

export async function findSession(c: HttpContext, dependencies: HttpDependencies): Promise<ActiveSession | null> {
  if (c.var.session === undefined) c.set('session', await lookUp(c, dependencies));
  return c.var.session ?? null;
}

export async function wantSession(c: HttpContext, dependencies: HttpDependencies): Promise<ActiveSession> {
  const session = await findSession(c, dependencies);
  if (session === null) throw new Fault('not-signed-in', 'Nobody is signed in here; sign in first.');
  return session;
}

async function lookUp(c: HttpContext, { accounts, rules, nowMs }: HttpDependencies): Promise<ActiveSession | null> {
  const bearer = /^Bearer (.+)$/i.exec(c.req.header('Authorization') ?? '')?.[1];
  const cookie = c.var.isForeign ? undefined : readSessionCookie(c);
  const token = bearer ?? cookie;
  if (token === undefined || !TOKEN.test(token)) return null;
  const tokenHash = rules.hashToken(token);
  const now = nowMs();
  const session = await accounts.findSession(tokenHash, now);
  if (session === null) return null;
  if (session.expiresAtMs - now > SESSION_LIFETIME_MS - SESSION_RENEWAL_MS) return { ...session, tokenHash };
  const expiresAtMs = now + SESSION_LIFETIME_MS;
  await accounts.touchSession(tokenHash, expiresAtMs);
  if (bearer === undefined) writeSessionCookie(c, token);
  return { ...session, expiresAtMs, tokenHash };
}

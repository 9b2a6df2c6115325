// The session's cookie: out of scripts' reach, for first-party requests, secure wherever the page is.
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { HttpContext } from './context.ts';
import { SESSION_LIFETIME_MS } from './limits.ts';

/** Cookies do not know ports: without one in the name, two coordinators on a machine would sign each other's people out. */
function describeCookie(c: HttpContext): { readonly name: string; readonly secure: boolean } {
  const { protocol, port } = new URL(c.var.origin);
  const secure = protocol === 'https:';
  return { name: `${secure ? '__Host-' : ''}ostraka_session${port === '' ? '' : `_${port}`}`, secure };
}

export function readSessionCookie(c: HttpContext): string | undefined {
  return getCookie(c, describeCookie(c).name);
}

export function writeSessionCookie(c: HttpContext, token: string): void {
  const { name, secure } = describeCookie(c);
  setCookie(c, name, token, { path: '/', httpOnly: true, sameSite: 'Lax', secure, maxAge: SESSION_LIFETIME_MS / 1_000 });
}

export function clearSessionCookie(c: HttpContext): void {
  const { name, secure } = describeCookie(c);
  deleteCookie(c, name, { path: '/', secure });
}

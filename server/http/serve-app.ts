// Everything that is no resource: the built app's files, its one page for every route of its own, and `not-found`.
import { Fault } from '../../src/protocol/fault.ts';
import type { HttpApp, HttpContext } from './context.ts';
import type { HttpDependencies, StaticFile } from './dependencies.ts';
import { ISOLATION, PAGE_POLICY } from './security-headers.ts';

/** Never answered with the page: a wrong resource must be a plain refusal. */
const RESERVED = /^\/(api|peer|transport|metrics|widget)(\/|$)/;
const NOT_BUILT = 'The app is not built yet: run "npm run build" and start again. The resources under /api work.\n';

export function addAppRoutes(app: HttpApp, { app: files }: HttpDependencies): void {
  app.get('*', (c) => {
    const { path } = c.req;
    if (RESERVED.test(path)) throw makeNotFound();
    if (files === null) return c.text(NOT_BUILT, 503);
    const file = files.find(path === '/' ? '/index.html' : path) ?? (isPagePath(path) ? files.find('/index.html') : null);
    if (file === null) throw makeNotFound();
    return answerFile(c, file);
  });
  app.all('*', () => {
    throw makeNotFound();
  });
}

/** A route of the app, not a file that is missing. */
function isPagePath(path: string): boolean {
  return !(path.split('/').at(-1) ?? '').includes('.');
}

/**
 * On this machine the app's other name is another site: there alone a page can show the widget as strangers' pages do. Elsewhere the app frames
 * nothing.
 */
export function makePagePolicy(origin: string): string {
  const { protocol, hostname, port } = new URL(origin);
  const other = hostname === '127.0.0.1' ? 'localhost' : hostname === 'localhost' ? '127.0.0.1' : null;
  return other === null ? PAGE_POLICY : `${PAGE_POLICY}; frame-src ${protocol}//${other}${port === '' ? '' : `:${port}`}`;
}

export function answerFile(c: HttpContext, file: StaticFile): Response {
  c.header('Content-Security-Policy', makePagePolicy(c.var.origin));
  // A worker of the widget's frame, which embeds by this policy, is refused without it; to others it changes nothing.
  c.header('Cross-Origin-Embedder-Policy', file.isImmutable ? 'require-corp' : undefined);
  for (const [name, value] of Object.entries(ISOLATION)) c.header(name, value);
  c.header('Cache-Control', file.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache');
  c.header('ETag', file.etag);
  c.header('Vary', 'Accept-Encoding');
  if (c.req.header('If-None-Match') === file.etag) return c.body(null, 304);
  c.header('Content-Type', file.contentType);
  const isGzipped = file.gzip !== null && /\bgzip\b/.test(c.req.header('Accept-Encoding') ?? '');
  if (isGzipped) c.header('Content-Encoding', 'gzip');
  const bytes = isGzipped && file.gzip !== null ? file.gzip : file.bytes;
  c.header('Content-Length', String(bytes.length));
  return c.req.raw.method === 'HEAD' ? c.body(null) : c.body(bytes as Uint8Array<ArrayBuffer>);
}

function makeNotFound(): Fault {
  return new Fault('not-found', 'There is nothing here; API.md lists what there is.');
}

// The headers that keep what is served here from being run, framed or read elsewhere.

/** Pages: our own scripts and WebAssembly, nothing inline, nobody's frame. `connect-src 'self'` covers WebSockets of the same origin. */
export const PAGE_POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "worker-src 'self'",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * The widget's frame: anybody may show it, and it reaches nobody but us. It must come up inside pages that isolate themselves (COEP), and be
 * isolated by itself where the browser can (DIP), whatever its host does.
 */
export const FRAME_HEADERS = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "worker-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    'frame-ancestors *',
  ].join('; '),
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'Document-Isolation-Policy': 'isolate-and-credentialless',
  Vary: 'Accept-Encoding, Sec-Fetch-Dest, Sec-Fetch-Site',
} as const;

/** The loader and what describes it: read by pages of every origin, also with `integrity`. */
export const PUBLIC_FILE_HEADERS = { 'Cross-Origin-Resource-Policy': 'cross-origin', 'Access-Control-Allow-Origin': '*' } as const;

/** Answers that are data: should a browser be led to one, it shows nothing and runs nothing. */
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox";

/** SharedArrayBuffer without asking anything of other origins; wallet windows keep working, as COOP would not let them. */
export const ISOLATION = { 'Document-Isolation-Policy': 'isolate-and-credentialless' } as const;

const ALWAYS = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
} as const;

/** Adds what the answer did not set itself. */
export function addSecurityHeaders(headers: Headers, origin: string): void {
  for (const [name, value] of Object.entries(ALWAYS)) headers.set(name, value);
  if (!headers.has('Content-Security-Policy')) headers.set('Content-Security-Policy', DATA_POLICY);
  if (!headers.has('Cross-Origin-Resource-Policy')) headers.set('Cross-Origin-Resource-Policy', 'same-origin');
  // Of frame-ancestors it can only say "nobody", for browsers that know nothing else.
  if (!headers.get('Content-Security-Policy')?.includes('frame-ancestors *')) headers.set('X-Frame-Options', 'DENY');
  if (origin.startsWith('https:')) headers.set('Strict-Transport-Security', 'max-age=31536000');
}

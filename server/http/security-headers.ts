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

/** Answers that are data: should a browser be led to one, it shows nothing and runs nothing. */
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox";

/** SharedArrayBuffer without asking anything of other origins; wallet windows keep working, as COOP would not let them. */
export const ISOLATION = { 'Document-Isolation-Policy': 'isolate-and-credentialless' } as const;

const ALWAYS = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Frame-Options': 'DENY',
} as const;

/** Adds what the answer did not set itself. */
export function addSecurityHeaders(headers: Headers, origin: string): void {
  for (const [name, value] of Object.entries(ALWAYS)) headers.set(name, value);
  if (!headers.has('Content-Security-Policy')) headers.set('Content-Security-Policy', DATA_POLICY);
  if (origin.startsWith('https:')) headers.set('Strict-Transport-Security', 'max-age=31536000');
}

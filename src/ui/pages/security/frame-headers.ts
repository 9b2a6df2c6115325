// The headers of the widget's frame, as server/http/security-headers.ts sends them; a test compares both.
export const FRAME_HEADER_LINES = [
  "Content-Security-Policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; worker-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *",
  'Cross-Origin-Embedder-Policy: require-corp',
  'Cross-Origin-Resource-Policy: cross-origin',
  'Document-Isolation-Policy: isolate-and-credentialless',
] as const;

// Under which origin a request came, and whether that is one of ours. Pure: a request's facts in, an answer out.

export interface RequestFacts {
  /** As the server built it from the Host header. */
  readonly url: string;
  readonly forwardedProto: string | undefined;
  readonly forwardedHost: string | undefined;
}

export interface SiteSettings {
  readonly trustProxy: boolean;
  readonly allowedOrigins: readonly string[];
}

const LOOPBACK_NAME = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const LOOPBACK_ADDRESS = /^(127(\.\d{1,3}){3}|::1)$/;

/** Scheme, host and port the client used; a trusted proxy says them in its headers. */
export function originOf(facts: RequestFacts, { trustProxy }: SiteSettings): string {
  const url = new URL(facts.url);
  const scheme = trustProxy && facts.forwardedProto !== undefined ? firstOf(facts.forwardedProto) : url.protocol.slice(0, -1);
  const host = trustProxy && facts.forwardedHost !== undefined ? firstOf(facts.forwardedHost) : url.host;
  try {
    return new URL(`${scheme === 'https' ? 'https' : 'http'}://${host}`).origin;
  } catch {
    return '';
  }
}

/** This machine's own names need no setting: another site cannot make its name one of them, as DNS rebinding would. */
export function isOwnOrigin(origin: string, { allowedOrigins }: SiteSettings): boolean {
  return allowedOrigins.includes(origin) || (origin !== '' && LOOPBACK_NAME.test(new URL(origin).hostname));
}

export interface CallerFacts {
  /** The Origin header. */
  readonly origin: string | undefined;
  /** The Sec-Fetch-Site header. */
  readonly fetchSite: string | undefined;
}

/** Does the request come from our own pages, from no page at all, or from somebody else's? */
export function isForeignCaller({ origin, fetchSite }: CallerFacts, own: string): boolean {
  if (origin !== undefined && origin !== own) return true;
  return fetchSite !== undefined && fetchSite !== 'same-origin' && fetchSite !== 'none';
}

export function isLoopbackAddress(address: string): boolean {
  return LOOPBACK_ADDRESS.test(address);
}

function firstOf(header: string): string {
  return (header.split(',')[0] ?? '').trim();
}

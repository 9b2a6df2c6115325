// Asks a domain for its proof: its TXT records, then its file, in bounded time and bytes, and never anything inside this machine's own networks.
import type { LookupAddress } from 'node:dns';
import { lookup, resolveTxt } from 'node:dns/promises';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { Fault } from '../../src/protocol/fault.ts';
import { type Found, judgeProof, PROOF_FILE_MAX_BYTES, PROOF_PATH, type ProofVerdict } from './judge-proof.ts';
import { isPublicAddress } from './public-address.ts';
import { isLoopbackDomain } from './site-domain.ts';

/** The whole of a check; a domain's own people wait for it. */
export const CHECK_TIMEOUT_MS = 5_000;
const MAX_REDIRECTS = 2;
/** Whoever registers many domains has not many fetched at once. */
export const MAX_CHECKS_AT_ONCE = 16;

export interface DomainChecker {
  check(site: { readonly domain: string; readonly code: string }): Promise<ProofVerdict>;
}

export interface CheckerOptions {
  /** Only then may a site be on this machine. */
  readonly isLoopbackOnly: boolean;
  readonly findRecords?: (domain: string) => Promise<readonly (readonly string[])[]>;
  readonly findAddresses?: (domain: string) => Promise<readonly LookupAddress[]>;
  readonly timeoutMs?: number;
}

export function createDomainChecker(options: CheckerOptions): DomainChecker {
  const { isLoopbackOnly, timeoutMs = CHECK_TIMEOUT_MS } = options;
  const findRecords = options.findRecords ?? resolveTxt;
  const findAddresses = options.findAddresses ?? ((domain: string) => lookup(domain, { all: true }));
  /** The same question twice at once is asked once. */
  const underWay = new Map<string, Promise<ProofVerdict>>();

  const ask = async (domain: string, code: string): Promise<ProofVerdict> => {
    const isHere = isLoopbackOnly && isLoopbackDomain(domain);
    const signal = AbortSignal.timeout(timeoutMs);
    const mayReach = (address: string): boolean => isPublicAddress(address) || (isHere && /^(127\.|::1$)/.test(address));
    const [records, file] = await Promise.all([
      isHere ? null : readRecords(domain, findRecords, signal),
      readFile(new URL(`${isHere ? 'http' : 'https'}://${domain}${PROOF_PATH}`), { findAddresses, mayReach, signal }, MAX_REDIRECTS),
    ]);
    return judgeProof({ records, file }, code, domain);
  };

  return {
    check({ domain, code }) {
      const key = `${domain} ${code}`;
      const known = underWay.get(key);
      if (known) return known;
      if (underWay.size >= MAX_CHECKS_AT_ONCE) {
        const sentence = 'Many domains are being asked right now; try again in a few seconds.';
        return Promise.reject(new Fault('too-many-requests', sentence, { facts: { retryAfterMs: timeoutMs } }));
      }
      const asking = ask(domain, code).finally(() => underWay.delete(key));
      underWay.set(key, asking);
      return asking;
    },
  };
}

async function readRecords(
  domain: string,
  findRecords: NonNullable<CheckerOptions['findRecords']>,
  signal: AbortSignal,
): Promise<Found<readonly string[]>> {
  const isLate = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('late')), { once: true }));
  try {
    const records = await Promise.race([findRecords(domain), isLate]);
    return { value: records.map((parts) => parts.join('')) };
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENODATA' || code === 'ENOTFOUND') return { value: [] };
    return { failure: 'could not be read (the name servers did not answer in time)' };
  }
}

interface Reach {
  readonly findAddresses: NonNullable<CheckerOptions['findAddresses']>;
  readonly mayReach: (address: string) => boolean;
  readonly signal: AbortSignal;
}

/** A redirect is followed within the same name or its www: elsewhere it would prove somebody else's. */
async function readFile(url: URL, reach: Reach, redirects: number): Promise<Found<string>> {
  try {
    const addresses = await reach.findAddresses(url.hostname);
    if (addresses.length === 0) return { failure: `cannot be fetched: ${url.hostname} has no address` };
    if (!addresses.every(({ address }) => reach.mayReach(address)))
      return { failure: `is not fetched: ${url.hostname} leads into a private network` };
    const answer = await open(url, addresses, reach.signal);
    const { statusCode = 0 } = answer;
    const { location } = answer.headers;
    if (statusCode >= 300 && statusCode < 400 && location !== undefined) {
      answer.destroy();
      return followRedirect(url, location, reach, redirects);
    }
    if (statusCode !== 200) {
      answer.destroy();
      return { failure: `at ${url.href} was answered with ${statusCode}` };
    }
    return await readText(answer);
  } catch (cause) {
    if (reach.signal.aborted) return { failure: `at ${url.href} did not come within ${CHECK_TIMEOUT_MS / 1_000} seconds` };
    const { code = 'no connection' } = cause as NodeJS.ErrnoException;
    return { failure: `at ${url.href} cannot be fetched (${code})` };
  }
}

function followRedirect(url: URL, location: string, reach: Reach, redirects: number): Promise<Found<string>> | Found<string> {
  const next = URL.canParse(location, url.href) ? new URL(location, url.href) : null;
  const bare = (host: string): string => host.replace(/^www\./, '');
  const isSame = next !== null && next.protocol === url.protocol && bare(next.host) === bare(url.host);
  if (!isSame) return { failure: `at ${url.href} leads to another site` };
  if (redirects === 0) return { failure: `at ${url.href} is redirected more than ${MAX_REDIRECTS} times` };
  return readFile(next, reach, redirects - 1);
}

/** Connects to one of the addresses that were judged, whatever the name says a moment later. */
function open(url: URL, addresses: readonly LookupAddress[], signal: AbortSignal): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      signal,
      agent: false,
      headers: { 'User-Agent': 'Ostraka site check', Accept: 'text/plain', 'Accept-Encoding': 'identity' },
      lookup: (_name, wants, done) => {
        const [first] = addresses;
        if (wants.all) done(null, [...addresses]);
        else done(null, first!.address, first!.family);
      },
    });
    sent.on('error', reject).on('response', resolve).end();
  });
}

async function readText(answer: IncomingMessage): Promise<Found<string>> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > PROOF_FILE_MAX_BYTES) {
      answer.destroy();
      return { failure: `at ${PROOF_PATH} is larger than ${PROOF_FILE_MAX_BYTES} bytes` };
    }
    parts.push(part);
  }
  return { value: Buffer.concat(parts).toString('utf8') };
}

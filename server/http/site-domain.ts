// PURE. Which domain a site may be registered under, and whether a page belongs to it.
import { MAX_DOMAIN_CHARACTERS } from '../../src/protocol/api-sites.ts';
import { Fault } from '../../src/protocol/fault.ts';

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** Names that nobody can prove, because the DNS does not give them out. */
const SPECIAL = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|arpa|invalid|test|example|onion|alt)$/;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3})$/;
const NOT_A_DOMAIN = 'is no domain name: write it as in the address bar, such as example.org.';

/** Also from a whole address, as people paste it. Throws `bad-request` in one sentence. */
export function parseSiteDomain(text: string, { isLoopbackOnly }: { readonly isLoopbackOnly: boolean }): string {
  const given = text.trim();
  if (given.length > MAX_DOMAIN_CHARACTERS * 2) throw refuse('This', NOT_A_DOMAIN);
  const url = readUrl(given);
  if (url === null || url.username !== '' || url.hostname.includes('_')) throw refuse(`"${given}"`, NOT_A_DOMAIN);
  const name = url.hostname.replace(/\.$/, '');
  if (LOOPBACK.test(name)) {
    if (!isLoopbackOnly) throw refuse(name, 'is this machine only: a site that visitors can reach has a domain name.');
    // On one machine sites differ by their port.
    return url.port === '' ? name : `${name}:${url.port}`;
  }
  const labels = name.split('.');
  const isName = labels.length > 1 && labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) ?? '');
  if (!isName || name.length > MAX_DOMAIN_CHARACTERS) throw refuse(`"${given}"`, NOT_A_DOMAIN);
  if (SPECIAL.test(name)) throw refuse(name, 'is a name for private use, and nobody could prove that it is theirs.');
  return name;
}

/** `host` is a page's host with its port, as its origin names it: the domain itself, or one below it. */
export function isHostOfSite(host: string, domain: string): boolean {
  if (domain.includes(':')) return host === domain;
  const name = host.replace(/:\d+$/, '');
  return name === domain || (!LOOPBACK.test(domain) && name.endsWith(`.${domain}`));
}

export function isLoopbackDomain(domain: string): boolean {
  return LOOPBACK.test(domain.replace(/:\d+$/, ''));
}

function readUrl(text: string): URL | null {
  const address = /^https?:\/\//i.test(text) ? text : `http://${text}`;
  return URL.canParse(address) ? new URL(address) : null;
}

function refuse(what: string, why: string): Fault {
  return new Fault('bad-request', `${what} ${why}`, { facts: { field: 'domain' } });
}

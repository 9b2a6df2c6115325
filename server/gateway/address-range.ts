// Which address a connection comes from, and its range: two copies of a shard never go to one range. PURE.
import { isIPv4, isIPv6 } from 'node:net';

export interface AddressFacts {
  readonly remoteAddress: string | undefined;
  /** The X-Forwarded-For header as it came. */
  readonly forwardedFor: string | readonly string[] | undefined;
  /** Exactly one proxy stands in front of us, and it appends the address that it saw. */
  readonly trustProxy: boolean;
}

export interface RangeFacts {
  /** From `clientAddress`; null where there is no socket. */
  readonly address: string | null;
  /** The coordinator can be reached from this machine only. */
  readonly listensOnLoopback: boolean;
  readonly isHouse: boolean;
}

/** All whose address cannot be read share one range: the cautious side. */
export const UNKNOWN_RANGE = 'unknown';

/** The last entry of X-Forwarded-For is the one our own proxy wrote; those before it are the client's own claim. */
export function clientAddress({ remoteAddress, forwardedFor, trustProxy }: AddressFacts): string {
  const header = Array.isArray(forwardedFor) ? forwardedFor.join(',') : ((forwardedFor as string | undefined) ?? '');
  const forwarded = header.split(',').at(-1)?.trim() ?? '';
  return normaliseAddress(trustProxy && forwarded !== '' ? forwarded : (remoteAddress ?? ''));
}

/** The /24 or /48, or null where the range rule does not apply: the house, and this machine or network while only it can reach us. */
export function makeAddressRange({ address: given, listensOnLoopback, isHouse }: RangeFacts): string | null {
  if (isHouse) return null;
  const address = normaliseAddress(given ?? '');
  if (listensOnLoopback && isLocalAddress(address)) return null;
  if (isIPv4(address)) return `${address.split('.').slice(0, 3).join('.')}.0/24`;
  if (isIPv6(address))
    return `${groupsOf(address)
      .slice(0, 3)
      .map((group) => group.toString(16))
      .join(':')}::/48`;
  return UNKNOWN_RANGE;
}

export function isLocalAddress(address: string): boolean {
  if (isIPv4(address)) {
    const [a = 0, b = 0] = address.split('.').map(Number);
    return (
      a === 127 ||
      a === 10 ||
      (a === 172 && b >= 16 && b < 32) ||
      (a === 192 && b === 168) ||
      (a === 169 && b === 254) ||
      (a === 100 && b >= 64 && b < 128)
    );
  }
  if (!isIPv6(address)) return false;
  const groups = groupsOf(address);
  const first = groups[0] as number;
  const isLoopback = groups.every((group, at) => group === (at === 7 ? 1 : 0));
  return isLoopback || (first & 0xfe00) === 0xfc00 || (first & 0xffc0) === 0xfe80;
}

/** Without port, brackets, zone and the IPv4-in-IPv6 prefix. */
function normaliseAddress(text: string): string {
  const bare = text
    .replace(/^\[([^\]]*)\](:\d+)?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
    .replace(/%.*$/, '');
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1];
  return mapped ?? bare.toLowerCase();
}

/** The eight 16-bit groups of a valid IPv6 address. */
function groupsOf(address: string): readonly number[] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const text = dotted
    ? `${dotted[1]}${(Number(dotted[2]) * 256 + Number(dotted[3])).toString(16)}:${(Number(dotted[4]) * 256 + Number(dotted[5])).toString(16)}`
    : address;
  const [head = '', tail] = text.split('::');
  const parse = (part: string): number[] => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)));
  const left = parse(head);
  if (tail === undefined) return left;
  const right = parse(tail);
  return [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
}
